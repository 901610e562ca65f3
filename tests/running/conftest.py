"""A small client that a run has already refreshed and trained, to be copied and run again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scorer import verbs
from scorer.running.run import Ran
from scorer.workspace import Workspace
from tests import factories

CLIENT = "small"
DAY = date(2026, 7, 1)
# a workbook takes longer than all the rest: the tests that look at one ask for it
QUICK = "\n[run]\nworkbook_rows = 0\n"


@pytest.fixture(scope="session")
def first_night(shared: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A workspace after its first run: exports, lake, model, and nothing in the inbox."""
    return shared("first-night", _first_night)


def _first_night(root: Path) -> None:
    made = factories.small_client(root, client=CLIENT)
    made.client_file.write_text(made.client_file.read_text(encoding="utf-8") + QUICK, encoding="utf-8")
    (ran,) = verbs.run(Workspace(root), CLIENT, DAY)
    assert ran.code == 0, ran


@pytest.fixture
def night(first_night: Path, tmp_path: Path) -> Night:
    """A copy of it, to be changed at will."""
    return Night(Path(shutil.copytree(first_night, tmp_path / "night")))


class Night:
    """A workspace in which runs are tried: its lists, its runs, and what they left."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace = Workspace(root)
        self.inbox = self.workspace.inbox(CLIENT)
        self.outputs = root / "outputs" / CLIENT

    def drop(self, name: str, rows: int = 6, first: int = 0) -> Path:
        """Put some rows of the list of upcoming promotions into the inbox."""
        header, *lines = (self.root / "upcoming.csv").read_text(encoding="utf-8").splitlines()
        return self.write(name, "\n".join([header, *_usable(lines)[first : first + rows]]) + "\n")

    def write(self, name: str, text: str) -> Path:
        self.inbox.mkdir(parents=True, exist_ok=True)
        path = self.inbox / name
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, day: date = DAY) -> Ran:
        """Run once; what there is to report is one run."""
        (ran,) = verbs.run(self.workspace, CLIENT, day)
        return ran

    def configure(self, text: str) -> None:
        """Add sections to the client file; [run] takes the place of the one that is there."""
        path = self.workspace.client_file(CLIENT)
        before = path.read_text(encoding="utf-8")
        path.write_text((before.partition("\n[run]")[0] if "[run]" in text else before) + f"\n{text}\n", encoding="utf-8")

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.root / "logs" / f"{CLIENT}.jsonl").read_text(encoding="utf-8").splitlines()]

    def tree(self) -> dict[str, int]:
        """Return every file but the log and the lock, with the time it was last written."""
        files = (path for path in self.root.rglob("*") if path.is_file() and path.suffix not in (".jsonl", ".lock"))
        return {path.relative_to(self.root).as_posix(): path.stat().st_mtime_ns for path in files}


def _usable(lines: list[str]) -> list[str]:
    """Leave out the rows that the list plants to be refused."""
    bad = ("abc", "-0.1", "2026-01-15")
    return [line for line in lines if not any(word in line for word in bad) and ",," not in line]
