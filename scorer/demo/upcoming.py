"""A list of promotions to decide on: clear cases, open ones, unseen ones, and rows that are no promotions."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, Floats, stack, take, text
from scorer.demo.catalogue import DEPTHS, DURATION_WEIGHTS, DURATIONS, MECHANICS
from scorer.demo.chance import stream
from scorer.demo.files import write_csv
from scorer.demo.flaws import Flaw, Row, Tally
from scorer.demo.lift import EVENT_SPREAD, knowable_log_lift
from scorer.demo.schedule import campaigns_running
from scorer.demo.world import World, cases_of, mechanic_names, months, promotion_truth

# `leaflet_week` is the marketer's own column: no part of the product, to come back untouched.
HEADER = (
    "promotion_id",
    "region",
    "product_category",
    "product_subcategory",
    "promotion_type",
    "discount_percentage",
    "start_date",
    "end_date",
    "leaflet_week",
)
CANDIDATES = 3_000
CLEARLY = 1.8
"""Spreads of the unknowable part between expected log lift and break-even that make a case clear."""
DEEPEST_USUAL = 0.40
UNSEEN_DEPTHS = (0.60, 0.70, 0.80, 0.90)
UNKNOWN = {"Beverages": "Energy drinks", "Snacks": "Protein bars"}
BAD_CELLS = (
    ("end_date", "2026-01-15"),
    ("discount_percentage", "abc"),
    ("start_date", ""),
    ("discount_percentage", "-0.1"),
)


class Sort(StrEnum):
    """What a row of the list was put there for."""

    GOOD = "good"
    LOSING = "losing"
    OPEN = "open"
    UNSEEN_DEPTH = "discount outside what was seen"
    UNKNOWN_SUBCATEGORY = "unknown subcategory"
    PERCENT = "discount given as 20"
    BAD = "no promotion"


class Upcoming(NamedTuple):
    """The list as written, and what is true about it."""

    path: Path
    tally: Tally
    truth: Columns
    """Per usable row of a known item: promotion_id, sort, log_lift, baseline_units, profit,
    break_even_log_lift."""
    sorts: dict[str, Sort]
    """By promotion_id, every row of the file."""


def write_upcoming(
    world: World, path: Path, good: int = 14, losing: int = 14, open_cases: int = 22
) -> Upcoming:
    """Write the list; clear cases are clear in truth, not by looks."""
    rng = stream(world.seed, "upcoming")
    cases = _judged(world, _candidates(rng, world))
    usual = cases["discount"] <= DEEPEST_USUAL
    category = world.items.names["product_category"][cases["item"]]
    margin = cases["log_lift"] - cases["break_even_log_lift"]
    clear = CLEARLY * EVENT_SPREAD
    groups = [
        (Sort.GOOD, usual & (margin > clear), good),
        (Sort.LOSING, usual & (margin < -clear), losing),
        (Sort.OPEN, usual & (np.abs(margin) <= clear), open_cases),
        (Sort.UNSEEN_DEPTH, np.isin(cases["discount"], UNSEEN_DEPTHS), len(UNSEEN_DEPTHS)),
        (Sort.PERCENT, np.isclose(cases["discount"], 0.20), 1),
        *((Sort.UNKNOWN_SUBCATEGORY, usual & (category == name), 1) for name in UNKNOWN),
        (Sort.BAD, usual, len(BAD_CELLS)),
    ]
    chosen = _choose(rng, cases, groups)
    rows = _spoil(_as_rows(world, chosen), chosen["sort"])
    write_csv(path, HEADER, rows)
    sorts = {
        str(number): Sort(sort) for number, sort in zip(chosen["promotion_id"], chosen["sort"], strict=True)
    }
    told = take(chosen, ~np.isin(chosen["sort"], [Sort.BAD, Sort.UNKNOWN_SUBCATEGORY]))
    return Upcoming(path, _tally(rows), told, sorts)


def _candidates(rng: np.random.Generator, world: World) -> Columns:
    """Draw possible promotions that lie wholly between the cut and the end of the world."""
    item = rng.integers(0, len(world.items.names["line"]), CANDIDATES)
    length = rng.choice(DURATIONS, CANDIDATES, p=DURATION_WEIGHTS)
    first = world.size.days + rng.integers(5, max(6, world.size.ahead - max(DURATIONS)), CANDIDATES)
    return {
        "item": item,
        "mechanic": rng.integers(0, len(MECHANICS), CANDIDATES),
        "discount": rng.choice([*DEPTHS, *UNSEEN_DEPTHS], CANDIDATES),
        "first": first,
        "last": first + length - 1,
        "start_date": world.days[first],
        "end_date": world.days[first + length - 1],
        "promotion_id": np.array([f"candidate {at}" for at in range(CANDIDATES)], dtype=object),
        "event": np.arange(CANDIDATES),
    }


def _judged(world: World, candidates: Columns) -> Columns:
    """Add what is true about candidates, the unknowable part of their lift taken as zero."""
    item, first, last = candidates["item"], candidates["first"], candidates["last"]
    category, region = (world.items.names[name][item] for name in ("category_at", "region_at"))
    cases = cases_of(
        world.items,
        item,
        mechanic=candidates["mechanic"],
        discount=candidates["discount"],
        days=last - first + 1,
        month=months(candidates["start_date"]),
        days_since_last=_since_last(world, item, first),
        campaigns=campaigns_running(world.campaigns, category, region, first, last),
    )
    log_lift = knowable_log_lift(world.planted, cases)
    truth = promotion_truth(world.items, candidates, world.baseline, log_lift)
    return (
        candidates | truth | {"break_even_log_lift": _break_even(world, candidates, truth["baseline_units"])}
    )


def _since_last(world: World, item: Array, first: Array) -> Floats:
    ended = np.full(len(world.items.names["line"]), -10_000)
    np.maximum.at(ended, world.promotions["item"], world.promotions["last"])
    return np.asarray(first - ended[item], dtype=np.float64)


def _break_even(world: World, cases: Columns, baseline: Floats) -> Floats:
    """Return the log lift at which profit is zero; infinite where the discount eats the whole margin."""
    item, first = cases["item"], cases["first"]
    price, cost = world.items.list_price[item, first], world.items.unit_cost[item, first]
    ours = (1 - world.items.funding_share[item]) * cases["discount"] * price
    left = price - cost - ours
    needed = (ours + world.items.fixed_cost[item] / baseline) / np.where(left > 0, left, np.nan)
    return np.where(left > 0, np.log1p(needed), np.inf)


def _choose(rng: np.random.Generator, cases: Columns, groups: list[tuple[Sort, Array, int]]) -> Columns:
    """Take some of each group, no candidate twice, and put them in order of their start."""
    free = np.ones(len(cases["item"]), dtype=bool)
    parts = []
    for sort, fits, count in groups:
        fitting = np.flatnonzero(fits & free)
        rows = rng.choice(fitting, min(count, len(fitting)), replace=False)
        free[rows] = False
        parts.append(take(cases, rows) | {"sort": text([sort] * len(rows))})
    every = stack(parts)
    ordered = take(every, np.argsort(every["first"], kind="stable"))
    numbers = [f"U{row:04d}" for row in range(1, len(ordered["item"]) + 1)]
    return ordered | {"promotion_id": text(numbers)}


def _as_rows(world: World, chosen: Columns) -> list[Row]:
    names = world.items.names
    weeks = [f"week {day.isocalendar().week}" for day in chosen["start_date"].tolist()]
    columns = {name: names[name][chosen["item"]] for name in HEADER[1:4]} | {
        "promotion_id": chosen["promotion_id"],
        "promotion_type": mechanic_names(chosen["mechanic"]),
        "discount_percentage": text(f"{depth:.2f}" for depth in chosen["discount"].tolist()),
        "start_date": chosen["start_date"].astype(str),
        "end_date": chosen["end_date"].astype(str),
        "leaflet_week": text(weeks),
    }
    return [list(row) for row in zip(*(columns[name] for name in HEADER), strict=True)]


def _spoil(rows: list[Row], sorts: Array) -> list[Row]:
    """Write into the rows of the last three sorts what they are there for."""
    at = {name: position for position, name in enumerate(HEADER)}
    bad = iter(BAD_CELLS)
    for row, sort in zip(rows, sorts, strict=True):
        if sort == Sort.PERCENT:
            row[at["discount_percentage"]] = "20"
        elif sort == Sort.UNKNOWN_SUBCATEGORY:
            row[at["product_subcategory"]] = UNKNOWN[row[at["product_category"]]]
        elif sort == Sort.BAD:
            column, cell = next(bad)
            row[at[column]] = cell
    return rows


def _tally(rows: list[Row]) -> Tally:
    refused = {
        Flaw.END_BEFORE_START: 1,
        Flaw.DISCOUNT_UNREADABLE: 1,
        Flaw.DATE_UNREADABLE: 1,
        Flaw.DISCOUNT_OUT_OF_RANGE: 1,
    }
    return Tally(len(rows), refused, {Flaw.PERCENT: 1})
