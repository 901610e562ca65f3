-- One row per planned promotion: how earlier promotions lifted, from the same item and type out to all of them,
-- each mean drawn towards the next wider one with the weight of prior_weight promotions.
-- Made from gold/plan_priors.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  c.*,
  CAST((
    c.item_type_total + c.prior_weight * c.product_type_prior
  ) AS DOUBLE) / (
    c.item_type_n + c.prior_weight
  ) AS item_type_prior
FROM (
  SELECT
    b.*,
    CAST((
      b.product_type_total + b.prior_weight * b.category_type_prior
    ) AS DOUBLE) / (
      b.product_type_n + b.prior_weight
    ) AS product_type_prior,
    CAST((
      b.product_total + b.prior_weight * b.all_prior
    ) AS DOUBLE) / (
      b.product_n + b.prior_weight
    ) AS product_prior,
    CAST((
      b.item_total + b.prior_weight * b.all_prior
    ) AS DOUBLE) / (
      b.item_n + b.prior_weight
    ) AS item_prior
  FROM (
    SELECT
      a.*,
      CAST((
        a.category_type_total + a.prior_weight * a.all_prior
      ) AS DOUBLE) / (
        a.category_type_n + a.prior_weight
      ) AS category_type_prior
    FROM (
      SELECT
        p.plan_row,
        s.prior_weight,
        COALESCE(it.n, 0) AS item_type_n,
        COALESCE(it.total, CAST(0.0 AS DOUBLE)) AS item_type_total,
        COALESCE(i.n, 0) AS item_n,
        COALESCE(i.total, CAST(0.0 AS DOUBLE)) AS item_total,
        COALESCE(pt.n, 0) AS product_type_n,
        COALESCE(pt.total, CAST(0.0 AS DOUBLE)) AS product_type_total,
        COALESCE(u.n, 0) AS product_n,
        COALESCE(u.total, CAST(0.0 AS DOUBLE)) AS product_total,
        COALESCE(ct.n, 0) AS category_type_n,
        COALESCE(ct.total, CAST(0.0 AS DOUBLE)) AS category_type_total,
        COALESCE(CAST(x.total AS DOUBLE) / NULLIF(x.n, 0), CAST(0.0 AS DOUBLE)) AS all_prior,
        COALESCE(
          CAST(it.total AS DOUBLE) / NULLIF(it.n, 0),
          CAST(ct.total AS DOUBLE) / NULLIF(ct.n, 0),
          CAST(x.total AS DOUBLE) / NULLIF(x.n, 0),
          CAST(0.0 AS DOUBLE)
        ) AS simple_rule,
        CASE
          WHEN it.n > 0
          THEN CAST((
            it.successes + CAST(1.0 AS DOUBLE)
          ) AS DOUBLE) / (
            it.n + CAST(2.0 AS DOUBLE)
          )
          WHEN ct.n > 0
          THEN CAST((
            ct.successes + CAST(1.0 AS DOUBLE)
          ) AS DOUBLE) / (
            ct.n + CAST(2.0 AS DOUBLE)
          )
          WHEN x.n > 0
          THEN CAST((
            x.successes + CAST(1.0 AS DOUBLE)
          ) AS DOUBLE) / (
            x.n + CAST(2.0 AS DOUBLE)
          )
          ELSE CAST(0.5 AS DOUBLE)
        END AS simple_rule_success
      FROM plan_asof AS p
      CROSS JOIN settings AS s
      LEFT JOIN priors AS it
        ON it.level = 'item_type'
        AND it.cohort = p.cohort
        AND it.level_key = p.item_key || '|' || LOWER(p.promotion_type)
        AND it.week_index = p.asof_week
      LEFT JOIN priors AS i
        ON i.level = 'item'
        AND i.cohort = p.cohort
        AND i.level_key = p.item_key
        AND i.week_index = p.asof_week
      LEFT JOIN priors AS pt
        ON pt.level = 'product_type'
        AND pt.cohort = p.cohort
        AND pt.level_key = p.product_key || '|' || LOWER(p.promotion_type)
        AND pt.week_index = p.asof_week
      LEFT JOIN priors AS u
        ON u.level = 'product'
        AND u.cohort = p.cohort
        AND u.level_key = p.product_key
        AND u.week_index = p.asof_week
      LEFT JOIN priors AS ct
        ON ct.level = 'category_type'
        AND ct.cohort = p.cohort
        AND ct.level_key = p.promotion_category_key || '|' || LOWER(p.promotion_type)
        AND ct.week_index = p.asof_week
      LEFT JOIN priors AS x
        ON x.level = 'all' AND x.cohort = p.cohort AND x.week_index = p.asof_week
    ) AS a
  ) AS b
) AS c
