"""Worksheet functions of money alone: plain arithmetic on cells, as finance does it, without any model.

Ranges of one size give answers cell by cell; a single cell goes with every cell of a range. What is not known is never 0.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from addin.answering import Figures
from addin.arguments import Array, Numbers, Share
from addin.catalog import function
from addin.cells import Problem
from scorer.economics.promotion import (
    Outcome,
    Terms,
    break_even_lift,
    break_even_reason,
    funding_to_break_even,
    outcome,
    sales_multiple,
    unit_lift_from_net_value_lift,
)
from scorer.economics.promotion import payback as first_period

Price = Annotated[Array, "List price, currency per unit"]
UnitCost = Annotated[Array, "Variable cost, currency per unit"]
Discount = Annotated[Share, "Discount as a fraction of list price: 0.2 or 20 %"]
Baseline = Annotated[Array, "Units that would have sold anyway, over the whole promotion"]
Lift = Annotated[Array, "Lift of units over the baseline: 0.15 is 15 % more"]
Funding = Annotated[Share, "Share of the discount that a partner pays, 0 to 1"]
Fixed = Annotated[Array, "Fixed cost of the promotion, currency"]
Redemption = Annotated[Share, "Share of baseline units that get the discount; 1 for a price cut on the shelf"]
SideEffects = Annotated[Array, "Side effects on other sales, currency: cannibalised and pulled forward negative, halo positive"]
_NOTHING = np.zeros((1, 1))
_NONE, _ALL = Share(np.zeros((1, 1))), Share(np.ones((1, 1)))
_NOTHING_GIVEN = "not available: no discount is given"
_NOTHING_PAID = "not available: at a discount of 100 % nothing is paid"
_NOTHING_SPENT = "not available: nothing is spent, so there is no return on it"


@function(gives="currency", example="=PROMO_COST(10, 0.2, 5000, 0.15)")
def PROMO_COST(
    price: Price,
    discount: Discount,
    baseline: Baseline,
    lift: Lift,
    funding: Funding = _NONE,
    fixed_cost: Fixed = _NOTHING,
    redemption: Redemption = _ALL,
) -> Figures:
    """What a promotion costs: our part of the discount, also on units that would have sold anyway, and its fixed cost."""
    # an unknown unit cost does not touch the cost of the promotion
    terms = Terms(price, _NOTHING, discount, funding, fixed_cost, redemption)
    return Figures(outcome(terms, baseline, lift).promotion_cost)


@function(gives="currency", example="=PROMO_MARGIN(10, 6, 5000, 0.15)")
def PROMO_MARGIN(price: Price, unit_cost: UnitCost, baseline: Baseline, lift: Lift) -> Figures:
    """Margin of the extra units at list price, before any cost of the promotion."""
    return Figures(outcome(Terms(price, unit_cost, _NOTHING), baseline, lift).incremental_margin)


@function(gives="currency", example="=PROMO_GAIN(10, 6, 0.2, 5000, 0.15)")
def PROMO_GAIN(
    price: Price,
    unit_cost: UnitCost,
    discount: Discount,
    baseline: Baseline,
    lift: Lift,
    funding: Funding = _NONE,
    fixed_cost: Fixed = _NOTHING,
    redemption: Redemption = _ALL,
    side_effects: SideEffects = _NOTHING,
) -> Figures:
    """What a promotion adds to profit at a lift you state: margin of the extra units and side effects less its cost."""
    found = _money(price, unit_cost, discount, baseline, lift, funding, fixed_cost, redemption, side_effects)
    return Figures(found.profit)


@function(gives="profit over promotion cost: 0 is break-even", example="=PROMO_RETURN(10, 6, 0.2, 5000, 0.15)")
def PROMO_RETURN(
    price: Price,
    unit_cost: UnitCost,
    discount: Discount,
    baseline: Baseline,
    lift: Lift,
    funding: Funding = _NONE,
    fixed_cost: Fixed = _NOTHING,
    redemption: Redemption = _ALL,
    side_effects: SideEffects = _NOTHING,
) -> Figures:
    """Return on the cost of a promotion at a lift you state (ROI): profit over promotion cost."""
    found = _money(price, unit_cost, discount, baseline, lift, funding, fixed_cost, redemption, side_effects)
    return Figures(found.roi, _NOTHING_SPENT)


@function(gives="ratio over the baseline", example="=PROMO_NEEDED(10, 6, 0.2, 5000)")
def PROMO_NEEDED(
    price: Price,
    unit_cost: UnitCost,
    discount: Discount,
    baseline: Baseline,
    funding: Funding = _NONE,
    fixed_cost: Fixed = _NOTHING,
    redemption: Redemption = _ALL,
    side_effects: SideEffects = _NOTHING,
) -> Figures:
    """The lift at which a promotion breaks even; a reason where no lift is enough."""
    terms = _terms(price, unit_cost, discount, funding, fixed_cost, redemption, side_effects)
    return Figures(break_even_lift(terms, baseline), break_even_reason(terms, baseline))


@function(gives="fraction of the discount", example="=PROMO_FUNDING(10, 6, 0.2, 5000, 0.15)")
def PROMO_FUNDING(
    price: Price,
    unit_cost: UnitCost,
    discount: Discount,
    baseline: Baseline,
    lift: Lift,
    fixed_cost: Fixed = _NOTHING,
    redemption: Redemption = _ALL,
    side_effects: SideEffects = _NOTHING,
) -> Figures:
    """The share of the discount a partner must pay for a promotion to break even; above 1: even all of it is not enough."""
    terms = _terms(price, unit_cost, discount, _NONE, fixed_cost, redemption, side_effects)
    return Figures(funding_to_break_even(terms, baseline, lift), _NOTHING_GIVEN)


@function(gives="ratio, not a return: it knows no margin", example="=PROMO_MULTIPLE(0.2, 0.15)")
def PROMO_MULTIPLE(discount: Discount, lift: Lift, redemption: Redemption = _ALL) -> Figures:
    """Extra sales at list price over the discount given: the sales multiple. It is no return on investment."""
    return Figures(sales_multiple(discount, lift, redemption), _NOTHING_GIVEN)


@function(gives="ratio of units", example="=PROMO_UNITLIFT(0.15, 0.2)")
def PROMO_UNITLIFT(
    value_lift: Annotated[Array, "Lift of the amount paid over baseline sales at list price"],
    discount: Discount,
    redemption: Redemption = _ALL,
) -> Figures:
    """The lift of units that a lift of the amount paid stands for: under a discount each unit brings in less."""
    return Figures(unit_lift_from_net_value_lift(value_lift, discount, redemption), _NOTHING_PAID)


@function(gives="a period, counted from 1", example="=PROMO_PAYBACK(B2:M2)")
def PROMO_PAYBACK(
    contributions: Annotated[Numbers, "Currency per period, in order: costs negative, in the period they fall due; the dip too"],
    lasting: Annotated[bool, "TRUE: the period from which it is never lost again"] = False,
) -> float | Problem:
    """The first period in which a promotion has paid for itself, or from which it keeps that."""
    found = float(first_period(np.array(contributions), lasting=lasting))
    if not np.isnan(found):
        return found
    gap = next((at for at, one in enumerate(contributions, start=1) if np.isnan(one)), None)
    return Problem.because(f"period {gap} is empty" if gap else "it never pays back in these periods")


def _terms(
    price: Array,
    unit_cost: Array,
    discount: Array,
    funding: Array,
    fixed_cost: Array,
    redemption: Array,
    side_effects: Array,
) -> Terms:
    return Terms(
        list_price=price,
        unit_cost=unit_cost,
        discount=discount,
        funding_share=funding,
        fixed_cost=fixed_cost,
        redemption_share=redemption,
        fixed_adjustment=side_effects,
    )


def _money(
    price: Array,
    unit_cost: Array,
    discount: Array,
    baseline: Array,
    lift: Array,
    funding: Array,
    fixed_cost: Array,
    redemption: Array,
    side_effects: Array,
) -> Outcome:
    terms = _terms(price, unit_cost, discount, funding, fixed_cost, redemption, side_effects)
    return outcome(terms, baseline, lift)
