-- One row per past promotion that training may learn from: its features, its event, and what came of it.
-- Made from gold/training_rows.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  f.*,
  p.cohort,
  p.promotion_id,
  p.event_key,
  p.start_date,
  p.end_date,
  p.list_price,
  p.unit_cost,
  o.quantity,
  o.expected_quantity,
  o.log_lift,
  o.revenue,
  CAST(o.cost AS DOUBLE) / NULLIF(o.costed_units, 0) AS actual_unit_cost
FROM plan AS p
JOIN features AS f
  ON p.plan_row = f.plan_row
JOIN outcomes AS o
  ON p.plan_row = o.plan_row
