-- One row per exported campaign, with the reason why it cannot be used (NULL: it can).
-- Made from silver/campaigns_judged.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  c.*,
  COALESCE(
    c.fault,
    CASE
      WHEN ROW_NUMBER() OVER (PARTITION BY c.campaign_id, c.fault ORDER BY c.file DESC, c.line DESC) > 1
      THEN 'campaign_id stands again in a later row, which is used'
    END
  ) AS reason
FROM (
  SELECT
    b.campaign_id,
    b.campaign_name,
    b.campaign_type,
    b.product_category,
    b.target_audience,
    b.start_date,
    b.end_date,
    b.region,
    b.budget,
    b.reach,
    CASE
      WHEN b.conversion_rate >= 0 AND b.conversion_rate <= 1
      THEN b.conversion_rate
    END AS conversion_rate,
    b.file,
    b.line,
    b.unparsed,
    CASE
      WHEN b.campaign_id IS NULL
      THEN 'campaign_id is missing'
      WHEN NOT j.region IS NULL
      THEN 'region is not a region'
      WHEN b.start_date IS NULL
      THEN 'start_date is missing or not a date'
      WHEN b.end_date IS NULL
      THEN 'end_date is missing or not a date'
      WHEN b.end_date < b.start_date
      THEN 'end_date is before start_date'
      WHEN b.budget <= 0
      THEN 'budget is not above zero'
      WHEN b.reach < 0
      THEN 'reach is below zero'
    END AS fault
  FROM bronze_campaigns AS b
  LEFT JOIN junk_regions AS j
    ON b.region = j.region
) AS c
