"""One file into one staged table in DuckDB: its columns as they came, and the line each row stands on.

Staging changes nothing: cells of text files stay text, parquet keeps its types, spreadsheet cells are written as
text with a mark before what was a number. Reading values out of cells comes after (cells.py, conventions.py).
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, islice, repeat
from pathlib import Path
from stat import S_ISREG
from typing import Any, NamedTuple

import duckdb
import numpy as np

from scorer.columns import Array, take_text_as_text
from scorer.contracts.table import Kind
from scorer.errors import FileUnreadable, OutputRefused
from scorer.lake.arrow_stream import ArrowStream, Coded
from scorer.lake.cells import BLANKS, as_texts, identifier, literal, says_something
from scorer.lake.engines.duckdb import blames_the_file
from scorer.lake.guarding import unguarded
from scorer.lake.reading_text import (
    BREAK,
    FIELD,
    FILLER,
    NOWHERE,
    REFUSED,
    Head,
    Lines,
    as_lines,
    read_head,
    scan,
)
from scorer.lake.reading_xlsx import open_sheet
from scorer.lake.sheet_grid import Below, below

SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".ods")
ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".pq", *SPREADSHEETS)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM)
MOST_COLUMNS = 16_384
_ROWS_AT_ONCE = 50_000
_ROWS_LOOKED_AT = 500  # few: the interpreter looks through lists that live long again and again


class Ask(NamedTuple):
    """What the reader of a file wants of it.

    ``known`` counts the headers it knows (to find the header and the delimiter), ``wanted`` gives the positions to
    keep and may raise. ``search`` looks for the best sheet of a workbook instead of taking the first;
    ``copied`` also copies parquet, which is otherwise read where it lies (better for one scan, worse for many).
    ``meant`` tells what columns are meant to hold: then those of a sheet may be staged as numbers and days.
    """

    known: Callable[[Sequence[str]], int]
    wanted: Callable[[Sequence[str]], Sequence[int]]
    sheet: str | None = None
    search: bool = False
    copied: bool = False
    meant: Callable[[Sequence[str]], Mapping[int, Kind]] | None = None


class Staged(NamedTuple):
    """A file in DuckDB: table ``table`` (line, c0, c1 …) and ``table_rejects`` (line, reason, text)."""

    table: str
    headers: tuple[str, ...]
    types: dict[int, str]
    rows: int
    rejected: int
    blank: int
    sha256: str
    bytes: int
    encoding: str
    delimiter: str
    notes: tuple[str, ...]
    is_view: bool = False
    tidy: frozenset[int] = frozenset()
    """Text columns known to hold nothing that ``cells.trimmed`` or ``cells.text`` would write in another way."""

    @property
    def rejects(self) -> str:
        return f"{self.table}_rejects"


def stage(con: duckdb.DuckDBPyConnection, table: str, path: Path, ask: Ask) -> Staged:
    """Read ``path`` (csv, parquet or a workbook, told by its content) into temporary tables of ``con``.

    Raises FileUnreadable when it is none of them or broken, and whatever ``ask.wanted`` raises.
    """
    try:
        must_be_a_file(path)
        with path.open("rb") as file:
            magic = file.read(4)
        if magic == b"PAR1":
            return _stage_parquet(con, table, path, ask)
        if magic[:2] == b"PK" or path.suffix.lower() in SPREADSHEETS:
            return _stage_sheet(con, table, path, ask)
        return _stage_text(con, table, path, ask)
    except OSError as why:
        if why.errno in _NO_ROOM:  # a text file that is not plain is written anew beside other temporary files
            said = why.strerror or str(why)
            raise OutputRefused.because(tempfile.gettempdir(), said, "Check the disk, then run again.") from why
        raise FileUnreadable.because(path, why.strerror or why, "Check that it is there and not open elsewhere.") from why
    except duckdb.Error as why:
        if not blames_the_file(why):
            raise
        raise FileUnreadable.because(path, str(why).splitlines()[0], "Export it again.") from why


def must_be_a_file(path: Path) -> None:
    """Raise FileUnreadable for a folder, a pipe or a device: opening a pipe waits until somebody writes into it."""
    if not S_ISREG(path.stat().st_mode):
        what = "it is a folder" if path.is_dir() else "it is no file but a pipe or a device"
        raise FileUnreadable.because(path, what, "Give the name of a csv, xlsx or parquet file.")


def drop(con: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    con.execute(f"DROP {'VIEW' if staged.is_view else 'TABLE'} {staged.table}")
    con.execute(f"DROP TABLE IF EXISTS {staged.table}_lines; DROP TABLE {staged.rejects}")


def stage_rows(
    con: duckdb.DuckDBPyConnection, table: str, width: Sequence[int], rows: Iterable[tuple[int, Sequence[Any]]]
) -> tuple[int, int]:
    """Put rows of cells into a staged table; returns how many rows it has and how many blank ones were left out."""
    columns = "".join(f", c{i} VARCHAR" for i in width)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} (line BIGINT{columns})")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table}_rejects (line BIGINT, reason VARCHAR, text VARCHAR)")
    filled = seen = 0
    source = iter(rows)
    while batch := list(islice(source, _ROWS_LOOKED_AT)):
        lines: list[int] = []
        together: dict[int, list[Any]] = {i: [] for i in width}
        while batch:
            numbers, kept = _filled(batch, width)
            lines += numbers
            for i, cells in kept.items():
                together[i] += cells
            seen += len(batch)
            batch = list(islice(source, _ROWS_LOOKED_AT)) if len(lines) < _ROWS_AT_ONCE else []
        _append(con, table, lines, together)
        filled += len(lines)
    return filled, seen - filled


def _filled(batch: list[tuple[int, Sequence[Any]]], width: Sequence[int]) -> tuple[Sequence[int], dict[int, Sequence[Any]]]:
    """Lines and columns of those rows in which something stands."""
    lines, rows = zip(*batch, strict=True)
    columns = _columns(rows, width)
    if any(map(_all_say_something, columns.values())):
        return lines, columns
    says = [any(map(says_something, row)) for row in rows]
    return tuple(compress(lines, says)), {i: tuple(compress(cells, says)) for i, cells in columns.items()}


def _columns(rows: Sequence[Sequence[Any]], width: Sequence[int]) -> dict[int, Sequence[Any]]:
    """Turn rows into columns; a short row has nothing in the last of them."""
    if len(set(map(len, rows))) > 1 or max(width, default=-1) >= len(rows[0]):
        return {i: [row[i] if i < len(row) else None for row in rows] for i in width}
    columns = list(zip(*rows, strict=True))
    return {i: columns[i] for i in width}


def _append(con: duckdb.DuckDBPyConnection, table: str, lines: Sequence[int], cells: Mapping[int, Sequence[Any]]) -> None:
    if not lines:
        return
    arrays: dict[str, Array] = {"line": np.array(lines, dtype=np.int64)}
    for i, column in cells.items():
        arrays[f"c{i}"] = np.empty(len(lines), dtype=object)
        arrays[f"c{i}"][:] = as_texts(column)
    take_text_as_text(con)
    con.register("staging__arrays", arrays)
    typed = "".join(f", CAST(c{i} AS VARCHAR)" for i in cells)
    con.execute(f"INSERT INTO {table} SELECT line{typed} FROM staging__arrays")
    con.unregister("staging__arrays")


def _all_say_something(cells: Sequence[Any]) -> bool:
    """Tell whether a column is text from top to bottom: then no row is blank, and none need be looked at."""
    return set(map(type, cells)) == {str} and all(map(str.strip, cells, repeat(BLANKS)))


def _stage_sheet(con: duckdb.DuckDBPyConnection, table: str, path: Path, ask: Ask) -> Staged:
    size, digest = _fingerprint(path)
    sheet = open_sheet(path, ask.sheet, ask.known, ask.search)
    if not (headers := sheet.header.names):
        raise FileUnreadable.because(
            path, f"sheet '{sheet.name}' is empty", "Name the sheet in the client file, or export it again."
        )
    wanted = ask.wanted(headers)
    tidy: frozenset[int] = frozenset()
    if sheet.grid is None:
        types = dict.fromkeys(wanted, "VARCHAR")
        rows, blank = stage_rows(con, table, wanted, sheet.rows)
    else:
        found = below(sheet.grid, sheet.header.line, wanted, ask.meant and ask.meant(headers))
        types = {i: _came_as(values) for i, values in found.columns.items()}
        rows, blank, tidy = len(found.lines), found.blank, found.tidy
        _stage_columns(con, table, types, found)
    notes = (f"{sheet.header.above} rows above the header were left out.",) if sheet.header.above else ()
    return Staged(table, headers, types, rows, 0, blank, digest, size, "xlsx", "", notes, tidy=tidy)


def _came_as(values: Array | Coded) -> str:
    return "VARCHAR" if isinstance(values, Coded) else "DATE" if values.dtype.kind == "M" else "DOUBLE"


def _stage_columns(con: duckdb.DuckDBPyConnection, table: str, types: Mapping[int, str], found: Below) -> None:
    columns: dict[str, Array | Coded] = {"line": found.lines, **{f"c{i}": values for i, values in found.columns.items()}}
    stream = ArrowStream({"line": "BIGINT", **{f"c{i}": kind for i, kind in types.items()}}, iter([columns]))
    con.register("staging__columns", stream.capsule())
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM staging__columns")
    con.unregister("staging__columns")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table}_rejects (line BIGINT, reason VARCHAR, text VARCHAR)")


def _stage_parquet(con: duckdb.DuckDBPyConnection, table: str, path: Path, ask: Ask) -> Staged:
    size, digest = _fingerprint(path)
    with tempfile.TemporaryDirectory() as folder:
        source = f"read_parquet({literal(str(_plain_name(path, Path(folder))))}, file_row_number=true, hive_partitioning=false)"
        told = con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {source}").fetchall()
        headers = tuple(row[0] for row in told)
        if any("\0" in header for header in headers):
            raise FileUnreadable.because(path, "the name of a column holds a zero byte", "Export it again.")
        wanted = ask.wanted(headers)
        types = {i: _kept_type(told[i][1]) for i in wanted}
        columns = "".join(f", CAST({identifier(headers[i])} AS {types[i]}) AS c{i}" for i in wanted)
        in_place = not ask.copied and _plain_name(path, Path(folder)) == path
        kind = "VIEW" if in_place else "TABLE"
        con.execute(f"CREATE OR REPLACE TEMP {kind} {table} AS SELECT file_row_number + 1 AS line{columns} FROM {source}")
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table}_rejects (line BIGINT, reason VARCHAR, text VARCHAR)")
    return Staged(table, headers, types, _count(con, table), 0, 0, digest, size, "parquet", "", (), in_place)


def _stage_text(con: duckdb.DuckDBPyConnection, table: str, path: Path, ask: Ask) -> Staged:
    scanned = scan(path)
    head = read_head(path, scanned.encoding, ask.known)
    if len(head.headers) > MOST_COLUMNS:
        raise FileUnreadable.because(path, f"it has {len(head.headers):,} columns", f"At most {MOST_COLUMNS:,} can be read.")
    wanted = ask.wanted(head.headers)
    with tempfile.TemporaryDirectory() as folder:
        lines = as_lines(path, scanned, head.delimiter, Path(folder))
        lines = lines._replace(path=_plain_name(lines.path, Path(folder)))
        con.execute("SET preserve_insertion_order = true")  # the order of the rows is their line number
        con.execute(_split(table, lines, head, wanted, scanned.guarded))
    if (read := _count(con, f"{table}_lines")) != lines.lines:
        raise FileUnreadable.because(
            path, f"only {read:,} of {lines.lines:,} lines could be read", "Export it again as UTF-8 csv."
        )
    rejected, blank, above = _set_apart(con, table, head, lines, wanted)
    rows = _count(con, table)
    notes = scanned.notes + ((f"{above} lines above the header were refused.",) if above else ())
    return Staged(
        table,
        head.headers,
        dict.fromkeys(wanted, "VARCHAR"),
        rows,
        rejected,
        blank,
        scanned.sha256,
        scanned.bytes,
        scanned.encoding,
        head.delimiter,
        notes,
        True,
    )


def _split(table: str, lines: Lines, head: Head, wanted: Sequence[int], guarded: bool) -> str:
    """SQL that splits every line of the file, so that a row's number in the table is its line in the file.

    What is no row keeps its text in ``refused`` ('' for a blank line or a filler).
    """
    separator, width = literal(lines.separator), len(head.headers)
    restored = (lambda cell: f"replace({cell}, {literal(BREAK)}, chr(10))") if lines.separator == FIELD else (lambda cell: cell)
    meant = unguarded if guarded else (lambda cell: cell)
    columns = "".join(f"{meant(restored(f'f[{i + 1}]'))} AS c{i}, " for i in wanted)
    short = f"strlen(record) < {width + 20}"  # longer lines say something, or are refused as they stand
    only_blanks = f"CASE WHEN {short} THEN trim(record, {literal(BLANKS + lines.separator + FILLER)}) = '' ELSE false END"
    return f"""
        CREATE OR REPLACE TEMP TABLE {table}_lines AS
        SELECT {columns}
               CASE WHEN record IS NULL OR {only_blanks} THEN '' WHEN NOT fits THEN record END AS refused,
               CASE WHEN NOT fits THEN len(f) END AS fields
        FROM (
            SELECT *, CASE WHEN starts_with(record, {literal(REFUSED)}) THEN false
                           WHEN len(f) > {width} THEN array_to_string(f[{width + 1}:], '') = ''
                           ELSE len(f) = {width} END AS fits
            FROM (
                SELECT record, string_split(record, {separator}) AS f
                FROM read_csv({literal(str(lines.path))}, columns = {{'record': 'VARCHAR'}}, header = false,
                              auto_detect = false, delim = {literal(NOWHERE)}, quote = '', escape = '', strict_mode = false)
            )
        )"""


def _set_apart(
    con: duckdb.DuckDBPyConnection, table: str, head: Head, lines: Lines, wanted: Sequence[int]
) -> tuple[int, int, int]:
    """Tell rows from what is none; returns how many lines were refused, blank, and above the header."""
    width, mark, field = len(head.headers), literal(REFUSED), literal(FIELD)
    body = f"(SELECT rowid + 1 AS line, * FROM {table}_lines WHERE rowid >= {head.last_line})"
    above = f"(SELECT rowid + 1 AS line, * FROM {table}_lines WHERE rowid < {head.first_line - 1})"
    shown = f"replace(left(refused, 500), {field}, {literal(head.delimiter)})"
    cells = ", ".join(f"c{i}" for i in wanted[:20])
    con.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT * EXCLUDE (refused, fields) FROM {body} WHERE refused IS NULL")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {table}_rejects AS
        SELECT line,
               CASE WHEN starts_with(refused, {mark}) THEN split_part(substr(refused, 2), {field}, 1)
                    WHEN fields > {width} THEN 'it has ' || fields || ' fields, the header has {width}'
                    ELSE 'it has only ' || fields || ' of {width} fields' END AS reason,
               CASE WHEN starts_with(refused, {mark}) THEN split_part(refused, {field}, 2) ELSE {shown} END AS text
        FROM {body} WHERE refused <> ''""")
    con.execute(f"""
        INSERT INTO {table}_rejects
        SELECT line, 'it stands above the header', coalesce({shown}, left(concat_ws({literal(head.delimiter)}, {cells}), 500))
        FROM {above} WHERE coalesce(refused, 'row') <> '' AND NOT (line = 1 AND {str(head.told).lower()})""")
    above_count = _count(con, f"{table}_rejects WHERE line < {head.first_line}")
    blank = _count(con, f"{table}_lines WHERE refused = ''") - lines.fillers
    return _count(con, f"{table}_rejects"), blank, above_count


def _plain_name(path: Path, folder: Path) -> Path:
    """DuckDB takes brackets and stars in a name for a pattern: give such a file another name."""
    if not any(sign in str(path) for sign in "*?[]{}"):
        return path
    other = folder / f"plain{path.suffix}"
    if other.exists():
        return other
    try:
        os.link(path, other)
    except OSError:
        shutil.copyfile(path, other)
    return other


def _fingerprint(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _kept_type(sql_type: str) -> str:
    if sql_type.startswith("TIMESTAMP"):
        return "TIMESTAMP"
    if sql_type.startswith("DECIMAL"):
        return "DOUBLE"
    plain = {
        "DOUBLE",
        "FLOAT",
        "DATE",
        "BOOLEAN",
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
    }
    return sql_type if sql_type in plain else "VARCHAR"


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0
