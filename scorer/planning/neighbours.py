"""Which promotions of a list run beside which, how many the model is asked with, and what moving one changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns, take
from scorer.errors import InputRefused
from scorer.model import PromotionModel
from scorer.overlap import KnownOverlap, known_overlap
from scorer.scoring import answer_plan
from scorer.settings import Client

MOST_PAIRS = 20_000
_UNKNOWN = "?"


class Pair(NamedTuple):
    """Two rows that share days, the one that starts first named first; whether they promote the same item."""

    a: int
    b: int
    same_item: bool
    from_day: np.datetime64
    to_day: np.datetime64

    @property
    def days(self) -> int:
        """Days both run."""
        return int((self.to_day - self.from_day).astype(np.int64)) + 1


class Neighbours:
    """The rows of a plan with their place and item, and counts of who is promoted beside whom.

    A row counts the other items of its place and category that the plan promotes in the week it begins; where the exported
    calendar reaches that week and knows of more, those count instead.
    """

    def __init__(self, plan: Columns, known: KnownOverlap) -> None:
        self.plan = plan
        self._known = known
        self._first, self._last = known.first_week.copy(), known.last_week.copy()
        self._base = np.where(known.exported, np.nan_to_num(known.promotions), 0.0)
        self._by_place = _groups(known.place)
        self._by_item = _groups(known.item)
        placed = {row for rows in (*self._by_place.values(), *self._by_item.values()) for row in rows}
        self.not_compared = len(known.place) - len(placed)
        self._counts: dict[int, float] = {}

    @property
    def items(self) -> list[list[int]]:
        """The rows of each item, by position."""
        return list(self._by_item.values())

    @property
    def places(self) -> list[list[int]]:
        """The rows of each place and category, by position."""
        return list(self._by_place.values())

    def same_item(self, a: int, b: int) -> bool:
        """Whether two rows promote what sales cannot tell apart."""
        return bool(self._known.item[a] == self._known.item[b]) and self._known.item[a] in self._by_item

    def rows_of_item(self, row: int) -> list[int]:
        """The rows that promote the same item, the row among them."""
        return self._by_item.get(self._known.item[row], [row])

    def count(self, row: int) -> float:
        """How many other items of its category are promoted beside a row in the week it begins."""
        if row not in self._counts:
            self._counts[row] = max(self._base[row], float(self._own(row, self._first[row])))
        return self._counts[row]

    def alone(self, row: int) -> float:
        """The same without any of the plan's own."""
        return max(self.count(row) - self._own(row, self._first[row]), 0.0)

    def counts_through(self, row: int, other: int) -> bool:
        """Whether ``row`` counts one less when ``other`` is not there: no other promotion of that item runs that week."""
        week, item = self._first[row], self._known.item[other]
        running = [one for one in self._by_item.get(item, [other]) if self._first[one] <= week <= self._last[one]]
        return running == [other]

    def ways_out(self, pair: Pair) -> list[tuple[int, int]]:
        """The fewest whole weeks by which the later promotion moves later, or the earlier one earlier, to end an overlap."""
        start, end = self.plan["start_date"], self.plan["end_date"]
        weeks = _whole_weeks(end[pair.a] - start[pair.b])
        return [(pair.b, weeks), (pair.a, -weeks)]

    def moved(self, moves: Sequence[tuple[int, int]], model: PromotionModel) -> list[float | None]:
        """Return what the exported calendar knows of each moved row's new week; None where nothing can be foretold there."""
        rows = np.array([row for row, _ in moves])
        plan = shifted(self.plan, rows, np.array([weeks * 7 for _, weeks in moves]))
        known = known_overlap(plan, model)
        possible = (plan["start_date"] > np.datetime64(model.data_cut, "D")) & ~np.isnan(known.promotions)
        base = np.where(known.exported, np.nan_to_num(known.promotions), 0.0)
        return [float(value) if good else None for value, good in zip(base, possible, strict=True)]

    def after_move(self, row: int, weeks: int, base: float) -> list[tuple[int, int, float]]:
        """Return (row, days moved, count) of every row whose count or date differs after a move, the moved row first."""
        states = [(row, weeks * 7, max(base, float(self._own(row, self._first[row] + weeks))))]
        for other in self._by_place.get(self._known.place[row], ()):
            if other == row or self.same_item(row, other):
                continue
            count = max(self._base[other], float(self._own(other, self._first[other], {row: weeks})))
            if count != self.count(other):
                states.append((other, 0, count))
        return states

    def _own(self, row: int, week: int, moved: dict[int, int] | None = None) -> int:
        """Count other items of the plan in the place of ``row`` in a week, some rows moved by weeks."""
        item = self._known.item
        shift = moved or {}
        found = {
            item[other]
            for other in self._by_place.get(self._known.place[row], ())
            if self._first[other] + shift.get(other, 0) <= week <= self._last[other] + shift.get(other, 0)
        }
        return len(found - {item[row]})


class Asked:
    """Answers to rows of a plan with other dates or neighbours: every question once, all in one call of the model."""

    def __init__(self, hood: Neighbours, model: PromotionModel, client: Client) -> None:
        self._hood, self._model, self._client = hood, model, client
        self._wanted: dict[tuple[int, int, float], int] = {}
        self._profit: Array = np.zeros(0)
        self._units: Array = np.zeros(0)

    def want(self, row: int, days: int, count: float) -> None:
        """Note a question: a row moved by days, with so many neighbours."""
        self._wanted.setdefault((row, days, float(count)), len(self._wanted))

    def answer(self) -> None:
        """Ask the model everything that was noted."""
        if not self._wanted:
            return
        rows, days, counts = (np.array(part) for part in zip(*self._wanted, strict=True))
        plan = shifted(self._hood.plan, rows, days)
        found = answer_plan(plan, self._model, self._client, overlapping=counts.astype(np.float64))
        self._profit, self._units = found["incremental_profit_expected"], found["incremental_units_expected"]

    def profit(self, row: int, days: int, count: float) -> float:
        """Return the expected profit of a question that was asked; NaN where it is not available."""
        return float(self._profit[self._wanted[row, days, float(count)]])

    def units(self, row: int, days: int, count: float) -> float:
        """Return the expected incremental units of a question that was asked."""
        return float(self._units[self._wanted[row, days, float(count)]])


def pairs_of(hood: Neighbours) -> list[Pair]:
    """Return all pairs of rows of one item, or of one place and category, that share days.

    Raises InputRefused where there are more than anyone could read.
    """
    start, end = hood.plan["start_date"], hood.plan["end_date"]
    found: dict[tuple[int, int], Pair] = {}
    for rows in (*hood.items, *hood.places):
        order = sorted(rows, key=lambda row: (start[row], row))
        for at, a in enumerate(order):
            for b in order[at + 1 :]:
                if start[b] > end[a]:
                    break
                found.setdefault((a, b), Pair(a, b, hood.same_item(a, b), start[b], min(end[a], end[b])))
            if len(found) > MOST_PAIRS:
                raise InputRefused(
                    f"More than {MOST_PAIRS:,} pairs of promotions overlap in their category and place. "
                    "Look at a part of the list: one quarter, or some of the categories."
                )
    return list(found.values())


def shifted(plan: Columns, rows: Array, days: Array) -> Columns:
    """Return the rows of a plan moved by days; campaigns beside them are looked up anew unless the plan gives their number."""
    moved = take(plan, rows)
    for name in ("start_date", "end_date"):
        moved[name] = moved[name] + days * DAY
    return moved


def _groups(keys: Array) -> dict[str, list[int]]:
    """Return the rows of each key, in order; keys of which a part is not known group nothing."""
    groups: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys.tolist()):
        if _UNKNOWN not in key.split("|"):
            groups[key].append(row)
    return dict(groups)


def _whole_weeks(gap: np.timedelta64) -> int:
    """Return the fewest whole weeks that are longer than a gap in days.

    >>> _whole_weeks(np.timedelta64(0, "D")), _whole_weeks(np.timedelta64(7, "D"))
    (1, 2)
    """
    return int(gap.astype(np.int64)) // 7 + 1
