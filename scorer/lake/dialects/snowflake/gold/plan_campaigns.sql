-- One row per planned promotion that overlaps a marketing campaign of its category and region (empty: all of them).
-- Made from gold/plan_campaigns.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  p.plan_row,
  COUNT(c.campaign_id) AS num_overlapping_campaigns
FROM plan AS p
JOIN campaigns AS c
  ON c.start_date <= p.end_date
  AND c.end_date >= p.start_date
  AND (
    c.product_category IS NULL
    OR LOWER(c.product_category) = LOWER(p.product_category)
  )
  AND (
    c.region IS NULL OR p.region IS NULL OR LOWER(c.region) = LOWER(p.region)
  )
GROUP BY
  p.plan_row
