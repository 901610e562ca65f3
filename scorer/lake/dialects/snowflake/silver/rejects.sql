-- One row per exported row that was refused: where it stands and why.
-- Made from silver/rejects.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  'promotions' AS table_name,
  p.file,
  p.line,
  p.promotion_id AS row_id,
  p.reason,
  p.unparsed AS detail
FROM promotions_judged AS p
WHERE
  NOT p.reason IS NULL
UNION ALL
SELECT
  'sales' AS table_name,
  s.file,
  s.line,
  s.transaction_id AS row_id,
  s.reason,
  s.unparsed AS detail
FROM sales_judged AS s
WHERE
  NOT s.reason IS NULL
UNION ALL
SELECT
  'campaigns' AS table_name,
  c.file,
  c.line,
  c.campaign_id AS row_id,
  c.reason,
  c.unparsed AS detail
FROM campaigns_judged AS c
WHERE
  NOT c.reason IS NULL
UNION ALL
SELECT
  b.table_name,
  b.file,
  b.line,
  NULL AS row_id,
  b.reason,
  b.text AS detail
FROM bronze_rejects AS b
