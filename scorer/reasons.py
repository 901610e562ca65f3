"""Why a row got its figures: what moved the forecast most, in the plan's words and in currency.

The parts are the trees' own exact contributions (Shapley values, Lundberg and Lee 2017), which sum to the forecast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scorer.answer import Answer
from scorer.columns import Array, Columns, Floats, length
from scorer.economics.break_even import profit_line
from scorer.model import PromotionModel

MOST = 3
LEAST_LIFT = 0.01

# Features that say one thing to a planner stand together under one name.
_GROUPS: dict[str, tuple[str, ...]] = {
    "discount": ("discount_percentage",),
    "type": ("promotion_type",),
    "item": ("product_category", "product_subcategory", "product", "region", "log_baseline", "baseline_spread"),
    "price": ("regular_price", "price_position"),
    "duration": ("duration_days",),
    "overlap": ("num_overlapping_promotions",),
    "campaigns": ("has_campaign_overlap", "num_overlapping_campaigns"),
    "season": (
        "start_month", "start_quarter", "start_day_of_week", "start_week_of_year", "is_holiday_season",
        "starts_on_weekend", "holidays", "season_factor",
    ),
    "recent promotions": ("promoted_share", "weeks_since_promotion", "weeks_since_clean"),
    "past promotions": (
        "item_type_n", "product_type_n", "item_type_prior", "product_type_prior", "category_type_prior", "item_prior",
        "product_prior", "all_prior",
    ),
}  # fmt: skip


class Driver(NamedTuple):
    """One thing that moved a forecast: in the plan's words, the lift it alone multiplies with, less 1, and its profit.

    profit is in currency: what would be missing from the expected profit without it; NaN where profit is not known.
    """

    words: str
    lift: float
    profit: float


def reasons(rows: Columns, answer: Answer, model: PromotionModel, currency: str) -> Array:
    """Return one text per row with its strongest drivers, the strongest first."""
    column = np.empty(length(rows), dtype=object)
    column[:] = [
        "; ".join(f"{one.words} {_amount(one, currency)}" for one in every) or "close to the average promotion"
        for every in drivers(rows, answer, model, MOST)
    ]
    return column


def drivers(rows: Columns, answer: Answer, model: PromotionModel, most: int) -> list[list[Driver]]:
    """Return for each row what moved its forecast, the strongest first; at most ``most``, and none that hardly counts."""
    groups, parts = _contributions(answer.encoded, model)
    worth = _worth(parts, answer)
    order = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :most]
    names = [_words(group, rows) for group in groups]
    return [
        [
            Driver(names[g](i), float(np.expm1(parts[i, g])), float(worth[i, g]))
            for g in order[i]
            if abs(parts[i, g]) >= LEAST_LIFT
        ]
        for i in range(length(rows))
    ]


def _contributions(encoded: Array, model: PromotionModel) -> tuple[list[str], Floats]:
    import xgboost

    features = model.lift.encoding.features
    data = xgboost.DMatrix(encoded)
    each = np.asarray(model.lift.booster.predict(data, pred_contribs=True), dtype=np.float64)
    each = each.reshape(len(encoded), len(features) + 1)  # of no rows at all it comes back flat
    position = {name: i for i, name in enumerate(features)}
    groups = [group for group, names in _GROUPS.items() if any(name in position for name in names)]
    grouped = [each[:, [position[name] for name in _GROUPS[group] if name in position]].sum(axis=1) for group in groups]
    return groups, np.column_stack(grouped)


def _worth(parts: Floats, answer: Answer) -> Floats:
    """Return what each part adds to expected profit: the profit that would be missing without it."""
    line = profit_line(answer.assumptions.terms, answer.baseline_units)
    slope = np.asarray(line.per_unit_of_lift, dtype=np.float64)
    missing = (1 + answer.lift.expected)[:, None] * -np.expm1(-parts)
    return np.asarray(missing * slope[:, None])


def _words(group: str, rows: Columns) -> Callable[[int], str]:
    return {
        "discount": lambda i: f"discount {rows['discount_percentage'][i]:.0%}",
        "type": lambda i: str(rows["promotion_type"][i] or "type not given"),
        "item": lambda i: "this item",
        "price": lambda i: "its price level",
        "duration": lambda i: f"{rows['duration_days'][i]:.0f} days",
        "overlap": lambda i: f"{rows['num_overlapping_promotions'][i]:.0f} other promotions beside it",
        "campaigns": lambda i: f"{rows['num_overlapping_campaigns'][i]:.0f} campaigns",
        "season": lambda i: "season and days",
        "recent promotions": lambda i: "how recently it was promoted",
        "past promotions": lambda i: "how past promotions went",
    }[group]


def _amount(one: Driver, currency: str) -> str:
    mark = "▲" if one.lift > 0 else "▼"
    lift = f"{mark} lift {one.lift:+.0%}"
    return lift if np.isnan(one.profit) else f"{lift}, profit {one.profit:+,.0f} {currency}"
