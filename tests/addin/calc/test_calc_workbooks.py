"""Workbooks in LibreOffice: the planning workbook with live functions, two clients side by side, a German office."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scorer import verbs
from scorer.verbs import workbook
from scorer.workbook.template import read_template


@pytest.fixture
def planning(calc, demo_home, tmp_path) -> tuple[Any, Any]:
    """The planning workbook of the example's usable rows, open, and the answers it was made from."""
    done = verbs.answer_list(demo_home.workspace, demo_home.upcoming)
    usable = _usable(demo_home.upcoming, set(done.promotion_ids.tolist()), tmp_path / "usable.csv")
    path = tmp_path / "plan.xlsx"
    workbook(demo_home.workspace, usable, path)
    document = calc.office.open(path)
    yield document, done
    document.close(True)


def _usable(listing: Path, names: set[str], path: Path) -> Path:
    header, *lines = listing.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *(line for line in lines if line.split(",")[0] in names)]), encoding="utf-8")
    return path


def _table(document: Any) -> tuple[Any, int]:
    """Return the cells of the table on the sheet Plan, headers first, and how many rows that are."""
    area = document.DatabaseRanges.getByName(read_template().plan.table).DataArea
    sheet = document.Sheets.getByIndex(area.Sheet)
    cells = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
    return cells, area.EndRow - area.StartRow + 1


def _live(calc: Any, document: Any, formula: str, rows: int) -> list[Any]:
    """Put a live formula on a sheet of its own."""
    sheets = document.Sheets
    if not sheets.hasByName("Live"):
        sheets.insertNewByName("Live", sheets.getCount())
    return [row[0] for row in calc.array(document, formula, rows, first="A1", sheet=sheets.getCount() - 1)]


def test_live_functions_in_the_planning_workbook_are_those_of_the_scored_list(calc, planning):
    document, done = planning
    cells, rows = _table(document)
    for name, column in (("PROMO_LIFT", "lift_expected"), ("PROMO_SUCCESS", "success_probability"), ("PROMO_VERDICT", "verdict")):
        assert _live(calc, document, f"={name}({cells.AbsoluteName})", rows)[1:] == done.answer[column].tolist()


def test_live_money_in_the_planning_workbook_ties_to_the_cent(calc, planning):
    document, done = planning
    cells, rows = _table(document)
    shown = _live(calc, document, f"=PROMO_PROFIT({cells.AbsoluteName})", rows)[1:]
    scored = done.answer["incremental_profit_expected"].tolist()
    assert all(abs(one - other) < 0.005 for one, other in zip(shown, scored, strict=True) if other == other)


def test_an_edited_discount_moves_the_live_figures_of_its_row(calc, planning):
    document, _ = planning
    cells, rows = _table(document)
    before = _live(calc, document, f"=PROMO_PROFIT({cells.AbsoluteName})", rows)
    cell = cells.getCellByPosition(cells.getDataArray()[0].index("Discount"), 1)
    cell.setValue(0.33 if cell.getValue() != 0.33 else 0.22)
    last = document.Sheets.getByIndex(document.Sheets.getCount() - 1)
    after = [row[0] for row in last.getCellRangeByPosition(0, 0, 0, rows - 1).getDataArray()]
    assert after[1] != before[1]
    assert after[2:] == before[2:]


def test_one_row_of_the_sheet_plan_is_enough(calc, planning):
    document, done = planning
    cells, _ = _table(document)
    row = cells.getCellRangeByPosition(0, 3, cells.Columns.getCount() - 1, 3).AbsoluteName
    assert _live(calc, document, f"=PROMO_LIFT({row})", 1) == [done.answer["lift_expected"].tolist()[2]]


def test_two_workbooks_of_two_clients_are_answered_each_by_its_own(begin: Callable[..., Any], workspace, rows):
    for part in ("clients/demo.toml", "models/demo"):
        source, target = workspace / part, workspace / part.replace("demo", "other")
        if source.is_dir():
            continue
        text = source.read_text(encoding="utf-8").replace("Demo retailer", "The other one")
        target.write_text(text.replace('client = "demo"', 'client = "other"'), encoding="utf-8")
    calc = begin(workspace, client="demo")
    try:
        first, second = calc.new(rows[:4]), calc.new(rows[:4])
        second.NamedRanges.addNewByName("PromoClient", '"other"', second.Sheets.getByIndex(0).getCellByPosition(0, 0).CellAddress, 0)
        assert isinstance(calc.array(first, "=PROMO_LIFT(A1:I4)", 4)[1][0], float)
        told = calc.cell(second, "=PROMO_LIFT(A1:I4)")
        assert "Client 'other' has no trained model" in told
        assert isinstance(calc.array(first, "=PROMO_LIFT(A1:I4)", 4, first="AB1")[1][0], float)
    finally:
        calc.office.close()


def test_a_formula_without_a_range_is_answered_for_the_workbook_in_front(calc, rows):
    first, second = calc.new(rows[:2]), calc.new(rows[:2])
    second.NamedRanges.addNewByName("PromoClient", '"nobody"', second.Sheets.getByIndex(0).getCellByPosition(0, 0).CellAddress, 0)
    first.CurrentController.Frame.activate()
    assert calc.array(first, "=PROMO_MODEL()", 2, 2)[0][0] == "model"
    second.CurrentController.Frame.activate()
    assert "No client file 'nobody.toml'" in calc.cell(second, "=PROMO_MODEL()")
    for one in (first, second):
        one.close(True)


def test_a_german_office_with_decimal_commas(begin: Callable[..., Any], demo_home, calc, rows):
    german = begin(demo_home.workspace.root, german=True, language="de")
    try:
        expected = calc.array(calc.new(rows[:6]), "=PROMO_LIFT(A1:I6)", 6)
        typed = [list(row) for row in rows[:6]]
        for row in typed[1:]:
            row[5] = f"{float(row[5]):.2f}".replace(".", ",")
            row[6:8] = [".".join(reversed(day.split("-"))) for day in row[6:8]]
        document = german.new(typed)
        assert german.array(document, "=PROMO_LIFT(A1:I6)", 6) == expected
        # as a person types it there: a local formula, numbers with commas
        cell = document.Sheets.getByIndex(0).getCellRangeByName("AB1")
        cell.setPropertyValue("FormulaLocal", "=PROMO_COST(10;0,2;5000;0,15)")
        assert cell.getValue() == 11_500
        document.close(True)
    finally:
        german.office.close()


def test_the_planning_workbook_needs_no_add_in(demo_home, tmp_path):
    """What finance gets holds no function of ours: it reads the same everywhere."""
    import zipfile

    path = tmp_path / "plan.xlsx"
    usable = _usable(demo_home.upcoming, set(demo_home.plan().columns["promotion_id"].tolist()), tmp_path / "usable.csv")
    workbook(demo_home.workspace, usable, path)
    with zipfile.ZipFile(path) as package:
        formulas = [package.read(name) for name in package.namelist() if name.startswith("xl/")]
    assert len(formulas) > 20
    assert not any(b"PROMO_" in part for part in formulas)
