"""Formulas are Excel's English ones, in and out, whatever the office's language."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest

from addin.hosts.libreoffice import formulas
from addin.hosts.libreoffice.addresses import parsed

FORMULAS = {
    "=SUM(A1:A3,10)": 16.0,
    '=IF(A1>1,"a,b","c;d")': "c;d",
    "='Jo''s plan'!A1+1": 42.0,
    "=Plan!A2*2": 8.0,
    "=SUM({1,2;3,4})": 10.0,
    "=SUM((A1:A2,A3))": 6.0,
    "=VLOOKUP(2,A1:A3,1,FALSE)": 2.0,
    "=STDEV.S(A1:A3)": 1.0,
    "=EDATE(DATE(2026,1,31),1)": 46081.0,
    "=NETWORKDAYS(46023,46030)": 6.0,
    "=IFERROR(1/0,-1)": -1.0,
    '=TEXTJOIN(", ",TRUE,A1:A3)': "1, 2, 3",
    '="quote "" inside"': 'quote " inside',
    "=50%*A2": 1.0,
    "=-A1^2": 1.0,
    "=INDEX(A1:A3,2)": 2.0,
    "=SUMPRODUCT((A1:A3>1)*(A1:A3))": 5.0,
    "=SUM(A:A)": 6.0,
    '=COUNTIFS(A1:A3,">=2")': 2.0,
    "=T.DIST.2T(0,5)": 1.0,
}  # fmt: skip


@pytest.fixture
def numbers(book):
    sheet = book.sheets[0]
    sheet.name = "Numbers"
    book.sheets.add("Plan", after=sheet)["A1"].value = [[3], [4]]
    book.sheets.add("Jo's plan", after=sheet)["A1"].value = 41
    sheet["A1"].value = [[1], [2], [3]]
    return sheet


@pytest.mark.parametrize(("formula", "result"), FORMULAS.items())
def test_a_formula_works_and_comes_back(numbers, formula, result):
    numbers["C1"].formula = formula
    value = numbers["C1"].options(err_to_str=True).value
    if isinstance(value, dt.datetime):
        value = (value - dt.datetime(1899, 12, 30)).days
    assert value == pytest.approx(result)
    assert numbers["C1"].formula == formula


@pytest.mark.parametrize(("formula", "result"), FORMULAS.items())
def test_excels_formulas_read_back_from_libreoffices_are_the_same(formula, result):
    assert formulas.to_excel(formulas.to_calc(formula)) == formula


def test_newer_functions_may_have_the_prefix_that_files_have(numbers):
    numbers["C1"].formula = "=_xlfn.STDEV.S(A1:A3)"
    assert numbers["C1"].value == 1
    assert numbers["C1"].formula == "=STDEV.S(A1:A3)"


def test_one_formula_for_many_cells_moves_along(numbers):
    numbers["C1:D3"].formula = "=$A1*10+ROW(A$1)"
    assert numbers["C1:D3"].value == [[11.0, 11.0], [21.0, 21.0], [31.0, 31.0]]
    assert numbers["D3"].formula == "=$A3*10+ROW(B$1)"
    numbers["E1:E3"].value = "=A1*2"
    assert numbers["E1:E3"].value == [2.0, 4.0, 6.0]


def test_formulas_of_a_block_are_rows_of_text(numbers):
    numbers["C1:D2"].formula = [["=A1+1", "text"], ["=A2+1", 5]]
    assert numbers["C1:D2"].formula == (("=A1+1", "text"), ("=A2+1", "5"))
    assert numbers["C1:D2"].value == [[2.0, "text"], [3.0, 5.0]]


def test_text_among_formulas_is_marked_as_in_excel(numbers):
    numbers["C1"].value = [["007"], ["'x"], ["plain"]]
    assert numbers["C1:C3"].formula == (("007",), ("x",), ("plain",))
    numbers["C1:C4"].formula = [["'007"], ["''x"], ["'=A1"], ["=A1=1"]]
    assert numbers["C1:C4"].value == ["007", "'x", "=A1", True]
    assert numbers["C1:C4"].formula == (("007",), ("'x",), ("=A1",), ("=A1=1",))
    assert [cell.number_format for cell in numbers["C1:C4"]] == ["General"] * 4
    numbers["C1:C2"].formula = "=A1"
    assert numbers["C1:C2"].value == [1, 2]


def test_an_array_formula(numbers):
    numbers["C1:C3"].formula_array = "=A1:A3*{1;10;100}"
    assert numbers["C1:C3"].value == [1.0, 20.0, 300.0]
    assert numbers["C2"].has_array and not numbers["A1"].has_array
    assert numbers["C1:C3"].formula_array == "=A1:A3*{1;10;100}"
    assert numbers["A1"].formula_array is None
    assert numbers["C2"].formula == "=A1:A3*{1;10;100}"


def test_references_into_tables(numbers):
    numbers["F1"].value = [["sku", "list price"], ["a", 2], ["b", 3]]
    numbers.tables.add(numbers["F1:G3"], "tblPrice")
    numbers["I2"].formula = "=SUM(tblPrice[list price])"
    numbers["I3"].formula = "=tblPrice[@[list price]]*10"
    numbers["I4"].formula = "=COUNTA(tblPrice[[#Headers],[sku]],A1)"
    assert numbers["I2:I4"].value == [5.0, 30.0, 2.0]
    assert numbers["I2"].formula == "=SUM(tblPrice[list price])"
    assert numbers["I3"].formula == "=tblPrice[[#This Row],[list price]]*10"


def test_names_in_formulas(numbers):
    numbers["A1:A3"].name = "units"
    numbers["C1"].formula = "=SUM(units)"
    assert numbers["C1"].value == 6
    assert numbers["C1"].formula == "=SUM(units)"


def test_formulas_dates_and_numbers_in_a_german_office(german_app):
    book = german_app.books.add()
    assert book.api.CharLocale.Language == "de"
    sheet = book.sheets[0]
    sheet["A1"].value = [[1.5, dt.date(2026, 3, 1), True, "1,5"], [2.5, '=IF(A1>1,"a,b",ROUND(A2,1))', "=SUM({1.5,2;3,4})", "1.5"]]
    assert sheet["A1:D2"].value == [[1.5, dt.datetime(2026, 3, 1), True, "1,5"], [2.5, "a,b", 10.5, "1.5"]]
    assert sheet["B2"].formula == '=IF(A1>1,"a,b",ROUND(A2,1))'
    shown = {address: sheet[address].api.getCellByPosition(0, 0).String for address in ("A1", "B1", "C2")}
    assert shown == {"A1": "1,5", "B1": "01.03.2026", "C2": "10,5"}
    sheet["F1:F2"].formula_array = "=SUM(A1,IF(TRUE,{1.5;2}))"
    assert sheet["F1:F2"].formula_array == "=SUM(A1,IF(TRUE,{1.5;2}))"
    sheet["A3"].formula = "=A1+0.25"
    assert sheet["A3"].value == 1.75
    sheet["A4:A5"].formula = [["1.25"], ["2026-03-05"]]
    assert sheet["A4:A5"].value == [1.25, 46086.0]


@pytest.mark.parametrize("code", ["General", "0.0%", "#,##0.00", "#,##0;[Red]-#,##0", "dd/mm/yyyy", "yyyy-mm-dd hh:mm", "@", '0.0" pp"', "0.00E+00"])
@pytest.mark.parametrize("language", ["app", "german_app"])
def test_number_formats_are_excels_in_every_language(request, language, code):
    sheet = request.getfixturevalue(language).books.add().sheets[0]
    sheet["A1:B2"].number_format = code
    assert sheet["A1:B2"].number_format == code


def test_a_german_office_shows_german_figures_and_saves_for_all(german_app, tmp_path):
    sheet = german_app.books.add().sheets[0]
    sheet["A1:B1"].value = [1234.5, dt.date(2026, 3, 1)]
    sheet["A1"].number_format = "#,##0.00"
    assert sheet["A1"].api.getCellByPosition(0, 0).String == "1.234,50"
    sheet.book.save(tmp_path / "german.xlsx")
    saved = openpyxl.load_workbook(tmp_path / "german.xlsx").active
    assert saved["A1"].number_format == "#,##0.00"
    assert (saved["A1"].value, saved["B1"].value) == (1234.5, dt.datetime(2026, 3, 1))


@pytest.mark.parametrize(
    "address", ["A1", "$B$2:C9", "A:C", "3:5", "XFD1048576", "a1"]
)
def test_addresses_mean_what_libreoffice_means(sheet, address):
    found = sheet.api.getCellRangeByName(address).getRangeAddress()
    block = parsed(address)
    assert (found.StartRow + 1, found.StartColumn + 1, found.EndRow + 1, found.EndColumn + 1) == (
        block.row, block.column, block.last_row, block.last_column,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "A", "1", "A0", "AAAA1", "A1048577", "XFE1", "A1:", ":A1", "A1:B", "Budget", "A1 B2"])
def test_what_is_no_address_is_none(text):
    assert parsed(text) is None
