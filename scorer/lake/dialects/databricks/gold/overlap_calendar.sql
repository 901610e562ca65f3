-- One row per place, category and week: how many products are promoted there, as far as the exported calendar reaches,
-- and how many usually are (the two years before), for weeks beyond it.
-- Made from gold/overlap_calendar.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  w.place_key,
  w.category_key,
  w.week_index,
  w.products,
  AVG(w.products) OVER (
    PARTITION BY w.place_key, w.category_key
    ORDER BY w.week_index NULLS LAST
    ROWS BETWEEN 104 PRECEDING AND 1 PRECEDING
  ) AS usual
FROM (
  SELECT
    k.place_key,
    k.category_key,
    d.week_index,
    CASE
      WHEN d.week_index <= u.known_until
      THEN CAST(COALESCE(c.products, 0) AS DOUBLE)
    END AS products
  FROM (
    SELECT DISTINCT
      m.place_key,
      m.category_key
    FROM promoted_weeks AS m
  ) AS k
  CROSS JOIN (
    SELECT
      MAX(m.week_index) AS known_until
    FROM promoted_weeks AS m
  ) AS u
  CROSS JOIN (
    SELECT DISTINCT
      t.week_index
    FROM date_table AS t
  ) AS d
  LEFT JOIN (
    SELECT
      m.place_key,
      m.category_key,
      m.week_index,
      COUNT(m.product_key) AS products
    FROM (
      SELECT DISTINCT
        n.place_key,
        n.category_key,
        n.product_key,
        n.week_index
      FROM promoted_weeks AS n
    ) AS m
    GROUP BY
      m.place_key,
      m.category_key,
      m.week_index
  ) AS c
    ON k.place_key = c.place_key
    AND k.category_key = c.category_key
    AND d.week_index = c.week_index
) AS w
