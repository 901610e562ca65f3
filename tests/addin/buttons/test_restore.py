"""Restore takes back run after run, also by another Python, and asks before it takes back what a person changed."""

from __future__ import annotations

import pytest

from addin.before import Added, Image, Shelf, Written
from addin.blocks import Area
from addin.configuration import Configuration
from addin.look import Looks
from addin.press import press
from addin.session import Session
from tests.addin.buttons.conftest import Person, book_with, content

DAY = 86_400 * 10**9  # nanoseconds


@pytest.fixture
def varied_book(app, rows, tmp_path):
    """A list whose own columns hold text that looks like numbers, formulas, dates and number formats."""
    lines = [[*row, None, None] for row in rows[:9]]
    lines[0][-2:] = ["verdict", "roi_expected"]
    lines[1][-2], lines[2][-2], lines[3][-2] = "'007", "=1+1", "TRUE story"
    lines[4][-2], lines[5][-2] = 0.1 + 0.2, True
    book = book_with(app, lines, tmp_path / "varied.xlsx")
    sheet = book.sheets["Plan"]
    sheet["J6"].value = "2026-03-01"
    sheet["K3:K4"].number_format = "0.000"
    sheet["K3:K5"].value = [[0.5], [0.25], ["later"]]
    return book


def formats(sheet):
    return [sheet[f"{column}{row}"].number_format for row in range(1, 10) for column in "IJKLM"]


def test_cells_are_as_they_were(varied_book, push):
    sheet = varied_book.sheets["Plan"]
    before = content(varied_book), sheet["J2:K9"].value, formats(sheet)
    assert push("score_list", varied_book).done
    assert sheet["J2"].value != "007"
    pressed = push("restore", varied_book)
    assert pressed.done
    assert (content(varied_book), sheet["J2:K9"].value, formats(sheet)) == before


def test_added_columns_go_with_their_looks(plan_book, push):
    sheet = plan_book.sheets["Plan"]
    before = content(plan_book), sheet["J1"].color, sheet["J1"].font.bold, sheet["J1"].column_width, sheet["K2"].number_format
    push("score_list", plan_book)
    push("restore", plan_book)
    after = content(plan_book), sheet["J1"].color, sheet["J1"].font.bold, sheet["J1"].column_width, sheet["K2"].number_format
    assert after == before


def test_run_after_run_is_taken_back_and_then_there_is_none(plan_book, push):
    before = content(plan_book)
    for name in ("score_list", "what_if", "check_data"):
        plan_book.sheets["Plan"].activate()
        assert push(name, plan_book).done
    taken = [push("restore", plan_book) for _ in range(4)]
    assert [one.done for one in taken] == [True, True, True, False]
    assert [one.words.partition(" of ")[0] for one in taken[:3]] == ["Check data", "What-if", "Score list"]
    assert "no run" in taken[3].words
    assert content(plan_book) == before
    log = plan_book.sheets["Promo log"].used_range.value
    assert [row[10].startswith("yes") for row in log[1:]] == [True, True, True, False, False, False]


def test_it_works_for_another_python(plan_book, push, workspace):
    before = content(plan_book)
    push("score_list", plan_book)
    assert press("restore", plan_book, Person(), Session(Configuration(workspace=workspace))).done
    assert content(plan_book) == before


def test_cells_changed_by_hand_are_asked_about(plan_book, push):
    before = content(plan_book)
    push("score_list", plan_book)
    plan_book.sheets["Plan"]["O5"].value = "my view"
    changed, person = content(plan_book), Person(says_yes=False)
    assert not push("restore", plan_book, person).done
    assert "Plan!J1:R62 was changed since" in person.asked[0]
    assert content(plan_book) == changed
    assert push("restore", plan_book).done
    assert content(plan_book) == before


def test_a_sheet_changed_by_hand_is_asked_about(plan_book, push):
    (name,) = push("what_if", plan_book).sheets
    plan_book.sheets[name]["A20"].value = "my notes"
    person = Person(says_yes=False)
    assert not push("restore", plan_book, person).done
    assert f"sheet '{name}'" in person.asked[0]
    assert name in [sheet.name for sheet in plan_book.sheets]


def test_what_was_not_saved_with_the_workbook_is_passed_over(app, plan_book, push):
    path = plan_book.fullname
    push("score_list", plan_book)
    plan_book.close()
    book = app.books.open(path)
    pressed = push("restore", book)
    assert not pressed.done
    assert "no run" in pressed.words


def test_each_workbook_has_runs_of_its_own(app, rows, tmp_path, push):
    first, second = (book_with(app, rows, tmp_path / f"{name}.xlsx") for name in ("first", "second"))
    push("score_list", first)
    push("score_list", second)
    assert push("restore", first).done
    assert first.sheets["Plan"]["J1"].value is None
    assert second.sheets["Plan"]["J1"].value == "success_probability"


def image(order, book="plan.xlsx"):
    area = Area(2, 10, 1, 3)
    there = Written("Plan", area, [["=A1", "'007", None]], [(area, "0.0")], Looks([8.5, None, 9.0], plain=True), ("Summer", area), "f00d")
    return Image(order, f"run {order}", "Score list", "2026-03-01T12:00:00Z", book, (there,), (Added("What-if U1", "beef"),))


def test_what_is_kept_on_disk_comes_back_the_newest_first(tmp_path):
    shelf, kept = Shelf(tmp_path), [image(DAY + at) for at in range(3)]
    for one in kept:
        shelf.keep(one)
    shelf.keep(image(DAY + 9, "other.xlsx"))
    assert list(shelf.of("plan.xlsx")) == kept[::-1]
    shelf.drop(kept[2])
    assert list(Shelf(tmp_path).of("plan.xlsx")) == kept[1::-1]


def test_so_many_runs_are_kept_for_so_long(tmp_path):
    shelf = Shelf(tmp_path)
    for at in range(22):
        shelf.keep(image(DAY + at))
    assert [one.order for one in shelf.of("plan.xlsx")] == [DAY + at for at in range(21, 1, -1)]
    shelf.keep(image(32 * DAY, "other.xlsx"))
    assert list(shelf.of("plan.xlsx")) == []


def test_an_image_that_was_cut_short_is_passed_over(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.keep(image(DAY))
    shelf.keep(image(DAY + 1))
    newest = max(tmp_path.iterdir())
    newest.write_bytes(newest.read_bytes()[:40])
    assert [one.order for one in shelf.of("plan.xlsx")] == [DAY]
