"""The questions the product answers, as plain data."""

from __future__ import annotations

from typing import NamedTuple


class Task(NamedTuple):
    """One question: which table and columns answer it, how it is fitted, and how its answer is judged."""

    name: str
    question: str
    table: str
    features: tuple[str, ...]
    target: str
    estimator: str
    metric: str


# The sixteen columns planners know, then what else is known when planning.
PLANNER_FEATURES = (
    "product_category",
    "product_subcategory",
    "discount_percentage",
    "promotion_type",
    "region",
    "duration_days",
    "baseline_avg_transaction",
    "baseline_daily_transactions",
    "baseline_daily_sales",
    "has_campaign_overlap",
    "num_overlapping_campaigns",
    "start_month",
    "start_quarter",
    "start_day_of_week",
    "is_holiday_season",
    "starts_on_weekend",
)
FURTHER_FEATURES = (
    "product",
    "start_week_of_year",
    "holidays",
    "log_baseline",
    "level_in_product",
    "level_in_category",
    "num_overlapping_promotions",
    "season_factor",
    "baseline_spread",
    "regular_price",
    "price_position",
    "promoted_share",
    "weeks_since_promotion",
    "weeks_since_clean",
    "item_type_n",
    "product_type_n",
    "item_type_prior",
    "product_type_prior",
    "category_type_prior",
    "item_prior",
    "product_prior",
    "all_prior",
)

# The 30 days before, whatever they were: kept under the names planners know, contaminated by earlier promotions.
SEED_BASELINES = ("baseline_avg_transaction", "baseline_daily_transactions", "baseline_daily_sales")

# Kept out of the lift model, because on later promotions they lowered its skill or added none.
NOT_FOR_LIFT = (*SEED_BASELINES, "level_in_product", "level_in_category")

PROMOTION_LIFT = Task(
    name="promotion_lift",
    question="How many units will the promotion sell above the baseline, and how sure is that?",
    table="training_rows",
    features=tuple(name for name in PLANNER_FEATURES + FURTHER_FEATURES if name not in NOT_FOR_LIFT),
    target="log_lift",
    estimator="promotion_lift",
    metric="r2_log_lift",
)
PROMOTION_SUCCESS = Task(
    name="promotion_success",
    question="Will sales rise above the baseline at all?",
    table="training_rows",
    features=PLANNER_FEATURES + FURTHER_FEATURES,
    target="log_lift",
    estimator="promotion_success",
    metric="auc_success",
)
TASKS = {task.name: task for task in (PROMOTION_LIFT, PROMOTION_SUCCESS)}
