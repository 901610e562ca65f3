"""The values of a block of cells, read and written in a few calls whatever its size.

Written as Excel does it: text that begins with ``=`` is a formula, unless the cell is formatted as text; text that begins
with ``'`` is the text behind it; a date or truth value gives its format to a cell that has none. Different from Excel: text
that looks like a number or a date stays text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from addin.hosts.libreoffice import formats, formulas, uno_bridge
from addin.hosts.libreoffice.addresses import Block, rectangles
from addin.hosts.libreoffice.cell_values import CellError, Grid, to_moment, to_serial
from addin.hosts.libreoffice.formats import GENERAL_KEY
from scorer.errors import OutputRefused

_MOMENTS = (dt.date, dt.time, dt.timedelta)
_UNKNOWN_ERROR = CellError("#VALUE!")


def read(document: Any, cells: Any, block: Block, *, name_errors: bool = False) -> Grid:
    """Return the values of all cells: text, numbers, moments, truth values, errors, and None for nothing.

    Which error it is costs a call per error, so it is asked for only with ``name_errors``.
    """
    grid = [[None if value == "" else value for value in row] for row in _with_errors(cells, cells.getDataArray(), name_errors)]
    if any(isinstance(value, float) for row in grid for value in row):
        _give_kinds(document, cells, block, grid)
    return grid


def write(document: Any, cells: Any, block: Block, grid: Sequence[Sequence[Any]]) -> None:
    """Write a value into every cell; the grid has the shape of the block.

    Raises ValueError where it has another, and OutputRefused where LibreOffice lets the cells not be changed.
    """
    _check_shape(block, grid)
    shown = _without_truth(formats.shown_in(document, cells))
    flags = [[formulas.is_formula(value) for value in row] for row in grid]
    _spare_text_cells(shown, block, flags)
    zero = formats.day_zero(document)
    values = (
        tuple("" if formula else _native(value, zero) for value, formula in zip(row, marks, strict=True))
        for row, marks in zip(grid, flags, strict=True)
    )
    _put(block, cells.setDataArray, tuple(values))
    if any(isinstance(value, str) for row in grid for value in row):
        _take_back_text_format(shown)
    for part in rectangles(flags):
        rows = (row[part.column - 1 : part.last_column] for row in grid[part.row - 1 : part.last_row])
        _put(block, _part(cells, part).setFormulaArray, tuple(tuple(map(formulas.to_calc, row)) for row in rows))
    _give_formats(document, cells, shown, grid)


def write_formulas(document: Any, cells: Any, block: Block, grid: Sequence[Sequence[Any]]) -> None:
    """Write what would be typed into the cells: formulas, and text, numbers and dates as English ones; text after a ``'``.

    Raises as ``write`` does.
    """
    _check_shape(block, grid)
    shown = _without_truth(formats.shown_in(document, cells))
    _put(block, cells.setFormulaArray, tuple(tuple(_typed(value) for value in row) for row in grid))
    # LibreOffice gives such text the text format; a formula written there later would stay text
    marked = [[isinstance(value, str) and value[:1] == "'" for value in row] for row in grid]
    _format_general(cells, shown, marked, lambda: GENERAL_KEY)


def read_formulas(cells: Any) -> tuple[tuple[str, ...], ...]:
    """Return what is in the cells as it would be typed: formulas, and everything else as English text."""
    # the mark before text that looks like something else is LibreOffice's own; Excel does not tell it
    return tuple(tuple(formulas.to_excel(text.removeprefix("'")) for text in row) for row in cells.getFormulaArray())


def _check_shape(block: Block, grid: Sequence[Sequence[Any]]) -> None:
    if len(grid) != block.rows or any(len(row) != block.columns for row in grid):
        raise ValueError(f"{block.address()} has {block.rows} rows and {block.columns} columns; the values have another shape.")


def _put(block: Block, write_all: Callable[[Any], None], rows: Any) -> None:
    try:
        write_all(rows)
    except uno_bridge.kind("lang.DisposedException"):
        raise
    except uno_bridge.kind("uno.RuntimeException") as why:
        # it says no more than the line of its own source
        reason = "LibreOffice lets no part of an array formula or of a locked area be changed"
        raise OutputRefused.because(block.address(), reason, "Write around it, or clear the whole of it first.") from why


def _without_truth(shown: list[formats.Shown]) -> list[formats.Shown]:
    """Take back the format that truth values got: LibreOffice would show any later number as TRUE."""
    for at, group in enumerate(shown):
        if group.is_plain_logical:
            group.cells.NumberFormat = GENERAL_KEY
            shown[at] = group._replace(key=GENERAL_KEY, kind=0)
    return shown


def _with_errors(cells: Any, rows: Sequence[Sequence[Any]], name_errors: bool) -> Iterator[list[Any]]:
    for down, row in enumerate(rows):
        yield [
            value if value is not None else _error(cells, down, across) if name_errors else _UNKNOWN_ERROR
            for across, value in enumerate(row)
        ]


def _error(cells: Any, down: int, across: int) -> CellError:
    return CellError(cells.getCellByPosition(across, down).getString())


def _give_kinds(document: Any, cells: Any, block: Block, grid: Grid) -> None:
    zero = formats.day_zero(document)
    for shown in formats.shown_in(document, cells):
        if shown.is_date:
            _change(grid, block, shown, lambda value: to_moment(value, zero))
        elif shown.is_logical:
            _change(grid, block, shown, lambda value: bool(value) if value in {0.0, 1.0} else value)


def _change(grid: Grid, block: Block, shown: formats.Shown, change: Callable[[float], Any]) -> None:
    for part in shown.blocks():
        columns = range(part.column - block.column, part.last_column - block.column + 1)
        for row in grid[part.row - block.row : part.last_row - block.row + 1]:
            for column in columns:
                if isinstance(row[column], float):
                    row[column] = change(row[column])


def _take_back_text_format(shown: Sequence[formats.Shown]) -> None:
    """Take back the text format that LibreOffice gives to text like ``007``: a formula written there later would stay text."""
    for group in shown:
        if group.is_general:
            group.cells.NumberFormat = group.key


def _spare_text_cells(shown: Sequence[formats.Shown], block: Block, flags: list[list[bool]]) -> None:
    if not any(map(any, flags)):
        return
    for part in (part for group in shown if group.is_text for part in group.blocks()):
        for row in flags[part.row - block.row : part.last_row - block.row + 1]:
            row[part.column - block.column : part.last_column - block.column + 1] = [False] * part.columns


def _native(value: Any, zero: dt.datetime) -> float | str:
    """Return a value as UNO's data array takes it: it knows text and floating numbers only."""
    if isinstance(value, str):
        return value[1:] if value[:1] == "'" else value
    if value is None:
        return ""
    if isinstance(value, _MOMENTS):
        return to_serial(value, zero)
    return float(value)


def _typed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, _MOMENTS):
        return value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)
    return formulas.to_calc(value) if isinstance(value, str) else repr(value)


def _give_formats(document: Any, cells: Any, shown: Sequence[formats.Shown], grid: Sequence[Sequence[Any]]) -> None:
    """Give cells without a number format one that shows a date as a date, and truth as truth."""
    wanted: tuple[tuple[Callable[[Any], bool], Callable[[Any], int]], ...] = (
        (_is_day, formats.key_for_days),
        (_is_moment, formats.key_for_moments),
        (_is_truth, formats.key_for_truth),
    )
    for belongs, key in wanted:
        flags = [[belongs(value) for value in row] for row in grid]
        _format_general(cells, shown, flags, partial(key, document))


def _format_general(cells: Any, shown: Sequence[formats.Shown], flags: list[list[bool]], key: Callable[[], int]) -> None:
    """Give a number format to those of the marked cells that had none."""
    for part in rectangles(flags):
        address = _part(cells, part).getRangeAddress()
        for group in shown:
            without = group.cells.queryIntersection(address) if group.is_general else None
            if without is not None and without.getCount():
                without.NumberFormat = key()


def _is_day(value: Any) -> bool:
    if isinstance(value, dt.datetime):
        return value.time() == dt.time.min
    return isinstance(value, dt.date)


def _is_moment(value: Any) -> bool:
    return isinstance(value, dt.datetime) and not _is_day(value)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _part(cells: Any, part: Block) -> Any:
    return cells.getCellRangeByPosition(part.column - 1, part.row - 1, part.last_column - 1, part.last_row - 1)
