"""Runs that kill themselves on the way, each in a process of its own; the libraries they need are loaded once for all."""

from __future__ import annotations

import os
import signal
import sys
from datetime import date
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from pathlib import Path

PATIENCE = 300
# what a run imports; forked off a process that has them, it begins at once
_LOADED = ["scorer.lean", "scorer.running.run", "scorer.running.stages", "scorer.training", "scorer.model", "duckdb", "xgboost"]


def dies_at(root: Path, client: str, day: date, step: int) -> int:
    """Run, and kill it at the n-th thing it says or logs: the borders of its stages, and of the steps inside them.

    Returns how the process ended: 0, or minus the number of the signal.
    """
    run = processes().Process(target=_run, args=(root, client, day, step))
    run.start()
    run.join(PATIENCE)
    assert run.exitcode is not None, "it did not end"
    return run.exitcode


def processes() -> BaseContext:
    if sys.platform == "win32":
        return get_context("spawn")
    forking = get_context("forkserver")
    forking.set_forkserver_preload(_LOADED)
    return forking


def _run(root: Path, client: str, day: date, left: int) -> None:
    from scorer import verbs
    from scorer.workspace import Workspace

    def step(_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    verbs.run(Workspace(root), client, day, step, step)
