"""Golden rows: some past promotions with the forecast they had in training, asked again whenever a model is loaded.

They prove at once that the files are whole, that the features are still computed as in training, and that this
machine's libraries give the same numbers. Together they fall into every leaf of every tree that any past promotion falls
into, so that no leaf can be another one unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from scorer import contents
from scorer.artifacts.bundle import Parts
from scorer.artifacts.tables import parquet_bytes
from scorer.columns import Array, Columns, length, take
from scorer.contracts.exports import PLAN
from scorer.contracts.table import Column, Kind
from scorer.errors import BundleRefused
from scorer.features import with_features
from scorer.model import PromotionModel
from scorer.training import Fitted

PART = "golden.parquet"
SPREAD = 12
TOLERANCE = 1e-5
LookUp: TypeAlias = Callable[[Columns, PromotionModel], tuple[Columns, Array]]
"""What finds the features of plan rows: the rows it knows, and their positions."""


def golden_part(real: Columns, fitted: Fitted) -> dict[str, bytes]:
    """Return the file of golden rows: promotions spread over the history and over all leaves of the trees.

    Beside each stands the forecast made from training's features.
    """
    picked = take(real, _picked(leaves_of(real, fitted)))
    lift = fitted.lift.predict(picked)
    return {
        PART: parquet_bytes(
            {
                **as_plan(picked),
                "golden_centre": lift.centre,
                "golden_scale": lift.scale,
                "golden_success": fitted.success.predict(picked),
                # the calibrated chance is level over long stretches and would hide a change of the trees
                "golden_score": fitted.success.classifier.score(picked),
            }
        )
    }


def replay(parts: Parts, model: PromotionModel, look_up: LookUp = with_features) -> None:
    """Ask the golden rows again. Raises BundleRefused when an answer differs from the one in training."""
    golden = contents.golden(parts, PART)
    rows, position = look_up({name: golden[name] for name in PLAN.names}, model)
    lift = model.lift.predict(rows)
    answers = {
        "golden_centre": lift.centre,
        "golden_scale": lift.scale,
        "golden_success": model.success.predict(rows),
        "golden_score": model.success.classifier.score(rows),
    }
    for name, found in ((name, found) for name, found in answers.items() if name in golden):
        wanted = golden[name][position]
        if len(found) != length(golden) or not np.allclose(found, wanted, rtol=TOLERANCE, atol=TOLERANCE):
            raise BundleRefused.because(
                parts.folder,
                "its golden rows do not get the forecasts they had in training, so its other forecasts cannot be trusted",
                "Train again on this machine, or install the library versions that its manifest names.",
            )


def leaves_of(rows: Columns, fitted: Fitted) -> Array:
    """Return which leaves each row falls into: yes or no, of shape (rows, leaves of all trees of both models)."""
    import xgboost

    models = (fitted.lift.booster, fitted.lift.encoding), (fitted.success.classifier.booster, fitted.success.classifier.encoding)
    node = np.concatenate(
        [booster.predict(xgboost.DMatrix(encoding.matrix(rows)), pred_leaf=True) for booster, encoding in models], axis=1
    ).astype(np.int64)
    width = node.max(axis=0) + 1
    inside = np.zeros((length(rows), int(width.sum())), dtype=bool)
    inside[np.arange(length(rows))[:, None], node + np.cumsum(width) - width] = True
    return inside[:, inside.any(axis=0)]


def _picked(inside: Array) -> Array:
    """Choose rows spread over the history, then always the one that falls into most leaves not met so far."""
    rows = len(inside)
    chosen = list(dict.fromkeys(np.linspace(0, rows - 1, min(SPREAD, rows)).astype(int).tolist()))
    missing = ~inside[chosen].any(axis=0)
    while missing.any():
        chosen.append(int((inside & missing).sum(axis=1).argmax()))
        missing &= ~inside[chosen[-1]]
    return np.array(sorted(chosen))


def as_plan(rows: Columns) -> Columns:
    """Return past promotions as a planner would have listed them: all columns of a plan, with nothing but what was known."""
    return {column.name: rows[column.name] if column.name in _SAID else _missing(column, length(rows)) for column in PLAN.columns}


_SAID = (
    "promotion_id", "product_category", "product_subcategory", "product", "region", "store", "promotion_type",
    "discount_percentage", "start_date", "end_date", "duration_days",
)  # fmt: skip


def _missing(column: Column, rows: int) -> Array:
    if column.kind == Kind.TEXT:
        return np.full(rows, None, dtype=object)
    return np.full(rows, np.nan)
