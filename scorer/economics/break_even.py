"""The lift a promotion needs, and how likely it gets there.

Profit is a straight line in unit lift L:

    Π(L) = (A₀ − F − d'·r·P·Q₀) + Q₀·(P − c + a − d'·P)·L

so the break-even lift is where it crosses zero:

    L* = (d'·r·P·Q₀ + F − A₀) / (Q₀·(P − c + a − d'·P))

With no side effects per unit (a = 0) this is (d'·r·B + F − A) / (B·(m − d')), B = P·Q₀, m = (P − c)/P.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from scorer.economics.amounts import Amount, Array, known, plain, ratio
from scorer.economics.cases import Labels, first_that_holds
from scorer.economics.terms import Terms, align, our_discount, unit_margin

__all__ = [
    "ProfitLine",
    "break_even_lift",
    "break_even_reason",
    "contribution_per_extra_unit",
    "headroom",
    "probability_of_profit",
    "profit_line",
]

ROUNDING = 1e-12
"""A contribution smaller than this part of price, cost and adjustment is the rounding of an exact zero."""


class ProfitLine(NamedTuple):
    """Π(L) = at_zero_lift + per_unit_of_lift · L, both in currency."""

    at_zero_lift: Amount
    per_unit_of_lift: Amount


def contribution_per_extra_unit(terms: Terms) -> Amount:
    """P − c + a − d'·P: what one more unit leaves after our discount, currency; exact zeros stay zero.

    >>> contribution_per_extra_unit(Terms(list_price=10, unit_cost=6, discount=0.20))
    2.0
    """
    terms, _ = align(terms)
    contribution = unit_margin(terms) + terms.unit_adjustment - our_discount(terms) * terms.list_price
    scale = np.abs(terms.list_price) + np.abs(terms.unit_cost) + np.abs(terms.unit_adjustment)
    return plain(np.where(np.abs(contribution) <= ROUNDING * scale, 0.0, contribution))


def profit_line(terms: Terms, baseline_units: Amount) -> ProfitLine:
    """Profit as a straight line in unit lift.

    >>> profit_line(Terms(list_price=10, unit_cost=6, discount=0.20), 5_000)
    ProfitLine(at_zero_lift=-10000.0, per_unit_of_lift=10000.0)
    """
    terms, (baseline,) = align(terms, baseline_units)
    given_away = our_discount(terms) * terms.list_price * terms.redemption_share * baseline
    at_zero_lift = terms.fixed_adjustment - terms.fixed_cost - given_away
    return ProfitLine(plain(at_zero_lift), plain(baseline * contribution_per_extra_unit(terms)))


def break_even_lift(terms: Terms, baseline_units: Amount) -> Amount:
    """L*, the unit lift at which profit is zero; a fraction, below 0 where even a fall in units pays.

    NaN where an input is missing, the baseline is not above zero, or an extra unit leaves nothing
    (d' ≥ m, side effects per unit included); `break_even_reason` says which.

    >>> break_even_lift(Terms(list_price=10, unit_cost=6, discount=0.20), 5_000)
    1.0
    >>> break_even_lift(Terms(list_price=10, unit_cost=7.5, discount=0.25), 5_000)
    nan
    """
    line = profit_line(terms, baseline_units)
    solvable = (known(line.per_unit_of_lift) > 0) & (known(baseline_units) > 0)
    return plain(np.where(solvable, ratio(-line.at_zero_lift, line.per_unit_of_lift), np.nan))


def break_even_reason(terms: Terms, baseline_units: Amount) -> Labels:
    """Why there is no break-even lift, in words; empty where there is one.

    >>> break_even_reason(Terms(list_price=10, unit_cost=float("nan"), discount=0.20), 5_000)
    'The unit cost is missing.'
    """
    terms, (baseline,) = align(terms, baseline_units)
    contribution = known(contribution_per_extra_unit(terms))
    adjusted = known(terms.unit_adjustment) != 0
    words: Labels = first_that_holds(
        (np.isnan(terms.list_price), "The list price is missing."),
        (np.isnan(terms.unit_cost), "The unit cost is missing."),
        (np.isnan(terms.discount), "The discount is missing."),
        (np.isnan(baseline), "The baseline is missing."),
        (_any_missing(terms), "One of funding, fixed cost, redemption or adjustments is missing."),
        (baseline <= 0, "The baseline is zero, so a lift over it means nothing."),
        (
            (contribution <= 0) & adjusted,
            "The discount we pay is not below the margin left after side effects: more lift never pays.",
        ),
        (contribution <= 0, "The discount we pay is not below the margin: more lift never pays."),
        otherwise="",
    )
    return words


def headroom(terms: Terms, baseline_units: Amount, unit_lift: Amount) -> Amount:
    """Expected unit lift less break-even lift, a fraction: above 0 earns, below 0 loses.

    >>> headroom(Terms(list_price=10, unit_cost=6, discount=0.20), 5_000, 0.15)
    -0.85
    """
    return plain(known(unit_lift) - break_even_lift(terms, baseline_units))


def probability_of_profit(
    terms: Terms, baseline_units: Amount, chance_lift_exceeds: Callable[[Array], Any]
) -> Amount:
    """P(Π > 0), given a function that returns P(lift > x) for an array x of the common shape.

    Where an extra unit earns, that is P(L > L*). Where it loses, profit needs the lift to stay *below* the
    crossing; where it leaves nothing, lift does not matter and the sign at zero lift decides.

    >>> uniform = lambda x: np.clip(1.0 - x, 0.0, 1.0)              # lift anywhere from 0 to 100 %
    >>> terms = Terms(list_price=10, unit_cost=6, discount=0.10)    # break-even at a third
    >>> round(probability_of_profit(terms, 5_000, uniform), 6)
    0.666667
    """
    line = profit_line(terms, baseline_units)
    start, slope = known(line.at_zero_lift), known(line.per_unit_of_lift)
    above = known(chance_lift_exceeds(known(ratio(-start, slope))))
    flat = np.where(start > 0, 1.0, 0.0)
    chance = np.select([slope > 0, slope < 0, slope == 0], [above, 1.0 - above, flat], default=np.nan)
    return plain(np.where(np.isnan(start), np.nan, chance))


def _any_missing(terms: Terms) -> Any:
    return np.logical_or.reduce([np.isnan(term) for term in terms])
