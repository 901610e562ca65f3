-- One row per usable promotion.
-- Made from silver/promotions.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  j.*
FROM promotions_judged AS j
WHERE
  j.reason IS NULL
