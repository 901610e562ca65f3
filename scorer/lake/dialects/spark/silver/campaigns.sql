-- One row per usable campaign.
-- Made from silver/campaigns.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  j.*
FROM campaigns_judged AS j
WHERE
  j.reason IS NULL
