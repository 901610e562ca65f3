"""Calendar facts, counted the same way everywhere: Monday is 0, weeks run from their anchor, holidays are the client's."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.columns import records
from scorer.errors import BadSettings
from scorer.lake.calendar import date_table
from scorer.lake.history import LONGEST_PROMOTION, weekday_counts
from scorer.settings import Calendar

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@given(first=days)
def test_every_fact_agrees_with_the_calendar_of_python(first):
    for row in records(date_table(first, first + timedelta(40), None, Calendar())):
        day = row["day"]
        assert row["day_of_week"] == day.weekday()
        assert (row["month"], row["quarter"]) == (day.month, (day.month + 2) // 3)
        assert row["week_of_year"] == (day.timetuple().tm_yday - 1) // 7 + 1
        assert row["is_weekend"] == (day.weekday() >= 5)
        assert row["is_holiday_season"] == (day.month in (11, 12))
        assert row["week_start"] == day - timedelta(day.weekday())


@given(first=days, anchor=days)
def test_weeks_run_from_their_anchor(first, anchor):
    table = date_table(first, first + timedelta(30), anchor, Calendar())
    for row in records(table):
        assert (row["week_start"] - anchor).days % 7 == 0
        assert timedelta(0) <= row["day"] - row["week_start"] < timedelta(7)
        assert row["week_index"] == (row["week_start"] - anchor).days // 7
    assert set(np.diff(table["week_index"])) <= {0, 1}


def test_one_row_per_day_both_ends_included():
    table = date_table(date(2024, 2, 28), date(2024, 3, 1), None, Calendar())
    assert table["day"].tolist() == [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]


def holidays(calendar):
    table = date_table(date(2026, 12, 20), date(2027, 1, 10), None, calendar)
    return [str(day) for day in table["day"][table["is_holiday"]]]


def test_public_holidays_and_the_clients_own():
    assert holidays(Calendar()) == []
    assert holidays(Calendar(holidays=(date(2026, 12, 24),))) == ["2026-12-24"]
    public = holidays(Calendar(country="DE"))
    assert {"2026-12-25", "2027-01-01"} <= set(public)
    assert "2027-01-06" not in public
    assert "2027-01-06" in holidays(Calendar(country="DE", subdivision="BY"))
    assert "2026-12-24" in holidays(Calendar(country="DE", holidays=(date(2026, 12, 24),)))


def test_holiday_months_are_the_clients():
    table = date_table(date(2026, 1, 1), date(2026, 12, 31), None, Calendar(holiday_months=(2,)))
    assert table["is_holiday_season"].sum() == 28


@pytest.mark.parametrize("first_weekday", range(7))
def test_weekdays_of_a_promotion_are_counted_like_on_fingers(first_weekday):
    counts = weekday_counts()
    for duration in (1, 2, 6, 7, 8, 30, LONGEST_PROMOTION):
        row = (counts["day_of_week"] == first_weekday) & (counts["duration_days"] == duration)
        fingers = np.bincount([(first_weekday + at) % 7 for at in range(duration)], minlength=7)
        assert [counts[f"n{day}"][row].tolist() for day in range(7)] == [[n] for n in fingers]


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("Nowhere", None), ("DE", "ZZ")])
def test_a_country_that_is_none_is_a_mistake_in_the_client_file(country, subdivision):
    with pytest.raises(BadSettings, match=r"calendar\.(country|subdivision).*not known"):
        holidays(Calendar(country=country, subdivision=subdivision))
