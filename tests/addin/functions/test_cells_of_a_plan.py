"""One range in, one answer out of the same length: blank rows stay blank, and a bad row is told in that row alone."""

from __future__ import annotations

from typing import Any

import pytest

from addin.cells import Block, block_of
from addin.session import Session
from tests.addin.functions.asking import Rows, ask, column, renamed, value, without

BY_ROW = ("PROMO_SUCCESS", "PROMO_LIFT", "PROMO_PROFIT", "PROMO_ROI", "PROMO_VERDICT", "PROMO_BREAKEVEN", "PROMO_BASELINE",
          "PROMO_WHY", "PROMO_SCORE")  # fmt: skip


def with_cell(row: list[Any], rows: Rows, name: str, cell: Any) -> list[Any]:
    at = rows[0].index(name)
    return [*row[:at], cell, *row[at + 1 :]]


@pytest.mark.parametrize("name", BY_ROW)
def test_the_answer_is_as_long_as_the_range(name: str, serving: Session, rows: Rows) -> None:
    blank = [None] * len(rows[0])
    gap = [rows[0], rows[1], blank, ["  ", "", "\u00a0", "\u200b"], rows[11], [], rows[2], blank]
    found = ask(serving, name, block_of(gap, first_row=7))
    assert len(found) == len(gap)
    clean = ask(serving, name, block_of([rows[0], rows[1], rows[2]], first_row=7))
    assert [found[0], found[1], found[6]] == clean
    for at in (2, 3, 5, 7):
        assert set(found[at]) == {""}
    refused, *others = found[4]
    assert "row 11: " in refused or name == "PROMO_WHY"
    assert "end_date lies before start_date (2026-07-13); check both" in refused
    assert set(others) <= {"#N/A row 11: see the first column"}


def test_a_range_without_a_promotion(serving: Session, rows: Rows) -> None:
    blank = [[None] * 4] * 3
    assert column(serving, "PROMO_LIFT", [rows[0], *blank]) == ["", "", ""]
    assert ask(serving, "PROMO_LIFT", blank) == [[""], [""], [""]]
    assert ask(serving, "PROMO_SCORE", [rows[0]], "verdict, roi_expected") == [["verdict", "roi_expected"]]
    assert ask(serving, "PROMO_LIFT", [rows[0], *blank], 0.5) == [["lift_0.5"], [""], [""], [""]]


@pytest.mark.parametrize("formula", ["=TODAY()", "=today()+7", "{=NOW()}", "=DATE(YEAR(TODAY( )),3,1)"])
def test_a_date_from_the_clock_is_refused(formula: str, serving: Session, rows: Rows) -> None:
    formulas = [[str(cell or "") for cell in row] for row in rows[:4]]
    formulas[2][rows[0].index("start_date")] = formula
    clocked = Block(tuple(map(tuple, rows[:4])), first_row=5, formulas=lambda: formulas)
    found = column(serving, "PROMO_LIFT", clocked)
    assert found[1] == "#N/A row 7: start_date comes from TODAY() or NOW() and would change every day; write the date as a value"
    untouched = column(serving, "PROMO_LIFT", rows[:4])
    assert [found[0], found[2]] == [untouched[0], untouched[2]]
    assert column(serving, "PROMO_WHY", clocked)[1] == found[1].removeprefix("#N/A row 7: ")
    one = Block((tuple(rows[0]), tuple(rows[2])), first_row=5, formulas=lambda: [formulas[0], formulas[2]])
    assert value(serving, "PROMO_EXPLAIN", one).startswith("#N/A Row 6: start_date comes from TODAY()")


def test_other_formulas_are_as_good_as_values(serving: Session, rows: Rows) -> None:
    formulas = [["=DATE(2026,7,6)"] * len(row) for row in rows[:4]]
    given = Block(tuple(map(tuple, rows[:4])), formulas=lambda: formulas)
    assert column(serving, "PROMO_LIFT", given) == column(serving, "PROMO_LIFT", rows[:4])


@pytest.mark.parametrize(
    ("name", "cell", "told"),
    [
        ("discount_percentage", "cheap", "discount_percentage cannot be read as a number; write it like 12.5"),
        ("discount_percentage", None, "discount_percentage is empty; every row needs one"),
        ("discount_percentage", "#DIV/0!", "discount_percentage cannot be read as a number"),
        ("start_date", "soon", "start_date cannot be read as a date; write it like 2025-03-31"),
        ("start_date", 7.0, "start_date cannot be read as a date; write it like 2025-03-31"),
        ("start_date", "2199-01-01", "end_date lies before start_date"),
        ("end_date", None, "end_date and duration_days are both empty; give one of them"),
        ("promotion_id", "U0001", "promotion_id 'U0001' stands on line 2 already; give this row another one"),
    ],
)
def test_a_bad_cell_is_told_with_its_row_column_and_remedy(
    name: str, cell: Any, told: str, serving: Session, rows: Rows
) -> None:
    found = column(serving, "PROMO_PROFIT", [rows[0], rows[1], with_cell(rows[2], rows, name, cell), rows[3]])
    assert str(found[1]).startswith("#N/A row 3: ")
    assert told in found[1]
    assert [found[0], found[2]] == column(serving, "PROMO_PROFIT", [rows[0], rows[1], rows[3]])


def test_days_beyond_the_calendar_are_told(serving: Session, rows: Rows) -> None:
    far = with_cell(with_cell(rows[1], rows, "start_date", "2199-01-01"), rows, "end_date", "2199-01-07")
    (found,) = column(serving, "PROMO_LIFT", [rows[0], far])
    assert found.startswith("#N/A row 2: start_date: the promotion lies outside ")
    assert column(serving, "PROMO_WHY", [rows[0], far]) == [found.removeprefix("#N/A row 2: ")]
    assert "lies outside the calendar of the model" in value(serving, "PROMO_WHATIF", [rows[0], far])
    assert "lies outside the calendar of the model" in value(serving, "PROMO_EXPLAIN", [rows[0], far])


def test_a_range_that_is_no_plan_says_what_is_missing(serving: Session, rows: Rows) -> None:
    bare = block_of(rows[1:4], place="Sheet1!A2:I4")
    assert value(serving, "PROMO_LIFT", bare).startswith("#N/A Sheet1!A2:I4 has no header row with names such as discount, ")
    lacking = block_of(without(rows[:4], "discount_percentage"), place="Sheet1!A1:H4")
    told = value(serving, "PROMO_LIFT", lacking)
    assert told.startswith("#N/A Sheet1!A1:H4 has no column 'discount_percentage' (also accepted: discount, ")
    assert "It has: promotion_id, region, " in told
    twice = renamed(rows[:4], {"leaflet_week": "Discount_Percentage"})
    assert "several columns are called 'discount_percentage'" in value(serving, "PROMO_LIFT", twice)


def test_missing_money_is_words_and_counted_never_zero(serving: Session, rows: Rows) -> None:
    plan = [[*rows[0], "list_price", "unit_cost"], *([*row, None, None] for row in rows[1:6])]
    plan[2][1:4] = ["Atlantis", "Pearls", "Black"]  # nothing is known of these
    names = ["lift_expected", "incremental_profit_expected", "roi_expected", "break_even_lift", "headroom", "verdict"]
    header, *found = ask(serving, "PROMO_SCORE", plan, ", ".join(names))
    unknown = found[1]
    assert isinstance(unknown[0], float)
    for cell in unknown[1:5]:
        assert cell.startswith("#N/A row 3: profit and ROI are not available: ")
    assert unknown[5] == "NOT ENOUGH EVIDENCE"
    for name, at in (("PROMO_PROFIT", 1), ("PROMO_ROI", 2), ("PROMO_BREAKEVEN", 3)):
        answers = ask(serving, name, plan)
        assert answers[2] == [unknown[at]]
        assert value(serving, "PROMO_PROBLEMS", answers) == 1.0
    assert value(serving, "PROMO_PROBLEMS", [header, *found]) == 4.0


def test_every_column_of_a_bad_row_is_counted(serving: Session, rows: Rows) -> None:
    found = ask(serving, "PROMO_SCORE", [rows[0], *rows[8:14]])
    for at in range(len(found[0])):
        assert value(serving, "PROMO_PROBLEMS", [[row[at]] for row in found]) >= 1.0


def test_a_promotion_that_costs_nothing_has_no_return(serving: Session, rows: Rows) -> None:
    free = [*with_cell(rows[1], rows, "discount_percentage", 0.0), 0.0]
    plan = [[*rows[0], "fixed_cost"], free]
    assert column(serving, "PROMO_ROI", plan) == [
        "#N/A row 2: not available: the promotion costs nothing, so there is no return on its cost"
    ]
    assert ask(serving, "PROMO_SCORE", plan, "sales_multiple")[1] == ["#N/A row 2: not available: no discount is given"]
    _, step = ask(serving, "PROMO_WHATIF", plan, 0.0)
    assert step[7] == "#N/A not available: the promotion costs nothing, so there is no return on its cost"


def test_no_lift_pays_where_an_extra_unit_leaves_nothing(serving: Session, rows: Rows) -> None:
    plan = [[*rows[0], "list_price", "unit_cost"], [*with_cell(rows[1], rows, "discount_percentage", 0.5), 2.0, 1.95]]
    (told,) = column(serving, "PROMO_BREAKEVEN", plan)
    assert told.startswith("#N/A row 2: there is no such lift: an extra unit leaves nothing")


def test_text_that_looks_like_a_formula_stays_text(serving: Session, rows: Rows) -> None:
    """A function's result is never worked out by the spreadsheet: the text is shown as it is, whatever it begins with."""
    evil = "=cmd|' /C calc'!A0"
    again = [rows[0], with_cell(rows[1], rows, "promotion_id", evil), with_cell(rows[2], rows, "promotion_id", evil)]
    (_, told) = column(serving, "PROMO_WHY", again)
    assert told == f"promotion_id '{evil}' stands on line 2 already; give this row another one"
    spelt = with_cell(rows[1], rows, "promotion_type", "+SUM(A1)")
    (flags,) = column(serving, "PROMO_WHY", [rows[0], spelt])
    assert "+SUM(A1)" in flags
    assert "+SUM(A1)" in [row[0] for row in ask(serving, "PROMO_EXPLAIN", [rows[0], spelt], 40)]
