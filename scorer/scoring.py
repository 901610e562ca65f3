"""THE path: plan → check → features → forecast → money → verdict. A cell, a button, a list and a cluster all take it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from scorer.answer import Answer, answer, thresholds_of
from scorer.assumptions import money_gaps
from scorer.columns import Array, Columns, Floats, fetch, is_empty, length, register, stack, take, text
from scorer.contracts.exports import PLAN
from scorer.contracts.scored import SCORED
from scorer.economics.verdict import Verdict, judge
from scorer.errors import NothingToWorkOn
from scorer.features import with_features
from scorer.model import PromotionModel
from scorer.plan import Plan
from scorer.reasons import Driver, drivers, reasons
from scorer.remedies import remedies
from scorer.settings import Client
from scorer.support import Checked, check_support

_MONEY = {
    "sales_units": "units",
    "incremental_units": "incremental_units",
    "incremental_revenue": "incremental_net_sales",
    "promotion_cost": "promotion_cost",
    "incremental_profit": "profit",
    "roi": "roi",
}

PIECE = 50_000


class Scored(NamedTuple):
    """The scored rows: what the plan said (contract columns), its cells as given, and the answer; and the refused rows.

    Rows in = length(answer) + length(rejects) + blank.
    """

    plan: Columns
    given: Columns
    answer: Columns
    rejects: Columns
    blank: int


class Outlook(NamedTuple):
    """The answer to plan rows, whether each lies within what was learnt, and the forecast and money it was made from."""

    columns: Columns
    inside: Array
    found: Answer


def score(plan: Plan, model: PromotionModel, client: Client, *, explain: bool = True) -> Scored:
    """Score every usable row of a plan; the others are listed with their reason.

    Each row is answered by itself: its neighbours and their order change nothing.
    ``explain=False`` leaves the reasons out, which is faster on very long lists.
    """
    parts = [_score(piece, model, client, explain) for piece in _pieces(plan)]
    if len(parts) == 1:
        return parts[0]
    tables = {name: stack(getattr(part, name) for part in parts) for name in ("plan", "given", "answer", "rejects")}
    return Scored(**tables, blank=plan.blank)


def _pieces(plan: Plan) -> Iterator[Plan]:
    """Cut a long plan into pieces whose features fit into memory together; the first carries what is said of the whole."""
    for start in range(0, max(plan.rows, 1), PIECE):
        cut = slice(start, start + PIECE)
        part = plan._replace(
            columns={name: column[cut] for name, column in plan.columns.items()},
            given={name: column[cut] for name, column in plan.given.items()},
            lines=plan.lines[cut],
        )
        yield part if start == 0 else part._replace(rejects={name: column[:0] for name, column in plan.rejects.items()}, blank=0)


def _score(plan: Plan, model: PromotionModel, client: Client, explain: bool) -> Scored:
    rows, position = with_features(_as_given(plan.columns), model)
    whole = len(position) == plan.rows
    asked = plan.columns if whole else take(plan.columns, position)
    found = answer(rows, model, client)
    return Scored(
        plan=asked,
        given=plan.given if whole else take(plan.given, position),
        answer={
            **_columns(rows, found, check_support(rows, model), model, client, explain),
            "input_hash": input_hashes(asked, model),
        },
        rejects=_with_unplaced(plan, position, model),
        blank=plan.blank,
    )


def answer_plan(plan: Columns, model: PromotionModel, client: Client, *, overlapping: Floats | None = None) -> Columns:
    """Answer plan rows that are known to be placeable, for example changes of a scored row; no reasons, same order.

    overlapping: for each row, how many other products of its category are promoted in its place in the week it begins:
    for a calendar that is still being made. NaN, or left out: what the exported calendar says (for weeks beyond it, what is
    usual there); ``scorer.overlap.known_overlap`` tells both. Rows do not see each other: who plans them counts.
    """
    return outlook(plan, model, client, overlapping=overlapping).columns


def outlook(plan: Columns, model: PromotionModel, client: Client, *, overlapping: Floats | None = None) -> Outlook:
    """Answer plan rows as ``answer_plan`` does, and keep what the answer was made from."""
    rows, position = with_features(_as_given(plan, overlapping), model)
    if len(position) != length(plan):
        raise NothingToWorkOn.because(
            "A changed promotion lies outside the calendar of the model, or is longer than a year", "Choose other days."
        )
    found, support = answer(rows, model, client), check_support(rows, model)
    return Outlook(_columns(rows, found, support, model, client, explain=False), support.inside, found)


def explanation(plan: Columns, model: PromotionModel, client: Client, most: int) -> list[list[Driver]]:
    """Say for each row of a plan that can be placed what moved its forecast, the strongest first."""
    rows, position = with_features(_as_given(plan), model)
    if len(position) != length(plan):
        raise NothingToWorkOn.because("A promotion lies outside the calendar of the model", "Correct its dates.")
    return drivers(rows, answer(rows, model, client), model, most)


def _as_given(plan: Columns, overlapping: Floats | None = None) -> Columns:
    """Keep what the plan itself says of its neighbourhood beside what is looked up: a remedy needs to know which is which."""
    said = {**plan, "given_campaigns": plan["num_overlapping_campaigns"]}
    return said if overlapping is None else {**said, "given_overlapping": overlapping}


def _columns(
    rows: Columns, found: Answer, support: Checked, model: PromotionModel, client: Client, explain: bool
) -> Columns:
    verdict, remedy = _verdict(rows, found, support.inside, model, client)
    made: Columns = {
        "success_probability": found.success_probability,
        **{f"lift_{end}": getattr(found.lift, end) for end in found.money},
        "baseline_units_per_day": found.baseline_units / rows["duration_days"],
        "baseline_units": found.baseline_units,
        "baseline_method": found.baseline_method,
        "baseline_observations": rows["baseline_observations"],
        **{f"{name}_{end}": _floats(getattr(found.money[end], part)) for name, part in _MONEY.items() for end in found.money},
        "probability_of_profit": found.probability_of_profit,
        "break_even_lift": found.break_even_lift,
        "headroom": found.lift.expected - found.break_even_lift,
        "sales_multiple": found.sales_multiple,
        "verdict": verdict,
        "remedy": remedy,
        "reasons": reasons(rows, found, model, client.currency) if explain else np.full(length(rows), None, dtype=object),
        "flags": _joined(support.flags, money_gaps(found.assumptions.terms)),
        **_used(found),
        "money_sources": found.assumptions.sources,
        "model_version": np.full(length(rows), model.version, dtype=object),
        "data_cut": np.full(length(rows), np.datetime64(model.data_cut, "D")),
    }
    made.update(_ordered(made))
    return {name: made[name] for name in SCORED.names if name in made}


def _verdict(rows: Columns, found: Answer, inside: Array, model: PromotionModel, client: Client) -> tuple[Array, Array]:
    thresholds = thresholds_of(client)
    expected = found.money["expected"]
    arguments = (found.probability_of_profit, _floats(expected.profit), _floats(expected.roi), model.worth.evidence, inside)
    free = _floats(expected.promotion_cost) == 0
    first = np.atleast_1d(judge(*arguments, False, thresholds, costs_nothing=free))
    remedy = remedies(rows, first == Verdict.DONT_LAUNCH.label, found, model, client)
    has_remedy = np.array([words is not None for words in remedy], dtype=bool)
    return np.atleast_1d(judge(*arguments, has_remedy, thresholds, costs_nothing=free)), remedy


def _joined(flags: Array, more: Array) -> Array:
    """Return the flags of each row with one more behind them, where there is one."""
    joined = flags.copy()
    for row in np.flatnonzero(more != None):
        joined[row] = f"{flags[row]}; {more[row]}" if flags[row] else more[row]
    return joined


def _used(found: Answer) -> Columns:
    terms = found.assumptions.terms
    names = ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share", "unit_adjustment")
    used = {f"used_{name}": _floats(getattr(terms, name)) for name in names}
    return {**used, "used_pulled_forward_share": found.assumptions.pulled_forward_share}


def _ordered(made: Columns) -> Columns:
    """Put profit and ROI low to high: where an extra unit loses money, more lift is less profit."""
    swapped = {}
    for name in ("incremental_profit", "roi"):
        low, high = made[f"{name}_low"], made[f"{name}_high"]
        swapped[f"{name}_low"], swapped[f"{name}_high"] = np.minimum(low, high), np.maximum(low, high)
    return swapped


def input_hashes(plan: Columns, model: PromotionModel) -> Array:
    """Return a fingerprint of what each plan row said, to tell later whether its figures are stale."""
    con = model.history
    names = [name for name in PLAN.names if name != "promotion_id"]
    said = {name: plan[name] for name in names if not is_empty(plan[name])}  # most lists leave most columns out
    register(con, "hashed", {"n": np.arange(length(plan)), **said})
    joined = ", ".join(f"COALESCE(CAST({name} AS VARCHAR), '')" if name in said else "''" for name in names)
    return fetch(con, f"SELECT substr(md5(concat_ws('|', {joined})), 1, 12) AS hash FROM hashed ORDER BY n")["hash"]


def _with_unplaced(plan: Plan, position: Array, model: PromotionModel) -> Columns:
    """List the rows whose days lie outside the calendar of the model beside those the plan itself refused."""
    if len(position) == plan.rows:
        return plan.rejects
    lost = np.setdiff1d(np.arange(plan.rows), position)
    first, last = fetch(model.history, "SELECT MIN(day) AS a, MAX(day) AS b FROM date_table").values()
    why = f"the promotion lies outside {first[0]} to {last[0]}, or is longer than a year: train again, or correct its dates"
    more: Columns = {
        "promotion_id": plan.columns["promotion_id"][lost],
        "file": text([plan.name] * len(lost)),
        "line": plan.lines[lost],
        "column": text(["start_date"] * len(lost)),
        "reason": text([why] * len(lost)),
        "text": text([str(day) for day in plan.columns["start_date"][lost]]),
    }
    return stack([plan.rejects, {name: more[name] for name in plan.rejects}])


def _floats(values: object) -> Array:
    return np.atleast_1d(np.asarray(values, dtype=np.float64))
