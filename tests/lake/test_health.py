"""The health of a lake: each check by an example that is in order and one that is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from scorer.lake.engines.duckdb import connect
from scorer.lake.health import Finding, State, examine, worst
from scorer.lake.refresh import refresh
from scorer.lake.stability import index_of_counts, stability_index
from scorer.settings import Client, parse_client
from tests.small_lakes import daily_sales, write_exports

CLIENT = parse_client({"client": "x", "health": {"drift": "warn"}})
HEADER = "date,region,product_category,units,revenue"
PROMOTIONS = ["promotion_id,region,product_category,discount_percentage,start_date,end_date", "P1,North,Tea,0.2,2024-04-02,2024-04-05"]
CUT = date(2024, 4, 29)


def sales(where: str = "North,Tea", days: int = 120, first: str = "2024-01-01") -> list[str]:
    return daily_sales(first, [10.0 + day % 4 for day in range(days)], where)


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    return write_exports(tmp_path / "exports", promotions=PROMOTIONS, sales_1=[HEADER, *(row for at in range(4) for row in sales(f"R{at},Tea"))])


def examined(exports: Path, client: Client = CLIENT, today: date = CUT) -> dict[str, Finding]:
    lake = exports.parent / "x.duckdb"
    refresh(client, exports, lake)
    with connect(lake, read_only=True) as con:
        return {finding.name: finding for finding in examine(con, client, today)}


def test_a_lake_in_order_says_so_without_a_remedy(exports):
    found = examined(exports)
    assert {finding.state for finding in found.values()} == {State.OK}
    assert {finding.remedy for finding in found.values()} == {""}
    assert set(found) == {"freshness", "files_set_aside", "schema_drift", "refused_rows", "rows_gone", "empty_cells", "new_items"}


@pytest.mark.parametrize(("days", "state"), [(45, State.OK), (46, State.WARNING), (91, State.TROUBLE)])
def test_old_sales(exports, days, state):
    finding = examined(exports, today=date.fromordinal(CUT.toordinal() + days))["freshness"]
    assert (finding.measured, finding.threshold, finding.state) == (days, 45, state)


def test_a_file_that_was_set_aside(exports):
    (exports / "sales_2.csv").write_bytes(b"\x89PNG")
    finding = examined(exports)["files_set_aside"]
    assert (finding.measured, finding.state) == (1, State.WARNING)
    assert "sales_2.csv cannot be read: it is a picture" in finding.words


def test_files_that_drifted(exports):
    examined(exports)
    write_exports(exports, sales_2=[HEADER, *sales("South,Tea;", 30)[:0], *[f"2024-04-30,X{at},Tea,5,50" for at in range(30)]])
    finding = examined(exports)["schema_drift"]
    assert finding.state is State.WARNING
    assert "sales_2.csv region" in finding.words


def test_refused_rows(exports):
    write_exports(exports, sales_2=[HEADER, *["2024-04-30,North,Tea,5,"] * 40])
    finding = examined(exports)["refused_rows"]
    assert finding.state is State.WARNING
    assert finding.measured == pytest.approx(40 / 521)


def test_sales_that_are_gone(exports):
    examined(exports)
    write_exports(exports, sales_1=[HEADER, *sales("R0,Tea")])
    finding = examined(exports)["rows_gone"]
    assert (finding.measured, finding.state) == (pytest.approx(0.75), State.TROUBLE)


def test_cells_that_became_empty(exports):
    rows = (row for at in range(4) for row in sales(f"R{at},Tea"))
    write_exports(exports, sales_1=[HEADER, *(row.replace("Tea", "") if row > "2024-04-01" else row for row in rows)])
    found = examined(exports)
    assert found["empty_product_category"].state is State.WARNING
    assert "empty_cells" not in found


def test_items_that_never_sold_before(exports):
    write_exports(exports, sales_2=[HEADER, *(row for at in range(8) for row in sales(f"New{at},Tea", 20, "2024-04-10"))])
    assert examined(exports)["new_items"].state is State.WARNING


def test_the_worst_check_is_the_state_of_the_whole():
    findings = [Finding(str(state), 0, 0, state, "", "") for state in (State.OK, State.TROUBLE, State.WARNING)]
    assert worst(findings) is State.TROUBLE
    assert worst(findings[:1]) is State.OK


def test_the_stability_index_by_hand():
    assert index_of_counts(np.array([50, 50]), np.array([80, 20])) == pytest.approx(0.3 * np.log(1.6) - 0.3 * np.log(0.4))
    assert index_of_counts(np.array([5, 5]), np.array([10, 0])) < 3  # an empty class is counted as half a row


def test_the_stability_index_finds_a_shift_and_is_quiet_about_chance():
    random = np.random.default_rng(1)
    before = random.normal(0, 1, 3000)
    assert stability_index(before, random.normal(0, 1, 800)) < 0.05
    assert stability_index(before, random.normal(1, 1, 800)) > 0.25
    assert stability_index(np.append(before, np.nan), before) == pytest.approx(0, abs=1e-9)


def test_promotions_of_another_kind_than_before(exports):
    first, regions = date(2024, 1, 29).toordinal(), range(24)
    days = [date.fromordinal(first + 3 * at).isoformat() for at in range(28)]
    rows = [f"P{at}-{where},R{where},Tea,{0.1 if at < 20 else 0.4},{day},{day}" for at, day in enumerate(days) for where in regions]
    sold = [HEADER, *(row for where in regions for row in sales(f"R{where},Tea"))]
    write_exports(exports, promotions=[PROMOTIONS[0], *rows], sales_1=sold)
    found = examined(exports)
    assert found["population_discount_percentage"].state is State.WARNING
    assert found["population_duration_days"].state is State.OK
