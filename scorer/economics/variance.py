"""Why a promotion earned another profit than planned: baseline, lift, price and cost, each with its share.

Profit is a product of what sells and what is left of it, less what is spent on it:

    Π = Q₀·L·g − Q₀·h − F        g = p + c', p = P − (1 − f)·d·P, c' = a − c        h = (1 − f)·d·P·r

g is what one extra unit leaves (p the price we keep, c' side effects less unit cost), h the discount given away per
baseline unit. Four groups of figures may come out otherwise than planned: baseline (Q₀), lift (L), price (P, d, f, r)
and cost (c, a, F, and side effects that are one sum).

Substituting actual for planned figures one group after the other, the share of a group depends on the order. So the
average over all orders is taken, the Shapley value (Shapley, L. S., 1953, "A Value for n-Person Games", in Contributions
to the Theory of Games II; for decomposing a change into the effects of its factors without a residual: Sun, J. W., 1998,
"Changes in energy consumption and energy intensity: a complete decomposition model", Energy Economics 20(1); Albrecht,
J., François, D. and Schoors, K., 2002, "A Shapley decomposition of carbon emissions without residuals", Energy Policy
30(9)). It is the only split that leaves nothing over, treats the groups alike, gives a group that did not move nothing,
and adds up over the terms of a sum. The last is what makes it short: a product of two changes is halved, and in a product
of three each factor's change is weighed by

    (x₀·y₀ + x₁·y₁)/3 + (x₀·y₁ + x₁·y₀)/6

of the other two, which is what the 24 orders of the four groups come to.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scorer.economics.amounts import Amount, known, plain
from scorer.economics.cases import Labels, first_that_holds
from scorer.economics.terms import Terms, align

__all__ = ["Factors", "ProfitVariance", "factors", "profit_variance", "split", "variance_reason"]


class Factors(NamedTuple):
    """What profit is made of, once planned and once as it came; numbers of any kind, or arrays.

    baseline Q₀ in units, lift L as ratio, kept p and cost c' in currency per extra unit, given h in currency per
    baseline unit, fixed F in currency.
    """

    baseline: Any
    lift: Any
    kept: Any
    cost: Any
    given: Any
    fixed: Any


class ProfitVariance(NamedTuple):
    """Actual less planned profit, in currency: the four effects and their sum. NaN = not available."""

    baseline: Amount
    """More or fewer units would have sold anyway."""
    lift: Amount
    """The promotion moved more or fewer units than expected."""
    price: Amount
    """Another list price, discount, partner's share or redemption."""
    cost: Amount
    """Another unit cost, side effects or fixed cost."""
    total: Amount
    """Actual less planned profit."""


def factors(terms: Terms, baseline_units: Amount, unit_lift: Amount) -> Factors:
    """Put the terms of a promotion into the factors that its profit is a product of.

    >>> factors(Terms(10.0, 6.0, 0.20), 5_000.0, 0.15)
    Factors(baseline=5000.0, lift=0.15, kept=8.0, cost=-6.0, given=2.0, fixed=0.0)
    """
    terms, (baseline, lift) = align(terms, baseline_units, unit_lift)
    ours = (1.0 - terms.funding_share) * terms.discount * terms.list_price
    parts = (
        baseline,
        lift,
        terms.list_price - ours,
        terms.unit_adjustment - terms.unit_cost,
        ours * terms.redemption_share,
        terms.fixed_cost - terms.fixed_adjustment,
    )
    return Factors(*map(plain, parts))


def split(planned: Factors, actual: Factors) -> tuple[Any, Any, Any, Any]:
    """The effects of baseline, lift, price and cost; their sum is the difference of profits, with nothing left over.

    Only sums and products of what is given: with fractions the sum is exact, with floats exact but for rounding.

    >>> from fractions import Fraction as F
    >>> split(Factors(F(10), F(1, 2), F(8), F(-6), F(2), F(0)), Factors(F(12), F(1, 2), F(8), F(-6), F(2), F(1)))
    (Fraction(-2, 1), Fraction(0, 1), Fraction(0, 1), Fraction(-1, 1))
    """
    p, a = planned, actual
    margin = _weighed(p.lift, p.kept + p.cost, a.lift, a.kept + a.cost)
    volume = _weighed(p.baseline, p.kept + p.cost, a.baseline, a.kept + a.cost)
    extra = _weighed(p.baseline, p.lift, a.baseline, a.lift)
    baseline = (a.baseline - p.baseline) * (margin - (p.given + a.given) / 2)
    lift = (a.lift - p.lift) * volume
    price = (a.kept - p.kept) * extra - (a.given - p.given) * ((p.baseline + a.baseline) / 2)
    cost = (a.cost - p.cost) * extra - (a.fixed - p.fixed)
    return baseline, lift, price, cost


def profit_variance(
    planned: Terms, planned_baseline: Amount, planned_lift: Amount, actual: Terms, actual_baseline: Amount, actual_lift: Amount
) -> ProfitVariance:
    """Split actual less planned profit of one promotion (floats) or many (arrays) into its four effects.

    Baselines in units over the promotion, lifts as ratios. Profits are those of `promotion.outcome`. Where a figure is
    missing on either side nothing is split: every part is NaN, and `variance_reason` says why.

    >>> terms = Terms(list_price=10, unit_cost=4, discount=0.15, fixed_cost=2_000)
    >>> found = profit_variance(terms, 5_000, 0.60, terms, 5_000, 0.40)
    >>> round(found.lift, 6), round(found.total, 6)
    (-4500.0, -4500.0)
    """
    parts = np.broadcast_arrays(
        *map(
            known,
            split(factors(planned, planned_baseline, planned_lift), factors(actual, actual_baseline, actual_lift)),
        )
    )
    total = sum(parts[1:], parts[0])
    missing = np.isnan(total)
    return ProfitVariance(*(plain(np.where(missing, np.nan, part)) for part in (*parts, total)))


def variance_reason(planned_profit: Amount, actual_profit: Amount) -> Labels:
    """Why nothing could be split, in words; an empty text where it could.

    >>> variance_reason(4_000, float("nan"))
    'the actual profit is not known: a price, cost, baseline or sales figure is missing'
    """
    no_plan, no_actual = np.isnan(known(planned_profit)), np.isnan(known(actual_profit))
    what = "a price, cost, baseline or sales figure is missing"
    reason: Labels = first_that_holds(
        (no_plan & no_actual, f"neither the planned nor the actual profit is known: {what}"),
        (no_plan, f"the planned profit is not known: {what}"),
        (no_actual, f"the actual profit is not known: {what}"),
        otherwise="",
    )
    return reason


def _weighed(one_planned: Any, other_planned: Any, one_actual: Any, other_actual: Any) -> Any:
    """The product of two factors as it is met on average while a third one changes."""
    together = one_planned * other_planned + one_actual * other_actual
    crossed = one_planned * other_actual + one_actual * other_planned
    return (together + together + crossed) / 6
