"""The question turned round: which discount, spend, funding, price, cost or lift would reach a goal?

The discount is searched with the learnt response: every tenth of a point of the discounts learnt from is scored, so that the
lift moves with it and the answer is a scored row. The forecast never falls as the discount deepens (the trees are grown so),
yet profit may rise and fall again: the answer is the largest discount that reaches the goal, beside the smallest. All other
terms leave the lift as it is; they are solved in closed form, rounded to the safe side, and scored again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from scorer.columns import Columns, Floats, stack, take
from scorer.economics.break_even import contribution_per_extra_unit
from scorer.economics.promotion import Terms, outcome
from scorer.economics.targets import (
    Goal,
    cost_for_goal,
    discount_for_goal,
    fixed_cost_for_goal,
    funding_for_goal,
    lift_for_goal,
    price_for_goal,
    surplus,
)
from scorer.errors import BadQuestion, NothingToWorkOn, listed, nearest
from scorer.model import PromotionModel
from scorer.plan import Plan
from scorer.planning.changes import MARGIN, Moved, in_use, input_named, with_changes
from scorer.planning.steps import DISCOUNT
from scorer.scoring import outlook
from scorer.settings import Client

STEP = 0.001  # of a share: a tenth of a percentage point
CENT = 0.01
ROUNDING = 1e-9
LEVERS = ("discount", "budget", "funding_share", "fixed_cost", "list_price", "unit_cost", MARGIN, "lift")
NAN = float("nan")
HERE = np.array([True])


class Found(NamedTuple):
    """What one lever alone would have to be.

    now, needed: shares as fractions, money in currency or currency per unit. direction: the goal is reached "at most" up to
    ``needed``, or "at least" from it on. profit, promotion_cost, roi: as scored there. Where the goal cannot be reached,
    needed is the value that comes closest, the figures are those there, and bound says what stands in the way; a lift that is
    needed but not to be expected is told as it is, with its direction.
    """

    lever: str
    now: float
    needed: float
    direction: str
    reached: bool
    profit: float
    promotion_cost: float
    roi: float
    bound: str
    note: str


class Targets(NamedTuple):
    """The answers for one promotion, and what it comes to as planned: profit, promotion_cost, roi, lift, discount."""

    promotion_id: str
    goal: Goal
    planned: dict[str, float]
    found: list[Found]
    notes: list[str]
    model_version: str = ""


class _Case(NamedTuple):
    """One promotion and its figures as planned; steps: the discounts that were scored; searched: the answers to them."""

    asked: Columns
    now: Columns
    terms: Terms
    baseline: float
    lift: float
    own_margin_share: float
    goal: Goal
    planned: Columns
    steps: Floats
    searched: Columns
    model: PromotionModel
    client: Client

    def solve(self, formula: Callable[..., Any], *more: float) -> float:
        return float(np.asarray(formula(self.terms, self.baseline, self.lift, self.goal, *more)))


class _Wanted(NamedTuple):
    """The value of an input a closed form asks for, or the closest to it that may be; it is scored before it is told."""

    lever: str
    value: float
    direction: str
    bound: str = ""
    note: str = ""


def targets(plan: Plan, row: int, goal: Goal, model: PromotionModel, client: Client, levers: tuple[str, ...] = ()) -> Targets:
    """Find, for one row of a plan, what each lever alone would have to be for the goal to be reached at the expected lift.

    levers: of ``LEVERS``, or what the list calls them; none: all that apply. Two scoring calls, however many levers: one
    over the discounts learnt from, one that checks the other answers.
    Raises BadQuestion for an unknown lever, NothingToWorkOn for a row outside the calendar or without a profit figure.
    """
    named = tuple(dict.fromkeys(lever_named(lever) for lever in levers))
    case, learnt = _opened(plan, row, goal, model, client)
    asked = named or tuple(lever for lever in LEVERS if lever not in _unknown_levers(model, MARGIN))
    wanted = [_CLOSED[lever](case) for lever in asked if lever in _CLOSED and lever not in _unknown_levers(model)]
    found = {answer.lever: answer for answer in _checked(case, wanted)}
    found |= {lever: search(case) for lever, search in _SEARCHED.items() if lever in asked}
    found |= {lever: _without_units(lever) for lever in asked if lever in _unknown_levers(model)}
    figures = {name: float(case.planned[column][0]) for name, column in _FIGURES.items()}
    return Targets(str(case.asked["promotion_id"][0]), goal, figures, [found[lever] for lever in asked], _notes(case, learnt))


def lever_named(asked: str) -> str:
    """Return the lever that goes by a name, also by that of an input. Raises BadQuestion, naming the nearest.

    >>> lever_named("price"), lever_named("discount_percentage"), lever_named("budget")
    ('list_price', 'discount', 'budget')
    """
    if asked in LEVERS:
        return asked
    try:
        name = input_named(asked)
    except BadQuestion:
        name = asked
    lever = "discount" if name == DISCOUNT else name
    if lever not in LEVERS:
        told = f"'{asked}' cannot be looked for.{nearest(asked, LEVERS)} These can: {listed(LEVERS)}"
        raise BadQuestion.because(told, "Leave it out to see all of them.")
    return lever


_FIGURES = {
    "profit": "incremental_profit_expected",
    "promotion_cost": "promotion_cost_expected",
    "roi": "roi_expected",
    "lift": "lift_expected",
    "discount": DISCOUNT,
}


def _unknown_levers(model: PromotionModel, otherwise: str = "") -> set[str]:
    """Price and cost of a unit mean nothing where sales have no units; the margin says the same where they have."""
    return {otherwise} if model.in_units else {"list_price", "unit_cost"}


def _opened(plan: Plan, row: int, goal: Goal, model: PromotionModel, client: Client) -> tuple[_Case, bool]:
    """Score the promotion as planned, at twice its price, and at every discount learnt from, in one call."""
    asked = take(plan.columns, np.array([row]))
    now, position = in_use(asked, model, client)
    if not len(position):
        raise NothingToWorkOn.because("The promotion lies outside the calendar of the model", "Correct its dates.")
    steps = _discounts(model)
    many, everywhere = np.zeros(len(steps), dtype=np.int64), np.ones(len(steps), dtype=bool)
    dearer = with_changes(asked, now, {"list_price": Moved(2 * now["list_price"], HERE)}) if model.in_units else asked
    tried = with_changes(take(asked, many), take(now, many), {DISCOUNT: Moved(steps, everywhere)})
    seen = outlook(stack([asked, dearer, tried]), model, client)
    answered = seen.columns
    if np.isnan(answered["incremental_profit_expected"][0]):
        raise NothingToWorkOn.because(
            "There is no profit to aim at: the price or the unit cost of this promotion is not known",
            "Put list_price and unit_cost into the list.",
        )
    used = {name: float(answered[f"used_{name}"][0]) for name in Terms._fields if f"used_{name}" in answered}
    terms = Terms(discount=float(asked[DISCOUNT][0]), **used)
    adjustment = answered["used_unit_adjustment"]
    case = _Case(
        asked=asked,
        now=now,
        terms=terms,
        baseline=float(answered["baseline_units"][0]),
        lift=float(answered["lift_expected"][0]),
        own_margin_share=float((adjustment[1] - adjustment[0]) / used["list_price"]) if model.in_units else 0.0,
        goal=goal,
        planned={**asked, **take(answered, np.array([0]))},
        steps=steps,
        searched=take(answered, np.arange(2, len(steps) + 2)),
        model=model,
        client=client,
    )
    return case, bool(seen.inside[0])


def _discounts(model: PromotionModel) -> Floats:
    """Every tenth of a point that was learnt from, its ends included."""
    low, high = model.support.discount
    inner = np.arange(np.ceil(low / STEP - ROUNDING), np.floor(high / STEP + ROUNDING) + 1) * STEP
    return np.unique(np.round([low, *inner, high], 6))


# ---------------------------------------------------------------------------------------------- with the learnt response
def _discount(case: _Case) -> Found:
    """The largest discount that reaches the goal, the lift moving with it."""
    over = _over(case.goal, case.searched)
    reaching = np.flatnonzero(over >= 0)
    now = float(case.asked[DISCOUNT][0])
    if not len(reaching):
        best = int(np.nanargmax(over))
        return _searched("discount", now, float(case.steps[best]), "", case, best, _discount_bound(case, best), "")
    first, at = int(reaching[0]), int(reaching[-1])
    parts = [f"reached from {_percent(case.steps[first])} on" if first < at else "reached there only"]
    if len(reaching) < at - first + 1:
        parts.append("not at every discount between")
    if at == len(case.steps) - 1:
        parts.append("deeper ones were not learnt from")
    fixed = case.solve(discount_for_goal)
    if 0 <= fixed <= 1:
        parts.append(f"with the lift kept at {case.lift:.0%} it would be {_percent(fixed)}")
    return _searched("discount", now, float(case.steps[at]), "at most", case, at, "", "; ".join(parts))


def _budget(case: _Case) -> Found:
    """The least the promotion must cost to reach the goal: the cheapest discount that does."""
    over, cost = _over(case.goal, case.searched), case.searched["promotion_cost_expected"]
    now = float(case.planned["promotion_cost_expected"][0])
    if not (over >= 0).any():
        best = int(np.nanargmax(over))
        return _searched("budget", now, float(cost[best]), "", case, best, _discount_bound(case, best), "")
    at = int(np.argmin(np.where(over >= 0, cost, np.inf)))
    return _searched("budget", now, float(cost[at]), "at least", case, at, "", f"at a discount of {_percent(case.steps[at])}")


def _searched(lever: str, now: float, needed: float, direction: str, case: _Case, at: int, bound: str, note: str) -> Found:
    return Found(lever, now, needed, direction, not bound, *_outcome(case.searched, at), bound, note)


def _discount_bound(case: _Case, best: int) -> str:
    """What keeps every discount learnt from below the goal."""
    left = np.asarray(contribution_per_extra_unit(case.terms._replace(discount=case.steps)))
    low, high = _percent(case.steps[0]), _percent(case.steps[-1])
    if (left <= 0).all():
        return f"margin: even at {low}, the smallest discount learnt from, an extra unit leaves nothing"
    if best == 0:
        return f"smallest discount learnt from: profit is highest at {low}, and less was never tried"
    if best == len(case.steps) - 1:
        return f"largest discount learnt from: profit is highest at {high}, and more was never tried"
    return "lift: no discount learnt from brings enough extra sales"


# ---------------------------------------------------------------------------------------------- with the lift as it is
def _fixed_cost(case: _Case) -> _Wanted:
    value = round(float(np.floor(case.solve(fixed_cost_for_goal) / CENT + ROUNDING)) * CENT, 2)
    if value < 0:
        return _Wanted("fixed_cost", 0.0, "", "fixed cost: even without any the goal is missed")
    return _Wanted("fixed_cost", value, "at most")


def _funding(case: _Case) -> _Wanted:
    now, share = float(case.terms.funding_share), case.solve(funding_for_goal)
    most = max(case.client.verdict.most_funding, now)  # what a partner pays already was not too much to ask for
    if np.isnan(share):
        return _Wanted("funding_share", now, "", "discount: there is none a partner could share")
    value = round(max(float(np.ceil(share / STEP - ROUNDING)) * STEP, 0.0), 6)
    if value > 1:
        return _Wanted("funding_share", most, "", "discount: even a partner who pays all of it is not enough")
    if value > most + ROUNDING:
        bound = f"partner: {_percent(value)} would be needed, {_percent(most)} is the most to ask for (verdict.most_funding)"
        return _Wanted("funding_share", most, "", bound)
    return _Wanted("funding_share", value, "at least", note="" if value else "none is needed")


def _price(case: _Case) -> _Wanted:
    price = case.solve(price_for_goal, case.own_margin_share)
    if np.isnan(price):
        bound = "lift: too few extra units are sold for a higher price to help"
        return _Wanted("list_price", float(case.terms.list_price), "", bound)
    value = max(round(float(np.ceil(price / CENT - ROUNDING)) * CENT, 2), CENT)
    return _Wanted("list_price", value, "at least", note="if regular sales stay the same at that price")


def _cost(case: _Case) -> _Wanted:
    cost = case.solve(cost_for_goal, case.own_margin_share)
    if np.isnan(cost):
        return _Wanted("unit_cost", float(case.terms.unit_cost), "", "lift: no extra units are sold that could cost less")
    if cost < 0:
        return _Wanted("unit_cost", 0.0, "", "unit cost: even at 0 the goal is missed")
    return _Wanted("unit_cost", round(float(np.floor(cost / CENT + ROUNDING)) * CENT, 2), "at most")


def _margin(case: _Case) -> _Wanted:
    cost, price = case.solve(cost_for_goal, case.own_margin_share), float(case.terms.list_price)
    if np.isnan(cost):
        return _Wanted(MARGIN, 1 - float(case.terms.unit_cost) / price, "", "lift: no extra units are sold that could earn more")
    value = round(float(np.ceil((1 - cost / price) / STEP - ROUNDING)) * STEP, 6)
    if value > 1:
        return _Wanted(MARGIN, 1.0, "", "margin: even at 100 % the goal is missed")
    return _Wanted(MARGIN, value, "at least")


def _lift(case: _Case) -> Found:
    """The lift itself is no input: what it would have to be is arithmetic, and how likely that is the forecast says."""
    needed = float(np.asarray(lift_for_goal(case.terms, case.baseline, case.goal)))
    low, high = (float(case.planned[f"lift_{end}"][0]) for end in ("low", "high"))
    if np.isnan(needed):
        at, bound = case.lift, "margin: an extra unit leaves too little after the discount, so no lift is high enough"
    else:
        at, bound = needed, f"lift: it lies above {high:.0%}, the high end of the interval" if needed > high else ""
    money = outcome(case.terms, case.baseline, at)
    profit, cost, roi = (float(np.asarray(amount)) for amount in (money.profit, money.promotion_cost, money.roi))
    note = f"the model expects {case.lift:.0%}, between {low:.0%} and {high:.0%} at {case.client.verdict.interval:.0%}"
    direction = "" if np.isnan(needed) else "at least"
    return Found("lift", case.lift, at, direction, not bound, profit, cost, roi, bound, note)


_CLOSED: dict[str, Callable[[_Case], _Wanted]] = {
    "funding_share": _funding,
    "fixed_cost": _fixed_cost,
    "list_price": _price,
    "unit_cost": _cost,
    MARGIN: _margin,
}
_SEARCHED: dict[str, Callable[[_Case], Found]] = {"discount": _discount, "budget": _budget, "lift": _lift}


def _checked(case: _Case, wanted: list[_Wanted]) -> list[Found]:
    """Score every answer before it is told; one that does not hold is no answer."""
    if not wanted:
        return []
    rows = [with_changes(case.asked, case.now, {w.lever: Moved(np.array([w.value]), HERE)}) for w in wanted]
    answered = outlook(stack(rows), case.model, case.client).columns
    over = _over(case.goal, answered)
    found = []
    for at, answer in enumerate(wanted):
        bound = answer.bound
        if not bound and over[at] < -CENT / 2:
            bound = "the forecast: scored with it, the promotion falls short"
        now = float(case.now[answer.lever][0])
        figures = _outcome(answered, at)
        found.append(Found(answer.lever, now, answer.value, answer.direction, not bound, *figures, bound, answer.note))
    return found


def _without_units(lever: str) -> Found:
    bound = "units: sales are known in currency only; ask for the margin"
    return Found(lever, NAN, NAN, "", False, NAN, NAN, NAN, bound, "")


def _over(goal: Goal, answered: Columns) -> Floats:
    """By how much each answer exceeds the goal, in currency."""
    return np.asarray(surplus(goal, answered["incremental_profit_expected"], answered["promotion_cost_expected"]))


def _outcome(answered: Columns, at: int) -> tuple[float, float, float]:
    names = ("incremental_profit_expected", "promotion_cost_expected", "roi_expected")
    profit, cost, roi = (float(answered[name][at]) for name in names)
    return profit, cost, roi


def _notes(case: _Case, learnt: bool) -> list[str]:
    notes = ["Each answer changes one thing only and holds at the expected lift; it may come out better or worse."]
    if not case.model.worth.evidence:
        notes.append(f"Do not decide on these figures: {case.model.worth.sentence}")
    if not learnt:
        notes.append(f"The promotion lies outside what was learnt: {case.planned['flags'][0]}.")
    return notes


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"
