"""One predictive distribution of log lift: a centre, a scale, and the shape of past out-of-time errors.

A conformal predictive distribution (Vovk, Shen, Manokhin and Xie, 2017, in its split form): the errors that the
model made on later promotions, divided by their scale, are the shape. Any quantile, any chance and the mean come
from it, so they cannot contradict each other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from scorer.columns import Array, Floats

KNOTS = 201
CLOSEST = 1e-4  # knots stand at least this far apart: neighbours must not turn rounding into a jump of probability
SCALES = np.linspace(0.02, 4.0, 400)


class Shape(NamedTuple):
    """Quantiles ``z`` of the scaled errors at the probabilities ``p``, both rising."""

    p: Floats
    z: Floats

    def quantile(self, centre: Array, scale: Array, probability: float) -> Floats:
        """Return the value that is not exceeded with this probability."""
        return np.asarray(centre + scale * np.interp(probability, self.p, self.z))

    def chance_above(self, centre: Array, scale: Array, threshold: Array) -> Floats:
        """Return the chance of a value above ``threshold``; NaN where the threshold is NaN.

        Beyond the outermost knots it stays at theirs: what was never seen is rare, not impossible. Only an infinite
        threshold is certain.
        """
        above = 1.0 - np.interp((threshold - centre) / scale, self.z, self.p)
        certain = np.where(np.isposinf(threshold), 0.0, np.where(np.isneginf(threshold), 1.0, above))
        return np.where(np.isnan(threshold), np.nan, certain)

    def mean(self, centre: Array, scale: Array) -> Floats:
        """Return the mean of each row's value."""
        return np.asarray(centre + scale * self.mean_z)

    def mean_of_exp(self, centre: Array, scale: Array) -> Floats:
        """Return the mean of exp(value): what log lift means for expected units."""
        return np.asarray(np.exp(centre) * np.interp(scale, SCALES, _means_of_exp(self.p.tobytes(), self.z.tobytes())))

    @property
    def mean_z(self) -> float:
        """The mean of the scaled errors: what the centre is wrong by on average, in scales."""
        return float(self._midpoints.mean())

    @property
    def _midpoints(self) -> Floats:
        return _midpoints_of(self.p, self.z)

    def as_data(self) -> dict[str, Any]:
        return {"p": self.p.tolist(), "z": self.z.tolist()}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Shape:
        return cls(np.asarray(data["p"], dtype=np.float64), np.asarray(data["z"], dtype=np.float64))


def shape_of(errors: Array, weights: Array | None = None) -> Shape:
    """Make the shape from scaled out-of-time errors; ``weights`` let every event count the same.

    The outermost knots stand at 0.5/n and 1-0.5/n: nothing more extreme than what was seen is claimed.

    >>> shape_of(np.array([-1.0, 0.0, 1.0])).quantile(np.array([0.0]), np.array([1.0]), 0.5).tolist()
    [0.0]
    """
    order = np.argsort(errors, kind="stable")
    z = np.asarray(errors, dtype=np.float64)[order]
    w = np.ones_like(z) if weights is None else np.asarray(weights, dtype=np.float64)[order]
    p = (np.cumsum(w) - w / 2) / w.sum()
    grid = np.clip((np.arange(KNOTS) + 0.5) / KNOTS, p[0], p[-1])
    return _rising(grid, np.interp(grid, p, z))


def _midpoints_of(p: Floats, z: Floats) -> Floats:
    grid = (np.arange(KNOTS) + 0.5) / KNOTS
    return np.asarray(np.interp(grid, p, z))


@lru_cache(maxsize=32)
def _means_of_exp(p: bytes, z: bytes) -> Floats:
    """Return the mean of exp(scale × error) for each of ``SCALES``; every step that is tried for a promotion asks for it."""
    means = np.exp(np.outer(SCALES, _midpoints_of(np.frombuffer(p), np.frombuffer(z)))).mean(axis=1)
    means.flags.writeable = False
    return np.asarray(means)


def _rising(p: Floats, z: Floats) -> Shape:
    """Push values that are nearly one apart by a little, so that both columns rise and any of them gives the other."""
    p, first = np.unique(p, return_index=True)
    steps = CLOSEST * np.arange(len(p))
    return Shape(p, np.maximum.accumulate(z[first] - steps) + steps)
