"""Features → forecast → money, row by row: the part of scoring that a question may ask again with other discounts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.assumptions import Assumptions, assumptions_of
from scorer.columns import Array, Columns, Floats
from scorer.economics.break_even import probability_of_profit
from scorer.economics.lift_basis import net_value_lift_from_unit_lift, unit_lift_from_net_value_lift
from scorer.economics.promotion import Outcome, Terms, break_even_lift, outcome, sales_multiple
from scorer.economics.verdict import Thresholds
from scorer.estimators.promotion_lift import Lift
from scorer.model import PromotionModel
from scorer.settings import Client


class Range(NamedTuple):
    """One figure at the low end of the interval, expected, and at the high end."""

    low: Floats
    expected: Floats
    high: Floats


class Prospect(NamedTuple):
    """What a promotion is judged by: its money at the expected lift, and the chance that it earns at all."""

    money: Outcome
    probability_of_profit: Floats


class Answer(NamedTuple):
    """Everything that follows from features, terms and the distribution of lift; arrays of one row each.

    ``encoded`` is what the lift model read, one line of numbers per row.
    """

    encoded: Array
    assumptions: Assumptions
    forecast: Lift
    baseline_units: Floats
    baseline_method: Array
    success_probability: Floats
    lift: Range
    money: dict[str, Outcome]
    probability_of_profit: Floats
    break_even_lift: Floats
    sales_multiple: Floats


def thresholds_of(client: Client) -> Thresholds:
    """Return where the client draws the lines of the verdict."""
    return Thresholds(client.verdict.minimum_probability_of_profit, client.verdict.hurdle_roi)


def answer(rows: Columns, model: PromotionModel, client: Client) -> Answer:
    """Forecast and price every row of ``rows`` (plan columns with features); rows do not see each other."""
    encoded = model.lift.matrix(rows)
    forecast = model.lift.predict_matrix(encoded, rows)
    assumptions = assumptions_of(rows, client, model.in_units)
    terms = assumptions.terms
    baseline, overridden = baseline_of(rows), ~np.isnan(rows["baseline_override"])
    lift = _unit_lift(forecast, terms, client, model.in_units)
    money = {end: outcome(terms, baseline, getattr(lift, end)) for end in Range._fields}
    return Answer(
        encoded=encoded,
        assumptions=assumptions,
        forecast=forecast,
        baseline_units=baseline,
        baseline_method=np.where(overridden, "override", rows["baseline_method"]),
        success_probability=_success(rows, forecast, model, client),
        lift=lift,
        money=money,
        probability_of_profit=_probability_of_profit(terms, baseline, forecast, model.in_units),
        break_even_lift=np.asarray(break_even_lift(terms, baseline), dtype=np.float64),
        sales_multiple=np.asarray(sales_multiple(terms.discount, lift.expected, terms.redemption_share), dtype=np.float64),
    )


def prospect(terms: Terms, baseline: Floats, forecast: Lift, in_units: bool) -> Prospect:
    """Price a forecast at its expected lift: the part of an answer that decides whether a promotion is worth it."""
    lift = as_unit_lift(forecast.expected, terms, in_units)
    return Prospect(outcome(terms, baseline, lift), _probability_of_profit(terms, baseline, forecast, in_units))


def baseline_of(rows: Columns) -> Floats:
    """Return baseline units over each promotion: what the plan gives, else what was looked up."""
    given = rows["baseline_override"] * rows["duration_days"]
    return np.where(np.isnan(given), rows["baseline_units"], given)


def _unit_lift(forecast: Lift, terms: Terms, client: Client, in_units: bool) -> Range:
    tail = (1 - client.verdict.interval) / 2
    ends = (forecast.quantile(tail), forecast.expected, forecast.quantile(1 - tail))
    return Range(*(as_unit_lift(end, terms, in_units) for end in ends))


def as_unit_lift(lift: Floats, terms: Terms, in_units: bool) -> Floats:
    """Return a forecast lift as one of units; where sales have no units it is one of the amount paid."""
    if in_units:
        return lift
    return np.asarray(unit_lift_from_net_value_lift(lift, terms.discount, terms.redemption_share), dtype=np.float64)


def _probability_of_profit(terms: Terms, baseline: Floats, forecast: Lift, in_units: bool) -> Floats:
    def chance_above(unit_lift: Array) -> Floats:
        if in_units:
            return forecast.chance_above(unit_lift)
        asked = net_value_lift_from_unit_lift(unit_lift, terms.discount, terms.redemption_share)
        return forecast.chance_above(np.asarray(asked, dtype=np.float64))

    return np.asarray(probability_of_profit(terms, baseline, chance_above), dtype=np.float64)


def _success(rows: Columns, forecast: Lift, model: PromotionModel, client: Client) -> Floats:
    if client.training.success_from == "classifier":
        return model.success.predict(rows)
    return forecast.chance_above(np.zeros(len(forecast.centre)))
