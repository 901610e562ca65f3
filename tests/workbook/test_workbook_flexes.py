"""Editing a cell moves everything that rests on it, as the engine would have it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import workbook_contents as contents
from openpyxl.workbook import Workbook
from workbook_office import Office
from workbook_reading import TEMPLATE, beside, cell_of, input_cell, opened, read_table

from scorer.economics.promotion import Terms, outcome
from scorer.economics.verdict import Thresholds, judge
from scorer.workbook import Content, write_workbook

WORDS = {row.key: row.words for row in TEMPLATE.verdicts}
NA = TEMPLATE.book.not_available


class Flexed(NamedTuple):
    """A workbook after edits: the content it was made from, its tables, and all values."""

    content: Content
    plan: dict[str, list[Any]]
    roi: dict[str, list[Any]]
    values: dict[str, dict[str, Any]]
    book: Workbook


def flexed(office: Office, folder: Path, content: Content, edit: Callable[[Workbook], None]) -> Flexed:
    path = folder / "plan.xlsx"
    write_workbook(path, content)
    book = opened(path)
    edit(book)
    book.save(path)
    found, book = office.values(path), opened(path)
    return Flexed(content, read_table(book, found, "Plan"), read_table(book, found, "ROI"), found, book)


def assert_row(result: Flexed, row: int, terms: Terms, baseline: float, lift: float) -> None:
    wanted = outcome(terms, baseline, lift)
    for name in ("units", "discount_given", "promotion_cost", "incremental_margin", "profit"):
        assert result.roi[name][row] == pytest.approx(getattr(wanted, _engine(name)), abs=0.005), name
    roi = NA if np.isnan(wanted.roi) else pytest.approx(wanted.roi, abs=1e-9)
    assert result.roi["roi"][row] == roi


def _engine(name: str) -> str:
    return {"discount_given": "discount_cost"}.get(name, name)


@pytest.fixture(scope="module")
def edited_rows(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Flexed:
    """Six rows of a plan, each with one edit."""

    def edit(book: Workbook) -> None:
        plan = book["Plan"]
        cell_of(plan, "fixed_cost", 0).value = 456
        cell_of(plan, "list_price", 1).value = 12.34
        cell_of(plan, "unit_cost", 2).value = 1.23
        cell_of(plan, "baseline_override", 3).value = 77.7
        cell_of(plan, "funding_share", 4).value = 1
        cell_of(plan, "region", 5).value = "East"

    return flexed(office, tmp_path_factory.mktemp("edits"), contents.content(12), edit)


@pytest.mark.parametrize(
    ("row", "term", "value"),
    [(0, "fixed_cost", 456.0), (1, "list_price", 12.34), (2, "unit_cost", 1.23), (4, "funding_share", 1.0)],
)
def test_an_edited_term_flows_through_to_profit(edited_rows: Flexed, row: int, term: str, value: float) -> None:
    scored = edited_rows.content.scored
    terms = contents.row_terms(edited_rows.content, row)._replace(**{term: value})
    assert_row(edited_rows, row, terms, scored["baseline_units"][row], scored["lift_expected"][row])


def test_an_own_baseline_replaces_the_models(edited_rows: Flexed) -> None:
    scored = edited_rows.content.scored
    days = float((scored["end_date"][3] - scored["start_date"][3]).astype(int)) + 1
    assert edited_rows.roi["baseline_units"][3] == pytest.approx(77.7 * days)
    assert_row(edited_rows, 3, contents.row_terms(edited_rows.content, 3), 77.7 * days, scored["lift_expected"][3])


def test_edited_rows_say_so_and_the_others_do_not(edited_rows: Flexed) -> None:
    words = TEMPLATE.inputs.fixed.words
    assert edited_rows.plan["status"] == [words["status_edited"]] * 5 + [words["status_waits"]] + [words["status_scored"]] * 6
    assert edited_rows.roi["edited"] == [1] * 6 + [0] * 6
    title, _ = TEMPLATE.checks.rows["as_scored"]
    assert edited_rows.values["Checks"][beside(edited_rows.book["Checks"], title, 2).coordinate] == 6


def test_edits_do_not_break_the_ties(edited_rows: Flexed) -> None:
    checks = edited_rows.book["Checks"]
    state = edited_rows.values["Checks"][beside(checks, TEMPLATE.checks.master).coordinate]
    assert state.startswith("●")
    for sheet in ("Plan", "ROI", "What-if", "Ladder", "Model", "Rejects", "Audit", "Inputs"):
        assert edited_rows.values[sheet]["B3"] == state


def test_verdicts_follow_edited_money(edited_rows: Flexed) -> None:
    """Scoring found no way to a GO for the terms as they are now; a changed region waits for its lift."""
    judged, ways = np.arange(12) != 5, np.arange(12) > 5
    assert edited_rows.roi["verdict"] == native_verdicts(edited_rows, Thresholds(0.8, 0.05), judged, ways)
    assert edited_rows.plan["verdict"] == edited_rows.roi["verdict"]


def native_verdicts(result: Flexed, lines: Thresholds, judged: Any = True, ways: Any = True) -> list[str]:
    """The engine's verdict on the figures of the sheet. judged: the lift is the row's own; ways: those found still hold."""
    scored = result.content.scored

    def numbers(name: str) -> Any:
        return np.array([np.nan if isinstance(c, str) else c for c in result.roi[name]], dtype=np.float64)

    known_way = np.array([bool(remedy) for remedy in scored["remedy"].tolist()]) | (scored["verdict"] == "GO")
    labels = judge(
        numbers("probability_of_profit"),
        numbers("profit_expected"),
        numbers("roi_expected"),
        judged,
        contents.inside(scored),
        known_way & ways,
        lines,
        costs_nothing=numbers("cost_at_expected") == 0,
    )
    return [WORDS[label] for label in labels]


@pytest.mark.parametrize(("name", "value"), [("hurdle_roi", 0.9), ("minimum_probability", 0.05)])
def test_a_threshold_moves_every_verdict(office: Office, tmp_path: Path, name: str, value: float) -> None:
    content = contents.content(40, seed=3)

    def edit(book: Workbook) -> None:
        input_cell(book, name).value = value

    result = flexed(office, tmp_path, content, edit)
    lines = Thresholds(0.8, 0.05)
    lines = lines._replace(**{"hurdle_roi" if name == "hurdle_roi" else "probability_of_profit": value})
    raised = value > getattr(Thresholds(0.8, 0.05), "hurdle_roi" if name == "hurdle_roi" else "probability_of_profit")
    assert result.roi["verdict"] == native_verdicts(result, lines, ways=not raised)
    assert result.roi["verdict"] != [WORDS[label] for label in content.scored["verdict"].tolist()]
    title, _ = TEMPLATE.checks.rows["as_settings"]
    assert result.values["Checks"][beside(result.book["Checks"], title, 2).coordinate] == 1


def test_the_scenario_moves_the_waterfall_but_not_the_verdict(office: Office, tmp_path: Path) -> None:
    content = contents.content(12)

    def edit(book: Workbook) -> None:
        input_cell(book, "scenario").value = TEMPLATE.inputs.lists.scenario_names[0]

    result = flexed(office, tmp_path, content, edit)
    scored = content.scored
    for row in range(12):
        assert_row(
            result,
            row,
            contents.row_terms(content, row),
            scored["baseline_units"][row],
            scored["lift_low"][row],
        )
    assert result.roi["verdict"] == [WORDS[label] for label in scored["verdict"].tolist()]


def test_a_margin_rate_fills_in_for_missing_costs_only(office: Office, tmp_path: Path) -> None:
    content = contents.with_missing_cost(14)

    def edit(book: Workbook) -> None:
        input_cell(book, "margin_rate").value = 0.4
        input_cell(book, "fixed_cost").value = 333

    result = flexed(office, tmp_path, content, edit)
    scored = content.scored
    missing = np.isnan(scored["used_unit_cost"])
    assert missing.any()
    for row in range(14):
        terms = contents.row_terms(content, row)
        if missing[row]:
            terms = terms._replace(unit_cost=terms.list_price * (1 - 0.4))
        if np.isnan(scored["fixed_cost"][row]):
            terms = terms._replace(fixed_cost=333.0)
        assert_row(result, row, terms, scored["baseline_units"][row], scored["lift_expected"][row])


def test_an_emptied_assumption_is_missing_not_zero(office: Office, tmp_path: Path) -> None:
    content = contents.content(12)

    def edit(book: Workbook) -> None:
        input_cell(book, "fixed_cost").value = None

    result = flexed(office, tmp_path, content, edit)
    for row, own in enumerate(content.scored["fixed_cost"].tolist()):
        assert (result.roi["profit"][row] == NA) == (own != own)
