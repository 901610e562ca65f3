"""Start a client, and turn its exports into a lake."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scorer.errors import OutputRefused
from scorer.lake.refresh import Checked, Refreshed
from scorer.lake.refresh import check as check_exports
from scorer.lake.refresh import refresh as refresh_lake
from scorer.lake.workplace import There, Workplace
from scorer.lock import client_lock
from scorer.saying import Say, quiet
from scorer.settings import Client, Engine, EngineName
from scorer.verbs.verifying import engine_of
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


def refresh(
    workspace: Workspace,
    client: str | None = None,
    say: Say = quiet,
    *,
    full: bool = False,
    engine: EngineName | None = None,
    master: str | None = None,
) -> Refreshed:
    """Bring a client's lake up to its exports; ``full`` reads all of them anew.

    Exports are read here. The rest is done on the engine that is asked for or that the client file names, and what it made is
    fetched into the lake: the same rows, sums of fractions equal but for their last digits.
    Raises InputRefused, RunLocked, and ExtraMissing and EngineUnusable where the engine cannot be used.
    """
    chosen = workspace.choose(client)
    settings = engine_of(chosen.engine, engine, master)
    opening = None if settings.name == "duckdb" else lambda: _there(chosen, settings, say)
    with client_lock(workspace.lock(chosen.client), chosen.client, say):
        exports, lake = workspace.exports(chosen.client), workspace.lake(chosen.client)
        return refresh_lake(chosen, exports, lake, say, full=full, opening=opening)


@contextmanager
def _there(client: Client, settings: Engine, say: Say) -> Iterator[Workplace]:
    from scorer.lake.engines.opening import opened

    say(f"Opening {settings.name}")
    with opened(settings, os.environ) as engine:
        yield There(client, engine, say)
