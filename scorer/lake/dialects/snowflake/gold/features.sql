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
  COALESCE(p.num_overlapping_campaigns, c.num_overlapping_campaigns, 0) > 0 AS has_campaign_overlap,
  CAST(COALESCE(p.num_overlapping_campaigns, c.num_overlapping_campaigns, 0) AS DOUBLE) AS num_overlapping_campaigns,
  p.start_month,
  p.start_quarter,
  p.start_day_of_week,
  p.start_week_of_year,
  p.is_holiday_season,
  p.starts_on_weekend,
  COALESCE(h.holidays, 0) AS holidays,
  p.baseline_units,
  p.baseline_method,
  p.baseline_observations,
  p.season_factor,
  CAST(p.baseline_units AS DOUBLE) / p.duration_days AS baseline_units_per_day,
  LN(CAST(p.baseline_units AS DOUBLE) / p.duration_days + CAST(0.01 AS DOUBLE)) AS log_baseline,
  CASE
    WHEN p.item_units > 0 AND p.product_units > 0
    THEN LN(CAST(p.item_units AS DOUBLE) / p.product_units)
  END AS level_in_product,
  CASE
    WHEN p.item_units > 0 AND p.category_units > 0
    THEN LN(CAST(p.item_units AS DOUBLE) / p.category_units)
  END AS level_in_category,
  CASE
    WHEN NOT o.products IS NULL
    THEN o.products - CASE WHEN w.item_key IS NULL THEN 0 ELSE 1 END
    WHEN o.usual > COALESCE(p.promoted_share, 0)
    THEN o.usual - COALESCE(p.promoted_share, 0)
    ELSE 0
  END AS num_overlapping_promotions,
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
FROM plan_baseline AS p
JOIN plan_priors AS q
  ON p.plan_row = q.plan_row
LEFT JOIN plan_campaigns AS c
  ON p.plan_row = c.plan_row
LEFT JOIN plan_holidays AS h
  ON p.plan_row = h.plan_row
LEFT JOIN recent_sales AS r
  ON p.item_key = r.item_key AND p.asof_period = r.day
LEFT JOIN overlap_calendar AS o
  ON p.place_key = o.place_key
  AND p.category_key = o.category_key
  AND p.start_week = o.week_index
LEFT JOIN promoted_weeks AS w
  ON p.item_key = w.item_key AND p.start_week = w.week_index
