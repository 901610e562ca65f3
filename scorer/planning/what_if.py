"""What if something about one promotion were different: the same path, asked for every change in one call.

Steps are the combinations of the values that are tried. The best step earns most of those within what the model has
learnt from; what lies outside is shown, marked, and never chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from scorer.columns import Columns, Floats, length, stack, take
from scorer.errors import NothingToWorkOn
from scorer.model import PromotionModel
from scorer.plan import Plan
from scorer.planning.changes import INPUTS, MARGIN, in_use, label, refuse_prices_without_units, shown
from scorer.planning.steps import DAYS, DISCOUNT, Grid, axes_of, grid_axes, grid_of, ladder_axis, steps_of
from scorer.planning.tornado import Ends, ends_to_try, tornado
from scorer.scoring import outlook
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
    "learnt",
    "flags",
)
OUTSIDE = "outside what was learnt"


class WhatIf(NamedTuple):
    """The steps that were tried for one promotion, the best of them (None: none may be chosen), and the finding in words.

    ladder: one row per step: the inputs that change, then ``STEP_COLUMNS``; learnt is false outside what the model has
    learnt from. planned: the same columns for the promotion as it stands, one row.
    """

    promotion_id: str
    ladder: Columns
    best: int | None
    sentence: str
    planned: Columns
    grid: Grid | None
    tornado: Columns | None
    notes: list[str]
    model_version: str = ""


def what_if(
    plan: Plan,
    row: int,
    model: PromotionModel,
    client: Client,
    discounts: Sequence[float] | None = None,
    durations: Sequence[int] | None = None,
    changes: Mapping[str, Sequence[Any]] | None = None,
    grid: tuple[str, str] | None = None,
    swings: bool = False,
) -> WhatIf:
    """Try every combination of changes for one row of a plan, in one scoring call.

    Parameters
    ----------
    discounts : fractions of the list price; durations : days; changes : values of any other input by its name, as
        ``scorer.planning.changes.read_move`` reads them. With none of the three, the discounts are the client's ladder.
    grid : two inputs to set against each other; values that are not given are chosen.
    swings : also move every input down and up, for the tornado.

    Raises
    ------
    BadQuestion for an unknown input, a value it cannot have, or more than 2,000 steps; NothingToWorkOn for days outside
    the model's calendar.
    """
    asked = take(plan.columns, np.array([row]))
    now, position = in_use(asked, model, client)
    if not len(position):
        raise NothingToWorkOn.because("The promotion lies outside the calendar of the model", "Correct its dates.")
    axes = axes_of(discounts, durations, changes or {})
    axes = grid_axes(axes, grid, now, model, client) if grid else axes or ladder_axis(client)
    refuse_prices_without_units(set(axes), model)
    steps, values = steps_of(asked, now, axes)
    ends = ends_to_try(asked, now, model, client) if swings else Ends((), take(asked, np.array([], dtype=np.int64)), [])
    seen = outlook(stack([asked, steps, ends.rows]), model, client)
    found: Columns = {**stack([asked, steps, ends.rows]), **seen.columns, "learnt": seen.inside}
    count = len(next(iter(values.values())))
    planned, tried = take(found, np.array([0])), take(found, np.arange(1, count + 1))
    moved_ends = take(found, np.arange(count + 1, length(found)))
    ladder = {**{name: cells for name, cells in values.items() if name not in STEP_COLUMNS}, **_only(tried)}
    best = best_step(np.where(ladder["learnt"], ladder["incremental_profit_expected"], np.nan))
    return WhatIf(
        promotion_id=str(asked["promotion_id"][0]),
        ladder=ladder,
        best=best,
        sentence=_sentence(ladder, best, planned, client),
        planned=_only(planned),
        grid=grid_of(grid, axes, values) if grid else None,
        tornado=tornado(planned, ends, moved_ends, moved_ends["learnt"], client) if swings else None,
        notes=_notes(ladder, planned, set(axes), model),
    )


def best_step(profit: Floats) -> int | None:
    """Return the position of the highest profit above zero.

    >>> best_step(np.array([-5.0, 3.0, 2.0])), best_step(np.array([-5.0, np.nan]))
    (1, None)
    """
    if not np.any(profit > 0):
        return None
    return int(np.nanargmax(profit))


def _only(answered: Columns) -> Columns:
    return {name: answered[name] for name in STEP_COLUMNS}


def step_words(ladder: Columns, step: int) -> str:
    """Say what a step is: its discount and length, then whatever else it changes.

    >>> step_words({"discount_percentage": np.array([0.25]), "duration_days": np.array([14.0])}, 0)
    '25% for 14 days'
    """
    further = [name for name in ladder if name in INPUTS and name not in (DISCOUNT, DAYS)]
    more = "".join(f", {label(name)} {shown(name, ladder[name][step])}" for name in further)
    return f"{100 * ladder[DISCOUNT][step]:.4g}% for {ladder[DAYS][step]:.0f} days{more}"


def _sentence(ladder: Columns, best: int | None, planned: Columns, client: Client) -> str:
    profit, currency = ladder["incremental_profit_expected"], client.currency
    if np.isnan(profit).all():
        return "Profit is not available, because price or unit cost is not known."
    if not ladder["learnt"].any():
        return f"Every one of these steps lies {OUTSIDE}, so none is chosen."
    if best is None:
        which = "None of these steps" if ladder["learnt"].all() else "None of the steps within what was learnt"
        return f"{which} is profitable; the smallest loss is {-np.nanmax(profit[ladder['learnt']]):,.0f} {currency}."
    low, high = (ladder[f"incremental_profit_{end}"][best] for end in ("low", "high"))
    said = (
        f"{step_words(ladder, best)} earns most: {profit[best]:+,.0f} {currency} "
        f"({client.verdict.interval:.0%} interval {low:+,.0f} to {high:+,.0f}); verdict {ladder['verdict'][best]}."
    )
    more = profit[best] - planned["incremental_profit_expected"][0]
    return said if not abs(more) >= 0.5 else f"{said} As planned it would be {abs(more):,.0f} {currency} {_more_or_less(-more)}."


def _more_or_less(amount: float) -> str:
    return "more" if amount > 0 else "less"


def _notes(ladder: Columns, planned: Columns, changed: set[str], model: PromotionModel) -> list[str]:
    notes = []
    if not model.worth.evidence:
        notes.append(f"Do not decide on these figures: {model.worth.sentence}")
    outside = int((~ladder["learnt"]).sum())
    if outside:
        told = f"{outside} of {length(ladder)} steps {'lies' if outside == 1 else 'lie'} {OUTSIDE}"
        notes.append(f"{told}: a forecast there is a guess, so none of them is chosen.")
    if not planned["learnt"][0]:
        notes.append(f"The promotion as planned lies {OUTSIDE}: {planned['flags'][0]}.")
    if changed & {"list_price", MARGIN, "unit_cost"}:
        notes.append("A new price or cost moves the money only: how regular sales react to a price, the model does not know.")
    return notes
