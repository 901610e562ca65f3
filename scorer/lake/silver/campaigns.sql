-- One row per usable campaign.
SELECT j.* FROM campaigns_judged AS j WHERE j.reason IS NULL
