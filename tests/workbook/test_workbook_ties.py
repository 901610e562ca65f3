"""LibreOffice works every workbook out again; its figures are the engine's, to the cent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import workbook_contents as contents
from workbook_office import Office, values
from workbook_reading import TEMPLATE, beside, opened, read_table

from scorer.columns import length
from scorer.economics.break_even import break_even_lift
from scorer.economics.promotion import Terms, contra_revenue, interval, outcome
from scorer.workbook import Content, write_workbook
from scorer.workbook.write import build_template

CENT = 0.005
NA = TEMPLATE.book.not_available


def numbers(cells: list[Any]) -> Any:
    """Cells as numbers; the words for a missing figure are the only words allowed."""
    assert {cell for cell in cells if isinstance(cell, str)} <= {NA}
    return np.array([np.nan if cell == NA else cell for cell in cells], dtype=np.float64)


def expected_money(terms: Terms, baseline: Any, lift: Any) -> dict[str, Any]:
    at, contra = outcome(terms, baseline, lift), contra_revenue(terms, baseline, lift)
    return {
        "incremental_units": at.incremental_units,
        "units": at.units,
        "incremental_list_sales": at.incremental_list_sales,
        "incremental_margin": at.incremental_margin,
        "side_effects": at.adjustment,
        "discount_given": at.discount_cost,
        "partner_pays": contra.partner_funding,
        "promotion_cost": at.promotion_cost,
        "profit": at.profit,
        "incremental_net_sales": at.incremental_net_sales,
        "goods_cost": contra.incremental_goods_cost,
        "profit_b": contra.profit,
    }


def same(found: Any, wanted: Any, within: float, name: str) -> None:
    wanted = np.asarray(wanted, dtype=np.float64)
    assert np.array_equal(np.isnan(found), np.isnan(wanted)), f"{name} is available elsewhere than it should be"
    gap = np.nan_to_num(np.abs(found - wanted))
    assert gap.max() < within, f"{name} is off by {gap.max()}"


def written(folder: Path, content: Content) -> Path:
    path = folder / "plan.xlsx"
    write_workbook(path, content)
    return path


@pytest.fixture(scope="module")
def thousand(office: Office, tmp_path_factory: pytest.TempPathFactory) -> tuple[Content, dict[str, list[Any]]]:
    """A thousand random plans and their ROI sheet as LibreOffice works it out."""
    content = contents.content(1000, seed=11, wild=True)
    path = written(tmp_path_factory.mktemp("thousand"), content)
    return content, read_table(opened(path), office.values(path), "ROI")


def test_a_thousand_random_plans_equal_the_engine_to_the_cent(
    thousand: tuple[Content, dict[str, list[Any]]],
) -> None:
    content, roi = thousand
    scored, terms = content.scored, contents.terms_of(content)
    baseline = scored["baseline_units"]
    for name, wanted in expected_money(terms, baseline, scored["lift_expected"]).items():
        same(numbers(roi[name]), wanted, CENT, name)
    at = outcome(terms, baseline, scored["lift_expected"])
    rates = {
        "roi": at.roi,
        "roi_expected": at.roi,
        "roi_b": at.roi_contra,
        "sales_multiple": at.sales_multiple,
    }
    for name, wanted in rates.items():
        relative = np.maximum(1.0, np.abs(np.nan_to_num(np.asarray(wanted))))
        same(numbers(roi[name]) / relative, wanted / relative, 1e-9, name)


def test_intervals_and_break_even_equal_the_engine(thousand: tuple[Content, dict[str, list[Any]]]) -> None:
    content, roi = thousand
    scored, terms = content.scored, contents.terms_of(content)
    ends = interval(terms, scored["baseline_units"], scored["lift_low"], scored["lift_high"])
    same(numbers(roi["profit_low"]), ends.profit_low, CENT, "profit_low")
    same(numbers(roi["profit_high"]), ends.profit_high, CENT, "profit_high")
    needed = np.asarray(break_even_lift(terms, scored["baseline_units"]))
    scale = np.maximum(1.0, np.abs(np.nan_to_num(needed)))
    same(numbers(roi["break_even_lift"]) / scale, needed / scale, 1e-9, "break_even_lift")


def test_a_thousand_native_verdicts_are_the_engines(thousand: tuple[Content, dict[str, list[Any]]]) -> None:
    content, roi = thousand
    words = {row.key: row.words for row in TEMPLATE.verdicts}
    assert roi["verdict"] == [words[label] for label in content.scored["verdict"].tolist()]
    assert len(set(roi["verdict"])) == len(words), "the plans should meet every verdict"


def test_a_thousand_random_plans_cover_the_corners(thousand: tuple[Content, dict[str, list[Any]]]) -> None:
    content, roi = thousand
    scored = content.scored
    assert np.isnan(scored["used_unit_cost"]).sum() > 50
    assert np.isnan(scored["used_list_price"]).sum() > 20
    assert (np.nan_to_num(scored["lift_expected"]) < -0.5).any()
    assert {cell for cell in roi["reason"] if cell}, "missing figures should come with a reason"


@pytest.mark.parametrize("rows", [1, 24])
def test_every_cell_is_worth_what_it_says_before_recalculation(office: Office, tmp_path: Path, rows: int) -> None:
    path = written(tmp_path, contents.with_missing_cost(rows))
    assert_unmoved(values(path), office.values(path))


def test_the_empty_template_is_worth_what_it_says(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "planning.xlsx"
    build_template(path)
    assert_unmoved(values(path), office.values(path))


def assert_unmoved(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> None:
    moved = []
    for sheet, cells in before.items():
        for cell in {*cells, *after[sheet]}:
            old, new = cells.get(cell), after[sheet].get(cell)
            if not alike(old, new):
                moved.append((sheet, cell, old, new))
    assert moved == []


def alike(old: Any, new: Any) -> bool:
    if isinstance(old, int | float) and isinstance(new, int | float):
        return abs(old - new) <= 1e-9 * max(1.0, abs(old))
    return (old or "") == (new or "")


def test_no_cell_shows_an_error_and_every_check_holds(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path, contents.content(24))
    book, found = opened(path), office.values(path)
    errors = [
        (sheet, cell)
        for sheet, cells in found.items()
        for cell, value in cells.items()
        if isinstance(value, str) and value.startswith(("#", "Err:"))
    ]
    assert errors == []
    checks = book["Checks"]
    for name, (title, _) in TEMPLATE.checks.rows.items():
        if name not in ("below_margin", "money_known"):
            assert found["Checks"][beside(checks, title).coordinate] == 1, title


def test_missing_cost_reads_as_words_with_a_reason_and_is_counted(office: Office, tmp_path: Path) -> None:
    content = contents.with_missing_cost(24)
    path = written(tmp_path, content)
    book, found = opened(path), office.values(path)
    roi = read_table(book, found, "ROI")
    missing = np.flatnonzero(np.isnan(content.scored["used_unit_cost"]))
    assert len(missing) == 3
    for row in missing:
        assert {roi[name][row] for name in ("unit_cost", "profit", "roi", "profit_b", "profit_low")} == {NA}
        assert TEMPLATE.inputs.lists.reason_words["unit_cost"] in roi["reason"][row]
        assert roi["promotion_cost"][row] > 0, "the cost of the discount needs no unit cost"
        assert roi["sales_multiple"][row] != NA, "the sales multiple needs no unit cost"
    title, _ = TEMPLATE.checks.rows["money_known"]
    assert found["Checks"][beside(book["Checks"], title, 2).coordinate] == len(missing)
    assert found["ROI"][beside(book["ROI"], TEMPLATE.roi.total).coordinate].startswith("3 ")


@pytest.mark.parametrize("chosen", ["U0002", "U0013", "U0007"])
def test_what_if_equals_the_engine_for_the_chosen_promotion(office: Office, tmp_path: Path, chosen: str) -> None:
    content = contents.with_missing_cost(24)
    path = written(tmp_path, content)
    book = opened(path)
    beside(book["What-if"], TEMPLATE.what_if.choose).value = chosen
    book.save(path)
    found = office.values(path)
    shown = read_table(opened(path), found, "What-if")
    row = content.scored["promotion_id"].tolist().index(chosen)
    depths, lifts = steps_of(content, row)
    terms = contents.row_terms(content, row)._replace(discount=depths)
    wanted = outcome(terms, content.scored["baseline_units"][row], lifts)
    for name in ("units", "net_sales", "promotion_cost", "profit", "roi"):
        same(numbers(shown[name]), getattr(wanted, name), CENT, name)
    profit = np.atleast_1d(wanted.profit)
    best = [TEMPLATE.what_if.best if p > 0 and p == np.nanmax(profit) else None for p in profit]
    assert [mark or None for mark in shown["mark"]] == best
    assert found["What-if"]["B2"] == finding(profit, depths)


def steps_of(content: Content, row: int) -> tuple[Any, Any]:
    """The discounts of the ladder and the expected lift of a row at each, at its own length."""
    depths = np.array(content.client.verdict.ladder)
    days = content.ladder.rows["duration_days"]
    own = float((content.scored["end_date"][row] - content.scored["start_date"][row]).astype(int)) + 1
    line = np.flatnonzero((content.ladder.rows["place"] == row + 1) & (days == own))
    return depths, content.ladder.lift[line[0], np.searchsorted(content.ladder.discounts, depths)]


def finding(profit: Any, depths: Any) -> str:
    spec = TEMPLATE.what_if
    if np.isnan(profit).all():
        return spec.sentence_unknown
    pattern = spec.sentence_best if np.nanmax(profit) > 0 else spec.sentence_none
    best = int(np.nanargmax(profit))
    return pattern.format(discount=f"{depths[best]:.0%}", currency="EUR", profit=f"{profit[best]:,.0f}")


def test_none_profitable_is_an_answer(office: Office, tmp_path: Path) -> None:
    content = contents.content(24)
    losing = [row for row in range(24) if (ladder_profit(content, row) <= 0).all()]
    assert losing, "some promotion of the plan should lose at every step"
    path = written(tmp_path, content)
    book = opened(path)
    chosen = content.scored["promotion_id"][losing[0]]
    beside(book["What-if"], TEMPLATE.what_if.choose).value = chosen
    book.save(path)
    found = office.values(path)
    assert found["What-if"]["B2"].startswith("No discount on the ladder is profitable")
    assert TEMPLATE.what_if.best not in read_table(opened(path), found, "What-if")["mark"]


def ladder_profit(content: Content, row: int) -> Any:
    depths, lifts = steps_of(content, row)
    terms = contents.row_terms(content, row)._replace(discount=depths)
    return np.atleast_1d(outcome(terms, content.scored["baseline_units"][row], lifts).profit)


def test_totals_are_sums_of_rows_and_rates_are_ratios_of_sums(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path, contents.with_missing_cost(24))
    book, found = opened(path), office.values(path)
    roi = read_table(book, found, "ROI")
    profit, cost = numbers(roi["profit"]), numbers(roi["promotion_cost"])
    known = ~np.isnan(profit)
    total_row = beside(book["ROI"], TEMPLATE.roi.total).row
    heads = {cell.value: cell.column for cell in book["ROI"][7]}
    shown = {
        label: found["ROI"][book["ROI"].cell(total_row, heads[label]).coordinate] for label in ("Profit", "Promotion cost", "ROI")
    }
    assert shown["Profit"] == pytest.approx(profit[known].sum())
    assert shown["Promotion cost"] == pytest.approx(cost[known].sum())
    assert shown["ROI"] == pytest.approx(profit[known].sum() / cost[known].sum())
    assert length({"profit": profit}) == 24
