-- One row per exported promotion, with the reason why it cannot be used (NULL: it can).
-- A discount above 1 was given as 0-100 and is converted; of two usable rows with one id the later wins.
-- Made from silver/promotions_judged.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  p.*,
  COALESCE(
    p.fault,
    CASE
      WHEN ROW_NUMBER() OVER (PARTITION BY p.promotion_id, p.fault ORDER BY p.file DESC, p.line DESC) > 1
      THEN 'promotion_id stands again in a later row, which is used'
    END
  ) AS reason
FROM (
  SELECT
    c.*,
    CASE
      WHEN c.promotion_id IS NULL
      THEN 'promotion_id is missing'
      WHEN NOT j.region IS NULL
      THEN 'region is not a region'
      WHEN c.start_date IS NULL
      THEN 'start_date is missing or not a date'
      WHEN c.end_date IS NULL
      THEN 'end_date is missing or not a date'
      WHEN c.end_date < c.start_date
      THEN 'end_date is before start_date'
      WHEN c.discount_percentage IS NULL
      THEN 'discount_percentage is missing or not a number'
      WHEN c.discount_percentage < 0 OR c.discount_percentage > 1
      THEN 'discount_percentage is outside 0-1 (and 0-100)'
    END AS fault
  FROM (
    SELECT
      b.promotion_id,
      b.product_category,
      b.product_subcategory,
      b.product,
      b.region,
      b.store,
      COALESCE(b.promotion_type, 'unknown') AS promotion_type,
      CASE
        WHEN b.discount_percentage > 1 AND b.discount_percentage <= 100
        THEN CAST(b.discount_percentage AS DOUBLE) / CAST(100.0 AS DOUBLE)
        ELSE b.discount_percentage
      END AS discount_percentage,
      COALESCE(b.discount_percentage > 1 AND b.discount_percentage <= 100, FALSE) AS discount_converted,
      b.start_date,
      b.end_date,
      b.list_price,
      b.unit_cost,
      b.funding_share,
      b.fixed_cost,
      b.redemption_share,
      b.cannibalised_share,
      b.pulled_forward_share,
      b.halo_share,
      b.cannibalised_margin,
      b.halo_margin,
      b.file,
      b.line,
      b.unparsed
    FROM bronze_promotions AS b
  ) AS c
  LEFT JOIN junk_regions AS j
    ON c.region = j.region
) AS p
