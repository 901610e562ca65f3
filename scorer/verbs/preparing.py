"""Start a client, and turn its exports into a lake."""

from __future__ import annotations

from pathlib import Path

from scorer.errors import OutputRefused
from scorer.lake.refresh import Checked, Refreshed
from scorer.lake.refresh import check as check_exports
from scorer.lake.refresh import refresh as refresh_lake
from scorer.lock import client_lock
from scorer.saying import Say, quiet
from scorer.workspace import Workspace


def init(workspace: Workspace, client: str) -> Path:
    """Write a commented client file to start from, and the folders its exports and lists go to.

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
        workspace.inbox(client).mkdir(parents=True, exist_ok=True)
        path.write_text(starting_client_file(client), encoding="utf-8")
    except OSError as why:
        said = why.strerror or str(why)
        raise OutputRefused.because(path, said, "Check that you may write in that folder.") from why
    return path


def check(workspace: Workspace, client: str | None = None, say: Say = quiet) -> Checked:
    """Read and clean a client's exports without keeping anything: what would be used, refused, and why."""
    chosen = workspace.choose(client)
    return check_exports(chosen, workspace.exports(chosen.client), say)


def refresh(workspace: Workspace, client: str | None = None, say: Say = quiet, *, full: bool = False) -> Refreshed:
    """Bring a client's lake up to its exports; ``full`` reads all of them anew. Raises InputRefused, RunLocked."""
    chosen = workspace.choose(client)
    with client_lock(workspace.lock(chosen.client), chosen.client, say):
        return refresh_lake(chosen, workspace.exports(chosen.client), workspace.lake(chosen.client), say, full=full)
