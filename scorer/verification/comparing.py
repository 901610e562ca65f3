"""Two tables that should say the same: rows paired by what is exact in them, numbers compared by how far they are apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, length
from scorer.lake.engines.engine import Table

TOLERANCE = 1e-9
"""How far apart two numbers may be, as a share of the larger: sums of fractions depend on their order in the last digits."""
_TINY = 1e-12  # below this, nothing is left but such last digits


class Compared(NamedTuple):
    """One table against its stored answer: rows and cells, the largest gap between numbers, and what is wrong, if anything."""

    table: str
    rows: int
    cells: int
    gap: float
    fault: str

    @property
    def agrees(self) -> bool:
        """Whether the table is the stored one."""
        return not self.fault


def compare(name: str, found: Columns, wanted: Table) -> Compared:
    """Compare a table with its answer: text, dates, yes/no and counts exactly, numbers within ``TOLERANCE``.

    >>> answer = Table({"n": np.array([1, 2]), "x": np.array([0.5, np.nan])}, {"n": "BIGINT", "x": "DOUBLE"})
    >>> compare("t", {"n": np.array([2, 1]), "x": np.array([np.nan, 0.5])}, answer).agrees
    True
    >>> compare("t", {"n": np.array([2, 1]), "x": np.array([np.nan, 0.6])}, answer).fault
    'x differs in 1 of 2 rows, the first time where n is 1: 0.6 instead of 0.5'
    """
    rows = length(wanted.columns)
    if set(found) != set(wanted.types):
        return Compared(name, rows, 0, 0.0, f"its columns are others: {', '.join(sorted(set(found) ^ set(wanted.types)))}")
    if length(found) != rows:
        return Compared(name, rows, 0, 0.0, f"it has {length(found):,} rows instead of {rows:,}")
    exact = [column for column, kind in wanted.types.items() if kind != "DOUBLE"]
    numbers = [column for column, kind in wanted.types.items() if kind == "DOUBLE"]
    ours, theirs = _in_order(wanted.columns, exact, numbers), _in_order(found, exact, numbers)
    gap = 0.0
    for column in exact:
        wrong = ours[column] != theirs[column]
        if wrong.any():
            return Compared(name, rows, 0, gap, _told(column, wrong, theirs, ours, exact))
    for column in numbers:
        apart = _gaps(theirs[column], ours[column])
        gap = max(gap, float(np.max(apart, initial=0.0)))
        if (apart > TOLERANCE).any():
            return Compared(name, rows, 0, gap, _told(column, apart > TOLERANCE, theirs, ours, exact))
    return Compared(name, rows, rows * len(wanted.types), gap, "")


def _in_order(table: Columns, exact: list[str], numbers: list[str]) -> Columns:
    """Sort the rows by their exact cells, then by their numbers, and give every cell a form in which it can be compared."""
    plain = {name: _as_text(table[name]) for name in exact}
    plain |= {name: np.asarray(table[name], dtype=float) for name in numbers}
    order = np.lexsort([plain[name] for name in (*reversed(numbers), *reversed(exact))])
    return {name: column[order] for name, column in plain.items()}


def _as_text(values: Array) -> Array:
    """Whole numbers, dates, yes/no and text as text; a gap is an empty one."""
    if values.dtype.kind == "f":
        return np.array([_number_as_text(value) for value in values.tolist()], dtype=str)
    if values.dtype.kind == "M":
        return np.where(np.isnat(values), "", values.astype(str))
    return np.array(["" if cell is None else str(cell) for cell in values.tolist()], dtype=str)


def _number_as_text(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() else repr(value)


def _gaps(found: Array, wanted: Array) -> Array:
    """Return how far apart numbers are, as a share of the larger; a number against a gap is infinitely far."""
    scale = np.maximum(np.maximum(np.abs(found), np.abs(wanted)), _TINY)
    apart = np.where(found == wanted, 0.0, np.abs(found - wanted) / scale)
    missing = np.isnan(found), np.isnan(wanted)
    return np.where(missing[0] & missing[1], 0.0, np.where(missing[0] | missing[1], np.inf, apart))


def _told(column: str, wrong: Array, found: Columns, wanted: Columns, exact: list[str]) -> str:
    at = int(np.flatnonzero(wrong)[0])
    where = next((name for name in exact if name != column), None)
    place = "" if where is None else f", the first time where {where} is {wanted[where][at]}"
    counted = f"{int(wrong.sum()):,} of {len(wrong):,} rows{place}"
    return f"{column} differs in {counted}: {found[column][at]} instead of {wanted[column][at]}"
