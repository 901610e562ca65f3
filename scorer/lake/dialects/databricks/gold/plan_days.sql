-- One row per planned promotion: what its days tell, whatever it sells.
-- Made from gold/plan_days.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  p.plan_row,
  p.start_month,
  p.start_quarter,
  p.start_day_of_week,
  p.start_week_of_year,
  p.is_holiday_season,
  p.starts_on_weekend,
  COALESCE(h.holidays, 0) AS holidays,
  COALESCE(p.num_overlapping_campaigns, c.num_overlapping_campaigns, 0) > 0 AS has_campaign_overlap,
  CAST(COALESCE(p.num_overlapping_campaigns, c.num_overlapping_campaigns, 0) AS DOUBLE) AS num_overlapping_campaigns
FROM plan_asof AS p
LEFT JOIN plan_campaigns AS c
  ON p.plan_row = c.plan_row
LEFT JOIN plan_holidays AS h
  ON p.plan_row = h.plan_row
