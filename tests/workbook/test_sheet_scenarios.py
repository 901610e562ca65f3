"""Scenarios and Scenario lines: LibreOffice works them out again, whatever is chosen, and comes to what the engine says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from workbook_office import Office, values

from scorer.economics.promotion import outcome, return_on
from scorer.planning.ladder import ladders
from scorer.planning.scenario import Scenarios, scenarios
from scorer.planning.scenario_file import parse_scenarios
from scorer.scoring import score
from scorer.workbook import write_workbook
from scorer.workbook.assemble import content_of
from scorer.workbook.content import Run
from scorer.workbook.sheet_scenarios import scenario_sheets
from scorer.workbook.template import read_template

CENT = 0.005
NAMED = {
    "Cheaper leaflet": {"note": "One page less", "fixed_cost": 5},
    "Price war in snacks": {"discount_percentage": "+5 pp", "only": {"product_category": "Snacks"}},
    "Shorter": {"duration_days": 7},
}
RUN = Run("20260704T080000Z", "2026-07-04T08:00:00Z", "Commercial planning", "0.1.0", "abc", "upcoming.csv", 0)


@pytest.fixture(scope="module")
def found(demo_home) -> Scenarios:
    return scenarios(demo_home.plan(), parse_scenarios(NAMED), demo_home.model, demo_home.client)


@pytest.fixture(scope="module")
def path(demo_home, found, tmp_path_factory) -> Path:
    plan = demo_home.plan()
    scored = score(plan, demo_home.model, demo_home.client, explain=False)
    ladder = ladders(scored.plan, demo_home.model, demo_home.client)
    rows = plan.rows + len(scored.rejects["line"]) + plan.blank
    content = content_of(demo_home.client, scored, ladder, demo_home.model, RUN._replace(rows_in=rows, blank_rows=plan.blank))
    path = tmp_path_factory.mktemp("scenarios") / "plan.xlsx"
    write_workbook(path, content, scenario_sheets(found))
    return path


def tables(book: Any, found: dict, title: str) -> dict[str, dict[str, list]]:
    """Every table of a sheet, by its name and header."""
    sheet = book[title]
    return {
        name: {
            head.value: [found[title].get(row[at].coordinate) for row in sheet[spot.ref][1:]]
            for at, head in enumerate(sheet[spot.ref][0])
        }
        for name, spot in ((spot.name, spot) for spot in sheet.tables.values())
    }


def assert_alike(fresh: dict, worked: dict) -> None:
    moved = []
    for sheet in ("Scenarios", "Scenario lines", "Checks"):
        for cell in {*fresh[sheet], *worked[sheet]}:
            old, new = fresh[sheet].get(cell), worked[sheet].get(cell)
            numbers = isinstance(old, int | float) and isinstance(new, int | float)
            if not (abs(old - new) <= 1e-9 * max(1.0, abs(old)) if numbers else (old or "") == (new or "")):
                moved.append((sheet, cell, old, new))
    assert moved == []


def test_what_is_written_is_what_the_formulas_come_to(path, found, office: Office):
    fresh, worked = values(path), office.values(path)
    assert_alike(fresh, worked)
    shown = tables(openpyxl.load_workbook(path), worked, "Scenarios")["tblScenarioTotals"]
    for head, name in (("Profit", "profit"), ("Promotion cost", "promotion_cost"), ("Over the plan", "difference")):
        assert shown[head] == pytest.approx(found.summary[name].tolist(), abs=CENT), head
    assert shown["ROI"] == pytest.approx(found.summary["roi"].tolist())
    assert shown["Changed"] == found.summary["promotions_changed"].tolist()
    checks = worked["Checks"]
    titles = {checks[cell]: checks.get(f"C{cell[1:]}") for cell in checks if cell.startswith("B")}
    ours = [title for title in titles if "scenario" in str(title).lower()]
    assert len(ours) == 3 and all(titles[title] == 1 for title in ours)


@pytest.mark.parametrize(("scenario", "end"), [("Price war in snacks", "low"), ("As planned", "high")])
def test_whatever_is_chosen_the_figures_are_the_engines(path, found, office: Office, tmp_path, scenario, end):
    book = openpyxl.load_workbook(path)
    names = read_template().inputs.lists.scenario_names
    lift_word = names[0] if end == "low" else names[2]
    book["Scenarios"]["C5"] = scenario
    (row,) = (cell.row for cell in book["Inputs"]["B"] if cell.value == scenario_label())
    book["Inputs"].cell(row, 3).value = lift_word
    changed = tmp_path / "plan.xlsx"
    book.save(changed)
    worked = office.values(changed)
    shown = tables(book, worked, "Scenarios")
    at = [case.name for case in found.cases].index(scenario)
    profits = [outcome(case.terms, case.answer["baseline_units"], case.answer[f"lift_{end}"]) for case in found.cases]
    lines = shown["tblScenarios"]
    assert lines["Profit"] == pytest.approx(np.asarray(profits[at].profit).tolist(), abs=CENT)
    assert lines["Profit as planned"] == pytest.approx(np.asarray(profits[0].profit).tolist(), abs=CENT)
    over = np.asarray(profits[at].profit) - np.asarray(profits[0].profit)
    assert lines["Over the plan"] == pytest.approx(over.tolist(), abs=CENT)
    assert lines["Discount"] == pytest.approx(found.cases[at].plan["discount_percentage"].tolist())
    assert [words or None for words in lines["What changes"]] == found.cases[at].changed.tolist()
    totals = shown["tblScenarioTotals"]
    assert totals["Profit"] == pytest.approx([float(np.sum(money.profit)) for money in profits], abs=CENT)
    rates = [float(return_on(np.sum(money.profit), np.sum(money.promotion_cost))) for money in profits]
    assert totals["ROI"] == pytest.approx(rates)
    best = int(np.argmax(totals["Profit"]))
    gain = totals["Over the plan"][at]
    wanted = (
        f"{scenario} earns EUR {abs(gain):,.0f} {'more' if gain > 0 else 'less'} than the plan."
        if at
        else f"{found.cases[best].name} would earn EUR {totals['Profit'][best] - totals['Profit'][0]:,.0f} more than the plan."
        if best
        else f"No scenario earns more than the plan: EUR {totals['Profit'][0]:,.0f}."
    )
    assert worked["Scenarios"]["B2"] == wanted
    assert {worked["Checks"][f"C{cell[1:]}"] for cell, value in worked["Checks"].items() if "scenario" in str(value).lower()} == {1}


def scenario_label() -> str:
    return next(line.label for section in read_template().inputs.sections for line in section.rows if line.name == "scenario")


def test_one_cell_chooses_and_nothing_else_may_be_written(path):
    sheet = openpyxl.load_workbook(path)["Scenarios"]
    unlocked = [cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
    assert unlocked == ["C5"] and sheet["C5"].style.startswith("Input ")
    (rule,) = sheet.data_validations.dataValidation
    assert "C5" in rule.sqref and rule.type == "list" and rule.error
    assert sheet["E5"].value is None and "As planned" in str(sheet["D5"].value), "the base case is named beside it"


def test_formulas_keep_the_habits(path):
    """No number but 0 and 1, no IF inside an IF, one formula per column, nothing a spreadsheet of 2016 does not know."""
    book = openpyxl.load_workbook(path)
    plain = "ABS CHOOSE FIXED IF IFERROR INDEX ISNUMBER MATCH MAX SUM SUMIF SUMPRODUCT"
    for name in ("Scenarios", "Scenario lines"):
        sheet = book[name]
        assert sheet.freeze_panes and sheet.print_area and not sheet.merged_cells.ranges
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    bare = re.sub(r"'[^']+'!", "", re.sub(r'"(?:[^"]|"")*"', '""', cell.value))
                    assert set(re.findall(r"\d+\.?\d*", re.sub(r"\$?[A-Z]{1,3}\$?\d+", "", bare))) <= {"0", "1"}, cell.value
                    assert bare.count("IF(") - bare.count("SUMIF(") <= 1 and len(bare) <= 260, (cell.coordinate, bare)
                    assert set(re.findall(r"([A-Z][A-Z.]*)\(", bare)) <= {*plain.split(" ")}, cell.value
                assert cell.value is None or cell.style != "Normal", cell.coordinate
        for spot in sheet.tables.values():
            heads, *body = sheet[spot.ref]
            for at, head in enumerate(heads):
                units = sheet.cell(head.row - 1, head.column).value
                shapes = {re.sub(r"(?<=[A-Z])\d+", "", str(row[at].value)) for row in body if str(row[at].value).startswith("=")}
                assert head.value and units and len(shapes) <= 1, (name, head.value, shapes)
