-- One row per calm period that is no spike: sales far above the usual of the calm periods before it in the same slot
-- betray a promotion that nobody announced. The usual is a geometric mean, which single spikes hardly move.
-- Made from gold/clean_periods.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  c.item_key,
  c.product_key,
  c.category_key,
  c.period,
  c.week_index,
  c.slot,
  c.quantity,
  c.revenue,
  c.cost,
  c.costed_units
FROM (
  SELECT
    p.*,
    AVG(LN(p.quantity + CAST(0.5 AS DOUBLE))) OVER (
      PARTITION BY p.item_key, p.slot
      ORDER BY p.period NULLS LAST
      ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING
    ) AS usual_log,
    COUNT(p.quantity) OVER (
      PARTITION BY p.item_key, p.slot
      ORDER BY p.period NULLS LAST
      ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING
    ) AS before
  FROM item_periods AS p
  WHERE
    p.calm = 1
) AS c
CROSS JOIN settings AS s
WHERE
  c.before < 3
  OR c.quantity <= s.spike * EXP(c.usual_log) + 3 * SQRT(EXP(c.usual_log)) + 3
