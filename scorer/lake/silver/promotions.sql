-- One row per usable promotion.
SELECT j.* FROM promotions_judged AS j WHERE j.reason IS NULL
