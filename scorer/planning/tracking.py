"""How planning goes: what was made, adopted, rejected and measured, counted in the plan log and nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from scorer.columns import Columns
from scorer.economics.promotion import ratio_of_sums
from scorer.planning.log.book import Entry, Event
from scorer.planning.log.freeze import of_record
from scorer.planning.log.life import ADOPTED, Status
from scorer.settings import Log

NAN = float("nan")


class Tracking(NamedTuple):
    """Counts are promotions at their newest revision; rates NaN where nothing was decided or measured yet.

    weeks: one row per week from the first to the last entry: week (its Monday), made, adopted, rejected, measured.
    """

    made: int
    adopted: int
    rejected: int
    undecided: int
    measured: int
    adoption_rate: float
    """Adopted of those that were decided."""
    weeks_observed: int
    plans_a_week: float
    success_rate: float
    """Measured promotions that earned a profit, of those whose profit is known; NaN where these are too few."""
    average_roi: float
    """Profit of all measured promotions over their cost: a ratio of sums."""
    actual_profit: float
    actual_cost: float
    loss_avoided: float
    """Losses that the forecast expected of rejected promotions, as a positive amount; nobody can measure it."""
    profit_forgone: float
    """Profits that the forecast expected of rejected promotions."""
    rejected_unknown: int
    """Rejected promotions without a profit figure."""
    weeks: Columns


def tracking(
    entries: Sequence[Entry], events: Sequence[Event], measured: Columns, minimum: int = Log().minimum_measured
) -> Tracking:
    """Count the log. measured: the rows of `post_event.compare`, for the profit and cost of what ran.

    With fewer than ``minimum`` profits known there is no success rate: a few successes are no evidence.
    """
    adopted = sum(entry.status in ADOPTED for entry in entries)
    rejected = [entry for entry in entries if entry.status is Status.REJECTED]
    expected = np.array([_profit(entry) for entry in rejected], dtype=np.float64)
    profit, cost = measured["actual_profit"], measured["actual_promotion_cost"]
    known = ~np.isnan(profit)
    weeks = _weeks(events)
    decided = adopted + len(rejected)
    observed = len(weeks["week"])
    return Tracking(
        made=len(entries),
        adopted=adopted,
        rejected=len(rejected),
        undecided=len(entries) - decided,
        measured=len(profit),
        adoption_rate=adopted / decided if decided else NAN,
        weeks_observed=observed,
        plans_a_week=len(entries) / observed if observed else NAN,
        success_rate=float((profit[known] > 0).mean()) if known.sum() >= max(minimum, 1) else NAN,
        average_roi=float(ratio_of_sums(profit[known], cost[known])) if cost[known].sum() > 0 else NAN,
        actual_profit=float(profit[known].sum()),
        actual_cost=float(cost[known].sum()),
        loss_avoided=float(np.abs(expected[expected < 0]).sum()),
        profit_forgone=float(expected[expected > 0].sum()),
        rejected_unknown=int(np.isnan(expected).sum()),
        weeks=weeks,
    )


def _profit(entry: Entry) -> float:
    profit = of_record(entry.frozen)["incremental_profit_expected"]
    return NAN if profit is None else float(profit)


def _weeks(events: Sequence[Event]) -> Columns:
    """Count the first time each promotion reached each point, week by week; weeks without anything count too."""
    firsts: dict[tuple[str, str], date] = {}
    for event in events:
        point = _POINT.get(event.status)
        if event.number == 1 and event.revision == 1:
            firsts.setdefault((event.promotion_id, "made"), _monday(event.at))
        if point:
            firsts.setdefault((event.promotion_id, point), _monday(event.at))
    if not firsts:
        return {"week": np.array([], dtype="datetime64[D]"), **{name: np.array([]) for name in ("made", *_POINT.values())}}
    first, last = min(firsts.values()), max(firsts.values())
    weeks = [first + timedelta(weeks=at) for at in range((last - first).days // 7 + 1)]
    points = Counter((point, monday) for (_, point), monday in firsts.items())
    counts = {
        name: np.array([points[name, week] for week in weeks], dtype=np.float64)
        for name in ("made", "adopted", "rejected", "measured")
    }
    return {"week": np.array(weeks, dtype="datetime64[D]"), **counts}


_POINT = {Status.APPROVED: "adopted", Status.REJECTED: "rejected", Status.ACTUAL: "measured"}


def _monday(at: str) -> date:
    day = date.fromisoformat(at[:10])
    return day - timedelta(days=day.weekday())
