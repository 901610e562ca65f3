"""The plan log and what was learnt, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console

from scorer.cli.figures import NOT_KNOWN, figure
from scorer.cli.screen import notes, row, say, screen
from scorer.cli.screen import table as empty_table

if TYPE_CHECKING:
    from scorer.columns import Columns
    from scorer.planning.log.book import Entry, Event, Filed
    from scorer.planning.post_event import Accuracy, PostEvent
    from scorer.planning.tracking import Tracking
    from scorer.results import Committed, Learnt

MOST = 40
MOST_REASONS = 8
ROUNDED_AWAY = 0.5
_WORDS = ("What it means", "Promotion", "Status", "Note", "Why", "Who", "When", "Reason", "By", "Closer", "", "Verdict")


# ---------------------------------------------------------------------------------------------- commit, decide
def committed(done: Committed) -> None:
    out = screen()
    counts = Counter(one.outcome for one in done.filed)
    say(out, f"{done.rows_in:,} rows: {_counted(counts)}{', ' if counts else ''}{len(done.rejects['line']):,} refused.")
    _outcomes(out, done.filed)
    if done.overridden:
        heads = ("Promotion", "Lift: model", "yours", f"Profit ({done.currency}): model", "yours", "Reason")
        table = empty_table(*heads, words=_WORDS)
        for one in done.overridden:
            profits = [figure(one[f"{who}_incremental_profit_expected"], "profit") for who in ("model", "planner")]
            lifts = [figure(one[f"{who}_lift_expected"], "lift") for who in ("model", "planner")]
            row(table, one["promotion_id"], *lifts, *profits, one["why"])
        out.print(table)
    _refused(out, done.rejects)
    notes(out, done.notes)
    say(out, f"Predictions of model {done.model_version}, frozen in {done.log}.", "bold")


def committed_data(done: Committed) -> dict[str, Any]:
    from scorer.columns import records

    return {**done._asdict(), "filed": [one._asdict() for one in done.filed], "rejects": records(done.rejects)}


def decided(done: Sequence[Filed]) -> None:
    out = screen()
    for one in done:
        say(out, f"{one.promotion_id} is {one.status} now.")


def _outcomes(out: Console, filed: Sequence[Filed]) -> None:
    by_status = Counter(one.status for one in filed)
    table = empty_table("Status", "Promotions", words=_WORDS)
    for status, count in by_status.items():
        row(table, str(status), f"{count:,}")
    out.print(table)
    noted = [one for one in filed if one.note]
    for one in noted[:MOST]:
        say(out, f"- {one.promotion_id}: {one.note}")
    if len(noted) > MOST:
        say(out, f"- and {len(noted) - MOST:,} more; --json lists them all")


def _counted(counts: Counter[str]) -> str:
    words = {"new": "new in the log", "moved": "moved on", "kept": "kept as they were"}
    return ", ".join(f"{count:,} {words.get(name, name)}" for name, count in counts.items())


# ---------------------------------------------------------------------------------------------- plans
def plans(entries: Sequence[Entry]) -> None:
    from scorer.planning.log.freeze import of_record

    out = screen()
    if not entries:
        say(out, "No plan is that far.")
        return
    currency = entries[0].frozen.currency
    heads = ("Promotion", "First day", "Verdict", "Lift", f"Profit ({currency})", "ROI", "Status", "Who", "When", "Why")
    table = empty_table(*heads, words=_WORDS)
    for entry in entries[:MOST]:
        held = of_record(entry.frozen)
        profit, roi = held["incremental_profit_expected"], held["roi_expected"]
        row(
            table,
            entry.promotion_id + (f" (revision {entry.revision})" if entry.revision > 1 else ""),
            str(entry.frozen.start_date),
            entry.frozen.figures["verdict"],
            figure(held["lift_expected"], "lift") + ("*" if entry.frozen.override else ""),
            figure(profit, "profit"),
            figure(roi, "roi"),
            str(entry.status),
            entry.last.who,
            entry.last.at[:10],
            entry.last.why,
        )
    out.print(table)
    if len(entries) > MOST:
        say(out, f"and {len(entries) - MOST:,} more; --json lists them all.")
    if any(entry.frozen.override for entry in entries):
        say(out, "* the planner's own figure; 'promo plans show ID' has the model's beside it.")


def plans_data(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [_entry_data(entry) for entry in entries]


def _entry_data(entry: Entry) -> dict[str, Any]:
    frozen = entry.frozen._asdict()
    return {
        "promotion_id": entry.promotion_id,
        "revision": entry.revision,
        "status": str(entry.status),
        "logged_at": entry.logged_at,
        "decided": {"at": entry.last.at, "who": entry.last.who, "why": entry.last.why},
        **{name: value for name, value in frozen.items() if name != "promotion_id"},
        "actual": entry.actual,
    }


SHOWN = {
    "baseline_units": "Baseline (units)",
    "lift_expected": "Lift",
    "sales_units_expected": "Units sold",
    "promotion_cost_expected": "Cost ({currency})",
    "incremental_profit_expected": "Profit ({currency})",
    "roi_expected": "ROI",
}


def history(found: tuple[Entry, Sequence[Event]]) -> None:
    entry, events = found
    out, frozen = screen(), entry.frozen
    own = (frozen.override or {}).get("figures", {})
    when = f"{frozen.start_date} to {frozen.end_date}"
    say(out, f"{entry.promotion_id}, revision {entry.revision}, {when}: {entry.status}", "bold")
    heads = ["Figure", "Model", *(["Planner"] if own else []), *(["Actual"] if entry.actual else [])]
    table = empty_table("", *heads[1:], words=_WORDS)
    for name, label in SHOWN.items():
        cells = [figure(frozen.figures[name], name)]
        cells += [figure(own.get(name, frozen.figures[name]), name)] if own else []
        cells += [_actual_figure(entry, name)] if entry.actual else []
        row(table, label.format(currency=frozen.currency), *cells)
    out.print(table)
    ends = (figure(frozen.figures[f"lift_{end}"], "lift") for end in ("low", "high"))
    width = figure(frozen.interval, "probability").replace(".0", "")
    say(out, f"{width} interval of the lift: {' to '.join(ends)}. Verdict: {frozen.figures['verdict']}.")
    if frozen.override:
        say(out, f"The planner's figures, because: {frozen.override['why']}")
    say(out, f"Frozen {entry.logged_at} from {frozen.source}; sales known up to {frozen.data_cut};")
    prints = f"input {frozen.input_hash}; settings {frozen.settings_hash}; product {frozen.product_version}."
    say(out, f"  model {frozen.model_version}; {prints}")
    steps = empty_table("When", "Who", "Status", "Why", "Revision", words=_WORDS)
    for event in events:
        row(steps, event.at, event.who, str(event.status), event.why, str(event.revision))
    out.print(steps)


def history_data(found: tuple[Entry, Sequence[Event]]) -> dict[str, Any]:
    entry, events = found
    return {**_entry_data(entry), "history": [{**event._asdict(), "status": str(event.status)} for event in events]}


def _actual_figure(entry: Entry, name: str) -> str:
    known = {"baseline_units": "baseline_units", "lift_expected": "lift", "sales_units_expected": "units"}
    measured = (entry.actual or {}).get("figures", {})
    return figure(measured.get(known[name]), name) if name in known else ""


# ---------------------------------------------------------------------------------------------- tracking
TRACKED = {
    "made": "Plans in the log",
    "adopted": "Adopted (approved or further)",
    "rejected": "Rejected",
    "undecided": "Not decided yet",
    "measured": "Measured",
    "adoption_rate": "Adopted, of those decided",
    "weeks_observed": "Weeks observed",
    "plans_a_week": "Plans a week",
    "success_rate": "Success rate: earned a profit, of those measured",
    "average_roi": "ROI of all measured: profit over cost",
    "actual_profit": "Their profit ({currency})",
    "actual_cost": "Their cost ({currency})",
    "loss_avoided": "Losses the forecast expected of rejected plans ({currency})",
    "profit_forgone": "Profits the forecast expected of rejected plans ({currency})",
}
RATES = {"adoption_rate": "probability", "success_rate": "probability", "average_roi": "roi", "actual_profit": "profit",
         "actual_cost": "cost", "loss_avoided": "profit", "profit_forgone": "profit"}  # fmt: skip


def tracked(found: tuple[Tracking, str]) -> None:
    counted, currency = found
    out = screen()
    table = empty_table("How planning goes", "", words=_WORDS)
    for name, label in TRACKED.items():
        shown = figure(getattr(counted, name), RATES.get(name, ""))
        too_few = name == "success_rate" and shown == NOT_KNOWN
        row(table, label.format(currency=currency), "not enough evidence" if too_few else shown)
    out.print(table)
    say(out, "Counted in the plan log. What rejected plans would have earned nobody can measure: it is the forecast.")


def tracked_data(found: tuple[Tracking, str]) -> dict[str, Any]:
    from scorer.columns import records

    counted, currency = found
    return {**counted._asdict(), "weeks": records(counted.weeks), "currency": currency}


# ---------------------------------------------------------------------------------------------- post-event
def learnt(done: Learnt) -> None:
    out, found = screen(), done.compared
    count = len(found.rows["promotion_id"])
    say(out, f"Promotions measured: {count:,}, new among them: {done.newly_measured:,}; not yet: {len(found.waiting['why']):,}.")
    if count:
        _bridge(out, found, done.currency)
        _largest(out, found, done.currency)
    say(out, found.coverage.sentence)
    if found.coverage.measured >= found.enough:
        share = found.coverage
        say(out, f"  That share is {share.share:.0%}, with 95 % certainty {share.low:.0%} to {share.high:.0%}.")
    for one in found.accuracy:
        _accuracy(out, one)
    say(out, found.overridden.sentence)
    _waiting(out, found.waiting)
    if done.refused is not None:
        _refused(out, done.refused)
    notes(out, done.notes)
    tracked((done.tracking, done.currency))
    say(out, f"Written to {done.out}" if done.out else "--out post_event.xlsx writes the workbook with every formula.", "bold")


def _bridge(out: Console, found: PostEvent, currency: str) -> None:
    totals = found.totals
    table = empty_table("From plan to actual", f"Profit ({currency})", "What it means", words=_WORDS)
    lines = {
        "planned_profit": ("Planned profit", f"ROI {figure(totals['planned_roi'], 'roi')}"),
        "effect_baseline": ("Baseline effect", "more or fewer units would have sold anyway"),
        "effect_lift": ("Lift effect", "the promotions moved more or fewer units"),
        "effect_price": ("Price effect", "another list price, discount or partner's share"),
        "effect_cost": ("Cost effect", "another unit cost or fixed cost"),
        "actual_profit": ("Actual profit", f"ROI {figure(totals['actual_roi'], 'roi')}"),
    }
    for name, (label, meaning) in lines.items():
        sign = "+" if name.startswith("effect") and round(totals[name]) > 0 else ""
        row(table, label, sign + _amount(totals[name]), meaning)
    out.print(table)
    if totals["left_out"]:
        say(out, f"{totals['left_out']:,.0f} promotions are left out: a price, cost or baseline is not known.")


def _largest(out: Console, found: PostEvent, currency: str, most: int = 5) -> None:
    import numpy as np

    rows = found.rows
    table = empty_table("Promotion", "Planned", "Actual", "Baseline", "Lift", "Price", "Cost", "Note", words=_WORDS)
    order = np.argsort(-np.abs(np.nan_to_num(rows["variance"])), kind="stable")[:most]
    for at in order.tolist():
        parts = ("planned_profit", "actual_profit", "effect_baseline", "effect_lift", "effect_price", "effect_cost")
        row(table, rows["promotion_id"][at], *(_amount(rows[name][at]) for name in parts), rows["note"][at] or "")
    say(out, f"Furthest from plan ({currency}):")
    out.print(table)


def _amount(value: float) -> str:
    """An amount without a minus sign before zero."""
    return figure(0.0 if abs(value) < ROUNDED_AWAY else value, "profit")


def _accuracy(out: Console, one: Accuracy) -> None:
    named = {"promotion_type": "Mechanic", "product_category": "Category", "all": "Together"}
    if not one.table["promotions"].any():
        return
    heads = (named.get(one.by, one.by), "Promotions", "Error: model", "simple rule", "Model's lean", "Closer")
    table = empty_table(*heads, words=_WORDS)
    for at in range(len(one.table["group"])):
        figures = [figure(one.table[name][at], "lift") for name in ("model_error", "naive_error", "model_lean")]
        row(table, one.table["group"][at], f"{one.table['promotions'][at]:.0f}", *figures, one.table["closer"][at])
    out.print(table)


def _waiting(out: Console, waiting: Columns) -> None:
    by_reason: dict[str, list[str]] = {}
    for name, why in zip(waiting["promotion_id"].tolist(), waiting["why"].tolist(), strict=True):
        by_reason.setdefault(why, []).append(name)
    frequent = sorted(by_reason.items(), key=lambda reason: -len(reason[1]))
    for reason, names in frequent[:MOST_REASONS]:
        say(out, f"- {len(names):,} not measured ({', '.join(names[:3])}{' …' if len(names) > 3 else ''}): {reason}")
    rest = sum(len(names) for _, names in frequent[MOST_REASONS:])
    if rest:
        say(out, f"- and {rest:,} more; --json lists them all")


def learnt_data(done: Learnt) -> dict[str, Any]:
    from scorer.columns import records

    found = done.compared
    return {
        "rows": records(found.rows),
        "waiting": records(found.waiting),
        "totals": found.totals,
        "coverage": found.coverage,
        "accuracy": {one.by: records(one.table) for one in found.accuracy},
        "overrides": found.overridden,
        "tracking": tracked_data((done.tracking, done.currency)),
        "refused": None if done.refused is None else records(done.refused),
        "newly_measured": done.newly_measured,
        "notes": done.notes,
        "out": done.out,
        "currency": done.currency,
    }


def _refused(out: Console, rejects: Columns) -> None:
    count = len(rejects["line"])
    for at in range(min(count, MOST)):
        say(out, f"- line {rejects['line'][at]} ({rejects['promotion_id'][at] or NOT_KNOWN}) refused: {rejects['reason'][at]}")
    if count > MOST:
        say(out, f"- and {count - MOST:,} more refused; --json lists them all")
