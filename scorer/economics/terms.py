"""The terms of a promotion: everything that decides its money except how much it sells.

    P  list_price        currency per unit        f  funding_share     share of the discount a partner pays
    c  unit_cost         currency per unit        F  fixed_cost        currency
    d  discount          fraction of P            r  redemption_share  share of baseline units sold at the
    d' = (1 − f)·d       the discount we pay                           promoted price (1: a shelf price cut)

Side effects on other sales come in two shapes. In units that do not move with the lift they are a
currency amount (A₀, fixed_adjustment). As shares of the incremental units they are currency per
incremental unit (a, unit_adjustment). Together A = A₀ + a·ΔQ, so profit stays a straight line in lift.
The shares are inputs with a source of their own; published decompositions disagree too much for defaults.
"""

from typing import NamedTuple

import numpy as np

from scorer.economics.amounts import Amount, Array, known, plain

__all__ = ["Terms", "adjustment_from_shares", "adjustment_from_units", "align", "our_discount", "unit_margin"]

NOT_GIVEN = float("nan")


class Terms(NamedTuple):
    """Prices, discount and side effects of one promotion (floats) or of many (arrays); NaN = missing."""

    list_price: Amount
    unit_cost: Amount
    discount: Amount
    funding_share: Amount = 0.0
    fixed_cost: Amount = 0.0
    redemption_share: Amount = 1.0
    fixed_adjustment: Amount = 0.0
    unit_adjustment: Amount = 0.0


def align(terms: Terms, *amounts: Amount) -> tuple[Terms, tuple[Array, ...]]:
    """The terms and further amounts as float arrays of one common shape."""
    arrays = np.broadcast_arrays(*(known(amount) for amount in (*terms, *amounts)))
    width = len(Terms._fields)
    return Terms(*arrays[:width]), tuple(arrays[width:])


def unit_margin(terms: Terms) -> Amount:
    """m·P = P − c: what one unit at list price leaves, currency per unit."""
    return plain(known(terms.list_price) - known(terms.unit_cost))


def our_discount(terms: Terms) -> Amount:
    """d' = (1 − f)·d: the part of the discount nobody refunds us, fraction of list price."""
    return plain((1.0 - known(terms.funding_share)) * known(terms.discount))


def adjustment_from_units(
    margin: Amount = NOT_GIVEN,
    cannibalised_units: Amount = 0.0,
    cannibalised_margin: Amount = NOT_GIVEN,
    pulled_forward_units: Amount = 0.0,
    halo_units: Amount = 0.0,
    halo_margin: Amount = NOT_GIVEN,
) -> Amount:
    """A₀ in currency: −cannibalised·m_c − pulled_forward·m·P + halo·m_h, from units that are known.

    margin is this product's own m·P per unit (what a pulled-forward unit would have earned at list price);
    the other two margins are those of the products that lost or gained. A margin is needed only where its
    units are not zero; units without their margin give NaN.

    >>> adjustment_from_units(margin=4.0, cannibalised_units=150, cannibalised_margin=3.5,
    ...                       pulled_forward_units=200, halo_units=100, halo_margin=2.0)
    -1125.0
    """
    lost_elsewhere = _worth(cannibalised_units, cannibalised_margin)
    lost_later = _worth(pulled_forward_units, margin)
    gained_elsewhere = _worth(halo_units, halo_margin)
    return plain(gained_elsewhere - lost_elsewhere - lost_later)


def adjustment_from_shares(
    margin: Amount = NOT_GIVEN,
    cannibalised_share: Amount = 0.0,
    cannibalised_margin: Amount = NOT_GIVEN,
    pulled_forward_share: Amount = 0.0,
    halo_share: Amount = 0.0,
    halo_margin: Amount = NOT_GIVEN,
) -> Amount:
    """a in currency per incremental unit: the same sum, each effect given as units per incremental unit.

    >>> adjustment_from_shares(margin=4.0, cannibalised_share=0.25, cannibalised_margin=2.0)
    -0.5
    """
    return adjustment_from_units(
        margin, cannibalised_share, cannibalised_margin, pulled_forward_share, halo_share, halo_margin
    )


def _worth(units: Amount, margin: Amount) -> Array:
    """units × margin, where no units are worth nothing even if their margin is unknown."""
    quantity, each = known(units), known(margin)
    return np.where(quantity == 0, 0.0, quantity * each)
