-- One row per item, week and slot from the item's first week to the week after the data cut.
-- Made from gold/item_week_slots.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT DISTINCT
  i.item_key,
  d.week_index,
  CASE WHEN s.period_days = 7 THEN 0 ELSE d.day_of_week END AS slot
FROM items AS i
CROSS JOIN settings AS s
JOIN date_table AS d
  ON d.day >= i.first_period AND d.week_index <= s.last_week
