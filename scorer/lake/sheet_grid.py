"""The cells of a sheet as columns: each different cell once, and which of them stands where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Floats
from scorer.contracts.table import Kind
from scorer.lake.arrow_stream import Coded
from scorer.lake.cell_words import Written
from scorer.lake.cells import plain_text

HEAD_ROWS = 25  # among which the header is looked for


class Said(NamedTuple):
    """What each word of a sheet says; the last of them is the word of cells that are not there.

    texts: as ``as_text`` writes it. numbers, days: where it came as a finite number, or as a day. there: whether it is
    anything at all. speaks: whether it is more than blanks. tidy: whether reading it as text leaves it as it is.
    """

    texts: list[str | None]
    numbers: Floats
    days: Array
    there: Array
    speaks: Array
    tidy: Array


class Grid(NamedTuple):
    """The cells in which something is, row by row: rows counted from 1, columns from 0, the first that is used.

    word: which of what is ``said`` stands there.
    """

    said: Said
    column: Array
    row: Array
    word: Array


class Below(NamedTuple):
    """The rows below a header in which something is said: their lines, their columns by place, and how many rows are blank.

    tidy: the columns of texts that reading leaves as they are.
    """

    lines: Array
    columns: dict[int, Array | Coded]
    tidy: frozenset[int]
    blank: int


def laid_out(written: Written, said: Said) -> Grid:
    """Return the cells of a sheet, given what its words say."""
    column, row, word = written.column.astype(np.int32), written.row, written.word
    if not said.there[:-1].all():
        column, row, word = (part[said.there[written.word]] for part in (column, row, word))
    return Grid(said, column - (column.min() if len(column) else 0), row, word)


def first_rows(grid: Grid) -> list[tuple[int, tuple[str, ...]]]:
    """Return the rows at the top of a sheet in which something is, as a person reads them, with their numbers."""
    rows: dict[int, list[str]] = {}
    width = int(grid.column.max(initial=0)) + 1
    for at in range(np.searchsorted(grid.row, HEAD_ROWS, side="right")):
        rows.setdefault(int(grid.row[at]), [""] * width)[grid.column[at]] = plain_text(grid.said.texts[grid.word[at]])
    return [(number, tuple(cells)) for number, cells in rows.items()]


def below(grid: Grid, header: int, wanted: Sequence[int], meant: Mapping[int, Kind] | None) -> Below:
    """Return the rows below a line, without those that are blank; columns of texts.

    meant: what columns are meant to hold. Where it is given, a column in which only numbers stand, and that is not meant to
    hold anything else, comes as numbers, and a column of days that is meant to hold days as days.
    """
    last = int(grid.row[-1])
    kept = np.zeros(last + 1, dtype=bool)
    kept[grid.row[grid.said.speaks[grid.word]]] = True
    kept[: header + 1] = False
    lines = np.flatnonzero(kept)
    body = np.flatnonzero(kept[grid.row])
    body = body[np.argsort(grid.column[body], kind="stable")]
    place, column, word = np.cumsum(kept)[grid.row[body]] - 1, grid.column[body], grid.word[body]
    columns, tidy, seen = {}, set(), np.empty(len(grid.said.texts), dtype=np.int32)
    for at in wanted:
        cells = slice(*np.searchsorted(column, (at, at + 1)))
        words = np.full(len(lines), len(grid.said.texts) - 1)
        words[place[cells]] = word[cells]
        columns[at] = _column(grid.said, words, seen, None if meant is None else meant.get(at, Kind.NUMBER))
        if grid.said.tidy[words].all():
            tidy.add(at)
    return Below(lines, columns, frozenset(tidy), last - header - len(lines))


def _column(said: Said, words: Array, seen: Array, kind: Kind | None) -> Array | Coded:
    """A column of what its cells say: as numbers or days where the kind is given and they all are.

    seen: room for a number for each word, whatever stands there.
    """
    different = _different(words, seen)
    texts = [said.texts[word] for word in different.tolist()]
    values = None if kind is None else said.numbers if kind.numeric else said.days if kind is Kind.DATE else None
    if values is not None:
        known = ~np.isnan(values[different])
        if known.any() and known.sum() + texts.count(None) == len(texts):
            return values[words]
    seen[different] = np.arange(len(different))
    return Coded(texts, seen[words])


def _different(words: Array, seen: Array) -> Array:
    """Each word once, without sorting them: that of the last row it stands in."""
    rows = np.arange(len(words))
    seen[words] = rows
    different: Array = words[seen[words] == rows]
    return different
