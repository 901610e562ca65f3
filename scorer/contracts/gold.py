"""The gold tables: what was known about each promotion when it was planned, and what came of it.

Quantities are units; where a client's sales carry no units they are amounts paid, in currency, and so is everything
made of them (baselines, levels, lifts). A feature that is not known is missing, never zero.
"""

from __future__ import annotations

from scorer.contracts.table import Column, Contract, Kind

_ID = Column("promotion_id", Kind.TEXT, "Identifier of the promotion")
_CATEGORY = Column("product_category", Kind.TEXT, "Product category")
_SUBCATEGORY = Column("product_subcategory", Kind.TEXT, "Product subcategory")
_TYPE = Column("promotion_type", Kind.TEXT, "Mechanic of the promotion; 'unknown' where none was given")
_REGION = Column("region", Kind.TEXT, "Region")
_DISCOUNT = Column("discount_percentage", Kind.SHARE, "Depth of the discount", "fraction of list price", 0, 1)
_DURATION = Column("duration_days", Kind.COUNT, "End minus start plus one", "days", 1, 10000)
_DATES = (Column("start_date", Kind.DATE, "First day"), Column("end_date", Kind.DATE, "Last day, included"))

# The 30 days before planning, whatever they were: earlier promotions are in them.
_RECENT = (
    Column("baseline_avg_transaction", Kind.MONEY, "Mean receipt in the 30 days before, whatever they were", "currency"),
    Column("baseline_daily_transactions", Kind.NUMBER, "Receipts a day in the 30 days before", "count/day", 0),
    Column("baseline_daily_sales", Kind.MONEY, "Revenue a day in the 30 days before", "currency/day"),
)
_CAMPAIGNS = (
    Column("has_campaign_overlap", Kind.FLAG, "A marketing campaign runs at the same time"),
    Column("num_overlapping_campaigns", Kind.COUNT, "How many campaigns run at the same time", "count", 0),
)
_START = (
    Column("start_month", Kind.COUNT, "Month of the first day", "1-12", 1, 12),
    Column("start_quarter", Kind.COUNT, "Quarter of the first day", "1-4", 1, 4),
    Column("start_day_of_week", Kind.COUNT, "Weekday of the first day, Monday is 0", "0-6", 0, 6),
)
_SEASON = (
    Column("is_holiday_season", Kind.FLAG, "The first day lies in the client's holiday months"),
    Column("starts_on_weekend", Kind.FLAG, "The first day is a Saturday or Sunday"),
)

ML_PROMO_EFFECTIVENESS = Contract(
    "ml_promo_effectiveness",
    "one row per promotion that has ended within the sales history",
    (
        _ID,
        _CATEGORY,
        _SUBCATEGORY,
        _TYPE,
        _REGION,
        _DISCOUNT,
        _DURATION,
        *_DATES,
        Column("transactions_count", Kind.COUNT, "Receipts (or sales rows) in the promotion's days", "count", 0),
        Column("total_sales", Kind.MONEY, "Revenue in the promotion's days", "currency"),
        Column("avg_transaction_value", Kind.MONEY, "total_sales over transactions_count", "currency"),
        *_RECENT,
        *_CAMPAIGNS,
        *_START,
        *_SEASON,
        Column(
            "sales_lift_ratio", Kind.RATIO, "(sales a day minus baseline a day) over baseline a day; 30-day baseline", "ratio"
        ),
        Column("is_successful", Kind.FLAG, "sales_lift_ratio is above zero"),
        Column("estimated_promo_cost", Kind.MONEY, "total_sales times discount", "currency"),
        Column("roi_proxy", Kind.RATIO, "(total_sales minus baseline sales) over estimated_promo_cost", "ratio"),
    ),
)

FEATURES = Contract(
    "features",
    "one row per planned promotion: everything a model may know about it on the day it is planned",
    (
        Column("plan_row", Kind.COUNT, "Position of the promotion in the plan", "rows from 0", 0),
        _CATEGORY,
        _SUBCATEGORY,
        Column("product", Kind.TEXT, "Product or article"),
        _TYPE,
        _REGION,
        Column("store", Kind.TEXT, "Store"),
        _DISCOUNT,
        _DURATION,
        *_RECENT,
        *_CAMPAIGNS,
        *_START,
        Column("start_week_of_year", Kind.COUNT, "Week of the first day, counted from 1 January", "1-53", 1, 53),
        *_SEASON,
        Column("holidays", Kind.COUNT, "Public and own holidays among the promotion's days", "days", 0),
        Column("baseline_units", Kind.NUMBER, "What the promotion's days would sell without it, from clean periods", "units", 0),
        Column("baseline_method", Kind.TEXT, "Whose clean periods: item, product, category or all"),
        Column("baseline_observations", Kind.NUMBER, "Clean weeks behind the baseline, averaged over weekdays", "weeks", 0),
        Column("season_factor", Kind.RATIO, "How demand moved a year ago from the planning week on", "ratio", 0.5, 2),
        Column("baseline_units_per_day", Kind.NUMBER, "baseline_units over duration_days", "units/day", 0),
        Column("log_baseline", Kind.NUMBER, "Logarithm of baseline_units_per_day plus 0.01", "log units/day"),
        Column("level_in_product", Kind.NUMBER, "Logarithm of the item's level over that of its product anywhere", "log ratio"),
        Column("level_in_category", Kind.NUMBER, "Logarithm of the item's level over that of its category", "log ratio"),
        Column(
            "num_overlapping_promotions",
            Kind.NUMBER,
            "Other products of the category promoted in the same place and week; beyond the exported calendar their usual number",
            "products",
            0,
        ),
        Column("baseline_spread", Kind.RATIO, "Standard deviation over mean of the clean periods", "ratio", 0),
        Column("regular_price", Kind.MONEY, "Mean price of the clean periods", "currency/unit", 0),
        Column("history_unit_cost", Kind.MONEY, "Mean unit cost of the clean periods", "currency/unit", 0),
        Column("price_position", Kind.RATIO, "regular_price over the average of its category", "ratio", 0),
        Column("promoted_share", Kind.SHARE, "Share of the 26 weeks before in which the item was promoted", "fraction", 0, 1),
        Column("weeks_since_promotion", Kind.COUNT, "Since the last promoted week of the item", "weeks", 1),
        Column("weeks_since_clean", Kind.COUNT, "Since the last clean period of the item", "weeks", 1),
        Column("item_type_n", Kind.COUNT, "Earlier promotions of the item with this mechanic", "promotions", 0),
        Column("item_n", Kind.COUNT, "Earlier promotions of the item", "promotions", 0),
        Column("product_type_n", Kind.COUNT, "Earlier promotions of the product, anywhere, with this mechanic", "promotions", 0),
        Column("category_type_n", Kind.COUNT, "Earlier promotions of the category with this mechanic", "promotions", 0),
        Column("item_type_prior", Kind.NUMBER, "Mean log lift of item and mechanic, drawn to product_type_prior", "log ratio"),
        Column("product_type_prior", Kind.NUMBER, "The same of product and mechanic, drawn to category_type_prior", "log ratio"),
        Column("category_type_prior", Kind.NUMBER, "The same of category and mechanic, drawn to all_prior", "log ratio"),
        Column("item_prior", Kind.NUMBER, "The same of the item, whatever the mechanic, drawn to all_prior", "log ratio"),
        Column("product_prior", Kind.NUMBER, "The same of the product, whatever the mechanic, drawn to all_prior", "log ratio"),
        Column("all_prior", Kind.NUMBER, "Mean log lift of all earlier promotions", "log ratio"),
        Column("simple_rule", Kind.NUMBER, "Mean log lift of item and mechanic, else of category and mechanic", "log ratio"),
        Column("simple_rule_success", Kind.SHARE, "Share of those that lifted sales, one of each added", "fraction", 0, 1),
    ),
)

TRAINING_ROWS = Contract(
    "training_rows",
    "one row per past promotion that training may learn from, and per placebo promotion: its features and what came of it",
    (
        *FEATURES.columns,
        Column("cohort", Kind.TEXT, "real, or placebo: a promotion that never happened, on days without any"),
        _ID,
        Column("event_key", Kind.TEXT, "The decision it belongs to: promotions of one week and product share it"),
        *_DATES,
        Column("list_price", Kind.MONEY, "List price that the export or the cost master states", "currency/unit", 0),
        Column("unit_cost", Kind.MONEY, "Unit cost that the export or the cost master states", "currency/unit", 0),
        Column("quantity", Kind.NUMBER, "Sold in the promotion's periods with known sales", "units"),
        Column("expected_quantity", Kind.NUMBER, "The clean baseline over the same periods", "units", 0),
        Column("log_lift", Kind.NUMBER, "Logarithm of (quantity + ½) over (expected_quantity + ½): what is learnt", "log ratio"),
        Column("revenue", Kind.MONEY, "Paid in the same periods", "currency"),
        Column("actual_unit_cost", Kind.MONEY, "Mean unit cost of what was sold", "currency/unit", 0),
    ),
)
