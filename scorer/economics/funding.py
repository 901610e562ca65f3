"""What a partner would have to pay: the funding share that reaches a profit or a return.

With G = ΔQ·m·P + A (what the promotion brings in) and D the whole discount, cost is K = (1 − f)·D + F:

    profit T   means  K = G − T           so  f = 1 − (G − T − F) / D
    return ρ   means  K = G / (1 + ρ)     so  f = 1 − (G / (1 + ρ) − F) / D

The share is returned as the equation gives it: 0 or below means no funding is needed, above 1 means that
even a partner who pays the whole discount is not enough.
"""

from scorer.economics.amounts import Amount, known, plain, return_on
from scorer.economics.terms import Terms, align, unit_margin

__all__ = ["funding_for_profit", "funding_for_roi", "funding_to_break_even"]


def funding_to_break_even(terms: Terms, baseline_units: Amount, unit_lift: Amount) -> Amount:
    """The funding share at which profit is zero, whatever share the terms name.

    >>> terms = Terms(list_price=10, unit_cost=6, discount=0.20)
    >>> round(funding_to_break_even(terms, 5_000, 0.15), 6)         # 8,500 of the 11,500 discount
    0.73913
    """
    return funding_for_profit(terms, baseline_units, unit_lift, 0.0)


def funding_for_profit(
    terms: Terms, baseline_units: Amount, unit_lift: Amount, target_profit: Amount
) -> Amount:
    """The funding share at which profit is target_profit (currency); NaN where no discount is given."""
    gross, discount_cost, fixed_cost = _gross_and_costs(terms, baseline_units, unit_lift)
    return _share(gross - known(target_profit), discount_cost, fixed_cost)


def funding_for_roi(terms: Terms, baseline_units: Amount, unit_lift: Amount, target_roi: Amount) -> Amount:
    """The funding share at which ROI is target_roi (a fraction above −1; NaN otherwise).

    >>> terms = Terms(list_price=10, unit_cost=4, discount=0.15, fixed_cost=2_000)
    >>> round(funding_for_roi(terms, 5_000, 0.60, 0.50), 6)         # cost must fall to 12,000
    0.166667
    """
    gross, discount_cost, fixed_cost = _gross_and_costs(terms, baseline_units, unit_lift)
    affordable_cost = return_on(gross, 1.0 + known(target_roi))
    return _share(affordable_cost, discount_cost, fixed_cost)


def _gross_and_costs(
    terms: Terms, baseline_units: Amount, unit_lift: Amount
) -> tuple[Amount, Amount, Amount]:
    terms, (baseline, lift) = align(terms, baseline_units, unit_lift)
    extra = baseline * lift
    gross = extra * unit_margin(terms) + terms.fixed_adjustment + terms.unit_adjustment * extra
    discount_cost = terms.discount * terms.list_price * (terms.redemption_share * baseline + extra)
    return gross, discount_cost, terms.fixed_cost


def _share(affordable_cost: Amount, discount_cost: Amount, fixed_cost: Amount) -> Amount:
    return plain(1.0 - known(return_on(affordable_cost - fixed_cost, discount_cost)))
