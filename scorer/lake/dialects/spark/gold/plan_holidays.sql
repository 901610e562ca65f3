-- One row per planned promotion: public and own holidays among its days, from running totals of the date table.
-- Made from gold/plan_holidays.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  p.plan_row,
  l.holidays_so_far - f.holidays_so_far + CASE WHEN f.is_holiday THEN 1 ELSE 0 END AS holidays
FROM plan AS p
JOIN date_table AS f
  ON p.start_date = f.day
JOIN date_table AS l
  ON p.end_date = l.day
