-- One row per item and week: how much of the 26 weeks before was promoted, and how long ago the last promotion ran.
-- Made from gold/promotion_pressure.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  w.item_key,
  w.week_index,
  CAST(SUM(w.promoted) OVER (
    PARTITION BY w.item_key
    ORDER BY w.week_index NULLS LAST
    ROWS BETWEEN 26 PRECEDING AND 1 PRECEDING
  ) AS DOUBLE) / NULLIF(
    SUM(w.periods) OVER (
      PARTITION BY w.item_key
      ORDER BY w.week_index NULLS LAST
      ROWS BETWEEN 26 PRECEDING AND 1 PRECEDING
    ),
    0
  ) AS promoted_share,
  w.week_index - MAX(CASE WHEN w.promoted > 0 THEN w.week_index END) OVER (
    PARTITION BY w.item_key
    ORDER BY w.week_index NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS weeks_since_promotion
FROM (
  SELECT
    g.item_key,
    g.week_index,
    CAST(SUM(COALESCE(p.promoted, 0)) AS DOUBLE) AS promoted,
    CAST(COUNT(p.period) AS DOUBLE) AS periods
  FROM item_week_slots AS g
  LEFT JOIN item_periods AS p
    ON g.item_key = p.item_key AND g.week_index = p.week_index AND g.slot = p.slot
  GROUP BY
    g.item_key,
    g.week_index
) AS w
