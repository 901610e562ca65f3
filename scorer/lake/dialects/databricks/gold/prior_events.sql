-- One row per ended promotion and level at which it teaches something about later ones.
-- Made from gold/prior_events.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  o.cohort,
  'item_type' AS level,
  o.item_key || '|' || LOWER(o.promotion_type) AS level_key,
  o.known_week,
  o.log_lift
FROM outcomes AS o
UNION ALL
SELECT
  o.cohort,
  'item' AS level,
  o.item_key AS level_key,
  o.known_week,
  o.log_lift
FROM outcomes AS o
UNION ALL
SELECT
  o.cohort,
  'product_type' AS level,
  o.product_key || '|' || LOWER(o.promotion_type) AS level_key,
  o.known_week,
  o.log_lift
FROM outcomes AS o
UNION ALL
SELECT
  o.cohort,
  'product' AS level,
  o.product_key AS level_key,
  o.known_week,
  o.log_lift
FROM outcomes AS o
UNION ALL
SELECT
  o.cohort,
  'category_type' AS level,
  o.promotion_category_key || '|' || LOWER(o.promotion_type) AS level_key,
  o.known_week,
  o.log_lift
FROM outcomes AS o
UNION ALL
SELECT
  o.cohort,
  'all' AS level,
  '*' AS level_key,
  o.known_week,
  o.log_lift
FROM outcomes AS o
