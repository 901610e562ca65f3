"""Whether two samples come from one population: the stability index."""

from __future__ import annotations

import numpy as np

from scorer.columns import Array

BINS = 10
_EMPTY = 0.5  # counted in an empty bin: the logarithm of nothing has no end


def stability_index(before: Array, after: Array) -> float:
    """Return the population stability index (PSI) of two samples of numbers: 0 for one distribution, above 0.25 for another.

    Both are counted between and on the values that part ``before`` into tenths; the index is the sum of (q - p) ln(q / p)
    over their shares p and q. Missing values are left out.

    >>> round(stability_index(np.arange(1000.0), np.arange(1000.0)), 6)
    0.0
    >>> stability_index(np.arange(1000.0), np.arange(1000.0) + 500) > 0.25
    True
    """
    before, after = before[~np.isnan(before)], after[~np.isnan(after)]
    edges = np.unique(np.quantile(before, np.linspace(0, 1, BINS + 1)[1:-1]))
    # a value that many share is a class of its own: discounts and lengths are few numbers
    bins = (np.searchsorted(edges, sample, "left") + np.searchsorted(edges, sample, "right") for sample in (before, after))
    return index_of_counts(*(np.bincount(places, minlength=2 * len(edges) + 1) for places in bins))


def index_of_counts(before: Array, after: Array) -> float:
    """Return the stability index of two samples counted in the same classes.

    >>> round(index_of_counts(np.array([50, 50]), np.array([80, 20])), 4)
    0.4159
    """
    met = before + after > 0
    before, after = before[met], after[met]
    p, q = (np.maximum(counts, _EMPTY) / np.maximum(counts, _EMPTY).sum() for counts in (before, after))
    return float(((q - p) * np.log(q / p)).sum())
