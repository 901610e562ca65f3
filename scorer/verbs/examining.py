"""Examine a client's lake: is it fresh, whole, and still of the kind its model learnt from?"""

from __future__ import annotations

from datetime import date

from scorer.errors import FileUnreadable, NothingToWorkOn
from scorer.lake.engines.duckdb import read_lake
from scorer.lake.health import Examined, examine, worst
from scorer.lake.seen import empty_cells, exports_seen, refreshes_seen
from scorer.settings import Client
from scorer.workspace import Workspace


def health(workspace: Workspace, client: str | None = None, day: date | None = None) -> Examined:
    """Return the checks of a client's lake (what was measured, the threshold, the state, words, a remedy), exports and refreshes.

    day: the day freshness is counted to; left out, today. Nothing is written.
    Raises NothingToWorkOn when there is no lake, FileUnreadable for one that is damaged or made by another version,
    ClientNotFound, BadSettings.
    """
    chosen = workspace.choose(client)
    lake, today = workspace.lake(chosen.client), day or date.today()  # noqa: DTZ011 - the day people here live in
    if not lake.exists():
        raise NothingToWorkOn.because(
            f"Client '{chosen.client}' has no lake yet", f"Run: promo refresh --client {chosen.client}"
        )
    return _examined(workspace, chosen, today)


def health_beside(workspace: Workspace, client: Client) -> Examined | None:
    """Return the checks to show beside figures; None where there is no lake, or none that can be examined.

    The figures do not hang on it: a model is scored with what travels in it.
    """
    if not workspace.lake(client.client).exists():
        return None
    try:
        return _examined(workspace, client, date.today())  # noqa: DTZ011 - the day people here live in
    except FileUnreadable:  # broken, or made by another version
        return None


def _examined(workspace: Workspace, client: Client, today: date) -> Examined:
    with read_lake(workspace.lake(client.client), client.training.threads) as con:
        found = examine(con, client, today)
        return Examined(client.client, today, worst(found), found, exports_seen(con), refreshes_seen(con), empty_cells(con))
