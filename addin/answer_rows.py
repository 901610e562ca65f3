"""Answers laid out like the range that asked for them, and words in the place of a figure that is not known."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from addin.cells import Problem
from addin.session import RowsAnswered
from scorer.columns import Columns

_NO_SUCH_LIFT = "there is no such lift: an extra unit leaves nothing, or its price or cost is not known"
_NOTHING_SPENT = "not available: the promotion costs nothing, so there is no return on its cost"
_WITHOUT = {
    "break_even_lift": _NO_SUCH_LIFT,
    "headroom": _NO_SUCH_LIFT,
    "sales_multiple": "not available: no discount is given",
}
# figures that need neither price nor cost: their lack explains nothing
_NOT_MONEY = ("sales_multiple", "baseline_observations")


def by_row(rows: RowsAnswered, headers: list[str], value: Callable[[int], list[Any]]) -> list[list[Any]]:
    """Return a row for every row of the range: a header where it has one, nothing for blank rows, a reason for bad ones.

    value: gives the values of one answer, by its place among the answers, in the order of the headers.
    """
    laid: list[list[Any]] = [list(headers)] if rows.asked.has_header else []
    for line in rows.asked.lines:
        if line in rows.at:
            at = rows.at[line]
            found = zip(headers, value(at), strict=True)
            laid.append([_why(rows.answer, name, at, line) if _is_unknown(one) else one for name, one in found])
        elif line in rows.reasons:
            # every figure of the row says so, briefly: a total of any column must not pass over it in silence
            briefly = Problem.because("see the first column", line)
            laid.append([Problem.because(rows.reasons[line], line), *[briefly] * (len(headers) - 1)])
        else:
            laid.append([None] * len(headers))
    return laid


def told_or_why(answers: Columns, name: str, at: int) -> Any:
    """Return one figure of an answer, or why it is not known."""
    found = answers[name][at]
    return _why(answers, name, at) if _is_unknown(found) else found


def _why(answers: Columns, name: str, at: int, line: int | None = None) -> Problem:
    """Say why a figure is not known: a total must not pass over it in silence."""
    gap = next((part for part in str(answers["flags"][at] or "").split("; ") if "not available" in part), "")
    if gap and name not in _NOT_MONEY:
        return Problem.because(gap, line)
    if name.startswith("roi") and not answers["promotion_cost_expected"][at] > 0:
        return Problem.because(_NOTHING_SPENT, line)
    return Problem.because(_WITHOUT.get(name, "not available"), line)


def _is_unknown(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
