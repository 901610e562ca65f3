"""The gold tables: one row per promotion with what was known when planning, and what came of it."""

from __future__ import annotations

from scorer.contracts.table import Column, Contract, Kind

ML_PROMO_EFFECTIVENESS = Contract(
    "ml_promo_effectiveness",
    "one row per promotion that has ended within the sales history",
    (
        Column("promotion_id", Kind.TEXT, "Identifier of the promotion"),
        Column("product_category", Kind.TEXT, "Product category"),
        Column("product_subcategory", Kind.TEXT, "Product subcategory"),
        Column("promotion_type", Kind.TEXT, "Mechanic of the promotion"),
        Column("region", Kind.TEXT, "Region"),
        Column("discount_percentage", Kind.SHARE, "Depth of the discount", "fraction", 0, 1),
        Column("duration_days", Kind.COUNT, "End minus start plus one", "days", 1, 10000),
        Column("start_date", Kind.DATE, "First day"),
        Column("end_date", Kind.DATE, "Last day, included"),
        Column("transactions_count", Kind.COUNT, "Receipts (or sales rows) in the promotion's days", "count", 0),
        Column("total_sales", Kind.MONEY, "Revenue in the promotion's days", "currency"),
        Column("avg_transaction_value", Kind.MONEY, "total_sales over transactions_count", "currency"),
        Column("baseline_avg_transaction", Kind.MONEY, "Mean receipt in the 30 days before, whatever they were", "currency"),
        Column("baseline_daily_transactions", Kind.NUMBER, "Receipts a day in the 30 days before", "count/day"),
        Column("baseline_daily_sales", Kind.MONEY, "Revenue a day in the 30 days before", "currency/day"),
        Column("has_campaign_overlap", Kind.FLAG, "A marketing campaign runs at the same time"),
        Column("num_overlapping_campaigns", Kind.COUNT, "How many campaigns run at the same time", "count", 0),
        Column("start_month", Kind.COUNT, "Month of the first day", "1-12", 1, 12),
        Column("start_quarter", Kind.COUNT, "Quarter of the first day", "1-4", 1, 4),
        Column("start_day_of_week", Kind.COUNT, "Weekday of the first day, Monday is 0", "0-6", 0, 6),
        Column("is_holiday_season", Kind.FLAG, "The first day lies in the client's holiday months"),
        Column("starts_on_weekend", Kind.FLAG, "The first day is a Saturday or Sunday"),
        Column(
            "sales_lift_ratio", Kind.RATIO, "(sales a day minus baseline a day) over baseline a day; 30-day baseline", "ratio"
        ),
        Column("is_successful", Kind.FLAG, "sales_lift_ratio is above zero"),
        Column("estimated_promo_cost", Kind.MONEY, "total_sales times discount", "currency"),
        Column("roi_proxy", Kind.RATIO, "(total_sales minus baseline sales) over estimated_promo_cost", "ratio"),
    ),
)
