"""Every worksheet function through the real chain: a formula in LibreOffice, the macro of Excel's add-in, our process."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from addin.answering import answer
from addin.catalog import functions
from addin.cells import Block, block_of
from addin.configuration import Configuration
from addin.session import Session
from scorer import verbs

ROWS = 14
# One call of every function: its arguments as a formula writes them, and as a host hands them over.
PLAN, ONE = f"A1:I{ROWS}", "A1:I2"
CALLS: dict[str, list[str]] = {
    "PROMO_SCORE": [PLAN, '"lift_expected,verdict,remedy,flags"'],
    "PROMO_SUCCESS": [PLAN],
    "PROMO_LIFT": [PLAN, "0.1"],
    "PROMO_PROFIT": [PLAN],
    "PROMO_ROI": [PLAN],
    "PROMO_VERDICT": [PLAN],
    "PROMO_WHATIF": [ONE, "{0.1|0.2|0.3}", "{7|14}"],
    "PROMO_BREAKEVEN": [PLAN],
    "PROMO_EXPLAIN": [ONE, "3"],
    "PROMO_SIMILAR": [ONE, "4"],
    "PROMO_BASELINE": [PLAN],
    "PROMO_WHY": [PLAN],
    "PROMO_PROBLEMS": ["F1:F14"],
    "PROMO_STALE": [PLAN, f"I1:I{ROWS}"],
    "PROMO_MODEL": [],
    "PROMO_COST": ["10", "0.2", "5000", "0.15"],
    "PROMO_MARGIN": ["10", "6", "5000", "0.15"],
    "PROMO_GAIN": ["10", "6", "0.2", "5000", "0.15", "0.5"],
    "PROMO_RETURN": ["10", "6", "0.2", "5000", "0.15"],
    "PROMO_NEEDED": ["10", "6", "0.2", "5000"],
    "PROMO_FUNDING": ["10", "6", "0.2", "5000", "0.15"],
    "PROMO_MULTIPLE": ["0.2", "{0.1|0.15}"],
    "PROMO_UNITLIFT": ["0.15", "0.2"],
    "PROMO_PAYBACK": ["{-2000|1500|1500}", "TRUE()"],
}


def as_block(written: str, rows: list[list[Any]]) -> Block:
    """Return what a host would hand over for an argument of a formula."""
    if ":" in written:
        (first, top), (last, bottom) = ((one[0], int(one[1:])) for one in written.split(":"))
        cells = [row[ord(first) - 65 : ord(last) - 64] for row in rows[top - 1 : bottom]]
        return block_of(cells, first_row=top, place=f"Sheet1.{written}")
    if written.startswith("{"):  # rows, as LibreOffice writes an array
        return block_of([[float(one)] for one in written.strip("{}").split("|")])
    if written == "TRUE()":
        return block_of(True)
    return block_of(written.strip('"') if written.startswith('"') else float(written))


def as_shown(cell: Any) -> Any:
    """Return what a cell of LibreOffice holds for a value: days are numbers there, and so is truth."""
    if isinstance(cell, dt.date):
        return float((cell - dt.date(1899, 12, 30)).days)
    return float(cell) if isinstance(cell, bool) else cell


def test_every_function_has_its_call():
    assert set(CALLS) == set(functions())


@pytest.mark.parametrize("name", list(CALLS))
def test_a_formula_shows_what_the_function_answers(calc, rows, demo_home, name):
    given = CALLS[name]
    serving = Session(Configuration(workspace=demo_home.workspace.root))
    expected = answer(name, [as_block(one, rows) for one in given], served_by=serving)
    document = calc.new(rows[:ROWS])
    shown = calc.array(document, f"={name}({';'.join(given)})", len(expected), len(expected[0]))
    assert shown == [[as_shown(cell) for cell in row] for row in expected]
    document.close(True)


def test_values_are_those_of_the_scored_list(calc, rows, demo_home, tmp_path):
    done = verbs.answer_list(demo_home.workspace, demo_home.upcoming)
    document = calc.new(rows)
    line_of = dict(zip(done.lines.tolist(), range(len(done.lines)), strict=True))
    for name, column in (("PROMO_LIFT", "lift_expected"), ("PROMO_PROFIT", "incremental_profit_expected")):
        shown = calc.array(document, f"={name}(A1:I{len(rows)})", len(rows))
        scored = {line: done.answer[column][at] for line, at in line_of.items()}
        assert {line: shown[line - 1][0] for line in scored} == scored
        refused = [row[0] for line, row in enumerate(shown, start=1) if line not in scored and line > 1]
        assert all(str(cell).startswith("#N/A row") for cell in refused if cell != "")
        assert len([cell for cell in refused if cell != ""]) == len(done.rejects["line"])
    document.close(True)


def test_a_changed_discount_changes_its_row_alone(calc, rows):
    document = calc.new(rows[:6])
    before = calc.array(document, "=PROMO_PROFIT(A1:I6)", 6)
    document.Sheets.getByIndex(0).getCellRangeByName("F3").setValue(0.3)
    after = [list(row) for row in document.Sheets.getByIndex(0).getCellRangeByName("Z1:Z6").getDataArray()]
    assert after[2] != before[2]
    assert after[:2] + after[3:] == before[:2] + before[3:]
    document.close(True)


def test_a_bad_row_and_a_blank_one_touch_no_other(calc, rows):
    plain = calc.new(rows[:6])
    expected = calc.array(plain, "=PROMO_LIFT(A1:I6)", 6)
    cells = [*[list(row) for row in rows[:3]], [None] * 9, ["X", *rows[3][1:6], "soon", *rows[3][7:]], *rows[3:6]]
    document = calc.new(cells)
    shown = calc.array(document, "=PROMO_LIFT(A1:I8)", 8)
    assert shown[:3] + shown[5:] == expected
    assert shown[3] == [""]
    assert "row 5" in shown[4][0]
    assert "start_date" in shown[4][0]
    for one in (plain, document):
        one.close(True)


def test_the_clock_is_refused(calc, rows):
    document = calc.new(rows[:4])
    document.Sheets.getByIndex(0).getCellRangeByName("G3").setFormula("=TODAY()+30")
    shown = calc.array(document, "=PROMO_LIFT(A1:I4)", 4)
    assert "row 3" in shown[2][0]
    assert "write the date as a value" in shown[2][0]
    assert isinstance(shown[1][0], float)
    document.close(True)


def test_days_of_a_book_that_counts_from_1904(calc, rows):
    plain = calc.new(rows[:6])
    expected = calc.array(plain, "=PROMO_LIFT(A1:I6)", 6)
    document = calc.new()
    zero = document.getPropertyValue("NullDate")
    zero.Year, zero.Month, zero.Day = 1904, 1, 1
    document.setPropertyValue("NullDate", zero)
    cells = [list(row) for row in rows[:6]]
    for row in cells[1:]:
        row[6:8] = [float((dt.date.fromisoformat(day) - dt.date(1904, 1, 1)).days) for day in row[6:8]]
    calc.put(document, cells)
    assert calc.array(document, "=PROMO_LIFT(A1:I6)", 6) == expected
    for one in (plain, document):
        one.close(True)


def test_an_error_in_a_cell_is_told_in_its_row(calc, rows):
    document = calc.new(rows[:4])
    document.Sheets.getByIndex(0).getCellRangeByName("F2").setFormula("=1/0")
    shown = calc.array(document, "=PROMO_LIFT(A1:I4)", 4)
    assert "row 2" in shown[1][0]
    assert isinstance(shown[2][0], float)
    document.close(True)


def test_problems_are_counted_beside_a_sum(calc, rows):
    document = calc.new(rows[:ROWS])
    calc.array(document, f"=PROMO_PROFIT(A1:I{ROWS})", ROWS)
    shown = document.Sheets.getByIndex(0).getCellRangeByName(f"Z1:Z{ROWS}").getDataArray()
    wrong = [row[0] for row in shown if isinstance(row[0], str) and row[0].startswith("#N/A")]
    assert calc.cell(document, f"=PROMO_PROBLEMS(Z1:Z{ROWS})", "AB1") == len(wrong) > 0
    document.close(True)


def test_a_long_range_is_answered_in_one_call(calc, rows):
    usable = [row for row in rows[1:] if "X" not in str(row[0])][:5]
    many = [rows[0], *([f"L{at}", *usable[at % 5][1:]] for at in range(3_000))]
    document = calc.new(many)
    shown = calc.array(document, f"=PROMO_LIFT(A1:I{len(many)})", len(many))
    assert [row[0] for row in shown[1:6]] == [row[0] for row in shown[2996:3001]]
    assert all(isinstance(row[0], float) for row in shown[1:])
    document.close(True)
