-- One row per parent and week: the average item of a product (any place), of a category, and of all, for items without history.
-- Made from gold/parent_asof.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  'product' AS parent,
  a.product_key AS parent_key,
  a.week_index,
  AVG(a.d0) AS d0,
  AVG(a.d1) AS d1,
  AVG(a.d2) AS d2,
  AVG(a.d3) AS d3,
  AVG(a.d4) AS d4,
  AVG(a.d5) AS d5,
  AVG(a.d6) AS d6,
  AVG(a.observations) AS observations,
  AVG(a.regular_price) AS regular_price,
  AVG(a.unit_cost) AS unit_cost,
  AVG(a.spread) AS spread
FROM item_asof AS a
GROUP BY
  a.product_key,
  a.week_index
UNION ALL
SELECT
  'category' AS parent,
  a.category_key AS parent_key,
  a.week_index,
  AVG(a.d0) AS d0,
  AVG(a.d1) AS d1,
  AVG(a.d2) AS d2,
  AVG(a.d3) AS d3,
  AVG(a.d4) AS d4,
  AVG(a.d5) AS d5,
  AVG(a.d6) AS d6,
  AVG(a.observations) AS observations,
  AVG(a.regular_price) AS regular_price,
  AVG(a.unit_cost) AS unit_cost,
  AVG(a.spread) AS spread
FROM item_asof AS a
GROUP BY
  a.category_key,
  a.week_index
UNION ALL
SELECT
  'all' AS parent,
  '*' AS parent_key,
  a.week_index,
  AVG(a.d0) AS d0,
  AVG(a.d1) AS d1,
  AVG(a.d2) AS d2,
  AVG(a.d3) AS d3,
  AVG(a.d4) AS d4,
  AVG(a.d5) AS d5,
  AVG(a.d6) AS d6,
  AVG(a.observations) AS observations,
  AVG(a.regular_price) AS regular_price,
  AVG(a.unit_cost) AS unit_cost,
  AVG(a.spread) AS spread
FROM item_asof AS a
GROUP BY
  a.week_index
