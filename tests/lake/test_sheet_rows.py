"""What stands in a cell is read back as it was, whatever signs it is made of."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import python_calamine

from scorer.columns import text
from scorer.contracts.table import Kind
from scorer.lake.writing import write_table

WORDS = ["<a href='x'>&amp;</a>", "_x0041_ stays", " blank before", "two\nlines\tand a tab", "=cmd|' /C calc'!A0", "🙂 שלום", "𝟘"]


def _written(path: Path, **columns: np.ndarray) -> list[list[object]]:
    write_table(path, columns, {"share": Kind.SHARE})
    return python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()[1:]


def test_words_of_every_kind_come_back(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    _written(path, words=text(WORDS))
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value.replace("_x005F_", "_") for cell in sheet["A"][1:]] == WORDS
    assert {cell.data_type for cell in sheet["A"]} == {"s"}


def test_numbers_keep_every_digit_and_days_their_date(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    numbers = np.concatenate([rng.normal(size=50), 10.0 ** np.arange(-30, 30), [np.nan, 0.1 + 0.2, 1e15, -1e15 - 1]])
    days = np.datetime64("1900-03-01", "D") + rng.integers(0, 90_000, len(numbers))
    read = _written(tmp_path / "t.xlsx", number=numbers, day=days)
    assert [float(row[0]) if row[0] != "" else None for row in read] == [None if x != x else x for x in numbers.tolist()]
    assert [row[1] for row in read] == days.tolist()


def test_cells_of_many_kinds_in_one_column_stay_apart(tmp_path: Path) -> None:
    mixed = np.empty(7, dtype=object)
    mixed[:] = [1, True, 1.5, "1", None, date(2025, 3, 31), datetime(2025, 3, 31, 12)]
    read = _written(tmp_path / "t.xlsx", mixed=mixed, last=np.arange(7))
    assert [row[0] for row in read[:5]] == [1, True, 1.5, "1", ""]
    assert read[1][0] is True
    assert [round(float(row[0]), 6) for row in read[5:]] == [45747, 45747.5]


def test_more_rows_than_are_made_at_once_are_all_there(tmp_path: Path) -> None:
    rows = 12_001
    read = _written(tmp_path / "t.xlsx", n=np.arange(rows), **{f"c{i}": np.full(rows, i) for i in range(30)})
    assert [row[0] for row in read] == list(range(rows))
    assert read[-1][-1] == 29
