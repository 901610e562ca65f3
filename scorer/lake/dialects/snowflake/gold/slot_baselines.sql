-- One row per item, slot and week: the mean of the last clean observations before that week, and how many they are.
-- The weeks run one past the data cut, so that the last row is what is known today.
-- Made from gold/slot_baselines.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  g.item_key,
  g.week_index,
  g.slot,
  CASE WHEN g.seen < s.observations THEN g.seen ELSE s.observations END AS observations,
  CAST((
    l.quantity - COALESCE(f.quantity, CAST(0.0 AS DOUBLE))
  ) AS DOUBLE) / CASE WHEN g.seen < s.observations THEN g.seen ELSE s.observations END AS mean_quantity,
  CAST((
    l.squares - COALESCE(f.squares, CAST(0.0 AS DOUBLE))
  ) AS DOUBLE) / CASE WHEN g.seen < s.observations THEN g.seen ELSE s.observations END AS mean_square,
  l.revenue - COALESCE(f.revenue, CAST(0.0 AS DOUBLE)) AS revenue,
  l.quantity - COALESCE(f.quantity, CAST(0.0 AS DOUBLE)) AS quantity,
  l.cost - COALESCE(f.cost, CAST(0.0 AS DOUBLE)) AS cost,
  l.costed_units - COALESCE(f.costed_units, CAST(0.0 AS DOUBLE)) AS costed_units,
  g.week_index - l.week_index AS weeks_since_clean
FROM (
  SELECT
    w.item_key,
    w.week_index,
    w.slot,
    COUNT(p.period) OVER (
      PARTITION BY w.item_key, w.slot
      ORDER BY w.week_index
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS seen
  FROM item_week_slots AS w
  LEFT JOIN clean_periods AS p
    ON w.item_key = p.item_key AND w.week_index = p.week_index AND w.slot = p.slot
) AS g
CROSS JOIN settings AS s
JOIN clean_observations AS l
  ON g.item_key = l.item_key AND g.slot = l.slot AND g.seen = l.position
LEFT JOIN clean_observations AS f
  ON g.item_key = f.item_key
  AND g.slot = f.slot
  AND g.seen - s.observations = f.position
