-- One row per planned promotion: its calendar facts, and the week up to which anything may be known about it.
-- Planning happens lead_days before the start, or today (the day after the data cut), whichever is earlier;
-- it is settled once per day of the calendar, because a start has only one such day.
-- Made from gold/plan_asof.sql by python -m scorer.lake.dialects: change that file, not this one.
SELECT
  p.*,
  b.week_index AS start_week,
  b.month AS start_month,
  b.quarter AS start_quarter,
  b.day_of_week AS start_day_of_week,
  b.week_of_year AS start_week_of_year,
  b.is_weekend AS starts_on_weekend,
  b.is_holiday_season,
  m.week_index AS middle_week,
  b.asof_day,
  b.asof_week,
  b.asof_period,
  c.n0,
  c.n1,
  c.n2,
  c.n3,
  c.n4,
  c.n5,
  c.n6
FROM plan AS p
JOIN (
  SELECT
    d.*,
    a.day AS asof_day,
    a.week_index AS asof_week,
    CASE WHEN d.period_days = 7 THEN a.week_start ELSE a.day END AS asof_period
  FROM (
    SELECT
      t.*,
      s.period_days,
      CASE
        WHEN t.day_number - s.lead_days <= s.cut_number
        THEN t.day_number - s.lead_days
        ELSE s.cut_number + 1
      END AS asof_number
    FROM date_table AS t
    CROSS JOIN settings AS s
  ) AS d
  JOIN date_table AS a
    ON d.asof_number = a.day_number
) AS b
  ON p.start_date = b.day
JOIN weekday_counts AS c
  ON b.day_of_week = c.day_of_week AND p.duration_days = c.duration_days
JOIN date_table AS m
  ON b.day_number + c.half = m.day_number
