"""What came of promotions: measured in a lake of a few rows, or stated in a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from logged_plans import prediction

from scorer.errors import ColumnMissing, FileUnreadable, NothingToWorkOn
from scorer.planning.actuals import Actual, from_file, from_lake, known_to_lake
from scorer.planning.actuals_file import read_actuals
from scorer.planning.log.book import Entry, Event, Frozen
from scorer.planning.log.life import Status
from scorer.settings import Client
from tests.small_lakes import SALES_HEADER, daily_sales, refreshed

HEADER = "promotion_id,region,product_category,promotion_type,discount_percentage,start_date,end_date"
OTHER = "OLD,North,Tea,Coupon,0.2,2026-01-26,2026-01-27"
START = date(2026, 3, 2)  # a Monday
TODAY = date(2026, 6, 1)


def entry(frozen: Frozen) -> Entry:
    return Entry(1, 1, frozen, "", Event(frozen.promotion_id, 1, 2, "", "", Status.COMMITTED, "", "", None), None)


def measured(folder: Path, frozen: Frozen, sales: Iterable[str], promotions: str = OTHER, client: Client = Client(client="x")) -> Actual:
    refreshed(folder, client, promotions=[HEADER, promotions], sales=[SALES_HEADER, *sales])
    one = entry(frozen)
    return from_lake(one, known_to_lake(folder / "x.duckdb", [one]).get(frozen.promotion_id))


def eight_weeks(promoted: float, days: int = 7, price: float = 8.0) -> list[str]:
    """100 units a day at 10 for 12 weeks; from 2 March on ``promoted`` units a day at ``price`` for ``days`` days."""
    before = daily_sales("2025-12-08", [100.0] * 84)
    return before + daily_sales("2026-03-02", [promoted] * days, price=price)


def test_units_price_and_baseline_are_measured(tmp_path: Path) -> None:
    found = measured(tmp_path, prediction(start_date=START), eight_weeks(150.0))
    assert found.measured
    assert found.figures["baseline_units"] == pytest.approx(700)
    assert found.figures["units"] == pytest.approx(1050)
    assert found.figures["lift"] == pytest.approx(0.5)
    # 1,050 units at list price 10 are 10,500; 8,400 were paid: a discount of 20 % on every unit
    assert found.figures["discount"] == pytest.approx(0.2)
    assert (found.figures["list_price"], found.figures["unit_cost"]) == (10.0, 5.0)
    assert "price paid: discount" in found.sources
    assert found.why == ""


def test_another_discount_than_planned_is_seen_in_the_price_paid_and_said(tmp_path: Path) -> None:
    found = measured(tmp_path, prediction(start_date=START, redemption=0.5), eight_weeks(150.0, price=9.0))
    # 10,500 − 9,450 given on half of the 700 that would have sold anyway and on the 350 on top
    assert found.figures["discount"] == pytest.approx(1050 / (10 * (0.5 * 700 + 350)))
    far = measured(tmp_path / "far", prediction(start_date=START, discount=0.5), eight_weeks(150.0))
    assert far.why == "the price paid means a discount of 20% where 50% was planned: check the list price"


def test_a_promotion_that_is_not_over_is_too_early_not_zero(tmp_path: Path) -> None:
    found = measured(tmp_path, prediction(start_date=START), eight_weeks(150.0, days=6))
    assert not found.measured
    assert found.why == "too early: its last day is after 2026-03-07, up to which sales are known"
    assert not found.figures


def test_an_item_without_history_has_no_baseline_of_its_own(tmp_path: Path) -> None:
    found = measured(tmp_path, prediction(start_date=START, region="South"), eight_weeks(150.0))
    assert found.why == "its own baseline cannot be measured: it has fewer than 3 clean days or weeks"
    assert not found.measured


def test_a_promotion_that_ran_on_other_days_is_measured_on_those(tmp_path: Path) -> None:
    ran = "P1,North,Tea,Coupon,0.3,2026-03-04,2026-03-08"
    found = measured(tmp_path, prediction(start_date=START), eight_weeks(150.0), promotions=ran)
    assert found.why == "it ran from 2026-03-04 to 2026-03-08"
    assert found.figures["baseline_units"] == pytest.approx(500)


def test_the_id_of_another_promotion_elsewhere_is_not_ours(tmp_path: Path) -> None:
    ran = "P1,South,Tea,Coupon,0.3,2026-03-04,2026-03-08"
    sales = [*eight_weeks(150.0), *daily_sales("2025-12-08", [50.0] * 90, where="South,Tea")]
    found = measured(tmp_path, prediction(start_date=START), sales, promotions=ran)
    assert found.figures["baseline_units"] == pytest.approx(700)
    assert found.why == ""


def test_days_without_a_row_are_zero_only_where_the_client_says_so(tmp_path: Path) -> None:
    sales = [line for line in eight_weeks(150.0) if not line.startswith("2026-03-04")]
    client = Client.model_validate({"client": "x", "sales": {"absent_means": "zero"}})
    told = measured(tmp_path / "zero", prediction(start_date=START), sales, client=client)
    assert told.figures["units"] == pytest.approx(900)
    unknown = measured(tmp_path / "unknown", prediction(start_date=START), sales)
    assert unknown.why == "measured on 6 of 7 days; the rest has no sales row"
    assert unknown.figures["units"] == pytest.approx(1050)


def test_without_a_lake_nothing_is_known(tmp_path: Path) -> None:
    one = entry(prediction())
    assert known_to_lake(tmp_path / "none.duckdb", [one]) == {}
    assert "run promo refresh" in from_lake(one, None).why


def test_a_lake_that_another_version_made_is_told(tmp_path: Path) -> None:
    refreshed(tmp_path, promotions=[HEADER, OTHER], sales=[SALES_HEADER, *eight_weeks(150.0)]).con.close()
    with duckdb.connect(str(tmp_path / "x.duckdb")) as con:
        con.execute("ALTER TABLE item_periods DROP COLUMN costed_units")
    with pytest.raises(FileUnreadable, match=r"another version made it\. .*promo refresh --full"):
        known_to_lake(tmp_path / "x.duckdb", [entry(prediction(start_date=START))])


# ---------------------------------------------------------------------------------------------- files
def written(folder: Path, *lines: str) -> Path:
    path = folder / "actuals.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_file_states_units_and_what_else_it_knows(tmp_path: Path) -> None:
    path = written(tmp_path, "promotion_id,units,revenue,unit_cost,baseline", "P1,1680,12600,5.5,1200")
    given = read_actuals(path, Client(client="x")).rows["P1"]
    found = from_file(entry(prediction()), given, None, TODAY)
    # 16,800 at list price, 12,600 paid: 25 %
    assert found.figures["discount"] == pytest.approx(0.25)
    assert found.figures["lift"] == pytest.approx(0.4)
    assert (found.figures["baseline_units"], found.figures["unit_cost"], found.figures["fixed_cost"]) == (1200, 5.5, 100)


def test_a_baseline_that_a_file_does_not_state_is_the_planned_one_and_said(tmp_path: Path) -> None:
    given = read_actuals(written(tmp_path, "promotion_id;units", "P1;1400"), Client(client="x")).rows["P1"]
    found = from_file(entry(prediction()), given, None, TODAY)
    assert (found.figures["baseline_units"], found.figures["lift"]) == (1000, pytest.approx(0.4))
    assert "as planned: baseline" in found.sources


def test_a_file_cannot_tell_the_end_of_what_still_runs() -> None:
    found = from_file(entry(prediction(start_date=date(2026, 5, 28))), {"units": 10.0}, None, TODAY)
    assert found.why == "too early: its last day is 2026-06-03, so its sales cannot be complete on 2026-06-01"


def test_discounts_in_percent_are_understood(tmp_path: Path) -> None:
    path = written(tmp_path, "promotion_id,units,discount", "P1,10,25", "P2,10,30")
    rows = read_actuals(path, Client(client="x")).rows
    assert [row["discount_percentage"] for row in rows.values()] == pytest.approx([0.25, 0.3])


def test_every_row_of_a_file_is_used_or_refused_with_its_line(tmp_path: Path) -> None:
    lines = ["promotion_id,units,unit_cost", "P1,100,5", "P1,100,5", ",100,5", "P2,,5", "P3,-5,5", "P4,many,5", "P5,7,"]
    found = read_actuals(written(tmp_path, *lines), Client(client="x"))
    assert list(found.rows) == ["P1", "P5"]
    told = dict(zip(found.rejects["line"].tolist(), found.rejects["reason"].tolist(), strict=True))
    assert told == {
        3: "the promotion stands on an earlier line already",
        4: "promotion_id is missing",
        5: "units are missing",
        6: "units is -5: it must lie between 0 and 1e+12",
        7: "it holds what cannot be read: units='many'",
    }


@pytest.mark.parametrize(
    ("lines", "error"),
    [(["promotion_id,price", "P1,3"], ColumnMissing), (["promotion_id,units"], NothingToWorkOn)],
)
def test_a_file_that_cannot_be_one_is_refused(tmp_path: Path, lines: list[str], error: Any) -> None:
    with pytest.raises(error):
        read_actuals(written(tmp_path, *lines), Client(client="x"))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"sales\.csv"):
        read_actuals(tmp_path / "sales.csv", Client(client="x"))


def test_a_lift_of_nothing_sold_keeps_the_planned_discount() -> None:
    found = from_file(entry(prediction()), {"units": 0.0, "revenue": 0.0}, None, TODAY)
    assert found.figures["lift"] == -1
    assert found.figures["discount"] == 0.2
    assert np.isfinite(list(found.figures.values())).all()
