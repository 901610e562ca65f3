-- One row per sales row that another one replaces, with the reason.
-- Of usable rows with one transaction_id the later wins. Where rows are totals of a day or week, a row that stands
-- twice in the same words is one row exported twice, and the total of a key and period in a later file corrects
-- those in earlier files.
SELECT
  a.file, a.line,
  CASE
    WHEN a.copy_number > 1 THEN 'the same sales row stands again later in the export'
    ELSE 'a later file has the total of the same key and period'
  END AS reason
FROM (
  SELECT
    r.file, r.line, r.transaction_id, w.later_file_wins,
    ROW_NUMBER() OVER (
      PARTITION BY
        r.fault, r.transaction_id,
        CASE WHEN r.transaction_id IS NULL THEN r.sale_date END,
        CASE WHEN r.transaction_id IS NULL THEN r.product_category END,
        CASE WHEN r.transaction_id IS NULL THEN r.product_subcategory END,
        CASE WHEN r.transaction_id IS NULL THEN r.product END,
        CASE WHEN r.transaction_id IS NULL THEN r.region END,
        CASE WHEN r.transaction_id IS NULL THEN r.store END,
        CASE WHEN r.transaction_id IS NULL THEN r.units END,
        CASE WHEN r.transaction_id IS NULL THEN r.revenue END
      ORDER BY r.file DESC, r.line DESC
    ) AS copy_number,
    MAX(r.file) OVER (
      PARTITION BY
        r.fault, r.kind, r.transaction_id, r.sale_date,
        r.product_category, r.product_subcategory, r.product, r.region, r.store
    ) AS last_file
  FROM sales_read AS r
  CROSS JOIN corrections AS w
  WHERE r.transaction_id IS NOT NULL OR r.rows_are_totals
) AS a
WHERE a.copy_number > 1 OR (a.transaction_id IS NULL AND a.later_file_wins AND a.last_file > a.file)
