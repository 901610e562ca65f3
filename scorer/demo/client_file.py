"""The client files of the examples, commented for the person who will copy them."""

from __future__ import annotations

DEMO = """\
# One client = one file like this one. Copy it, change the names, put the exports into exports/<client>/.
# Everything has a default: a line you do not need can go.

client = "{client}"            # must be the name of this file
name = "Demo retailer"         # as it appears in workbooks
currency = "EUR"

# Where the exported tables lie, inside exports/{client}/. "*" stands for anything.
# Separators, decimal comma, date order and discounts written as 25 instead of 0.25 are recognised.
[exports.promotions]
files = ["promotions*.csv"]

[exports.sales]
files = ["sales_*.csv"]
# If your headers are called otherwise, say so here:  columns = {{ revenue = "Net sales", units = "Qty" }}

[exports.campaigns]
files = ["campaigns*.csv"]

[exports.costs]                # list price, unit cost and the supplier's share of the discount
files = ["costs.xlsx"]

[sales]
grain = "day"                  # one row per day and item; "week" and "transaction" work as well
absent_means = "zero"          # a day without a row: nothing was sold

# What ties sales to promotions: columns that both tables carry.
[matching]
keys = ["region", "product_category", "product_subcategory"]

[calendar]
country = "DE"                 # public holidays
holiday_months = [11, 12]      # months that count as holiday season

# When a promotion is worth doing.
[verdict]
minimum_probability_of_profit = 0.80
hurdle_roi = 0.0               # 0 = it must at least pay for itself
"""

ORIGINAL = """\
# Exports with the usual names need nothing but a name.
client = "{client}"
name = "{name}"
"""
