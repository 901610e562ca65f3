"""What a promotion sells, costs and earns, given its terms, its baseline and its unit lift.

    ΔQ = Q₀·L                                  incremental units (Q₀ baseline units, L unit lift)
    D  = d·P·(r·Q₀ + ΔQ)                       discount given, also on units that would have sold anyway
    K  = (1 − f)·D + F                         promotion cost
    Π  = ΔQ·m·P + A − K                        incremental profit (m·P = P − c, A side effects)
    ROI = Π / K                                0 is break-even

Two conventions, one profit: `outcome` books the discount as a cost, `contra_revenue` as lower revenue.
Their returns have different denominators (K; F) and must never be compared with each other.

Π is linear in L, hence Π at the expected lift is the expected Π. ROI is not linear: every ROI here is the
ROI *at* the lift given, not the mean of ROI over possible lifts.

Ranges (shares within 0 and 1, prices above 0) are the contracts' business; here arithmetic only.
"""

from typing import NamedTuple

import numpy as np

from scorer.economics.amounts import Amount, known, plain, ratio_of_sums, return_on
from scorer.economics.break_even import (
    ProfitLine,
    break_even_lift,
    break_even_reason,
    headroom,
    probability_of_profit,
    profit_line,
)
from scorer.economics.funding import funding_for_profit, funding_for_roi, funding_to_break_even
from scorer.economics.lift_basis import net_value_lift_from_unit_lift, unit_lift_from_net_value_lift
from scorer.economics.payback import payback
from scorer.economics.targets import (
    Goal,
    cost_for_goal,
    discount_for_goal,
    fixed_cost_for_goal,
    funding_for_goal,
    lift_for_goal,
    price_for_goal,
    surplus,
)
from scorer.economics.terms import (
    Terms,
    adjustment_from_shares,
    adjustment_from_units,
    align,
    unit_margin,
)

__all__ = [
    "ContraRevenue",
    "Goal",
    "Interval",
    "Outcome",
    "ProfitLine",
    "Terms",
    "adjustment_from_shares",
    "adjustment_from_units",
    "break_even_lift",
    "break_even_reason",
    "contra_revenue",
    "cost_for_goal",
    "discount_for_goal",
    "fixed_cost_for_goal",
    "funding_for_goal",
    "funding_for_profit",
    "funding_for_roi",
    "funding_to_break_even",
    "headroom",
    "interval",
    "lift_for_goal",
    "net_value_lift_from_unit_lift",
    "outcome",
    "payback",
    "price_for_goal",
    "probability_of_profit",
    "profit_line",
    "ratio_of_sums",
    "return_on",
    "sales_multiple",
    "surplus",
    "unit_lift_from_net_value_lift",
]


class Outcome(NamedTuple):
    """The promotion with its discount booked as a cost. Currency unless said; NaN = not available."""

    units: Amount
    """Units sold, baseline plus incremental."""
    incremental_units: Amount
    """ΔQ."""
    list_sales: Amount
    """Units at list price."""
    incremental_list_sales: Amount
    """ΔQ at list price."""
    net_sales: Amount
    """What customers pay: list sales less the whole discount (before a partner refunds any of it)."""
    incremental_net_sales: Amount
    """Net sales less baseline sales at list price; negative where the discount eats the lift."""
    discount_cost: Amount
    """D: the whole discount given, before a partner refunds any of it."""
    promotion_cost: Amount
    """K: our part of the discount plus fixed cost."""
    incremental_margin: Amount
    """ΔQ·m·P, before any cost of the promotion."""
    adjustment: Amount
    """A: cannibalisation, pull-forward and halo together."""
    profit: Amount
    """Π: incremental margin plus adjustment less promotion cost."""
    roi: Amount
    """Π / K."""
    roi_contra: Amount
    """Π / F: the return under the other convention; not comparable with roi."""
    sales_multiple: Amount
    """Incremental list sales / discount cost. Not a return: it knows no margin."""
    roas: Amount
    """Net sales / K, all sales of the promotion, incremental or not."""
    iroas: Amount
    """Incremental net sales / K."""


class ContraRevenue(NamedTuple):
    """The same promotion with its discount booked as lower revenue. Currency; roi is profit / fixed cost."""

    incremental_net_sales: Amount
    partner_funding: Amount
    incremental_goods_cost: Amount
    adjustment: Amount
    fixed_cost: Amount
    profit: Amount
    roi: Amount


class Interval(NamedTuple):
    """Profit and ROI at the two ends of a lift interval, the lower figure first."""

    profit_low: Amount
    profit_high: Amount
    roi_low: Amount
    roi_high: Amount


def outcome(terms: Terms, baseline_units: Amount, unit_lift: Amount) -> Outcome:
    """The money of a promotion, discount as a cost (convention a).

    Without unit cost or list price the figures that need them are NaN; the sales multiple needs neither.

    >>> result = outcome(Terms(list_price=10, unit_cost=6, discount=0.20), 5_000, 0.15)
    >>> result.promotion_cost, result.incremental_margin, round(result.profit, 6), round(result.roi, 6)
    (11500.0, 3000.0, -8500.0, -0.73913)
    >>> unpriced = outcome(Terms(float("nan"), float("nan"), discount=0.20), 5_000, 0.15)
    >>> unpriced.profit, round(unpriced.sales_multiple, 6)
    (nan, 0.652174)
    """
    terms, (baseline, lift) = align(terms, baseline_units, unit_lift)
    incremental_units = baseline * lift
    units = baseline + incremental_units

    list_sales = units * terms.list_price
    incremental_list_sales = incremental_units * terms.list_price
    discount_cost = _discount_cost(terms, baseline, incremental_units)

    promotion_cost = (1.0 - terms.funding_share) * discount_cost + terms.fixed_cost
    incremental_margin = incremental_units * unit_margin(terms)
    adjustment = _adjustment(terms, incremental_units)
    profit = incremental_margin + adjustment - promotion_cost

    net_sales = list_sales - discount_cost
    incremental_net_sales = incremental_list_sales - discount_cost
    multiple = sales_multiple(terms.discount, lift, terms.redemption_share)
    figures = Outcome(
        units=units,
        incremental_units=incremental_units,
        list_sales=list_sales,
        incremental_list_sales=incremental_list_sales,
        net_sales=net_sales,
        incremental_net_sales=incremental_net_sales,
        discount_cost=discount_cost,
        promotion_cost=promotion_cost,
        incremental_margin=incremental_margin,
        adjustment=adjustment,
        profit=profit,
        roi=return_on(profit, promotion_cost),
        roi_contra=return_on(profit, terms.fixed_cost),
        sales_multiple=np.where(known(discount_cost) == 0, np.nan, multiple),
        roas=return_on(net_sales, promotion_cost),
        iroas=return_on(incremental_net_sales, promotion_cost),
    )
    return Outcome(*map(plain, figures))


def contra_revenue(terms: Terms, baseline_units: Amount, unit_lift: Amount) -> ContraRevenue:
    """The money of a promotion, discount as lower revenue (convention b); profit equals `outcome`'s.

    ΔQ·P − D + f·D − ΔQ·c + A − F  =  ΔQ·(P − c) + A − ((1 − f)·D + F)

    >>> terms = Terms(list_price=10, unit_cost=4, discount=0.15, fixed_cost=2_000)
    >>> result = contra_revenue(terms, 5_000, 0.60)
    >>> result.profit, result.roi
    (4000.0, 2.0)
    """
    terms, (baseline, lift) = align(terms, baseline_units, unit_lift)
    incremental_units = baseline * lift
    discount_cost = _discount_cost(terms, baseline, incremental_units)
    net_sales = incremental_units * terms.list_price - discount_cost
    funding = terms.funding_share * discount_cost
    goods_cost = incremental_units * terms.unit_cost
    adjustment = _adjustment(terms, incremental_units)
    profit = net_sales + funding - goods_cost + adjustment - terms.fixed_cost
    roi = return_on(profit, terms.fixed_cost)
    figures = (net_sales, funding, goods_cost, adjustment, terms.fixed_cost, profit, roi)
    return ContraRevenue(*map(plain, figures))


def interval(terms: Terms, baseline_units: Amount, lift_low: Amount, lift_high: Amount) -> Interval:
    """Profit and ROI at the ends of a lift interval, ordered low to high.

    Both are monotone in lift (ROI while something is spent), so the ends carry the probability of the lift
    interval with them. They are ordered because beyond the margin more lift means less profit.

    >>> terms = Terms(list_price=10, unit_cost=4, discount=0.15, fixed_cost=2_000)
    >>> ends = interval(terms, 5_000, 0.50, 0.70)
    >>> ends.profit_low, ends.profit_high, round(ends.roi_low, 6), round(ends.roi_high, 6)
    (1750.0, 6250.0, 0.132075, 0.423729)
    """
    one = outcome(terms, baseline_units, lift_low)
    other = outcome(terms, baseline_units, lift_high)
    ends = (
        np.minimum(one.profit, other.profit),
        np.maximum(one.profit, other.profit),
        np.minimum(one.roi, other.roi),
        np.maximum(one.roi, other.roi),
    )
    return Interval(*map(plain, ends))


def sales_multiple(discount: Amount, unit_lift: Amount, redemption_share: Amount = 1.0) -> Amount:
    """Incremental list sales / discount cost = L / (d·(r + L)): needs neither price, cost nor baseline.

    >>> round(sales_multiple(0.20, 0.15), 9)
    0.652173913
    """
    lift = known(unit_lift)
    return return_on(lift, known(discount) * (known(redemption_share) + lift))


def _discount_cost(terms: Terms, baseline_units: Amount, incremental_units: Amount) -> Amount:
    discounted_units = terms.redemption_share * baseline_units + incremental_units
    return terms.discount * terms.list_price * discounted_units


def _adjustment(terms: Terms, incremental_units: Amount) -> Amount:
    return terms.fixed_adjustment + terms.unit_adjustment * incremental_units
