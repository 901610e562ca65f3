"""Placebo promotions: real ones moved to days on which nothing ran, so that any lift found for them is an artefact."""

from __future__ import annotations

import numpy as np

from scorer.columns import Array, Columns, length, take

ATTEMPTS = 12
REACH_WEEKS = 40


def placebo_promotions(real: Columns, promoted: Columns, first: np.datetime64, last: np.datetime64, seed: int) -> Columns:
    """Move each promotion by whole weeks to a window of its item without any promotion.

    Parameters
    ----------
    real : promotions with ``item_key``, ``event_key``, ``start_date``, ``end_date`` and anything else (kept).
    promoted : ``item_key`` and ``day`` of every day on which a promotion of the item ran.
    first, last : the days between which sales are known.

    Returns the moved promotions; those for which no free window was found in a few tries are left out.
    All promotions of one event move together, so that a placebo event is as large as a real one.
    """
    busy = _busy_days(promoted, first, last)
    start = (real["start_date"] - first).astype(np.int64)
    days = (real["end_date"] - real["start_date"]).astype(np.int64) + 1
    horizon = int((last - first).astype(np.int64)) + 1
    moves = _moves_by_event(real["event_key"], seed)
    chosen = np.zeros(length(real), dtype=np.int64)
    for row, item in enumerate(real["item_key"]):
        taken = busy.get(item)
        for move in moves[real["event_key"][row]]:
            day = start[row] + 7 * move
            if taken is not None and day >= 56 and day + days[row] <= horizon and not taken[day : day + days[row]].any():
                chosen[row] = 7 * move
                break
    moved = take(real, chosen != 0)
    shift = chosen[chosen != 0].astype("timedelta64[D]")
    weeks = (shift.astype(np.int64) // 7).astype(str).astype(object)
    return {
        **moved,
        "start_date": moved["start_date"] + shift,
        "end_date": moved["end_date"] + shift,
        "event_key": moved["event_key"] + "|moved " + weeks,
    }


def _moves_by_event(events: Array, seed: int) -> dict[str, Array]:
    choices = np.array([week for week in range(-REACH_WEEKS, REACH_WEEKS + 1) if week])
    random = np.random.default_rng(seed)
    return {event: random.choice(choices, size=ATTEMPTS, replace=False) for event in sorted(set(events))}


def _busy_days(promoted: Columns, first: np.datetime64, last: np.datetime64) -> dict[str, Array]:
    horizon = int((last - first).astype(np.int64)) + 1
    day = (promoted["day"] - first).astype(np.int64)
    inside = (day >= 0) & (day < horizon)
    busy = {item: np.zeros(horizon, dtype=bool) for item in set(promoted["item_key"])}
    for item, number in zip(promoted["item_key"][inside], day[inside], strict=True):
        busy[item][number] = True
    return busy
