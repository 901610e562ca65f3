"""One list: scored into a folder that is there whole or not at all, with files that tie and say what they came from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import duckdb

from scorer import atomic
from scorer.columns import Columns, fetch
from scorer.errors import InputChanged, OutputRefused, PromoError, TooManyRejects
from scorer.lake.cells import literal
from scorer.lake.writing import TableWriter, write_table
from scorer.lake.writing_scored import KINDS, rejects_beside
from scorer.results import ScoredList
from scorer.running.blame import is_the_machine
from scorer.running.identity import hash_of
from scorer.running.inbox import readable, unchanged
from scorer.running.journal import Listed
from scorer.running.totals import Totals, must_tie, rows_of
from scorer.settings import Runs

SCORES, REJECTS, BOOK, CONTROL = "scores.parquet", "rejects.csv", "plan.xlsx", "control.json"
_BATCH = 50_000
Verb = Callable[[Path, Path], ScoredList]


class Key(NamedTuple):
    """What a scored list came from: with the same key the answer would be the same again."""

    sha256: str
    model: str
    settings: str


class Maker(NamedTuple):
    """How lists become files: the verbs, the settings of runs, and with which model and settings that is."""

    score: Verb
    workbook: Verb
    settings: Runs
    model: str
    known_by: str

    def key(self, listed: Listed) -> Key:
        """Return the key of a list."""
        return Key(listed.sha256, self.model, self.known_by)


def made(listed: Listed, path: Path, folder: Path, maker: Maker) -> Listed:
    """Score a list into ``folder``; one that is there already, with the same key, was made by a run that was cut short.

    Raises InputRefused for a list that cannot be used, OutputRefused for files that do not tie or cannot be written,
    InputChanged, ModelUnavailable.
    """
    before = _left_by_a_run(listed, folder, maker)
    if before is not None:
        return before
    began = monotonic()
    readable(path)
    with atomic.folder(folder) as building:
        done, code = _scored(path, building, maker)
        further, notes = _further(path, building, done, maker)
        _must_tie(done, path, building, further)
        if not unchanged(path, listed.sha256):
            raise InputChanged.while_read(path)
        files = {found.name: hash_of(found) for found in sorted(building.iterdir())}
        told = listed._replace(
            state="scored",
            code=code,
            model=done.model_version,
            settings=maker.known_by,
            rows_in=done.rows_in,
            scored=done.scored,
            rejected=done.rejected,
            blank=done.blank,
            sums=done.totals,
            files=files,
            notes=(*done.notes, *notes),
            seconds=round(monotonic() - began, 3),
        )
        _keep_control(building / CONTROL, told, maker.key(listed))
    return told


def _scored(path: Path, building: Path, maker: Maker) -> tuple[ScoredList, int]:
    out, code = building / SCORES, 0
    try:
        done = maker.score(path, out)
    except TooManyRejects as told:
        if not isinstance(told.done, ScoredList):
            raise
        done, code = told.done, told.exit_code
    if rejects_beside(out).exists():
        rejects_beside(out).rename(building / REJECTS)
    return done, code


def _further(path: Path, building: Path, done: ScoredList, maker: Maker) -> tuple[list[Path], list[str]]:
    """Write the other forms, and the workbook of a list that is short enough; what does not fit is said, not fatal."""
    written, notes = [], []
    for ending in maker.settings.files:
        target = building / f"scores.{ending}"
        try:
            _converted(building / SCORES, target)
            written.append(target)
        except OutputRefused as why:
            if is_the_machine(why):
                raise
            notes.append(f"There is no {target.name}: {why}")
    if done.scored and done.rows_in <= maker.settings.workbook_rows:
        try:
            maker.workbook(path, building / BOOK)
        except TooManyRejects:
            pass  # scoring said so already
        except PromoError as why:
            if is_the_machine(why):
                raise
            notes.append(f"There is no {BOOK}: {why}")
    return written, notes


def _converted(scores: Path, target: Path) -> None:
    source = f"read_parquet({literal(str(scores))}, file_row_number = true)"
    with closing(duckdb.connect()) as con:
        (rows,) = con.execute(f"SELECT count(*) FROM {source}").fetchall()[0]
        if target.suffix == ".xlsx":
            write_table(target, _rows(con, source, 0, max(rows, 1)), KINDS)
            return
        with TableWriter(target, KINDS) as writer:
            for start in range(0, max(rows, 1), _BATCH):
                writer.write(_rows(con, source, start, start + _BATCH))


def _rows(con: duckdb.DuckDBPyConnection, source: str, first: int, after: int) -> Columns:
    between = f"file_row_number >= {first} AND file_row_number < {after}"
    return fetch(con, f"SELECT * EXCLUDE (file_row_number) FROM {source} WHERE {between} ORDER BY file_row_number")


def _must_tie(done: ScoredList, path: Path, building: Path, further: list[Path]) -> None:
    rows = rows_of(path)
    counted = done.scored + done.rejected + done.blank
    if done.rows_in != counted or rows not in (None, counted):
        why = f"it has {rows or done.rows_in:,} rows; {done.scored:,} scored, {done.rejected:,} refused and {done.blank:,} blank"
        raise OutputRefused.because(path, f"{why} are not as many", "Nothing of this list was kept. Report it: this is a bug.")
    for written in (building / SCORES, *further):
        must_tie(Totals(done.scored, done.totals), written)
    if done.rejected:
        must_tie(Totals(done.rejected, {}), building / REJECTS)


def _keep_control(path: Path, told: Listed, key: Key) -> None:
    content = {"key": key._asdict(), "list": {**told._asdict(), "notes": list(told.notes)}}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _left_by_a_run(listed: Listed, folder: Path, maker: Maker) -> Listed | None:
    if not folder.exists():
        return None
    try:
        content: dict[str, Any] = json.loads((folder / CONTROL).read_text(encoding="utf-8"))
        found = Listed(**{**content["list"], "notes": tuple(content["list"]["notes"])})
        if Key(**content["key"]) == maker.key(listed) and found.name == listed.name:
            return found
    except (OSError, ValueError, TypeError, KeyError):
        pass  # what this run cannot vouch for, it makes again
    shutil.rmtree(folder)
    return None
