"""What would make a GO of a promotion that is none: one change the planner can make, tried through the same path."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.answer import Answer, answer, thresholds_of
from scorer.columns import Array, Columns, Floats, length, take
from scorer.economics.funding import funding_for_roi, funding_to_break_even
from scorer.economics.verdict import Thresholds
from scorer.features import with_features
from scorer.model import PromotionModel
from scorer.settings import Client

_DAY = np.timedelta64(1, "D")


class _Tried(NamedTuple):
    """Changed rows: which row they belong to, how good they came out, and the words for the change."""

    row: Array
    goes: Array
    profit: Floats
    words: Array


def remedies(rows: Columns, asked: Array, found: Answer, model: PromotionModel, client: Client) -> Array:
    """Return, for the rows ``asked`` about, the change with the highest expected profit that reaches GO; else None.

    Tried, one at a time: every discount step and duration step within what was learnt from, and a partner's share of
    the discount up to the largest that may be asked for.
    """
    remedy = np.full(length(rows), None, dtype=object)
    asked_rows = np.flatnonzero(asked)
    if not len(asked_rows):
        return remedy
    tried = [
        _discounts(rows, asked_rows, model, client),
        _durations(rows, asked_rows, model, client),
    ]
    best = np.full(length(rows), -np.inf)
    for attempt in tried:
        for i in np.flatnonzero(attempt.goes):
            row = attempt.row[i]
            if attempt.profit[i] > best[row]:
                best[row], remedy[row] = attempt.profit[i], attempt.words[i]
    _fund(remedy, asked_rows, found, client)
    return remedy


def is_go(found: Answer, thresholds: Thresholds) -> Array:
    """Return which rows meet both thresholds with an expected profit above zero."""
    expected = found.money["expected"]
    with np.errstate(invalid="ignore"):
        enough = (np.asarray(expected.roi) >= thresholds.hurdle_roi) | (np.asarray(expected.promotion_cost) == 0)
        likely = found.probability_of_profit >= thresholds.probability_of_profit
        return np.asarray(likely & enough & (np.asarray(expected.profit) > 0))


def _discounts(rows: Columns, asked: Array, model: PromotionModel, client: Client) -> _Tried:
    low, high = model.support.discount
    steps = np.array([step for step in client.verdict.discount_steps if low <= step <= high])
    row, step = np.repeat(asked, len(steps)), np.tile(steps, len(asked))
    other = np.abs(step - rows["discount_percentage"][row]) > 1e-9
    row, step = row[other], step[other]
    changed = {**take(rows, row), "discount_percentage": step}
    return _tried(row, changed, np.array([f"discount {d:.0%}" for d in step], dtype=object), model, client)


def _durations(rows: Columns, asked: Array, model: PromotionModel, client: Client) -> _Tried:
    short, long = model.support.duration
    steps = np.array([step for step in client.verdict.duration_steps if short <= step <= long], dtype=np.float64)
    row, days = np.repeat(asked, len(steps)), np.tile(steps, len(asked))
    other = days != rows["duration_days"][row]
    row, days = row[other], days[other]
    plan = take(rows, row)
    plan = {**plan, "duration_days": days, "end_date": plan["start_date"] + (days.astype(int) - 1) * _DAY}
    words = np.array([f"{d:.0f} days" for d in days], dtype=object)
    if not len(row):
        return _Tried(row, np.zeros(0, dtype=bool), np.zeros(0), words)
    # campaigns that overlap are looked up anew for the new days, unless the plan itself gave their number
    plan["num_overlapping_campaigns"] = plan["given_campaigns"]
    changed, position = with_features(plan, model)
    return _tried(row[position], changed, words[position], model, client)


def _tried(row: Array, changed: Columns, words: Array, model: PromotionModel, client: Client) -> _Tried:
    found = answer(changed, model, client)
    profit = np.asarray(found.money["expected"].profit, dtype=np.float64)
    return _Tried(row, is_go(found, thresholds_of(client)), profit, words)


def _fund(remedy: Array, asked: Array, found: Answer, client: Client) -> None:
    """Where no change of the promotion helps: the partner's share at which profit is likely enough and meets the hurdle."""
    terms, thresholds = found.assumptions.terms, thresholds_of(client)
    cautious = np.asarray(found.forecast.quantile(1 - thresholds.probability_of_profit))
    likely = np.asarray(funding_to_break_even(terms, found.baseline_units, cautious), dtype=np.float64)
    worth = np.asarray(funding_for_roi(terms, found.baseline_units, found.lift.expected, thresholds.hurdle_roi), dtype=np.float64)
    needed = np.ceil(np.maximum(likely, worth) * 100 + 1e-9) / 100
    for row in asked:
        if remedy[row] is None and needed[row] <= client.verdict.most_funding:
            remedy[row] = f"a partner paying {needed[row]:.0%} of the discount"
