"""Numbers that may be missing: what goes in, what comes out, and division that never lies.

An amount is one number or an array of them; arrays broadcast as NumPy broadcasts. NaN means *not
available* and stays so through every sum and product. Infinity is no amount either: it is read as NaN.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Amount: TypeAlias = float | Array

__all__ = ["Amount", "Array", "known", "plain", "ratio", "ratio_of_sums", "return_on"]


def known(amount: Amount | None | Any) -> Array:
    """The amount as a float array; None and infinity become NaN.

    >>> known([1, None, float("inf")]).tolist()
    [1.0, nan, nan]
    """
    array = np.asarray(amount, dtype=np.float64)
    if np.isinf(array).any():
        array = np.where(np.isinf(array), np.nan, array)
    return array


def plain(array: Amount) -> Amount:
    """What a caller gets back: a Python float for one number, an array for many; infinity as NaN."""
    result = known(array)
    return float(result) if result.ndim == 0 else result


def ratio(numerator: Amount, denominator: Amount) -> Amount:
    """numerator / denominator; NaN (not available) where the denominator is zero, never 0 or infinity.

    >>> ratio(7_500, 11_500)
    0.6521739130434783
    >>> ratio(1.0, 0.0)
    nan
    """
    top, bottom = np.broadcast_arrays(known(numerator), known(denominator))
    result = np.full(bottom.shape, np.nan)
    with np.errstate(over="ignore"):
        np.divide(top, bottom, out=result, where=bottom != 0)
    return plain(result)


def ratio_of_sums(numerators: Amount, denominators: Amount, *, skip_missing: bool = False) -> Amount:
    """The rate of a total: Σ numerator / Σ denominator over the last axis, never a mean of rates.

    A missing value makes the total not available. With skip_missing the total runs over the rows that
    have both values, so that numerator and denominator always speak of the same rows.

    >>> ratio_of_sums([500, 900], [100, 900])          # the mean of the two rates would say 3.0
    1.4
    >>> ratio_of_sums([500, 900], [100, float("nan")], skip_missing=True)
    5.0
    """
    top, bottom = np.broadcast_arrays(*(np.atleast_1d(known(side)) for side in (numerators, denominators)))
    if skip_missing:
        complete = ~np.isnan(top) & ~np.isnan(bottom)
        top, bottom = np.where(complete, top, 0.0), np.where(complete, bottom, 0.0)
    return ratio(top.sum(axis=-1), bottom.sum(axis=-1))


def return_on(result: Amount, spend: Amount) -> Amount:
    """result / spend where something is spent; NaN where spend is zero or below.

    A spend below zero (more baseline sales lost than redeemed) would turn a loss into a positive return.

    >>> return_on(-8_500, 11_500) < 0, return_on(-8_500, -11_500)
    (True, nan)
    """
    spent = known(spend)
    return ratio(result, np.where(spent > 0, spent, np.nan))
