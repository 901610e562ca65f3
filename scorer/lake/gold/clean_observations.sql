-- One row per clean observation of an item and slot (weekday, or 0 for weekly data), numbered in time, with running totals.
SELECT
  p.item_key, p.slot, p.week_index,
  ROW_NUMBER() OVER (PARTITION BY p.item_key, p.slot ORDER BY p.period) AS position,
  SUM(p.quantity) OVER (PARTITION BY p.item_key, p.slot ORDER BY p.period ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS quantity,
  SUM(p.quantity * p.quantity) OVER (PARTITION BY p.item_key, p.slot ORDER BY p.period ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS squares,
  SUM(p.revenue) OVER (PARTITION BY p.item_key, p.slot ORDER BY p.period ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS revenue,
  SUM(COALESCE(p.cost, 0.0)) OVER (PARTITION BY p.item_key, p.slot ORDER BY p.period ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS cost,
  SUM(COALESCE(p.costed_units, 0.0)) OVER (PARTITION BY p.item_key, p.slot ORDER BY p.period ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS costed_units
FROM clean_periods AS p
