"""The plan is the table under the selection, else the only one on the active sheet; messages say what is missing, and where."""

from __future__ import annotations

import pytest

from addin.books import client_of
from addin.plan_sheets import find_plan
from scorer.errors import NothingToWorkOn
from tests.addin.buttons.conftest import book_with

HEAD = ["Discount", "Start date", "End date"]
ROW = ["20 %", "2026-07-06", "2026-07-12"]


def found(book, demo_home):
    return find_plan(book, demo_home.client)


def test_the_only_block_is_found_wherever_it_stands(app, demo_home, tmp_path):
    book = book_with(app, [HEAD, ROW, ROW], tmp_path / "a.xlsx", at="C7")
    book.sheets["Plan"]["A1"].value = "Summer"
    plan = found(book, demo_home)
    assert plan.body.address == "C8:E9"
    assert list(plan.asked.lines) == [8, 9]


def test_of_two_tables_the_selected_one_is_meant(app, demo_home, tmp_path):
    book = book_with(app, [HEAD, ROW], tmp_path / "a.xlsx")
    sheet = book.sheets["Plan"]
    sheet["A11"].value = [HEAD, ROW, ROW]
    sheet.tables.add(sheet["A1:C2"], name="First")
    sheet.tables.add(sheet["A11:C13"], name="Second")
    sheet["A1:A1"].offset(20, 8).select()
    with pytest.raises(NothingToWorkOn, match=r"First.*Second.*Select a cell"):
        found(book, demo_home)
    sheet["B12"].select()
    assert found(book, demo_home).body.address == "A12:C13"


def test_what_is_missing_is_named(app, demo_home, tmp_path):
    book = book_with(app, [["promotion_id", "Discount", "Region"], ["A", 0.2, "North"]], tmp_path / "a.xlsx")
    with pytest.raises(NothingToWorkOn, match=r"Plan!A1:C2.*start_date, end_date or duration_days are missing.*It has promotion_id"):
        found(book, demo_home)


def test_another_sheet_with_a_plan_is_named(app, demo_home, tmp_path):
    book = book_with(app, [HEAD, ROW], tmp_path / "a.xlsx")
    book.sheets.add("Notes").activate()
    with pytest.raises(NothingToWorkOn, match=r"'Notes' holds no plan; sheet 'Plan' looks like one"):
        found(book, demo_home)


def test_headers_without_rows_are_told(app, demo_home, tmp_path):
    with pytest.raises(NothingToWorkOn, match="headers and no rows"):
        found(book_with(app, [HEAD], tmp_path / "a.xlsx"), demo_home)


def test_errors_in_cells_are_read_by_their_names(app, demo_home, tmp_path):
    book = book_with(app, [HEAD, ["=1/0", *ROW[1:]]], tmp_path / "a.xlsx")
    assert str(found(book, demo_home).asked.rows[0][0]).startswith("#DIV/0")


@pytest.mark.parametrize(
    ("refers_to", "client"),
    [('="demo"', "demo"), ("=Plan!$A$1", "acme"), ("=Plan!$A$2", None), ("=1+1", None), ("=Nowhere!$A$1", None)],
)
def test_a_workbook_says_its_client_or_nothing(app, tmp_path, refers_to, client):
    book = book_with(app, [["acme"]], tmp_path / "a.xlsx")
    book.names.add("PromoClient", refers_to)
    assert client_of(book) == client


def test_a_workbook_without_the_name_says_nothing(app):
    assert client_of(app.books.add()) is None
