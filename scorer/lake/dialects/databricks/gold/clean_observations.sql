-- One row per clean observation of an item and slot (weekday, or 0 for weekly data), numbered in time, with running totals.
-- Made from gold/clean_observations.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  p.item_key,
  p.slot,
  p.week_index,
  ROW_NUMBER() OVER (PARTITION BY p.item_key, p.slot ORDER BY p.period NULLS LAST) AS position,
  SUM(p.quantity) OVER (
    PARTITION BY p.item_key, p.slot
    ORDER BY p.period NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS quantity,
  SUM(p.quantity * p.quantity) OVER (
    PARTITION BY p.item_key, p.slot
    ORDER BY p.period NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS squares,
  SUM(p.revenue) OVER (
    PARTITION BY p.item_key, p.slot
    ORDER BY p.period NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS revenue,
  SUM(COALESCE(p.cost, CAST(0.0 AS DOUBLE))) OVER (
    PARTITION BY p.item_key, p.slot
    ORDER BY p.period NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS cost,
  SUM(COALESCE(p.costed_units, CAST(0.0 AS DOUBLE))) OVER (
    PARTITION BY p.item_key, p.slot
    ORDER BY p.period NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS costed_units
FROM clean_periods AS p
