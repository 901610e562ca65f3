"""Score a list on a cluster: read here, scored there, put together again here, line by line.

Reading stays here because what a list means (which comes first, day or month; is 20 a fifth; which ids repeat) shows only
on the whole of it. Nothing of the list is held in memory: rows wait as files in a folder that every worker sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from scorer.columns import fetch, length, stack, take
from scorer.contracts.scored import SCORED
from scorer.errors import EngineUnusable
from scorer.lake.cells import literal
from scorer.lake.engines.duckdb import connect
from scorer.lake.reading import SPREADSHEETS
from scorer.lake.writing_xlsx import MOST_ROWS
from scorer.plan import Cells, Listing, Plan, stream_plan
from scorer.results import ScoredList
from scorer.saying import Say, quiet
from scorer.scoring import Scored
from scorer.settings import Client, Engine, EngineName
from scorer.verbs.scoring import (
    BATCH,
    LONG_LIST,
    added,
    complain,
    doubts,
    nothing_yet,
    score,
    spare,
    summary,
    without_reasons,
)
from scorer.verbs.serving import load, store_of
from scorer.verbs.verifying import engine_of
from scorer.workspace import Workspace

if TYPE_CHECKING:
    from scorer.pieces import Shipment


def score_elsewhere(
    workspace: Workspace,
    plan: Listing,
    out: Path | None = None,
    client: str | None = None,
    say: Say = quiet,
    version: str | None = None,
    reasons: bool | None = None,
    engine: EngineName | None = None,
    master: str | None = None,
) -> ScoredList:
    """Score a list as ``score`` does, on the engine that is asked for or that the client file names: the result is the same.

    duckdb is this machine; spark a cluster, databricks one that is reached by Spark Connect. Snowflake runs SQL only: a client
    whose lake is made there is scored here. Raises as ``score`` does, and ExtraMissing and EngineUnusable.
    """
    chosen = workspace.choose(client)
    settings = engine_of(chosen.engine, engine, master)
    if settings.name == "duckdb" or (settings.name == "snowflake" and engine is None):
        return score(workspace, plan, out, client, say, version=version, reasons=reasons)
    if settings.name == "snowflake":
        raise EngineUnusable.because("Snowflake", "it runs SQL, and no model of ours", "Score on this machine or on Spark.")
    return _on_spark(workspace, settings, plan, out, client, say, version, reasons)


def _on_spark(
    workspace: Workspace,
    settings: Engine,
    plan: Listing,
    out: Path | None,
    client: str | None,
    say: Say,
    version: str | None,
    reasons: bool | None,
) -> ScoredList:
    from scorer.lake.engines.opening import storage_of
    from scorer.lake.writing_scored import rejects_beside, scored_files
    from scorer.model import BUNDLE_TASK
    from scorer.pieces import shipment

    if out is not None:
        spare(plan, out, rejects_beside(out))
    say("Loading the model")
    model, chosen = load(workspace, client, version)
    with storage_of(settings) as storage:
        say(f"Reading {plan}")
        rows = _staged(_pieces(plan, chosen), storage / "plan")
        is_long = rows > LONG_LIST
        explain = not is_long if reasons is None else reasons
        sent = shipment(store_of(workspace, client).open(BUNDLE_TASK, model.version), chosen, plan.name, explain)
        say(f"Scoring {rows:,} promotions on {settings.name}")
        if rows:
            _scored_there(settings, storage, sent)
        say("Putting the list together")
        with scored_files(out) if out is not None else nullcontext(None) as write, _answers(storage) as con:
            done = nothing_yet(model, out)
            for piece in _pieces(plan, chosen):
                scored = _together(piece, con, settings.name)
                if write is not None:
                    write(scored.given, scored.answer, scored.rejects)
                done = added(done, summary(model, piece, scored, out))
    if out is not None and done.rejected:
        done = done._replace(rejects=rejects_beside(out))
    if is_long and reasons is None:
        done = done._replace(notes=[*done.notes, f"{without_reasons()}; --reasons keeps them."])
    done = done._replace(notes=[*done.notes, *doubts(model)])
    complain(done, chosen, done.rejects or plan)
    return done


def _pieces(plan: Listing, client: Client) -> Iterator[Plan]:
    # what kind a column of a sheet is shows only on the whole of it
    is_sheet = isinstance(plan, Cells) or plan.suffix.lower() in SPREADSHEETS
    return stream_plan(plan, client, MOST_ROWS if is_sheet else BATCH)


def _staged(pieces: Iterator[Plan], folder: Path) -> int:
    """Write the usable rows of a list into a folder, some thousand to a file, and return how many rows the list has."""
    import pyarrow.parquet as pq

    from scorer.pieces import batches

    folder.mkdir()
    rows = files = 0
    for piece in pieces:
        rows += piece.rows + length(piece.rejects)
        for batch in batches(piece):
            pq.write_table(batch, folder / f"{files:06d}.parquet")
            files += 1
    return rows


def _scored_there(settings: Engine, storage: Path, sent: Shipment) -> None:
    """Score the staged rows on the cluster; what it gives lies in a folder beside them."""
    from scorer.lake.engines.engine import ddl
    from scorer.lake.engines.spark import each_file_at_a_time, open_session, to_workers, troubles_told
    from scorer.pieces import ANSWER_TYPES, answers

    if not any(storage.joinpath("plan").iterdir()):
        return
    session = open_session(settings.master)
    try:
        with troubles_told(settings.name):
            each_file_at_a_time(session)
            plan = session.read.parquet(str(storage / "plan"))
            found = plan.mapInArrow(answers(to_workers(session, sent)), ddl(ANSWER_TYPES))
            found.write.parquet(str(storage / "answers"))
    finally:
        session.stop()


@contextmanager
def _answers(storage: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open what the cluster gave as the view ``answers``; without any rows, there is none."""
    with closing(connect(threads=1)) as con:
        if storage.joinpath("answers").is_dir():
            con.execute(f"CREATE VIEW answers AS SELECT * FROM read_parquet({literal(str(storage / 'answers' / '*.parquet'))})")
        yield con


def _together(piece: Plan, con: duckdb.DuckDBPyConnection, engine: str) -> Scored:
    """Put the answers beside the rows they belong to, line by line. Raises EngineUnusable when one is lost or there twice."""
    from scorer.pieces import LINE, REFUSED, REJECTS

    nothing = {name: column[:0] for name, column in piece.columns.items()}
    if not piece.rows:
        return Scored(nothing, piece.given, {}, piece.rejects, piece.blank)
    between = [int(piece.lines[0]), int(piece.lines[-1])]
    found = fetch(con, f"SELECT * FROM answers WHERE {LINE} >= ? AND {LINE} <= ? ORDER BY {LINE}", between)
    if not np.array_equal(found[LINE], piece.lines):
        raise EngineUnusable.because(engine, f"of {piece.rows:,} rows, {length(found):,} came back", "Run it again.")
    refused = np.array([reason is not None for reason in found[f"{REFUSED}reason"]], dtype=bool)
    answered = take(found, ~refused)
    unplaced = {name: found[LINE if name == LINE else REFUSED + name][refused] for name in REJECTS}
    return Scored(
        plan=take(piece.columns, ~refused),
        given=take(piece.given, ~refused),
        answer={name: answered[name] for name in SCORED.names},
        rejects=stack([piece.rejects, {name: unplaced[name] for name in piece.rejects}]),
        blank=piece.blank,
    )
