-- One row per exported sales row, with the reason why it cannot be used (NULL: it can).
-- Made from silver/sales_judged.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  r.*,
  COALESCE(r.fault, a.reason) AS reason
FROM sales_read AS r
LEFT JOIN sales_again AS a
  ON r.file = a.file AND r.line = a.line
