-- One row per item and day (or first day of a week): receipts and revenue of the 30 days before it, promoted or not.
-- Weekly exports only know whole weeks: the weeks that began in those 30 days.
-- Made from gold/recent_sales.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  g.item_key,
  g.day,
  SUM(g.transactions) OVER (
    PARTITION BY g.item_key
    ORDER BY g.day_number NULLS LAST
    RANGE BETWEEN 30 PRECEDING AND 1 PRECEDING
  ) AS transactions,
  SUM(g.revenue) OVER (
    PARTITION BY g.item_key
    ORDER BY g.day_number NULLS LAST
    RANGE BETWEEN 30 PRECEDING AND 1 PRECEDING
  ) AS revenue,
  SUM(g.days) OVER (
    PARTITION BY g.item_key
    ORDER BY g.day_number NULLS LAST
    RANGE BETWEEN 30 PRECEDING AND 1 PRECEDING
  ) AS days
FROM (
  SELECT
    i.item_key,
    d.day,
    d.day_number,
    p.transactions,
    p.revenue,
    CASE
      WHEN NOT p.item_key IS NULL OR (
        s.absent_is_zero AND d.day <= s.data_cut
      )
      THEN CAST(s.period_days AS DOUBLE)
    END AS days
  FROM items AS i
  CROSS JOIN settings AS s
  JOIN date_table AS d
    ON d.day >= i.first_period
    AND d.day_number <= s.cut_number + 1
    AND (
      s.period_days = 1 OR d.day = d.week_start OR d.day_number > s.cut_number
    )
  LEFT JOIN sales_by_period AS p
    ON i.item_key = p.item_key AND d.day = p.period
) AS g
