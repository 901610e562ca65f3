-- One row per promotion that has ended within the sales history, with the columns and definitions that planners know.
-- Of a weekly export every promoted day gets a seventh of its week, so a promotion that begins midweek is not one without sales.
-- Made from gold/ml_promo_effectiveness.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  p.promotion_id,
  p.product_category,
  p.product_subcategory,
  p.promotion_type,
  p.region,
  p.discount_percentage,
  p.duration_days,
  p.start_date,
  p.end_date,
  COALESCE(t.transactions, CAST(0.0 AS DOUBLE)) AS transactions_count,
  COALESCE(t.revenue, CAST(0.0 AS DOUBLE)) AS total_sales,
  CAST(t.revenue AS DOUBLE) / NULLIF(t.transactions, 0) AS avg_transaction_value,
  f.baseline_avg_transaction,
  f.baseline_daily_transactions,
  f.baseline_daily_sales,
  f.has_campaign_overlap,
  f.num_overlapping_campaigns,
  f.start_month,
  f.start_quarter,
  f.start_day_of_week,
  f.is_holiday_season,
  f.starts_on_weekend,
  CAST((
    CAST(COALESCE(t.revenue, CAST(0.0 AS DOUBLE)) AS DOUBLE) / p.duration_days - f.baseline_daily_sales
  ) AS DOUBLE) / NULLIF(f.baseline_daily_sales, 0) AS sales_lift_ratio,
  CAST(COALESCE(t.revenue, CAST(0.0 AS DOUBLE)) AS DOUBLE) / p.duration_days > f.baseline_daily_sales AS is_successful,
  COALESCE(t.revenue, CAST(0.0 AS DOUBLE)) * p.discount_percentage AS estimated_promo_cost,
  CAST((
    COALESCE(t.revenue, CAST(0.0 AS DOUBLE)) - f.baseline_daily_sales * p.duration_days
  ) AS DOUBLE) / NULLIF(COALESCE(t.revenue, CAST(0.0 AS DOUBLE)) * p.discount_percentage, 0) AS roi_proxy
FROM plan AS p
CROSS JOIN settings AS s
JOIN features AS f
  ON p.plan_row = f.plan_row
LEFT JOIN (
  SELECT
    a.plan_row,
    SUM(CAST(q.transactions AS DOUBLE) / s.period_days) AS transactions,
    SUM(CAST(q.revenue AS DOUBLE) / s.period_days) AS revenue
  FROM plan AS a
  CROSS JOIN settings AS s
  JOIN date_table AS d
    ON d.day >= a.start_date AND d.day <= a.end_date
  JOIN sales_by_period AS q
    ON a.item_key = q.item_key
    AND q.period = CASE WHEN s.period_days = 7 THEN d.week_start ELSE d.day END
  GROUP BY
    a.plan_row
) AS t
  ON p.plan_row = t.plan_row
WHERE
  p.cohort = 'real' AND p.end_date <= s.data_cut
