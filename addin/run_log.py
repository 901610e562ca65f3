"""The sheet "Promo log": one row for every run of a button on this workbook, by whom, with which model, on which rows."""

from __future__ import annotations

from typing import Any

from addin import blocks
from addin.before import sheet_called
from addin.blocks import Area
from addin.cells import as_cell
from addin.look import paint
from addin.run import Finished, Stamp

NAME = "Promo log"
COLUMNS = (
    "UTC time", "Who", "Button", "Model", "Data cut", "Input", "Run", "Rows in", "Scored", "Rejected", "Restored", "What it said",
)  # fmt: skip
RUN, RESTORED = COLUMNS.index("Run") + 1, COLUMNS.index("Restored") + 1
_WIDTHS = (23, 12, 12, 31, 12, 16, 27, 9, 9, 10, 26, 90)
_FIRST = 2


def write_down(book: Any, label: str, stamp: Stamp, done: Finished) -> None:
    """Add a run to the log; the sheet is made where there is none. Raises OutputRefused."""
    sheet = sheet_called(book, NAME) or _made(book)
    row = _last(sheet) + 1
    said = done.words.partition("\n")[0]
    cells = (
        stamp.at, stamp.who, label, done.model, done.data_cut, done.input_hash, stamp.run_id,
        done.rows_in, done.scored, done.rejected, "no", said,
    )  # fmt: skip
    blocks.write(sheet, Area(row, 1, 1, len(COLUMNS)), [[*map(as_cell, cells)]])


def mark_restored(book: Any, run_id: str, words: str) -> None:
    """Note on the row of a run that it was restored; a log without that run stays as it is."""
    sheet = sheet_called(book, NAME)
    if sheet is None or (last := _last(sheet)) < _FIRST:
        return
    runs = blocks.values(sheet, Area(_FIRST, RUN, last - _FIRST + 1, 1))
    for at, (found,) in enumerate(runs):
        if found == run_id:
            blocks.write(sheet, Area(_FIRST + at, RESTORED, 1, 1), [[words]])


def _last(sheet: Any) -> int:
    return max(blocks.area_of(sheet.used_range).bottom, 1)


def _made(book: Any) -> Any:
    active = book.sheets.active
    sheet = book.sheets.add(NAME, after=book.sheets[len(book.sheets) - 1])
    look, head = paint(), Area(1, 1, 1, len(COLUMNS))
    blocks.write(sheet, head, [COLUMNS])
    cells = head.of(sheet)
    cells.color, cells.font.bold, cells.font.color = look.head, True, look.ink
    cells.wrap_text = True
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.range((1, column)).column_width = width
    active.activate()
    return sheet
