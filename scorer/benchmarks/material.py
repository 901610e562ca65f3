"""What is measured on: plans of any length cut from a model's own past, and exports of any size; same seed, same rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from scorer.columns import DAY, Array, Columns, length, text
from scorer.contracts.exports import PLAN
from scorer.contracts.table import Kind
from scorer.lake.writing import TableWriter, write_table
from scorer.model import NAMED_BY, PromotionModel
from scorer.plan import Plan

SEED = 7
PIECE = 50_000
DEPTHS = (0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40)
LENGTHS = (5, 7, 10, 14)
TYPES = ("Price cut", "Multibuy", "Display", "Coupon")
GIVEN = ("promotion_id", *NAMED_BY, "discount_percentage", "start_date", "end_date")
FIRST_DAY = np.datetime64("2024-01-01", "D")
DAYS, STORES = 730, 10
CLIENT = """\
client = "{name}"
[sales]
grain = "day"
absent_means = "zero"
[matching]
keys = ["store", "product_category", "product"]
"""


def plans(model: PromotionModel, rows: int) -> Iterator[Plan]:
    """Yield a plan of promotions of known items in the half year after the data cut, in pieces of 50,000 rows."""
    for first in range(0, rows, PIECE):
        yield _plan(model, first, min(PIECE, rows - first))


def write_plan(model: PromotionModel, rows: int, path: Path) -> None:
    with TableWriter(path) as writer:
        for piece in plans(model, rows):
            writer.write(piece.given)


def write_exports(folder: Path, ending: str, sales: int, promotions: int) -> Path:
    """Write daily sales by product and store, and promotions that lift them; returns the sales file."""
    rng = np.random.default_rng(SEED)
    products = max(1, sales // (DAYS * STORES))
    planned = _promotions(rng, promotions, products)
    file = folder / f"sales{ending}"
    write_table(folder / f"promotions{ending}", _as_export(planned))
    write_table(file, _sales(rng, planned, products))
    return file


def _plan(model: PromotionModel, first: int, rows: int) -> Plan:
    rng = np.random.default_rng([SEED, first])
    kind = PLAN.kinds
    columns = {name: _empty(kind[name], rows) for name in PLAN.names}
    item = rng.integers(0, length(model.past), rows)
    columns |= {name: model.past[name][item] for name in NAMED_BY}
    columns["promotion_id"] = text(f"P{number:08d}" for number in range(first, first + rows))
    columns["promotion_type"] = model.past["promotion_type"][rng.integers(0, length(model.past), rows)]
    columns["discount_percentage"] = rng.choice(DEPTHS, rows)
    columns["duration_days"] = rng.choice(LENGTHS, rows).astype(np.float64)
    columns["start_date"] = np.datetime64(model.data_cut, "D") + rng.integers(1, 180, rows) * DAY
    columns["end_date"] = columns["start_date"] + (columns["duration_days"].astype(np.int64) - 1) * DAY
    given = {name: columns[name] for name in GIVEN}
    rejects = dict.fromkeys(("promotion_id", "file", "column", "reason", "text"), text([])) | {"line": np.zeros(0, np.int64)}
    return Plan(columns, given, np.arange(first, first + rows) + 2, "made", rejects, [])


def _empty(kind: Kind, rows: int) -> Array:
    if kind is Kind.TEXT:
        return np.full(rows, None, dtype=object)
    return np.full(rows, np.datetime64("NaT", "D")) if kind is Kind.DATE else np.full(rows, np.nan)


def _promotions(rng: np.random.Generator, rows: int, products: int) -> Columns:
    days = rng.choice(LENGTHS, rows)
    return {
        "product": rng.integers(0, products, rows),
        "store": rng.integers(0, STORES, rows),
        "type": rng.integers(0, len(TYPES), rows),
        "discount": rng.choice(DEPTHS, rows),
        "first": rng.integers(60, DAYS - max(LENGTHS), rows),
        "days": days,
    }


def _as_export(planned: Columns) -> Columns:
    start = FIRST_DAY + planned["first"] * DAY
    return {
        "promotion_id": text(f"P{number:06d}" for number in range(length(planned))),
        "product_category": _names("Category", planned["product"] % 7),
        "product": _names("Product", planned["product"]),
        "store": _names("Store", planned["store"]),
        "promotion_type": np.array(TYPES, dtype=object)[planned["type"]],
        "discount_percentage": planned["discount"],
        "start_date": start,
        "end_date": start + (planned["days"] - 1) * DAY,
    }


def _sales(rng: np.random.Generator, planned: Columns, products: int) -> Columns:
    lift, depth = np.zeros((2, products, STORES, DAYS))
    fields = (planned[name].tolist() for name in ("product", "store", "first", "days", "discount"))
    for product, store, first, days, discount in zip(*fields, strict=True):
        at = product, store, slice(first, first + days)
        lift[at], depth[at] = 1.5 * discount, discount
    price = 2.0 + np.arange(products) % 9
    units = rng.poisson(20 * np.exp(lift))
    product, store, day = (part.ravel() for part in np.indices(units.shape))
    sold = units.ravel()
    return {
        "sale_date": FIRST_DAY + day * DAY,
        "product_category": _names("Category", product % 7),
        "product": _names("Product", product),
        "store": _names("Store", store),
        "units": sold,
        "revenue": np.round(sold * price[product] * (1 - depth.ravel()), 2),
        "unit_cost": 0.6 * price[product],
    }


def _names(prefix: str, numbers: Array) -> Array:
    return text(f"{prefix} {number:03d}" for number in range(int(numbers.max()) + 1))[numbers]
