"""Sheets that buttons add: title, finding, whose figures they are, notes, tables; written at once, formatted in blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from addin import blocks
from addin.blocks import Area
from addin.cells import as_cell
from addin.look import GAIN, MARKS, NUMBERS, paint, with_room
from addin.run import Run
from scorer.contracts.table import Kind
from scorer.errors import OutputRefused

LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_NARROWEST, _WIDEST, _WIDE_TEXT = 8.0, 16.0, 44.0
MOST_COLOURED = 500
"""So many rows have coloured verdicts; in longer tables the mark and the word alone say it."""


class Column(NamedTuple):
    """One column of a table: its header, the kind of its figures, and its values from top to bottom.

    kind: one of ``scorer.contracts.table.Kind`` or ``addin.look.GAIN``. right: text that stands on the right.
    """

    label: str
    kind: str
    values: Sequence[Any]
    width: float | None = None
    right: bool = False


class Table(NamedTuple):
    """A table on a sheet. strong: the row that matters most, if any does."""

    title: str
    columns: tuple[Column, ...]
    strong: int | None = None

    @property
    def rows(self) -> int:
        return max((len(column.values) for column in self.columns), default=0)


class Lines(NamedTuple):
    """Sentences under a title, each on a row of its own."""

    title: str
    lines: Sequence[str]


class Page(NamedTuple):
    """What a sheet is to hold."""

    name: str
    title: str
    finding: str
    notes: Sequence[str] = ()
    parts: Sequence[Table | Lines] = ()


class _Placed(NamedTuple):
    """A part of a page and the row after that of its title."""

    part: Table | Lines
    row: int


def add_sheet(run: Run, page: Page, source: str) -> Any:
    """Add a sheet at the end of the workbook and show it.

    source: whose figures they are, such as the model and its data cut; the run is added. Raises OutputRefused for more rows
    than a sheet has.
    """
    grid, placed = _grid(page, f"{source} · {stamp(run)}" if source else stamp(run))
    if len(grid) > blocks.LAST_ROW:
        raise OutputRefused.because(
            page.title, f"{len(grid):,} rows are more than a sheet holds ({blocks.LAST_ROW:,})", f"Use {run.button} on a part."
        )
    book = run.book
    sheet = book.sheets.add(free_name(page.name, [one.name for one in book.sheets]), after=book.sheets[len(book.sheets) - 1])
    run.before.adds(sheet)
    area = Area(1, 1, len(grid), max(map(len, grid)))
    wide = [[*map(as_cell, row), *(None,) * (area.columns - len(row))] for row in grid]
    _look(sheet, area, placed, len(page.notes))
    blocks.write(sheet, area, wide)
    sheet.activate()
    return sheet


def stamp(run: Run) -> str:
    """Say which run made a sheet."""
    return f"made {run.stamp.at} by {run.stamp.who} · run {run.stamp.run_id}"


def free_name(wanted: str, taken: Sequence[str]) -> str:
    """Return a name that a sheet may have and none has yet.

    >>> free_name("What-if P/17", []), free_name("Check", ["check", "Check (2)"]), len(free_name("x" * 40, ["x" * 31]))
    ('What-if P 17', 'Check (3)', 31)
    """
    plain = _FORBIDDEN.sub(" ", wanted).strip() or "Sheet"
    known = {name.casefold() for name in taken}
    name, number = plain[:LONGEST_NAME].rstrip(), 1
    while name.casefold() in known:
        number += 1
        tail = f" ({number})"
        name = plain[: LONGEST_NAME - len(tail)].rstrip() + tail
    return name


def with_mark(verdict: object) -> object:
    """Put the mark of a verdict before its word.

    >>> with_mark("GO"), with_mark("perhaps")
    ('▲ GO', 'perhaps')
    """
    return f"{MARKS[verdict]} {verdict}" if isinstance(verdict, str) and verdict in MARKS else verdict


def _grid(page: Page, source: str) -> tuple[list[list[Any]], list[_Placed]]:
    rows: list[list[Any]] = [[page.title], [source], [page.finding], *([note] for note in page.notes)]
    placed = []
    for part in page.parts:
        rows += [[], [part.title]] if part.title else [[]]
        placed.append(_Placed(part, len(rows) + 1))
        rows += _cells(part)
    return rows, placed


def _cells(part: Table | Lines) -> list[list[Any]]:
    if isinstance(part, Lines):
        return [[line] for line in part.lines]
    body = ([_at(column.values, row) for column in part.columns] for row in range(part.rows))
    return [[column.label for column in part.columns], *body]


def _at(values: Sequence[Any], row: int) -> Any:
    return values[row] if row < len(values) else None


def _look(sheet: Any, area: Area, placed: Sequence[_Placed], notes: int) -> None:
    """Give the whole sheet its letters, then titles, headers and columns their own, each as one block."""
    look = paint()
    everything = area.of(sheet)
    everything.font.name, everything.font.size, everything.font.color = look.font, look.size, look.ink
    _letters(sheet, Area(1, 1, 1, 1), size=16.0, bold=True)
    _letters(sheet, Area(2, 1, 1, 1), colour=look.quiet)
    _letters(sheet, Area(3, 1, 1, 1), size=12.0, bold=True)
    if notes:
        _letters(sheet, Area(4, 1, notes, 1), colour=look.quiet)
    for part, row in placed:
        if part.title:
            _letters(sheet, Area(row - 1, 1, 1, 1), size=11.0, bold=True)
        if isinstance(part, Table):
            _table(sheet, part, row)
    for column, width in _widths([one.part for one in placed if isinstance(one.part, Table)]).items():
        sheet.range((1, column)).column_width = width


def _table(sheet: Any, table: Table, row: int) -> None:
    look = paint()
    head = Area(row, 1, 1, len(table.columns))
    head.of(sheet).color = look.head
    _letters(sheet, head, bold=True)
    head.of(sheet).wrap_text = True
    for at, column in enumerate(table.columns, start=1):
        cells = Area(row, at, table.rows + 1, 1).of(sheet)
        cells.horizontal_alignment = "right" if column.right or column.kind in NUMBERS else "left"
        cells.vertical_alignment = "top"
        if column.kind in NUMBERS and table.rows:
            Area(row + 1, at, table.rows, 1).of(sheet).number_format = with_room(NUMBERS[column.kind])
        elif _is_long(column):
            cells.wrap_text = True
    if table.strong is not None:
        _letters(sheet, Area(row + 1 + table.strong, 1, 1, len(table.columns)), bold=True)
    if table.rows <= MOST_COLOURED:
        _colour_marks(sheet, table, row)


def _colour_marks(sheet: Any, table: Table, row: int) -> None:
    """Colour cells that begin with a mark: the mark and the words say the same without the colour."""
    marks = paint().marks
    for at, column in enumerate(table.columns, start=1):
        if column.kind is not Kind.TEXT:
            continue
        for mark, (fill, letters) in marks.items():
            rows = (down for down, value in enumerate(column.values) if isinstance(value, str) and value.startswith(f"{mark} "))
            for first, count in blocks.runs(rows):
                cells = Area(row + 1 + first, at, count, 1).of(sheet)
                cells.color, cells.font.color, cells.font.bold = fill, letters, True


def _letters(sheet: Any, area: Area, *, size: float | None = None, bold: bool = False, colour: str | None = None) -> None:
    font = area.of(sheet).font
    if size is not None:
        font.size = size
    if bold:
        font.bold = True
    if colour is not None:
        font.color = colour


def _widths(tables: Sequence[Table]) -> dict[int, float]:
    """Return the width of each column of the sheet: the widest that a table there needs."""
    found: dict[int, float] = {}
    for table in tables:
        for at, column in enumerate(table.columns, start=1):
            found[at] = max(found.get(at, 0.0), column.width or _width(column))
    return found


def _width(column: Column) -> float:
    if column.kind in NUMBERS:
        longest = max(map(len, column.label.split()), default=0) + 2
        return float(min(max(longest, 11 if column.kind in (Kind.DATE, Kind.MONEY, GAIN) else _NARROWEST), _WIDEST))
    longest = max((len(str(value)) for value in (column.label, *column.values[:MOST_COLOURED]) if value is not None), default=0)
    return float(min(max(longest + 2, _NARROWEST), _WIDE_TEXT))


def _is_long(column: Column) -> bool:
    return any(isinstance(value, str) and len(value) > _WIDE_TEXT for value in column.values[:MOST_COLOURED])
