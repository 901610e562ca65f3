-- One row per category and week: clean sales against the level of the same items' eight clean observations before,
-- chained into an index, so that the same weeks of last year say how demand moves from one week to another.
SELECT
  c.category_key, c.week_index, c.level, c.observations,
  AVG(c.level) OVER (PARTITION BY c.category_key ORDER BY c.week_index ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING) AS level_before,
  COUNT(c.level) OVER (PARTITION BY c.category_key ORDER BY c.week_index ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING) AS weeks_before
FROM (
  SELECT
    p.category_key, p.week_index,
    SUM(p.quantity) / NULLIF(SUM(p.usual), 0) AS level,
    COUNT(p.quantity) AS observations
  FROM season_parts AS p
  GROUP BY p.category_key, p.week_index
) AS c
