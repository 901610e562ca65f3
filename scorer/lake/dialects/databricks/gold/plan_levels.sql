-- One row per planned promotion: the level of sales it starts from, and how many other products are promoted beside it.
-- Made from gold/plan_levels.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  p.*,
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
  END AS num_overlapping_promotions
FROM plan_baseline AS p
LEFT JOIN overlap_calendar AS o
  ON p.place_key = o.place_key
  AND p.category_key = o.category_key
  AND p.start_week = o.week_index
LEFT JOIN promoted_weeks AS w
  ON p.item_key = w.item_key AND p.start_week = w.week_index
