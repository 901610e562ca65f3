"""Where everything stands: tables and single cells by name, and formulas written with those names.

A formula is written once, with names in braces, and becomes cells here:

    {profit}            the cell of that name on the same sheet: the same row of its table, or a single cell
    {plan.list_price}   the same row of another sheet's table, or a single cell there
    {roi.profit:all}    the whole column of a table
    {roi.profit:top}    the cell above the first row of that column

No sheet position is ever written down in a formula's source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scorer.workbook.template import Band, Column

TOP_ROWS = 7
"""Rows above the first row of every table: title, purpose, checks, totals, bands, units, headers."""
MARGIN = 1
"""Empty columns on the left."""

_NAME = re.compile(r"\{(?:(\w+)\.)?(\w+)(?::(all|top))?\}")


class Table(NamedTuple):
    """A table on a sheet: zero-based first row, number of rows, and the column each name stands in."""

    first: int
    rows: int
    columns: dict[str, int]

    @property
    def last(self) -> int:
        return self.first + self.rows - 1


def letters(column: int) -> str:
    """Return the letters of a zero-based column.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    name = ""
    while column >= 0:
        name = chr(ord("A") + column % 26) + name
        column = column // 26 - 1
    return name


def absolute(row: int, column: int) -> str:
    """Return an absolute cell.

    >>> absolute(0, 1)
    '$B$1'
    """
    return f"${letters(column)}${row + 1}"


def area(first: int, column: int, last: int, last_column: int) -> str:
    """Return an absolute range."""
    return f"{absolute(first, column)}:{absolute(last, last_column)}"


@dataclass
class Places:
    """The places of one workbook, by the name a sheet has in the template."""

    sheets: dict[str, str]
    tables: dict[str, Table] = field(default_factory=dict)
    cells: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    ranges: dict[str, dict[str, str]] = field(default_factory=dict)

    def place(self, sheet: str, name: str, row: int, column: int) -> None:
        """Remember a single cell."""
        self.cells.setdefault(sheet, {})[name] = (row, column)

    def beside(self, sheet: str, name: str, table: Table) -> None:
        """Give a further table on a sheet a short name of its own."""
        self.sheets[name] = self.sheets[sheet]
        self.tables[name] = table

    def sheet(self, name: str) -> str:
        """The sheet as a formula writes it."""
        title = self.sheets[name]
        return title if title.isascii() and title.isalnum() and title[0].isalpha() else f"'{title}'"

    def of(self, sheet: str, name: str) -> str:
        """A single cell or range with its sheet, absolute.

        Raises KeyError for a name nobody placed.
        """
        if name in self.ranges.get(sheet, {}):
            return f"{self.sheet(sheet)}!{self.ranges[sheet][name]}"
        return f"{self.sheet(sheet)}!{absolute(*self.cells[sheet][name])}"

    def column(self, sheet: str, name: str) -> str:
        """A whole column of a table with its sheet, absolute."""
        table = self.tables[sheet]
        at = table.columns[name]
        return f"{self.sheet(sheet)}!{area(table.first, at, table.last, at)}"

    def formula(self, sheet: str, source: str) -> Callable[[int], str]:
        """Turn a formula written with names into a function of the zero-based row it stands in."""
        body = _NAME.sub(lambda found: self._cell(sheet, *found.groups()), source)
        return lambda row: "=" + body.replace("\0", str(row + 1))

    def _cell(self, here: str, sheet: str | None, name: str, part: str | None) -> str:
        there = sheet or here
        prefix = "" if self.sheets.get(there) == self.sheets.get(here) else f"{self.sheet(there)}!"
        table = self.tables.get(there)
        if table is None or name not in table.columns:
            place = self.of(there, name)
            return place if prefix else place.split("!", 1)[1]
        at = table.columns[name]
        if part == "all":
            return prefix + area(table.first, at, table.last, at)
        if part == "top":
            return prefix + absolute(table.first - 1, at)
        return f"{prefix}${letters(at)}\0"


def columns_of(bands: Sequence[Band]) -> list[Column]:
    """Return the columns of all bands in order."""
    return [column for band in bands for column in band.columns]


def table_at(bands: Sequence[Band], rows: int, first: int = TOP_ROWS, left: int = MARGIN) -> Table:
    """Put the columns of bands side by side, right of the margin or of what stands left of them."""
    names = [column.name for column in columns_of(bands)]
    return Table(first, max(rows, 1), {name: left + at for at, name in enumerate(names)})


def quoted(text: str) -> str:
    """Write text as a formula does.

    >>> quoted('5" shelf')
    '"5"" shelf"'
    """
    return '"' + text.replace('"', '""') + '"'


def sentence(pattern: str, **parts: str) -> str:
    """Turn a sentence with {blanks} into a formula that joins words and the formulas of the blanks.

    >>> sentence("{n} checks fail", n="B2")
    'B2&" checks fail"'
    """
    pieces = re.split(r"\{(\w+)\}", pattern)
    words = [parts[piece] if at % 2 else quoted(piece) for at, piece in enumerate(pieces) if piece]
    return "&".join(words)
