"""A close look at the rows to fill: whose row each is, and what stands in the cells that would be written."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from scorer.errors import OutputRefused
from scorer.lake import headers as heads
from scorer.workbook.filling.addresses import Area, address, area
from scorer.workbook.filling.cells import Cell, cells, formula_of, some_cells, text_of
from scorer.workbook.filling.markup import attribute
from scorer.workbook.filling.package import Package
from scorer.workbook.filling.places import Place
from scorer.workbook.filling.rows import Before, Row, flow
from scorer.workbook.filling.strings import shared_strings

# What stands in a cell: nothing, a value, a formula, or a part of a formula that fills several cells.
NOTHING, VALUE, FORMULA, PART_OF_ONE = 0, 1, 2, 3


class Sharing(NamedTuple):
    """A formula that several cells share: the cell that holds its text, and all cells of the filled columns that use it."""

    holder: tuple[int, int] | None
    reach: Area | None
    members: list[tuple[int, int]]


class Looked(NamedTuple):
    """The rows of the plan in the workbook, in order.

    numbers: their row numbers; keys: promotion_id as text, '' where there is none; states: one byte per target column
    (in order of the columns); is_header: places of rows that say the headers once more; hidden: row numbers;
    left_styles: style of the cell left of added columns, header_style of their header; column_styles: the first style
    met in each target column, styles: all of them; sharing: shared formulas by their mark; occupied: the first cell
    that is not empty where columns would be added; unknown: formulas without a stored value among those that are read.
    """

    numbers: list[int]
    keys: list[str]
    states: list[bytes]
    is_header: set[int]
    hidden: set[int]
    left_styles: list[int]
    header_style: int
    column_styles: dict[int, int]
    styles: dict[int, set[int]]
    sharing: dict[str, Sharing]
    occupied: str
    unknown: int


def look(
    package: Package, place: Place, blank_strings: Collection[int], strings: str | None, read: Collection[int] = ()
) -> Looked:
    """Look at the rows of the place; ``read`` are columns whose values will be read as the plan.

    Raises OutputRefused where the sheet cannot be read safely.
    """
    return _Look(package, place, blank_strings, read).taken(strings)


class _Look:
    def __init__(self, package: Package, place: Place, blank_strings: Collection[int], read: Collection[int]) -> None:
        self._package, self._place, self._blank, self._read = package, place, blank_strings, read
        self._unknown = 0
        self._targets = sorted(place.targets.values())
        self._order = {column: at for at, column in enumerate(self._targets)}
        self._key = place.known.get("promotion_id", 0)
        self._left = place.data.right if place.added else 0
        self._wanted = frozenset([*self._targets, self._key, self._left, *read]) - {0}
        self._keys: list[str | int] = []
        self._formulas: list[Area] = []
        self._prefix = b""
        self.found = Looked([], [], [], set(), set(), [], 0, {}, {column: set() for column in self._targets}, {}, "", 0)

    def taken(self, strings: str | None) -> Looked:
        where, part = self._package.path, self._place.survey.sheet.part
        bottom = self._place.data.bottom
        below = bottom + (self._place.table.totals_rows if self._place.table else 0)
        for one in flow(self._package.stream(part), where, part):
            if isinstance(one, Before):
                self._prefix = one.prefix
            elif isinstance(one, Row):
                if one.number > below:
                    break
                self._note_formulas(one)
                if self._place.data.top <= one.number <= bottom:
                    self._row(one)
                elif self._place.added and one.number in {self._place.header_row, below}:
                    self._edge(one)
        texts = shared_strings(self._package, strings, {key for key in self._keys if isinstance(key, int)}).texts
        self.found.keys.extend(_trimmed(texts.get(key, "") if isinstance(key, int) else key) for key in self._keys)
        header = heads.key(self._place.headers.get(self._key, ""))
        repeated = {at for at, key in enumerate(self.found.keys) if key and heads.key(key) == header}
        return self.found._replace(is_header=repeated, unknown=self._unknown)

    def _row(self, row: Row) -> None:
        states = bytearray(len(self._targets))
        if self._formulas:
            self._formulas = [reach for reach in self._formulas if reach.bottom >= row.number]
        for reach in self._formulas:
            for at, column in enumerate(self._targets):
                if reach.holds(row.number, column):
                    states[at] = PART_OF_ONE
        key: str | int = ""
        left = 0
        for cell in some_cells(row, self._prefix, self._package.path, self._wanted):
            column = cell.column
            if column == self._key:
                key = text_of(cell, self._prefix)
            if column == self._left:
                left = cell.style or 0
            if column in self._order:
                self._target(row, cell, states)
            elif column in self._read and formula_of(cell, self._prefix) is not None and text_of(cell, self._prefix) == "":
                self._unknown += 1
        if self._place.added and any(states):
            self._occupy(row.number, next(column for column, state in zip(self._targets, states, strict=True) if state))
        self.found.numbers.append(row.number)
        self.found.states.append(bytes(states))
        self._keys.append(key)
        if self._left:
            self.found.left_styles.append(left)
        if b"hidden" in row.raw and attribute(row.tag, "hidden") in ("1", "true"):
            self.found.hidden.add(row.number)

    def _target(self, row: Row, cell: Cell, states: bytearray) -> None:
        at = self._order[cell.column]
        style = cell.style or 0
        if style:
            self.found.column_styles.setdefault(cell.column, style)
        self.found.styles[cell.column].add(style)
        states[at] = max(states[at], self._state(row, cell))

    def _state(self, row: Row, cell: Cell) -> int:
        if not cell.inside:
            return NOTHING
        formula = formula_of(cell, self._prefix)
        if formula is not None:
            if attribute(formula, "t") == "shared":
                self._share(row.number, cell.column, formula)
            return FORMULA
        told = text_of(cell, self._prefix)
        is_blank = told in self._blank if isinstance(told, int) else not told.strip()
        return NOTHING if is_blank else VALUE

    def _share(self, row: int, column: int, formula: bytes) -> None:
        group = attribute(formula, "si") or ""
        sharing = self.found.sharing.get(group) or Sharing(None, None, [])
        sharing.members.append((row, column))
        reach = attribute(formula, "ref")
        if reach:
            sharing = sharing._replace(holder=(row, column), reach=area(reach))
        self.found.sharing[group] = sharing

    def _note_formulas(self, row: Row) -> None:
        """Note formulas of this row that fill several cells: none of those cells can be written alone."""
        if b"array" not in row.seen and b"dataTable" not in row.seen:
            return
        for cell in cells(row, self._prefix, self._package.path):
            formula = formula_of(cell, self._prefix)
            if formula is not None and attribute(formula, "t") in ("array", "dataTable"):
                reach = area(attribute(formula, "ref") or "")
                if reach is not None and not reach.is_one_cell and reach.right >= self._targets[0]:
                    self._formulas.append(reach)

    def _edge(self, row: Row) -> None:
        """Look at the header or totals of columns that would be added: nothing may stand there."""
        for cell in cells(row, self._prefix, self._package.path):
            if cell.column == self._left and row.number == self._place.header_row:
                self.found = self.found._replace(header_style=cell.style or 0)
            if cell.column in self._order and self._state(row, cell) != NOTHING:
                self._occupy(row.number, cell.column)

    def _occupy(self, row: int, column: int) -> None:
        if not self.found.occupied:
            self.found = self.found._replace(occupied=address(row, column))


def must_be_free(looked: Looked, place: Place, where: object) -> None:
    """Raise OutputRefused where columns would be added over something, or a cell to fill is merged with others."""
    if looked.occupied:
        raise OutputRefused.because(
            where,
            f"{place.name} has none of the columns to fill, and there is no room for new ones: {looked.occupied} is not empty",
            "Put the headers you want (verdict, roi_expected …) into columns of your own and run again.",
        )
    columns = place.targets.values()
    for merge in place.survey.merges:
        lies_in = not merge.is_one_cell and merge.bottom >= place.data.top and merge.top <= place.data.bottom
        if lies_in and any(merge.left <= column <= merge.right for column in columns):
            raise OutputRefused.because(
                where, f"the cells {merge}, which would be filled, are merged", "Unmerge them: each row needs a cell of its own."
            )


def _trimmed(key: str) -> str:
    """Write a key as the reader of plans does: 17.0 is 17."""
    from scorer.lake.cells import BLANKS

    text = key.strip(BLANKS)
    return text[:-2] if re.fullmatch(r"-?[0-9]+[.]0", text) else text
