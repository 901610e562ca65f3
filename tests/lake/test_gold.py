"""ML_PROMO_EFFECTIVENESS by hand, and the law that a feature knows nothing later than the decision."""

import csv
import math
from datetime import date, timedelta

import numpy as np
import pytest

from scorer import demo
from scorer.columns import DAY, fetch, records
from scorer.contracts.gold import ML_PROMO_EFFECTIVENESS
from scorer.demo import Size
from scorer.lake.engines.duckdb import connect
from scorer.lake.history import SNAPSHOT_TABLES
from scorer.lake.refresh import refresh
from scorer.settings import parse_client, read_client
from scorer.tasks import SEED_BASELINES
from scorer.workspace import Workspace
from tests.small_lakes import daily_sales, refreshed

# What other promotions are planned is known when a promotion is planned; what they will sell is not.
PLANNED = {"num_overlapping_promotions"}
PROMOTIONS = "promotion_id,region,product_category,product_subcategory,promotion_type,discount_percentage,start_date,end_date"
DAILY = "date,region,product_category,units,revenue,transactions"
WEEKLY = "week_start,region,product_category,units,revenue"
CLIENT = parse_client({"client": "x", "matching": {"keys": ["region", "product_category"]}})

# 40 usual days of 10 units at 10 in 4 receipts, then 7 promoted ones of 20 units at 8 in 8 receipts, then 10 usual ones.
FIRST = date(2025, 12, 1)
PROMOTED = range(40, 47)


def lines_of_tea(where="North,Tea"):
    for at in range(57):
        units, revenue, receipts = (20, 160, 8) if at in PROMOTED else (10, 100, 4)
        yield f"{FIRST + timedelta(at)},{where},{units},{revenue},{receipts}"


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory):
    return refreshed(
        tmp_path_factory.mktemp("hand"),
        CLIENT,
        promotions=f"""
            {PROMOTIONS}
            A,North,Tea,Green,Cut,0.20,2026-01-10,2026-01-16
            NONE,South,Tea,Green,Cut,0.20,2026-01-12,2026-01-14
            NEVER,North,Coffee,Beans,Cut,0.20,2026-01-12,2026-01-14
            LATER,North,Tea,Green,Cut,0.20,2026-01-20,2026-02-20
        """,
        # South sells nothing on the days of its promotion
        sales=[
            DAILY,
            *lines_of_tea(),
            *(line for line in lines_of_tea("South,Tea") if not "2026-01-12" <= line[:10] <= "2026-01-14"),
        ],
        campaigns="""
            campaign_id,product_category,region,start_date,end_date,budget
            C1,Tea,North,2026-01-01,2026-01-10,500
            C2,Tea,South,2026-01-01,2026-01-31,500
            C3,,,2026-01-16,2026-01-20,500
            C4,Tea,North,2026-01-01,2026-01-09,500
            C5,Coffee,North,2026-01-01,2026-01-31,500
        """,
    )


def test_the_columns_are_those_of_the_contract_in_its_order(by_hand):
    columns = by_hand.columns("SELECT * FROM ml_promo_effectiveness")
    assert tuple(columns) == ML_PROMO_EFFECTIVENESS.names


def test_every_column_by_hand(by_hand):
    row = by_hand.one("SELECT * FROM ml_promo_effectiveness WHERE promotion_id = 'A'")
    assert row == {
        "promotion_id": "A",
        "product_category": "Tea",
        "product_subcategory": "Green",
        "promotion_type": "Cut",
        "region": "North",
        "discount_percentage": 0.2,
        "duration_days": 7,
        "start_date": date(2026, 1, 10),
        "end_date": date(2026, 1, 16),
        "transactions_count": 56,
        "total_sales": 1120,
        "avg_transaction_value": 20,
        "baseline_avg_transaction": 25,
        "baseline_daily_transactions": 4,
        "baseline_daily_sales": 100,
        "has_campaign_overlap": True,
        "num_overlapping_campaigns": 2,  # C1 on the first day, C3 on the last
        "start_month": 1,
        "start_quarter": 1,
        "start_day_of_week": 5,  # a Saturday
        "is_holiday_season": False,
        "starts_on_weekend": True,
        "sales_lift_ratio": pytest.approx(0.6),
        "is_successful": True,
        "estimated_promo_cost": pytest.approx(224),
        "roi_proxy": pytest.approx((1120 - 700) / 224),
    }


def test_a_promotion_without_sales_stays_and_is_a_failure(by_hand):
    row = by_hand.one("SELECT * FROM ml_promo_effectiveness WHERE promotion_id = 'NONE'")
    assert (row["total_sales"], row["transactions_count"], row["avg_transaction_value"]) == (0, 0, None)
    assert (row["sales_lift_ratio"], row["is_successful"], row["roi_proxy"]) == (-1, False, None)
    assert (row["start_day_of_week"], row["starts_on_weekend"]) == (0, False)  # a Monday


def test_a_promotion_of_something_that_never_sold_stays_and_is_not_judged(by_hand):
    row = by_hand.one("SELECT * FROM ml_promo_effectiveness WHERE promotion_id = 'NEVER'")
    assert (row["total_sales"], row["baseline_daily_sales"], row["sales_lift_ratio"], row["is_successful"]) == (
        0,
        None,
        None,
        None,
    )


def test_a_promotion_that_has_not_ended_is_not_in_the_table(by_hand):
    assert by_hand.rows("SELECT promotion_id FROM ml_promo_effectiveness WHERE promotion_id = 'LATER'") == []
    assert by_hand.refreshed.promotions == 3


def test_days_without_a_row_count_as_zero_where_the_client_says_so(tmp_path):
    promoted = [PROMOTIONS, "A,North,Tea,Green,Cut,0.20,2026-01-10,2026-01-16"]
    every_other = list(lines_of_tea())[:40:2] + list(lines_of_tea())[40:]
    for absent, daily in (("unknown", 100), ("zero", 50)):
        client = parse_client({"client": "x", "sales": {"absent_means": absent}})
        row = refreshed(tmp_path / absent, client, promotions=promoted, sales=[DAILY, *every_other]).one(
            "SELECT baseline_daily_sales AS daily FROM ml_promo_effectiveness"
        )
        assert row == {"daily": daily}


def test_the_clients_own_holiday_months(tmp_path):
    client = parse_client({"client": "x", "calendar": {"holiday_months": [1]}})
    found = refreshed(
        tmp_path, client, promotions=[PROMOTIONS, "A,North,Tea,,Cut,0.20,2026-01-10,2026-01-16"], sales=[DAILY, *lines_of_tea()]
    )
    assert found.one("SELECT is_holiday_season AS season FROM ml_promo_effectiveness") == {"season": True}


@pytest.fixture(scope="module")
def weekly(tmp_path_factory):
    """Weeks from Thursdays; 70 units at 10 a week, 140 at 8 in the one that begins on 2026-01-08."""
    weeks = [date(2025, 10, 2) + timedelta(7 * at) for at in range(20)]
    return refreshed(
        tmp_path_factory.mktemp("weekly"),
        CLIENT,
        promotions=f"""
            {PROMOTIONS}
            WEEK,North,Tea,,Cut,0.20,2026-01-08,2026-01-14
            DAYS,North,Tea,,Cut,0.20,2026-02-13,2026-02-15
        """,
        sales=[WEEKLY, *(f"{week},North,Tea,{'140,1120' if week == date(2026, 1, 8) else '70,700'}" for week in weeks)],
    )


def test_weekly_sales_give_the_same_figures(weekly):
    row = weekly.one("SELECT * FROM ml_promo_effectiveness WHERE promotion_id = 'WEEK'")
    assert (row["total_sales"], row["baseline_daily_sales"], row["duration_days"]) == (1120, 100, 7)
    assert row["sales_lift_ratio"] == pytest.approx(0.6)
    assert weekly.refreshed.period_days == 7
    assert weekly.refreshed.data_cut == date(2026, 2, 18)  # the last day of the last week


def test_part_of_a_week_has_its_part_of_the_sales(weekly):
    row = weekly.one("SELECT * FROM ml_promo_effectiveness WHERE promotion_id = 'DAYS'")
    assert row["total_sales"] == pytest.approx(300)
    assert row["sales_lift_ratio"] == pytest.approx(0)


def test_weekly_outcomes_are_measured_on_whole_weeks(weekly):
    row = weekly.one(
        "SELECT quantity, expected_quantity, log_lift FROM training_rows WHERE promotion_id = 'WEEK' AND cohort = 'real'"
    )
    assert (row["quantity"], row["expected_quantity"]) == (140, pytest.approx(70))
    assert row["log_lift"] == pytest.approx(np.log(140.5 / 70.5))


def test_the_plainest_exports_are_accepted_as_they_are(original_home):
    found = original_home.refreshed
    assert found.matching.keys == ("region",)
    assert any("matched by region only" in note for note in found.notes)
    assert (found.basis, found.promotions) == ("net value", len(original_home.made.files.truth["region"]))
    assert all(count.rejected == 0 for count in found.counts)


def test_the_plainest_exports_fill_the_table(original_home):
    truth = original_home.made.files.truth
    con = connect(original_home.lake, read_only=True)
    rows = fetch(con, "SELECT * FROM ml_promo_effectiveness ORDER BY promotion_id")
    assert rows["promotion_id"].tolist() == sorted(truth["promotion_id"])
    con.execute("CREATE TEMP TABLE sold AS SELECT sale_date, region, revenue FROM sales")
    again = con.execute(
        "SELECT SUM(s.revenue), COUNT(*) FROM ml_promo_effectiveness m JOIN sold s"
        " ON s.region = m.region AND s.sale_date BETWEEN m.start_date AND m.end_date"
    ).fetchone()
    assert again == (pytest.approx(rows["total_sales"].sum()), rows["transactions_count"].sum())
    before = con.execute(
        "SELECT MAX(ABS(m.baseline_daily_sales - b.revenue / 30)) FROM ml_promo_effectiveness m JOIN ("
        " SELECT m.promotion_id, SUM(s.revenue) AS revenue FROM ml_promo_effectiveness m JOIN sold s"
        " ON s.region = m.region AND s.sale_date < m.start_date AND s.sale_date >= m.start_date - 30 GROUP BY 1"
        ") b USING (promotion_id)"
    ).fetchone()
    assert before == (pytest.approx(0, abs=1e-6),)


# --- what may be known -------------------------------------------------------------------------------------------------------

TINY = Size(categories=1, subcategories=2, regions=2, days=320, ahead=0)
ASKED = 3


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """A small client without dirt, its features, and a few promotions spread over its history."""
    made = demo.make(Workspace(tmp_path_factory.mktemp("past")), 3, "past", TINY._replace(ahead=60), dirt=False)
    features = _features(made, made.exports, tmp_path_factory.mktemp("lake") / "x.duckdb")
    ids = sorted(features, key=lambda name: features[name]["start_date"])
    return made, features, [ids[at] for at in np.linspace(len(ids) // 4, len(ids) - 2, ASKED).astype(int)]


def _features(made, exports, lake):
    refresh(read_client(made.client_file), exports, lake)
    con = connect(lake, read_only=True)
    rows = records(
        fetch(
            con,
            "SELECT f.* EXCLUDE (plan_row), p.start_date, p.promotion_id FROM features f JOIN plan p USING (plan_row) WHERE cohort = 'real'",
        )
    )
    con.close()
    return {row["promotion_id"]: row for row in rows}


def _altered(made, folder, asked, since):
    """The exports with all sales from a day on changed, and all other promotions from it on changed or gone."""
    folder.mkdir()
    for path in made.exports.glob("*"):
        if path.suffix != ".csv" or path.name.startswith("campaigns"):
            (folder / path.name).write_bytes(path.read_bytes())
            continue
        header, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
        change = _changed_sale if path.name.startswith("sales") else _changed_promotion
        day = header.index("sale_date" if path.name.startswith("sales") else "start_date")
        kept = (row if row[day] < since or row[0] == asked else change(header, row, number) for number, row in enumerate(rows))
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *(row for row in kept if row)])
    return folder


def _differing(found, wanted):
    """Names of features that differ in more than the last bits: other rows change the order in which averages are added up."""
    return {
        name
        for name, value in wanted.items()
        if found[name] != value
        and not (isinstance(value, float) and math.isclose(found[name], value, rel_tol=1e-12, abs_tol=1e-12))
    }


def _changed_sale(header, row, number):
    changed = dict(zip(header, row, strict=True))
    if number % 5 == 0 and changed["sale_date"] < str(np.datetime64(TINY.until) - 7 * DAY):
        return None
    changed |= {"units": str(7 * int(changed["units"]) + 3), "revenue": f"{2 * abs(float(changed['revenue'])) + 1:.2f}"}
    changed |= {"unit_cost": "0.01", "transactions": "99", "stock_out": str(number % 2)}
    return list(changed.values())


def _changed_promotion(header, row, number):
    changed = dict(zip(header, row, strict=True)) | {"discount_percentage": "0.90", "promotion_type": "Display"}
    return list(changed.values()) if number % 2 else None


def test_nothing_from_the_week_of_the_start_on_enters_a_feature(past, tmp_path):
    made, features, asked = past
    for name in asked:
        start = np.datetime64(features[name]["start_date"])
        monday = start - (start.astype(int) + 3) % 7
        exports = _altered(made, tmp_path / name, name, str(monday))
        again = _features(made, exports, tmp_path / f"{name}.duckdb")[name]
        assert _differing(again, features[name]) <= {*SEED_BASELINES, *PLANNED}


def test_nothing_from_the_start_on_enters_the_30_day_columns(past, tmp_path):
    made, features, asked = past
    name = next(n for n in asked[1:] if features[n]["start_day_of_week"] != 0)
    exports = _altered(made, tmp_path / "e", name, str(features[name]["start_date"]))
    assert _differing(_features(made, exports, tmp_path / "x.duckdb")[name], features[name]) <= PLANNED


def test_earlier_sales_do_enter(past, tmp_path):
    """The law above would also hold for features that never look at sales."""
    made, features, asked = past
    name = asked[-1]
    exports = _altered(made, tmp_path / "e", name, str(np.datetime64(features[name]["start_date"]) - 40 * DAY))
    again = _features(made, exports, tmp_path / "x.duckdb")[name]
    assert again["baseline_units"] != features[name]["baseline_units"]
    assert again["baseline_daily_sales"] != features[name]["baseline_daily_sales"]


def test_lead_days_hide_the_weeks_before_the_start(tmp_path):
    sold = [10.0] * 70 + [30.0] * 14 + [50.0] * 7
    tables = {
        "promotions": [
            "promotion_id,region,product_category,discount_percentage,start_date,end_date",
            "A,North,Tea,0.2,2026-03-30,2026-04-05",
        ],
        "sales": ["date,region,product_category,units,revenue", *daily_sales("2026-01-05", sold)],
    }
    baselines = {}
    for lead in (0, 14):
        client = parse_client(
            {"client": "x", "baseline": {"lead_days": lead, "spike": 10, "observations": 2, "minimum": 1, "season": False}}
        )
        row = refreshed(tmp_path / str(lead), client, **tables).one(
            "SELECT baseline_units_per_day AS daily FROM training_rows WHERE promotion_id = 'A' AND cohort = 'real'"
        )
        baselines[lead] = row["daily"]
    assert baselines == {0: pytest.approx(30), 14: pytest.approx(10)}


def test_priors_count_only_promotions_that_had_ended(demo_home):
    """Counted again in plain Python: same item and type, ended in a week before the week of the start."""
    con = connect(demo_home.lake, read_only=True)
    rows = fetch(
        con,
        "SELECT r.*, LOWER(r.region || '|' || r.product_category || '|' || r.product_subcategory) AS item"
        " FROM training_rows r WHERE cohort = 'real' ORDER BY start_date",
    )
    first, last = (_monday(rows[name]) for name in ("start_date", "end_date"))
    for at in range(0, len(first), 61):
        ended = last < first[at]
        same = ended & (rows["item"] == rows["item"][at])
        both = same & (rows["promotion_type"] == rows["promotion_type"][at])
        assert (rows["item_n"][at], rows["item_type_n"][at]) == (same.sum(), both.sum())
        assert rows["all_prior"][at] == pytest.approx(rows["log_lift"][ended].mean() if ended.any() else 0.0)
        if both.any():
            assert rows["simple_rule"][at] == pytest.approx(rows["log_lift"][both].mean())


def test_priors_know_the_category_of_a_promotion_that_sales_do_not_know(original_home):
    con = connect(original_home.lake, read_only=True)
    rows = fetch(con, "SELECT * FROM training_rows WHERE cohort = 'real' ORDER BY start_date")
    first, last = (_monday(rows[name]) for name in ("start_date", "end_date"))
    for at in range(0, len(first), 17):
        same = (last < first[at]) & (rows["product_category"] == rows["product_category"][at])
        assert rows["category_type_n"][at] == (same & (rows["promotion_type"] == rows["promotion_type"][at])).sum()


def _monday(days):
    number = days.astype(int)
    return number - (number + 3) % 7


def test_the_same_exports_give_the_same_lake_to_the_last_bit(demo_home, tmp_path):
    refresh(demo_home.client, demo_home.workspace.exports(demo_home.client.client), tmp_path / "again.duckdb")
    con = connect(tmp_path / "again.duckdb", read_only=True)
    con.execute(f"ATTACH '{demo_home.lake}' AS first (READ_ONLY)")
    for name in ("training_rows", "ml_promo_effectiveness", *SNAPSHOT_TABLES):
        differing = con.execute(f"SELECT COUNT(*) FROM (SELECT * FROM {name} EXCEPT SELECT * FROM first.{name})").fetchone()
        assert differing == (0,), name
