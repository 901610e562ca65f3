"""Does a plan row lie within what the model has seen? Flags in words, and the nearest past promotions where it does not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, length
from scorer.model import PromotionModel, nearest_past

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


class Checked(NamedTuple):
    """Whether each row lies within support, and what to be careful about, as text."""

    inside: Array
    flags: Array


def check_support(rows: Columns, model: PromotionModel) -> Checked:
    """Compare every row with the discounts, durations, names and items that were learnt from."""
    flags: list[list[str]] = [[] for _ in range(length(rows))]
    outside = np.zeros(length(rows), dtype=bool)
    for breach, words in _breaches(rows, model):
        for row in np.flatnonzero(breach):
            flags[row].append(words(row))
        outside |= breach
    for row in np.flatnonzero(outside):
        flags[row].append(_nearest(rows, int(row), model))
    for breach, words in _cautions(rows):
        for row in np.flatnonzero(breach):
            flags[row].append(words(row))
    return Checked(~outside, _texts(flags))


def _breaches(rows: Columns, model: PromotionModel):  # type: ignore[no-untyped-def]
    low, high = model.support.discount
    discount = rows["discount_percentage"]
    yield (discount < low - SLACK) | (discount > high + SLACK), lambda i: (
        f"discount {discount[i]:.0%} is outside the {low:.0%} to {high:.0%} learnt from"
    )
    short, long = model.support.duration
    days = rows["duration_days"]
    yield (days < short) | (days > long), lambda i: f"{days[i]:.0f} days are outside the {short:.0f} to {long:.0f} learnt from"
    for name, known in model.support.levels.items():
        yield _unknown(rows[name], known), lambda i, name=name: f"{_NAMES[name]} '{rows[name][i]}' is unknown, scored at the parent level"
    unplaced = ~np.isin(rows["baseline_method"].astype(str), ["item"]) & np.isnan(rows["baseline_override"])
    yield unplaced, lambda i: f"no clean sales history of its own: baseline of {_PARENTS.get(rows['baseline_method'][i], 'nothing')}"


def _cautions(rows: Columns):  # type: ignore[no-untyped-def]
    stale = rows["weeks_since_clean"] > 26
    yield stale, lambda i: f"last clean sales are {rows['weeks_since_clean'][i]:.0f} weeks old"
    yield ~np.isnan(rows["baseline_override"]), lambda i: "baseline given in the plan"


def _unknown(values: Array, known: tuple[str, ...]) -> Array:
    levels = {level.lower() for level in known}
    return np.fromiter((v is not None and v.lower() not in levels for v in values), dtype=bool, count=len(values))


def _nearest(rows: Columns, row: int, model: PromotionModel) -> str:
    found = nearest_past(model, {name: column[row] for name, column in rows.items()})
    seen = [
        f"{found['promotion_id'][i]} ({found['promotion_type'][i]}, {found['discount_percentage'][i]:.0%}, "
        f"{found['duration_days'][i]:.0f} days, lift {np.expm1(found['log_lift'][i]):+.0%})"
        for i in range(length(found))
    ]
    return "nearest past: " + ", ".join(seen)


def _texts(flags: list[list[str]]) -> Array:
    column = np.empty(len(flags), dtype=object)
    column[:] = ["; ".join(words) or None for words in flags]
    return column
