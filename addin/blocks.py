"""Blocks of cells of an open sheet, read at once and written at once; what a cell holds survives being written back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from addin.cells import Cell
from scorer.errors import OutputRefused

Held: TypeAlias = str | float | bool | None
GENERAL = "General"
LAST_ROW = 1_048_576
"""The last row of a sheet."""
LAST_COLUMN = 16_384
# text that a spreadsheet would read as something else when it is written: a number, a day, a formula, a truth
_READ_ANEW = re.compile(r"[=+\-@'].*|.*[0-9].*|true|false", re.IGNORECASE | re.DOTALL)


class Area(NamedTuple):
    """A block of cells: the row and column of its first cell, counted from 1, and how many rows and columns it has."""

    row: int
    column: int
    rows: int
    columns: int

    @property
    def bottom(self) -> int:
        return self.row + self.rows - 1

    @property
    def right(self) -> int:
        return self.column + self.columns - 1

    @property
    def address(self) -> str:
        """The address as people write it.

        >>> Area(1, 1, 61, 9).address, Area(3, 28, 1, 1).address
        ('A1:I61', 'AB3')
        """
        first, last = f"{letters(self.column)}{self.row}", f"{letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    def within(self, other: Area) -> Area | None:
        """Return the part of a block that lies in another one; None where they share no cell.

        >>> Area(1, 1, 9, 4).within(Area(5, 3, 9, 9)), Area(1, 1, 2, 2).within(Area(3, 1, 1, 1))
        (Area(row=5, column=3, rows=5, columns=2), None)
        """
        row, column = max(self.row, other.row), max(self.column, other.column)
        rows, columns = min(self.bottom, other.bottom) - row + 1, min(self.right, other.right) - column + 1
        return Area(row, column, rows, columns) if rows > 0 and columns > 0 else None

    def of(self, sheet: Any) -> Any:
        """Return the range of a sheet."""
        return sheet.range((self.row, self.column), (self.bottom, self.right))


def letters(column: int) -> str:
    """Return how a sheet calls a column.

    >>> letters(1), letters(26), letters(27), letters(16_384)
    ('A', 'Z', 'AA', 'XFD')
    """
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def area_of(cells: Any) -> Area:
    """Return where a range lies."""
    return Area(cells.row, cells.column, *cells.shape)


def values(sheet: Any, area: Area) -> list[list[Cell]]:
    """Read the values of a block: None for nothing, errors by their names."""
    return list(area.of(sheet).options(ndim=2, err_to_str=True).value)


def formulas(sheet: Any, area: Area) -> list[list[str]]:
    """Read the formulas of a block; a cell without one gives what it holds, as text."""
    found = area.of(sheet).formula
    if not isinstance(found, list | tuple):
        return [["" if found is None else str(found)]]
    rows = found if found and isinstance(found[0], list | tuple) else [found] if area.rows == 1 else [[cell] for cell in found]
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def write(sheet: Any, area: Area, rows: Sequence[Sequence[Any]]) -> None:
    """Write cells, as ``addin.cells.as_cell`` makes them, into a block, at once.

    Raises OutputRefused where the host does not let it be written.
    """
    _set(sheet, area, "value", [[_kept_as_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])


def held(sheet: Any, area: Area) -> list[list[Held]]:
    """Read what a block holds: formulas with their ``=``, text after a ``'``, numbers (days too), truths, None for nothing."""
    found: list[list[Held]] = [[None] * area.columns for _ in range(area.rows)]
    part = area.within(area_of(sheet.used_range))
    if part is None:  # where nothing is used there is nothing to read
        return found
    both = zip(formulas(sheet, part), values(sheet, part), strict=True)
    left = part.column - area.column
    for row, read in zip(found[part.row - area.row :], both, strict=False):
        row[left : left + part.columns] = [_held(formula, value) for formula, value in zip(*read, strict=True)]
    return found


def write_back(sheet: Any, area: Area, rows: Sequence[Sequence[Held]]) -> None:
    """Write what ``held`` read, at once. Raises OutputRefused."""
    with_formulas = any(isinstance(cell, str) and cell.startswith("=") for row in rows for cell in row)
    _set(sheet, area, "formula" if with_formulas else "value", [[_typed(cell) for cell in row] for row in rows])


def formats(sheet: Any, area: Area) -> list[tuple[Area, str]]:
    """Return the number formats of a block: as few blocks as have one format each."""
    found: list[tuple[Area, str]] = []
    waiting = [area]
    while waiting:
        part = waiting.pop()
        shown = part.of(sheet).number_format
        if shown is not None or part.rows * part.columns == 1:
            found.append((part, shown or GENERAL))
        else:
            waiting += _halves(part)
    return found


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Return runs of neighbours: the first of each and how many.

    >>> list(runs([3, 4, 5, 9]))
    [(3, 3), (9, 1)]
    """
    first = last = None
    for number in numbers:
        if first is not None and last is not None and number == last + 1:
            last = number
            continue
        if first is not None and last is not None:
            yield first, last - first + 1
        first = last = number
    if first is not None and last is not None:
        yield first, last - first + 1


def _halves(area: Area) -> list[Area]:
    if area.columns > 1:
        left = area.columns // 2
        return [area._replace(columns=left), area._replace(column=area.column + left, columns=area.columns - left)]
    top = area.rows // 2
    return [area._replace(rows=top), area._replace(row=area.row + top, rows=area.rows - top)]


def _held(formula: str, value: Cell) -> Held:
    if formula.startswith("="):
        return formula
    if isinstance(value, str):
        return f"'{value}"
    if formula == "" or value is None:
        return None
    if isinstance(value, bool | float):
        return value
    try:
        return float(formula)  # a day is the number it counts to, whatever its cell shows
    except ValueError:
        return f"'{formula}"


def _typed(cell: Held) -> Held:
    return _kept_as_text(cell[1:]) if isinstance(cell, str) and cell.startswith("'") else cell


def _kept_as_text(cell: str) -> str | None:
    """Mark text that a spreadsheet would read as something else; the mark does not become part of the cell."""
    return f"'{cell}" if _READ_ANEW.fullmatch(cell) else cell or None


def _set(sheet: Any, area: Area, what: str, rows: list[list[Any]]) -> None:
    try:
        setattr(area.of(sheet), what, rows)
    except Exception as why:
        raise OutputRefused.because(
            f"{sheet.name}!{area.address}",
            f"the cells cannot be written ({why})",
            "Look whether the sheet is protected, a cell is being edited, or cells are merged or part of one formula.",
        ) from why
