"""Given these exported rows, expect those clean ones: every rule of cleaning, and a reason for every row refused."""

from collections import Counter
from datetime import date

import pytest

from scorer.columns import fetch, records
from scorer.demo import Flaw, Size
from scorer.errors import NothingToWorkOn
from scorer.lake.engines.duckdb import connect
from scorer.lake.refresh import check, refresh
from scorer.settings import parse_client, read_client
from tests import factories
from tests.small_lakes import SALES_HEADER, cleaned, write_exports

PROMOTIONS = "promotion_id,region,product_category,promotion_type,discount_percentage,start_date,end_date"
SALES = f"{SALES_HEADER}\n2026-01-05,North,Tea,10,100"
TRANSACTIONS = "transaction_id,transaction_date,transaction_type,amount,region"


def table(con, sql):
    return records(fetch(con, sql))


def promotions(folder, *lines, client=None):
    """Clean promotions written line by line; returns (used rows, reasons by line)."""
    arguments = [client] if client else []
    con = cleaned(folder, *arguments, promotions=[PROMOTIONS, *lines], sales=SALES)
    return _split(con, "promotions", "promotion_id, region, promotion_type, discount_percentage, line")


def sales(folder, *lines, header=SALES_HEADER):
    con = cleaned(folder, promotions=[PROMOTIONS, "A,North,Tea,Cut,0.2,2026-02-02,2026-02-08"], sales=[header, *lines])
    return _split(con, "sales", "sale_date, region, units, revenue, unit_cost, line")


def _split(con, name, columns):
    refused = table(con, f"SELECT line, reason FROM rejects WHERE table_name = '{name}' ORDER BY line")
    return table(con, f"SELECT {columns} FROM {name} ORDER BY line"), {row["line"]: row["reason"] for row in refused}


def test_of_two_rows_with_one_id_the_later_is_used(tmp_path):
    used, refused = promotions(
        tmp_path,
        "A,North,Tea,Cut,0.10,2026-02-02,2026-02-08",
        "B,North,Tea,Cut,0.15,2026-02-02,2026-02-08",
        "A,North,Tea,Cut,0.20,2026-02-02,2026-02-08",
    )
    assert [(row["promotion_id"], row["discount_percentage"]) for row in used] == [("B", 0.15), ("A", 0.20)]
    assert refused == {2: "promotion_id stands again in a later row, which is used"}


def test_a_later_row_that_cannot_be_used_does_not_supersede(tmp_path):
    used, refused = promotions(
        tmp_path,
        "A,North,Tea,Cut,0.10,2026-02-02,2026-02-08",
        "A,North,Tea,Cut,0.20,2026-02-09,2026-02-02",
    )
    assert [(row["line"], row["discount_percentage"]) for row in used] == [(2, 0.10)]
    assert refused == {3: "end_date is before start_date"}


def test_the_later_of_two_files_wins(tmp_path):
    row = "A,North,Tea,Cut,{},2026-02-02,2026-02-08"
    con = cleaned(tmp_path, promotions_2=[PROMOTIONS, row.format(0.2)], promotions_1=[PROMOTIONS, row.format(0.1)], sales=SALES)
    assert table(con, "SELECT file, discount_percentage AS d FROM promotions") == [{"file": "promotions_2.csv", "d": 0.2}]


def test_a_discount_of_20_is_20_percent(tmp_path):
    used, refused = promotions(
        tmp_path,
        "A,North,Tea,Cut,20,2026-02-02,2026-02-08",
        "B,North,Tea,Cut,0.2,2026-02-02,2026-02-08",
        "C,North,Tea,Cut,20%,2026-02-02,2026-02-08",
    )
    assert [row["discount_percentage"] for row in used] == pytest.approx([0.2, 0.2, 0.2])
    assert not refused


def test_the_conversion_is_said_aloud(tmp_path):
    exports = write_exports(tmp_path, promotions=[PROMOTIONS, "A,North,Tea,Cut,20,2026-02-02,2026-02-08"], sales=SALES)
    assert any(
        "1 discounts above 1 were read as percentages" in note for note in check(parse_client({"client": "x"}), exports).notes
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",North,Tea,Cut,0.2,2026-02-02,2026-02-08", "promotion_id is missing"),
        ("Z,0,Tea,Cut,0.2,2026-02-02,2026-02-08", "region is not a region"),
        ("Z,1,Tea,Cut,0.2,2026-02-02,2026-02-08", "region is not a region"),
        ("Z,North,Tea,Cut,0.2,soon,2026-02-08", "start_date is missing or not a date"),
        ("Z,North,Tea,Cut,0.2,2026-02-02,", "end_date is missing or not a date"),
        ("Z,North,Tea,Cut,0.2,2026-02-08,2026-02-07", "end_date is before start_date"),
        ("Z,North,Tea,Cut,,2026-02-02,2026-02-08", "discount_percentage is missing or not a number"),
        ("Z,North,Tea,Cut,cheap,2026-02-02,2026-02-08", "discount_percentage is missing or not a number"),
        ("Z,North,Tea,Cut,-0.1,2026-02-02,2026-02-08", "discount_percentage is outside 0-1 (and 0-100)"),
        ("Z,North,Tea,Cut,101,2026-02-02,2026-02-08", "discount_percentage is outside 0-1 (and 0-100)"),
    ],
)
def test_a_promotion_is_refused_with_its_line_and_reason(tmp_path, line, reason):
    used, refused = promotions(tmp_path, "A,North,Tea,Cut,0.2,2026-02-02,2026-02-08", line)
    assert [row["promotion_id"] for row in used] == ["A"]
    assert refused == {3: reason}


def test_a_promotion_of_one_day_and_texts_with_spaces_are_fine(tmp_path):
    used, refused = promotions(tmp_path, "A,  North ,Tea,,0.2,2026-02-02,2026-02-02")
    assert (used[0]["region"], used[0]["promotion_type"]) == ("North", "unknown")
    assert not refused


def test_junk_regions_are_the_clients_own(tmp_path):
    client = parse_client({"client": "x", "matching": {"junk_regions": ["Test"]}})
    used, refused = promotions(
        tmp_path, "A,0,Tea,Cut,0.2,2026-02-02,2026-02-08", "B,Test,Tea,Cut,0.2,2026-02-02,2026-02-08", client=client
    )
    assert [row["region"] for row in used] == ["0"]
    assert refused == {3: "region is not a region"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("never,North,Tea,3,30", "sale_date is missing or not a date"),
        ("2026-01-06,0,Tea,3,30", "region is not a region"),
        ("2026-01-06,North,Tea,3,", "revenue is missing or not a number"),
        ("2026-01-06,North,Tea,,30", "units are missing or not a number"),
        ("2026-01-06,North,Tea,3,0", "revenue is not above zero although units were sold"),
        ("2026-01-06,North,Tea,3,-30", "revenue is not above zero although units were sold"),
        ("2026-01-06,North,Tea,0,30", "revenue without units"),
    ],
)
def test_a_sales_row_is_refused_with_its_line_and_reason(tmp_path, line, reason):
    used, refused = sales(tmp_path, "2026-01-05,North,Tea,10,100", line, "2026-01-07,North,Tea,0,0")
    assert [row["units"] for row in used] == [10, 0]
    assert refused == {3: reason}


def test_a_line_that_stands_twice_counts_once_where_rows_are_totals(tmp_path):
    used, refused = sales(tmp_path, "2026-01-05,North,Tea,10,100", "2026-01-05,North,Tea,10,100", "2026-01-05,North,Tea,10,90")
    assert [row["line"] for row in used] == [3, 4]
    assert refused == {2: "the same sales row stands again later in the export"}


def test_transactions_of_the_same_amount_are_different_sales(tmp_path):
    used, refused = sales(
        tmp_path,
        "T1,2026-01-05,Sale,40,North",
        "T2,2026-01-05,Sale,40,North",
        "T1,2026-01-05,Sale,44,North",
        "T3,2026-01-05,Sale,0,North",
        header=TRANSACTIONS,
    )
    assert [(row["line"], row["revenue"]) for row in used] == [(3, 40.0), (4, 44.0)]
    assert refused == {2: "the same sales row stands again later in the export", 5: "revenue is not above zero"}


def test_refunds_and_other_bookings_are_kept_apart(tmp_path):
    lines = ["T1,2026-01-05,Sale,40,North", "T2,2026-01-05,Refund,15,North", "T3,2026-01-05,Tax Payment,9,North"]
    exports = write_exports(
        tmp_path, promotions=[PROMOTIONS, "A,North,Tea,Cut,0.2,2026-02-02,2026-02-08"], sales=[TRANSACTIONS, *lines]
    )
    counts = {count.table: count for count in check(parse_client({"client": "x"}), exports).counts}
    assert counts["sales"][1:] == (3, 1, 2, 0)


def test_negative_units_are_a_refund(tmp_path):
    used, refused = sales(tmp_path, "2026-01-05,North,Tea,10,100", "2026-01-06,North,Tea,-2,-20")
    assert [row["units"] for row in used] == [10]
    assert not refused


def test_a_margin_becomes_a_unit_cost(tmp_path):
    used, _ = sales(tmp_path, "2026-01-05,North,Tea,10,100,40", header=f"{SALES_HEADER},gross_margin_pct")
    assert used[0]["unit_cost"] == pytest.approx(6.0)


def test_campaigns_are_judged_and_their_impossible_rates_emptied(tmp_path):
    con = cleaned(
        tmp_path,
        promotions=[PROMOTIONS, "A,North,Tea,Cut,0.2,2026-02-02,2026-02-08"],
        sales=SALES,
        campaigns="""
            campaign_id,region,start_date,end_date,budget,reach,conversion_rate
            C1,North,2026-02-01,2026-02-10,€ 500,1000,0.02
            C2,North,2026-02-01,2026-02-10,500,1000,3.5
            C3,North,2026-02-01,2026-02-10,0,1000,0.02
            C4,North,2026-02-01,2026-02-10,500,-1,0.02
            C5,1,2026-02-01,2026-02-10,500,1000,0.02
            C6,North,2026-02-11,2026-02-10,500,1000,0.02
            C1,North,2026-02-01,2026-02-12,500,1000,0.02
        """,
    )
    used, refused = _split(con, "campaigns", "campaign_id, end_date, conversion_rate")
    assert {row["campaign_id"]: (row["end_date"], row["conversion_rate"]) for row in used} == {
        "C1": (date(2026, 2, 12), 0.02),
        "C2": (date(2026, 2, 10), None),
    }
    assert refused == {
        2: "campaign_id stands again in a later row, which is used",
        4: "budget is not above zero",
        5: "reach is below zero",
        6: "region is not a region",
        7: "end_date is before start_date",
    }


def test_a_refused_row_says_what_stood_there(tmp_path):
    con = cleaned(tmp_path, promotions=[PROMOTIONS, "A,North,Tea,Cut,cheap,2026-02-02,2026-02-08"], sales=SALES)
    (row,) = table(con, "SELECT * FROM rejects")
    assert (row["table_name"], row["file"], row["line"], row["row_id"]) == ("promotions", "promotions.csv", 2, "A")
    assert "cheap" in row["detail"]


def test_sales_without_a_single_date_are_refused_in_words(tmp_path):
    with pytest.raises(NothingToWorkOn, match="date"):
        cleaned(
            tmp_path,
            promotions=[PROMOTIONS, "A,North,Tea,Cut,0.2,2026-02-02,2026-02-08"],
            sales=[SALES_HEADER, "never,North,Tea,3,30"],
        )


# What each planted flaw must be refused for; the other flaws must not cost the row.
REASONS = {
    "promotions": {
        Flaw.SUPERSEDED: "promotion_id stands again in a later row, which is used",
        Flaw.REGION_JUNK: "region is not a region",
        Flaw.END_BEFORE_START: "end_date is before start_date",
        Flaw.DATE_UNREADABLE: "start_date is missing or not a date",
        Flaw.DISCOUNT_UNREADABLE: "discount_percentage is missing or not a number",
        Flaw.DISCOUNT_OUT_OF_RANGE: "discount_percentage is outside 0-1 (and 0-100)",
        Flaw.ID_MISSING: "promotion_id is missing",
    },
    "sales": {
        Flaw.REPEATED: "the same sales row stands again later in the export",
        Flaw.REGION_JUNK: "region is not a region",
        Flaw.DATE_UNREADABLE: "sale_date is missing or not a date",
        Flaw.AMOUNT_MISSING: "revenue is missing or not a number",
        Flaw.AMOUNT_NOT_POSITIVE: "revenue is not above zero although units were sold",
    },
    "campaigns": {Flaw.BUDGET_NOT_POSITIVE: "budget is not above zero", Flaw.REACH_NEGATIVE: "reach is below zero"},
    "costs": {},
}


def test_every_planted_flaw_is_found_and_nothing_else_is_refused(demo_home):
    wanted = {
        f"{name}: {REASONS[name][flaw]}": count
        for name, tally in demo_home.made.tallies.items()
        for flaw, count in tally.refused.items()
        if count
    }
    assert demo_home.refreshed.rejects_by_reason == wanted


def test_control_totals_tie_with_what_was_written(demo_home):
    counts = {count.table: count for count in demo_home.refreshed.counts}
    for name, tally in demo_home.made.tallies.items():
        found = counts[name]
        assert found.rows == tally.rows == found.used + found.apart + found.rejected
        assert found.rejected == sum(tally.refused.values())
        assert found.apart == tally.kept.get(Flaw.REFUND, 0)
    assert f"{demo_home.made.tallies['promotions'].kept[Flaw.PERCENT]} discounts above 1" in " ".join(demo_home.refreshed.notes)


def test_every_refused_row_names_an_existing_line(demo_home):
    con = connect(demo_home.lake, read_only=True)
    refused = table(con, "SELECT table_name, file, line, reason FROM rejects")
    assert len(refused) == sum(count.rejected for count in demo_home.refreshed.counts)
    exports = demo_home.workspace.exports(demo_home.client.client)
    lines = {name: len((exports / name).read_bytes().splitlines()) for name in {row["file"] for row in refused}}
    assert all(row["reason"] and 2 <= row["line"] <= lines[row["file"]] for row in refused)
    assert max(Counter((row["file"], row["line"]) for row in refused).values()) == 1


def test_cleaning_gives_back_exactly_the_planted_sales(demo_home):
    world = demo_home.made.world
    con = connect(demo_home.lake, read_only=True)
    assert con.execute("SELECT SUM(units) FROM sales").fetchone() == (float(world.units.sum()),)
    assert con.execute("SELECT COUNT(*) FROM promotions").fetchone() == (len(world.truth["promotion_id"]),)


def test_check_says_what_refresh_does_and_keeps_nothing(tmp_path):
    made = factories.small_client(tmp_path, size=Size(categories=1, subcategories=2, regions=2, days=200, ahead=60))
    client = read_client(made.client_file)
    checked = check(client, made.exports)
    assert not (tmp_path / "lake").exists()
    done = refresh(client, made.exports, tmp_path / "lake" / "small.duckdb")
    assert (checked.counts, checked.rejects_by_reason, checked.notes) == (done.counts, done.rejects_by_reason, done.notes)


def test_a_failed_refresh_leaves_the_last_lake_in_place(tmp_path):
    client, lake = parse_client({"client": "x"}), tmp_path / "x.duckdb"
    good = [PROMOTIONS, "A,North,Tea,Cut,0.2,2026-02-02,2026-02-08"]
    refresh(client, write_exports(tmp_path / "e", promotions=good, sales=SALES), lake)
    before = lake.read_bytes()
    with pytest.raises(NothingToWorkOn):
        refresh(client, write_exports(tmp_path / "e", sales=[SALES_HEADER, "never,North,Tea,3,30"]), lake)
    assert lake.read_bytes() == before
    assert [path.name for path in tmp_path.glob("*duckdb*")] + [path.name for path in tmp_path.glob(".*duckdb*")] == ["x.duckdb"]
