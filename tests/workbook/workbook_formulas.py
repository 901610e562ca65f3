"""Formulas taken apart: what they refer to, how they look from their own cell, and where their figures come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from openpyxl.cell.cell import Cell
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.workbook import Workbook

STRINGS = re.compile(r'"(?:[^"]|"")*"')
SHEET = re.compile(r"(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!")
REFERENCE = re.compile(r"(?<![A-Za-z_])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\d(])")
_AREA = re.compile(
    r"(?:'((?:[^']|'')+)'!|([A-Za-z_][\w.]*)!)?(?<![A-Za-z_$])\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?(?![\d(A-Za-z_])"
)
Place = tuple[str, str]
"""A sheet's title and a cell on it."""


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
def precedents(title: str, formula: str) -> tuple[Place, ...]:
    """Every cell a formula on that sheet reads, ranges cell by cell."""
    found: list[Place] = []
    for quoted, plain, column, row, last_column, last_row in _AREA.findall(STRINGS.sub('""', formula)):
        sheet = quoted.replace("''", "'") or plain or title
        columns = range(column_index_from_string(column), column_index_from_string(last_column or column) + 1)
        rows = range(int(row), int(last_row or row) + 1)
        found += [(sheet, f"{get_column_letter(at)}{down}") for at in columns for down in rows]
    return tuple(found)


class Graph:
    """Which cell reads which, over a whole workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._leaves: dict[Place, frozenset[Place]] = {}
        self._under_way: list[Place] = []

    def leaves(self, place: Place) -> frozenset[Place]:
        """The cells without a formula a cell comes from in the end.

        Fails where a formula reads itself, or a sheet that is not there.
        """
        if place not in self._leaves:
            assert place not in self._under_way, f"{place} reads itself"
            title, coordinate = place
            assert title in self._book.sheetnames, f"{self._under_way[-1:]} reads {title!r}, which is no sheet"
            cell = self._book[title][coordinate]
            self._under_way.append(place)
            if is_formula(cell):
                found = [self.leaves(one) for one in precedents(title, cell.value)]
                self._leaves[place] = frozenset().union(*found) if found else frozenset({place})
            else:
                self._leaves[place] = frozenset({place})
            self._under_way.pop()
        return self._leaves[place]
