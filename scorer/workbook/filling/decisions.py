"""What is written into which cell, and what is left alone: decided before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from math import isfinite
from typing import NamedTuple

import numpy as np

from scorer.columns import Columns, length
from scorer.contracts.scored import SCORED
from scorer.errors import OutputRefused, listed
from scorer.workbook.filling.addresses import address
from scorer.workbook.filling.book import serial
from scorer.workbook.filling.cells import EMPTY, Value
from scorer.workbook.filling.look import FORMULA, NOTHING, PART_OF_ONE, VALUE, Looked
from scorer.workbook.filling.places import REASON, Place

REASON_COLUMNS = ("flags", REASON)
_WRITING = ("filled", "replaced", "cleared")


class Answers(NamedTuple):
    """What is to be written: the answer's columns, and for each row of the workbook the place of its answer or a reason.

    ``rows`` and ``reasons`` are by row number of the sheet.
    """

    columns: Columns
    rows: Mapping[int, int]
    reasons: Mapping[int, str]


class Count(NamedTuple):
    """What becomes of the cells of one column.

    filled: empty before; replaced: something else stood there; cleared: what stood there is no longer known;
    kept: not empty, and left as it was; open: there is no figure for it.
    """

    header: str
    filled: int
    replaced: int
    cleared: int
    kept: int
    open: int


class Decided(NamedTuple):
    """What to write: for each row of the sheet a byte per target column (1 = write it), and what; counts by answer.

    Values are made when they are written: a long list of them would fill the memory.
    """

    writes: dict[int, bytes]
    columns: tuple[tuple[int, str], ...]
    value: Callable[[int, str], Value]
    counts: dict[str, Count]
    formulas: int

    def values(self, row: int) -> dict[int, Value]:
        """Return what is written into a row, by column."""
        marks = self.writes.get(row, b"")
        return {column: self.value(row, name) for (column, name), mark in zip(self.columns, marks, strict=False) if mark}

    @property
    def cells(self) -> int:
        return sum(count.filled + count.replaced + count.cleared for count in self.counts.values())


def decide(looked: Looked, place: Place, answers: Answers, *, overwrite: bool, since_1904: bool, where: object) -> Decided:
    """Decide cell by cell. What is not empty stays unless ``overwrite``.

    Raises OutputRefused where writing would tear a formula apart that fills or serves several cells.
    """
    columns = tuple(sorted((column, name) for name, column in place.targets.items()))
    read = {name: _reader(answers.columns, name, since_1904) for _, name in columns}
    known = {name: _known(answers.columns, name) for _, name in columns}

    def value(row: int, name: str) -> Value:
        at = answers.rows.get(row)
        if at is not None:
            return read[name](at)
        return text_value(f"refused: {answers.reasons[row]}") if name in REASON_COLUMNS else EMPTY

    counts: Counter[tuple[str, str]] = Counter()
    writes: dict[int, bytes] = {}
    formulas: set[tuple[int, int]] = set()
    for row, states in zip(looked.numbers, looked.states, strict=True):
        if row not in answers.rows and row not in answers.reasons:
            continue
        marks = bytearray(len(columns))
        place_of = answers.rows.get(row)
        for at, (column, name) in enumerate(columns):
            is_known = known[name][place_of] if place_of is not None else name in REASON_COLUMNS
            outcome = _outcome(is_known, states[at], overwrite)
            counts[name, outcome] += 1
            if outcome == "torn":
                raise _torn(where, row, column)
            marks[at] = outcome in _WRITING
            if marks[at] and states[at] == FORMULA:
                formulas.add((row, column))
        if any(marks):
            writes[row] = bytes(marks)
    _must_keep_sharing(looked, formulas, where)
    return Decided(writes, columns, value, _counts(place, counts), len(formulas))


def _outcome(is_known: bool, state: int, overwrite: bool) -> str:
    if not is_known:
        # a figure of an earlier run that holds no more must not stand beside new ones
        return "cleared" if overwrite and state == VALUE else "kept" if state != NOTHING else "open"
    if state == NOTHING:
        return "filled"
    if not overwrite:
        return "kept"
    return "torn" if state == PART_OF_ONE else "replaced"


def _reader(columns: Columns, name: str, since_1904: bool) -> Callable[[int], Value]:
    """Return what turns the figure of a row into the value of a cell."""
    if name not in columns:
        return lambda at: EMPTY
    values = columns[name]
    if values.dtype.kind == "M":
        days = values.astype("datetime64[D]").astype(object)
        return lambda at: EMPTY if days[at] is None else Value("n", str(serial(days[at], since_1904)))
    if values.dtype.kind in "fiu":
        return lambda at: number_value(float(values[at]))
    return lambda at: text_value(values[at])


def _known(columns: Columns, name: str) -> list[bool]:
    """Return for every answer whether there is a figure or word to write."""
    if name not in columns:
        return [False] * length(columns)
    values = columns[name]
    if values.dtype.kind == "M":
        return (~np.isnat(values)).tolist()  # type: ignore[no-any-return]
    if values.dtype.kind in "fiu":
        return np.isfinite(values).tolist()  # type: ignore[no-any-return]
    return [value is not None and value != "" for value in values.tolist()]


def number_value(number: float) -> Value:
    """Return a number as a cell holds it: the shortest text that is read back as the same number; none for no number.

    >>> number_value(0.1 + 0.2).text, number_value(3.0).text
    ('0.30000000000000004', '3')
    """
    if not isfinite(number):
        return EMPTY
    whole = number.is_integer() and abs(number) < 1e15
    return Value("n", str(int(number)) if whole else repr(number))


def text_value(text: object) -> Value:
    return EMPTY if text is None or text == "" else Value("inlineStr", str(text))


def _counts(place: Place, counts: Counter[tuple[str, str]]) -> dict[str, Count]:
    def of(name: str) -> Count:
        header = place.headers.get(place.targets[name], name)
        return Count(header, *(counts[name, outcome] for outcome in ("filled", "replaced", "cleared", "kept", "open")))

    every = (*SCORED.names, REASON)
    return {name: of(name) for name in sorted(place.targets, key=every.index)}


def _must_keep_sharing(looked: Looked, gone: set[tuple[int, int]], where: object) -> None:
    """Raise when the text of a shared formula would go while other cells still need it."""
    for sharing in looked.sharing.values():
        if sharing.holder is None or sharing.holder not in gone:
            continue
        left = [member for member in sharing.members if member not in gone]
        reach = sharing.reach
        known = reach is not None and len(sharing.members) == (reach.bottom - reach.top + 1) * (reach.right - reach.left + 1)
        if left or not known:
            needed = listed((address(*member) for member in left), 3) if left else f"cells of {reach}"
            raise OutputRefused.because(
                where,
                f"{address(*sharing.holder)} holds a formula that {needed} share with it",
                "Clear that column in your spreadsheet program, or fill a column of its own.",
            )


def _torn(where: object, row: int, column: int) -> OutputRefused:
    return OutputRefused.because(
        where,
        f"{address(row, column)} belongs to one formula that fills several cells",
        "Remove that formula in your spreadsheet program, or fill a column of its own.",
    )

