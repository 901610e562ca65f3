"""Feature columns → the numbers a booster reads.

Text becomes a rank: its levels in the order of their mean outcome in training, drawn towards the overall mean where
they were seen seldom. A level that training never saw is missing to the booster and is reported.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scorer.columns import Array, Columns, distinct, length

RARE = 20.0


class Encoding(NamedTuple):
    """Feature names in the booster's order, and the code of every known level of the text ones."""

    features: tuple[str, ...]
    levels: dict[str, dict[str, float]]

    def matrix(self, rows: Columns) -> Array:
        """Return float32 of shape (rows, features); missing and unknown are NaN."""
        made = np.empty((length(rows), len(self.features)), dtype=np.float32)
        for position, name in enumerate(self.features):
            made[:, position] = self._coded(name, rows[name]) if name in self.levels else rows[name]
        return made

    def renewed(self, matrix: Array, rows: Columns) -> Array:
        """Return ``matrix`` with those of its numbers in it that are columns of ``rows``; the others stay as they are."""
        made = matrix.copy()
        for position, name in enumerate(self.features):
            if name in rows and name not in self.levels:
                made[:, position] = rows[name]
        return made

    def unknown(self, rows: Columns, name: str) -> Array:
        """Return which rows hold a level of ``name`` that training never saw."""
        if name not in self.levels:
            return np.zeros(length(rows), dtype=bool)
        return np.isnan(self._coded(name, rows[name]))

    def _coded(self, name: str, values: Array) -> Array:
        codes = self.levels[name]
        known, inverse = _distinct(values)
        return np.array([codes.get(level, np.nan) for level in known], dtype=np.float32)[inverse]

    def as_data(self) -> dict[str, Any]:
        return {"features": list(self.features), "levels": self.levels}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Encoding:
        return cls(tuple(data["features"]), {name: dict(codes) for name, codes in data["levels"].items()})


def learn_encoding(rows: Columns, features: tuple[str, ...], outcome: Array) -> Encoding:
    """Order the levels of every text feature by their mean outcome (a smoothed target order)."""
    levels = {name: _ordered(rows[name], outcome) for name in features if rows[name].dtype.kind == "O"}
    return Encoding(features, levels)


def _ordered(values: Array, outcome: Array) -> dict[str, float]:
    known, inverse = _distinct(values)
    count = np.bincount(inverse, minlength=len(known))
    total = np.bincount(inverse, outcome, minlength=len(known))
    mean = (total + RARE * outcome.mean()) / (count + RARE)
    order = sorted(range(len(known)), key=lambda i: (mean[i], known[i]))
    return {known[i]: float(rank) for rank, i in enumerate(order)}


def _distinct(values: Array) -> tuple[list[str], Array]:
    """Return the levels of a text column, lower-cased ('' is missing), and each row's position among them."""
    spellings, spelled = distinct(values)
    levels, merged = distinct(np.array(["" if v is None else v.lower() for v in spellings], dtype=object))
    return levels, merged[spelled]
