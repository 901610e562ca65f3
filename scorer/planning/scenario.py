"""Scenarios of a whole list side by side, and promotion by promotion what each changes and why its profit differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, length, stack, take, text
from scorer.economics.promotion import Terms, outcome, return_on
from scorer.economics.variance import profit_variance
from scorer.economics.verdict import Verdict
from scorer.errors import NothingToWorkOn
from scorer.estimators.promotion_lift import Lift
from scorer.model import PromotionModel
from scorer.plan import Plan
from scorer.planning.changes import Moved, in_use, label, refuse_prices_without_units, shown, with_changes
from scorer.planning.portfolio import ASSUMPTION, Case, Total, event_of, joint_totals
from scorer.planning.scenario_file import AS_PLANNED, Scenario, changes_of, missing_names
from scorer.scoring import PIECE, outlook
from scorer.settings import Client

EFFECTS = ("baseline", "lift", "price", "cost")
VERDICTS = {
    "go": Verdict.GO,
    "optimise": Verdict.OPTIMISE,
    "dont_launch": Verdict.DONT_LAUNCH,
    "not_enough_evidence": Verdict.NOT_ENOUGH_EVIDENCE,
}


class Answered(NamedTuple):
    """A list in one scenario, row by row: what the plan says then, the answer to it, the terms, and what changed in words."""

    name: str
    note: str
    plan: Columns
    answer: Columns
    terms: Terms
    forecast: Lift
    inside: Array
    changed: Array


class Scenarios(NamedTuple):
    """Scenarios compared, the list as planned first.

    summary: one row per scenario. differences: one row per scenario (but the first) and promotion. Both in currency; a
    difference is the scenario less the plan, and falls without rest into what came from the baseline (other days), the lift,
    the price terms (price, discount, funding, redemption) and the cost terms (unit cost, side effects, fixed cost).
    cases: the rows behind them. left_out: promotions whose profit is not known in every scenario; totals are without them.
    """

    summary: Columns
    differences: Columns
    cases: list[Answered]
    rows: int
    left_out: int
    notes: list[str]
    model_version: str = ""


def scenarios(plan: Plan, named: Sequence[Scenario], model: PromotionModel, client: Client) -> Scenarios:
    """Score a list as planned and in every scenario, in one call for all of them, and compare.

    Raises NothingToWorkOn for a list without a row that can be placed, or days outside the model's calendar; BadQuestion
    where a price is to change and sales have no units.
    """
    now, position = in_use(plan.columns, model, client)
    if not len(position):
        raise NothingToWorkOn.because("No row of the list can be scored", "promo score lists the reasons.")
    rows = take(plan.columns, position)
    changes: list[dict[str, Moved]] = [{}, *(changes_of(scenario, rows, now) for scenario in named)]
    for changed in changes:
        refuse_prices_without_units(set(changed), model)
    cases = _answered(rows, now, named, changes, model, client)
    known = np.logical_and.reduce([~np.isnan(case.answer["incremental_profit_expected"]) for case in cases])
    totals = joint_totals(
        [Case(case.terms, case.answer["baseline_units"], case.forecast) for case in cases],
        event_of(rows, model),
        known,
        model.in_units,
        client.verdict.interval,
        client.training.seed,
    )
    differences = [_differences(case, cases[0]) for case in cases[1:]]
    summary = _summary(cases, known, totals)
    notes = [sentence for scenario in named for sentence in missing_names(scenario, rows)]
    notes += _notes(cases, known, model, client)
    return Scenarios(summary, stack(differences) if differences else {}, cases, length(rows), int((~known).sum()), notes)


def _answered(
    rows: Columns,
    now: Columns,
    named: Sequence[Scenario],
    changes: Sequence[dict[str, Moved]],
    model: PromotionModel,
    client: Client,
) -> list[Answered]:
    """Score every scenario of the rows; lists that are too long for one call go through in pieces."""
    plans = [with_changes(rows, now, changed) for changed in changes]
    every = stack(plans)
    pieces = [
        outlook({name: column[start : start + PIECE] for name, column in every.items()}, model, client)
        for start in range(0, length(every), PIECE)
    ]
    answer = stack([piece.columns for piece in pieces])
    inside = np.concatenate([piece.inside for piece in pieces])
    centre, scale = (np.concatenate([getattr(piece.found.forecast, part) for piece in pieces]) for part in ("centre", "scale"))
    shape, count = pieces[0].found.forecast.shape, length(rows)
    found = []
    for at, changed in enumerate(changes):
        cut = slice(at * count, (at + 1) * count)
        part = {name: column[cut] for name, column in answer.items()}
        used = {name: part[f"used_{name}"] for name in Terms._fields if f"used_{name}" in part}
        found.append(
            Answered(
                name=named[at - 1].name if at else AS_PLANNED,
                note=named[at - 1].note if at else "",
                plan=plans[at],
                answer=part,
                terms=Terms(discount=plans[at]["discount_percentage"], **used),
                forecast=Lift(centre[cut], scale[cut], shape),
                inside=inside[cut],
                changed=_changed(changed, now, count),
            )
        )
    return found


def _changed(changes: dict[str, Moved], now: Columns, rows: int) -> Array:
    """Say for every row what is another than planned; nothing where all stays."""
    words: list[list[str]] = [[] for _ in range(rows)]
    for name, (values, where) in changes.items():
        before = now[name]
        unknown = (values != values) & (before != before)
        for row in np.flatnonzero(where & (values != before) & ~unknown).tolist():
            words[row].append(f"{label(name)} {shown(name, before[row])} → {shown(name, values[row])}")
    return text("; ".join(said) for said in words)


def _differences(case: Answered, planned: Answered) -> Columns:
    """Every promotion of a scenario against the plan."""
    now, then = planned.answer, case.answer
    parts = profit_variance(
        planned.terms, now["baseline_units"], now["lift_expected"], case.terms, then["baseline_units"], then["lift_expected"]
    )
    rows = length(then)
    return {
        "scenario": np.full(rows, case.name, dtype=object),
        "promotion_id": planned.plan["promotion_id"],
        "changed": case.changed,
        "profit_planned": now["incremental_profit_expected"],
        "profit": then["incremental_profit_expected"],
        "difference": np.atleast_1d(parts.total),
        **{f"from_{effect}": np.atleast_1d(getattr(parts, effect)) for effect in EFFECTS},
        "promotion_cost_planned": now["promotion_cost_expected"],
        "promotion_cost": then["promotion_cost_expected"],
        "roi_planned": now["roi_expected"],
        "roi": then["roi_expected"],
        "probability_of_profit_planned": now["probability_of_profit"],
        "probability_of_profit": then["probability_of_profit"],
        "verdict_planned": now["verdict"],
        "verdict": then["verdict"],
        "learnt": case.inside,
    }


def _summary(cases: Sequence[Answered], known: Array, totals: Sequence[Total]) -> Columns:
    """One row per scenario: sums over the promotions whose profit is known in all of them; rates are ratios of sums."""
    table: dict[str, list[object]] = {}
    planned = cases[0]
    for case, total in zip(cases, totals, strict=True):
        for name, value in _totals(case, planned, known, total, totals[0]).items():
            table.setdefault(name, []).append(value)
    scenario = text(table.pop("scenario"))
    return {"scenario": scenario, **{name: np.array(cells, dtype=np.float64) for name, cells in table.items()}}


def _totals(case: Answered, planned: Answered, known: Array, total: Total, as_planned: Total) -> dict[str, object]:
    sums = {name: float(case.answer[f"{name}_expected"][known].sum()) for name in ("sales_units", "incremental_units")}
    cost = float(case.answer["promotion_cost_expected"][known].sum())
    profit = float(case.answer["incremental_profit_expected"][known].sum())
    apart = _differences(case, planned)
    ends = [outcome(case.terms, case.answer["baseline_units"], case.answer[f"lift_{end}"]).profit for end in ("low", "high")]
    better = total.draws > as_planned.draws
    return {
        "scenario": case.name,
        "promotions_changed": int(np.sum(case.changed != None)),  # cell by cell
        **sums,
        "promotion_cost": cost,
        "profit": profit,
        "roi": float(np.asarray(return_on(profit, cost))),
        "difference": float(apart["difference"][known].sum()),
        **{f"from_{effect}": float(apart[f"from_{effect}"][known].sum()) for effect in EFFECTS},
        "profit_all_low": float(np.asarray(ends[0])[known].sum()),
        "profit_all_high": float(np.asarray(ends[1])[known].sum()),
        "profit_low": total.low,
        "profit_high": total.high,
        "probability_of_profit": total.probability_of_profit,
        "probability_of_more": float(better.mean()) if case is not planned else np.nan,
        **{name: int((case.answer["verdict"] == verdict.label).sum()) for name, verdict in VERDICTS.items()},
        "outside_learnt": int((~case.inside).sum()),
    }


def _notes(cases: Sequence[Answered], known: Array, model: PromotionModel, client: Client) -> list[str]:
    notes = []
    if not model.worth.evidence:
        notes.append(f"Do not decide on these figures: {model.worth.sentence}")
    if (~known).any():
        count = int((~known).sum())
        notes.append(f"{count:,} promotions are left out of the totals, because their price or unit cost is not known.")
    for case in cases[1:]:
        more = int((~case.inside & cases[0].inside).sum())
        if more:
            notes.append(f"'{case.name}' takes {more:,} promotions outside what was learnt: their forecast is a guess.")
        if not (case.changed != None).any():
            notes.append(f"'{case.name}' changes nothing in this list.")
    notes += [
        "All low, all high: the conservative and the optimistic case, every lift at that end of its interval at the same time; "
        "that is rarer than the interval says.",
        f"Likely from ... to: the {client.verdict.interval:.0%} interval of the whole list. {ASSUMPTION}",
        "By base(line), lift, price and cost: why profit differs from the plan. Price holds discount and funding too.",
    ]
    return notes
