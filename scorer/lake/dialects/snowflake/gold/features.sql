-- One row per planned promotion: everything a model may know about it when it is planned.
-- Made from gold/features.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  p.plan_row,
  p.product_category,
  p.product_subcategory,
  p.product,
  p.promotion_type,
  p.region,
  p.store,
  p.discount_percentage,
  CAST(p.duration_days AS DOUBLE) AS duration_days,
  CAST(r.revenue AS DOUBLE) / NULLIF(r.transactions, 0) AS baseline_avg_transaction,
  CAST(r.transactions AS DOUBLE) / NULLIF(r.days, 0) AS baseline_daily_transactions,
  CAST(r.revenue AS DOUBLE) / NULLIF(r.days, 0) AS baseline_daily_sales,
  d.has_campaign_overlap,
  d.num_overlapping_campaigns,
  d.start_month,
  d.start_quarter,
  d.start_day_of_week,
  d.start_week_of_year,
  d.is_holiday_season,
  d.starts_on_weekend,
  d.holidays,
  p.baseline_units,
  p.baseline_method,
  p.baseline_observations,
  p.season_factor,
  p.baseline_units_per_day,
  p.log_baseline,
  p.level_in_product,
  p.level_in_category,
  p.num_overlapping_promotions,
  p.baseline_spread,
  p.regular_price,
  p.history_unit_cost,
  CAST(p.regular_price AS DOUBLE) / NULLIF(p.category_price, 0) AS price_position,
  p.promoted_share,
  p.weeks_since_promotion,
  p.weeks_since_clean,
  q.item_type_n,
  q.item_n,
  q.product_type_n,
  q.category_type_n,
  q.item_type_prior,
  q.product_type_prior,
  q.category_type_prior,
  q.item_prior,
  q.product_prior,
  q.all_prior,
  q.simple_rule,
  q.simple_rule_success
FROM plan_levels AS p
JOIN plan_days AS d
  ON p.plan_row = d.plan_row
JOIN plan_priors AS q
  ON p.plan_row = q.plan_row
LEFT JOIN recent_sales AS r
  ON p.item_key = r.item_key AND p.asof_period = r.day
