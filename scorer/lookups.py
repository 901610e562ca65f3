"""Features of many rows from few look-ups: each is looked up once per combination of what it depends on, and handed round.

The look-ups are the SQL of training, run on one row for each combination. What differs between the rows of a long list is
mostly the combination: a few hundred items, a few hundred first days, a handful of lengths.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from scorer.columns import NO_DAY, Array, Columns, distinct, length, take
from scorer.settings import MATCHING_KEYS

# What of a row is known when it is planned hangs on no more than this of it; all else hangs on item, type and day of planning.
OF_DAYS = (
    "start_month", "start_quarter", "start_day_of_week", "start_week_of_year", "is_holiday_season", "starts_on_weekend",
    "holidays", "has_campaign_overlap", "num_overlapping_campaigns",
)  # fmt: skip
OF_ITEM_AND_DAYS = (
    "baseline_units", "baseline_units_per_day", "log_baseline", "level_in_product", "level_in_category", "season_factor",
    "num_overlapping_promotions",
)  # fmt: skip
NAMED = (*MATCHING_KEYS, "promotion_type")
NUMBERS = ("item_number", "type_number", "place_number")
# A table of so many places is quicker to look into than keys are to sort.
_MOST_PLACES = 5_000_000



class Asked(NamedTuple):
    """Plan rows to be looked up: their numbers and days, and the names that the column ``named`` counts through."""

    rows: Columns
    names: Columns


Look: TypeAlias = Callable[[Asked, tuple[str, ...]], Columns]
"""Takes plan rows and the names of features (none: all but those above), and gives back ``plan_row`` and them."""

Planned: TypeAlias = Callable[[Array], Array]
"""Gives the number of the day on which a promotion that begins on a day is planned; -1 outside the calendar."""


class Names(NamedTuple):
    """What rows are called: the columns of names and type, and each row's number among the items, types and places."""

    columns: Columns
    item: Array
    type: Array
    place: Array  # by category and region, which campaigns are of


class Days(NamedTuple):
    """When promotions run: first and last day, length in days, and the number of campaigns beside them, NaN when not told."""

    start: Array
    end: Array
    duration: Array
    campaigns: Array


class Found(NamedTuple):
    """Features of the rows at ``position``; the others lie outside of the calendar."""

    features: Columns
    position: Array


class _Grouped(NamedTuple):
    """The number of each row's group, and for each group one row of it."""

    group: Array
    row: Array


def names_of(plan: Columns) -> Names:
    """Number the names of each row of a plan; where they were numbered before, the numbers stand among its columns."""
    words = {name: plan[name] for name in NAMED}
    if NUMBERS[0] in plan:
        return Names(words, *(plan[name] for name in NUMBERS))
    codes = {name: distinct(values)[1] for name, values in words.items()}
    item = _grouped(*(codes[name] for name in MATCHING_KEYS)).group
    return Names(words, item, codes["promotion_type"], _grouped(codes["product_category"], codes["region"]).group)


def numbers(names: Names) -> Columns:
    """Return what ``names_of`` finds again among the columns of the same rows."""
    return dict(zip(NUMBERS, (names.item, names.type, names.place), strict=True))


def look_up(names: Names, row: Array, days: Days, look: Look, planned: Planned | None) -> Found:
    """Return the features of promotions that are called like the rows ``row`` of ``names`` and run on ``days``.

    Without ``planned``, only those that hang on the days themselves.
    """
    starts = _grouped((days.start - days.start.min()).astype(np.int64))
    ends = _grouped((days.end - days.start).astype(np.int64))
    lengths = _grouped(days.duration.astype(np.int64))
    by_length = _grouped(names.item[row], starts.group, lengths.group)
    found, at = _looked(by_length, _asked(names, row, days, by_length.row, duration=True), look, OF_ITEM_AND_DAYS)
    placed = at >= 0
    position = np.flatnonzero(placed)
    features = _gathered(found, at, position)
    by_days = _grouped(names.place[row], starts.group, ends.group, _told(days.campaigns))
    features |= _gathered(*_looked(by_days, _asked(names, row, days, by_days.row, end=True), look, OF_DAYS), position)
    if planned is not None:
        known = planned(days.start[starts.row])[starts.group]
        by_item = _grouped(names.item[row], names.type[row], known + 1)
        features |= _gathered(*_looked(by_item, _asked(names, row, days, by_item.row), look, ()), position)
    return Found(features, position)


def _told(campaigns: Array) -> Array:
    """Number what rows say of their campaigns."""
    if np.isnan(campaigns).all():
        return np.zeros(len(campaigns), dtype=np.int64)
    return np.unique(campaigns, return_inverse=True)[1]


def _asked(names: Names, row: Array, days: Days, group_row: Array, *, duration: bool = False, end: bool = False) -> Asked:
    """One plan row for each group; what its features do not hang on is left out, which spares the look-up."""
    start = days.start[group_row]
    rows, at = len(group_row), row[group_row]
    named = _grouped(names.item[at], names.type[at])
    numbers = {
        "plan_row": np.arange(rows),
        "named": named.group,
        "discount_percentage": np.zeros(rows),
        "duration_days": days.duration[group_row].astype(np.int64) if duration else np.ones(rows, dtype=np.int64),
        "start_date": start,
        "end_date": days.end[group_row] if end else np.full(rows, NO_DAY),  # nothing overlaps without an end
        "num_overlapping_campaigns": days.campaigns[group_row] if end else np.zeros(rows),
    }
    return Asked(numbers, take(names.columns, at[named.row]))


def _looked(groups: _Grouped, asked: Asked, look: Look, wanted: tuple[str, ...]) -> tuple[Columns, Array]:
    """Look the groups up; returns what was found, and for each row its place in it, -1 where nothing was."""
    found = look(asked, wanted)
    place = np.full(length(asked.rows), -1)
    place[found.pop("plan_row")] = np.arange(length(found))
    return found, place[groups.group]


def _gathered(found: Columns, at: Array, position: Array) -> Columns:
    return take(found, at if len(position) == len(at) else at[position])


def _grouped(*codes: Array) -> _Grouped:
    """Number the combinations of several numbers, all at least 0."""
    key = codes[0]
    for code in codes[1:]:
        size = int(code.max(initial=0)) + 1
        if int(key.max(initial=0)) + 1 > np.iinfo(np.int64).max // size:
            key = _numbered(key).group
        key = key * size + code
    return _numbered(key)


def _numbered(key: Array) -> _Grouped:
    low, size = int(key.min(initial=0)), int(key.max(initial=0)) + 1
    if low < 0 or size > _MOST_PLACES:
        _, row, group = np.unique(key, return_index=True, return_inverse=True)
        return _Grouped(group, row)
    place = np.full(size, -1)
    place[key] = np.arange(len(key))
    row = place[place >= 0]
    place[key[row]] = np.arange(len(row))
    return _Grouped(place[key], row)
