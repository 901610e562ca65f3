-- One row per item and week with sales: the highest weekly price of the eight selling weeks before it.
-- Made from gold/usual_prices.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  w.item_key,
  w.week_index,
  MAX(w.price) OVER (
    PARTITION BY w.item_key
    ORDER BY w.week_index
    ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING
  ) AS usual_price
FROM (
  SELECT
    q.item_key,
    d.week_index,
    CAST(SUM(q.revenue) AS DOUBLE) / NULLIF(SUM(q.quantity), 0) AS price
  FROM sales_by_period AS q
  JOIN date_table AS d
    ON q.period = d.day
  GROUP BY
    q.item_key,
    d.week_index
) AS w
