"""The date table: every calendar fact the SQL needs, made once in Python.

Weekdays, quarters and weeks mean different things on different SQL engines, so no engine is asked for them.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from scorer.columns import DAY, Array, Columns
from scorer.errors import BadSettings, ExtraMissing
from scorer.settings import Calendar

MONDAY = np.datetime64("1970-01-05", "D")


def date_table(first: date, last: date, anchor: date | None, calendar: Calendar) -> Columns:
    """Return one row per day from ``first`` to ``last``, both included.

    Parameters
    ----------
    anchor : the first day of some week; weeks run in steps of seven days from it. None: weeks start on Monday.
    calendar : the client's holidays and holiday months.

    Returns
    -------
    Columns: day, week_index (weeks since the anchor's week), week_start, day_of_week (Monday is 0), month,
    quarter, week_of_year (1-53, counted from 1 January), is_weekend, is_holiday, is_holiday_season.

    Raises ExtraMissing when a country is set and the ``holidays`` package is not installed, BadSettings when that does
    not know the country or its subdivision.

    >>> table = date_table(date(2026, 1, 1), date(2026, 1, 7), None, Calendar())
    >>> table["day_of_week"].tolist()
    [3, 4, 5, 6, 0, 1, 2]
    """
    days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + DAY)
    start = np.datetime64(anchor, "D") if anchor else MONDAY
    weeks = (days - start).astype(np.int64) // 7
    months = days.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    day_of_year = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    weekday = (days - MONDAY).astype(np.int64) % 7
    return {
        "day": days,
        "week_index": weeks,
        "week_start": start + weeks * 7,
        "day_of_week": weekday,
        "month": month,
        "quarter": (month - 1) // 3 + 1,
        "week_of_year": day_of_year // 7 + 1,
        "is_weekend": weekday >= 5,
        "is_holiday": np.isin(days, _holidays(days, calendar)),
        "is_holiday_season": np.isin(month, calendar.holiday_months),
    }


def _holidays(days: Array, calendar: Calendar) -> Array:
    own = np.array(calendar.holidays, dtype="datetime64[D]")
    if calendar.country is None or not len(days):
        return own
    try:
        import holidays
    except ImportError as missing:
        raise ExtraMissing.named("train", "The public holidays of a country") from missing
    years = range(days[0].astype(object).year, days[-1].astype(object).year + 1)
    try:
        public = holidays.country_holidays(calendar.country, subdiv=calendar.subdivision, years=years)
    except NotImplementedError as unknown:
        raise _no_holidays(calendar) from unknown
    return np.concatenate([own, np.array(sorted(public), dtype="datetime64[D]")])


def _no_holidays(calendar: Calendar) -> BadSettings:
    key = "calendar.subdivision" if calendar.subdivision else "calendar.country"
    found = f"{calendar.country}, {calendar.subdivision}" if calendar.subdivision else calendar.country
    why = "its public holidays are not known; give ISO codes such as DE and BY, or list the days under calendar.holidays"
    return BadSettings.bad_value("client file", key, found, why)
