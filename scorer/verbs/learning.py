"""Train a model on the lake, judge it, keep it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from scorer.artifacts.manifest import Facts
from scorer.artifacts.store import Store
from scorer.columns import Columns, fetch, length, take
from scorer.errors import BundleRefused, ModelNotFound, NothingToWorkOn
from scorer.lake.engines.duckdb import read_lake
from scorer.lake.snapshot import first_start
from scorer.lock import client_lock
from scorer.model import BUNDLE_TASK, facts, open_model, pack, snapshot
from scorer.results import Trained
from scorer.saying import Say, quiet
from scorer.settings import Client
from scorer.tasks import PROMOTION_LIFT
from scorer.verbs.serving import models_of
from scorer.verbs.signature import product, who
from scorer.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

    from scorer.contest import Contest
    from scorer.evaluation import Evaluation


def train(workspace: Workspace, client: str | None = None, say: Say = quiet, promote: bool | None = None) -> Trained:
    """Train a client's model on its lake, judge it on later promotions, and keep it.

    It is put in use when it is the first one, or better than the one in use (see ``scorer.contest``); the client file's
    ``training.promote`` may say otherwise, and ``promote`` has the last word. Where models must be signed it is signed, if
    the key can.

    Raises NothingToWorkOn when there is no lake or too little history, ExtraMissing without the training packages.
    """
    chosen = workspace.choose(client)
    with client_lock(workspace.lock(chosen.client), chosen.client, say):
        return _train(workspace, chosen, say, promote)


def _train(workspace: Workspace, client: Client, say: Say, promote: bool | None) -> Trained:
    from scorer.card import card_parts
    from scorer.contest import decided
    from scorer.evaluation import evaluate, plain
    from scorer.golden import golden_part
    from scorer.training import fit

    lake = workspace.lake(client.client)
    if not lake.exists():
        raise NothingToWorkOn.because(f"Client '{client.client}' has no lake yet", f"Run: promo refresh --client {client.client}")
    with read_lake(lake, client.training.threads) as con:
        real, placebo = _rows(con, "real"), _rows(con, "placebo")
        about = fetch(con, "SELECT * FROM about")
        first = first_start(con)
        history = snapshot(con, first)
    if not length(real):
        raise NothingToWorkOn.because(
            "No past promotion could be tied to sales", "Look at what 'promo check' says about the matching keys and dates."
        )
    store = models_of(workspace, client)
    shape = _about(about)
    evaluation = evaluate(real, placebo, client, say)
    contest = decided(_contest(store, client, real, shape["basis"], say), client.training.promote, promote)
    say(f"Fitting on {length(real):,} promotions")
    fitted = fit(real, client.training)
    kept = {**shape, **_told(evaluation)}
    cut = about["data_cut"][0].astype(object)
    parts = pack(fitted.lift, fitted.success, real, kept, history) | golden_part(_looked_up(real, first), fitted)
    say("Drawing the model card")
    parts |= card_parts(evaluation, fitted, real, client, cut)
    figures = {**_headline(evaluation), "contest": plain(contest)}
    stated = facts(client.client, product(), cut, fitted.lift, fitted.success, figures)
    return _keep(store, parts, stated, evaluation, cut, contest)


def _looked_up(real: Columns, first: date | None) -> Columns:
    """Return the promotions that can be looked up in a history which serves those from ``first`` on."""
    return real if first is None else take(real, real["start_date"] >= np.datetime64(first, "D"))


def _contest(store: Store, client: Client, real: Columns, basis: str, say: Say) -> Contest:
    """Let the new model's kind compete with the one in use, where there is one that can still be asked."""
    from scorer import contest
    from scorer.golden import replay

    version = store.current(BUNDLE_TASK)
    if version is None:
        return contest.first()
    try:
        parts = store.open(BUNDLE_TASK, version)
        champion = open_model(parts, client.training.threads)
        with closing(champion.history):
            replay(parts, champion)
            return contest.hold(real, champion, basis, client, say)
    except (BundleRefused, ModelNotFound) as why:
        return contest.against_none(version, str(why))


def _keep(store: Store, parts: dict[str, bytes], stated: Facts, evaluation: Evaluation, cut: date, contest: Contest) -> Trained:
    version = store.write(parts, stated, datetime.now(UTC))
    if store.trust and store.trust.signer:
        store.sign(BUNDLE_TASK, version, store.trust.signer)
    elif store.trust and contest.promoted:
        from scorer.contest import kept_unsigned

        contest = kept_unsigned(contest, version)
    if contest.promoted:
        store.promote(BUNDLE_TASK, version, contest.words, who())
    return Trained(version, contest.promoted, evaluation, cut, store.folder / BUNDLE_TASK / version / "card.md", contest)


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
