"""How often the truth fell inside the interval that was committed, and how sure that share is."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

Z = 1.959963984540054  # the normal quantile of a 95 % interval


class Coverage(NamedTuple):
    """Actual lifts inside their committed interval: how many of how many, the share and its 95 % interval, in words."""

    inside: int
    measured: int
    promised: float
    """What share of them should lie inside, on average: the width of the intervals."""
    share: float
    low: float
    high: float
    sentence: str


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The score interval of a share at 95 % (Wilson, E. B., 1927, "Probable inference, the law of succession, and
    statistical inference", Journal of the American Statistical Association 22); NaN without trials.

    >>> [round(end, 4) for end in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    if not trials:
        return float("nan"), float("nan")
    share, square = successes / trials, Z * Z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    half = Z / (1 + square / trials) * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return max(0.0, middle - half), min(1.0, middle + half)


def coverage(inside: int, measured: int, promised: float, enough: int) -> Coverage:
    """Judge the intervals; fewer than ``enough`` measured promotions are no evidence.

    Promotions of one week share their luck, so the interval of the share is rather too narrow than too wide.
    """
    low, high = wilson(inside, measured)
    share = inside / measured if measured else float("nan")
    return Coverage(inside, measured, promised, share, low, high, _judged(inside, measured, promised, (low, high), enough))


def _judged(inside: int, measured: int, promised: float, ends: tuple[float, float], enough: int) -> str:
    if measured < enough:
        return f"Not enough evidence: {measured} of the promotions foretold are measured, {enough} are needed."
    counted = f"{inside} of {measured} actual lifts lie inside their interval; {promised:.0%} should"
    if ends[1] < promised:
        return f"The intervals are too narrow: {counted}."
    if ends[0] > promised:
        return f"The intervals are wider than they need to be: {counted}."
    return f"The intervals hold: {counted}."
