-- One row per planned promotion: what its days would sell without it, how that was found, and prices and costs from history.
-- Made from gold/plan_baseline.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  e.*,
  CASE e.baseline_method
    WHEN 'item'
    THEN e.item_units
    WHEN 'product'
    THEN e.product_units
    WHEN 'category'
    THEN e.category_units
    ELSE e.all_units
  END * e.season_factor AS baseline_units,
  CASE e.baseline_method
    WHEN 'item'
    THEN e.item_observations
    WHEN 'product'
    THEN e.product_observations
    WHEN 'category'
    THEN e.category_observations
    ELSE e.all_observations
  END AS baseline_observations
FROM (
  SELECT
    p.*,
    NOT i.item_key IS NULL AS item_known,
    CASE
      WHEN i.observations >= s.minimum
      THEN 'item'
      WHEN u.observations >= s.minimum
      THEN 'product'
      WHEN c.observations >= s.minimum
      THEN 'category'
      ELSE 'all'
    END AS baseline_method,
    p.n0 * i.d0 + p.n1 * i.d1 + p.n2 * i.d2 + p.n3 * i.d3 + p.n4 * i.d4 + p.n5 * i.d5 + p.n6 * i.d6 AS item_units,
    p.n0 * u.d0 + p.n1 * u.d1 + p.n2 * u.d2 + p.n3 * u.d3 + p.n4 * u.d4 + p.n5 * u.d5 + p.n6 * u.d6 AS product_units,
    p.n0 * c.d0 + p.n1 * c.d1 + p.n2 * c.d2 + p.n3 * c.d3 + p.n4 * c.d4 + p.n5 * c.d5 + p.n6 * c.d6 AS category_units,
    p.n0 * x.d0 + p.n1 * x.d1 + p.n2 * x.d2 + p.n3 * x.d3 + p.n4 * x.d4 + p.n5 * x.d5 + p.n6 * x.d6 AS all_units,
    i.observations AS item_observations,
    u.observations AS product_observations,
    c.observations AS category_observations,
    x.observations AS all_observations,
    COALESCE(i.spread, u.spread, c.spread, x.spread) AS baseline_spread,
    COALESCE(i.regular_price, u.regular_price, c.regular_price) AS regular_price,
    COALESCE(i.unit_cost, u.unit_cost, c.unit_cost) AS history_unit_cost,
    c.regular_price AS category_price,
    i.weeks_since_clean,
    i.promoted_share,
    i.weeks_since_promotion,
    CASE
      WHEN s.use_season
      AND n.level > 0
      AND o.level_before > 0
      AND n.observations >= 20
      AND o.weeks_before >= 4
      THEN CASE
        WHEN CAST(n.level AS DOUBLE) / o.level_before > 2
        THEN CAST(2.0 AS DOUBLE)
        WHEN CAST(n.level AS DOUBLE) / o.level_before < CAST(0.5 AS DOUBLE)
        THEN CAST(0.5 AS DOUBLE)
        ELSE CAST(n.level AS DOUBLE) / o.level_before
      END
      ELSE CAST(1.0 AS DOUBLE)
    END AS season_factor
  FROM plan_asof AS p
  CROSS JOIN settings AS s
  LEFT JOIN item_asof AS i
    ON p.item_key = i.item_key AND p.asof_week = i.week_index
  LEFT JOIN parent_asof AS u
    ON u.parent = 'product'
    AND p.product_key = u.parent_key
    AND p.asof_week = u.week_index
  LEFT JOIN parent_asof AS c
    ON c.parent = 'category'
    AND p.category_key = c.parent_key
    AND p.asof_week = c.week_index
  LEFT JOIN parent_asof AS x
    ON x.parent = 'all' AND p.asof_week = x.week_index
  LEFT JOIN season_index AS n
    ON p.category_key = n.category_key AND p.middle_week - 52 = n.week_index
  LEFT JOIN season_index AS o
    ON p.category_key = o.category_key AND p.asof_week - 52 = o.week_index
) AS e
