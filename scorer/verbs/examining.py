"""Examine a client's lake: is it fresh, whole, and still of the kind its model learnt from?"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import NamedTuple

from scorer.errors import NothingToWorkOn
from scorer.lake.engines.duckdb import connect
from scorer.lake.health import Finding, State, examine, worst
from scorer.lake.seen import EmptyCells, ExportSeen, RefreshSeen, empty_cells, exports_seen, refreshes_seen
from scorer.workspace import Workspace


class Examined(NamedTuple):
    """What the checks of one client found, the worst of it, and what the lake has seen of its exports."""

    client: str
    day: date
    state: State
    findings: list[Finding]
    exports: list[ExportSeen]
    refreshes: list[RefreshSeen]
    empty_cells: list[EmptyCells]


def health(workspace: Workspace, client: str | None = None, day: date | None = None) -> Examined:
    """Return the checks of a client's lake (what was measured, the threshold, the state, words, a remedy), exports and refreshes.

    day: the day freshness is counted to; left out, today. Nothing is written.
    Raises NothingToWorkOn when there is no lake, ClientNotFound, BadSettings.
    """
    chosen = workspace.choose(client)
    lake, today = workspace.lake(chosen.client), day or date.today()  # noqa: DTZ011 - the day people here live in
    if not lake.exists():
        raise NothingToWorkOn.because(
            f"Client '{chosen.client}' has no lake yet", f"Run: promo refresh --client {chosen.client}"
        )
    with closing(connect(lake, chosen.training.threads, read_only=True)) as con:
        found = examine(con, chosen, today)
        seen = exports_seen(con), refreshes_seen(con), empty_cells(con)
    return Examined(chosen.client, today, worst(found), found, *seen)
