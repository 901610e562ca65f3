"""What is sold: one item per line and region, with its level, its prices over time and its money."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, Floats
from scorer.demo.catalogue import CATEGORIES, REGIONS
from scorer.demo.chance import stream
from scorer.demo.schedule import lines_of
from scorer.demo.seasons import log_calendar, log_season

TYPICAL_UNITS_A_DAY = 70
FUNDED_LINES = 0.5
_REGION_SIZE = np.log([1.15, 1.30, 0.75, 1.10, 0.85])


class Items(NamedTuple):
    """Items (rows) over days (columns); item number = line number · regions + region number."""

    names: Columns
    """Per item: region, product_category, product_subcategory; as positions: line, region_at, category_at."""
    expected: Floats
    """Units a day before campaigns and promotions."""
    list_price: Floats
    unit_cost: Floats
    funding_share: Floats
    """Per item: share of the discount a supplier pays."""
    fixed_cost: Floats
    """Per item: fixed cost of one promotion."""


def make_items(seed: int, categories: int, subcategories: int | None, regions: int, days: Array) -> Items:
    names = _names(lines_of(categories, subcategories), regions)
    count = len(names["line"])
    list_price, unit_cost = _prices(seed, names, len(days))
    funding_share, fixed_cost = _terms(seed, names)
    level = _level(seed, names)[:, None] + _trend(seed, names, len(days)) + _drift(seed, count, len(days))
    season = np.stack([log_season(CATEGORIES[category], days) for category in range(categories)])
    expected = np.exp(level + season[names["category_at"]] + log_calendar(days))
    return Items(names, expected, list_price, unit_cost, funding_share, fixed_cost)


def _names(lines: list[tuple[int, str]], regions: int) -> Columns:
    rows = [
        (line, category, name, region)
        for line, (category, name) in enumerate(lines)
        for region in range(regions)
    ]
    return {
        "region": np.array([REGIONS[region] for *_, region in rows], dtype=object),
        "product_category": np.array([CATEGORIES[category].name for _, category, *_ in rows], dtype=object),
        "product_subcategory": np.array([name for *_, name, _ in rows], dtype=object),
        "line": np.array([line for line, *_ in rows], dtype=np.int64),
        "category_at": np.array([category for _, category, *_ in rows], dtype=np.int64),
        "region_at": np.array([region for *_, region in rows], dtype=np.int64),
    }


def _per_line(rng: np.random.Generator, names: Columns, low: float, high: float) -> Floats:
    drawn = rng.uniform(low, high, int(names["line"].max()) + 1)
    return np.asarray(drawn[names["line"]], dtype=np.float64)


def _level(seed: int, names: Columns) -> Floats:
    rng = stream(seed, "levels")
    own = rng.normal(0, 0.15, len(names["line"]))
    line = _per_line(rng, names, -0.8, 0.8)
    return np.asarray(np.log(TYPICAL_UNITS_A_DAY) + line + _REGION_SIZE[names["region_at"]] + own)


def _trend(seed: int, names: Columns, days: int) -> Floats:
    yearly = _per_line(stream(seed, "trend"), names, -0.06, 0.10)
    return np.asarray(yearly[:, None] * np.arange(days) / 365, dtype=np.float64)


def _drift(seed: int, items: int, days: int) -> Floats:
    """A slow random walk per item: what was true eight weeks ago is only nearly true today."""
    weeks = np.cumsum(stream(seed, "drift").normal(0, 0.015, (items, days // 7 + 2)), axis=1)
    at = np.arange(days) / 7
    whole, part = at.astype(int), at % 1
    return np.asarray(weeks[:, whole] * (1 - part) + weeks[:, whole + 1] * part, dtype=np.float64)


def _prices(seed: int, names: Columns, days: int) -> tuple[Floats, Floats]:
    """Return list price and unit cost per item and day; both rise in a few steps, a line on the same days."""
    rng = stream(seed, "prices")
    typical = np.array([CATEGORIES[at].price for at in names["category_at"]]) * _per_line(
        rng, names, 0.7, 1.4
    )
    margin = np.array([CATEGORIES[at].margin for at in names["category_at"]]) + _per_line(
        rng, names, -0.05, 0.05
    )
    region = rng.uniform(0.97, 1.04, len(names["line"]))
    list_price, unit_cost = np.empty((2, len(names["line"]), days))
    for line in np.unique(names["line"]):
        steps = _steps(rng, days)
        rows = names["line"] == line
        list_price[rows] = _shelf_price(typical[rows, None] * region[rows, None] * steps)
        unit_cost[rows] = np.round(typical[rows, None] * (1 - margin[rows, None]) * steps, 2)
    return list_price, unit_cost


def _steps(rng: np.random.Generator, days: int) -> Floats:
    changes = np.zeros(days)
    for day in rng.integers(30, max(31, days), rng.integers(2, 5)):
        changes[min(day, days - 1)] += rng.uniform(0.015, 0.045)
    return np.exp(np.cumsum(changes))


def _shelf_price(price: Floats) -> Floats:
    """Round to a price that ends in 9 cents."""
    return np.maximum(np.round(np.round(price, 1) - 0.01, 2), 0.29)


def _terms(seed: int, names: Columns) -> tuple[Floats, Floats]:
    rng = stream(seed, "terms")
    funded = _per_line(rng, names, 0, 1) < FUNDED_LINES
    share = np.round(_per_line(rng, names, 0.3, 0.7), 1)
    return np.where(funded, share, 0.0), np.round(_per_line(rng, names, 5, 30), 0)
