"""Every step a promotion may take: discounts, lengths and starts, all answered in one call of the scoring path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns, Floats, fetch, length, take
from scorer.errors import UsageError
from scorer.lake.history import LONGEST_PROMOTION
from scorer.model import PromotionModel
from scorer.overlap import KnownOverlap, known_overlap
from scorer.scoring import outlook
from scorer.settings import Client

MOST_CANDIDATES = 200_000
OVERLAPS_TRIED = 3
"""How many more promotions at the same time the model is asked about, at most."""


class Steps(NamedTuple):
    """What is tried beside the planned step: discounts (fractions), lengths (days), weeks by which the start moves."""

    discounts: tuple[float, ...]
    days: tuple[int, ...]
    weeks: tuple[int, ...]


class Candidates(NamedTuple):
    """One entry per step of each promotion; the planned step of a promotion stands first among its own.

    row: position in the list. plan: what would be scored. answer: what the model and the money say. inside: within what
    was learnt. planned: the step as the list has it. known: what else is promoted then. overlaps: how many of the list's
    other items could run at the same time beside those, at most OVERLAPS_TRIED; overlapped: the expected profit if they did.
    """

    row: Array
    plan: Columns
    answer: Columns
    inside: Array
    planned: Array
    known: KnownOverlap
    overlaps: Floats
    overlapped: Floats

    @property
    def profit(self) -> Floats:
        """Expected profit to the cent."""
        return cents(self.answer["incremental_profit_expected"])

    @property
    def cost(self) -> Floats:
        """Expected promotion cost to the cent."""
        return cents(self.answer["promotion_cost_expected"])


def cents(amount: Array) -> Floats:
    """Round money to the cent, halves away from zero as a spreadsheet does: what is added up is what is shown.

    >>> cents(np.array([1.239, 0.125, -0.001])).tolist()
    [1.24, 0.13, 0.0]
    """
    # what is half a cent but for the rounding of floats counts as half a cent
    whole = np.sign(amount) * np.floor(np.abs(amount) * 100 + 0.5 + 1e-7)
    return np.asarray(whole / 100 + 0.0, dtype=np.float64)


def placeable(plan: Columns, model: PromotionModel) -> Array:
    """Return which rows lie within the calendar of the model and last no longer than a promotion may."""
    first, last = (found[0] for found in fetch(model.history, "SELECT MIN(day) AS a, MAX(day) AS b FROM date_table").values())
    days = plan["duration_days"]
    placed: Array = (plan["start_date"] >= first) & (plan["end_date"] <= last) & (days >= 1) & (days <= LONGEST_PROMOTION)
    return placed


def candidates(plan: Columns, steps: Steps, model: PromotionModel, client: Client, *, overlap: bool = True) -> Candidates:
    """Lay out and answer every step of every promotion of a plan whose rows are all placeable.

    Steps outside the discounts and lengths that were learnt from, beyond the calendar, or moved to days whose sales are
    known already are not tried; the planned step is answered whatever it is. Raises UsageError for too many.
    """
    row, laid = _laid_out(plan, steps, model)
    known = known_overlap(laid, model)
    more = _possible_overlaps(known) if overlap else np.zeros(len(row))
    asked = np.flatnonzero(more > 0)
    counts = np.concatenate([np.full(len(row), np.nan), known.promotions[asked] + more[asked]])
    every = take(laid, np.concatenate([np.arange(len(row)), asked]))
    seen = outlook(every, model, client, overlapping=counts)
    answer = take(seen.columns, np.arange(len(row)))
    overlapped = cents(answer["incremental_profit_expected"])
    overlapped[asked] = cents(seen.columns["incremental_profit_expected"][len(row) :])
    first_of = np.concatenate([[True], row[1:] != row[:-1]]) if len(row) else np.zeros(0, dtype=bool)
    return Candidates(row, laid, answer, seen.inside[: len(row)], first_of, known, more, overlapped)


def _laid_out(plan: Columns, steps: Steps, model: PromotionModel) -> tuple[Array, Columns]:
    low, high = model.support.discount
    short, long = model.support.duration
    discounts = [d for d in _distinct(steps.discounts) if low - 1e-9 <= d <= high + 1e-9]
    days = [d for d in _distinct(steps.days) if short <= d <= long]
    rows, width = length(plan), (len(discounts) + 1) * (len(days) + 1) * (len(steps.weeks) + 1)
    if rows * width > MOST_CANDIDATES:
        raise UsageError(
            f"{rows:,} promotions with up to {width:,} steps each are more than {MOST_CANDIDATES:,} to choose from. "
            "Try fewer discounts, lengths or starts, or a shorter list."
        )
    grid = [_row_grid(plan, row, discounts, days, steps.weeks) for row in range(rows)]
    made = np.concatenate(grid) if grid else np.zeros((0, 4))
    row = made[:, 0].astype(np.int64)
    laid = take(plan, row)
    moved = made[:, 3].astype(np.int64) * 7 * DAY
    laid |= {"discount_percentage": made[:, 1], "duration_days": made[:, 2], "start_date": laid["start_date"] + moved}
    laid["end_date"] = laid["start_date"] + (made[:, 2].astype(np.int64) - 1) * DAY
    kept = placeable(laid, model) & ((moved == 0 * DAY) | (laid["start_date"] > np.datetime64(model.data_cut, "D")))
    return row[kept], take(laid, kept)


def _row_grid(plan: Columns, row: int, discounts: Sequence[float], days: Sequence[float], weeks: Sequence[int]) -> Floats:
    """Return row, discount, days and weeks moved for every step of one promotion, the planned one first."""
    own = (float(plan["discount_percentage"][row]), float(plan["duration_days"][row]))
    depth = [own[0], *(d for d in discounts if abs(d - own[0]) > 1e-9)]
    lengths = [own[1], *(float(d) for d in days if d != own[1])]
    moves = [0, *(w for w in _distinct(weeks) if w != 0)]
    return np.array([(row, d, n, w) for w in moves for n in lengths for d in depth], dtype=np.float64)


def _distinct(values: Sequence[float]) -> list[float]:
    return sorted(set(values))


def _possible_overlaps(known: KnownOverlap) -> Floats:
    """Return for each step how many other items of the list have a step in its place and first week, up to a few.

    Items that stand in the exported calendar are in its count already. Beyond that calendar only those above what is usual
    there count: the answer allows for the usual ones.
    """
    _, place = np.unique(known.place.astype(str), return_inverse=True)
    _, item = np.unique(known.item.astype(str), return_inverse=True)
    new = ~known.listed.astype(bool)
    present: dict[tuple[int, int], set[int]] = {}
    columns = (place[new], item[new], known.first_week[new], known.last_week[new])
    for at, own, first, last in zip(*(column.tolist() for column in columns), strict=True):
        for week in range(first, last + 1):
            present.setdefault((at, week), set()).add(own)
    nobody: set[int] = set()
    asked = zip(place.tolist(), item.tolist(), known.first_week.tolist(), strict=True)
    others = np.array([len(present.get((at, week), nobody) - {own}) for at, own, week in asked], dtype=np.float64)
    beyond = np.where(known.exported, others, others - known.promotions)
    return np.where(beyond > 0, np.minimum(beyond, OVERLAPS_TRIED), 0.0)
