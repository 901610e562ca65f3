"""Which price, cost and share a row's money rests on, and where each comes from.

The plan row is asked first, then the client's cost master, then (price and cost) the sales history, then settings.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, Floats, length, take, text
from scorer.economics.promotion import Terms
from scorer.economics.terms import adjustment_from_shares
from scorer.settings import Client

PLAN, MASTER, HISTORY, NOWHERE, SETTINGS = "plan", "cost master", "sales history", "not known", "settings"
_PLACES = (PLAN, MASTER, HISTORY, NOWHERE, SETTINGS)


class Assumptions(NamedTuple):
    """The terms of every row, the sources of price and cost as text, and the share of incremental units pulled forward.

    The money of the units pulled forward is in ``terms.unit_adjustment`` already.
    """

    terms: Terms
    sources: Array
    pulled_forward_share: Floats


def money_gaps(terms: Terms) -> Array:
    """Return, for each row whose profit and ROI are not available, the words why; else None."""
    no_price, no_cost = np.isnan(np.asarray(terms.list_price)), np.isnan(np.asarray(terms.unit_cost))
    words: Array = np.full(len(no_price), None, dtype=object)
    words[no_price] = "profit and ROI are not available: the price is not known"
    words[no_cost] = "profit and ROI are not available: the unit cost is not known"
    words[no_price & no_cost] = "profit and ROI are not available: price and unit cost are not known"
    return words


def assumptions_of(rows: Columns, client: Client, in_units: bool) -> Assumptions:
    """Return the terms of each row.

    Where sales have no units, one unit is one unit of currency at list price: price 1, and a cost of 1 - margin.
    Margins of cannibalised and halo units that nobody states are the promoted unit's own.
    """
    money = client.money
    price, price_from = _first(rows, "list_price", rows["regular_price"])
    cost, cost_from = _first(rows, "unit_cost", rows["history_unit_cost"])
    if not in_units:
        cost, price = cost / price, np.ones(length(rows))
    if money.margin_rate is not None:
        assumed = price * (1 - money.margin_rate)
        cost_from = np.where(np.isnan(cost) & ~np.isnan(assumed), _PLACES.index(SETTINGS), cost_from)
        cost = np.where(np.isnan(cost), assumed, cost)
    own_margin = price - cost

    def share(name: str) -> Floats:
        return _first(rows, name, getattr(money, name))[0]

    def margin(name: str) -> Floats:
        return _first(rows, name, own_margin)[0]

    side_effects = adjustment_from_shares(
        own_margin,
        share("cannibalised_share"),
        margin("cannibalised_margin"),
        share("pulled_forward_share"),
        share("halo_share"),
        margin("halo_margin"),
    )
    terms = Terms(
        list_price=price,
        unit_cost=cost,
        discount=rows["discount_percentage"],
        funding_share=share("funding_share"),
        fixed_cost=share("fixed_cost"),
        redemption_share=share("redemption_share"),
        unit_adjustment=np.asarray(side_effects, dtype=np.float64),
    )
    return Assumptions(terms, _described(price_from, cost_from), share("pulled_forward_share"))


def _first(rows: Columns, name: str, otherwise: Array | float) -> tuple[Floats, Array]:
    """Return the first known value of each row (plan, cost master, otherwise), and where among ``_PLACES`` it was found."""
    value, place = rows[name], np.zeros(length(rows), dtype=np.int64)
    for further in (rows[f"master_{name}"], otherwise):
        missing = np.isnan(value)
        if missing.any():
            value, place = np.where(missing, further, value), place + missing
    return value, place + np.isnan(value)


def _described(price: Array, cost: Array) -> Array:
    """Return the words for each pair of places."""
    pairs = [(one, other) for one in _PLACES for other in _PLACES]
    words = text(f"price and cost: {one}" if one == other else f"price: {one}; cost: {other}" for one, other in pairs)
    return take({"words": words}, price * len(_PLACES) + cost)["words"]
