-- One row per item and period (a day, or a week where the client exports weeks) with sales.
-- quantity is units where the export has them, else revenue.
-- Made from gold/sales_by_period.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  k.item_key,
  CASE WHEN s.period_days = 7 THEN d.week_start ELSE d.day END AS period,
  SUM(CASE WHEN s.has_units THEN k.units ELSE k.revenue END) AS quantity,
  SUM(k.revenue) AS revenue,
  SUM(COALESCE(k.transactions, CAST(1.0 AS DOUBLE))) AS transactions,
  SUM(CASE WHEN NOT k.unit_cost IS NULL THEN k.units * k.unit_cost END) AS cost,
  SUM(CASE WHEN NOT k.unit_cost IS NULL THEN k.units END) AS costed_units,
  MAX(CASE WHEN k.stock_out THEN 1 ELSE 0 END) AS stock_out
FROM keyed_sales AS k
JOIN date_table AS d
  ON k.sale_date = d.day
CROSS JOIN settings AS s
GROUP BY
  k.item_key,
  CASE WHEN s.period_days = 7 THEN d.week_start ELSE d.day END
