"""What the rules cost: how much more would be earned if a limit moved a little."""

from __future__ import annotations

import numpy as np

from scorer.columns import Array
from scorer.planning.optimise.question import Question
from scorer.planning.optimise.result import Marginal
from scorer.planning.optimise.rules import Rules
from scorer.planning.optimise.solve import Solution, relaxed, solve

CENT = 0.01
STEP = 0.01
"""A limit is moved by this share of itself."""
NEAR = 1e-4
"""Among many steps, choosing again ends when no choice can be better by more than this share."""
PATIENCE, SHORTEST = 3.0, 10.0
"""Choosing again may take this many times as long as choosing did, or so many seconds if that is more."""


def marginals(question: Question, rules: Rules, answered: Solution, chosen: Array, worth: float) -> tuple[Marginal, ...]:
    """Return what 1 % more budget and 1 % fewer wanted units would bring, by choosing again and by the relaxation.

    The relaxation lets promotions run in part; its shadow prices (dual values of the linear programme) hold for small moves.
    """
    moved = [at for at, limit in enumerate(question.limits) if limit.kind in {"budget", "budgets", "units"}]
    if not moved:
        return ()
    _, prices = relaxed(question.programme())
    seconds = min(rules.time_limit, max(SHORTEST, PATIENCE * answered.seconds))
    return tuple(_moved(question, at, abs(float(prices[at])), seconds, chosen, worth) for at in moved)


def _moved(question: Question, at: int, price: float, seconds: float, chosen: Array, worth: float) -> Marginal:
    limit = question.limits[at]
    limits = list(question.limits)
    if limit.kind == "units":
        limits[at] = limit._replace(lower=limit.lower * (1 - STEP))
        change = f"1 % fewer wanted units ({limit.lower * STEP:,.0f} units)"
    else:
        limits[at] = limit._replace(upper=limit.upper * (1 + STEP))
        change = f"1 % more {limit.name} ({limit.upper * STEP:,.2f} {limit.unit})"
    again = solve(question._replace(limits=limits).programme(), seconds, chosen, close=NEAR)
    gain = round(max(again.worth - worth, 0.0), 2) + 0.0 if again.v is not None else np.nan
    most = round(max(again.bound - worth, 0.0), 2) + 0.0
    return Marginal(limit.kind, change, gain, gain if abs(most - gain) < CENT else most, price)
