-- One row per item and period from its first sale to the data cut, with or without sales.
-- calm: nothing announced ran, the shelf was full, and the price was not under the price of the weeks before.
-- Made from gold/item_periods.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  e.item_key,
  e.product_key,
  e.category_key,
  e.period,
  e.week_index,
  e.slot,
  e.quantity,
  e.revenue,
  e.transactions,
  e.cost,
  e.costed_units,
  e.promoted,
  CASE
    WHEN e.quantity IS NULL OR e.promoted = 1 OR e.stock_out = 1
    THEN 0
    WHEN e.has_units
    AND e.quantity > 0
    AND CAST(e.revenue AS DOUBLE) / e.quantity < (
      1 - e.price_dip
    ) * w.usual_price
    THEN 0
    ELSE 1
  END AS calm
FROM (
  SELECT
    i.item_key,
    i.product_key,
    i.category_key,
    d.day AS period,
    d.week_index,
    CASE WHEN s.period_days = 7 THEN 0 ELSE d.day_of_week END AS slot,
    CASE
      WHEN q.quantity IS NULL AND s.absent_is_zero
      THEN CAST(0.0 AS DOUBLE)
      ELSE q.quantity
    END AS quantity,
    CASE
      WHEN q.quantity IS NULL AND s.absent_is_zero
      THEN CAST(0.0 AS DOUBLE)
      ELSE q.revenue
    END AS revenue,
    CASE
      WHEN q.quantity IS NULL AND s.absent_is_zero
      THEN CAST(0.0 AS DOUBLE)
      ELSE q.transactions
    END AS transactions,
    q.cost,
    q.costed_units,
    CASE WHEN p.item_key IS NULL THEN 0 ELSE 1 END AS promoted,
    COALESCE(q.stock_out, 0) AS stock_out,
    s.has_units,
    s.price_dip
  FROM items AS i
  CROSS JOIN settings AS s
  JOIN date_table AS d
    ON d.day >= i.first_period
    AND d.day <= s.data_cut
    AND (
      s.period_days = 1 OR d.day = d.week_start
    )
  LEFT JOIN sales_by_period AS q
    ON i.item_key = q.item_key AND d.day = q.period
  LEFT JOIN promoted_periods AS p
    ON i.item_key = p.item_key AND d.day = p.period
) AS e
LEFT JOIN usual_prices AS w
  ON e.item_key = w.item_key AND e.week_index = w.week_index
