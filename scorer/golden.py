"""Golden rows: a few past promotions with the forecast they had in training, asked again whenever a model is loaded.

They prove at once that the files are whole, that the features are still computed as in training, and that this
machine's libraries give the same numbers.
"""

from __future__ import annotations

import numpy as np

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
ROWS = 12
TOLERANCE = 1e-5


def golden_part(real: Columns, fitted: Fitted) -> dict[str, bytes]:
    """Return the file of golden rows: promotions spread over the history, with the forecasts made from training's features."""
    picked = take(real, np.linspace(0, length(real) - 1, min(ROWS, length(real))).astype(int))
    lift = fitted.lift.predict(picked)
    return {
        PART: parquet_bytes(
            {
                **_as_plan(picked),
                "golden_centre": lift.centre,
                "golden_scale": lift.scale,
                "golden_success": fitted.success.predict(picked),
            }
        )
    }


def replay(parts: Parts, model: PromotionModel) -> None:
    """Ask the golden rows again. Raises BundleRefused when an answer differs from the one in training."""
    golden = parts.parquet(PART)
    rows, position = with_features({name: golden[name] for name in PLAN.names}, model)
    lift = model.lift.predict(rows)
    answers = {"golden_centre": lift.centre, "golden_scale": lift.scale, "golden_success": model.success.predict(rows)}
    for name, found in answers.items():
        wanted = golden[name][position]
        if len(found) != length(golden) or not np.allclose(found, wanted, rtol=TOLERANCE, atol=TOLERANCE):
            raise BundleRefused.because(
                parts.folder,
                "its golden rows do not get the forecasts they had in training, so its other forecasts cannot be trusted",
                "Train again on this machine, or install the library versions that its manifest names.",
            )


def _as_plan(rows: Columns) -> Columns:
    return {column.name: rows[column.name] if column.name in _SAID else _missing(column, length(rows)) for column in PLAN.columns}


_SAID = (
    "promotion_id", "product_category", "product_subcategory", "product", "region", "store", "promotion_type",
    "discount_percentage", "start_date", "end_date", "duration_days",
)  # fmt: skip


def _missing(column: Column, rows: int) -> Array:
    if column.kind == Kind.TEXT:
        return np.full(rows, None, dtype=object)
    return np.full(rows, np.nan)
