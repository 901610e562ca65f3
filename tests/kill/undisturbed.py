"""The verbs that are killed, how each starts, and what it leaves: compared by bytes or, where a clock is in them, by content."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import duckdb
import openpyxl
import xlsxwriter

from scorer.atomic import is_temporary
from tests.hostile.tiny import CLIENT
from tests.promo_command import PROMO, ROOT

READ_AT = ("exports", "refreshes")  # tables in which a time stands: their rows are counted
LIST, BOOK = "upcoming.csv", "own.xlsx"
WITH_A_CLOCK = ("Audit", "About", "Model")
Left: TypeAlias = Mapping[str, Any]


class Verb(NamedTuple):
    """A command, what must be done before it, and what it leaves behind."""

    arguments: tuple[str, ...]
    left: Callable[[Path], Left]
    before: Callable[[Path], None] = lambda _: None


class Undisturbed(NamedTuple):
    """By verb: seconds, and what it left."""

    seconds: dict[str, float]
    left: dict[str, Left]


def start(folder: Path, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start ``promo`` in a folder; its temporary files go beside that folder."""
    spare = folder.parent / f"{folder.name}-tmp"
    spare.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(spare), "COLUMNS": "100"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", PROMO, *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def ended(folder: Path, arguments: tuple[str, ...]) -> float:
    """Run ``promo`` to its end and return how many seconds it took."""
    began = time.monotonic()
    run = start(folder, arguments)
    _, said = run.communicate(timeout=300)
    assert run.returncode == 0, said.decode()
    return time.monotonic() - began


def copied(home: Path, target: Path) -> Path:
    return Path(shutil.copytree(home, target, ignore=shutil.ignore_patterns("*.lock")))


def undisturbed(home: Path, root: Path) -> Undisturbed:
    """Run every verb once to its end, each in a workspace of its own."""
    seconds, left = {}, {}
    for name, verb in VERBS.items():
        folder = copied(home, root / name)
        verb.before(folder)
        seconds[name] = ended(folder, verb.arguments)
        left[name] = verb.left(folder)
    return Undisturbed(seconds, left)


def whole_files_only(folder: Path) -> list[str]:
    """Return the names of files that belong to a write cut short."""
    return [path.name for path in folder.rglob("*") if is_temporary(path.name) or path.name.endswith((".building", ".wal", "-journal"))]


def _bytes(*names: str) -> Callable[[Path], Left]:
    return lambda folder: {name: _digest(folder / name) for name in names}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _lake(folder: Path) -> Left:
    with duckdb.connect(str(folder / "lake" / f"{CLIENT}.duckdb"), read_only=True) as con:
        tables = sorted(name for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall())
        every = "SELECT count(*), md5(string_agg(CAST(t AS VARCHAR), '|' ORDER BY CAST(t AS VARCHAR))) FROM"
        return {name: con.execute(f'{every} "{name}" AS t').fetchone()[0 : 1 if name in READ_AT else 2] for name in tables}


def _model(folder: Path) -> Left:
    """The parts of the newest model, whose manifest has the time of its making; and that one of those there is in use."""
    task = folder / "models" / CLIENT / "promotion_lift"
    versions = sorted(path.name for path in task.iterdir() if path.is_dir())
    assert len(versions) > 1, "training leaves a model beside the one that was there"
    assert json.loads((task / "current.json").read_text())["version"] in versions
    return {path.name: _digest(path) for path in (task / versions[-1]).iterdir() if path.name != "manifest.json"}


def _workbook(name: str) -> Callable[[Path], Left]:
    def cells(folder: Path) -> Left:
        book = openpyxl.load_workbook(folder / name)
        return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book if sheet.title not in WITH_A_CLOCK}

    return cells


def _log(folder: Path) -> Left:
    """What stands in the plan log: every promotion once, with its predictions, at its status."""
    import sqlite3

    with sqlite3.connect(folder / "log" / f"{CLIENT}.db") as con:
        assert con.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = [name for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: con.execute(f'SELECT count(*) FROM "{name}"').fetchone() for name in tables}


def _later_sales(folder: Path) -> None:
    """Add an export with a sale of the next day and a correction of the last."""
    lines = ("01.07.2026;South;Beverages;Beer;12;44,28;1,74;9;0", "30.06.2026;South;Beverages;Beer;150;553,50;1,74;87;0")
    there = folder / "exports" / CLIENT / "sales_2026.csv"
    later = there.with_name("sales_2026b.csv")
    header = there.read_text(encoding="utf-8-sig").splitlines()[0]
    later.write_text("\n".join((header, *lines, "")), encoding="utf-8")
    os.utime(later, (1_780_000_000, 1_780_000_000))


def _own_book(folder: Path) -> None:
    with (folder / LIST).open(encoding="utf-8") as file:
        ids = [line.split(",")[0] for line in file][1:]
    book = xlsxwriter.Workbook(str(folder / BOOK))
    sheet = book.add_worksheet("Plan")
    sheet.write_row(0, 0, ["promotion_id", "verdict", "lift_expected", "note"])
    for at, name in enumerate(ids, start=1):
        sheet.write_row(at, 0, [name, None, None, "mine"])
    book.close()


def _filled_book(folder: Path) -> None:
    _own_book(folder)
    ended(folder, VERBS["fill"].arguments)


def _both_states(folder: Path) -> Left:
    """The workbook and its backups: whichever is in front, both states are there."""
    kept = [folder / BOOK, *folder.glob("own.backup-*.xlsx")]
    return {"states": len({json.dumps(_workbook(path.name)(folder), default=str) for path in kept})}


VERBS = {
    "refresh": Verb(("refresh",), _lake, _later_sales),
    "refresh anew": Verb(("refresh", "--full"), _lake),
    "train": Verb(("train",), _model),
    "score": Verb(("score", LIST, "--out", "scored.csv"), _bytes("scored.csv", "scored_rejects.csv")),
    "workbook": Verb(("workbook", LIST, "--out", "plan.xlsx"), _workbook("plan.xlsx")),
    "commit": Verb(("commit", LIST), _log),
    "fill": Verb(("workbook", LIST, "--into", BOOK, "--overwrite"), _workbook(BOOK), _own_book),
    "restore": Verb(("restore", BOOK), _both_states, _filled_book),
}
