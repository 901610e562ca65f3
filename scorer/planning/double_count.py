"""What a plan counts twice when two promotions of one item run on the same days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Columns, Floats


class Twice(NamedTuple):
    """Incremental units that the rows of a plan count twice, what these are worth in currency, and the smallest increment.

    ``smaller_per_day`` is the smallest increment a day among all rows, at least 0.
    """

    units: float
    cost: float
    smaller_per_day: float


def counted_twice(plan: Columns, answer: Columns, groups: Iterable[Sequence[int]]) -> Twice:
    """Return what promotions of one item count twice: on each day, every increment but the largest.

    plan: start_date, end_date, duration_days. answer: incremental_units_expected, used_list_price, used_unit_cost and
    used_unit_adjustment; groups: positions of the rows that promote one item. An increment is spread evenly over the days of
    its promotion, and worth price less cost plus side effects a unit; one below zero is nobody's sale and counts as none.
    """
    per_day = np.maximum(answer["incremental_units_expected"] / plan["duration_days"], 0.0)
    worth = answer["used_list_price"] - answer["used_unit_cost"] + answer["used_unit_adjustment"]
    units = cost = 0.0
    for group in groups:
        twice = _days_counted_twice(plan, per_day, np.asarray(group))
        units += float(np.sum(twice * per_day[group]))
        cost += float(np.sum(np.where(twice > 0, twice * per_day[group] * worth[group], 0.0)))
    return Twice(units, cost, float(np.min(per_day)) if len(per_day) else 0.0)


def _days_counted_twice(plan: Columns, per_day: Floats, group: np.ndarray) -> Floats:
    """Return for each promotion of an item the days on which another one sells as much or more."""
    start, end = plan["start_date"][group], plan["end_date"][group]
    days = np.arange(start.min(), end.max() + DAY)
    runs = (days[:, None] >= start) & (days[:, None] <= end)
    strongest = np.argmax(np.where(runs, per_day[group], -1.0), axis=1)
    runs[np.arange(len(days)), strongest] = False
    return np.asarray(runs.sum(axis=0), dtype=np.float64)
