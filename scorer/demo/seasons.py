"""What the calendar does to sales, in logs: weekday, time of the year, Christmas, public holidays."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from scorer.columns import DAY, Array, Floats
from scorer.demo.catalogue import Category

# Monday to Sunday, relative to an average day; only a few shops open on Sundays.
WEEKDAY = np.array([0.92, 0.90, 0.95, 1.05, 1.25, 1.48, 0.45])
ON_A_HOLIDAY = 0.50
DAY_BEFORE_A_HOLIDAY = 1.25
_DAYS_IN_A_YEAR = 365.25
_CHRISTMAS_DAY_OF_YEAR = 346
_CHRISTMAS_WIDTH = 22


def weekday(days: Array) -> Array:
    """Return 0 for Monday to 6 for Sunday.

    >>> weekday(np.array(["2026-06-29", "2026-07-05"], dtype="datetime64[D]")).tolist()
    [0, 6]
    """
    return np.asarray((days.astype(np.int64) + 3) % 7)  # 1970-01-01, day 0, was a Thursday


def day_of_year(days: Array) -> Array:
    """Return 0 for the first of January."""
    new_year = days.astype("datetime64[Y]").astype("datetime64[D]")
    return np.asarray((days - new_year).astype(np.int64))


def log_calendar(days: Array) -> Floats:
    """Return what weekday and public holidays do to every item's sales, in logs, one figure per day."""
    effect: Floats = np.log(WEEKDAY[weekday(days)])
    holidays = public_holidays(days)
    effect[np.isin(days, holidays)] += np.log(ON_A_HOLIDAY)
    effect[np.isin(days, holidays - DAY)] += np.log(DAY_BEFORE_A_HOLIDAY)
    return effect


def log_season(category: Category, days: Array) -> Floats:
    """Return a category's yearly season, in logs: a swing around a peak day, a rise before Christmas."""
    day = day_of_year(days)
    swing = category.swing * np.cos(2 * np.pi * (day - category.peak_day) / _DAYS_IN_A_YEAR)
    rise = category.christmas * np.exp(-(((day - _CHRISTMAS_DAY_OF_YEAR) / _CHRISTMAS_WIDTH) ** 2))
    return np.asarray(swing + rise, dtype=np.float64)


def public_holidays(days: Array) -> Array:
    """Return the holidays common to all German states within the years of ``days``."""
    years = range(int(str(days[0])[:4]), int(str(days[-1])[:4]) + 1)
    return np.array([day for year in years for day in _holidays_of(year)], dtype="datetime64[D]")


def easter_sunday(year: int) -> date:
    """Return Easter Sunday (Meeus/Jones/Butcher: J. Meeus, Astronomical Algorithms, chapter 8).

    >>> easter_sunday(2026)
    datetime.date(2026, 4, 5)
    """
    a = year % 19
    b, c = divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * ell) // 433
    month = (h + ell - 7 * m + 90) // 25
    return date(year, month, (h + ell - 7 * m + 33 * month + 19) % 32)


def _holidays_of(year: int) -> list[date]:
    fixed = [date(year, *day) for day in ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))]
    return fixed + [easter_sunday(year) + timedelta(days=away) for away in (-2, 1, 39, 50)]
