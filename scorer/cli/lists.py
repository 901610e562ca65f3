"""Options that hold several numbers, such as 10,15,20."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer


def as_fractions(given: str | None) -> tuple[float, ...] | None:
    """Read discounts in percent. Raises typer.BadParameter for anything that is no percentage.

    >>> as_fractions("10, 12.5%")
    (0.1, 0.125)
    """
    percents = _numbers(given, "--discounts", float)
    wrong = [percent for percent in percents or () if not (percent == 0 or 1 <= percent <= 100)]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]:g} is not a discount in percent: write 20 for 20 %.", param_hint="--discounts")
    return percents and tuple(round(percent / 100, 10) for percent in percents)


def as_days(given: str | None) -> tuple[int, ...] | None:
    """Read lengths in days. Raises typer.BadParameter for anything that is no whole number of days.

    >>> as_days("7,14")
    (7, 14)
    """
    lengths = _numbers(given, "--days", int)
    if any(length < 1 for length in lengths or ()):
        raise typer.BadParameter("a promotion lasts at least 1 day.", param_hint="--days")
    return lengths


def _numbers(given: str | None, option: str, kind: Callable[[str], Any]) -> tuple[Any, ...] | None:
    if given is None:
        return None
    try:
        return tuple(kind(part.strip().removesuffix("%")) for part in given.split(",") if part.strip()) or None
    except ValueError:
        raise typer.BadParameter(f"'{given}' is not a list of numbers such as 10,15,20.", param_hint=option) from None


def as_weeks(given: str | None) -> tuple[int, ...] | None:
    """Read weeks by which a start moves. Raises typer.BadParameter for anything that is no whole number.

    >>> as_weeks("-1,1")
    (-1, 1)
    """
    return _numbers(given, "--weeks", int)
