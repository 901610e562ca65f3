"""Features → forecast → money, row by row: the part of scoring that a question may ask again with other discounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scorer.assumptions import Assumptions, assumptions_of
from scorer.columns import Array, Columns, Floats
from scorer.economics.break_even import probability_of_profit
from scorer.economics.lift_basis import net_value_lift_from_unit_lift, unit_lift_from_net_value_lift
from scorer.economics.promotion import Outcome, break_even_lift, outcome, sales_multiple
from scorer.economics.verdict import Thresholds
from scorer.estimators.promotion_lift import Lift
from scorer.model import PromotionModel
from scorer.settings import Client


class Range(NamedTuple):
    """One figure at the low end of the interval, expected, and at the high end."""

    low: Floats
    expected: Floats
    high: Floats


class Answer(NamedTuple):
    """Everything that follows from features, terms and the distribution of lift; arrays of one row each."""

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
    return Thresholds(client.verdict.minimum_probability_of_profit, client.verdict.hurdle_roi)


def answer(rows: Columns, model: PromotionModel, client: Client) -> Answer:
    """Forecast and price every row of ``rows`` (plan columns with features); rows do not see each other."""
    forecast = model.lift.predict(rows)
    assumptions = assumptions_of(rows, client, model.in_units)
    terms = assumptions.terms
    baseline, method = baseline_of(rows)
    lift = _unit_lift(forecast, assumptions, client, model.in_units)
    money = {end: outcome(terms, baseline, getattr(lift, end)) for end in Range._fields}
    return Answer(
        assumptions=assumptions,
        forecast=forecast,
        baseline_units=baseline,
        baseline_method=method,
        success_probability=_success(rows, forecast, model, client),
        lift=lift,
        money=money,
        probability_of_profit=np.asarray(
            probability_of_profit(terms, baseline, _chance_above(forecast, assumptions, model.in_units)), dtype=np.float64
        ),
        break_even_lift=np.asarray(break_even_lift(terms, baseline), dtype=np.float64),
        sales_multiple=np.asarray(sales_multiple(terms.discount, lift.expected, terms.redemption_share), dtype=np.float64),
    )


def baseline_of(rows: Columns) -> tuple[Floats, Array]:
    """Return baseline units over each promotion, and its method; a baseline given in the plan is used and marked."""
    given = rows["baseline_override"] * rows["duration_days"]
    overridden = ~np.isnan(given)
    return np.where(overridden, given, rows["baseline_units"]), np.where(overridden, "override", rows["baseline_method"])


def _unit_lift(forecast: Lift, assumptions: Assumptions, client: Client, in_units: bool) -> Range:
    tail = (1 - client.verdict.interval) / 2
    ends = Range(forecast.quantile(tail), forecast.expected, forecast.quantile(1 - tail))
    if in_units:
        return ends
    terms = assumptions.terms
    as_units = [unit_lift_from_net_value_lift(end, terms.discount, terms.redemption_share) for end in ends]
    return Range(*(np.asarray(end, dtype=np.float64) for end in as_units))


def _chance_above(forecast: Lift, assumptions: Assumptions, in_units: bool) -> Callable[[Array], Floats]:
    terms = assumptions.terms

    def chance(unit_lift: Array) -> Floats:
        if in_units:
            return forecast.chance_above(unit_lift)
        asked = net_value_lift_from_unit_lift(unit_lift, terms.discount, terms.redemption_share)
        return forecast.chance_above(np.asarray(asked, dtype=np.float64))

    return chance


def _success(rows: Columns, forecast: Lift, model: PromotionModel, client: Client) -> Floats:
    if client.training.success_from == "classifier":
        return model.success.predict(rows)
    return forecast.chance_above(np.zeros(len(forecast.centre)))
