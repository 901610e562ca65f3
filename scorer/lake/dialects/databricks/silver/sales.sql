-- One row per usable sales row; refunds and other bookings stand in sales_judged with their kind.
-- Made from silver/sales.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  j.*
FROM sales_judged AS j
WHERE
  j.reason IS NULL AND j.kind = 'sale'
