-- One row per clean observation: the mean of all clean observations of the item and slot up to and including it.
-- Made from gold/item_levels.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  c.item_key,
  c.slot,
  c.week_index,
  CAST(c.quantity AS DOUBLE) / c.position AS usual
FROM clean_observations AS c
