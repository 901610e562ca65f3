"""Formulas taken apart: what they refer to, how they look from their own cell, and where their figures come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from openpyxl.cell.cell import Cell
from openpyxl.utils import column_index_from_string
from openpyxl.workbook import Workbook

STRINGS = re.compile(r'"(?:[^"]|"")*"')
SHEET = re.compile(r"(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!")
REFERENCE = re.compile(r"(?<![A-Za-z_])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\d(])")
_AREA = re.compile(
    r"(?:'((?:[^']|'')+)'!|([A-Za-z_][\w.]*)!)?(?<![A-Za-z_$])\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?(?![\d(A-Za-z_])"
)
Area = tuple[str, int, int, int, int]
"""A sheet's title, first column and row, last column and row."""
CONSTANT = "a formula that reads nothing"


def is_formula(cell: Cell) -> bool:
    return cell.data_type == "f"


def formulas(book: Workbook) -> Iterator[Cell]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if is_formula(cell))


def bare(formula: str) -> str:
    """A formula without its words and sheet names."""
    return SHEET.sub("", STRINGS.sub('""', formula))


def relative(cell: Cell) -> str:
    """A formula with every reference counted from its own cell (R1C1); anything else as nothing."""
    if not is_formula(cell):
        return ""

    def shift(found: re.Match[str]) -> str:
        fixed_column, column, fixed_row, row = found.groups()
        at = column_index_from_string(column)
        across = f"C{at}" if fixed_column else f"C[{at - cell.column}]"
        down = f"R{row}" if fixed_row else f"R[{int(row) - cell.row}]"
        return down + across

    return REFERENCE.sub(shift, cell.value)


def deepest_if(formula: str) -> int:
    """How deep IFs stand inside one another."""
    open_ifs, depth, deepest = [], 0, 0
    for at, sign in enumerate(formula):
        if sign == "(":
            is_if = re.search(r"(?<![A-Z])IF$", formula[:at]) is not None
            open_ifs.append(is_if)
            depth += is_if
            deepest = max(deepest, depth)
        elif sign == ")":
            depth -= open_ifs.pop()
    return deepest


def terms(formula: str) -> list[str]:
    """The summands a formula consists of: what stands between the plus signs outside all brackets."""
    depth, pieces = 0, [""]
    for sign in formula:
        depth += (sign == "(") - (sign == ")")
        if sign == "+" and not depth:
            pieces.append("")
        else:
            pieces[-1] += sign
    return pieces


@cache
def precedents(title: str, formula: str) -> tuple[Area, ...]:
    """Every area a formula on that sheet reads; a single cell is an area as well."""
    found: list[Area] = []
    for quoted, plain, column, row, last_column, last_row in _AREA.findall(STRINGS.sub('""', formula)):
        sheet = quoted.replace("''", "'") or plain or title
        first, last = column_index_from_string(column), column_index_from_string(last_column or column)
        found.append((sheet, first, int(row), last, int(last_row or row)))
    return tuple(found)


class Graph:
    """Which cell reads which, over a whole workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._areas: dict[Area, frozenset[str]] = {}
        self._cells: dict[tuple[str, str], frozenset[str]] = {}
        self._under_way: set[tuple[str, str]] = set()

    def origins(self, cell: Cell) -> frozenset[str]:
        """The styles of the cells without a formula a cell comes from in the end; a formula that reads nothing is its own.

        Fails where a formula reads itself, or a sheet that is not there.
        """
        place = cell.parent.title, cell.coordinate
        if place not in self._cells:
            assert place not in self._under_way, f"{place} reads itself"
            self._under_way.add(place)
            read = precedents(place[0], cell.value) if is_formula(cell) else ()
            origins = frozenset().union(*(self._of_area(area, place) for area in read))
            self._cells[place] = origins if read else frozenset({CONSTANT if is_formula(cell) else cell.style})
            self._under_way.remove(place)
        return self._cells[place]

    def _of_area(self, area: Area, reader: tuple[str, str]) -> frozenset[str]:
        if area not in self._areas:
            title, first, top, last, bottom = area
            assert title in self._book.sheetnames, f"{reader} reads {title!r}, which is no sheet"
            rows = self._book[title].iter_rows(top, bottom, first, last)
            self._areas[area] = frozenset().union(*(self.origins(cell) for row in rows for cell in row))
        return self._areas[area]
