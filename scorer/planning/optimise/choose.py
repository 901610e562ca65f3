"""A list and rules → the choice of promotions that earns most: candidates, limits, programme, choice, its explanation."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import numpy as np

from scorer.columns import Array, Columns, Floats, length, take, text
from scorer.economics.verdict import Verdict
from scorer.errors import NothingToWorkOn, RulesClash
from scorer.model import PromotionModel
from scorer.planning.optimise.candidates import Candidates, candidates, cents, placeable
from scorer.planning.optimise.conflicts import conflict, in_words
from scorer.planning.optimise.constraints import Limit, without_matches
from scorer.planning.optimise.formulation import activity
from scorer.planning.optimise.greedy import greedy
from scorer.planning.optimise.margins import marginals
from scorer.planning.optimise.overlapping import counts_of, lost, overlap_effect
from scorer.planning.optimise.question import Question, ask, at_quantile, steps_of
from scorer.planning.optimise.result import NOT_A_RECOMMENDATION, Portfolio, Totals
from scorer.planning.optimise.rules import Rules
from scorer.planning.optimise.solve import Solution, solve
from scorer.planning.optimise.why import Why, why
from scorer.saying import Say, quiet
from scorer.settings import Client


def optimise(plan: Columns, rules: Rules, model: PromotionModel, client: Client, say: Say = quiet) -> Portfolio:
    """Choose which promotions of a plan to run, and at which discount, length and start, so that they earn most.

    Profit is expected profit or, with ``rules.risk``, profit where the lift of every promotion comes out at that quantile: a
    lift that is not reached with that probability. Nothing outside what was learnt is chosen, and nothing that is expected
    to lose money unless it must run.

    Raises RulesClash, naming a smallest set of rules that cannot be kept together; InputRefused for a rule about a promotion
    that is not on the list; NothingToWorkOn when no row lies within the calendar of the model.
    """
    placed = placeable(plan, model)
    if not placed.any():
        raise NothingToWorkOn.because("No promotion of the list lies within the calendar of the model", "Correct the dates.")
    asked = take(plan, placed)
    say(f"Trying steps of {length(asked):,} promotions")
    judged_by = at_quantile(client, rules)
    found = candidates(asked, steps_of(rules, client), model, judged_by, overlap=rules.overlap)
    question = ask(asked, rules, found, model, client)
    say(f"Choosing among {len(found.row):,} steps under {sum(limit.kind != 'step' for limit in question.limits):,} limits")
    answered = answer_of(question, rules, say)
    say("Finding what the rules cost")
    notes = (
        f"The choice is the best of {len(found.row):,} forecasts: part of what it gains over the plan is luck of the forecast.",
        *without_matches(rules, question.listed),
        *(f"{name} lies outside the calendar of the model and was left out." for name in plan["promotion_id"][~placed]),
    )
    return _portfolio(question, answered, rules, model, judged_by, notes)


def answer_of(question: Question, rules: Rules, say: Say = quiet) -> Solution:
    """Find the best choice. Raises RulesClash when there is none, with the rules that stand against each other."""
    found = question.found
    start = greedy(found.row, np.nan_to_num(question.value), np.nan_to_num(found.cost), question.limits)
    answered = solve(question.programme(), rules.time_limit, start, say)
    if not answered.feasible:
        say("Finding the rules that stand against each other")
        raise RulesClash.because(in_words(conflict(len(found.row), question.rows, *_split(question))))
    if answered.v is None:
        raise RulesClash.unsettled(rules.time_limit)
    return answered


def _split(question: Question) -> tuple[list[Limit], list[Limit]]:
    """Return the rules that can be in conflict, and what holds whatever the rules are."""
    soft = question.penalty is not None
    rules = [limit for limit in question.limits if limit.kind != "step" and not (soft and limit.kind == "units")]
    return rules, [limit for limit in question.limits if limit.kind == "step"]


def _portfolio(
    question: Question, answered: Solution, rules: Rules, model: PromotionModel, client: Client, notes: Sequence[str]
) -> Portfolio:
    begun = monotonic()
    found, listed = question.found, question.listed
    chosen = np.asarray(answered.v)[: len(found.row)] > 0.5
    _keeps(question, chosen)
    counts = counts_of(found, chosen)
    loss = lost(question.overlaps, counts)
    effect = overlap_effect(found, chosen, counts, loss, question.overlaps, model, client, rules)
    at_risk = rules.risk is not None
    told = why(found, question.rows, question.value, question.limits, chosen, proven=answered.proven, at_risk=at_risk)
    units = np.nan_to_num(found.answer["incremental_units_expected"])
    missing = max((rules.minimum_units or 0.0) - float(units[chosen].sum()), 0.0) if question.penalty is not None else 0.0
    penalty = round(missing * (question.penalty or 0.0), 2)
    worth = round(float(question.value[chosen].sum()) - effect.cost - penalty, 2)
    picked = np.flatnonzero(chosen)
    return Portfolio(
        rows=_rows(question, told, chosen, loss),
        chosen=take(found.plan, picked[np.argsort(found.row[picked], kind="stable")]),
        planned=_totals(found, found.planned & ~np.isnan(found.profit)),
        optimised=_totals(found, chosen),
        overlap=effect,
        missing_units=missing,
        penalty=penalty,
        worth=worth,
        bound=worth if answered.gap == 0 else max(answered.bound, worth),
        gap=answered.gap,
        proven=answered.proven,
        seconds=answered.seconds + monotonic() - begun,
        candidates=len(found.row),
        binding=told.bound,
        marginals=marginals(question, rules, answered, chosen, worth),
        rules=rules,
        currency=listed.currency,
        standing="" if model.worth.evidence else f"{NOT_A_RECOMMENDATION} {model.worth.sentence}",
        objective=_objective(rules),
        notes=(*notes, *_verdict_note(found, chosen, client)),
    )


def _verdict_note(found: Candidates, chosen: Array, client: Client) -> list[str]:
    """Say how many of the chosen are no GO by themselves, and which rule would keep them out."""
    others = int((found.answer["verdict"][chosen] != Verdict.GO.label).sum())
    if not others:
        return []
    least = client.verdict.minimum_probability_of_profit
    return [
        f"{others:,} of the chosen earn in expectation but are no GO by themselves; minimum_probability_of_profit = {least:g} "
        "in the rules keeps out those that are too unlikely to."
    ]


def _keeps(question: Question, chosen: Array) -> None:
    """Every limit is kept, to half a cent: a choice that breaks one is a fault of the programme, never an answer."""
    soft = question.penalty is not None
    for limit in question.limits:
        used = activity(limit, chosen)
        short = used < limit.lower - 0.005 and not (soft and limit.kind == "units")
        if used > limit.upper + 0.005 or short:
            raise AssertionError(f"the choice breaks '{limit.words}': {used}")


def _objective(rules: Rules) -> str:
    if rules.risk is None:
        return "expected profit"
    return f"profit at the {rules.risk:.0%} quantile of every lift"


def _totals(found: Candidates, which: Array) -> Totals:
    def total(amounts: Array) -> float:
        return round(float(np.nansum(amounts[which])), 2)

    low = cents(found.answer["incremental_profit_low"])
    units = found.answer["incremental_units_expected"]
    return Totals(int(which.sum()), total(found.cost), total(found.profit), total(low), total(units))


_SHOWN = ("success_probability", "lift_low", "lift_expected", "lift_high", "baseline_units", "probability_of_profit", "verdict")
_TERMS = ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share", "unit_adjustment")


def _rows(question: Question, told: Why, chosen: Array, loss: Floats) -> Columns:
    """Return the promotions of the list in their order, each with its planned step and the one that is shown."""
    found, listed, shown = question.found, question.listed, told.shown
    first = np.searchsorted(found.row, np.arange(question.rows))  # the planned step stands first among a row's own
    plan, step, answer = listed.plan, take(found.plan, shown), take(found.answer, shown)
    return {
        "promotion_id": plan["promotion_id"],
        "item": listed.item,
        "promotion_type": plan["promotion_type"],
        "planned_discount": plan["discount_percentage"],
        "planned_start": plan["start_date"],
        "planned_days": plan["duration_days"],
        "planned_cost": found.cost[first],
        "planned_profit": found.profit[first],
        "chosen": chosen[shown],
        "why_not": text(told.words),
        "barred": told.barred,
        "discount_percentage": step["discount_percentage"],
        "start_date": step["start_date"],
        "end_date": step["end_date"],
        "duration_days": step["duration_days"],
        "promotion_cost": found.cost[shown],
        "profit_low": cents(answer["incremental_profit_low"]),
        "profit_expected": found.profit[shown],
        "profit_high": cents(answer["incremental_profit_high"]),
        "incremental_units": answer["incremental_units_expected"],
        "overlap_loss": np.where(chosen[shown], loss[shown], 0.0),
        **{name: answer[name] for name in _SHOWN},
        **{f"used_{name}": answer[f"used_{name}"] for name in _TERMS},
    }
