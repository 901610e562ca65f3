"""How the cells of a sheet are written in its XML: every different way once, and which of them stands where.

A sheet says the same things again and again; what they mean need only be told once for each of them. Only sheets are gathered
that are written as spreadsheet programs write them: rows behind one another, in them nothing but cells, from left to right.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from scorer.columns import Array
from scorer.lake.cell_places import Standing

_OPENING, _CLOSING, _ROW_END, _EMPTY_END = b"<sheetData>", b"</sheetData>", b"</row>", b"/>"
_OTHER_CODE = re.compile(rb"""encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
_MOST_CELLS = 10_000_000
_MANY, _FEW_ALIKE = 50_000, 0.6  # where more of many cells are different from one another, nothing is saved


class Written(NamedTuple):
    """The cells of a sheet, row by row from left to right.

    head: the XML before the first row. words: what follows the place of a cell, every different one once: of
    ``<c r="A1" s="1"><v>5</v></c>`` all behind ``A1"``. column, row: from 1. word: which of the words stands there.
    """

    head: bytes
    words: list[bytes]
    column: Array
    row: Array
    word: Array


class Gathering:
    """The cells of a sheet, gathered while its XML goes by in pieces that end with a row.

    >>> from scorer.lake.cell_places import plainly_placed
    >>> xml = b'<sheetData><row><c r="A1"><v>5</v></c><c r="B1"/><c r="C1"><v>5</v></c></row></sheetData>'
    >>> gathering = Gathering()
    >>> gathering.add(xml, plainly_placed(xml))
    >>> gathering.end().words, gathering.end().word.tolist()
    ([b'><v>5</v></c>', b'/>'], [0, 1, 0])
    """

    def __init__(self) -> None:
        self._head: bytes | None = None
        self._words = _Words()
        self._cells: list[tuple[Array, Array, Array]] = []
        self._count = self._last = self._inside = 0
        self._given_up = self._complete = False

    def add(self, text: bytes, standing: Standing | None) -> None:
        """Gather the cells of a piece; ``standing`` is None when it tells their places in another way."""
        if not (self._given_up or self._complete):
            self._given_up = standing is None or not self._added(text, standing)

    def end(self) -> Written | None:
        """Return what was gathered; None when the sheet is not plainly written, or nearly all of its cells are different."""
        if self._given_up or not self._complete or self._head is None:
            return None
        written = Written(self._head, list(self._words), *map(np.concatenate, zip(*self._cells, strict=True)))
        tags = np.array([word.count(b"<") for word in written.words], dtype=np.int64)
        return written if int(tags[written.word].sum()) == self._inside else None  # else there are other tags between cells

    def _added(self, text: bytes, standing: Standing) -> bool:
        start = 0
        if self._head is None:
            start = text.find(_OPENING) + len(_OPENING)
            self._head = text[:start]
            if start < len(_OPENING) or b"<!" in self._head or _OTHER_CODE.search(self._head):
                return False
        until = text.find(_CLOSING, max(start, text.rfind(_ROW_END)))
        self._complete = until >= 0
        return self._rows(text, standing, start, until if self._complete else len(text))

    def _rows(self, text: bytes, standing: Standing, start: int, until: int) -> bool:
        """Gather the cells of a piece of which this part is rows; False when something else stands there too."""
        cells, rows = (slice(*np.searchsorted(found, (start, until))) for found in (standing.tags, standing.rows))
        tags, rests, column, row = (part[cells] for part in standing[:4])
        bounds = np.append(standing.rows[rows], until)
        signs = np.frombuffer(text, dtype=np.uint8)
        before = np.searchsorted(tags, bounds)  # cells before each of the bounds
        closed, filled = _stands_before(signs, bounds[1:], _ROW_END), np.diff(before) > 0
        whole = closed | (~filled & _stands_before(signs, bounds[1:], _EMPTY_END))
        plain = bounds[0] == start and whole.all() and _stands_before(signs, tags, b">").all()
        if not plain or not self._in_order(column, row):
            return False
        ends = np.append(tags[1:], until)[: len(tags)]
        ends[before[1:][filled] - 1] = bounds[1:][filled] - len(_ROW_END)
        word = map(self._words.__getitem__, map(text.__getitem__, map(slice, rests.tolist(), ends.tolist())))
        self._cells.append((column.astype(np.int16), row, np.fromiter(word, dtype=np.int32, count=len(tags))))
        self._count += len(tags)
        others = len(tags) + len(bounds) - 1 + int(closed.sum())
        self._inside += standing.openings - text.count(b"<", 0, start) - text.count(b"<", until) - others
        return self._count <= _MOST_CELLS and len(self._words) <= max(_MANY, _FEW_ALIKE * self._count)

    def _in_order(self, column: Array, row: Array) -> bool:
        places = np.append(self._last, row.astype(np.int64) * (_LAST_COLUMN + 1) + column)
        self._last = int(places[-1])
        within = int(column.max(initial=0)) <= _LAST_COLUMN and int(row.max(initial=0)) <= _LAST_ROW
        return within and bool((np.diff(places) > 0).all())


def _stands_before(signs: Array, places: Array, wanted: bytes) -> Array:
    """Tell the places right before which this stands."""
    found = places >= len(wanted)
    for back, sign in enumerate(reversed(wanted), start=1):
        found &= signs[places - back] == sign
    return found


class _Words(dict[bytes, int]):
    """The place of each word, in the order they are first asked for."""

    def __missing__(self, word: bytes) -> int:
        self[word] = place = len(self)
        return place
