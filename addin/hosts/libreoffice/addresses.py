"""Where cells lie: Excel's way to write it, and blocks of cells as four numbers. Knows no office."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
_CELLS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d*)(?::\$?([A-Za-z]{1,3})\$?([1-9]\d*))?\Z")
_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})\Z")
_ROWS = re.compile(r"\$?([1-9]\d*):\$?([1-9]\d*)\Z")
_PLAIN_SHEET = re.compile(r"[^\W\d]\w*\Z")


class Block(NamedTuple):
    """A rectangle of cells; row and column count from 1, and a block may have no rows or no columns at all."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1

    @property
    def last_row(self) -> int:
        return self.row + self.rows - 1

    @property
    def last_column(self) -> int:
        return self.column + self.columns - 1

    @property
    def is_empty(self) -> bool:
        return self.rows < 1 or self.columns < 1

    def around(self, other: Block) -> Block:
        """Return the smallest block with both in it.

        >>> Block(2, 2).around(Block(5, 1, 2, 1))
        Block(row=2, column=1, rows=5, columns=2)
        """
        row, column = min(self.row, other.row), min(self.column, other.column)
        last_row, last_column = max(self.last_row, other.last_row), max(self.last_column, other.last_column)
        return Block(row, column, last_row - row + 1, last_column - column + 1)

    def meets(self, other: Block) -> bool:
        across = self.column <= other.last_column and other.column <= self.last_column
        return across and self.row <= other.last_row and other.row <= self.last_row

    def address(self, *, row_absolute: bool = True, column_absolute: bool = True) -> str:
        """Return the address as Excel writes it.

        >>> Block(3, 28, 2, 1).address()
        '$AB$3:$AB$4'
        >>> Block(1, 2, LAST_ROW, 1).address(column_absolute=False)
        'B:B'
        """
        down, across = "$" * row_absolute, "$" * column_absolute
        if self.rows == LAST_ROW and self.columns < LAST_COLUMN:
            ends = [f"{across}{letters(column)}" for column in (self.column, self.last_column)]
        elif self.columns == LAST_COLUMN:
            ends = [f"{down}{row}" for row in (self.row, self.last_row)]
        else:
            corners = ((self.column, self.row), (self.last_column, self.last_row))
            ends = [f"{across}{letters(column)}{down}{row}" for column, row in corners]
            if ends[0] == ends[1]:
                return ends[0]
        return ":".join(ends)


WHOLE_SHEET = Block(1, 1, LAST_ROW, LAST_COLUMN)


def parsed(address: str) -> Block | None:
    """Return the block of an address such as ``A1``, ``$B$2:C9``, ``A:C`` or ``3:5``; None for what is no address.

    >>> parsed("$B$2:C9")
    Block(row=2, column=2, rows=8, columns=2)
    >>> parsed("3:5") == Block(3, 1, 3, LAST_COLUMN)
    True
    >>> parsed("Budget") is None
    True
    """
    cells, columns, rows = _CELLS.match(address), _COLUMNS.match(address), _ROWS.match(address)
    if cells:
        start = Block(int(cells[2]), number(cells[1]))
        block = start.around(Block(int(cells[4]), number(cells[3]))) if cells[3] else start
    elif columns:
        block = Block(1, number(columns[1]), LAST_ROW).around(Block(1, number(columns[2])))
    elif rows:
        block = Block(int(rows[1]), 1, 1, LAST_COLUMN).around(Block(int(rows[2]), 1))
    else:
        return None
    return block if block.last_row <= LAST_ROW and block.last_column <= LAST_COLUMN else None


def quoted(sheet: str) -> str:
    """Return a sheet's name as formulas have it: in quotes, unless it is one plain word.

    >>> quoted("Plan"), quoted("Jo's plan")
    ('Plan', "'Jo''s plan'")
    """
    return sheet if _PLAIN_SHEET.match(sheet) and not parsed(sheet) else "'" + sheet.replace("'", "''") + "'"


def letters(column: int) -> str:
    """Return the letters of a column.

    >>> letters(1), letters(27), letters(16384)
    ('A', 'AA', 'XFD')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def number(name: str) -> int:
    """Return the number of a column's letters.

    >>> number("A"), number("xfd")
    (1, 16384)
    """
    total = 0
    for letter in name.upper():
        total = total * 26 + ord(letter) - ord("A") + 1
    return total


def rectangles(wanted: Sequence[Sequence[bool]]) -> Iterator[Block]:
    """Yield few blocks, counted from the block's own top left cell, that cover all wanted cells and no others.

    >>> list(rectangles([[True, True, False], [True, True, True]]))
    [Block(row=1, column=1, rows=2, columns=2), Block(row=2, column=3, rows=1, columns=1)]
    """
    if not any(map(any, wanted)):
        return
    open_runs: dict[tuple[int, int], int] = {}
    width = len(wanted[0])
    for column in range(1, width + 2):
        runs = set(_runs([row[column - 1] for row in wanted])) if column <= width else set()
        for start, length in sorted(set(open_runs) - runs):
            first = open_runs.pop((start, length))
            yield Block(start, first, length, column - first)
        for run in runs:
            open_runs.setdefault(run, column)


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for at, flag in enumerate([*flags, False], 1):
        if flag and start is None:
            start = at
        elif not flag and start is not None:
            yield start, at - start
            start = None
