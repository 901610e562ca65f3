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


class Standing(NamedTuple):
    """The cells of a piece of XML, one after the other, and its rows.

    tags: where their tags begin. rests: where that begins which follows the place (``A1"``). column, row: the place, from 1.
    rows: where the tags of rows begin. texts: how many shared texts there are. openings: how many tags in all.
    """

    tags: Array
    rests: Array
    column: Array
    row: Array
    rows: Array
    texts: int
    openings: int

    @property
    def places(self) -> Places:
        last = (int(self.column.max()), int(self.row.max())) if len(self.tags) else (0, 0)
        return Places(*last, len(self.tags), len(self.rows), self.texts)


def plainly_placed(text: bytes) -> Standing | None:
    """Tell where the cells of a piece of XML stand; None when a cell does not say so as spreadsheet programs do.

    >>> found = plainly_placed(b'<row r="7"><c r="B7" s="1"><v>1</v></c><c r="AA7"/></row>')
    >>> found.places, found.column.tolist()
    (Places(column=27, row=7, cells=2, rows=1, texts=0), [2, 27])
    >>> plainly_placed(b'<row><c><v>1</v></c></row>') is None
    True
    """
    signs = np.frombuffer(text + _BEYOND, dtype=np.uint8)
    if b":" in text:  # tags may have a namespace
        colons = np.flatnonzero(signs[: len(text)] == ord(":"))
        if any(len(_named(signs, colons, name)) for name in _NAMES):
            return None
    opening = signs[: len(text)] == ord("<")
    cells, rows, texts = (_named(signs, _before(signs, opening, name[0]), name) for name in _NAMES)
    placed = _placed(signs, cells)
    return Standing(cells, *placed, rows, len(texts), int(np.count_nonzero(opening))) if placed else None


def _before(signs: Array, opening: Array, sign: int) -> Array:
    """The places of openings with this sign behind them: told for all signs at once, as most tags have another name."""
    return np.flatnonzero(opening & (signs[1 : 1 + len(opening)] == sign))


def _named(signs: Array, places: Array, name: bytes) -> Array:
    """Those of the places behind which this name stands."""
    for behind, sign in enumerate(name, start=1):
        places = places[signs[places + behind] == sign]
    follows = np.zeros(256, dtype=bool)
    follows[list(_MAY_FOLLOW)] = True
    named: Array = places[follows[signs[places + 1 + len(name)]]]
    return named


def _placed(signs: Array, cells: Array) -> tuple[Array, Array, Array] | None:
    """Where the rests of cells begin, and their columns and rows; None when one of them is not written ``<c r="A1"``."""
    at = cells + 2
    for sign in b' r="':
        if (signs[at] != sign).any():
            return None
        at = at + 1
    column, at = _counted(signs, at, ord("A"), ord("Z"), _MOST_LETTERS)
    row, at = _counted(signs, at, ord("0"), ord("9"), _MOST_DIGITS)
    plain = column.all() and row.all() and (signs[at] == ord('"')).all()
    return (at + 1, column, row) if plain else None


def _counted(signs: Array, at: Array, lowest: int, highest: int, most: int) -> tuple[Array, Array]:
    """What the letters or digits from each place on stand for, and the place behind the last of them."""
    base, one = highest - lowest + 1, 1 if lowest == ord("A") else 0
    value = np.zeros(len(at), dtype=np.int32)
    goes_on = np.ones(len(at), dtype=bool)
    for _ in range(most):
        sign = signs[at] - np.uint8(lowest)  # what is less than the lowest becomes more than the highest
        goes_on &= sign < base
        if not goes_on.any():
            break
        value = np.where(goes_on, value * base + sign + one, value)
        at = at + goes_on
    return value, at
