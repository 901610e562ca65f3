"""What came of promotions, as a file may state it where the sales history does not."""

from __future__ import annotations

from scorer.contracts.exports import PROMOTIONS
from scorer.contracts.table import Column, Contract, Kind

_KNOWN = {column.name: column for column in PROMOTIONS.columns}
_TERMS = ("list_price", "unit_cost", "funding_share", "fixed_cost")

ACTUALS = Contract(
    "actuals",
    "one row per promotion that has ended",
    (
        _KNOWN["promotion_id"],
        Column(
            "units",
            Kind.NUMBER,
            "Units sold over the promotion",
            "units",
            0,
            1e12,
            required=True,
            aliases=("quantity", "qty", "units_sold", "volume", "menge"),
        ),
        Column(
            "revenue",
            Kind.MONEY,
            "Amount paid by customers over the promotion",
            "currency",
            0,
            1e12,
            aliases=("amount", "sales", "net_sales", "sales_value", "umsatz", "turnover"),
        ),
        Column("baseline_units", Kind.NUMBER, "Units that would have sold without it", "units", 0, 1e12, aliases=("baseline",)),
        _KNOWN["discount_percentage"]._replace(required=False),
        *(_KNOWN[name] for name in _TERMS),
    ),
)
