"""What travels from training to scoring: the fitted model, the history it looks things up in, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import duckdb
import numpy as np

from scorer import contents
from scorer.artifacts import documents
from scorer.artifacts.bundle import Parts
from scorer.artifacts.manifest import Facts, Feature
from scorer.artifacts.tables import parquet_bytes
from scorer.columns import Array, Columns, distinct, length, take
from scorer.estimators.promotion_lift import SCALE_FEATURES, LiftModel
from scorer.estimators.promotion_success import SuccessModel
from scorer.lake.engines.duckdb import connect
from scorer.lake.history import SNAPSHOT_TABLES
from scorer.lake.matching import Matching
from scorer.lake.snapshot import snapshot_tables
from scorer.lookups import Memory
from scorer.tasks import PROMOTION_LIFT

BUNDLE_TASK = PROMOTION_LIFT.name
# What a promotion is of, and where: the names a model may meet for the first time.
NAMED_BY = ("product_category", "product_subcategory", "product", "promotion_type", "region", "store")
PAST_COLUMNS = (
    "promotion_id",
    *NAMED_BY,
    "discount_percentage",
    "duration_days",
    "start_date",
    "log_lift",
)
# What ``nearest_past`` compares a plan row by: names that differ count this much, as ten points of discount count 1.
_DISTANCE = {"promotion_type": 3.0, "product_category": 3.0, "product_subcategory": 1.0, "product": 1.0}
NEARNESS = ("discount_percentage", "duration_days", *_DISTANCE)


class Support(NamedTuple):
    """What the model has seen: outside of it a forecast is a guess."""

    discount: tuple[float, float]
    duration: tuple[float, float]
    levels: dict[str, tuple[str, ...]]


class Worth(NamedTuple):
    """Whether the model may give verdicts, and the words for it."""

    evidence: bool
    sentence: str


class PromotionModel(NamedTuple):
    """A loaded model, ready to answer: read-only, and independent of the lake it was trained in."""

    version: str
    client: str
    data_cut: date
    basis: str
    period_days: int
    matching: Matching
    lift: LiftModel
    success: SuccessModel
    support: Support
    worth: Worth
    evaluation: dict[str, Any]
    past: Columns
    history: duckdb.DuckDBPyConnection
    memory: Memory
    """What was looked up of the history already."""
    doubts: tuple[str, ...] = ()
    """What is to be said of how it came here, with everything it answers."""

    @property
    def in_units(self) -> bool:
        """Whether the lift is one of units; else it is one of the amount paid."""
        return self.basis == "units"


def snapshot(con: duckdb.DuckDBPyConnection, first: date | None = None) -> dict[str, bytes]:
    """Return the tables that features are looked up in, as Parquet files, for promotions that begin on ``first`` or later."""
    return {f"{name}.parquet": parquet_bytes(table) for name, table in snapshot_tables(con, first).items()}


def pack(
    lift: LiftModel,
    success: SuccessModel,
    rows: Columns,
    about: Mapping[str, Any],
    tables: Mapping[str, bytes],
) -> dict[str, bytes]:
    """Return the files of a bundle: models, support, past promotions, history; ``about`` is plain data kept beside them."""
    return {
        "lift.ubj": bytes(lift.booster.save_raw("ubj")),
        "lift.json": documents.encode(lift.form()),
        "success.ubj": bytes(success.classifier.booster.save_raw("ubj")),
        "success.json": documents.encode(success.form()),
        "about.json": documents.encode({**about, "support": support_of(rows)}),
        "past.parquet": parquet_bytes({name: rows[name] for name in PAST_COLUMNS}),
        **tables,
    }


def facts(client: str, product: str, cut: date, lift: LiftModel, success: SuccessModel, metrics: Mapping[str, Any]) -> Facts:
    """Return what the manifest states: the contract of both boosters, versions and headline figures."""
    named = tuple(dict.fromkeys((*lift.encoding.features, *success.classifier.encoding.features)))
    kinds = dict.fromkeys((*lift.encoding.levels, *success.classifier.encoding.levels), "category")
    return Facts(
        client=client,
        task=BUNDLE_TASK,
        product=product,
        data_cut=cut,
        features=tuple(Feature(name, kinds.get(name, "number")) for name in named),
        libraries=_libraries(),
        metrics=metrics,
        boosters={"lift.ubj": lift.encoding.features, "success.ubj": success.classifier.encoding.features},
    )


def open_model(parts: Parts, threads: int, history: duckdb.DuckDBPyConnection | None = None) -> PromotionModel:
    """Build a model from the audited files of a bundle and load its history into memory, unless it is there already.

    It answers on so many threads: one is quickest for a few rows, where several would only wait for one another.
    Raises BundleRefused when a part does not hold what a model is made of.
    """
    contents.check(parts, 1 + len(SCALE_FEATURES) + 2)  # intercept, slopes, and the range that log scales are held in
    about = parts.json("about.json")
    return PromotionModel(
        version=parts.version,
        client=parts.facts.client,
        data_cut=parts.facts.data_cut,
        basis=about["basis"],
        period_days=about["period_days"],
        matching=_matching(about["matching"]),
        lift=LiftModel.from_parts(parts, threads),
        success=SuccessModel.from_parts(parts, threads),
        support=_support(about["support"]),
        worth=Worth(about["evidence"], about["evidence_sentence"]),
        evaluation=about["evaluation"],
        past=contents.past(parts, PAST_COLUMNS),
        history=history or _loaded(parts),
        memory=Memory(),
    )


def _loaded(parts: Parts) -> duckdb.DuckDBPyConnection:
    con = connect(threads=1)  # the tables are small: several threads would wait for one another, in loading and in looking up
    for table in SNAPSHOT_TABLES:
        parts.load_table(f"{table}.parquet", con, table)
        contents.check_table(con, table, parts)
    return con


def support_of(rows: Columns) -> dict[str, Any]:
    """Return the discounts, durations and names that were learnt from."""
    texts = [name for name in NAMED_BY if any(v is not None for v in rows[name])]
    return {
        "discount": _range(rows["discount_percentage"]),
        "duration": _range(rows["duration_days"]),
        "levels": {name: sorted({str(v) for v in rows[name] if v is not None}) for name in texts},
    }


def nearest_past(model: PromotionModel, row: Mapping[str, Any], most: int = 2) -> Columns:
    """Return the past promotions most like a plan row: same type and category before all, then discount and duration."""
    past = model.past
    distance = np.abs(past["discount_percentage"] - row["discount_percentage"]) * 10
    distance = distance + np.abs(np.log(past["duration_days"] / max(row["duration_days"], 1)))
    for name, weight in _DISTANCE.items():
        distance = distance + weight * _differs(past[name], row.get(name))
    order = np.argsort(distance, kind="stable")[: min(most, length(past))]
    return take(past, order)


def _differs(values: Array, wanted: str | None) -> Array:
    known, at = distinct(values)
    return np.array([wanted is not None and (v or "").lower() != wanted.lower() for v in known], dtype=float)[at]


def _range(values: Array) -> list[float]:
    return [float(np.min(values)), float(np.max(values))]


def _support(data: Mapping[str, Any]) -> Support:
    levels = {name: tuple(values) for name, values in data["levels"].items()}
    return Support(tuple(data["discount"]), tuple(data["duration"]), levels)


def _matching(data: Mapping[str, Any]) -> Matching:
    return Matching(tuple(data["keys"]), tuple(data["event"]), data["sales_have_category"], tuple(data["cost_keys"]))


def _libraries() -> dict[str, str]:
    from importlib.metadata import version

    import xgboost

    return {"xgboost": xgboost.__version__, "duckdb": version("duckdb"), "numpy": version("numpy")}
