"""Which promotions and campaigns are run, when and where, before anything is known about what they do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns
from scorer.demo.catalogue import (
    AUDIENCES,
    CATEGORIES,
    CHANNELS,
    DEPTH_WEIGHTS,
    DEPTHS,
    DURATION_WEIGHTS,
    DURATIONS,
    MECHANICS,
)
from scorer.demo.chance import stream
from scorer.demo.seasons import weekday

FIRST_DAYS_WITHOUT = 21
NATIONWIDE = 0.35
MONDAY, THURSDAY = 0, 3


class Event(NamedTuple):
    """One promotion of a line, in several regions at once; ``first`` and ``last`` are positions of days."""

    line: int
    mechanic: int
    discount: float
    first: int
    last: int
    regions: tuple[int, ...]


def plan_events(seed: int, lines: int, regions: int, days: Array) -> list[Event]:
    """Return the events of every line, in order of their start; events of one line never overlap."""
    rng = stream(seed, "promotions")
    events = [event for line in range(lines) for event in _events_of(rng, line, regions, days)]
    return sorted(events, key=lambda event: (event.first, event.line))


def as_promotions(events: list[Event], days: Array) -> Columns:
    """Return one row per event and region, with positions of line, region and mechanic."""
    rows = [(number, event, region) for number, event in enumerate(events) for region in event.regions]
    return {
        "promotion_id": np.array([f"P{10_000 + row}" for row in range(len(rows))], dtype=object),
        "event": np.array([number for number, _, _ in rows], dtype=np.int64),
        "line": np.array([event.line for _, event, _ in rows], dtype=np.int64),
        "region": np.array([region for _, _, region in rows], dtype=np.int64),
        "mechanic": np.array([event.mechanic for _, event, _ in rows], dtype=np.int64),
        "discount": np.array([event.discount for _, event, _ in rows], dtype=np.float64),
        "first": np.array([event.first for _, event, _ in rows], dtype=np.int64),
        "last": np.array([event.last for _, event, _ in rows], dtype=np.int64),
        "start_date": days[[event.first for _, event, _ in rows]],
        "end_date": days[[event.last for _, event, _ in rows]],
    }


def plan_campaigns(seed: int, categories: int, regions: int, days: Array, per_year: int = 18) -> Columns:
    """Return the campaigns: one row per campaign and region, over all of ``days``.

    ``effect`` is what a campaign does to the sales of its category and region while it runs, in logs.
    """
    rng = stream(seed, "campaigns")
    count = max(1, round(per_year * len(days) / 365 * categories * regions / 10))
    length = rng.integers(10, 29, count)
    first = rng.integers(0, np.maximum(1, len(days) - length))
    return {
        "campaign_id": np.array([f"C{1_000 + row}" for row in range(count)], dtype=object),
        "channel": rng.integers(0, len(CHANNELS), count),
        "audience": rng.integers(0, len(AUDIENCES), count),
        "category": rng.integers(0, categories, count),
        "region": rng.integers(0, regions, count),
        "first": first,
        "last": np.minimum(first + length - 1, len(days) - 1),
        "budget": np.round(rng.lognormal(np.log(6_000), 0.5, count), 2),
        "reach": rng.integers(20_000, 400_000, count),
        "conversion_rate": np.round(rng.beta(2, 60, count), 4),
        "effect": rng.uniform(0.03, 0.09, count),
    }


def campaigns_running(campaigns: Columns, category: Array, region: Array, first: Array, last: Array) -> Array:
    """Count the campaigns for this category and region that share a day with first … last."""
    meets = (
        (campaigns["category"] == category[:, None])
        & (campaigns["region"] == region[:, None])
        & (campaigns["first"] <= last[:, None])
        & (campaigns["last"] >= first[:, None])
    )
    return np.asarray(meets.sum(axis=1))


def lines_of(categories: int, subcategories: int | None = None) -> list[tuple[int, str]]:
    """Return the lines as (position of the category, name of the subcategory).

    >>> lines_of(1, 2)
    [(0, 'Soft drinks'), (0, 'Mineral water')]
    """
    return [
        (position, name)
        for position, category in enumerate(CATEGORIES[:categories])
        for name in category.subcategories[:subcategories]
    ]


def draw_mechanic(rng: np.random.Generator) -> int:
    return int(rng.choice(len(MECHANICS), p=[mechanic.weight for mechanic in MECHANICS]))


def _events_of(rng: np.random.Generator, line: int, regions: int, days: Array) -> list[Event]:
    typical = float(np.dot(DURATIONS, DURATION_WEIGHTS))
    # a fifth to more than half of the days carry a promotion of the line in some region
    mean_gap = typical * (1 / rng.uniform(0.20, 0.60) - 1)
    first = FIRST_DAYS_WITHOUT + int(rng.integers(0, 14))
    events: list[Event] = []
    while True:
        first = _usual_start(rng, first, days)
        last = first + int(rng.choice(DURATIONS, p=DURATION_WEIGHTS)) - 1
        if last >= len(days):
            return events
        depth = float(rng.choice(DEPTHS, p=DEPTH_WEIGHTS))
        events.append(Event(line, draw_mechanic(rng), depth, first, last, _somewhere(rng, regions)))
        first = last + 2 + int(rng.exponential(mean_gap))


def _usual_start(rng: np.random.Generator, first: int, days: Array) -> int:
    """Move most starts to the next Monday or Thursday, as leaflets do."""
    wanted = rng.choice([MONDAY, THURSDAY, -1], p=[0.5, 0.3, 0.2])
    if wanted < 0 or first >= len(days):
        return first
    return first + int((wanted - weekday(days[first : first + 1])[0]) % 7)


def _somewhere(rng: np.random.Generator, regions: int) -> tuple[int, ...]:
    nationwide = rng.random() < NATIONWIDE
    count = regions if nationwide else int(rng.integers(1, regions + 1))
    return tuple(sorted(int(region) for region in rng.choice(regions, count, replace=False)))
