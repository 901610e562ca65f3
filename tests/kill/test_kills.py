"""Killed at any moment: the next run completes, and its results are those of a run that nobody disturbed.

Moments are drawn by a fixed seed, evenly over the time a verb takes undisturbed. ``PROMO_KILLS=200`` draws two hundred.
"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.kill.undisturbed import VERBS, Undisturbed, copied, ended, start, whole_files_only

KILLS = int(os.environ.get("PROMO_KILLS", "28"))
SEED = int(os.environ.get("PROMO_KILLS_SEED", "7"))
# the four that work longest are killed most
WEIGHTS = {"refresh": 3, "refresh anew": 2, "train": 5, "score": 5, "workbook": 5, "commit": 3, "fill": 3, "restore": 2}


def _moments() -> list[tuple[str, float]]:
    """Return verbs and the shares of their time at which they are killed."""
    chance, drawn = random.Random(SEED), []
    for verb, weight in WEIGHTS.items():
        kills = max(round(KILLS * weight / sum(WEIGHTS.values())), 1)
        # the first third of a run is the start of Python, in which nothing is at stake
        drawn += [(verb, 0.25 + 0.8 * (at + chance.random()) / kills) for at in range(kills)]
    return drawn


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system knows no SIGKILL")
@pytest.mark.parametrize(("verb", "share"), [pytest.param(*moment, id=f"{moment[0]} {moment[1]:.3f}") for moment in _moments()])
def test_the_next_run_completes_as_if_nothing_had_happened(
    tiny_home: Path, reference: Undisturbed, tmp_path: Path, verb: str, share: float, record_property
) -> None:
    folder, asked = copied(tiny_home, tmp_path / "workspace"), VERBS[verb]
    asked.before(folder)
    before = _there(folder)
    run = start(folder, asked.arguments)
    time.sleep(share * reference.seconds[verb])
    record_property("killed_at_work", run.poll() is None)
    run.kill()
    run.communicate()
    changed = {name for name, content in before.items() if _there(folder).get(name) != content}
    assert changed <= _may_change(verb), "what was there is whole: the old or the new, never half of it"
    ended(folder, asked.arguments)
    assert asked.left(folder) == reference.left[verb]
    assert whole_files_only(folder) == []


def _there(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


def _may_change(verb: str) -> set[str]:
    """Files that the verb replaces; each of them is compared with an undisturbed one after the next run."""
    decisions = {f"models/tiny/promotion_lift/{name}" for name in ("current.json", "history.jsonl")}
    lake = {"lake/tiny.duckdb"}
    return {"refresh": lake, "refresh anew": lake, "train": decisions, "fill": {"own.xlsx"}, "restore": {"own.xlsx"}}.get(verb, set())
