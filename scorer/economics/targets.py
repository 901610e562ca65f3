"""The question turned round: what one term would have to be for a goal to be reached, everything else staying as it is.

A goal is a profit T, a return ρ, or both at once: Π = T + ρ·K. With ΔQ = Q₀·L, U = r·Q₀ + ΔQ the discounted units, and
G = ΔQ·(P − c + a) + A₀ what the promotion brings in before its cost K = (1 − f)·d·P·U + F, profit is Π = G − K, hence

    reached   where  G = T + (1 + ρ)·K

which is a straight line in each of L, d, F, P and c, and is solved for that one:

    discount    d = ((G − T) / (1 + ρ) − F) / ((1 − f)·P·U)
    fixed cost  F = (G − T) / (1 + ρ) − (1 − f)·d·P·U
    lift        L = (T + (1 + ρ)·K₀ − A₀) / (Q₀·(P − c + a − (1 + ρ)·(1 − f)·d·P)),  K₀ = (1 − f)·d·P·r·Q₀ + F
    funding     f = 1 − ((G − T) / (1 + ρ) − F) / (d·P·U)
    price, cost the same line, where side effects valued at this product's own margin move along (share w of it)

The lift is the one given: whether it would stay is for whoever asks. Answers are what the equation gives, also below 0 or
above 1; NaN where an input is missing, or where the term changes nothing.
"""

from typing import NamedTuple

import numpy as np

from scorer.economics.amounts import Amount, Array, known, plain, ratio
from scorer.economics.terms import Terms, align, our_discount, unit_margin

__all__ = [
    "Goal",
    "cost_for_goal",
    "discount_for_goal",
    "fixed_cost_for_goal",
    "funding_for_goal",
    "lift_for_goal",
    "price_for_goal",
    "surplus",
]


class Goal(NamedTuple):
    """What is to be reached: profit in currency, beyond roi (a fraction above −1) times the promotion's cost.

    ``Goal()`` is break-even, ``Goal(profit=1_000)`` a profit, ``Goal(roi=0.2)`` a return.
    """

    profit: Amount = 0.0
    roi: Amount = 0.0


def surplus(goal: Goal, profit: Amount, promotion_cost: Amount) -> Amount:
    """By how much a profit is more than the goal asks for, currency; 0 or above: it is reached.

    >>> surplus(Goal(roi=0.2), profit=4_000, promotion_cost=14_000)
    1200.0
    """
    return plain(known(profit) - known(goal.profit) - known(goal.roi) * known(promotion_cost))


def lift_for_goal(terms: Terms, baseline_units: Amount, goal: Goal) -> Amount:
    """The unit lift at which the goal is reached, a fraction; at break-even it is `break_even_lift`.

    NaN where more lift brings it no nearer: the discount we pay, times 1 + ρ, eats the margin.

    >>> terms = Terms(list_price=10, unit_cost=4, discount=0.15, fixed_cost=2_000)
    >>> round(lift_for_goal(terms, 5_000, Goal(profit=4_000)), 6)
    0.6
    """
    terms, (baseline,) = align(terms, baseline_units)
    given_away = known(our_discount(terms)) * terms.list_price
    at_no_lift = given_away * terms.redemption_share * baseline + terms.fixed_cost
    wanted = known(goal.profit) + _times(goal) * at_no_lift - terms.fixed_adjustment
    per_lift = baseline * (unit_margin(terms) + terms.unit_adjustment - _times(goal) * given_away)
    return ratio(wanted, np.where(per_lift > 0, per_lift, np.nan))


def discount_for_goal(terms: Terms, baseline_units: Amount, unit_lift: Amount, goal: Goal) -> Amount:
    """The discount at which the goal is reached if the lift stays as it is, a fraction; less of it reaches more.

    >>> terms = Terms(list_price=10, unit_cost=4, discount=0.15, fixed_cost=2_000)
    >>> round(discount_for_goal(terms, 5_000, 0.60, Goal(profit=4_000)), 6)
    0.15
    """
    gross, _, fixed_cost = _parts(terms, baseline_units, unit_lift)
    terms, (baseline, lift) = align(terms, baseline_units, unit_lift)
    per_discount = (1.0 - terms.funding_share) * terms.list_price * baseline * (terms.redemption_share + lift)
    return ratio(_affordable(gross, goal) - fixed_cost, np.where(per_discount > 0, per_discount, np.nan))


def fixed_cost_for_goal(terms: Terms, baseline_units: Amount, unit_lift: Amount, goal: Goal) -> Amount:
    """The fixed cost at which the goal is reached, currency: what there is to spend. Below 0: nothing.

    >>> terms = Terms(list_price=10, unit_cost=4, discount=0.15)
    >>> fixed_cost_for_goal(terms, 5_000, 0.60, Goal(profit=4_000))
    2000.0
    """
    gross, our_part, _ = _parts(terms, baseline_units, unit_lift)
    return plain(_affordable(gross, goal) - our_part)


def funding_for_goal(terms: Terms, baseline_units: Amount, unit_lift: Amount, goal: Goal) -> Amount:
    """The share of the discount a partner has to pay, whatever share the terms name; 0 or below: none is needed.

    >>> terms = Terms(list_price=10, unit_cost=4, discount=0.15, fixed_cost=2_000)
    >>> round(funding_for_goal(terms, 5_000, 0.60, Goal(roi=0.50)), 6)
    0.166667
    """
    gross, whole_discount, fixed_cost = _parts(terms._replace(funding_share=0.0), baseline_units, unit_lift)
    our_share = ratio(_affordable(gross, goal) - fixed_cost, np.where(whole_discount > 0, whole_discount, np.nan))
    return plain(1.0 - known(our_share))


def price_for_goal(
    terms: Terms, baseline_units: Amount, unit_lift: Amount, goal: Goal, own_margin_share: Amount = 0.0
) -> Amount:
    """The list price at which the goal is reached, currency per unit; the discount is the same fraction of it.

    own_margin_share: the part of ``unit_adjustment`` that is this product's own margin times a share, as that share
    (−0.3: three in ten extra units are bought early). NaN where a higher price brings the goal no nearer.

    >>> terms = Terms(list_price=12, unit_cost=4, discount=0.15, fixed_cost=2_000)
    >>> round(price_for_goal(terms, 5_000, 0.60, Goal(profit=4_000)), 6)
    10.0
    """
    terms, (baseline, lift, share) = align(terms, baseline_units, unit_lift, own_margin_share)
    extra = baseline * lift
    per_price = extra * (1.0 + share) - _times(goal) * known(our_discount(terms)) * baseline * (terms.redemption_share + lift)
    at_no_price = extra * (terms.unit_adjustment - terms.unit_cost - share * terms.list_price) + terms.fixed_adjustment
    wanted = known(goal.profit) + _times(goal) * terms.fixed_cost
    return ratio(wanted - at_no_price, np.where(per_price > 0, per_price, np.nan))


def cost_for_goal(
    terms: Terms, baseline_units: Amount, unit_lift: Amount, goal: Goal, own_margin_share: Amount = 0.0
) -> Amount:
    """The unit cost at which the goal is reached, currency per unit; own_margin_share as for `price_for_goal`.

    NaN where a lower cost brings the goal no nearer, because no extra units are sold.

    >>> terms = Terms(list_price=10, unit_cost=6, discount=0.15, fixed_cost=2_000)
    >>> round(cost_for_goal(terms, 5_000, 0.60, Goal(profit=4_000)), 6)
    4.0
    """
    gross, our_part, fixed_cost = _parts(terms, baseline_units, unit_lift)
    terms, (baseline, lift, share) = align(terms, baseline_units, unit_lift, own_margin_share)
    per_cost = baseline * lift * (1.0 + share)
    room = gross - known(goal.profit) - _times(goal) * (our_part + fixed_cost)
    return plain(terms.unit_cost + known(ratio(room, np.where(per_cost > 0, per_cost, np.nan))))


def _parts(terms: Terms, baseline_units: Amount, unit_lift: Amount) -> tuple[Array, Array, Array]:
    """G, our part of the discount, and the fixed cost."""
    terms, (baseline, lift) = align(terms, baseline_units, unit_lift)
    extra = baseline * lift
    gross = extra * (known(unit_margin(terms)) + terms.unit_adjustment) + terms.fixed_adjustment
    our_part = known(our_discount(terms)) * terms.list_price * (terms.redemption_share * baseline + extra)
    return gross, our_part, known(terms.fixed_cost)


def _times(goal: Goal) -> Array:
    """1 + ρ, how often the cost has to come in again; NaN where the return asked for is −1 or less."""
    times = 1.0 + known(goal.roi)
    return np.where(times > 0, times, np.nan)


def _affordable(gross: Array, goal: Goal) -> Array:
    return (gross - known(goal.profit)) / _times(goal)
