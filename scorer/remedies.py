"""What would make a GO of a promotion that is none: one change the planner can make, tried through the same path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from scorer.answer import Answer, as_unit_lift, baseline_of, prospect, thresholds_of
from scorer.columns import Array, Columns, Floats, length
from scorer.economics.break_even import break_even_lift
from scorer.economics.funding import funding_for_roi, funding_to_break_even
from scorer.economics.promotion import Terms
from scorer.economics.verdict import is_go
from scorer.estimators.promotion_lift import DISCOUNT, SCALE_FEATURES, Lift
from scorer.features import of_other_length
from scorer.model import PromotionModel
from scorer.settings import Client

SLACK = 1e-6  # of lift: what is left out must fall short by more than rounding


class _Tried(NamedTuple):
    """One change, tried on some rows: its words, where the rows stand, and how good they came out."""

    words: str
    row: Array
    goes: Array
    profit: Floats


def remedies(rows: Columns, asked: Array, found: Answer, model: PromotionModel, client: Client) -> Array:
    """Return, for the rows ``asked`` about, the change with the highest expected profit that reaches GO; else None.

    Tried, one at a time: every discount step and duration step within what was learnt from, and a partner's share of
    the discount up to the largest that may be asked for.
    """
    remedy = np.full(length(rows), None, dtype=object)
    asked_rows = np.flatnonzero(asked)
    if not len(asked_rows):
        return remedy
    best = np.full(length(rows), -np.inf)
    for attempts in (_discounts, _durations):
        for tried in attempts(rows, asked_rows, found, model, client):
            better = tried.goes & (tried.profit > best[tried.row])
            row = tried.row[better]
            best[row], remedy[row] = tried.profit[better], tried.words
    _fund(remedy, asked_rows, found, model, client)
    return remedy


def _discounts(rows: Columns, asked: Array, found: Answer, model: PromotionModel, client: Client) -> Iterator[_Tried]:
    """Another discount changes one number the model reads, and one of the terms; all else stays as it was found.

    The expected lift never falls as the discount rises. So the lift found is the most that a smaller discount can hope for,
    and the lift at the largest discount the most that any can: what could not be a GO even so is not asked about.
    """
    low, high = model.support.discount
    steps = sorted(step for step in client.verdict.discount_steps if low <= step <= high)
    if not steps:
        return
    given = rows[DISCOUNT][asked]
    at_most = _centre_at(steps[-1], asked, found, model)
    tries = {}
    for step in steps:
        hoped = np.where(step < given, found.forecast.centre[asked], at_most)
        could = (np.abs(step - given) > 1e-9) & _could_go(step, asked, hoped, found, model, client)
        tries[step] = (asked[could], at_most[could])
    smaller = [(step, row) for step, (row, _) in tries.items() if step != steps[-1]]
    matrices = [_encoded_at(step, row, found, model) for step, row in smaller]
    centres = iter(_split(model.lift.centre(np.concatenate(matrices)), [len(row) for _, row in smaller]) if matrices else [])
    for step, (row, last) in tries.items():
        centre = last if step == steps[-1] else next(centres)
        forecast = found.forecast._replace(centre=centre, scale=found.forecast.scale[row])
        terms = _of_rows(found.assumptions.terms, row)._replace(discount=np.full(len(row), step))
        yield _tried(f"discount {100 * step:g}%", row, terms, found.baseline_units[row], forecast, model, client)


def _could_go(step: float, row: Array, hoped: Floats, found: Answer, model: PromotionModel, client: Client) -> Array:
    """Tell which rows could be a GO at this discount if the centre of their forecast were ``hoped``, or anything below it.

    No more than a promise not to lose one: where more lift does not earn more, every row could.
    """
    chance = thresholds_of(client).probability_of_profit
    shape = found.forecast.shape
    if 1 - chance >= shape.p[-1]:
        return np.ones(len(row), dtype=bool)
    terms = _of_rows(found.assumptions.terms, row)._replace(discount=np.full(len(row), step))
    needed = np.asarray(break_even_lift(terms, found.baseline_units[row]), dtype=np.float64)
    cautious = found.forecast._replace(centre=hoped, scale=found.forecast.scale[row]).quantile(1 - chance)
    return ~(as_unit_lift(cautious, terms, model.in_units) < needed - SLACK)


def _centre_at(step: float, row: Array, found: Answer, model: PromotionModel) -> Floats:
    return model.lift.centre(_encoded_at(step, row, found, model))


def _encoded_at(step: float, row: Array, found: Answer, model: PromotionModel) -> Array:
    encoded = found.encoded[row]
    encoded[:, model.lift.encoding.features.index(DISCOUNT)] = step
    return encoded


def _split(values: Floats, sizes: list[int]) -> list[Floats]:
    return np.split(values, np.cumsum(sizes)[:-1])


def _durations(rows: Columns, asked: Array, found: Answer, model: PromotionModel, client: Client) -> Iterator[_Tried]:
    """Another length changes days, season and campaigns: its features are looked up anew, all steps in one go."""
    short, long = model.support.duration
    steps = np.array([step for step in client.verdict.duration_steps if short <= step <= long], dtype=np.float64)
    row, days = np.tile(asked, len(steps)), np.repeat(steps, len(asked))
    other = days != rows["duration_days"][row]
    row, days = row[other], days[other]
    if not len(row):
        return
    looked_up, position = of_other_length(rows, row, days, model)
    row, days = row[position], days[position]
    changed = {**looked_up, "duration_days": days}
    read = {name: changed[name] if name in changed else rows[name][row] for name in SCALE_FEATURES}
    forecast = model.lift.predict_matrix(model.lift.encoding.renewed(found.encoded[row], changed), read)
    terms = _of_rows(found.assumptions.terms, row)
    baseline = baseline_of({**changed, "baseline_override": rows["baseline_override"][row]})
    tried = _tried("", row, terms, baseline, forecast, model, client)
    for step in steps:
        this = days == step
        yield _Tried(f"{step:.0f} days", row[this], tried.goes[this], tried.profit[this])


def _tried(
    words: str, row: Array, terms: Terms, baseline: Floats, forecast: Lift, model: PromotionModel, client: Client
) -> _Tried:
    money, chance = prospect(terms, baseline, forecast, model.in_units)
    free = np.asarray(money.promotion_cost) == 0
    goes = is_go(chance, money.profit, money.roi, thresholds_of(client), costs_nothing=free)
    return _Tried(words, row, goes, np.asarray(money.profit, dtype=np.float64))


def _of_rows(terms: Terms, row: Array) -> Terms:
    return Terms(*(np.asarray(term)[row] if np.ndim(term) else term for term in terms))


def _fund(remedy: Array, asked: Array, found: Answer, model: PromotionModel, client: Client) -> None:
    """Where no change of the promotion helps: the partner's share at which profit is likely enough and meets the hurdle."""
    terms, thresholds = found.assumptions.terms, thresholds_of(client)
    cautious = as_unit_lift(found.forecast.quantile(1 - thresholds.probability_of_profit), terms, model.in_units)
    likely = np.asarray(funding_to_break_even(terms, found.baseline_units, cautious), dtype=np.float64)
    worth = np.asarray(funding_for_roi(terms, found.baseline_units, found.lift.expected, thresholds.hurdle_roi), dtype=np.float64)
    needed = np.ceil(np.maximum(likely, worth) * 100 + 1e-9) / 100
    left = asked[(remedy[asked] == None) & (needed[asked] > 0) & (needed[asked] <= client.verdict.most_funding)]
    # the share was found for profit that rises with lift; below cost it falls, so what was found is tried as well
    forecast = found.forecast._replace(centre=found.forecast.centre[left], scale=found.forecast.scale[left])
    funded = _of_rows(terms, left)._replace(funding_share=needed[left])
    left = left[_tried("", left, funded, found.baseline_units[left], forecast, model, client).goes]
    for share in np.unique(needed[left]):
        remedy[left[needed[left] == share]] = f"a partner paying {share:.0%} of the discount"
