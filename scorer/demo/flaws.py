"""What can be wrong with an exported row: the dirt planted in the example, counted by reason.

A row that must be refused is always an extra one: a copy of a real row with one cell made unusable. So every
real row stays usable, and a clean reading of the exports gives back exactly what was planted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from scorer.columns import Array

Row = list[str]


class Flaw(StrEnum):
    """The member's value says what was done to the row."""

    # refused
    SUPERSEDED = "a later row has the same id"
    REPEATED = "the same line stands in the file before"
    REGION_JUNK = "region is 0 or 1"
    END_BEFORE_START = "the end lies before the start"
    DATE_UNREADABLE = "a date is missing or is none"
    DISCOUNT_UNREADABLE = "the discount is missing or is no number"
    DISCOUNT_OUT_OF_RANGE = "the discount is negative or above 100 %"
    ID_MISSING = "there is no id"
    AMOUNT_MISSING = "the amount is missing or is no number"
    AMOUNT_NOT_POSITIVE = "units were sold for nothing or less"
    BUDGET_NOT_POSITIVE = "the budget is zero or less"
    REACH_NEGATIVE = "the reach is negative"
    # kept, once repaired or left empty
    PERCENT = "the discount is written as 25, not 0.25"
    SPACES = "spaces around a name"
    TYPE_BLANK = "no promotion type"
    MONEY_AS_TEXT = "an amount is written like ' € 1.234,50 '"
    RATE_OUT_OF_RANGE = "the conversion rate lies outside 0 to 1"
    CELL_BLANK = "an optional cell is empty"
    # kept, for what it is
    REFUND = "negative units: a refund"


class Tally(NamedTuple):
    """What was written into one table; ``rows`` are lines below the headers, over all its files."""

    rows: int
    refused: dict[Flaw, int]
    kept: dict[Flaw, int]
    """Rows with a flaw that must not cost the row."""

    @property
    def usable(self) -> int:
        """Rows that a clean reading keeps.

        >>> Tally(10, {Flaw.REGION_JUNK: 2, Flaw.ID_MISSING: 1}, {}).usable
        7
        """
        return self.rows - sum(self.refused.values())


class Spoil(NamedTuple):
    """One way to spoil a row: write ``cells`` in turn into the column, in ``times`` rows."""

    flaw: Flaw
    column: str
    cells: tuple[str, ...]
    times: int


def spoiled_copies(
    rng: np.random.Generator, header: Sequence[str], rows: Sequence[Row], spoils: Sequence[Spoil]
) -> tuple[list[Row], Counter[Flaw]]:
    """Return copies of random rows, each spoiled in one cell, and how many of each flaw."""
    copies, counts = [], Counter[Flaw]()
    for spoil in spoils if rows else ():
        at = header.index(spoil.column)
        for number, source in enumerate(rng.integers(0, len(rows), spoil.times)):
            copy = list(rows[source])
            copy[at] = spoil.cells[number % len(spoil.cells)]
            copies.append(copy)
        counts[spoil.flaw] += spoil.times
    return copies, counts


def strew(rng: np.random.Generator, rows: Sequence[Row], more: Sequence[Row]) -> list[Row]:
    """Put ``more`` at random places among ``rows``; the order of ``rows`` stays."""
    places: Array = np.concatenate([np.arange(len(rows)), rng.uniform(0, max(1, len(rows)), len(more))])
    every = [*rows, *more]
    return [every[at] for at in np.argsort(places, kind="stable")]


def pick(rng: np.random.Generator, count: int, wanted: int) -> list[int]:
    """Return up to ``wanted`` different positions below ``count``, in order."""
    return sorted(int(at) for at in rng.choice(count, min(wanted, count), replace=False))


def euro_text(amount: float) -> str:
    """Write an amount the way a German spreadsheet shows it.

    >>> euro_text(1234.5)
    ' € 1.234,50 '
    """
    return f" € {amount:,.2f} ".translate(str.maketrans(",.", ".,"))
