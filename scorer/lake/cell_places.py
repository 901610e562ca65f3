"""Where the cells of a sheet stand, told from its XML by looking at all tags at once.

Only what spreadsheet programs write is understood: ``<c r="AB12" …>``. Of anything else nothing is said.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array

_BEYOND = b" " * 16  # so that no look at what follows a tag leaves the text
_MAY_FOLLOW = b" >/\t\n\r\x0b\x0c"  # the name of a tag
_NAMES = (b"c", b"row", b"si")
_MOST_LETTERS, _MOST_DIGITS = 3, 7


class Places(NamedTuple):
    """The last column and the last row any cell says it stands in, and how many cells, rows and shared texts there are."""

    column: int
    row: int
    cells: int
    rows: int
    texts: int


def plainly_placed(text: bytes) -> Places | None:
    """Tell where the cells of a piece of XML stand; None when a cell does not say so as spreadsheet programs do.

    >>> plainly_placed(b'<row r="7"><c r="B7" s="1"><v>1</v></c><c r="AA7"/></row>')
    Places(column=27, row=7, cells=2, rows=1, texts=0)
    >>> plainly_placed(b'<row><c><v>1</v></c></row>') is None
    True
    """
    signs = np.frombuffer(text + _BEYOND, dtype=np.uint8)
    colons = np.flatnonzero(signs[: len(text)] == ord(":"))
    if any(len(_named(signs, colons, name)) for name in _NAMES):  # tags may have a namespace
        return None
    tags = np.flatnonzero(signs[: len(text)] == ord("<"))
    cells, rows, texts = (_named(signs, tags, name) for name in _NAMES)
    last = _last(signs, cells)
    return Places(*last, len(cells), len(rows), len(texts)) if last else None


def _named(signs: Array, places: Array, name: bytes) -> Array:
    """Those of the places behind which this name stands."""
    for behind, sign in enumerate(name, start=1):
        places = places[signs[places + behind] == sign]
    named: Array = places[np.isin(signs[places + 1 + len(name)], list(_MAY_FOLLOW))]
    return named


def _last(signs: Array, cells: Array) -> tuple[int, int] | None:
    """The largest column and row of cells; None when one of them is not written ``<c r="A1"``."""
    if not len(cells):
        return 0, 0
    at = cells + 2
    for sign in b' r="':
        if (signs[at] != sign).any():
            return None
        at = at + 1
    column, at = _counted(signs, at, ord("A"), ord("Z"), _MOST_LETTERS)
    row, at = _counted(signs, at, ord("0"), ord("9"), _MOST_DIGITS)
    return (int(column.max()), int(row.max())) if column.all() and row.all() and (signs[at] == ord('"')).all() else None


def _counted(signs: Array, at: Array, lowest: int, highest: int, most: int) -> tuple[Array, Array]:
    """What the letters or digits from each place on stand for, and the place behind the last of them."""
    base, one = highest - lowest + 1, 1 if lowest == ord("A") else 0
    value = np.zeros(len(at), dtype=np.int32)
    goes_on = np.ones(len(at), dtype=bool)
    for _ in range(most):
        sign = signs[at].astype(np.int32)
        goes_on &= (sign >= lowest) & (sign <= highest)
        if not goes_on.any():
            break
        value = np.where(goes_on, value * base + (sign - lowest + one), value)
        at = at + goes_on
    return value, at
