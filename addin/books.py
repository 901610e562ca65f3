"""What a workbook says of itself: its client, its file, where its companions go, and which of its cells are selected."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from addin.session import Desk
from scorer.settings import CLIENT_NAME

_CONSTANT = re.compile(r'=?\s*"((?:[^"]|"")*)"\s*')


def client_of(book: Any) -> str | None:
    """Return the client a workbook says it belongs to, by its name ``PromoClient``: a text, or a cell that holds one.

    None where there is no such name or it cannot be read: a workbook never fails by what it calls something.
    """
    try:
        named = next((one for one in book.names if one.name.casefold() == CLIENT_NAME.casefold()), None)
        if named is None:
            return None
        constant = _CONSTANT.fullmatch(named.refers_to)
        said = constant[1].replace('""', '"') if constant else named.refers_to_range.value
    except Exception:  # noqa: BLE001 - hosts raise what they like for names that stand for nothing
        return None
    return said.strip() or None if isinstance(said, str) else None


def full_name(book: Any) -> str:
    """Return the path of a workbook, or its name where it has no path that this machine knows."""
    try:
        return str(book.fullname)
    except Exception:  # noqa: BLE001 - xlwings cannot tell where every synchronised file lies, each in its own way
        return str(book.name)


def file_of(book: Any) -> Path | None:
    """Return the file of a workbook; None for one that was never saved."""
    path = Path(full_name(book))
    return path if path.is_absolute() and path.is_file() else None


def companion(book: Any, desk: Desk, words: str, ending: str, moment: datetime | None = None) -> Path:
    """Return a path for a file that belongs to a workbook: beside it, or in the outputs of its client if it was never saved.

    With a moment the name carries it, so that nothing that is there is written over.
    """
    file = file_of(book)
    stamp = f" {moment:%Y%m%dT%H%M%SZ}" if moment else ""
    stem = file.stem if file else Path(book.name).stem
    folder = file.parent if file else desk.workspace.outputs(desk.client.client, "addin")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{stem}{f' {words}' if words else ''}{stamp}{ending}"


def selected(book: Any) -> Any | None:
    """Return the selected cells of this workbook; None where another one is in front, or no cells are selected."""
    chosen = book.app.selection
    if chosen is None or chosen.sheet.book != book:
        return None
    return chosen


def identity(book: Any) -> str:
    """Return what tells a workbook from others, also after Python starts anew; one that was never saved, while it is open."""
    file = file_of(book)
    return str(file) if file else f"{book.name} of program {book.app.pid}"
