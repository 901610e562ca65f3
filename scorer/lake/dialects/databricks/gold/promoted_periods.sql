-- One row per item and period in which a promotion ran, on any day of it.
-- Made from gold/promoted_periods.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT DISTINCT
  p.item_key,
  CASE WHEN s.period_days = 7 THEN d.week_start ELSE d.day END AS period
FROM keyed_promotions AS p
JOIN date_table AS d
  ON d.day >= p.start_date AND d.day <= p.end_date
CROSS JOIN settings AS s
