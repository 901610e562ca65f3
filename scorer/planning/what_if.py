"""What if the discount or the length were another: the same path, asked for a grid of changes in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns, Floats, length, take
from scorer.model import PromotionModel
from scorer.plan import Plan
from scorer.scoring import answer_plan
from scorer.settings import Client

STEP_COLUMNS = (
    "discount_percentage",
    "duration_days",
    "success_probability",
    "lift_low",
    "lift_expected",
    "lift_high",
    "sales_units_expected",
    "incremental_units_expected",
    "promotion_cost_expected",
    "incremental_profit_low",
    "incremental_profit_expected",
    "incremental_profit_high",
    "roi_expected",
    "probability_of_profit",
    "verdict",
)


class WhatIf(NamedTuple):
    """The steps that were tried for one promotion, the best of them (None: none is profitable), and the finding in words."""

    promotion_id: str
    ladder: Columns
    best: int | None
    sentence: str


def what_if(
    plan: Plan,
    row: int,
    model: PromotionModel,
    client: Client,
    discounts: Sequence[float] | None = None,
    durations: Sequence[int] | None = None,
) -> WhatIf:
    """Try every combination of discounts and durations for one row of a plan.

    Left out, discounts are the client's ladder and the duration is the planned one. The best step has the highest
    expected profit above zero.
    """
    asked = take(plan.columns, np.array([row]))
    ladder = discounts or client.verdict.ladder
    days = durations or (int(asked["duration_days"][0]),)
    steps = _steps(asked, np.tile(np.asarray(ladder, float), len(days)), np.repeat(np.asarray(days, float), len(ladder)))
    answered = answer_plan(steps, model, client)
    found = {name: (answered if name in answered else steps)[name] for name in STEP_COLUMNS}
    best = best_step(found["incremental_profit_expected"])
    return WhatIf(str(asked["promotion_id"][0]), found, best, _sentence(found, best, client.currency))


def best_step(profit: Floats) -> int | None:
    """Return the position of the highest profit above zero.

    >>> best_step(np.array([-5.0, 3.0, 2.0])), best_step(np.array([-5.0, np.nan]))
    (1, None)
    """
    if not np.any(profit > 0):
        return None
    return int(np.nanargmax(profit))


def ladders(plan: Columns, model: PromotionModel, client: Client) -> Columns:
    """Return the client's ladder for every row of a plan: promotion_id, discount_percentage, success and lift."""
    steps = np.asarray(client.verdict.ladder, dtype=float)
    row = np.repeat(np.arange(length(plan)), len(steps))
    many = take(plan, row)
    many["discount_percentage"] = np.tile(steps, length(plan))
    answered = answer_plan(many, model, client)
    names = ("success_probability", "lift_low", "lift_expected", "lift_high")
    return {
        "promotion_id": many["promotion_id"],
        "discount_percentage": many["discount_percentage"],
        **{name: answered[name] for name in names},
    }


def _steps(asked: Columns, discounts: Floats, days: Floats) -> Columns:
    steps = take(asked, np.zeros(len(discounts), dtype=int))
    return {
        **steps,
        "discount_percentage": discounts,
        "duration_days": days,
        "end_date": steps["start_date"] + (days.astype(np.int64) - 1) * DAY,
    }


def _sentence(found: Columns, best: int | None, currency: str) -> str:
    profit: Array = found["incremental_profit_expected"]
    if np.isnan(profit).all():
        return "Profit is not available, because price or unit cost is not known."
    if best is None:
        return f"None of these steps is profitable; the smallest loss is {np.nanmax(profit):,.0f} {currency}."
    step = f"{found['discount_percentage'][best]:.0%} for {found['duration_days'][best]:.0f} days"
    return (
        f"{step} earns most: {profit[best]:+,.0f} {currency} "
        f"({found['incremental_profit_low'][best]:+,.0f} to {found['incremental_profit_high'][best]:+,.0f})."
    )
