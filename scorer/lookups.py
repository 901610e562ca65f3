"""Features of many rows from few look-ups: each is looked up once per combination of what it depends on, and handed round.

The look-ups are the SQL of training, run on one row for each combination. What differs between the rows of a long list is
mostly the combination: a few hundred items, a few hundred first days, a handful of lengths.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import NamedTuple, TypeAlias

import numpy as np

from scorer.columns import NO_DAY, Array, Columns, as_python, distinct, length, take
from scorer.remembered import MOST, Answers, Numbers
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
OF_PLACE = ("product_category", "region")  # what campaigns are of
MOST_NAMES = 100_000
"""Names that are kept; a list may hold as many as it has rows."""
# A table of so many places is quicker to look into than keys are to sort.
_MOST_PLACES = 5_000_000
# A question is one number: of names, then of a day, then of a length in days. No plan has days before the first, and what is
# longer than the longest is found nowhere.
_DAY_BITS, _LENGTH_BITS = 18, 17
_FIRST_DAY, _LONGEST = -(2 ** (_DAY_BITS - 1)), 2**_LENGTH_BITS - 1
OUTSIDE = _FIRST_DAY

class Asked(NamedTuple):
    """Plan rows to be looked up: their numbers and days, and the names that the column ``named`` counts through."""

    rows: Columns
    names: Columns


Look: TypeAlias = Callable[[Asked, tuple[str, ...]], Columns]
"""Takes plan rows and the names of features (none: all but those above), and gives back ``plan_row`` and them."""

Planned: TypeAlias = Callable[[Array], Array]
"""Gives the day on which a promotion that begins on a day is planned, in days since 1970; ``OUTSIDE`` beyond the calendar."""


class Memory:
    """What was looked up of one history already, by what it hangs on; long lists ask the same again and again."""

    def __init__(self, most: int = MOST, most_names: int = MOST_NAMES) -> None:
        self.most, self.most_names = most, most_names
        self._begin()

    def _begin(self) -> None:
        self.names = Numbers()
        self.by_length, self.by_days, self.by_item, self.by_start = (Answers(self.most) for _ in range(4))

    def make_room(self) -> None:
        """Forget everything where too many names were met: the numbers of names are in every question."""
        if len(self.names) > self.most_names:
            self._begin()


class Names(NamedTuple):
    """What rows are called: the columns of names and type, and each row's number among the items, types and places."""

    columns: Columns
    item: Array
    type: Array
    place: Array


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
    return Names(words, item, codes["promotion_type"], _grouped(*(codes[name] for name in OF_PLACE)).group)


def numbers(names: Names) -> Columns:
    """Return what ``names_of`` finds again among the columns of the same rows."""
    return dict(zip(NUMBERS, (names.item, names.type, names.place), strict=True))


def look_up(names: Names, row: Array, days: Days, look: Look, planned: Planned | None, memory: Memory) -> Found:
    """Return the features of promotions that are called like the rows ``row`` of ``names`` and run on ``days``.

    Without ``planned``, only those that hang on the days themselves. What ``memory`` holds is not looked up again.
    """
    memory.make_room()
    asked = _Promotions(
        names,
        row,
        days,
        start=_grouped((days.start - days.start.min()).astype(np.int64)),
        reach=_grouped((days.end - days.start).astype(np.int64)).group,
        length=_grouped(days.duration.astype(np.int64)).group,
    )
    found, at = _by_item_and_days(asked, look, memory)
    position = np.flatnonzero(at >= 0)
    features = _gathered(found, at, position)
    features |= _gathered(*_by_days(asked, look, memory), position)
    if planned is not None:
        features |= _gathered(*_by_item(asked, look, planned, memory), position)
    return Found(features, position)


class _Promotions(NamedTuple):
    """What is looked up: whose names, which days, and the number of each row's start, reach and length among those there."""

    names: Names
    row: Array
    days: Days
    start: _Grouped
    reach: Array  # from the first day to the last
    length: Array


def _by_item_and_days(asked: _Promotions, look: Look, memory: Memory) -> tuple[Columns, Array]:
    groups = _grouped(asked.names.item[asked.row], asked.start.group, asked.length)
    question = _question(_item(asked, groups.row, memory), asked.days.start[groups.row], asked.days.duration[groups.row])
    found, place = memory.by_length.of(
        question, lambda new: _looked(_plan_rows(asked, groups.row[new], duration=True), look, OF_ITEM_AND_DAYS)
    )
    return found, place[groups.group]


def _by_days(asked: _Promotions, look: Look, memory: Memory) -> tuple[Columns, Array]:
    told = _told(asked.days.campaigns)
    groups = _grouped(asked.names.place[asked.row], asked.start.group, asked.reach, told)
    place_told = _grouped(asked.names.place[asked.row][groups.row], told[groups.row])
    at = groups.row[place_told.row]
    words = (asked.names.columns[name][asked.row[at]] for name in OF_PLACE)
    called = memory.names.of(zip(repeat("place"), *words, as_python(asked.days.campaigns[at]), strict=False))
    first, last = asked.days.start[groups.row], asked.days.end[groups.row]
    question = _question(called[place_told.group], first, (last - first).astype(np.int64))
    found, place = memory.by_days.of(question, lambda new: _looked(_plan_rows(asked, groups.row[new], end=True), look, OF_DAYS))
    return found, place[groups.group]


def _by_item(asked: _Promotions, look: Look, planned: Planned, memory: Memory) -> tuple[Columns, Array]:
    known = _planned_day(asked, planned, memory)
    groups = _grouped(asked.names.item[asked.row], asked.names.type[asked.row], known - known.min())
    item_type = _grouped(asked.names.item[asked.row][groups.row], asked.names.type[asked.row][groups.row])
    at = groups.row[item_type.row]
    item, kind = _item(asked, at, memory).tolist(), asked.names.columns["promotion_type"][asked.row[at]]
    called = memory.names.of(zip(repeat("type"), item, kind, strict=False))[item_type.group]
    question = _question(called, known[groups.row], np.zeros(len(groups.row)))
    found, place = memory.by_item.of(question, lambda new: _looked(_plan_rows(asked, groups.row[new]), look, ()))
    return found, place[groups.group]


def _planned_day(asked: _Promotions, planned: Planned, memory: Memory) -> Array:
    first = asked.days.start[asked.start.row]
    question = first.astype(np.int64)
    found, place = memory.by_start.of(question, lambda new: ({"day": planned(first[new])}, np.arange(len(new))))
    known: Array = found["day"][place][asked.start.group]
    return known


def _item(asked: _Promotions, at: Array, memory: Memory) -> Array:
    """Return the number under which ``memory`` knows the item of each of these rows."""
    items = _grouped(asked.names.item[asked.row[at]])
    words = (asked.names.columns[name][asked.row[at[items.row]]] for name in MATCHING_KEYS)
    return memory.names.of(zip(repeat("item"), *words, strict=False))[items.group]


def _question(called: Array, day: Array, days: Array) -> Array:
    since = day.astype(np.int64) - _FIRST_DAY
    long = np.clip(days, 0, _LONGEST).astype(np.int64)
    question: Array = (called << (_DAY_BITS + _LENGTH_BITS)) | (since << _LENGTH_BITS) | long
    return question


def _told(campaigns: Array) -> Array:
    """Number what rows say of their campaigns."""
    if np.isnan(campaigns).all():
        return np.zeros(len(campaigns), dtype=np.int64)
    return np.unique(campaigns, return_inverse=True)[1]


def _plan_rows(asked: _Promotions, which: Array, *, duration: bool = False, end: bool = False) -> Asked:
    """One plan row for each of ``which``; what the features asked for do not hang on is left out, which spares the look-up."""
    names, days = asked.names, asked.days
    start = days.start[which]
    rows, at = len(which), asked.row[which]
    named = _grouped(names.item[at], names.type[at])
    numbers = {
        "plan_row": np.arange(rows),
        "named": named.group,
        "discount_percentage": np.zeros(rows),
        "duration_days": days.duration[which].astype(np.int64) if duration else np.ones(rows, dtype=np.int64),
        "start_date": start,
        "end_date": days.end[which] if end else np.full(rows, NO_DAY),  # nothing overlaps without an end
        "num_overlapping_campaigns": days.campaigns[which] if end else np.zeros(rows),
    }
    return Asked(numbers, take(names.columns, at[named.row]))


def _looked(asked: Asked, look: Look, wanted: tuple[str, ...]) -> tuple[Columns, Array]:
    """Look plan rows up; returns what was found, and for each of them its place in it, -1 where nothing was."""
    found = look(asked, wanted)
    place = np.full(length(asked.rows), -1)
    place[found.pop("plan_row")] = np.arange(length(found))
    return found, place


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
