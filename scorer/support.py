"""Does a plan row lie within what the model has seen? Flags in words, and the nearest past promotions where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import NamedTuple, TypeAlias

import numpy as np

from scorer.columns import Array, Columns, distinct, length
from scorer.features import NO_TYPE
from scorer.model import NEARNESS, PromotionModel, nearest_past

SLACK = 1e-9
_NAMES = {
    "promotion_type": "type",
    "product_category": "category",
    "product_subcategory": "subcategory",
    "product": "product",
    "region": "region",
    "store": "store",
}
_PARENTS = {"product": "the same product elsewhere", "category": "the average item of the category", "all": "the average item"}


# Rows of which something is to be said, and the words for one of them.
_Flagged: TypeAlias = tuple[Array, Callable[[int], str]]


class Checked(NamedTuple):
    """Whether each row lies within support, and what to be careful about, as text."""

    inside: Array
    flags: Array


def check_support(rows: Columns, model: PromotionModel) -> Checked:
    """Compare every row with the discounts, durations, names and items that were learnt from."""
    flags: dict[int, list[str]] = {}  # most rows have none
    outside = np.zeros(length(rows), dtype=bool)
    for breach, words in _breaches(rows, model):
        _add(flags, breach, words)
        outside |= breach
    _add(flags, outside, _nearest(rows, model))
    for breach, words in _cautions(rows, model):
        _add(flags, breach, words)
    return Checked(~outside, _texts(flags, length(rows)))


def _add(flags: dict[int, list[str]], breach: Array, words: Callable[[int], str]) -> None:
    for row in np.flatnonzero(breach).tolist():
        flags.setdefault(row, []).append(words(row))


def _breaches(rows: Columns, model: PromotionModel) -> Iterator[_Flagged]:
    low, high = model.support.discount
    discount = rows["discount_percentage"]
    yield (
        (discount < low - SLACK) | (discount > high + SLACK),
        lambda i: f"discount {discount[i]:.0%} is outside the {low:.0%} to {high:.0%} learnt from",
    )
    short, long = model.support.duration
    days = rows["duration_days"]
    yield (days < short) | (days > long), lambda i: f"{days[i]:.0f} days are outside the {short:.0f} to {long:.0f} learnt from"
    for name, known in model.support.levels.items():
        yield _unknown(rows[name], known), partial(_unknown_words, name, rows[name])
    unplaced = ~np.isin(rows["baseline_method"].astype(str), ["item"]) & np.isnan(rows["baseline_override"])
    yield unplaced, lambda i: f"no clean sales history of its own: baseline of {_parent(rows, i)}"


def _unknown_words(name: str, values: Array, row: int) -> str:
    if name == "promotion_type" and values[row] == NO_TYPE:
        return "no promotion type is given: scored at the parent level"
    return f"{_NAMES[name]} '{values[row]}' is unknown, scored at the parent level"


def _parent(rows: Columns, row: int) -> str:
    return _PARENTS.get(str(rows["baseline_method"][row]), "nothing")


def _cautions(rows: Columns, model: PromotionModel) -> Iterator[_Flagged]:
    stale = rows["weeks_since_clean"] > 26
    yield stale, lambda i: f"last clean sales are {rows['weeks_since_clean'][i]:.0f} weeks old"
    yield ~np.isnan(rows["baseline_override"]), lambda i: "baseline given in the plan"
    if NO_TYPE in model.support.levels.get("promotion_type", ()):
        untyped = rows["promotion_type"] == NO_TYPE
        yield untyped, lambda i: "no promotion type is given: scored as past promotions without one"
    free = (rows["unit_cost"] == 0) | (np.isnan(rows["unit_cost"]) & (rows["master_unit_cost"] == 0))
    yield free, lambda i: "unit cost is 0: the whole price counts as margin; leave it empty if it is not known"


def _unknown(values: Array, known: tuple[str, ...]) -> Array:
    levels = {level.lower() for level in known}
    spellings, spelled = distinct(values)
    return np.array([v is not None and v.lower() not in levels for v in spellings], dtype=bool)[spelled]


def _nearest(rows: Columns, model: PromotionModel) -> Callable[[int], str]:
    """Return what names the past promotions nearest to a row; rows that ask the same are looked up once."""

    @cache
    def words(*asked: object) -> str:
        found = nearest_past(model, dict(zip(NEARNESS, asked, strict=True)))
        seen = [
            f"{found['promotion_id'][i]} ({found['promotion_type'][i]}, {found['discount_percentage'][i]:.0%}, "
            f"{found['duration_days'][i]:.0f} days, lift {np.expm1(found['log_lift'][i]):+.0%})"
            for i in range(length(found))
        ]
        return "nearest past: " + ", ".join(seen)

    return lambda row: words(*(rows[name][row] for name in NEARNESS))


def _texts(flags: dict[int, list[str]], rows: int) -> Array:
    column = np.full(rows, None, dtype=object)
    for row, words in flags.items():
        column[row] = "; ".join(words)
    return column
