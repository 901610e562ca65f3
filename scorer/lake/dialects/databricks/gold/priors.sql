-- One row per cohort, level, key and week: how many promotions had ended before that week, and how they lifted.
-- Made from gold/priors.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  w.cohort,
  w.level,
  w.level_key,
  w.week_index,
  SUM(COALESCE(e.n, 0)) OVER (
    PARTITION BY w.cohort, w.level, w.level_key
    ORDER BY w.week_index NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS n,
  SUM(COALESCE(e.total, CAST(0.0 AS DOUBLE))) OVER (
    PARTITION BY w.cohort, w.level, w.level_key
    ORDER BY w.week_index NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS total,
  SUM(COALESCE(e.successes, 0)) OVER (
    PARTITION BY w.cohort, w.level, w.level_key
    ORDER BY w.week_index NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS successes
FROM (
  SELECT
    k.cohort,
    k.level,
    k.level_key,
    c.week_index
  FROM (
    SELECT
      l.cohort,
      l.level,
      l.level_key,
      MIN(l.known_week) AS first_week
    FROM prior_events AS l
    GROUP BY
      l.cohort,
      l.level,
      l.level_key
  ) AS k
  CROSS JOIN settings AS s
  JOIN (
    SELECT DISTINCT
      d.week_index
    FROM date_table AS d
  ) AS c
    ON c.week_index >= k.first_week AND c.week_index <= s.last_week
) AS w
LEFT JOIN (
  SELECT
    l.cohort,
    l.level,
    l.level_key,
    l.known_week,
    COUNT(l.log_lift) AS n,
    SUM(l.log_lift) AS total,
    SUM(CASE WHEN l.log_lift > 0 THEN 1 ELSE 0 END) AS successes
  FROM prior_events AS l
  GROUP BY
    l.cohort,
    l.level,
    l.level_key,
    l.known_week
) AS e
  ON w.cohort = e.cohort
  AND w.level = e.level
  AND w.level_key = e.level_key
  AND w.week_index = e.known_week
