"""Spreadsheets as rows of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from scorer.errors import FileUnreadable, nearest
from scorer.lake.cells import as_text
from scorer.lake.reading_archive import inspect

_HEAD_ROWS = 25


class Sheet(NamedTuple):
    """One sheet with its header row found. ``rows`` yields the rows below it, each with the number a user sees."""

    name: str
    headers: tuple[str, ...]
    above: int
    rows: Iterator[tuple[int, list[Any]]]


def open_sheet(path: Path, wanted: str | None, known: Callable[[Sequence[str]], int], search: bool = False) -> Sheet:
    """Open one sheet: the wanted one, else the first, or with ``search`` the one whose header is known best.

    Raises FileUnreadable for what is no whole workbook, unfolds beyond bounds, is locked, or has no such sheet.
    """
    import python_calamine as calamine

    inspect(path)
    try:
        book = calamine.load_workbook(str(path))
        names = _candidates(path, book.sheet_names, wanted, search)
        sheets = [_found(book.get_sheet_by_name(name), known) for name in names]
    except FileUnreadable:
        raise
    except calamine.PasswordError as why:
        raise FileUnreadable.because(path, "it is protected by a password", "Save it without one.") from why
    except BaseException as why:  # the native reader ends some broken files with a panic, which is no Exception
        if isinstance(why, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise FileUnreadable.because(path, f"it is not a whole workbook ({why})", "Save it again as xlsx.") from why
    return max(sheets, key=lambda sheet: known(sheet.headers))


def unmarked(cell: Any) -> Any:
    """A header or plain cell as a person reads it."""
    text = as_text(cell)
    return text.lstrip("\x1f") if text else ""


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


def _found(sheet: Any, known: Callable[[Sequence[str]], int]) -> Sheet:
    head: list[tuple[int, tuple[str, ...]]] = []
    for number, row in zip(range(1, _HEAD_ROWS + 1), sheet.iter_rows(), strict=False):
        names = tuple(unmarked(cell) for cell in row)
        if any(names):
            head.append((number, names))
    if not head:
        return Sheet(sheet.name, (), 0, iter(()))
    number, names = max(head, key=lambda found: (known(found[1]), -found[0]))
    while names and not names[-1]:
        names = names[:-1]
    above = sum(1 for before, _ in head if before < number)
    rows = islice(enumerate(sheet.iter_rows(), start=1), number, None)
    return Sheet(sheet.name, names, above, rows)
