-- One row per exported sales row: what kind of row it is, and what is wrong with it by itself (NULL: nothing).
-- Only kind 'sale' makes sales; refunds and other bookings are kept apart and counted.
SELECT
  c.*,
  CASE
    WHEN c.sale_date IS NULL THEN 'sale_date is missing or not a date'
    WHEN j.region IS NOT NULL THEN 'region is not a region'
    WHEN c.revenue IS NULL THEN 'revenue is missing or not a number'
    WHEN c.kind = 'refund' THEN NULL
    WHEN c.has_units AND c.units IS NULL THEN 'units are missing or not a number'
    WHEN c.has_units AND c.units > 0 AND c.revenue <= 0 THEN 'revenue is not above zero although units were sold'
    WHEN c.has_units AND c.units = 0 AND c.revenue <> 0 THEN 'revenue without units'
    WHEN NOT c.has_units AND c.revenue <= 0 THEN 'revenue is not above zero'
  END AS fault
FROM (
  SELECT
    b.sale_date, b.transaction_id, b.product_category, b.product_subcategory, b.product, b.region, b.store,
    b.units, b.revenue, b.transactions, COALESCE(b.stock_out, FALSE) AS stock_out,
    COALESCE(b.unit_cost, CASE WHEN b.units > 0 THEN b.revenue * (1 - b.gross_margin_pct / 100.0) / b.units END)
      AS unit_cost,
    CASE
      WHEN LOWER(b.transaction_type) = 'refund' OR b.units < 0 THEN 'refund'
      WHEN b.transaction_type IS NULL OR LOWER(b.transaction_type) = 'sale' THEN 'sale'
      ELSE 'other'
    END AS kind,
    s.has_units, s.rows_are_totals, b.file, b.line, b.unparsed
  FROM bronze_sales AS b
  CROSS JOIN settings AS s
) AS c
LEFT JOIN junk_regions AS j ON c.region = j.region
