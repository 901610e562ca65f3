"""How good a forecast was: plain formulas on arrays of the rows that came later."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Floats


def r_squared(actual: Array, predicted: Array) -> float:
    """Return 1 - sum of squared errors / sum of squares around the mean of ``actual``.

    >>> r_squared(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0]))
    1.0
    """
    spread = np.sum((actual - actual.mean()) ** 2)
    return float(1 - np.sum((actual - predicted) ** 2) / spread) if spread > 0 else float("nan")


def mean_absolute_error(actual: Array, predicted: Array) -> float:
    """Return the mean distance between forecast and outcome, in their own unit."""
    return float(np.mean(np.abs(actual - predicted)))


def wape(actual: Array, predicted: Array) -> float:
    """Return the weighted absolute percentage error: sum of absolute errors over the sum of actuals.

    >>> wape(np.array([100.0, 300.0]), np.array([110.0, 270.0]))
    0.1
    """
    total = np.sum(np.abs(actual))
    return float(np.sum(np.abs(actual - predicted)) / total) if total > 0 else float("nan")


def auc(outcome: Array, score: Array) -> float:
    """Return the area under the ROC curve: the chance that a positive row is ranked above a negative one.

    Ties count half (Mann-Whitney). NaN when there are only positives or only negatives.

    >>> auc(np.array([0, 1, 1]), np.array([0.2, 0.9, 0.2]))
    0.75
    """
    positive = np.asarray(outcome, dtype=bool)
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        return float("nan")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((rank[positive].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def brier(outcome: Array, probability: Array) -> float:
    """Return the mean squared difference between a probability and what happened (0 or 1).

    >>> brier(np.array([1, 0]), np.array([0.8, 0.4]))
    0.1
    """
    return float(np.mean((np.asarray(outcome, dtype=float) - probability) ** 2))


class Reliability(NamedTuple):
    """One row of a reliability table: rows whose probability fell in a band, and how often it came true."""

    low: float
    high: float
    rows: int
    predicted: float
    observed: float


def reliability(outcome: Array, probability: Array, bands: int = 10) -> list[Reliability]:
    """Cut probabilities into equal bands and compare the mean probability with the share that came true."""
    edges = np.linspace(0, 1, bands + 1)
    band = np.clip(np.digitize(probability, edges) - 1, 0, bands - 1)
    outcome = np.asarray(outcome, dtype=float)
    return [
        Reliability(
            float(edges[b]),
            float(edges[b + 1]),
            int(inside.sum()),
            float(probability[inside].mean()),
            float(outcome[inside].mean()),
        )
        for b in range(bands)
        if (inside := band == b).any()
    ]


def coverage(actual: Array, low: Array, high: Array) -> float:
    """Return the share of rows whose actual value lies in its interval."""
    return float(np.mean((actual >= low) & (actual <= high)))


def resampled_events(events: Array, times: int, seed: int) -> tuple[Array, Floats]:
    """Draw events with replacement.

    Returns ``(code, weight)``: ``code`` is the event number of each row, ``weight`` has one row per resample
    and one column per event: how often that event was drawn (Efron's bootstrap over independent clusters).
    """
    _, code = np.unique(events, return_inverse=True)
    n = int(code.max()) + 1
    draws = np.random.default_rng(seed).integers(0, n, size=(times, n))
    weight = np.zeros((times, n))
    np.add.at(weight, (np.arange(times)[:, None], draws), 1.0)
    return code, weight


def interval(samples: Array, width: float = 0.95) -> tuple[float, float]:
    """Return the middle ``width`` of bootstrap samples."""
    low, high = np.nanquantile(samples, [(1 - width) / 2, (1 + width) / 2])
    return float(low), float(high)


def skill_samples(actual: Array, predicted: Array, reference: Array, events: Array, times: int, seed: int) -> Floats:
    """Return bootstrap samples of 1 - squared error of ``predicted`` over squared error of ``reference``.

    Above zero means better than the reference; whole events are drawn, because rows of one event are not independent.
    """
    code, weight = resampled_events(events, times, seed)
    n = weight.shape[1]
    error = np.bincount(code, (actual - predicted) ** 2, n)
    against = np.bincount(code, (actual - reference) ** 2, n)
    return np.asarray(1 - (weight @ error) / np.maximum(weight @ against, 1e-12))
