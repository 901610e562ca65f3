"""The example world: a planted truth, and the sales that arise from it.

    units of an item on a day  ~  Poisson–Gamma( baseline · exp(log lift) · dip after earlier promotions )
    baseline                   =  level · trend · drift · season · weekday · holidays · campaigns

Empty shelves cut the units of a day. Nothing in the truth is written to the exports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns, Floats
from scorer.demo.catalogue import MECHANICS
from scorer.demo.chance import stream
from scorer.demo.items import Items, make_items
from scorer.demo.lift import Cases, Planted, knowable_log_lift, plant, surprises
from scorer.demo.schedule import as_promotions, campaigns_running, plan_campaigns, plan_events

CLEAR_LIFT = 0.15
OVERDISPERSION_SHAPE = 20.0
DIP = 0.15
DIP_DAYS = 7
NEVER_BEFORE = 10_000.0


class Size(NamedTuple):
    """How large a world is. ``ahead`` days after the cut exist in the truth but are never exported."""

    categories: int = 6
    subcategories: int | None = None
    """Per category; None takes all of them."""
    regions: int = 5
    days: int = 730
    ahead: int = 90
    until: str = "2026-06-30"
    """The cut: the last day with sales."""


WHOLE = Size()


@dataclass(frozen=True)
class World:
    """Items over days, promotions with their truth, campaigns; positions count from the first day."""

    seed: int
    size: Size
    days: Array
    """Every day including those after the cut."""
    items: Items
    planted: Planted
    campaigns: Columns
    promotions: Columns
    """Promotions that ended by the cut, with ``item``, positions and dates."""
    truth: Columns
    """Per promotion: promotion_id, event, log_lift (whole), knowable_log_lift, baseline_units (expected units
    without the promotion), expected_units, profit (currency, at expected units), clear_lift, loses_money."""
    baseline: Floats
    """Items × days: expected units without promotion, dip or empty shelf."""
    units: Array
    """Items × days up to the cut: units sold."""
    stock_out: Array
    promoted: Array
    """Items × days up to the cut: discount depth of the promotion that day, 0 without one."""

    @property
    def cut(self) -> np.datetime64:
        """The last day with sales."""
        last: np.datetime64 = self.days[self.size.days - 1]
        return last


def world(seed: int = 7, size: Size = WHOLE) -> World:
    """Make a world; the same seed and size give the same world.

    >>> small = world(1, Size(categories=1, subcategories=2, regions=2, days=200))
    >>> small.units.shape, str(small.cut)
    ((4, 200), '2026-06-30')
    """
    days = _days(size)
    items = make_items(seed, size.categories, size.subcategories, size.regions, days)
    campaigns = plan_campaigns(seed, size.categories, size.regions, days)
    baseline = items.expected * np.exp(_campaign_effect(items, campaigns, len(days)))
    planted = plant(seed, int(items.names["line"].max()) + 1, size.regions)
    promotions = _promotions(seed, items, size, days)
    knowable = knowable_log_lift(planted, _cases(items, promotions, campaigns))
    log_lift = knowable + surprises(seed, promotions["event"])
    truth = promotion_truth(items, promotions, baseline, log_lift) | {"knowable_log_lift": knowable}
    sold = sell(seed, baseline[:, : size.days], promotions, log_lift)
    return World(seed, size, days, items, planted, campaigns, promotions, truth, baseline, *sold)


def cases_of(items: Items, item: Array, **known: Array) -> Cases:
    """Describe promotions of these items to the truth; ``known`` is the rest of Cases."""
    places = {"category": "category_at", "line": "line", "region": "region_at"}
    return Cases(**{field: items.names[name][item] for field, name in places.items()}, **known)


def promotion_truth(items: Items, promotions: Columns, baseline: Floats, log_lift: Floats) -> Columns:
    """Return what really came of promotions, at expected units: no luck, no empty shelves.

    Profit = partner's money + extra margin − discount on everything sold − fixed cost, against the same days
    without the promotion; the small dip afterwards is not part of it.
    """
    item = promotions["item"]
    factor = np.exp(log_lift)
    share = items.funding_share[item]
    units = _over_days(baseline, promotions)
    value = _over_days(baseline * items.list_price, promotions)
    margin = value - _over_days(baseline * items.unit_cost, promotions)
    discount = promotions["discount"] * value * factor
    profit = margin * (factor - 1) - (1 - share) * discount - items.fixed_cost[item]
    return {
        "promotion_id": promotions["promotion_id"],
        "event": promotions["event"],
        "log_lift": log_lift,
        "baseline_units": units,
        "expected_units": units * factor,
        "profit": profit,
        "clear_lift": factor - 1 > CLEAR_LIFT,
        "loses_money": profit < 0,
    }


def sell(
    seed: int, baseline: Floats, promotions: Columns, log_lift: Floats, noise: bool = True
) -> tuple[Array, Array, Array]:
    """Draw units sold; returns units, stock_out and promoted depth, each items × days.

    Without ``noise`` units vary as little as counts can, there is no dip and no shelf is empty.
    """
    effect, promoted = _effect(baseline.shape, promotions, log_lift, DIP if noise else 0.0)
    rng = stream(seed, "sales")
    mean = baseline * np.exp(effect)
    if not noise:
        return rng.poisson(mean), np.zeros(mean.shape, dtype=bool), promoted
    wanted = rng.poisson(mean * rng.gamma(OVERDISPERSION_SHAPE, 1 / OVERDISPERSION_SHAPE, mean.shape))
    # shelves empty more often when a promotion sells more than was ordered
    empty = rng.random(mean.shape) < 0.006 + 0.03 * np.maximum(0, effect)
    left = np.maximum(1, np.floor(wanted * rng.uniform(0.1, 0.6, mean.shape))).astype(np.int64)
    return np.where(empty, np.minimum(wanted, left), wanted), empty, promoted


def _days(size: Size) -> Array:
    cut = np.datetime64(size.until, "D")
    return cut + np.arange(1 - size.days, size.ahead + 1) * DAY


def _promotions(seed: int, items: Items, size: Size, days: Array) -> Columns:
    lines = int(items.names["line"].max()) + 1
    promotions = as_promotions(plan_events(seed, lines, size.regions, days[: size.days]), days)
    return promotions | {"item": promotions["line"] * size.regions + promotions["region"]}


def _cases(items: Items, promotions: Columns, campaigns: Columns) -> Cases:
    item, first, last = promotions["item"], promotions["first"], promotions["last"]
    category, region = items.names["category_at"][item], items.names["region_at"][item]
    return cases_of(
        items,
        item,
        mechanic=promotions["mechanic"],
        discount=promotions["discount"],
        days=last - first + 1,
        month=months(promotions["start_date"]),
        days_since_last=days_since_last(item, first, last),
        campaigns=campaigns_running(campaigns, category, region, first, last),
    )


def months(days: Array) -> Array:
    """Return 1 for January to 12 for December."""
    return days.astype("datetime64[M]").astype(np.int64) % 12 + 1


def days_since_last(item: Array, first: Array, last: Array) -> Floats:
    """Return the days between the end of an item's promotion before and the start of this one.

    Rows come in order of ``first``; an item's first promotion counts as never before.

    >>> days_since_last(np.array([0, 1, 0]), np.array([5, 6, 20]), np.array([9, 9, 22])).tolist()
    [10000.0, 10000.0, 11.0]
    """
    ended: dict[int, int] = {}
    gaps = np.full(len(item), NEVER_BEFORE)
    for row, (one, start, end) in enumerate(zip(item.tolist(), first.tolist(), last.tolist(), strict=True)):
        if one in ended:
            gaps[row] = start - ended[one]
        ended[one] = end
    return gaps


def _campaign_effect(items: Items, campaigns: Columns, days: int) -> Floats:
    effect = np.zeros((len(items.names["line"]), days))
    fields = ("category", "region", "first", "last", "effect")
    for category, region, first, last, size in zip(*(campaigns[field] for field in fields), strict=True):
        rows = (items.names["category_at"] == category) & (items.names["region_at"] == region)
        effect[rows, first : last + 1] += size
    return effect


def _effect(
    shape: tuple[int, ...], promotions: Columns, log_lift: Floats, dip: float
) -> tuple[Floats, Floats]:
    """Return what promotions do to each item and day in logs, dips included, and the depth that day.

    Promotions come in order of their start, so a promotion overwrites the dip of the one before it.
    """
    effect, promoted = np.zeros(shape), np.zeros(shape)
    fields = (promotions[name] for name in ("item", "first", "last", "discount"))
    fading = np.linspace(1, 0, DIP_DAYS, endpoint=False)
    for item, first, last, depth, lift in zip(*fields, log_lift, strict=True):
        effect[item, first : last + 1] = lift
        promoted[item, first : last + 1] = depth
        after = effect[item, last + 1 : last + 1 + DIP_DAYS]
        after[:] = -dip * max(0.0, lift) * fading[: len(after)]
    return effect, promoted


def _over_days(daily: Floats, promotions: Columns) -> Floats:
    """Sum an items × days figure over the days of each promotion."""
    running = np.concatenate([np.zeros((len(daily), 1)), np.cumsum(daily, axis=1)], axis=1)
    item = promotions["item"]
    return np.asarray(running[item, promotions["last"] + 1] - running[item, promotions["first"]])


def mechanic_names(mechanic: Array) -> Array:
    """Return the names of mechanics given by position."""
    return np.array([MECHANICS[at].name for at in mechanic], dtype=object)
