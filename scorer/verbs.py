"""The public verbs: the one place where settings, files, lake, models and answers are wired together."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib.metadata import version as installed_version
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scorer.artifacts.manifest import Facts
from scorer.artifacts.store import Decision, Store
from scorer.columns import Columns, fetch, length
from scorer.errors import InputRefused, NothingToWorkOn, OutputRefused, TooManyRejects, nearest
from scorer.lake.engines.duckdb import connect
from scorer.lake.reading import SPREADSHEETS
from scorer.lake.refresh import Checked, Refreshed
from scorer.lake.refresh import check as check_exports
from scorer.lake.refresh import refresh as refresh_lake
from scorer.lake.writing_xlsx import MOST_ROWS
from scorer.lock import client_lock
from scorer.model import BUNDLE_TASK, PromotionModel, facts, open_model, pack, snapshot
from scorer.plan import Plan, read_plan, stream_plan
from scorer.results import Demonstrated, ScoredList, Trained
from scorer.scoring import Scored
from scorer.scoring import score as score_plan
from scorer.settings import Client
from scorer.tasks import PROMOTION_LIFT
from scorer.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

    from scorer.evaluation import Evaluation
    from scorer.planning.what_if import WhatIf
    from scorer.workbook.content import Run

Say = Callable[[str], None]
LONG_LIST = 100_000
BATCH = 50_000  # rows of a list that are in memory at a time
_SUMS = ("sales_units_expected", "incremental_units_expected", "promotion_cost_expected", "incremental_profit_expected")


def _quiet(_: str) -> None:
    """Say nothing."""


def init(workspace: Workspace, client: str) -> Path:
    """Write a commented client file to start from, and the folder its exports go to.

    Raises OutputRefused when the client is there already or nothing may be written, BadSettings when the name is no name
    for a client.
    """
    from scorer.client_file import starting_client_file
    from scorer.settings import parse_client

    parse_client({"client": client})
    path = workspace.client_file(client)
    if path.exists():
        raise OutputRefused.because(path, "it is there already", "Edit it, or choose another client name.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        workspace.exports(client).mkdir(parents=True, exist_ok=True)
        path.write_text(starting_client_file(client), encoding="utf-8")
    except OSError as why:
        said = why.strerror or str(why)
        raise OutputRefused.because(path, said, "Check that you may write in that folder.") from why
    return path


def check(workspace: Workspace, client: str | None = None, say: Say = _quiet) -> Checked:
    """Read and clean a client's exports without keeping anything: what would be used, refused, and why."""
    chosen = workspace.choose(client)
    return check_exports(chosen, workspace.exports(chosen.client), say)


def refresh(workspace: Workspace, client: str | None = None, say: Say = _quiet) -> Refreshed:
    """Rebuild a client's lake from its exports. Raises InputRefused, RunLocked."""
    chosen = workspace.choose(client)
    with client_lock(workspace.lock(chosen.client), chosen.client, say):
        return refresh_lake(chosen, workspace.exports(chosen.client), workspace.lake(chosen.client), say)


def train(workspace: Workspace, client: str | None = None, say: Say = _quiet, promote: bool = True) -> Trained:
    """Train a client's model on its lake, judge it on later promotions, and keep it; it serves unless told otherwise.

    Raises NothingToWorkOn when there is no lake or too little history, ExtraMissing without the training packages.
    """
    chosen = workspace.choose(client)
    with client_lock(workspace.lock(chosen.client), chosen.client, say):
        return _train(workspace, chosen, say, promote)


def store_of(workspace: Workspace, client: str | None = None) -> Store:
    """Return the models of a client."""
    return Store(workspace.models(workspace.choose(client).client))


def promote(workspace: Workspace, version: str, why: str, client: str | None = None, task: str = BUNDLE_TASK) -> Decision:
    """Put a model in use. Raises ModelNotFound, BundleRefused, RunLocked."""
    return _decided(workspace, client, lambda store: store.promote(task, version, why, _who()))


def rollback(workspace: Workspace, why: str, client: str | None = None, task: str = BUNDLE_TASK) -> Decision:
    """Go back to the model that was in use before. Raises ModelNotFound when there is none, BundleRefused, RunLocked."""
    return _decided(workspace, client, lambda store: store.rollback(task, why, _who()))


def load(workspace: Workspace, client: str | None = None, version: str | None = None) -> tuple[PromotionModel, Client]:
    """Load the serving model of a client, or a named version, with the client's settings.

    Raises ModelNotFound, BundleRefused.
    """
    from scorer.golden import replay

    chosen = workspace.choose(client)
    parts = Store(workspace.models(chosen.client)).open(BUNDLE_TASK, version)
    model = open_model(parts, chosen.training.threads)
    replay(parts, model)
    return model, chosen


def score(
    workspace: Workspace,
    plan: Path,
    out: Path | None = None,
    client: str | None = None,
    say: Say = _quiet,
    version: str | None = None,
    reasons: bool | None = None,
) -> ScoredList:
    """Score a list of planned promotions (csv, parquet, xlsx) and write the result to ``out`` in the form of its ending.

    Refused rows go to a file beside it. ``reasons=None`` leaves the reasons out of lists above 100,000 rows.
    Raises TooManyRejects after everything is written, when more rows were refused than the client allows.
    """
    from scorer.lake.writing_scored import rejects_beside, scored_files

    if out is not None:
        _spare(plan, out, rejects_beside(out))
    say("Loading the model")
    model, chosen = load(workspace, client, version)
    say(f"Reading {plan}")
    is_long, pieces = _in_pieces(plan, chosen)
    explain = not is_long if reasons is None else reasons
    with scored_files(out) if out is not None else nullcontext(None) as write:
        done = _nothing_yet(model, out)
        for piece in pieces:
            say(_progress(done, piece))
            scored = score_plan(piece, model, chosen, explain=explain)
            if write is not None:
                write(scored.given, scored.answer, scored.rejects)
            done = _added(done, _summary(model, piece, scored, out))
        if out is not None:
            say(f"Writing {out}")
    if out is not None and done.rejected:
        done = done._replace(rejects=rejects_beside(out))
    if is_long and reasons is None:
        told = f"Reasons were left out, because the list is longer than {LONG_LIST:,} rows; --reasons keeps them."
        done = done._replace(notes=[*done.notes, told])
    done = done._replace(notes=[*done.notes, *_doubts(model)])
    _complain(done, chosen, done.rejects or plan)
    return done


def workbook(workspace: Workspace, plan: Path, out: Path, client: str | None = None, say: Say = _quiet) -> ScoredList:
    """Score a list and write the planning workbook. Raises as ``score`` does."""
    from scorer.planning.what_if import ladders
    from scorer.workbook.assemble import content_of
    from scorer.workbook.write import write_workbook

    if out.suffix.lower() != ".xlsx":
        raise OutputRefused.because(out, f"'{out.suffix}' is no ending of a workbook", "Use .xlsx.")
    _spare(plan, out)
    say("Loading the model")
    model, chosen = load(workspace, client)
    say(f"Reading {plan}")
    read = read_plan(plan, chosen)
    say(f"Scoring {read.rows:,} promotions")
    scored = score_plan(read, model, chosen)
    if not length(scored.answer):
        raise NothingToWorkOn.because(
            f"No row of {plan} could be scored", "Look at the reasons: promo score writes them to a file."
        )
    say("Trying other discounts")
    ladder = ladders(scored.plan, model, chosen)
    say(f"Writing {out}")
    write_workbook(out, content_of(chosen, scored, ladder, model, _run(plan, read)))
    done = _summary(model, read, scored, out)
    done = done._replace(notes=[*done.notes, *_doubts(model)])
    _complain(done, chosen, f"the Rejects sheet of {out}")
    return done


def what_if(
    workspace: Workspace,
    plan: Path,
    promotion_id: str | None = None,
    client: str | None = None,
    discounts: tuple[float, ...] | None = None,
    durations: tuple[int, ...] | None = None,
    say: Say = _quiet,
) -> WhatIf:
    """Try other discounts (fractions) and durations (days) for one promotion of a list, the first unless one is named.

    Raises NothingToWorkOn for a list without a usable row, InputRefused when it has no such promotion.
    """
    from scorer.planning.what_if import what_if as ask

    say("Loading the model")
    model, chosen = load(workspace, client)
    read = read_plan(plan, chosen)
    if not read.rows:
        raise NothingToWorkOn.because(f"{plan} has no row that can be used", "promo score lists the reasons.")
    ids = [str(name) for name in read.columns["promotion_id"]]
    asked = promotion_id or ids[0]
    say(f"Trying changes of {asked}")
    if asked not in ids:
        raise InputRefused(f"{plan} has no usable promotion '{asked}'.{nearest(asked, ids)} It has {len(ids):,} others.")
    return ask(read, ids.index(asked), model, chosen, discounts, durations)


def demo(workspace: Workspace, say: Say = _quiet) -> Demonstrated:
    """Make an example client with a planted truth, then do the whole job on it."""
    from scorer import demo as example

    made = example.make(workspace, say=say)
    client = made.client
    upcoming = made.upcoming.path if made.upcoming else workspace.root / "upcoming.csv"
    refreshed = refresh(workspace, client, say)
    trained = train(workspace, client, say)
    folder = workspace.outputs(client, "demo")
    scored = _tolerant(lambda: score(workspace, upcoming, folder / "scores.csv", client, say))
    book = folder / "plan.xlsx"
    _tolerant(lambda: workbook(workspace, upcoming, book, client, say))
    return Demonstrated(workspace.exports(client), refreshed, trained, scored, book)


def _spare(plan: Path, *written: Path) -> None:
    """Raise rather than write over the list that is being read: it may be the only one."""
    for path in written:
        if plan.exists() and path.exists() and path.samefile(plan):
            raise OutputRefused.because(path, "it is the list itself, and would be lost", "Choose another name for --out.")


def _tolerant(verb: Callable[[], ScoredList]) -> ScoredList:
    """Run a verb; a list with many refused rows is fine here, because the demo plants them."""
    try:
        return verb()
    except TooManyRejects as told:
        found = told.done
        if not isinstance(found, ScoredList):
            raise
        return found


def _train(workspace: Workspace, client: Client, say: Say, promote: bool) -> Trained:
    from scorer.card import card_parts
    from scorer.evaluation import evaluate
    from scorer.golden import golden_part
    from scorer.training import fit

    lake = workspace.lake(client.client)
    if not lake.exists():
        raise NothingToWorkOn.because(f"Client '{client.client}' has no lake yet", f"Run: promo refresh --client {client.client}")
    with closing(connect(lake, client.training.threads, read_only=True)) as con:
        real, placebo = _rows(con, "real"), _rows(con, "placebo")
        about = fetch(con, "SELECT * FROM about")
        history = snapshot(con)
    if not length(real):
        raise NothingToWorkOn.because(
            "No past promotion could be tied to sales", "Look at what 'promo check' says about the matching keys and dates."
        )
    evaluation = evaluate(real, placebo, client, say)
    say(f"Fitting on {length(real):,} promotions")
    fitted = fit(real, client.training)
    kept = {**_about(about), **_told(evaluation)}
    cut = about["data_cut"][0].astype(object)
    parts = pack(fitted.lift, fitted.success, real, kept, history) | golden_part(real, fitted)
    say("Drawing the model card")
    parts |= card_parts(evaluation, fitted, real, client, cut)
    stated = facts(client.client, _product(), cut, fitted.lift, fitted.success, _headline(evaluation))
    return _keep(workspace, client, parts, stated, evaluation, cut, promote)


def _decided(workspace: Workspace, client: str | None, decide: Callable[[Store], Decision]) -> Decision:
    store = store_of(workspace, client)
    with client_lock(workspace.lock(store.client), store.client):
        return decide(store)


def _keep(
    workspace: Workspace, client: Client, parts: dict[str, bytes], stated: Facts, evaluation: Evaluation, cut: date, promote: bool
) -> Trained:
    store = Store(workspace.models(client.client))
    version = store.write(parts, stated, datetime.now(UTC))
    if promote:
        store.promote(BUNDLE_TASK, version, "trained", _who())
    card = workspace.models(client.client) / BUNDLE_TASK / version / "card.md"
    return Trained(version, promote, evaluation, cut, card)


def _rows(con: duckdb.DuckDBPyConnection, cohort: str) -> Columns:
    order = "start_date, promotion_id, plan_row"  # what is fitted depends on the order of its rows in the last bits
    return fetch(con, f"SELECT * FROM {PROMOTION_LIFT.table} WHERE cohort = ? ORDER BY {order}", [cohort])


def _about(about: Columns) -> dict[str, Any]:
    import json

    found: dict[str, Any] = json.loads(about["shape"][0])
    return found


def _told(evaluation: Evaluation) -> dict[str, Any]:
    from scorer.evaluation import as_data

    return {
        "evidence": evaluation.evidence.found,
        "evidence_sentence": evaluation.evidence.sentence,
        "evaluation": as_data(evaluation),
    }


def _headline(evaluation: Evaluation) -> dict[str, Any]:
    figures = {name: value for name, value in evaluation.out_of_time._asdict().items() if value == value}
    return {**figures, "rows": evaluation.rows, "events": evaluation.events, "evidence": evaluation.evidence.found}


def _in_pieces(path: Path, client: Client) -> tuple[bool, Iterator[Plan]]:
    """Read a plan in pieces that fit into memory; and tell whether the list is a long one."""
    # a sheet is small enough to be read at once, and what kind a column of it is shows only on the whole of it
    rows = MOST_ROWS if path.suffix.lower() in SPREADSHEETS else BATCH
    pieces, first, seen = stream_plan(path, client, rows), deque[Plan](), 0
    for piece in pieces:
        first.append(piece)
        seen += piece.rows
        if seen > LONG_LIST:
            break
    return seen > LONG_LIST, chain(_drained(first), pieces)


def _drained(held: deque[Plan]) -> Iterator[Plan]:
    while held:
        yield held.popleft()


def _progress(done: ScoredList, piece: Plan) -> str:
    return f"Scoring {piece.rows:,} {'further ' if done.scored else ''}promotions"


def _nothing_yet(model: PromotionModel, out: Path | None) -> ScoredList:
    return ScoredList(0, 0, 0, 0, out, None, model.version, {}, dict.fromkeys(_SUMS, 0.0), [])


def _summary(model: PromotionModel, read: Plan, scored: Scored, out: Path | None) -> ScoredList:
    names, counts = np.unique(scored.answer["verdict"].astype(str), return_counts=True)
    return ScoredList(
        rows_in=length(scored.answer) + length(scored.rejects) + scored.blank,
        scored=length(scored.answer),
        rejected=length(scored.rejects),
        blank=scored.blank,
        out=out,
        rejects=None,
        model_version=model.version,
        verdicts=dict(zip(names.tolist(), counts.tolist(), strict=True)),
        totals={name: float(np.nansum(scored.answer[name])) for name in _SUMS},
        notes=list(read.notes),
    )


def _added(one: ScoredList, other: ScoredList) -> ScoredList:
    """Put the summaries of two pieces of a list together."""
    return one._replace(
        rows_in=one.rows_in + other.rows_in,
        scored=one.scored + other.scored,
        rejected=one.rejected + other.rejected,
        blank=one.blank + other.blank,
        verdicts=dict(sorted((Counter(one.verdicts) + Counter(other.verdicts)).items())),
        totals={name: one.totals[name] + other.totals[name] for name in one.totals},
        notes=[*one.notes, *other.notes],
    )


def _doubts(model: PromotionModel) -> list[str]:
    return [] if model.worth.evidence else [model.worth.sentence]


def _complain(done: ScoredList, client: Client, where: object) -> None:
    rows = done.scored + done.rejected
    if rows and done.rejected / rows > client.limits.rejected_share:
        raise TooManyRejects.above(done.rejected, rows, client.limits.rejected_share, where, done)


def _run(plan: Path, read: Plan) -> Run:
    from scorer.workbook.content import Run

    now = datetime.now(UTC).replace(microsecond=0)
    return Run(
        run_id=now.strftime("%Y%m%dT%H%M%SZ"),
        made_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        made_by=_who(),
        product_version=_product(),
        input_hash=sha256(plan.read_bytes()).hexdigest()[:12],
        source=plan.name,
        rows_in=read.rows + length(read.rejects) + read.blank,
        blank_rows=read.blank,
    )


def _product() -> str:
    return installed_version("promo-planner")


def _who() -> str:
    """Return who is logged in; the systems that do not say make getpass raise."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
