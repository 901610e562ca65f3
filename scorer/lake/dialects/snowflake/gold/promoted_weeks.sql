-- One row per item and week in which a promotion of it runs, past or already planned in the export.
-- Made from gold/promoted_weeks.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT DISTINCT
  p.item_key,
  p.place_key,
  p.category_key,
  p.product_key,
  d.week_index
FROM keyed_promotions AS p
JOIN date_table AS d
  ON d.day >= p.start_date AND d.day <= p.end_date
