-- One row per item and week: everything about the item that was known before that week began.
-- d0..d6: expected quantity on a Monday..Sunday; where a weekday has no clean observation, the mean of the others.
-- Made from gold/item_asof.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  b.item_key,
  i.product_key,
  i.category_key,
  b.week_index,
  b.observations,
  COALESCE(b.d0, b.mean_day) AS d0,
  COALESCE(b.d1, b.mean_day) AS d1,
  COALESCE(b.d2, b.mean_day) AS d2,
  COALESCE(b.d3, b.mean_day) AS d3,
  COALESCE(b.d4, b.mean_day) AS d4,
  COALESCE(b.d5, b.mean_day) AS d5,
  COALESCE(b.d6, b.mean_day) AS d6,
  b.spread,
  b.regular_price,
  b.unit_cost,
  b.weeks_since_clean,
  h.promoted_share,
  h.weeks_since_promotion
FROM (
  SELECT
    a.item_key,
    a.week_index,
    CAST(SUM(a.observations) AS DOUBLE) / MAX(
      CASE WHEN s.period_days = 7 THEN CAST(1.0 AS DOUBLE) ELSE CAST(7.0 AS DOUBLE) END
    ) AS observations,
    AVG(CAST(a.mean_quantity AS DOUBLE) / s.period_days) AS mean_day,
    MAX(
      CASE
        WHEN s.period_days = 7 OR a.slot = 0
        THEN CAST(a.mean_quantity AS DOUBLE) / s.period_days
      END
    ) AS d0,
    MAX(
      CASE
        WHEN s.period_days = 7 OR a.slot = 1
        THEN CAST(a.mean_quantity AS DOUBLE) / s.period_days
      END
    ) AS d1,
    MAX(
      CASE
        WHEN s.period_days = 7 OR a.slot = 2
        THEN CAST(a.mean_quantity AS DOUBLE) / s.period_days
      END
    ) AS d2,
    MAX(
      CASE
        WHEN s.period_days = 7 OR a.slot = 3
        THEN CAST(a.mean_quantity AS DOUBLE) / s.period_days
      END
    ) AS d3,
    MAX(
      CASE
        WHEN s.period_days = 7 OR a.slot = 4
        THEN CAST(a.mean_quantity AS DOUBLE) / s.period_days
      END
    ) AS d4,
    MAX(
      CASE
        WHEN s.period_days = 7 OR a.slot = 5
        THEN CAST(a.mean_quantity AS DOUBLE) / s.period_days
      END
    ) AS d5,
    MAX(
      CASE
        WHEN s.period_days = 7 OR a.slot = 6
        THEN CAST(a.mean_quantity AS DOUBLE) / s.period_days
      END
    ) AS d6,
    AVG(
      CASE
        WHEN a.mean_quantity > 0 AND a.mean_square > a.mean_quantity * a.mean_quantity
        THEN CAST(SQRT(a.mean_square - a.mean_quantity * a.mean_quantity) AS DOUBLE) / a.mean_quantity
        ELSE CAST(0.0 AS DOUBLE)
      END
    ) AS spread,
    CAST(MAX(CASE WHEN s.has_units THEN 1 END) * SUM(a.revenue) AS DOUBLE) / NULLIF(SUM(a.quantity), 0) AS regular_price,
    CAST(SUM(a.cost) AS DOUBLE) / NULLIF(SUM(a.costed_units), 0) AS unit_cost,
    MIN(a.weeks_since_clean) AS weeks_since_clean
  FROM slot_baselines AS a
  CROSS JOIN settings AS s
  GROUP BY
    a.item_key,
    a.week_index
) AS b
JOIN items AS i
  ON b.item_key = i.item_key
LEFT JOIN promotion_pressure AS h
  ON b.item_key = h.item_key AND b.week_index = h.week_index
