"""The arguments of one worksheet function as LibreOffice hands them over, and its answer as LibreOffice takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from addin.cells import Block, Cell, block_of
from addin.hosts.libreoffice import uno_bridge
from addin.hosts.libreoffice.office import Office

_EPOCH = datetime(1899, 12, 30)


def document_of(office: Office, given: Sequence[Any]) -> Any:
    """Return the document that asks: that of the first range among the arguments, else the one in front, else the only one."""
    cells = next(_ranges(given), None)
    documents = list(office.documents())
    if cells is not None and len(documents) > 1:
        # a sheet is handed out anew each time; what is drawn on it is one thing
        drawn, place = cells.getSpreadsheet().getDrawPage(), cells.getRangeAddress().Sheet
        for document in documents:
            pages = document.getDrawPages()
            if place < pages.getCount() and pages.getByIndex(place) == drawn:
                return document
    front = office.desktop.getCurrentComponent()
    if front is not None and front in documents:
        return front
    return documents[0] if len(documents) == 1 else None


def blocks_of(given: Sequence[Any], document: Any) -> list[Block | None]:
    """Return one block per argument; None for one that is left out."""
    epoch = _day_zero(document) if document is not None else _EPOCH.date()
    return [_block(one, epoch) for one in given]


def as_uno(rows: Sequence[Sequence[Cell]], document: Any) -> Any:
    """Return the cells of an answer: one value, or rows of them, dates as the document counts its days."""
    epoch = _day_zero(document) if document is not None else _EPOCH.date()
    if len(rows) == 1 and len(rows[0]) == 1:
        return _native(rows[0][0], epoch)
    wrapper = uno_bridge.load().createUnoStruct("com.sun.star.script.ArrayWrapper")
    wrapper.IsZeroIndex = False
    wrapper.Array = tuple(tuple(_native(cell, epoch) for cell in row) for row in rows)
    return wrapper


def _ranges(given: Sequence[Any]) -> Iterator[Any]:
    for one in given:
        cells = _cells(one)
        if cells is not None:
            yield cells


def _cells(given: Any) -> Any:
    """Return the cells behind what Basic calls a range; None where it is none."""
    inner = getattr(given, "CellRange", None)
    return inner if inner is not None and hasattr(inner, "getDataArray") else None


def _block(given: Any, epoch: date) -> Block | None:
    if given is None:
        return None
    cells = _cells(given)
    if cells is None:
        return block_of(given, epoch=epoch)
    place = cells.getRangeAddress()
    return Block(
        rows=_values(cells),
        place=str(cells.AbsoluteName).replace("$", ""),
        first_row=place.StartRow + 1,
        formulas=_formulas_of(cells),
        epoch=epoch,
    )


def _values(cells: Any) -> tuple[tuple[Cell, ...], ...]:
    """Read all cells at once; only where errors stand, each of them is asked for its name."""
    return tuple(
        tuple(
            None if value == "" else value if value is not None else cells.getCellByPosition(across, down).getString()
            for across, value in enumerate(row)
        )
        for down, row in enumerate(cells.getDataArray())
    )


def _formulas_of(cells: Any) -> Callable[[], Sequence[Sequence[str]]]:
    return cells.getFormulaArray  # type: ignore[no-any-return]


def _day_zero(document: Any) -> date:
    zero = document.getPropertyValue("NullDate")
    return date(zero.Year, zero.Month, zero.Day)


def _native(cell: Cell, epoch: date) -> Any:
    if isinstance(cell, datetime):
        return (cell - datetime(epoch.year, epoch.month, epoch.day)) / timedelta(days=1)
    if isinstance(cell, date):
        return float((cell - epoch).days)
    # a text of a class of its own is no text to UNO
    return str(cell) if isinstance(cell, str) else cell
