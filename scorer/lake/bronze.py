"""Exports into bronze: every row of every file, typed, with the file and line it stands on. Nothing is judged here.

Lines of a file = its header + rows in bronze + rejects + blank lines.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import NamedTuple

import duckdb

from scorer.contracts.exports import EXPORTS
from scorer.contracts.table import Contract
from scorer.errors import FileUnreadable, InputRefused, NothingToWorkOn, listed
from scorer.lake import headers as heads
from scorer.lake.cells import identifier, literal
from scorer.lake.conventions import Conventions, Habits
from scorer.lake.engines.duckdb import blames_the_file, declared
from scorer.lake.known import (
    REJECTS,
    FileRead,
    Known,
    Loaded,
    Print,
    SetAside,
    columns_of,
    reading_rules,
    sha256_of,
    write_known,
)
from scorer.lake.reading import ENDINGS, Ask, Staged, drop, stage
from scorer.lake.typed import conventions, select
from scorer.settings import Client, Export

REQUIRED = ("promotions", "sales")
SET_ASIDE = "the file was set aside"
MOST_TOLD = 5
_STAGE = "bronze__staged"


class TableRead(NamedTuple):
    """One table of bronze: the files behind it; its columns and the headers they were found under, missing, ignored.

    ``aside``: files that could not be used. ``again``: the names of those that were read; the others were known already.
    """

    table: str
    files: tuple[FileRead, ...]
    found: dict[str, str]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]
    aside: tuple[SetAside, ...] = ()
    again: tuple[str, ...] = ()

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


class Before(NamedTuple):
    """An older lake of the client, attached under a name: what it knows of files need not be read again."""

    catalog: str
    known: Mapping[tuple[str, str], Known]


NOTHING_BEFORE = Before("", {})


def load(con: duckdb.DuckDBPyConnection, client: Client, folder: Path, before: Before = NOTHING_BEFORE) -> list[TableRead]:
    """Read a client's exports into bronze_promotions, bronze_sales, bronze_campaigns, bronze_costs and bronze_rejects.

    Every bronze table has all columns of its contract (NULL where the export has none) and file, line, unparsed; its rows
    stand in the order of the files' names, also where some of them come from an older lake. ``exports`` says what was read.
    The tables are replaced. A file that cannot be read is set aside as long as another one fills its table.
    Raises FileUnreadable, ColumnMissing, NothingToWorkOn or BadSettings.
    """
    con.execute(f"CREATE OR REPLACE TABLE bronze_rejects ({declared(REJECTS)})")
    told = {
        contract: _read_files(con, contract, getattr(client.exports, name), folder, name in REQUIRED, before)
        for name, contract in EXPORTS.items()
    }
    write_known(con, (known for every in told.values() for known, _ in every))
    return [_summed_up(contract, every) for contract, every in told.items()]


def load_table(con: duckdb.DuckDBPyConnection, contract: Contract, export: Export, folder: Path, required: bool) -> TableRead:
    """Read the files of one table; bronze_rejects must be there already."""
    return _summed_up(contract, _read_files(con, contract, export, folder, required, NOTHING_BEFORE))


def _read_files(
    con: duckdb.DuckDBPyConnection, contract: Contract, export: Export, folder: Path, required: bool, before: Before
) -> list[tuple[Known, bool]]:
    """Fill one table file by file; each with whether it was read just now."""
    heads.known_names(contract, export.columns, "client file")
    paths = files_of(folder, export.files)
    if required and not paths:
        raise FileUnreadable.absent(" or ".join(export.files), folder)
    _create(con, contract)
    rules = reading_rules(contract, export)
    every: list[tuple[Known, bool]] = []
    unusable: list[FileUnreadable] = []
    for path in paths:
        file = path.relative_to(folder).as_posix()
        known = before.known.get((contract.name, file))
        if known and known.loaded and known.rules == rules and known.print.is_of(path):
            _take_over(con, contract, file, before.catalog)
            every.append((known._replace(print=known.print._replace(seen=time.time_ns())), False))
            continue
        try:
            state = _state(path)
            loaded = _load_file(con, contract, export, path, file)
            every.append((Known(contract.name, state._replace(sha256=loaded.file.sha256), rules, loaded, None), True))
        except FileUnreadable as why:
            unusable.append(why)
            every.append((_set_aside(con, contract, file, path, rules, why), True))
    if required and not any(known.loaded and known.loaded.file.rows for known, _ in every):
        raise _nothing_left(paths, unusable)
    return every


def _nothing_left(paths: Sequence[Path], unusable: Sequence[FileUnreadable]) -> InputRefused:
    if len(unusable) == 1:
        return unusable[0]
    if unusable:
        return NothingToWorkOn.because(
            f"None of the {len(paths)} files can be used", " ".join(str(why) for why in unusable[:MOST_TOLD])
        )
    return NothingToWorkOn.because(
        f"{listed(str(path) for path in paths)} {'hold' if len(paths) > 1 else 'holds'} a header but no row that can be used",
        "Export it again, or look at its lines for a wrong delimiter.",
    )


def _state(path: Path) -> Print:
    """Look at a file before it is read: should it change meanwhile, it is another one the next time."""
    try:
        found = path.stat()
    except OSError as why:
        raise FileUnreadable.because(path, why.strerror or why, "Check that it is there and not open elsewhere.") from why
    return Print(found.st_size, found.st_mtime_ns, time.time_ns(), "")


def _set_aside(
    con: duckdb.DuckDBPyConnection, contract: Contract, file: str, path: Path, rules: str, why: FileUnreadable
) -> Known:
    """Write down a file that cannot be used. One whose bytes cannot even be had has no fingerprint: it is tried again."""
    _forget(con, _STAGE)
    con.execute(f"DELETE FROM bronze_{contract.name} WHERE file = ?", [file])
    told = str(why).replace(str(path), file)
    con.execute("INSERT INTO bronze_rejects VALUES (?, ?, 0, ?, NULL)", [contract.name, file, f"{SET_ASIDE}: {told}"])
    try:
        state = _state(path)._replace(sha256=sha256_of(path))
    except (FileUnreadable, OSError):
        state = Print(0, 0, 0, "")
    return Known(contract.name, state, rules, None, SetAside(contract.name, file, told))


def _forget(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Drop whatever a reading that did not come to its end left under the name of a staged table."""
    for kind in ("view", "table"):
        left = f"SELECT {kind}_name FROM duckdb_{kind}s() WHERE temporary AND starts_with({kind}_name, ?)"
        for (name,) in con.execute(left, [table]).fetchall():
            con.execute(f"DROP {kind} {identifier(name)}")


def _take_over(con: duckdb.DuckDBPyConnection, contract: Contract, file: str, catalog: str) -> None:
    """Copy the rows of a file that has not changed out of the older lake."""
    of_file = f"WHERE file = {literal(file)}"
    con.execute(f"INSERT INTO bronze_{contract.name} SELECT * FROM {catalog}.main.bronze_{contract.name} {of_file}")
    con.execute(
        f"INSERT INTO bronze_rejects SELECT * FROM {catalog}.main.bronze_rejects {of_file} "
        f"AND table_name = {literal(contract.name)}"
    )


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
    con.execute(f"CREATE OR REPLACE TABLE bronze_{contract.name} ({declared(columns_of(contract))})")


def _load_file(con: duckdb.DuckDBPyConnection, contract: Contract, export: Export, path: Path, file: str) -> Loaded:
    staged = stage(con, _STAGE, path, _ask(contract, export, path))
    try:
        loaded = _insert(con, contract, export, path, file, staged)
    except duckdb.Error as why:  # parquet is read while its rows go over: a broken page shows only now
        if not blames_the_file(why):
            raise
        raise FileUnreadable.because(path, str(why).splitlines()[0], "Export it again.") from why
    drop(con, staged)
    return loaded


def _insert(
    con: duckdb.DuckDBPyConnection, contract: Contract, export: Export, path: Path, file: str, staged: Staged
) -> Loaded:
    matched = heads.match(staged.headers, contract, export.columns)
    found = matched.found
    said = conventions(con, staged, found, contract, _habits(export, staged))
    names = ", ".join(contract.names)
    con.execute(
        f"INSERT INTO bronze_{contract.name} SELECT {names}, {literal(file)}, line, unread "
        f"FROM ({select(staged, found, contract, said)})"
    )
    con.execute(f"INSERT INTO bronze_rejects SELECT {literal(contract.name)}, {literal(file)}, * FROM {staged.rejects}")
    return Loaded(
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


def _summed_up(contract: Contract, every: Sequence[tuple[Known, bool]]) -> TableRead:
    read = [known.loaded for known, _ in every if known.loaded]
    found = {name: header for loaded in reversed(read) for name, header in loaded.found.items()}
    ignored = tuple(dict.fromkeys(header for loaded in read for header in loaded.ignored))
    missing = tuple(name for name in contract.names if name not in found)
    aside = tuple(known.aside for known, _ in every if known.aside)
    again = tuple(known.loaded.file.file for known, now in every if now and known.loaded)
    return TableRead(contract.name, tuple(loaded.file for loaded in read), found, missing, ignored, aside, again)


def reads_of(known: Iterable[Known]) -> list[TableRead]:
    """Return what a lake that is up to date knows, as if its files had just been looked at."""
    every = list(known)
    return [_summed_up(contract, [(one, False) for one in every if one.table == name]) for name, contract in EXPORTS.items()]
