"""The planted truth about promotions: what each one does to sales, in logs.

    log lift = mechanic by category + gain · sensitivity · saturation(discount)
             + subcategory + region − wear of a long promotion − wear of a recent one
             + campaign on top − less in November and December
             + event (shared by all regions of it) + promotion (its own)

The last line cannot be known beforehand; everything else can be learnt.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Floats
from scorer.demo.catalogue import CATEGORIES, MECHANICS
from scorer.demo.chance import stream

EVENT_SPREAD = 0.25
PROMOTION_SPREAD = 0.05
SATURATION_DEPTH = 0.20
NORMAL_DURATION = 7
WEAR_PER_LOG_DURATION = 0.15
WEAR_OF_RECENT = 0.15
WEAR_FADES_IN_DAYS = 20.0
CAMPAIGN_ON_TOP = 0.12
LESS_IN_HOLIDAY_SEASON = 0.08
HOLIDAY_MONTHS = (11, 12)


class Planted(NamedTuple):
    """The parts of log lift that belong to a thing, not to one promotion of it."""

    mechanic: Floats
    """Category × mechanic, at no discount."""
    slope: Floats
    """Category × mechanic, per unit of saturated discount."""
    subcategory: Floats
    """One per line, a line being a subcategory of a category."""
    region: Floats


class Cases(NamedTuple):
    """Promotions as the truth sees them: positions and numbers, one per promotion."""

    category: Array
    line: Array
    region: Array
    mechanic: Array
    discount: Floats
    days: Array
    month: Array
    days_since_last: Floats
    campaigns: Array


def plant(seed: int, lines: int, regions: int) -> Planted:
    """Draw the truth for this many lines and regions."""
    rng = stream(seed, "truth")
    base = np.array([mechanic.base for mechanic in MECHANICS])
    gain = np.array([mechanic.gain for mechanic in MECHANICS])
    sensitivity = np.array([category.sensitivity for category in CATEGORIES])
    return Planted(
        mechanic=base + rng.normal(0, 0.05, (len(CATEGORIES), len(MECHANICS))),
        slope=sensitivity[:, None] * gain,
        subcategory=rng.normal(0, 0.10, lines),
        region=rng.normal(0, 0.03, regions),
    )


def saturation(discount: Floats) -> Floats:
    """Return how much of a discount's pull is reached: 0 at nothing, near 1 beyond half price.

    >>> np.round(saturation(np.array([0.0, 0.1, 0.2, 0.5])), 2).tolist()
    [0.0, 0.39, 0.63, 0.92]
    """
    return np.asarray(1.0 - np.exp(-discount / SATURATION_DEPTH), dtype=np.float64)


def knowable_log_lift(planted: Planted, cases: Cases) -> Floats:
    """Return the part of log lift that could be known before the promotion runs."""
    pull = planted.slope[cases.category, cases.mechanic] * saturation(cases.discount)
    place = planted.subcategory[cases.line] + planted.region[cases.region]
    lift = planted.mechanic[cases.category, cases.mechanic] + pull + place
    lift -= WEAR_PER_LOG_DURATION * np.log(cases.days / NORMAL_DURATION)
    lift -= WEAR_OF_RECENT * np.exp(-cases.days_since_last / WEAR_FADES_IN_DAYS)
    lift += CAMPAIGN_ON_TOP * (cases.campaigns > 0)
    lift -= LESS_IN_HOLIDAY_SEASON * np.isin(cases.month, HOLIDAY_MONTHS)
    return np.asarray(lift, dtype=np.float64)


def surprises(seed: int, events: Array) -> Floats:
    """Return the part nobody can know: one draw per event, and a smaller one per promotion."""
    rng = stream(seed, "surprises")
    per_event = rng.normal(0, EVENT_SPREAD, int(events.max(initial=-1)) + 1)
    return np.asarray(per_event[events] + rng.normal(0, PROMOTION_SPREAD, len(events)), dtype=np.float64)
