"""What a row of a plan must say: rules over columns that name every row they refuse, and complete what can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns
from scorer.contracts.exports import PLAN
from scorer.contracts.table import Kind

_KINDS = PLAN.kinds
_HOW_TO_WRITE = {Kind.DATE: "a date; write it like 2025-03-31", Kind.FLAG: "yes or no; write true or false"}


class Problem(NamedTuple):
    """Why one row cannot be used: the column, what is wrong and what to do, and the text that stands there."""

    row: int
    column: str
    reason: str
    text: str = ""


class Scale(NamedTuple):
    """Whether discounts of a list are fractions or percentages, from cells without a percent sign.

    ``percents`` counts cells above 1 and up to 100, ``fractions`` those between 0 and 1.
    """

    percents: int
    fractions: int

    @property
    def one_is_a_percent(self) -> bool:
        return self.percents > self.fractions

    @property
    def note(self) -> str:
        if not self.percents:
            return ""
        if not self.fractions:
            return "discount_percentage is given as 0 to 100; it was divided by 100."
        return (
            f"discount_percentage mixes percentages ({self.percents:,} cells above 1) and fractions ({self.fractions:,}); "
            "those above 1 were divided by 100. Check them, and write all of them the same way."
        )


def as_fractions(discount: Array, has_percent_sign: Array, scale: Scale) -> Array:
    """Return discounts as fractions of the list price; cells with a percent sign are fractions already.

    >>> as_fractions(np.array([20.0, 1.0, 0.3]), np.array([False, False, True]), Scale(2, 0)).tolist()
    [0.2, 0.01, 0.3]
    """
    whole = scale.percents > 0 and scale.fractions == 0
    is_percent = (discount > 1) | ((discount == 1) & scale.one_is_a_percent) | (whole & (discount > 0))
    return np.where(is_percent & ~has_percent_sign & (discount <= 100), discount / 100, discount)


def unreadable(cells: Array, between: str, opening: str) -> list[Problem]:
    """Take apart what the reader says about cells it could not read."""
    return [
        Problem(
            row, column, f"{column} cannot be read as {_HOW_TO_WRITE.get(_KINDS[column], 'a number; write it like 12.5')}", text
        )
        for row in np.flatnonzero(cells != None).tolist()  # element by element
        for column, text in (said.split(opening, 1) for said in cells[row].split(between))
    ]


def complete_period(table: Columns) -> Columns:
    """Return the table with end_date and duration_days each filled in from the other where one is missing."""
    start, end, days = table["start_date"], table["end_date"].copy(), table["duration_days"].copy()
    usable = np.isnat(end) & ~np.isnat(start) & (days >= 1) & (days <= 100_000) & (days == np.floor(days))
    end[usable] = start[usable] + days[usable].astype("timedelta64[D]") - DAY
    known = np.isnan(days) & ~np.isnat(end) & ~np.isnat(start)
    days[known] = _days_between(start[known], end[known])
    return {**table, "end_date": end, "duration_days": days}


def refused(table: Columns, unread: Iterable[Problem]) -> list[Problem]:
    """Return every reason to refuse a row of a completed table, in the order of the rows."""
    bad = list(unread)
    silent = {(problem.row, problem.column) for problem in bad}
    found = [p for rule in _RULES for p in rule(table) if (p.row, p.column) not in silent]
    return sorted(bad + found, key=lambda problem: problem.row)


def _required(table: Columns) -> Iterator[Problem]:
    for name in PLAN.required:
        yield from _where(_missing(table[name]), name, lambda row, name=name: (f"{name} is empty; every row needs one", ""))  # type: ignore[misc]


def _period(table: Columns) -> Iterator[Problem]:
    start, end, days = table["start_date"], table["end_date"], table["duration_days"]
    known = ~np.isnat(start) & ~np.isnat(end)
    backwards = known & (end < start)
    whole = days == np.floor(days)
    differs = known & ~backwards & ~np.isnan(days) & whole & (_days_between(start, end) != days)
    yield from _where(
        np.isnat(end) & np.isnan(days),
        "end_date",
        lambda row: ("end_date and duration_days are both empty; give one of them", ""),
    )
    yield from _where(
        backwards, "end_date", lambda row: (f"end_date lies before start_date ({start[row]}); check both", str(end[row]))
    )
    yield from _where(
        differs,
        "duration_days",
        lambda row: (_contradiction(float(_days_between(start[row], end[row]))), f"{days[row]:g}"),
    )


def _contradiction(days: float) -> str:
    return f"duration_days contradicts the dates, which make {days:g} days with the last one; correct it or leave it empty"


def _discount(table: Columns) -> Iterator[Problem]:
    discount = table["discount_percentage"]
    yield from _where(
        (discount < 0) | (discount > 1),
        "discount_percentage",
        lambda row: ("discount_percentage must lie between 0 and 1 (or 0 % and 100 %)", f"{discount[row]:g}"),
    )


def _whole(table: Columns) -> Iterator[Problem]:
    for name in (column.name for column in PLAN.columns if column.kind is Kind.COUNT):
        values = table[name]
        yield from _where(
            ~np.isnan(values) & (values != np.floor(values)),
            name,
            lambda row, name=name, values=values: (f"{name} must be a whole number", f"{values[row]:g}"),  # type: ignore[misc]
        )


def _ranges(table: Columns) -> Iterator[Problem]:
    for column in PLAN.columns:
        if not column.kind.numeric or column.name == "discount_percentage":
            continue
        low = -np.inf if column.low is None else column.low
        high = np.inf if column.high is None else column.high
        values, limits = table[column.name], f"{column.name} must lie between {low:g} and {high:g} ({column.unit})"
        if column.name == "duration_days":
            values = np.where(table["end_date"] < table["start_date"], np.nan, values)
        yield from _where(
            (values < low) | (values > high),
            column.name,
            lambda row, values=values, limits=limits: (limits, f"{values[row]:g}"),  # type: ignore[misc]
        )


def _price(table: Columns) -> Iterator[Problem]:
    """At a price of nothing a discount costs nothing, and a fall in sales looks like a gain."""
    why = "list_price must be above 0 (currency/unit); leave it empty if you do not know it"
    yield from _where(table["list_price"] == 0, "list_price", lambda _: (why, "0"))


_RULES: tuple[Callable[[Columns], Iterator[Problem]], ...] = (_required, _period, _discount, _whole, _ranges, _price)


def _where(mask: Array, column: str, say: Callable[[int], tuple[str, str]]) -> Iterator[Problem]:
    for row in np.flatnonzero(mask).tolist():
        yield Problem(row, column, *say(row))


def _missing(values: Array) -> Array:
    if values.dtype.kind == "M":
        return np.isnat(values)
    return np.isnan(values) if values.dtype.kind == "f" else values == None


def _days_between(start: Array, end: Array) -> Array:
    """Days of a period that includes its last day."""
    return (end - start) / DAY + 1
