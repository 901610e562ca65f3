"""Values on their way into cells and out of them: days become numbers and numbers days. Knows no office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

EXCEL_DAY_ZERO = dt.datetime(1899, 12, 30)
Grid = list[list[Any]]


class CellError(str):
    """What a cell shows instead of a value, such as ``#N/A``."""

    __slots__ = ()


def to_serial(moment: dt.datetime | dt.date | dt.time | dt.timedelta, day_zero: dt.datetime = EXCEL_DAY_ZERO) -> float:
    """Return the number of days since the book's day zero. A zone is dropped: cells have none.

    >>> to_serial(dt.date(2026, 3, 1)), to_serial(dt.datetime(1904, 1, 2, 12), dt.datetime(1904, 1, 1)), to_serial(dt.time(6))
    (46082.0, 1.5, 0.25)
    """
    if isinstance(moment, dt.timedelta):
        return moment / dt.timedelta(days=1)
    if isinstance(moment, dt.time):
        moment = dt.datetime.combine(day_zero, moment.replace(tzinfo=None))
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime(moment.year, moment.month, moment.day)
    return (moment.replace(tzinfo=None) - day_zero) / dt.timedelta(days=1)


def to_moment(serial: float, day_zero: dt.datetime = EXCEL_DAY_ZERO) -> dt.datetime | float:
    """Return the moment of a number of days, to the millisecond; a number that no calendar has stays one.

    >>> to_moment(46082.75), to_moment(-1e9)
    (datetime.datetime(2026, 3, 1, 18, 0), -1000000000.0)
    """
    try:
        return day_zero + dt.timedelta(milliseconds=round(serial * 86_400_000))
    except (OverflowError, ValueError):
        return serial


def prepared(value: Any) -> Any:
    """Return a value as it is written: nothing and not-a-number become empty text, numbers of all kinds plain ones."""
    if type(value).__module__.partition(".")[0] in {"numpy", "pandas"}:
        value = _plain(value)
    if value is None or value != value:
        return ""
    return float(value) if isinstance(value, Decimal) else value


def cleaned(
    grid: Sequence[Sequence[Any]],
    build_moment: Callable[..., Any],
    empty_as: Any,
    build_number: Callable[[float], Any] | None,
    *,
    errors_as_text: bool,
) -> Grid:
    """Return what was read as the caller wants it: with his own emptiness, and his own kinds of moments and numbers."""

    def one(value: Any) -> Any:
        if value is None or value == "":
            return empty_as
        if isinstance(value, CellError):
            return str(value) if errors_as_text else None
        if isinstance(value, dt.datetime):
            return value if build_moment is dt.datetime else _built(build_moment, value)
        if build_number is not None and isinstance(value, float):
            return build_number(value)
        return value

    return [[one(value) for value in row] for row in grid]


def _built(build: Callable[..., Any], moment: dt.datetime) -> Any:
    return build(
        year=moment.year,
        month=moment.month,
        day=moment.day,
        hour=moment.hour,
        minute=moment.minute,
        second=moment.second,
        microsecond=moment.microsecond,
        tzinfo=None,
    )


def _plain(value: Any) -> Any:
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if type(value).__name__ == "datetime64":
        import pandas as pd

        value = pd.Timestamp(value)
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime(warn=False)
    return value.item() if hasattr(value, "item") else value
