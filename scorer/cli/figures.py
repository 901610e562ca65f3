"""How figures are written for people, and what the figures of skill mean in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

NOT_KNOWN = "n/a"

MEANING = {
    "r2_log_lift": "share of the ups and downs of lift that is foretold; 1 all, 0 none",
    "mae_log_lift": "usual miss of the lift, as a log ratio; 0.10 is about 10 %",
    "wape_sales": "miss of promotion sales, as a share of those sales",
    "auc_success": "ranking of promotions by whether sales rose; 1 perfect, 0.5 chance",
    "brier_success": "error of the chance that sales rise; lower is better",
    "brier_constant": "the same error if every promotion got one and the same chance",
    "auc_profit": "ranking of promotions by whether they earned money; 1 perfect, 0.5 chance",
    "coverage_50": "outcomes inside the 50 % interval; honest is near 0.50",
    "coverage_80": "outcomes inside the 80 % interval; honest is near 0.80",
    "coverage_95": "outcomes inside the 95 % interval; honest is near 0.95",
}
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
