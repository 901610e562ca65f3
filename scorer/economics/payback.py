"""When a promotion has paid for itself."""

import numpy as np

from scorer.economics.amounts import Amount, known, plain

__all__ = ["payback"]

ROUNDING = 1e-12
"""A shortfall smaller than this part of the money moved so far is the rounding of an exact zero."""


def payback(contributions: Amount, *, lasting: bool = False) -> Amount:
    """The first period, counted from 1, whose cumulative incremental contribution is at least zero.

    contributions: currency per period along the last axis, all of them: costs in the period they fall due,
    the weeks of the promotion, and the dip afterwards (negative). A promotion may pay back and lose it
    again in the dip; with lasting the answer is the first period from which the total never falls below
    zero again. NaN where it never pays back, or where a missing period comes first.

    >>> payback([-2_000, 1_500, 1_500, -1_200, 400])
    3.0
    >>> payback([-2_000, 1_500, 1_500, -1_200, 400], lasting=True)
    5.0
    >>> payback([-2_000, 500, 500])
    nan
    """
    periods = np.atleast_1d(known(contributions))
    slack = ROUNDING * np.abs(periods).cumsum(axis=-1)
    paid = periods.cumsum(axis=-1) >= -slack
    if lasting:
        paid = np.logical_and.accumulate(paid[..., ::-1], axis=-1)[..., ::-1]
    if periods.shape[-1] == 0:
        return plain(np.full(periods.shape[:-1], np.nan))
    return plain(np.where(paid.any(axis=-1), paid.argmax(axis=-1) + 1.0, np.nan))
