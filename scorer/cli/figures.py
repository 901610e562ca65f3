"""How figures are written for people."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

NOT_KNOWN = "n/a"

SHARES = ("discount", "probability", "lift", "roi")
WHOLE = ("cost", "profit", "units")


def figure(value: Any, name: str = "") -> str:
    """Write one figure: shares in percent where ``name`` is one, money and units whole, small numbers with three digits.

    >>> figure(0.25, "discount_percentage"), figure(1234.5), figure(0.1234), figure(float("nan"))
    ('25.0 %', '1,234', '0.123', 'n/a')
    """
    if value is None:
        return NOT_KNOWN
    if isinstance(value, str | bool):
        return str(value)
    number = float(value)
    if not isfinite(number):
        return NOT_KNOWN
    parts = name.split("_")
    if any(part in SHARES for part in parts):
        return f"{number:.1%}".replace("%", " %")
    if number == int(number) or abs(number) >= 100 or any(part in WHOLE for part in parts):
        return f"{number:,.0f}"
    return f"{number:.3f}"


def words(names: Iterable[str]) -> str:
    """Join names for a sentence.

    >>> words(["region", "product"])
    'region, product'
    """
    return ", ".join(str(name) for name in names)
