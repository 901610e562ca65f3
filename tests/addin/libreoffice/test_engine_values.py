"""Values go into cells and come back as what they were."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from addin.hosts.libreoffice import block_values
from addin.hosts.libreoffice.addresses import Block
from scorer.errors import OutputRefused


class Counting:
    """A UNO range that counts what is asked of it."""

    def __init__(self, cells):
        self._cells = cells
        self.calls = Counter()

    def __getattr__(self, name):
        self.calls[name] += 1
        return getattr(self._cells, name)


@pytest.mark.parametrize(
    "value",
    ["text", "Zürich ▲ 100 €", "two\nlines", 1.5, -3.0, True, False, dt.datetime(2026, 3, 1), dt.datetime(2026, 3, 1, 13, 5, 7), None],
)
def test_a_value_comes_back_as_it_was(sheet, value):
    sheet["B2"].value = value
    assert sheet["B2"].value == value
    assert type(sheet["B2"].value) is type(value)


@pytest.mark.parametrize("text", ["12", "1,5", "007", "2026-03-01", "1/2", "TRUE", "#N/A", "+5", "-", "="])
def test_text_that_looks_like_something_else_stays_text(sheet, text):
    sheet["A1"].value = text
    assert sheet["A1"].value == text
    assert sheet["A1"].number_format == "General"


def test_text_that_begins_like_a_formula_is_one_unless_the_cell_is_text(sheet):
    sheet["A2"].number_format = "@"
    sheet["A1:A3"].value = [["=1+1"], ["=1+1"], ["'=1+1"]]
    assert sheet["A1:A3"].value == [2.0, "=1+1", "=1+1"]
    assert sheet["A1"].formula == "=1+1"


def test_a_block_with_formulas_among_values(sheet):
    sheet["A1"].value = [["price", "units", "sum"], [1.5, 10, "=A2*B2"], [2.5, None, '=IF(B3="","none",A3*B3)']]
    assert sheet["A1:C3"].value == [["price", "units", "sum"], [1.5, 10.0, 15.0], [2.5, None, "none"]]


def test_numbers_of_all_kinds(sheet):
    sheet["A1"].value = [[1, np.float32(0.5), np.int64(7), Decimal("2.25"), np.bool_(True), np.nan, pd.NA]]
    assert sheet["A1:G1"].value == [1.0, 0.5, 7.0, 2.25, True, None, None]


def test_days_of_all_kinds(sheet):
    day = dt.datetime(2026, 3, 1)
    sheet["A1"].value = [[day.date(), pd.Timestamp(day), np.datetime64("2026-03-01"), day.replace(tzinfo=dt.UTC), pd.NaT]]
    assert sheet["A1:E1"].value == [day, day, day, day, None]
    assert sheet["A1"].options(dates=dt.date).value == day.date()
    assert "yyyy" in sheet["A1"].number_format


def test_a_time_of_day_is_a_number_as_in_excel(sheet):
    sheet["A1"].number_format = "hh:mm"
    sheet["A1"].value = dt.time(6)
    assert sheet["A1"].value == 0.25


def test_a_date_leaves_the_format_of_a_cell_that_has_one(sheet):
    sheet["A1"].number_format = "yyyy"
    sheet["A2"].number_format = "0.00"
    sheet["A1:A2"].value = [[dt.date(2026, 3, 1)], [dt.date(2026, 3, 1)]]
    assert sheet["A1"].number_format == "yyyy"
    assert sheet["A2"].number_format == "0.00"
    assert sheet["A1:A2"].value == [dt.datetime(2026, 3, 1), 46082.0]


def test_a_number_after_a_truth_value_is_a_number(sheet):
    sheet["A1"].value = True
    sheet["A1"].value = 7
    assert sheet["A1"].value == 7
    sheet["A1"].formula = "=1=1"
    assert sheet["A1"].value is True
    sheet["A1"].formula = "=3+4"
    assert sheet["A1"].value == 7
    assert sheet["A1"].api.getCellByPosition(0, 0).String == "7"


@pytest.mark.parametrize("is_1904", [False, True])
def test_dates_of_books_that_count_from_1904(open_book, tmp_path, is_1904):
    path = tmp_path / "dates.xlsx"
    day = dt.datetime(2026, 3, 1)
    with xlsxwriter.Workbook(path, {"date_1904": is_1904}) as workbook:
        workbook.add_worksheet().write_datetime("A1", day, workbook.add_format({"num_format": "dd/mm/yyyy"}))
    sheet = open_book(path).sheets[0]
    assert sheet["A1"].value == day
    sheet["A2"].value = day
    assert sheet["A2"].value == day
    sheet["A1:A2"].number_format = "0"
    assert sheet["A1:A2"].value == [46082.0 - 1462 * is_1904] * 2


def test_errors_are_nothing_unless_their_names_are_asked_for(sheet):
    sheet["A1"].value = [["=1/0"], ["=NA()"], ["fine"], ["=nonsense(1)"]]
    assert sheet["A1:A4"].value == [None, None, "fine", None]
    assert sheet["A1:A4"].options(err_to_str=True).value == ["#DIV/0!", "#N/A", "fine", "#NAME?"]


def test_one_value_for_all_cells(sheet):
    sheet["A1:B2"].value = 5
    sheet["C1:C2"].value = dt.date(2026, 3, 1)
    assert sheet["A1:C2"].value == [[5.0, 5.0, dt.datetime(2026, 3, 1)]] * 2


def test_frames_there_and_back(sheet):
    frame = pd.DataFrame({"day": pd.to_datetime(["2026-03-01", "2026-03-02"]), "units": [1.0, np.nan], "sku": ["a", None]})
    sheet["A1"].options(index=False).value = frame
    back = sheet["A1"].expand().options(pd.DataFrame, index=False).value
    assert list(back.columns) == list(frame.columns)
    assert back["day"].tolist() == frame["day"].tolist()
    assert back["units"].iloc[0] == 1 and back["units"].isna().iloc[1] and back["sku"].isna().iloc[1]


def test_numpy_and_other_options(sheet):
    sheet["A1"].value = np.arange(6).reshape(2, 3)
    assert sheet["A1:C2"].options(np.array).value.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert sheet["A1:C1"].options(numbers=int, ndim=2).value == [[0, 1, 2]]
    assert sheet["D1"].options(empty="nothing").value == "nothing"
    assert sheet["A1:C2"].options(transpose=True).value == [[0, 3], [1, 4], [2, 5]]


def test_a_large_block_goes_in_few_calls(book, sheet):
    rows = 50_000
    block = Block(2, 1, rows, 10)
    day = dt.datetime(2026, 1, 1)
    grid = [[f"sku {at}", day, at % 2 == 0, *map(float, range(at, at + 7))] for at in range(rows)]
    cells = Counting(sheet.range((2, 1), (rows + 1, 10)).api)
    block_values.write(book.api, cells, block, grid)
    assert cells.calls["setDataArray"] == 1
    written = sum(cells.calls.values())
    cells.calls.clear()
    # a column of another look must not cost a call a row
    sheet["D:D"].number_format = "0.0"
    assert block_values.read(book.api, cells, block) == grid
    assert cells.calls["getDataArray"] == 1
    assert sum(cells.calls.values()) <= 3
    # the truth values alternate with nothing: they are a block of their own, and so are the days
    assert written <= 10


def test_a_grid_of_another_shape_is_refused(book, sheet):
    with pytest.raises(ValueError, match="another shape"):
        block_values.write(book.api, sheet["A1:B2"].api, Block(1, 1, 2, 2), [[1.0, 2.0]])


def test_a_locked_cell_of_a_protected_sheet_is_told(sheet):
    sheet["A1:A2"].value = [["locked"], ["free"]]
    protection = sheet["A2"].api.CellProtection
    protection.IsLocked = False
    sheet["A2"].api.CellProtection = protection
    sheet.api.protect("")
    for change in (
        lambda: setattr(sheet["A1"], "value", 1),
        lambda: setattr(sheet["A1"], "formula", "=1"),
        lambda: setattr(sheet["A1:A2"], "color", "#ff0000"),
        sheet["A1:A2"].clear_contents,
        lambda: sheet["A1"].insert("down"),
    ):
        with pytest.raises(OutputRefused, match="the sheet is protected"):
            change()
    sheet["A2"].value = "written"
    assert sheet["A1:A2"].value == ["locked", "written"]
    sheet.api.unprotect("")
    sheet["A1"].value = "open"
    assert sheet["A1"].value == "open"


def test_a_part_of_an_array_formula_is_not_changed(sheet):
    sheet["A1:A3"].value = [[1], [2], [3]]
    sheet["B1:B3"].formula_array = "=A1:A3*2"
    with pytest.raises(OutputRefused, match="array formula"):
        sheet["B2"].value = 5
    assert sheet["B1:B3"].value == [2.0, 4.0, 6.0]


def test_a_range_without_cells_is_empty_and_harmless(sheet):
    sheet["A1:B2"].value = 1
    nothing = sheet["A1:B2"][0:0, :]
    assert nothing.shape == (0, 2)
    nothing.clear_contents()
    nothing.number_format = "0.0%"
    assert sheet["A1:B2"].value == [[1, 1], [1, 1]]
    assert sheet["A1"].number_format == "General"
