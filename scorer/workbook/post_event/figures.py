"""What the formulas of the post-event workbook must come to, worked out by the engine: the values a fresh file carries."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, Floats, length, stack, text
from scorer.economics.amounts import return_on
from scorer.economics.promotion import Terms
from scorer.economics.variance import factors
from scorer.planning.coverage import Z, wilson
from scorer.planning.post_event import PostEvent, grouped
from scorer.planning.tracking import Tracking
from scorer.workbook.post_event.formulas import EFFECTS, GIVEN

THIRD, SIXTH, HALF = 1 / 3, 1 / 6, 1 / 2
_NAMES = {
    "baseline": "baseline_units", "lift": "lift", "price": "list_price", "discount": "discount", "funding": "funding_share",
    "redemption": "redemption_share", "unit_cost": "unit_cost", "adjustment": "unit_adjustment", "fixed": "fixed_cost",
}  # fmt: skip


class Figures(NamedTuple):
    """Columns and single cells by sheet, as they stand in the file."""

    post_event: Columns
    totals: dict[str, float]
    bridge: Columns
    bridge_lines: dict[str, float]
    tracking: dict[str, float]
    weeks: Columns
    coverage: dict[str, float]
    overrides: dict[str, float]
    accuracy: Columns


def figures_of(found: PostEvent, counted: Tracking, groups: Mapping[str, str]) -> Figures:
    """Work out every figure. groups: the words a grouping goes by (promotion_type, product_category, all)."""
    rows = found.rows if length(found.rows) else _one_empty(found.rows)
    columns = _columns(rows)
    totals = _totals(columns)
    bridge = _bridge(totals)
    return Figures(
        post_event=columns,
        totals=totals,
        bridge=bridge,
        bridge_lines=_bridge_lines(columns, totals, bridge),
        tracking=_tracking(columns, counted, found.enough),
        weeks=_weeks(counted),
        coverage=_coverage(columns, found.enough),
        overrides=_overrides(columns),
        accuracy=_accuracy(found, groups),
    )


def _one_empty(rows: Columns) -> Columns:
    """A table without any promotion keeps one empty line."""
    kinds = {"O": text([None]), "f": np.array([np.nan]), "b": np.array([False]), "i": np.array([0]),
             "M": np.array(["NaT"], dtype="datetime64[D]")}  # fmt: skip
    return {name: kinds[column.dtype.kind] for name, column in rows.items()} | {"interval": np.array([0.0])}


# ---------------------------------------------------------------------------------------------- Post-event
def _columns(rows: Columns) -> Columns:
    planned, actual = _case(rows, "planned"), _case(rows, "actual")
    both = planned["planned_known"] * actual["actual_known"]
    empty = np.array([name is None for name in rows["promotion_id"].tolist()])
    columns: Columns = {
        "promotion_id": _words(rows["promotion_id"]),
        "category": np.where(empty, "", grouped(rows["product_category"])).astype(object),
        "mechanic": np.where(empty, "", grouped(rows["promotion_type"])).astype(object),
        "item": _items(rows),
        **{name: rows[name] for name in ("start_date", "end_date", "interval", "why", "note", "sources")},
        **planned,
        **actual,
        "both": both,
        "lift_low": rows["model_lift_low"],
        "lift_high": rows["model_lift_high"],
        "foretold": rows["foretold"].astype(np.float64),
        "overridden": rows["overridden"].astype(np.float64),
        "model_units": rows["model_sales_units_expected"],
        "naive_units": rows["naive_units"],
        "model_profit": rows["model_profit"],
        "variance": rows["variance"],
        **{f"effect_{name}": rows[f"effect_{name}"] for name in EFFECTS},
        "engine_planned_profit": rows["planned_profit"],
        "engine_actual_profit": rows["actual_profit"],
        **{f"engine_{name}": rows[f"effect_{name}"] for name in EFFECTS},
        **dict.fromkeys(("effects_gap", "profit_gap", "split_gap"), np.zeros(len(both))),
    }
    columns |= _weighed(columns) | _judged(columns) | _own(columns)
    return columns | {"repeated": _repeated(columns["promotion_id"])}


def _case(rows: Columns, case: str) -> Columns:
    given = {name: rows[f"{case}_{theirs}"] for name, theirs in _NAMES.items()}
    known = ~np.isnan(np.sum([given[name] for name in GIVEN], axis=0))
    terms = Terms(
        given["price"], given["unit_cost"], given["discount"], given["funding"], given["fixed"], given["redemption"],
        unit_adjustment=given["adjustment"],
    )  # fmt: skip
    of = factors(terms, given["baseline"], given["lift"])
    cost = rows[f"{case}_promotion_cost"]
    followed = {
        "ours": given["price"] - of.kept,
        "kept": of.kept,
        "left": of.kept + of.cost,
        "given": of.given,
        "cost": cost,
        "profit": rows[f"{case}_profit"],
        "roi": np.asarray(return_on(rows[f"{case}_profit"], cost), dtype=np.float64),
    }
    figures = given | {name: np.where(known, value, np.nan) for name, value in followed.items()}
    figures |= {"units": rows[f"{case}_units"], "known": known.astype(np.float64)}
    return {f"{case}_{name}": value for name, value in figures.items()}


def _weighed(columns: Columns) -> Columns:
    def mean(one: str, other: str) -> Floats:
        p, q = columns[f"planned_{one}"], columns[f"planned_{other}"]
        a, b = columns[f"actual_{one}"], columns[f"actual_{other}"]
        product: Floats = THIRD * (p * q + a * b) + SIXTH * (p * b + a * q)
        return np.where(columns["both"] == 1, product, np.nan)

    return {"margin": mean("lift", "left"), "volume": mean("baseline", "left"), "extra": mean("baseline", "lift")}


def _judged(columns: Columns) -> Columns:
    lift, low, high = columns["actual_lift"], columns["lift_low"], columns["lift_high"]
    lift_judged = columns["foretold"] * ~np.isnan(lift + low + high)
    inside = lift_judged * ((lift >= low) & (lift <= high))
    sold, model, naive = columns["actual_units"], columns["model_units"], columns["naive_units"]
    judged = columns["foretold"] * ~np.isnan(sold + model + naive)
    return {
        "lift_judged": lift_judged,
        "inside_count": inside,
        "inside": np.where(lift_judged == 1, inside, np.nan),
        "judged": judged,
        "sold": np.where(judged == 1, sold, 0.0),
        "model_error": np.where(judged == 1, np.abs(model - sold), 0.0),
        "naive_error": np.where(judged == 1, np.abs(naive - sold), 0.0),
        "model_lean": np.where(judged == 1, model - sold, 0.0),
    }


def _own(columns: Columns) -> Columns:
    known = columns["overridden"] * columns["both"] * ~np.isnan(columns["model_profit"])
    actual = columns["actual_profit"]
    return {
        "own_known": known,
        "planner_gap": np.where(known == 1, np.abs(columns["planned_profit"] - actual), 0.0),
        "model_gap": np.where(known == 1, np.abs(columns["model_profit"] - actual), 0.0),
    }


def _items(rows: Columns) -> Array:
    names = ("product_subcategory", "product", "region", "store")
    parts = zip(*(rows[name].tolist() for name in names), strict=True)
    return _words(text(" | ".join(str(part) for part in row if part is not None) for row in parts))


def _words(cells: Array) -> Array:
    column = np.empty(len(cells), dtype=object)
    column[:] = ["" if cell is None else cell for cell in cells.tolist()]
    return column


def _repeated(ids: Array) -> Floats:
    first: dict[str, int] = {}
    return np.array([float(first.setdefault(name, row) != row) for row, name in enumerate(ids.tolist())])


def _totals(columns: Columns) -> dict[str, float]:
    """Sums over the promotions whose planned and actual profit are known."""
    known = columns["both"] == 1
    names = (
        "planned_profit", "actual_profit", "variance", *(f"effect_{name}" for name in EFFECTS), "planned_units",
        "actual_units", "planned_cost", "actual_cost",
    )  # fmt: skip
    totals = {name: float(columns[name][known].sum()) for name in names}
    for case in ("planned", "actual"):
        totals[f"{case}_roi"] = float(return_on(totals[f"{case}_profit"], totals[f"{case}_cost"]))
    return totals


# ---------------------------------------------------------------------------------------------- Bridge
def _bridge(totals: dict[str, float]) -> Columns:
    amount = np.array(
        [totals["planned_profit"], *(totals[f"effect_{name}"] for name in EFFECTS), totals["actual_profit"]], dtype=np.float64
    )
    number = np.arange(1.0, len(amount) + 1)
    first, last = (number == 1).astype(np.float64), (number == len(amount)).astype(np.float64)
    to = np.cumsum(amount * (1 - last))
    start = np.where(first + last > 0, 0.0, to - amount)
    low, high = np.minimum(start, to), np.maximum(start, to)
    above, below = np.maximum(0, low), np.minimum(0, high)
    bars = {"above": np.maximum(0, high) - above, "below": np.minimum(0, low) - below}
    effect = (1 - first) * (1 - last)
    columns: Columns = {
        "number": number, "amount": amount, "is_first": first, "is_last": last, "to": to, "from": start,
        "size": np.abs(amount) * effect, "base_above": above, "base_below": below,
    }  # fmt: skip
    for side, bar in bars.items():
        columns[f"bar_{side}"] = bar
        columns[f"total_{side}"] = (first + last) * bar
        columns[f"up_{side}"] = effect * (amount >= 0) * bar
        columns[f"down_{side}"] = effect * (amount < 0) * bar
    return columns


def _bridge_lines(columns: Columns, totals: dict[str, float], bridge: Columns) -> dict[str, float]:
    known = float(columns["both"].sum())
    named = np.array([bool(name) for name in columns["promotion_id"].tolist()])
    return {
        "known": known,
        "left_out": float((named & (columns["both"] == 0)).sum()),
        "variance": totals["variance"],
        "largest": float(np.argmax(bridge["size"]) + 1),
        "finding": 1.0 + (known > 0) * (1 + (totals["variance"] >= 0)),
    }


# ---------------------------------------------------------------------------------------------- Tracking
def _tracking(columns: Columns, counted: Tracking, enough: int) -> dict[str, float]:
    known = columns["actual_known"] == 1
    profit, cost = columns["actual_profit"][known], columns["actual_cost"][known]
    with_profit, weeks = float(known.sum()), float(counted.weeks_observed)
    successes = float((profit > 0).sum())
    return {
        "made": float(counted.made),
        "adopted": float(counted.adopted),
        "rejected": float(counted.rejected),
        "undecided": float(counted.undecided),
        "adoption_rate": counted.adoption_rate,
        "weeks": weeks,
        "plans_a_week": counted.plans_a_week,
        "measured": float(sum(bool(name) for name in columns["promotion_id"].tolist())),
        "with_profit": with_profit,
        "successes": successes,
        "success_rate": successes / with_profit if with_profit >= enough else np.nan,
        "actual_profit": float(profit.sum()),
        "actual_cost": float(cost.sum()),
        "average_roi": float(return_on(float(profit.sum()), float(cost.sum()))),
        "loss_avoided": counted.loss_avoided,
        "profit_forgone": counted.profit_forgone,
    }


def _weeks(counted: Tracking) -> Columns:
    weeks = counted.weeks
    return {"week": weeks["week"], **{f"week_{name}": weeks[name] for name in ("made", "adopted", "rejected", "measured")}}


# ---------------------------------------------------------------------------------------------- Accuracy
def _coverage(columns: Columns, enough: int) -> dict[str, float]:
    judged, inside = float(columns["lift_judged"].sum()), float(columns["inside_count"].sum())
    low, high = wilson(int(inside), int(judged))
    lines = dict.fromkeys(("promised", "share", "square", "spread", "low", "high"), float("nan"))
    if judged:
        share, square = inside / judged, Z * Z / judged
        lines = {
            "promised": float((columns["lift_judged"] * columns["interval"]).sum()) / judged,
            "share": share,
            "square": square,
            "spread": Z / (1 + square) * sqrt(share * (1 - share) / judged + square * HALF * HALF / judged),
            "low": low,
            "high": high,
        }
    state = 1.0 + (judged >= enough) * (1 + (not high < lines["promised"]) * (1 + (not low > lines["promised"])))
    return {"judged": judged, "inside": inside, **lines, "state": state}


def _overrides(columns: Columns) -> dict[str, float]:
    planner, model = columns["planner_gap"], columns["model_gap"]
    return {
        "own_count": float(columns["own_known"].sum()),
        "own_closer": float((planner < model).sum()),
        "own_planner": float(planner.sum()),
        "own_model": float(model.sum()),
    }


def _accuracy(found: PostEvent, groups: Mapping[str, str]) -> Columns:
    """One line per group, all of them last; ``by``, ``group`` and ``closer`` are words, the rest figures."""
    tables = [{**one.table, "by": text([groups[one.by]] * len(one.table["group"]))} for one in found.accuracy]
    columns = stack(tables)
    return columns | {"enough": (~np.isnan(columns["model_error"])).astype(np.float64)}
