"""What a lake knows of the files it was made from: which they were, how they were read, and by which rules.

Kept in the tables ``exports`` (one row per file) and ``about``. A file whose bytes are known need not be read again, and
exports of which all are known need nothing done at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from scorer.contracts.exports import EXPORTS
from scorer.contracts.table import Contract
from scorer.lake.cells import sql_type
from scorer.lake.conventions import Convention
from scorer.lake.engines.duckdb import connect
from scorer.lake.refreshes import REFRESHES
from scorer.settings import Client, Export

LAKE_FORMAT = 1
"""To be raised whenever files are read, or tables of exported rows are kept, in another way than before."""
REJECTS = {"table_name": "VARCHAR", "file": "VARCHAR", "line": "BIGINT", "reason": "VARCHAR", "text": "VARCHAR"}
"""The columns of bronze_rejects."""
# A file written within this of being looked at may be written again without its time showing it.
_CLOCK_TICK_NS = 2_000_000_000


class FileRead(NamedTuple):
    """One file as it was read. ``decimal`` and ``date_order`` are what most of its columns use, '' where none needs it."""

    path: Path
    file: str
    sha256: str
    bytes: int
    rows: int
    rejected: int
    blank: int
    encoding: str
    delimiter: str
    decimal: str
    date_order: str
    conventions: tuple[Convention, ...]
    notes: tuple[str, ...]


class Loaded(NamedTuple):
    """A file and its headers: those that were used, by column, and those nobody asked for."""

    file: FileRead
    found: dict[str, str]
    ignored: tuple[str, ...]


class SetAside(NamedTuple):
    """A file that could not be used, and why; the others were."""

    table: str
    file: str
    why: str


class Print(NamedTuple):
    """What tells one state of a file from another: its size and time at a glance, its hash for certain."""

    bytes: int
    modified: int
    seen: int
    sha256: str

    def is_of(self, path: Path) -> bool:
        """Say whether the file is still as it was; its bytes are only read when its time does not settle it."""
        now = path.stat()
        if now.st_size != self.bytes or not self.sha256:
            return False
        settled = now.st_mtime_ns == self.modified and self.seen - self.modified > _CLOCK_TICK_NS
        return settled or sha256_of(path) == self.sha256


class Known(NamedTuple):
    """One row of ``exports``: a file, by which rules it was read, and what came of it."""

    table: str
    print: Print
    rules: str
    loaded: Loaded | None
    aside: SetAside | None


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def reading_rules(contract: Contract, export: Export) -> str:
    """Return the fingerprint of everything, beside its bytes, that decides how a file is read."""
    told = export.model_dump(mode="json", exclude={"files"})
    return _fingerprint([LAKE_FORMAT, _version(), contract.names, [str(kind) for kind in contract.kinds.values()], told])


def building_rules(client: Client) -> str:
    """Return the fingerprint of everything, beside the exports, that decides what a lake holds."""
    layers = [files("scorer.lake").joinpath(layer) for layer in ("silver", "gold")]
    steps = sorted(step.read_text(encoding="utf-8") for layer in layers for step in layer.iterdir() if step.name.endswith(".sql"))
    kept = client.model_dump(mode="json", exclude={"refresh", "workbook", "log", "run", "name", "engine"})
    return _fingerprint([LAKE_FORMAT, _version(), steps, kept])


def write_known(con: duckdb.DuckDBPyConnection, known: Iterable[Known]) -> None:
    """Keep what is known of the files in the table ``exports``."""
    con.execute(
        "CREATE OR REPLACE TABLE exports (table_name VARCHAR, file VARCHAR, sha256 VARCHAR, bytes BIGINT, modified BIGINT, "
        "seen BIGINT, rules VARCHAR, read VARCHAR, set_aside VARCHAR)"
    )
    for one in known:
        file = one.loaded.file.file if one.loaded else one.aside.file if one.aside else ""
        read = json.dumps(_plain(one.loaded)) if one.loaded else None
        why = one.aside.why if one.aside else None
        state = (one.print.sha256, one.print.bytes, one.print.modified, one.print.seen)
        con.execute("INSERT INTO exports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [one.table, file, *state, one.rules, read, why])


def read_known(con: duckdb.DuckDBPyConnection, folder: Path, catalog: str = "") -> dict[tuple[str, str], Known]:
    """Return what the table ``exports`` says, by table and file; ``folder`` is where the files lie."""
    rows = con.execute(f"SELECT * FROM {catalog}exports ORDER BY table_name, file").fetchall()
    return {(table, file): _known(folder, table, file, *rest) for table, file, *rest in rows}


def known_of(lake: Path, folder: Path) -> dict[tuple[str, str], Known]:
    """Return what a lake knows of its files; nothing where there is no lake, or none whose rows could be taken over."""
    if not lake.exists():
        return {}
    try:
        with closing(connect(lake, read_only=True)) as con:
            there = all(_columns(con, table) == list(columns.items()) for table, columns in _taken_over().items())
            return read_known(con, folder) if there else {}
    except (duckdb.Error, ValueError, TypeError, KeyError):
        # a lake that was damaged or made by another version is made anew from the exports, as any first one is
        return {}


def columns_of(contract: Contract) -> dict[str, str]:
    """Return the columns of a table of exported rows, each with its type: those of its contract, and where a row stands."""
    of_contract = {column.name: sql_type(column.kind) for column in contract.columns}
    return of_contract | {"file": "VARCHAR", "line": "BIGINT", "unparsed": "VARCHAR"}


def _taken_over() -> dict[str, dict[str, str]]:
    """Return the tables whose rows go from lake to lake, and their columns."""
    exported = {f"bronze_{contract.name}": columns_of(contract) for contract in EXPORTS.values()}
    return exported | {"bronze_rejects": REJECTS, "refreshes": REFRESHES}


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    told = "SELECT c.column_name, c.data_type FROM duckdb_columns() AS c WHERE c.table_name = ? ORDER BY c.column_index"
    return con.execute(told, [table]).fetchall()


def _known(folder: Path, table: str, file: str, *rest: Any) -> Known:
    sha256, size, modified, seen, rules, read, why = rest
    state = Print(size, modified, seen, sha256)
    if read is None:
        return Known(table, state, rules, None, SetAside(table, file, why))
    return Known(table, state, rules, _loaded(folder, json.loads(read)), None)


def _plain(loaded: Loaded) -> dict[str, Any]:
    file = {**loaded.file._asdict(), "path": None}
    return {"file": file, "found": loaded.found, "ignored": loaded.ignored}


def _loaded(folder: Path, told: Mapping[str, Any]) -> Loaded:
    file = dict(told["file"])
    said = tuple(Convention(*one) for one in file["conventions"])
    kept = {**file, "path": folder / file["file"], "conventions": said, "notes": tuple(file["notes"])}
    return Loaded(FileRead(**kept), dict(told["found"]), tuple(told["ignored"]))


def _fingerprint(told: object) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _version() -> str:
    from scorer import __version__

    return __version__
