"""Plan against actual: what each committed promotion was to earn, what it earned, and why the two differ.

Planned figures are those of record: the planner's own where the model was overridden, else the model's. Only what was
foretold (sales were known up to a day before its start at most) speaks for or against the forecast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from scorer.columns import Array, Columns, Floats, length, text
from scorer.economics.promotion import Outcome, Terms, outcome, ratio_of_sums
from scorer.economics.variance import ProfitVariance, profit_variance, variance_reason
from scorer.planning.actuals import TERMS, Actual
from scorer.planning.coverage import Coverage, coverage
from scorer.planning.log.book import Entry
from scorer.planning.log.freeze import NAIVE, of_record, used_terms
from scorer.settings import Client

EFFECTS = ("baseline", "lift", "price", "cost")
GROUPINGS = ("promotion_type", "product_category", "all")
UNKNOWN = "not stated"
MODEL, RULE, TOO_FEW = "model", "simple rule", "not enough evidence"
"""Who was closer, in words."""


class Accuracy(NamedTuple):
    """How far off units sold were, group by group: error as a share of what was sold (WAPE), and the lean of the error.

    group, promotions, sold (units), model_error, naive_error, model_lean, closer: one row per group; errors NaN, and
    words in closer, where there is not enough evidence.
    """

    by: str
    table: Columns


class Overridden(NamedTuple):
    """Who was closer where a planner put another figure in place of the model's, in money."""

    promotions: int
    planner_closer: int
    model_error: float
    """Sum of what the model's profit was off by, in currency."""
    planner_error: float
    sentence: str


class PostEvent(NamedTuple):
    """rows: one per measured promotion. waiting: promotion_id and why, of those that cannot be measured yet."""

    rows: Columns
    waiting: Columns
    totals: dict[str, float]
    coverage: Coverage
    accuracy: tuple[Accuracy, ...]
    overridden: Overridden
    enough: int


def compare(pairs: Sequence[tuple[Entry, Actual]], client: Client) -> PostEvent:
    """Put plan and actual of committed promotions side by side."""
    measured = [(entry, actual) for entry, actual in pairs if actual.measured]
    waiting = [(entry, actual) for entry, actual in pairs if not actual.measured]
    rows = _rows(measured)
    enough = client.log.minimum_measured
    return PostEvent(
        rows=rows,
        waiting={
            "promotion_id": text([entry.promotion_id for entry, _ in waiting]),
            "why": text([actual.why for _, actual in waiting]),
        },
        totals=_totals(rows),
        coverage=_coverage(rows, enough),
        accuracy=tuple(_accuracy(rows, by, enough) for by in GROUPINGS),
        overridden=_overridden(rows),
        enough=enough,
    )


def _rows(measured: Sequence[tuple[Entry, Actual]]) -> Columns:
    entries = [entry for entry, _ in measured]
    held = [of_record(entry.frozen) for entry in entries]
    model = [entry.frozen.figures for entry in entries]
    actual = [found.figures for _, found in measured]
    planned_terms = _stacked([used_terms(entry.frozen.figures, entry.frozen.inputs) for entry in entries])
    actual_terms = Terms(**{name: _floats(actual, name) for name in TERMS})
    plan = _case("planned", planned_terms, _floats(held, "baseline_units"), _floats(held, "lift_expected"))
    came = _case("actual", actual_terms, _floats(actual, "baseline_units"), _floats(actual, "lift"))
    rows = {**_names(entries), **plan, **came, **_model(model), "interval": np.array([e.frozen.interval for e in entries])}
    rows["overridden"] = np.array([entry.frozen.override is not None for entry in entries], dtype=bool)
    rows["foretold"] = np.array([entry.frozen.data_cut < entry.frozen.start_date for entry in entries], dtype=bool)
    rows |= _variance(planned_terms, actual_terms, rows)
    rows["inside"] = _inside(rows)
    rows["why"] = text([entry.frozen.override["why"] if entry.frozen.override else None for entry in entries])
    rows["note"] = text([found.why for _, found in measured])
    rows["sources"] = text([found.sources for _, found in measured])
    return rows


def _names(entries: Sequence[Entry]) -> Columns:
    inputs = [entry.frozen.inputs for entry in entries]
    words = ("product_category", "product_subcategory", "product", "region", "store", "promotion_type")
    return {
        "promotion_id": text([entry.promotion_id for entry in entries]),
        "revision": np.array([entry.revision for entry in entries], dtype=np.int64),
        **{name: text([row.get(name) for row in inputs]) for name in words},
        "start_date": np.array([entry.frozen.start_date for entry in entries], dtype="datetime64[D]"),
        "end_date": np.array([entry.frozen.end_date for entry in entries], dtype="datetime64[D]"),
        "model_version": text([entry.frozen.model_version for entry in entries]),
        "data_cut": np.array([entry.frozen.data_cut for entry in entries], dtype="datetime64[D]"),
    }


def _case(prefix: str, terms: Terms, baseline: Floats, lift: Floats) -> Columns:
    money: Outcome = outcome(terms, baseline, lift)
    figures: dict[str, Any] = {
        "baseline_units": baseline,
        "lift": lift,
        **{name: getattr(terms, name) for name in TERMS},
        "units": money.units,
        "promotion_cost": money.promotion_cost,
        "profit": money.profit,
        "roi": money.roi,
    }
    return {f"{prefix}_{name}": np.asarray(value, dtype=np.float64) for name, value in figures.items()}


def _model(figures: Sequence[Mapping[str, Any]]) -> Columns:
    names = ("baseline_units", "lift_low", "lift_expected", "lift_high", "sales_units_expected")
    found = {f"model_{name}": _floats(figures, name) for name in names}
    found["model_profit"] = _floats(figures, "incremental_profit_expected")
    found["naive_units"] = found["model_baseline_units"] * (1 + _floats(figures, NAIVE))
    return found


def _variance(planned: Terms, actual: Terms, rows: Columns) -> Columns:
    found: ProfitVariance = profit_variance(
        planned, rows["planned_baseline_units"], rows["planned_lift"], actual, rows["actual_baseline_units"], rows["actual_lift"]
    )
    reason = variance_reason(rows["planned_profit"], rows["actual_profit"])
    return {
        **{f"effect_{name}": np.asarray(getattr(found, name), dtype=np.float64) for name in EFFECTS},
        "variance": np.asarray(found.total, dtype=np.float64),
        "variance_reason": text(np.atleast_1d(reason).tolist()),
    }


def _inside(rows: Columns) -> Floats:
    """1 where the actual lift lies inside the committed interval, 0 where not, NaN where the row was no forecast."""
    ends = rows["model_lift_low"], rows["model_lift_high"]
    inside = (rows["actual_lift"] >= ends[0]) & (rows["actual_lift"] <= ends[1])
    known = rows["foretold"] & ~np.isnan(rows["actual_lift"] + ends[0] + ends[1])
    return np.where(known, inside.astype(np.float64), np.nan)


def _totals(rows: Columns) -> dict[str, float]:
    """Sums over the promotions whose variance is known; returns are ratios of sums."""
    known = ~np.isnan(rows["variance"])
    names = (
        "planned_units", "actual_units", "planned_promotion_cost", "actual_promotion_cost", "planned_profit", "actual_profit",
        *(f"effect_{name}" for name in EFFECTS), "variance",
    )  # fmt: skip
    totals = {name: float(rows[name][known].sum()) for name in names}
    for case in ("planned", "actual"):
        totals[f"{case}_roi"] = _return(rows[f"{case}_profit"][known], rows[f"{case}_promotion_cost"][known])
    return {"promotions": float(length(rows)), "left_out": float((~known).sum()), **totals}


def _return(profit: Floats, cost: Floats) -> float:
    return float(ratio_of_sums(profit, cost)) if cost.sum() > 0 else float("nan")


def _coverage(rows: Columns, enough: int) -> Coverage:
    judged = ~np.isnan(rows["inside"])
    promised = float(rows["interval"][judged].mean()) if judged.any() else float("nan")
    return coverage(int(rows["inside"][judged].sum()), int(judged.sum()), promised, enough)


def _accuracy(rows: Columns, by: str, enough: int) -> Accuracy:
    foretold = rows["foretold"] & ~np.isnan(rows["actual_units"] + rows["model_sales_units_expected"] + rows["naive_units"])
    groups = grouped(rows[by]) if by in rows else text([by] * length(rows))
    names = sorted(set(groups[foretold].tolist())) or ([by] if by not in rows else [])
    lines = [_error(rows, foretold & (groups == name), str(name), enough) for name in names]
    figures = ("promotions", "sold", "model_error", "naive_error", "model_lean")
    table: Columns = {name: np.array([line[name] for line in lines], dtype=np.float64) for name in figures}
    return Accuracy(by, table | {name: text([line[name] for line in lines]) for name in ("group", "closer")})


def grouped(names: Array) -> Array:
    """Return what each row is grouped under: capitals make no other group, and a name that is missing is one as well.

    >>> grouped(text(["Tea", "tea", None])).tolist()
    ['Tea', 'Tea', 'not stated']
    """
    first: dict[str, str] = {}
    words = [UNKNOWN if name is None else str(name) for name in names.tolist()]
    return text(first.setdefault(name.casefold(), name) for name in words)


def _error(rows: Columns, chosen: Array, group: str, enough: int) -> dict[str, Any]:
    sold, model, naive = (rows[name][chosen] for name in ("actual_units", "model_sales_units_expected", "naive_units"))
    count, total = int(chosen.sum()), float(sold.sum())
    if count < enough or total <= 0:
        nothing = dict.fromkeys(("model_error", "naive_error", "model_lean"), np.nan)
        return {"group": group, "promotions": count, "sold": total, **nothing, "closer": TOO_FEW}
    error, rule = (float(np.abs(guess - sold).sum()) / total for guess in (model, naive))
    closer = MODEL if error < rule else RULE
    lean = float((model - sold).sum()) / total
    errors = {"model_error": error, "naive_error": rule, "model_lean": lean}
    return {"group": group, "promotions": count, "sold": total, **errors, "closer": closer}


def _overridden(rows: Columns) -> Overridden:
    known = rows["overridden"] & ~np.isnan(rows["planned_profit"] + rows["actual_profit"] + rows["model_profit"])
    planner = np.abs(rows["planned_profit"] - rows["actual_profit"])[known]
    model = np.abs(rows["model_profit"] - rows["actual_profit"])[known]
    count, closer = int(known.sum()), int((planner < model).sum())
    found = Overridden(count, closer, float(model.sum()), float(planner.sum()), "")
    if not count:
        return found._replace(sentence="No measured promotion was planned with a figure of the planner's own.")
    who = "the planners were" if found.planner_error < found.model_error else "the model was"
    return found._replace(
        sentence=f"Where planners put their own figure ({count}), {who} closer in money: profit was off by "
        f"{found.planner_error:,.0f} with theirs and {found.model_error:,.0f} with the model's; "
        f"theirs was closer for {closer} of {count}."
    )


def _stacked(terms: Sequence[Terms]) -> Terms:
    return Terms(*(np.array([getattr(one, name) for one in terms], dtype=np.float64) for name in Terms._fields))


def _floats(rows: Sequence[Mapping[str, Any]], name: str) -> Floats:
    cells = (row.get(name) for row in rows)
    return np.array([float("nan") if cell is None else float(cell) for cell in cells], dtype=np.float64)
