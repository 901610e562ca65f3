"""The clean baseline finds what would have sold without the promotion, whatever happened before."""

import numpy as np
import pytest

from scorer import demo
from scorer.columns import DAY, fetch
from scorer.demo.contaminated import LOG_LIFT, UNITS_A_DAY
from scorer.demo.seasons import WEEKDAY
from scorer.lake.engines.duckdb import connect
from scorer.lake.refresh import refresh
from scorer.settings import parse_client, read_client
from scorer.workspace import Workspace
from tests.small_lakes import SALES_HEADER, daily_sales, refreshed

PROMOTIONS = "promotion_id,region,product_category,discount_percentage,start_date,end_date"
MONDAY = "2026-01-05"
# 63 days from a Monday, then the promotion, from Monday 2026-03-09 to Sunday 2026-03-15
BEFORE, PROMOTED = 63, 7
ASKED = "A,North,Tea,0.2,2026-03-09,2026-03-15"


def client(**baseline):
    return parse_client({"client": "x", "baseline": {"season": False, **baseline}})


def baseline_of(folder, sold, *, promotions=(ASKED,), settings=None, sales=None, columns="", asked="A"):
    """The baseline row of one promotion, given the units of an item on the days from MONDAY on."""
    found = refreshed(
        folder,
        settings or client(),
        promotions=[PROMOTIONS, *promotions],
        sales=[SALES_HEADER + columns, *(sales or daily_sales(MONDAY, sold))],
    )
    return found.one(
        "SELECT b.baseline_units / b.duration_days AS daily, b.baseline_method AS method, b.baseline_observations AS n, b.season_factor"
        f" FROM plan_baseline b JOIN plan p USING (plan_row) WHERE p.cohort = 'real' AND p.promotion_id = '{asked}'"
    )


# --- the contaminated history -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def contaminated(tmp_path_factory):
    root = tmp_path_factory.mktemp("contaminated")
    made = demo.contaminated(Workspace(root))
    lake = root / "x.duckdb"
    refresh(read_client(made.client_file), made.exports, lake)
    con = connect(lake, read_only=True)
    return fetch(con, "SELECT * FROM training_rows WHERE cohort = 'real' ORDER BY start_date, promotion_id")


def test_a_contaminated_history_does_not_fool_the_clean_baseline(contaminated):
    """Two thirds of all days are promoted at 2.5 times the 200 units a day that are planted; whole weeks are asked."""
    assert WEEKDAY.mean() == pytest.approx(1.0)
    daily = contaminated["baseline_units_per_day"]
    assert np.abs(daily / UNITS_A_DAY - 1).max() < 0.03
    assert set(contaminated["baseline_method"]) == {"item"}


def test_the_30_day_window_is_fooled(contaminated):
    later = contaminated["start_date"] > contaminated["start_date"].min() + 60
    thirty = contaminated["baseline_daily_sales"][later] / contaminated["regular_price"][later]
    assert np.median(thirty / UNITS_A_DAY) > 1.2  # net of the discount on promoted days


def test_the_planted_lift_is_found_beside_it(contaminated):
    assert np.abs(contaminated["log_lift"] - LOG_LIFT).max() < 0.05


# --- which days count ---------------------------------------------------------------------------------------------------------


def test_a_flat_history(tmp_path):
    found = baseline_of(tmp_path, [10.0] * 80)
    assert found == {"daily": pytest.approx(10), "method": "item", "n": 8, "season_factor": 1.0}


def test_weekdays_are_compared_with_their_like(tmp_path):
    week = [10.0, 10, 10, 10, 20, 50, 0]
    weekend = "A,North,Tea,0.2,2026-03-14,2026-03-15"  # Saturday and Sunday
    assert baseline_of(tmp_path / "a", week * 11, promotions=[weekend])["daily"] == pytest.approx(25)
    monday_to_thursday = "A,North,Tea,0.2,2026-03-09,2026-03-12"
    assert baseline_of(tmp_path / "b", week * 11, promotions=[monday_to_thursday])["daily"] == pytest.approx(10)


def test_promoted_days_do_not_count(tmp_path):
    sold = np.full(80, 10.0)
    sold[42:56] = 19  # too little for a spike
    assert baseline_of(tmp_path / "a", sold)["daily"] > 11
    announced = "B,North,Tea,0.1,2026-02-16,2026-03-01"
    assert baseline_of(tmp_path / "b", sold, promotions=[ASKED, announced])["daily"] == pytest.approx(10)


def test_days_with_an_empty_shelf_do_not_count(tmp_path):
    sold = np.full(80, 10.0)
    sold[49:56] = 2
    lines = daily_sales(MONDAY, sold)
    flagged = [f"{line},{int(49 <= at < 56)}" for at, line in enumerate(lines)]
    assert baseline_of(tmp_path / "a", sold)["daily"] < 9.5
    assert baseline_of(tmp_path / "b", sold, sales=flagged, columns=",stock_out")["daily"] == pytest.approx(10)


def test_an_unannounced_price_dip_does_not_count(tmp_path):
    sold = np.full(80, 10.0)
    sold[49:56] = 17
    assert baseline_of(tmp_path / "a", sold)["daily"] > 10.5
    reduced = daily_sales(MONDAY, sold, price=dict.fromkeys(range(49, 56), 8.0))
    assert baseline_of(tmp_path / "b", sold, sales=reduced)["daily"] == pytest.approx(10)


def test_an_unannounced_spike_does_not_count(tmp_path):
    sold = np.full(80, 100.0)
    sold[49:52] = 500
    assert baseline_of(tmp_path / "a", sold)["daily"] == pytest.approx(100)
    assert baseline_of(tmp_path / "b", sold, settings=client(spike=10))["daily"] > 110


def test_only_the_last_observations_count(tmp_path):
    sold = np.concatenate([np.full(BEFORE - 14, 30.0), np.full(31, 10.0)])
    assert baseline_of(tmp_path / "a", sold, settings=client(observations=2, minimum=1)) == {
        "daily": pytest.approx(10), "method": "item", "n": 2, "season_factor": 1.0,
    }  # fmt: skip
    assert baseline_of(tmp_path / "b", sold)["daily"] == pytest.approx(25)


def test_days_without_a_row(tmp_path):
    """In every fourth week nothing is reported."""
    sold = np.full(80, 10.0)
    sold[:BEFORE][(np.arange(BEFORE) // 7) % 4 == 1] = np.nan
    assert baseline_of(tmp_path / "a", sold)["daily"] == pytest.approx(10)
    zero = parse_client({"client": "x", "baseline": {"season": False}, "sales": {"absent_means": "zero"}})
    assert baseline_of(tmp_path / "b", sold, settings=zero)["daily"] == pytest.approx(10 * 6 / 8)


# --- parents ------------------------------------------------------------------------------------------------------------------

PARENTS = "promotion_id,region,product_category,product_subcategory,discount_percentage,start_date,end_date"


@pytest.fixture(scope="module")
def family(tmp_path_factory):
    """Green tea sells 10 in the North and 20 in the South; black tea 60 in the North; beans (coffee) 210 in the North."""
    levels = {"North,Tea,Green": 10, "South,Tea,Green": 20, "North,Tea,Black": 60, "North,Coffee,Beans": 210}
    sales = [line for where, units in levels.items() for line in daily_sales(MONDAY, [units] * 80, where)]
    young = daily_sales("2026-02-23", [500.0] * 20, "West,Tea,Green")  # two weeks before the promotion
    found = refreshed(
        tmp_path_factory.mktemp("family"),
        parse_client({"client": "x", "baseline": {"season": False}}),
        promotions=f"""
            {PARENTS}
            OWN,North,Tea,Green,0.2,2026-03-09,2026-03-15
            PRODUCT,East,Tea,Green,0.2,2026-03-09,2026-03-15
            CATEGORY,North,Tea,White,0.2,2026-03-09,2026-03-15
            ALL,North,Water,Still,0.2,2026-03-09,2026-03-15
            YOUNG,West,Tea,Green,0.2,2026-03-09,2026-03-15
        """,
        sales=["date,region,product_category,product_subcategory,units,revenue", *sales, *young],
    )
    return {
        row["promotion_id"]: row
        for row in found.rows(
            "SELECT p.promotion_id, b.baseline_units / b.duration_days AS daily, b.baseline_method AS method, b.item_known,"
            " b.baseline_observations AS n FROM plan_baseline b JOIN plan p USING (plan_row) WHERE p.cohort = 'real'"
        )
    }


def test_an_item_with_history_has_its_own_baseline(family):
    assert (family["OWN"]["method"], family["OWN"]["daily"], family["OWN"]["n"]) == ("item", pytest.approx(10), 8)


@pytest.mark.parametrize(
    ("asked", "method", "daily"),
    [
        ("PRODUCT", "product", (10 + 20 + 500) / 3),
        ("CATEGORY", "category", (10 + 20 + 60 + 500) / 4),
        ("ALL", "all", (10 + 20 + 60 + 210 + 500) / 5),
    ],
)
def test_an_item_without_history_has_that_of_the_average_item_around_it(family, asked, method, daily):
    assert (family[asked]["method"], family[asked]["item_known"]) == (method, False)
    assert family[asked]["daily"] == pytest.approx(daily)


def test_an_item_with_too_little_history_has_that_of_its_parent(family):
    assert (family["YOUNG"]["method"], family["YOUNG"]["item_known"]) == ("product", True)
    assert family["YOUNG"]["daily"] == pytest.approx((10 + 20 + 500) / 3)


# --- season -------------------------------------------------------------------------------------------------------------------


def test_last_years_season_is_foreseen(tmp_path):
    """Four items sell half as much again from December on, two years running; the promotion is early in the second one."""
    days = np.arange(np.datetime64("2024-01-01"), np.datetime64("2026-01-01"))
    december = days.astype("datetime64[M]").astype(int) % 12 == 11
    items = [f"{region},Tea" for region in ("North", "South", "East", "West")]
    sales = [line for where in items for line in daily_sales("2024-01-01", np.where(december, 300.0, 200.0), where)]
    promoted = "A,North,Tea,0.2,2025-12-01,2025-12-07"
    found = {
        season: baseline_of(tmp_path / str(season), (), promotions=[promoted], sales=sales, settings=client(season=season))
        for season in (False, True)
    }
    assert found[False]["daily"] == pytest.approx(200)
    assert found[True]["daily"] == pytest.approx(300, rel=0.05)
    assert found[True]["season_factor"] > 1.3


def test_weekly_sales_have_a_baseline_of_recent_clean_weeks(tmp_path):
    weeks = np.datetime64("2025-10-02") + 7 * np.arange(16) * DAY
    sold = np.where(np.arange(16) % 5 == 4, 140, 70)
    found = refreshed(
        tmp_path,
        parse_client({"client": "x", "baseline": {"observations": 4}}),
        promotions=[PROMOTIONS, *(f"P{at},North,Tea,0.2,{weeks[at]},{weeks[at] + 6}" for at in range(16) if at % 5 == 4)],
        sales=[
            "week_start,region,product_category,units,revenue",
            *(f"{w},North,Tea,{n},{10 * n}" for w, n in zip(weeks, sold, strict=True)),
        ],
    )
    rows = found.rows("SELECT * FROM training_rows WHERE cohort = 'real' ORDER BY start_date")
    assert [(row["baseline_units"], row["baseline_observations"]) for row in rows] == [(pytest.approx(70), 4)] * 3
