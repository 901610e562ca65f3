"""The same lift, said of units or of net value: the two differ by the discount.

Net sales are P·Q₀·(1 + L) − d·P·Q₀·(r + L), with unit lift L, discount d and redemption share r. Divided by
the baseline value P·Q₀, less 1, that is the lift on net value:  v = L − d·(r + L).
At list price the lift on value is the lift on units.
"""

from scorer.economics.amounts import Amount, known, plain, return_on

__all__ = ["net_value_lift_from_unit_lift", "unit_lift_from_net_value_lift"]


def unit_lift_from_net_value_lift(
    net_value_lift: Amount, discount: Amount, redemption_share: Amount = 1.0
) -> Amount:
    """L = (v + d·r) / (1 − d), all fractions; NaN at a discount of 100 % or more.

    >>> round(unit_lift_from_net_value_lift(0.15, 0.20), 9)
    0.4375
    """
    depth = known(discount)
    return return_on(known(net_value_lift) + depth * known(redemption_share), 1.0 - depth)


def net_value_lift_from_unit_lift(
    unit_lift: Amount, discount: Amount, redemption_share: Amount = 1.0
) -> Amount:
    """v = L − d·(r + L), all fractions.

    >>> round(net_value_lift_from_unit_lift(0.15, 0.20), 9)
    -0.08
    """
    lift = known(unit_lift)
    return plain(lift - known(discount) * (known(redemption_share) + lift))
