"""Before a user's workbook is replaced: nobody has it open, and a copy of it as it was lies beside it."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from scorer.atomic import replacing
from scorer.errors import OutputRefused


class State(NamedTuple):
    """What tells a file from a later state of it."""

    bytes: int
    changed: int


def state_of(path: Path) -> State:
    found = path.stat()
    return State(found.st_size, found.st_mtime_ns)


def must_be_writable(path: Path) -> None:
    """Raise OutputRefused for a file marked as read-only: putting another in its place would go round that mark."""
    if not os.access(path, os.W_OK):
        raise OutputRefused.because(path, "it is read-only", "Take that mark off, or fill a copy.")


def must_be_closed(path: Path) -> None:
    """Raise OutputRefused when a spreadsheet program says by a file beside it that it has the workbook open."""
    for name, program in ((f"~${path.name}", "Excel"), (f".~lock.{path.name}#", "LibreOffice")):
        lock = path.with_name(name)
        if lock.exists():
            raise OutputRefused.because(
                path, f"it is open in {program}", f"Close it and run again. If nothing has it open, delete {lock.name} beside it."
            )


def must_be_unchanged(path: Path, state: State) -> None:
    """Raise OutputRefused when the workbook is not what was read any more."""
    if not path.exists() or state_of(path) != state:
        raise OutputRefused.because(path, "it was saved by someone else while it was being filled", "Run again.")


def back_up(path: Path, now: datetime | None = None) -> Path:
    """Copy a workbook beside itself under a name with the time (UTC), whole or not at all, and return the copy.

    Nothing that is there is written over: a second copy within a second gets a number.
    """
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    copy, number = path.with_name(f"{path.stem}.backup-{stamp}{path.suffix}"), 2
    while os.path.lexists(copy):  # unlike Path.exists it does not mind a name that is too long: writing says so in words
        copy, number = path.with_name(f"{path.stem}.backup-{stamp}-{number}{path.suffix}"), number + 1
    with replacing(copy) as temporary:
        shutil.copy2(path, temporary)
    return copy
