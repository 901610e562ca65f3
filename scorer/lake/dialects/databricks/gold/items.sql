-- One row per item (one value of the matching keys) that ever sold.
-- Made from gold/items.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  k.item_key,
  k.product_key,
  MIN(k.category_key) AS category_key,
  MIN(CASE WHEN s.period_days = 7 THEN d.week_start ELSE d.day END) AS first_period
FROM keyed_sales AS k
JOIN date_table AS d
  ON k.sale_date = d.day
CROSS JOIN settings AS s
GROUP BY
  k.item_key,
  k.product_key
