"""Validation by time and by event: a model is always asked about promotions that start after all it learnt from had ended."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns

MIN_TRAIN_EVENTS = 15


class Fold(NamedTuple):
    """Row positions to learn from and to be asked about; every tested promotion starts at or after ``origin``."""

    origin: np.datetime64
    train: Array
    test: Array


def rolling_origins(rows: Columns, origins: Array) -> list[Fold]:
    """Return one fold per origin: learn from what ended before it, be asked about what starts before the next.

    An event (one decision, many stores) starts within one week, so it stands on one side only when origins are
    first days of weeks; rows of an event that began before the origin are left out of the test.
    """
    bounds = [*origins, np.datetime64("9999-12-31", "D")]
    first_day = _first_day_of_event(rows)
    folds = []
    for origin, end in pairwise(bounds):
        train = np.flatnonzero(rows["end_date"] < origin)
        test = np.flatnonzero((first_day >= origin) & (rows["start_date"] < end))
        if len(test) and len(set(rows["event_key"][train])) >= MIN_TRAIN_EVENTS:
            folds.append(Fold(origin, train, test))
    return folds


def spread_origins(rows: Columns, first: float, count: int) -> Array:
    """Return ``count`` origins so that each test block holds as many events, from the share ``first`` of events on."""
    days = np.sort(_event_days(rows))
    cuts = np.linspace(first, 1.0, count + 1)[:-1]
    return np.unique(days[(cuts * (len(days) - 1)).astype(int)])


def origins_from(rows: Columns, first: np.datetime64, count: int) -> Array:
    """Return ``count`` origins from the day ``first`` on, with as many events between them."""
    days = np.sort(_event_days(rows))
    later = days[days >= first]
    if not len(later):
        return np.array([first])
    cuts = np.linspace(0.0, 1.0, count + 1)[1:-1]
    return np.unique(np.concatenate([[first], later[(cuts * (len(later) - 1)).astype(int)]]))


def event_weights(events: Array) -> Array:
    """Return weights that let an event count by the root of its rows: many stores say more, but not that much more."""
    _, code, size = np.unique(events, return_inverse=True, return_counts=True)
    weight = 1 / np.sqrt(size[code])
    return np.asarray(weight / weight.mean())


def _event_days(rows: Columns) -> Array:
    _, code = np.unique(rows["event_key"], return_inverse=True)
    first = np.full(code.max() + 1, np.datetime64("9999-12-31", "D"))
    np.minimum.at(first, code, rows["start_date"])
    return first


def _first_day_of_event(rows: Columns) -> Array:
    _, code = np.unique(rows["event_key"], return_inverse=True)
    return _event_days(rows)[code]
