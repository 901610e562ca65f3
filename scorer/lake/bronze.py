"""Exports into bronze: every row of every file, typed, with the file and line it stands on. Nothing is judged here.

Lines of a file = its header + rows in bronze + rejects + blank lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import NamedTuple

import duckdb

from scorer.contracts.exports import EXPORTS
from scorer.contracts.table import Contract
from scorer.errors import FileUnreadable, NothingToWorkOn, listed
from scorer.lake import headers as heads
from scorer.lake.cells import literal, sql_type
from scorer.lake.conventions import Convention, Conventions, Habits
from scorer.lake.reading import ENDINGS, Ask, Staged, drop, stage
from scorer.lake.typed import conventions, select
from scorer.settings import Client, Export

REQUIRED = ("promotions", "sales")
_STAGE = "bronze__staged"


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


class TableRead(NamedTuple):
    """One table of bronze: the files behind it; its columns and the headers they were found under, missing, ignored."""

    table: str
    files: tuple[FileRead, ...]
    found: dict[str, str]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def rejected(self) -> int:
        return sum(file.rejected for file in self.files)

    @property
    def notes(self) -> tuple[str, ...]:
        """What should be said aloud, each with its file."""
        return tuple(f"{file.file}: {note}" for file in self.files for note in file.notes)


class _Loaded(NamedTuple):
    file: FileRead
    found: dict[str, str]
    ignored: tuple[str, ...]


def load(con: duckdb.DuckDBPyConnection, client: Client, folder: Path) -> list[TableRead]:
    """Read a client's exports into bronze_promotions, bronze_sales, bronze_campaigns, bronze_costs and bronze_rejects.

    Every bronze table has all columns of its contract (NULL where the export has none) and file, line, unparsed.
    The tables are replaced. Raises FileUnreadable, ColumnMissing, NothingToWorkOn or BadSettings.
    """
    con.execute(
        "CREATE OR REPLACE TABLE bronze_rejects (table_name VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, text VARCHAR)"
    )
    return [
        load_table(con, contract, getattr(client.exports, name), folder, name in REQUIRED) for name, contract in EXPORTS.items()
    ]


def load_table(con: duckdb.DuckDBPyConnection, contract: Contract, export: Export, folder: Path, required: bool) -> TableRead:
    """Read the files of one table; bronze_rejects must be there already."""
    heads.known_names(contract, export.columns, "client file")
    paths = files_of(folder, export.files)
    if required and not paths:
        raise FileUnreadable.absent(" or ".join(export.files), folder)
    _create(con, contract)
    read = [_load_file(con, contract, export, path, path.relative_to(folder).as_posix()) for path in paths]
    if required and not any(loaded.file.rows for loaded in read):
        raise NothingToWorkOn.because(
            f"{listed(str(path) for path in paths)} {'hold' if len(paths) > 1 else 'holds'} a header but no row that can be used",
            "Export it again, or look at its lines for a wrong delimiter.",
        )
    return _summed_up(contract, read)


def files_of(folder: Path, patterns: Iterable[str]) -> list[Path]:
    """Return the export files that match any of the patterns, by name; upper and lower case are the same."""
    found: set[Path] = set()
    for pattern in patterns:
        if PurePath(pattern).is_absolute() or ".." in PurePath(pattern).parts:
            raise FileUnreadable.because(pattern, "it lies outside the export folder", f"Put the file into {folder}.")
        exact = folder / pattern
        found.update([exact] if exact.is_file() else _matching(folder, pattern))
    return sorted(found)


def _matching(folder: Path, pattern: str) -> list[Path]:
    start = folder / PurePath(pattern).parent
    inside = folder.glob(pattern) if any(sign in str(PurePath(pattern).parent) for sign in "*?[") else _listed(start)
    name = PurePath(pattern).name.lower()
    return [
        path
        for path in inside
        if path.is_file()
        and fnmatch(path.name.lower(), name)
        and path.suffix.lower() in ENDINGS
        and not path.name.startswith((".", "~$"))
    ]


def _listed(folder: Path) -> Iterable[Path]:
    return folder.iterdir() if folder.is_dir() else ()


def _create(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    columns = "".join(f"{column.name} {sql_type(column.kind)}, " for column in contract.columns)
    con.execute(f"CREATE OR REPLACE TABLE bronze_{contract.name} ({columns}file VARCHAR, line BIGINT, unparsed VARCHAR)")


def _load_file(con: duckdb.DuckDBPyConnection, contract: Contract, export: Export, path: Path, file: str) -> _Loaded:
    staged = stage(con, _STAGE, path, _ask(contract, export, path))
    matched = heads.match(staged.headers, contract, export.columns)
    found = matched.found
    said = conventions(con, staged, found, contract, _habits(export, staged))
    names = ", ".join(contract.names)
    con.execute(
        f"INSERT INTO bronze_{contract.name} SELECT {names}, {literal(file)}, line, unread "
        f"FROM ({select(staged, found, contract, said)})"
    )
    con.execute(f"INSERT INTO bronze_rejects SELECT {literal(contract.name)}, {literal(file)}, * FROM {staged.rejects}")
    drop(con, staged)
    return _Loaded(
        _file_read(path, file, staged, said),
        {name: staged.headers[i] for name, i in found.items()},
        tuple(staged.headers[i] for i in matched.ignored),
    )


def _ask(contract: Contract, export: Export, path: Path) -> Ask:
    def known(headers: Sequence[str]) -> int:
        return len(heads.match(headers, contract, export.columns).found)

    def wanted(headers: Sequence[str]) -> list[int]:
        matched = heads.match(headers, contract, export.columns)
        heads.require(matched, headers, contract, export.columns, path)
        heads.alone(matched, headers, path)
        return sorted(matched.found.values())

    return Ask(known, wanted, export.sheet)


def _habits(export: Export, staged: Staged) -> Habits:
    decimal = None if export.decimal == "auto" else export.decimal
    order = None if export.date_order == "auto" else export.date_order
    return Habits(decimal, order, "," if staged.delimiter == ";" else ".", "dmy")


def _file_read(path: Path, file: str, staged: Staged, said: Conventions) -> FileRead:
    empty = ("It holds a header and no rows.",) if staged.rows == 0 else ()
    used = {c.column: c for c in said.said if c.sure != "no need"}
    return FileRead(
        path,
        file,
        staged.sha256,
        staged.bytes,
        staged.rows,
        staged.rejected,
        staged.blank,
        staged.encoding,
        staged.delimiter,
        _most(used[name].choice for name in said.decimal if name in used),
        _most(used[name].choice for name in said.order if name in used),
        said.said,
        (*staged.notes, *said.notes, *empty),
    )


def _most(choices: Iterable[str]) -> str:
    every = list(choices)
    return max(every, key=every.count) if every else ""


def _summed_up(contract: Contract, read: list[_Loaded]) -> TableRead:
    found = {name: header for loaded in reversed(read) for name, header in loaded.found.items()}
    ignored = tuple(dict.fromkeys(header for loaded in read for header in loaded.ignored))
    missing = tuple(name for name in contract.names if name not in found)
    return TableRead(contract.name, tuple(loaded.file for loaded in read), found, missing, ignored)
