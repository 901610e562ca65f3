"""Commit, and learn: put a list into the plan log, decide on plans, compare plan and actual."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import numpy as np

from scorer.columns import length
from scorer.errors import (
    NothingToWorkOn,
    OutputRefused,
    PromotionUnknown,
    ReasonMissing,
    TooManyRejects,
    UsageError,
    listed,
    nearest,
)
from scorer.plan import Listing, Plan, fingerprint, read_plan
from scorer.results import Committed, Learnt
from scorer.saying import Say, quiet
from scorer.settings import Client
from scorer.verbs.scoring import spare
from scorer.verbs.serving import load
from scorer.verbs.signature import product, who
from scorer.workspace import Workspace

if TYPE_CHECKING:
    from scorer.planning.actuals import Actual
    from scorer.planning.log.book import Entry, Event, Filed, Frozen, PlanLog, Signature
    from scorer.planning.tracking import Tracking


def commit(
    workspace: Workspace,
    plan: Listing,
    status: str = "planned",
    promotions: Sequence[str] = (),
    overrides: Mapping[str, float] | None = None,
    why: str = "",
    client: str | None = None,
    say: Say = quiet,
) -> Committed:
    """Freeze the predictions of a list in the plan log, all rows or the named ones, and take them as far as ``status``.

    overrides (lift as a ratio, baseline in units a day) replace the model's figures of the one promotion that is named;
    a list may carry its own in the columns lift_override, baseline_override and override_reason.
    Raises UsageError, ReasonMissing for an override or an approval without one, InputRefused for a promotion the list
    does not have, NothingToWorkOn, LogUnusable; TooManyRejects after everything is written, when more rows were refused
    than the client allows.
    """
    from scorer.planning.log.freeze import Source, freeze_list
    from scorer.planning.log.life import DECIDED, starting_status
    from scorer.planning.log.overrides import in_list, with_given

    wanted = starting_status(status)
    _demand_reasons(wanted in DECIDED, wanted, promotions, overrides, why)
    say("Loading the model")
    model, chosen = load(workspace, client)
    say(f"Reading {plan}")
    read = read_plan(plan, chosen)
    rows_in = read.rows + length(read.rejects) + read.blank
    read = _only(read, promotions, plan)
    names = [str(name) for name in read.columns["promotion_id"]]
    found, refused = in_list(read.given, read.columns["baseline_override"], names)
    refused |= _nameless(read)
    if overrides:
        found, refused = with_given(found, promotions[0], overrides, why), _but(refused, promotions[0])
    say(f"Scoring {read.rows:,} promotions")
    source = Source(product(), plan.name, fingerprint(plan))
    frozen = freeze_list(read, model, chosen, found, refused, source)
    if not frozen.predictions:
        why = next((f": {reason}" for reason in frozen.rejects["reason"].tolist()), "")
        raise NothingToWorkOn.because(f"No row of {plan} can be committed{why}", "Correct the list and commit it again.")
    say("Writing the plan log")
    log = _log(workspace, chosen)
    filed = log.freeze(frozen.predictions, wanted, _signed(why))
    overridden = [_beside(one) for one in frozen.predictions if one.override]
    notes = [*read.notes, *_hindsight(frozen.predictions)]
    done = Committed(rows_in, filed, overridden, frozen.rejects, notes, model.version, chosen.currency, log.where)
    refused_rows, rows = length(frozen.rejects), length(frozen.rejects) + len(filed)
    if refused_rows / rows > chosen.limits.rejected_share:
        raise TooManyRejects.above(refused_rows, rows, chosen.limits.rejected_share, "the lines above", done)
    return done


def decide(
    workspace: Workspace, decision: str, promotions: Sequence[str], why: str, client: str | None = None
) -> list[Filed]:
    """Plan, approve, commit or reject promotions of the plan log, all of them or none.

    Raises UsageError, ReasonMissing, DecisionRefused when one of them cannot go there from where it is, LogUnusable.
    """
    from scorer.planning.log.life import decision as meant

    wanted, chosen = meant(decision), workspace.choose(client)
    if not why.strip():
        raise ReasonMissing.of("A decision")
    return _existing(workspace, chosen).decide(promotions, wanted, _signed(why))


def plans(workspace: Workspace, client: str | None = None, status: str | None = None) -> list[Entry]:
    """Return every plan of a client at its newest revision, or those of one status.

    Raises NothingToWorkOn without a plan log, UsageError for a status that is none, LogUnusable.
    """
    from scorer.planning.log.life import Status

    known = [str(one) for one in Status]
    if status is not None and status not in known:
        raise UsageError(f"'{status}' is no status of a plan.{nearest(status, known)} They are: {', '.join(known)}.")
    entries = _existing(workspace, workspace.choose(client)).entries()
    return [entry for entry in entries if status in (None, entry.status)]


def plan_history(workspace: Workspace, promotion: str, client: str | None = None) -> tuple[Entry, list[Event]]:
    """Return one plan and everything that happened to it. Raises DecisionRefused for one that is not in the log."""
    log = _existing(workspace, workspace.choose(client))
    history = log.history(promotion)
    return next(entry for entry in log.entries() if entry.promotion_id == promotion), history


def track(workspace: Workspace, client: str | None = None) -> tuple[Tracking, str]:
    """Count how planning goes, from what the plan log has recorded, and in which currency. Raises NothingToWorkOn."""
    from scorer.planning.actuals import recorded
    from scorer.planning.post_event import compare
    from scorer.planning.tracking import tracking

    chosen = workspace.choose(client)
    log = _existing(workspace, chosen)
    entries = log.entries()
    measured = [(entry, recorded(entry.promotion_id, entry.actual)) for entry in entries if entry.actual]
    found = compare(measured, chosen)
    return tracking(entries, log.events(), found.rows, found.enough), chosen.currency


def post_event(
    workspace: Workspace, actuals: Path | None = None, out: Path | None = None, client: str | None = None, say: Say = quiet
) -> Learnt:
    """Compare committed promotions with what came of them, by the lake or by a file, and write that down in the log.

    ``out`` writes the post-event workbook. Raises NothingToWorkOn without a plan log or a committed promotion,
    OutputRefused, FileUnreadable, ColumnMissing, LogUnusable.
    """
    from scorer.planning.log.life import Status
    from scorer.planning.post_event import compare
    from scorer.planning.tracking import tracking

    if out is not None and out.suffix.lower() != ".xlsx":
        raise OutputRefused.because(out, f"'{out.suffix}' is no ending of a workbook", "Use .xlsx.")
    if out is not None and actuals is not None:
        spare(actuals, out)
    chosen = workspace.choose(client)
    log = _existing(workspace, chosen)
    by = _signed("")
    entries = log.entries()
    committed = [entry for entry in entries if entry.status in (Status.COMMITTED, Status.ACTUAL)]
    if not committed:
        remedy = "'promo decide commit ID --why ...' commits what is approved; 'promo plans list' shows what there is."
        raise NothingToWorkOn.because(f"No promotion of client '{chosen.client}' is committed yet", remedy)
    say("Measuring what came of them")
    pairs, given = _measure(workspace, chosen, committed, entries, actuals, by)
    say("Writing the plan log")
    changed = log.record_actual({entry.promotion_id: actual.facts for entry, actual in pairs if actual.measured}, by)
    found = compare(pairs, chosen)
    counted = tracking(log.entries(), log.events(), found.rows, found.enough)
    refused, notes = (given.rejects, given.notes) if given else (None, [])
    notes = [*notes, *_forgotten(entries, by)]
    done = Learnt(found, counted, refused, notes, _moved(changed), out, chosen.currency)
    if out is not None:
        from scorer.workbook.post_event.write import Made, write_post_event

        say(f"Writing {out}")
        made = Made(by.run_id, by.at, by.who, product(), log.where, actuals.name if actuals else "sales history")
        write_post_event(out, chosen, found, counted, made)
    return done


def _measure(
    workspace: Workspace,
    client: Client,
    committed: Sequence[Entry],
    entries: Sequence[Entry],
    actuals: Path | None,
    by: Signature,
) -> tuple[list[tuple[Entry, Actual]], Any]:
    from scorer.planning.actuals import FILE, from_file, from_lake, known_to_lake, recorded
    from scorer.planning.actuals_file import read_actuals

    given = read_actuals(actuals, client) if actuals else None
    known = known_to_lake(workspace.lake(client.client), committed)

    def measured(entry: Entry) -> Actual:
        name = entry.promotion_id
        if given and name in given.rows:
            return from_file(entry, given.rows[name], known.get(name), by.today)
        # what somebody stated in a file stays until another file says otherwise
        if entry.actual and entry.actual["origin"] == FILE:
            return recorded(name, entry.actual)
        found = from_lake(entry, known.get(name))
        return recorded(name, entry.actual) if entry.actual and not found.measured else found

    if given:
        given = given._replace(rejects=_with_strangers(given, committed, entries))
    return [(entry, measured(entry)) for entry in committed], given


def _with_strangers(given: Any, committed: Sequence[Entry], entries: Sequence[Entry]) -> Any:
    """Add the rows of a file that speak of promotions nobody committed."""
    from scorer.columns import stack, text

    status = {entry.promotion_id: entry.status for entry in entries}
    strangers = [name for name in given.rows if name not in {entry.promotion_id for entry in committed}]
    reasons = [
        f"it is {status[name]}, not committed" if name in status else f"the plan log does not have it.{nearest(name, status)}"
        for name in strangers
    ]
    lines = np.array([given.lines[name] for name in strangers], dtype=np.int64)
    return stack([given.rejects, {"promotion_id": text(strangers), "line": lines, "reason": text(reasons)}])


def _demand_reasons(
    decided: bool, wanted: str, promotions: Sequence[str], overrides: Mapping[str, float] | None, why: str
) -> None:
    if overrides and len(promotions) != 1:
        raise UsageError("An override belongs to one promotion: name it with --promotion ID.")
    if overrides and not why.strip():
        raise ReasonMissing.of("An override")
    if decided and not why.strip():
        raise ReasonMissing.of(f"A list that becomes {wanted}")


def _only(read: Plan, promotions: Sequence[str], plan: Listing) -> Plan:
    """Keep the named rows of a plan; all of them when none is named."""
    names = [str(name) for name in read.columns["promotion_id"]]
    for asked in promotions:
        if asked not in names:
            raise PromotionUnknown.named(asked, plan, names)
    if not promotions:
        return read
    chosen = np.array([name in set(promotions) for name in names], dtype=bool)
    return read.only(chosen)


def _hindsight(predictions: Sequence[Frozen]) -> list[str]:
    """Say which promotions had begun before the last day of sales that the model knows."""
    late = [one.promotion_id for one in predictions if one.start_date <= one.data_cut]
    if not late:
        return []
    named = listed(late, 5)
    return [f"{len(late):,} promotions had begun when sales were last known: they say nothing about the forecast ({named})."]


def _nameless(read: Plan) -> dict[str, str]:
    """Rows that are called by their line only: in another list the same line is another promotion."""
    why = "a promotion needs an id of its own to be found again in the plan log: fill the column promotion_id"
    pairs = zip(read.columns["promotion_id"].tolist(), read.lines.tolist(), strict=True)
    return {name: why for name, line in pairs if name == f"row-{line}"}


def _but(refused: Mapping[str, str], promotion: str) -> dict[str, str]:
    return {name: reason for name, reason in refused.items() if name != promotion}


def _beside(one: Any) -> dict[str, Any]:
    """The model's figure and the planner's for one overridden promotion."""
    names = ("baseline_units", "lift_expected", "incremental_profit_expected", "roi_expected")
    return {
        "promotion_id": one.promotion_id,
        "why": one.override["why"],
        **{f"model_{name}": one.figures[name] for name in names},
        **{f"planner_{name}": one.override["figures"][name] for name in names},
    }


def _forgotten(entries: Sequence[Entry], by: Signature) -> list[str]:
    """Say which promotions have begun although nobody committed them: they are not measured."""
    begun = [entry.promotion_id for entry in entries if entry.status == "approved" and entry.frozen.start_date <= by.today]
    if not begun:
        return []
    named = listed(begun, 5)
    return [f"{len(begun):,} approved promotions have begun and were never committed, so they are not measured: {named}."]


def _moved(changed: Sequence[Filed]) -> int:
    return sum(one.outcome == "moved" for one in changed)


def _log(workspace: Workspace, client: Client) -> PlanLog:
    from scorer.planning.log.place import open_log

    return open_log(client, workspace.log(client.client), os.environ)


def _existing(workspace: Workspace, client: Client) -> PlanLog:
    from scorer.planning.log.place import is_there

    if not is_there(client, workspace.log(client.client), os.environ):
        raise NothingToWorkOn.because(f"Client '{client.client}' has no plan log yet", "'promo commit LIST' starts one.")
    return _log(workspace, client)


def _signed(why: str) -> Signature:
    from scorer.planning.log.book import Signature

    now = datetime.now(UTC).replace(microsecond=0)
    return Signature(who(), now.strftime("%Y-%m-%dT%H:%M:%SZ"), why.strip(), f"{now:%Y%m%dT%H%M%SZ}-{token_hex(2)}")
