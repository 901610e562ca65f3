"""Spreadsheets as rows of cells: all cells at once where the sheets are plainly written, else row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from scorer.errors import FileUnreadable, nearest
from scorer.lake.cell_words import Written
from scorer.lake.cells import as_text, plain_text
from scorer.lake.reading_archive import gathered
from scorer.lake.sheet_grid import HEAD_ROWS, Grid, first_rows
from scorer.lake.word_meanings import asking, to_ask, told

Known: TypeAlias = Callable[[Sequence[str]], int]
"""Counts the names it knows among those of a header."""
_PLAIN_ENDINGS = (".xlsx", ".xlsm")


class Header(NamedTuple):
    """The row of a sheet that names its columns: its number (0 in an empty sheet), and how many rows above it say something."""

    line: int
    names: tuple[str, ...]
    above: int


class Sheet(NamedTuple):
    """One sheet with its header row found.

    rows: the rows below it, each with the number a user sees; or grid: all its cells, where they could be told all at once.
    """

    name: str
    header: Header
    rows: Iterable[tuple[int, list[Any]]] = ()
    grid: Grid | None = None


def open_sheet(path: Path, wanted: str | None, known: Known, search: bool = False) -> Sheet:
    """Open one sheet: the wanted one, else the first, or with ``search`` the one whose header is known best.

    Raises FileUnreadable for what is no whole workbook, unfolds beyond bounds, is locked, or has no such sheet.
    """
    import python_calamine as calamine

    written = gathered(path)
    try:
        sheets = _all_at_once(path, written, wanted, known, search)
        if sheets is None:
            sheets = _row_by_row(path, wanted, known, search)
    except FileUnreadable:
        raise
    except calamine.PasswordError as why:
        raise FileUnreadable.because(path, "it is protected by a password", "Save it without one.") from why
    except BaseException as why:  # the native reader ends some broken files with a panic, which is no Exception
        if isinstance(why, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise FileUnreadable.because(path, f"it is not a whole workbook ({why})", "Save it again as xlsx.") from why
    return max(sheets, key=lambda sheet: known(sheet.header.names))


def unmarked(cell: Any) -> str:
    """A header or plain cell as a person reads it."""
    return plain_text(as_text(cell))


def _candidates(path: Path, names: list[str], wanted: str | None, search: bool) -> list[str]:
    if not names:
        raise FileUnreadable.because(path, "it has no sheets", "Save it again as xlsx.")
    if wanted is None:
        return names if search else names[:1]
    if wanted not in names:
        raise FileUnreadable.because(
            path, f"it has no sheet '{wanted}'", f"Its sheets: {', '.join(names)}.{nearest(wanted, names)}"
        )
    return [wanted]


def _all_at_once(
    path: Path, written: Mapping[str, Written], wanted: str | None, known: Known, search: bool
) -> list[Sheet] | None:
    """Tell the cells of sheets that are plainly written; None when one of them is not."""
    import python_calamine as calamine

    words = {part: words for part, cells in written.items() if (words := to_ask(cells))}
    if not words or path.suffix.lower() not in _PLAIN_ENDINGS:
        return None
    try:
        book = calamine.load_workbook(asking(path, words))
        names = _candidates(path, book.sheet_names, wanted, search)
        grids = [told(book.get_sheet_by_name(name).to_python(), words) for name in names]
    except calamine.CalamineError:
        return None  # what is wrong is told better of the workbook itself
    if None in grids:
        return None
    return [Sheet(name, _header(first_rows(grid), known), grid=grid) for name, grid in zip(names, grids, strict=True) if grid]


def _row_by_row(path: Path, wanted: str | None, known: Known, search: bool) -> list[Sheet]:
    """Let the reader of workbooks read whole sheets."""
    import python_calamine as calamine

    book = calamine.load_workbook(str(path))
    sheets = [book.get_sheet_by_name(name) for name in _candidates(path, book.sheet_names, wanted, search)]
    return [_with_rows(sheet, known) for sheet in sheets]


def _with_rows(sheet: Any, known: Known) -> Sheet:
    rows = zip(range(1, HEAD_ROWS + 1), sheet.iter_rows(), strict=False)
    header = _header([(line, tuple(map(unmarked, row))) for line, row in rows], known)
    return Sheet(sheet.name, header, islice(enumerate(sheet.iter_rows(), start=1), header.line, None))


def _header(rows: Iterable[tuple[int, tuple[str, ...]]], known: Known) -> Header:
    """Find the header among the first rows of a sheet: the one in which most names are known, else the first."""
    head = [(line, names) for line, names in rows if any(names)]
    best, header = -1, Header(0, (), 0)
    for above, (line, names) in enumerate(head):
        # no more can be known than are there: the rows of a list need not be looked up
        if len(set(filter(None, names))) > best and (found := known(names)) > best:
            best, header = found, Header(line, names, above)
    return header._replace(names=_without_the_unnamed(header.names))


def _without_the_unnamed(names: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the columns at the end that have no name."""
    while names and not names[-1]:
        names = names[:-1]
    return names
