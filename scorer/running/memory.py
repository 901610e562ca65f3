"""What the lake and the model were last made from: so that nothing is made again without need."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from scorer import atomic
from scorer.running.places import Places


class ExportFile(NamedTuple):
    """A file of an export as it was read; rows: -1 where it was not counted."""

    table: str
    name: str
    sha256: str
    bytes: int
    rows: int = -1


class Refreshment(NamedTuple):
    """A lake that was built: from which files and settings (``made_from`` tells one such state from another)."""

    made_from: str
    run: str
    files: tuple[ExportFile, ...]


class Training(NamedTuple):
    """A model that was trained: on which day, on which state of the exports, and how much it learnt from."""

    version: str
    on: str
    made_from: str
    promotions: int
    sales: int


class Memory(NamedTuple):
    """None where no run did it yet."""

    refreshed: Refreshment | None = None
    trained: Training | None = None


def recall(places: Places) -> Memory:
    """Return what is remembered; what cannot be read is as good as forgotten, and costs a refresh."""
    try:
        told = json.loads(places.memory.read_text(encoding="utf-8"))
        return Memory(_refreshment(told["refreshed"]), Training(**told["trained"]) if told["trained"] else None)
    except (OSError, ValueError, TypeError, KeyError):
        return Memory()


def remember(places: Places, memory: Memory) -> None:
    """Put it on disk. Raises OutputRefused."""
    told: dict[str, Any] = {"refreshed": None, "trained": None}
    if memory.refreshed:
        files = [file._asdict() for file in memory.refreshed.files]
        told["refreshed"] = {**memory.refreshed._asdict(), "files": files}
    if memory.trained:
        told["trained"] = memory.trained._asdict()
    atomic.write_text(places.memory, json.dumps(told, indent=1) + "\n")


def _refreshment(told: dict[str, Any] | None) -> Refreshment | None:
    if not told:
        return None
    return Refreshment(**{**told, "files": tuple(ExportFile(**file) for file in told["files"])})
