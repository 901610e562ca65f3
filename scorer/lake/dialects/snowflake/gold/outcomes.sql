-- One row per past promotion whose days lie within the sales history: what was sold, and the log of its lift.
-- Only periods with known sales count, on both sides; half a unit on both sides keeps promotions without sales.
-- Made from gold/outcomes.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  o.*,
  LN(
    CAST((
      o.quantity + CAST(0.5 AS DOUBLE)
    ) AS DOUBLE) / (
      o.expected_quantity + CAST(0.5 AS DOUBLE)
    )
  ) AS log_lift
FROM (
  SELECT
    p.plan_row,
    p.cohort,
    MIN(p.product_key) AS product_key,
    MIN(p.promotion_category_key) AS promotion_category_key,
    MIN(p.item_key) AS item_key,
    MIN(p.promotion_type) AS promotion_type,
    MAX(d.week_index) + 1 AS known_week,
    SUM(q.quantity) AS quantity,
    SUM(q.revenue) AS revenue,
    SUM(q.transactions) AS transactions,
    SUM(
      CASE
        WHEN NOT q.quantity IS NULL
        THEN p.season_factor * s.period_days * CASE d.day_of_week
          WHEN 0
          THEN i.d0
          WHEN 1
          THEN i.d1
          WHEN 2
          THEN i.d2
          WHEN 3
          THEN i.d3
          WHEN 4
          THEN i.d4
          WHEN 5
          THEN i.d5
          ELSE i.d6
        END
      END
    ) AS expected_quantity,
    SUM(q.cost) AS cost,
    SUM(q.costed_units) AS costed_units
  FROM plan_baseline AS p
  CROSS JOIN settings AS s
  JOIN date_table AS d
    ON d.day >= p.start_date
    AND d.day <= p.end_date
    AND d.day <= s.data_cut
    AND (
      s.period_days = 1 OR d.day = d.week_start
    )
  JOIN item_asof AS i
    ON p.item_key = i.item_key AND p.asof_week = i.week_index
  LEFT JOIN item_periods AS q
    ON p.item_key = q.item_key AND d.day = q.period
  WHERE
    p.baseline_method = 'item' AND p.end_date <= s.data_cut
  GROUP BY
    p.plan_row,
    p.cohort
) AS o
WHERE
  NOT o.quantity IS NULL AND NOT o.expected_quantity IS NULL
