"""The client file that ``promo init`` writes: every setting a new client is likely to touch, with a word on each."""

from __future__ import annotations

_TEXT = """# Client file of {client}. Lines that begin with # are comments; every setting has a default.
# 'promo check --client {client}' says what was found in the exports and what would be refused.

name = "{client}"
currency = "EUR"              # ISO code, shown beside every amount

[exports.promotions]          # one row per promotion that was run
files = ["promotions*"]       # csv, xlsx or parquet in exports/{client}/
# columns = {{ promotion_id = "Aktionsnummer", discount_percentage = "Rabatt %" }}   # our name = your header

[exports.sales]               # transactions, or totals by day or week
files = ["sales*", "financial_transactions*"]
# columns = {{ sale_date = "Datum", units = "Menge", revenue = "Umsatz" }}

[exports.campaigns]           # marketing campaigns; may be absent
files = ["campaigns*", "marketing_campaigns*"]

[exports.costs]               # list price and unit cost by item; may be absent
files = ["costs*"]

[matching]
keys = "auto"                 # or for example ["store", "product"]: what ties sales to promotions

[calendar]
# country = "DE"              # public holidays of this country
# holidays = [2026-11-27]     # your own special days on top
holiday_months = [11, 12]

[money]                       # used where neither the plan nor the cost master says otherwise
# margin_rate = 0.35          # (price - unit cost) / price
funding_share = 0.0           # share of the discount a partner pays
fixed_cost = 0.0              # per promotion
redemption_share = 1.0        # share of baseline buyers who get the discount
# pulled_forward_share = 0.2  # extra units that would have been bought later anyway: your own figure, none is assumed
# dip_weeks = 4               # weeks after the promotion over which those units are missing

[training]
promote = "better"            # a new model is put in use only if it beats the one in use; or "always", "never"

[verdict]
minimum_probability_of_profit = 0.80
hurdle_roi = 0.0

[workbook]
language = "en"               # of the planning workbook: en, de or fr

[trust]
# key_file = "keys/{client}.key"   # models that do not bear its signature are refused; 'promo models keygen' makes one

[health]                      # when exports are no longer what they were
# drift = "warn"              # a column gone or renamed, a flood of new names: go on and say so; left out: stop
# freshness_days = 45         # older sales than this are too old

[log]                         # what was committed, and what came of it
# url_from = "PROMO_LOG_URL"  # the environment variable that holds a PostgreSQL address; left out: a file in log/

[engine]                      # more than one machine; passwords and tokens never stand here
# name = "spark"              # refresh, and score lists, on a cluster
# master = "spark://head:7077"
# storage = "/mnt/shared/promo"   # a folder that every worker sees too

[run]                         # 'promo run', every night
train_every_days = 30         # trained again after so many days, if there is anything new to learn from
# train_on_new_share = 0.1    # or sooner, when this much more has been exported
# files = ["csv", "xlsx"]     # beside scores.parquet
# keep_days = 90              # outputs of older runs are removed, but for the newest keep_runs = 10
"""


def starting_client_file(client: str) -> str:
    """Return the text of a new client file.

    >>> starting_client_file("acme").splitlines()[3]
    'name = "acme"'
    """
    return _TEXT.format(client=client)
