"""What would make a GO of a promotion that is none: one change the planner can make, tried through the same path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from scorer.answer import Answer, as_unit_lift, baseline_of, prospect, thresholds_of
from scorer.assumptions import assumptions_of
from scorer.columns import DAY, Array, Columns, Floats, length, take
from scorer.contracts.exports import PLAN
from scorer.economics.funding import funding_for_roi, funding_to_break_even
from scorer.economics.promotion import Terms
from scorer.economics.verdict import is_go
from scorer.estimators.promotion_lift import DISCOUNT, Lift
from scorer.features import with_features
from scorer.model import PromotionModel
from scorer.settings import Client


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
    """Another discount changes one number the model reads, and one of the terms; all else stays as it was found."""
    low, high = model.support.discount
    at = model.lift.encoding.features.index(DISCOUNT)
    for step in client.verdict.discount_steps:
        row = asked[np.abs(step - rows[DISCOUNT][asked]) > 1e-9]
        if not low <= step <= high or not len(row):
            continue
        encoded = found.encoded[row]
        encoded[:, at] = step
        forecast = found.forecast._replace(centre=model.lift.centre(encoded), scale=found.forecast.scale[row])
        terms = _of_rows(found.assumptions.terms, row)._replace(discount=np.full(len(row), step))
        yield _tried(f"discount {100 * step:g}%", row, terms, found.baseline_units[row], forecast, model, client)


def _durations(rows: Columns, asked: Array, found: Answer, model: PromotionModel, client: Client) -> Iterator[_Tried]:
    """Another length changes days, season and campaigns: its features are looked up anew, all steps in one go."""
    short, long = model.support.duration
    steps = np.array([step for step in client.verdict.duration_steps if short <= step <= long], dtype=np.float64)
    row, days = np.tile(asked, len(steps)), np.repeat(steps, len(asked))
    other = days != rows["duration_days"][row]
    row, days = row[other], days[other]
    if not len(row):
        return
    plan = take({name: rows[name] for name in (*PLAN.names, "given_campaigns", "given_overlapping") if name in rows}, row)
    plan |= {"duration_days": days, "end_date": plan["start_date"] + (days.astype(int) - 1) * DAY}
    # campaigns that overlap are looked up anew for the new days, unless the plan itself gave their number
    plan["num_overlapping_campaigns"] = plan["given_campaigns"]
    changed, position = with_features(plan, model)
    row = row[position]
    forecast = model.lift.predict_matrix(model.lift.encoding.renewed(found.encoded[row], changed), changed)
    terms, baseline = assumptions_of(changed, client, model.in_units).terms, baseline_of(changed)[0]
    tried = _tried("", row, terms, baseline, forecast, model, client)
    for step in steps:
        this = changed["duration_days"] == step
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
