"""Score list writes what ``promo score`` of the same rows gives, and asks before it writes over anything."""

from __future__ import annotations

import math
from datetime import date, datetime

import duckdb
import pytest

from scorer import verbs
from scorer.errors import TooManyRejects
from scorer.plan import Cells
from scorer.workspace import Workspace
from tests.addin.buttons.conftest import Person, book_with, column, content

ADDED = [
    "success_probability", "lift_expected", "incremental_profit_expected", "roi_expected", "probability_of_profit",
    "verdict", "remedy", "flags", "input_hash",
]  # fmt: skip


def scored_by_command(demo_home, tmp_path):
    """What the command line writes for the example's list: by promotion_id."""
    out = tmp_path / "scored.parquet"
    with pytest.raises(TooManyRejects):
        verbs.score(demo_home.workspace, demo_home.upcoming, out)
    with duckdb.connect() as con:
        found = con.execute(f"SELECT * FROM '{out}'")
        names = [each[0] for each in found.description]
        return {row[names.index("promotion_id")]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


def same(cell, expected):
    if expected is None or expected == "" or expected != expected:
        return cell is None
    if isinstance(expected, float):
        return math.isclose(cell, expected, rel_tol=1e-15, abs_tol=0)
    return cell == expected


def test_added_columns_hold_what_the_command_writes(demo_home, plan_book, push, tmp_path):
    assert push("score_list", plan_book).done
    expected, sheet = scored_by_command(demo_home, tmp_path), plan_book.sheets["Plan"]
    assert sheet["J1:R1"].value == ADDED
    compared = 0
    for row in sheet["A2:R62"].value:
        if row[0] in expected:
            told = expected[row[0]]
            wrong = {name: cell for name, cell in zip(ADDED, row[9:], strict=True) if not same(cell, told[name])}
            assert wrong == {}
            compared += 1
    assert compared == len(expected) == 57


def test_refused_rows_get_their_reason_and_blank_rows_stay_blank(app, rows, tmp_path, push):
    rows.insert(2, [None] * len(rows[0]))
    book = book_with(app, rows, tmp_path / "plan.xlsx")
    pressed = push("score_list", book)
    sheet = book.sheets["Plan"]
    assert set(sheet["J3:R3"].value) == {None}
    refused = [told for told in column(sheet, "flags", 62) if told and told.startswith("refused: ")]
    assert len(refused) == 4
    assert sheet["J13:P13"].value == [None] * 7, "end before start: no figure stands in its row"
    assert "57 rows scored, 4 refused, 1 blank" in pressed.words


def test_a_plan_that_begins_elsewhere_is_written_beside_its_rows(app, rows, tmp_path, push):
    book = book_with(app, rows, tmp_path / "plan.xlsx", at="C5")
    book.sheets["Plan"]["C2"].value = "Promotions of summer"
    push("score_list", book)
    sheet = book.sheets["Plan"]
    assert sheet["L5:T5"].value == ADDED
    assert sheet["L6"].value is not None


def test_own_columns_are_filled_after_a_question_that_counts(app, rows, tmp_path, push):
    lines = [[*row, None, None] for row in rows]
    lines[0][-2:] = ["Verdict", "lift_expected"]
    lines[1][-2], lines[5][-1], lines[11][-1] = "my own view", 0.5, "of a refused row"
    book = book_with(app, lines, tmp_path / "plan.xlsx")
    before = content(book)
    no = Person(says_yes=False)
    assert not push("score_list", book, no).done
    assert no.asked == [
        "3 cells in columns Verdict, lift_expected hold something: overwrite them? 57 rows scored, 4 refused, 0 blank."
    ]
    assert content(book) == before
    assert push("score_list", book).done
    sheet = book.sheets["Plan"]
    assert sheet["J2"].value == "DON'T LAUNCH"
    assert isinstance(sheet["K6"].value, float)
    assert sheet["K12"].value is None, "no figure of an earlier time stands beside a refused row"
    assert sheet["L1"].value is None


def test_empty_columns_are_filled_without_a_question(app, rows, tmp_path, push):
    lines = [[*row, "verdict" if at == 0 else None] for at, row in enumerate(rows)]
    person = Person()
    assert push("score_list", book_with(app, lines, tmp_path / "plan.xlsx"), person).done
    assert person.asked == []


def test_what_stands_on_blank_rows_stays_formulas_too(app, rows, tmp_path, push):
    lines = [[*row, "verdict" if at == 0 else None] for at, row in enumerate(rows)]
    formula = '=IF(A4="","",1)'
    lines[3] = [*(None,) * 9, formula]
    book = book_with(app, [row[:10] for row in lines], tmp_path / "plan.xlsx")
    assert push("score_list", book).done
    assert book.sheets["Plan"]["J4"].formula == formula
    assert book.sheets["Plan"]["J5"].value


def test_columns_are_not_added_over_something(plan_book, push):
    plan_book.sheets["Plan"]["L7"].value = "mine"
    before = content(plan_book)
    pressed = push("score_list", plan_book)
    assert not pressed.done
    assert "L7" in pressed.words
    assert content(plan_book) == before


def test_two_columns_of_one_name_are_refused(app, rows, tmp_path, push):
    lines = [[*row, *(("verdict", "Verdict") if at == 0 else (None, None))] for at, row in enumerate(rows)]
    pressed = push("score_list", book_with(app, lines, tmp_path / "plan.xlsx"))
    assert "several of its columns are called" in pressed.words


def test_a_table_grows_over_its_new_columns(plan_book, push):
    sheet = plan_book.sheets["Plan"]
    table = sheet.tables.add(sheet["A1:I62"], name="Summer")
    assert push("score_list", plan_book).done
    assert table.range.address == "$A$1:$R$62"
    assert push("restore", plan_book).done
    assert sheet.tables["Summer"].range.address == "$A$1:$I$62"


def test_dates_numbers_and_decimal_commas_are_read_as_exports_are(app, rows, tmp_path, push):
    as_text = rows[:3]
    typed = [rows[0], *([*row] for row in rows[1:3])]
    for row in typed[1:]:
        row[5] = f"{float(row[5]) * 100:.1f} %".replace(".", ",")
        row[6], row[7] = date.fromisoformat(row[6]), datetime.fromisoformat(row[7])
    serials = [rows[0], *([*row] for row in rows[1:3])]
    for row in serials[1:]:
        row[5] = float(row[5])
        row[6], row[7] = ((date.fromisoformat(day) - date(1899, 12, 30)).days for day in row[6:8])
    answers = []
    for at, lines in enumerate((as_text, typed, serials)):
        book = book_with(app, lines, tmp_path / f"{at}.xlsx")
        assert push("score_list", book).done
        answers.append(book.sheets["Plan"]["J2:R3"].value)
    assert answers[0] == answers[1] == answers[2]


def test_dates_from_the_clock_are_refused_row_by_row(app, rows, tmp_path, push):
    book = book_with(app, rows[:4], tmp_path / "plan.xlsx")
    sheet = book.sheets["Plan"]
    sheet["G3"].formula = "=TODAY()+200"
    pressed = push("score_list", book)
    assert pressed.done
    assert sheet["J2"].value is not None and sheet["J4"].value is not None
    assert sheet["J3"].value is None
    assert "TODAY" in sheet["Q3"].value


def test_figures_have_number_formats_and_hashes_stay_text(plan_book, push):
    push("score_list", plan_book)
    sheet = plan_book.sheets["Plan"]
    assert "%" in sheet["K2:K62"].number_format
    assert "#,##0" in sheet["L2:L62"].number_format
    assert {type(told) for told in column(sheet, "input_hash") if told} == {str}


def test_the_planning_workbook_is_not_filled(app, rows, workspace, tmp_path, push):
    out = tmp_path / "planning.xlsx"
    verbs.workbook(Workspace(workspace), Cells(rows[0], rows[1:3]), out)
    book = app.books.open(str(out))
    book.sheets["Plan"].activate()
    pressed = push("score_list", book)
    assert not pressed.done
    assert "planning workbook" in pressed.words and "ROI sheet" in pressed.words


def test_the_message_counts(plan_book, push):
    words = push("score_list", plan_book).words
    assert "57 rows scored, 4 refused, 0 blank" in words
    assert "J2:R62" in words and "▲" in words and "Row 12:" in words


def test_a_list_of_fifty_thousand_rows(app, rows, tmp_path, push):
    usable = [row for row in rows[1:] if row[0] not in ("U0011", "U0027", "U0033", "U0047")]
    many = [[f"L{at}", *usable[at % len(usable)][1:]] for at in range(50_000)]
    book = book_with(app, [rows[0], *many], tmp_path / "many.xlsx")
    pressed = push("score_list", book)
    assert "50,000 rows scored, 0 refused, 0 blank" in pressed.words
    assert all(column(book.sheets["Plan"], "verdict", 50_000))


def test_a_list_above_a_hundred_thousand_rows_goes_into_a_file(app, rows, tmp_path, push):
    many = [[f"L{at}", *(rows[1][1:] if at < 1_500 else [None] * 8)] for at in range(100_001)]
    book = book_with(app, [rows[0], *many], tmp_path / "long.xlsx")
    pressed = push("score_list", book)
    (file,) = tmp_path.glob("long scored *.parquet")
    assert str(file) in pressed.words
    with duckdb.connect() as con:
        assert con.execute(f"SELECT count(*), min(line), max(line) FROM '{file}'").fetchone() == (1_500, 2, 1_501)
    (rejects,) = tmp_path.glob("long rejects *.csv")
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == 98_502
    assert "1,500 rows scored, 98,501 refused, 0 blank" in pressed.words
    (name,) = pressed.sheets
    assert 1_000 < book.sheets[name].used_range.shape[0] < 1_020
    assert book.sheets["Plan"]["J1"].value is None
