"""A list as it is promised: every row scored once, with what a planner puts in place of the model's figures beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np

from scorer.answer import as_unit_lift
from scorer.columns import Columns, Floats, length, records, stack, take, text
from scorer.contracts.exports import PLAN
from scorer.economics.promotion import Terms, outcome
from scorer.features import with_features
from scorer.lake.headers import key
from scorer.model import PromotionModel
from scorer.plan import Plan
from scorer.planning.log.book import Frozen
from scorer.planning.log.overrides import LIST_COLUMNS, Override
from scorer.scoring import score
from scorer.settings import Client

MONEY = {
    "sales_units_expected": "units",
    "incremental_units_expected": "incremental_units",
    "incremental_revenue_expected": "incremental_net_sales",
    "promotion_cost_expected": "promotion_cost",
    "incremental_profit_expected": "profit",
    "roi_expected": "roi",
}
NAIVE = "naive_lift"


class Source(NamedTuple):
    """What all predictions of a run share."""

    product_version: str
    source: str
    source_hash: str


class FrozenList(NamedTuple):
    """The predictions of a list, and the rows without one."""

    predictions: list[Frozen]
    rejects: Columns


def freeze_list(
    read: Plan,
    model: PromotionModel,
    client: Client,
    overrides: Mapping[str, Override],
    refused: Mapping[str, str],
    about: Source,
) -> FrozenList:
    """Score every row of a plan and freeze it; an overridden row keeps the model's figures beside the planner's.

    The model answers as if nothing were overridden: a baseline of the planner's own is an override like any other.
    """
    read, lost = _without(read, refused)
    own = {**read.columns, "baseline_override": np.full(read.rows, np.nan)}
    scored = score(read._replace(columns=own), model, client)
    figures = {**scored.answer, NAIVE: _naive(scored.plan, scored.answer, model)}
    inputs, given, answers = records(scored.plan), records(_own_cells(scored.given)), records(figures)
    cut = model.data_cut
    hashed = settings_hash(client)
    made = [
        Frozen(
            promotion_id=row["promotion_id"],
            start_date=row["start_date"],
            end_date=row["end_date"],
            input_hash=_fingerprint(row, override),
            inputs=_plain({**row, "own": cells}),
            figures=_plain(answer),
            override=None if override is None else overridden(override, row, answer),
            interval=client.verdict.interval,
            currency=client.currency,
            model_version=model.version,
            data_cut=cut,
            settings_hash=hashed,
            **about._asdict(),
        )
        for row, cells, answer in zip(inputs, given, answers, strict=True)
        for override in [overrides.get(row["promotion_id"])]
    ]
    return FrozenList(made, stack([scored.rejects, lost]))


def settings_hash(client: Client) -> str:
    """Return a fingerprint of everything the client file says."""
    return sha256(client.model_dump_json().encode("utf-8")).hexdigest()[:12]


def overridden(override: Override, inputs: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a planner says instead, why, and the money that follows from it by the same economics."""
    baseline = answer["baseline_units"]
    if override.baseline is not None:
        baseline = override.baseline * inputs["duration_days"]
    lift = answer["lift_expected"] if override.lift is None else override.lift
    money = outcome(used_terms(answer, inputs), _number(baseline), _number(lift))
    figures = {name: getattr(money, part) for name, part in MONEY.items()}
    return _plain({**override._asdict(), "figures": {"baseline_units": baseline, "lift_expected": lift, **figures}})


def used_terms(answer: Mapping[str, Any], inputs: Mapping[str, Any]) -> Terms:
    """Return the terms that frozen figures rest on; what was not known is NaN."""
    names = ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share", "unit_adjustment")
    return Terms(
        discount=_number(inputs["discount_percentage"]), **{name: _number(answer[f"used_{name}"]) for name in names}
    )


def of_record(frozen: Frozen) -> dict[str, Any]:
    """Return the figures a plan is held to: the planner's where there are any, else the model's."""
    return {**frozen.figures, **(frozen.override or {}).get("figures", {})}


def _naive(plan: Columns, answer: Columns, model: PromotionModel) -> Floats:
    """The lift a planner would expect without a model: what promotions of the same kind lifted on average (log mean)."""
    rows, _ = with_features({**plan, "given_campaigns": plan["num_overlapping_campaigns"]}, model)
    terms = Terms(answer["used_list_price"], answer["used_unit_cost"], plan["discount_percentage"],
                  redemption_share=answer["used_redemption_share"])  # fmt: skip
    return as_unit_lift(np.expm1(np.asarray(rows["simple_rule"], dtype=np.float64)), terms, model.in_units)


def _without(read: Plan, refused: Mapping[str, str]) -> tuple[Plan, Columns]:
    """Take the rows out whose override cannot be used; they join the refused ones with their reason."""
    ids = read.columns["promotion_id"].tolist()
    bad = np.array([name in refused for name in ids], dtype=bool)
    kept = read._replace(columns=take(read.columns, ~bad), given=take(read.given, ~bad), lines=read.lines[~bad])
    names = [name for name in ids if name in refused]
    lost: Columns = {
        "promotion_id": text(names),
        "file": text([read.name] * len(names)),
        "line": read.lines[bad],
        "column": text(["override"] * len(names)),
        "reason": text([refused[name] for name in names]),
        "text": text([None] * len(names)),
    }
    return kept, {name: lost[name] for name in read.rejects}


def _own_cells(given: Columns) -> Columns:
    """The cells that no contract knows: they are kept as they came."""
    known = {key(name) for column in PLAN.columns for name in (column.name, *column.aliases)} | {
        key(name) for name in LIST_COLUMNS.values()
    }
    own = {header: column for header, column in given.items() if key(header) not in known}
    return own or {"": np.full(length(given), None, dtype=object)}


def _fingerprint(inputs: Mapping[str, Any], override: Override | None) -> str:
    said = {**_plain(inputs), "override": None if override is None else override._asdict()}
    return sha256(json.dumps(said, sort_keys=True).encode("utf-8")).hexdigest()[:16]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of plain data: dates as text, what is missing as None, no empty names."""
    return {name: _plain_cell(value) for name, value in row.items() if name}


def _plain_cell(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)
