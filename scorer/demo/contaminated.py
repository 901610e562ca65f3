"""A small world whose recent past is full of promotions, so that an average of it is no baseline.

Items sell a flat, known number of units (weekdays apart). Strong promotions follow one another closely:
about two thirds of any 30 days are promoted.
"""

from __future__ import annotations

import numpy as np

from scorer.columns import DAY, Array, Floats
from scorer.demo.items import Items, make_items
from scorer.demo.lift import plant
from scorer.demo.schedule import Event, as_promotions, plan_campaigns
from scorer.demo.seasons import WEEKDAY, weekday
from scorer.demo.world import Size, World, promotion_truth, sell

UNITS_A_DAY = 200.0
LOG_LIFT = float(np.log(2.5))
RUNS, RESTS, STARTS_AFTER = 14, 7, 28
SIZE = Size(categories=2, subcategories=2, regions=2, days=280, ahead=0)


def contaminated_world(seed: int = 7, log_lift: float = LOG_LIFT) -> World:
    """Make the world: every promotion multiplies sales by the same known factor.

    >>> world = contaminated_world()
    >>> bool((world.promoted[:, 28:] > 0).mean() > 0.6)
    True
    """
    days = np.datetime64(SIZE.until, "D") + np.arange(1 - SIZE.days, 1) * DAY
    items = _flat(make_items(seed, SIZE.categories, SIZE.subcategories, SIZE.regions, days), days)
    promotions = as_promotions(_back_to_back(items, days), days)
    promotions |= {"item": promotions["line"] * SIZE.regions + promotions["region"]}
    lift = np.full(len(promotions["item"]), log_lift)
    truth = promotion_truth(items, promotions, items.expected, lift) | {"knowable_log_lift": lift}
    planted = plant(seed, int(items.names["line"].max()) + 1, SIZE.regions)
    campaigns = plan_campaigns(seed, SIZE.categories, SIZE.regions, days)
    campaigns["effect"] = np.zeros(len(campaigns["effect"]))
    sold = sell(seed, items.expected, promotions, lift, noise=False)
    return World(seed, SIZE, days, items, planted, campaigns, promotions, truth, items.expected, *sold)


def _flat(items: Items, days: Array) -> Items:
    expected: Floats = np.tile(UNITS_A_DAY * WEEKDAY[weekday(days)], (len(items.expected), 1))
    steady = np.repeat(items.list_price[:, :1], len(days), axis=1)
    return items._replace(
        expected=expected,
        list_price=steady,
        unit_cost=np.repeat(items.unit_cost[:, :1], len(days), axis=1),
        fixed_cost=np.zeros(len(expected)),
    )


def _back_to_back(items: Items, days: Array) -> list[Event]:
    lines = range(int(items.names["line"].max()) + 1)
    everywhere = tuple(range(SIZE.regions))
    # lines start a few days apart, so that their gaps do not fall on the same days
    starts = [
        (first, line)
        for line in lines
        for first in range(STARTS_AFTER + 2 * line, len(days) - RUNS, RUNS + RESTS)
    ]
    return [Event(line, 0, 0.30, first, first + RUNS - 1, everywhere) for first, line in sorted(starts)]
