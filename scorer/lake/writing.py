"""Tables into files: csv, parquet or xlsx by the ending of the name, there whole or not at all.

Text that a spreadsheet would run as a formula is always written as text (in csv as ``guarding`` says). csv and parquet
may also be written in batches (``TableWriter``) when the table is larger than memory.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import numpy as np

from scorer import atomic
from scorer.columns import Array, Columns, length, take_text_as_text
from scorer.contracts.table import Kind
from scorer.errors import OutputRefused, nearest
from scorer.lake.cells import identifier, literal
from scorer.lake.guarding import guarded, guarded_text
from scorer.lake.writing_xlsx import write_xlsx

ENDINGS = (".csv", ".parquet", ".xlsx")
# On one thread the same table gives the same bytes. Looking for parts that columns have in common grows with their number
# squared, and there are none.
_SET = "SET threads = 1; SET disabled_optimizers = 'common_subexpressions'"
# A parquet file is written so many rows at a time: a scored list is wide, and they are held in memory.
ROWS_AT_ONCE = 40_960
MOST_MEMORY = "256MB"  # of the batches that wait; the others lie on the disk


def write_table(path: Path, columns: Columns, kinds: Mapping[str, Kind] | None = None) -> None:
    """Write a table, replacing what is there only when all of it is written.

    ``kinds`` gives columns their contract type: whole counts in csv, number formats in xlsx.
    Raises OutputRefused for an unknown ending, more rows than a sheet holds, or a place that cannot be written.
    """
    ending = _ending(path)
    with _replacing(path) as temporary:
        if ending == ".xlsx":
            write_xlsx(temporary, columns, kinds or {}, path)
            return
        with duckdb.connect() as con:
            con.execute(_SET)
            take_text_as_text(con)
            con.register("written", _for_duckdb(columns))
            _copy(con, _selected(columns, kinds or {}, "written", ending), temporary, ending)


class TableWriter:
    """Writes a csv or parquet file from batches with the same columns; use as a context manager.

    The file appears when the block ends, and not at all when it raises. Batches wait on disk, not in memory.
    """

    def __init__(self, path: Path, kinds: Mapping[str, Kind] | None = None) -> None:
        self.path = path
        self.kinds = dict(kinds or {})
        self.rows = 0
        self._ending = _ending(path)
        if self._ending == ".xlsx":
            raise OutputRefused.because(path, "xlsx cannot be written in batches", "Choose csv or parquet.")
        self._folder = tempfile.TemporaryDirectory(prefix="promo-")
        self._con = duckdb.connect(str(Path(self._folder.name) / "batches.duckdb"))
        self._con.execute(f"{_SET}; SET memory_limit = '{MOST_MEMORY}'")
        self._columns: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def write(self, columns: Columns) -> None:
        """Add rows. Raises OutputRefused when the columns differ from those of the first batch."""
        if not self._columns:
            self._columns = tuple(columns)
            declared = ", ".join(f"{identifier(c)} {_stored(v, self.kinds.get(c))}" for c, v in columns.items())
            self._con.execute(f"CREATE TABLE batches ({declared})")
        elif tuple(columns) != self._columns:
            raise OutputRefused.because(self.path, "its parts have different columns", "Write parts with the same columns.")
        take_text_as_text(self._con)
        self._con.register("batch", _for_duckdb(columns))
        self._con.execute(f"INSERT INTO batches SELECT {', '.join(_clean(c, v) for c, v in columns.items())} FROM batch")
        self._con.unregister("batch")
        self.rows += length(columns)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None and self._columns:
                self._finish()
        finally:
            self._con.close()
            self._folder.cleanup()

    def _finish(self) -> None:
        told = self._con.execute("DESCRIBE batches").fetchall()
        parts = ", ".join(_shown(row[0], row[1], self.kinds.get(row[0]), self._ending) for row in told)
        with _replacing(self.path) as temporary:
            _copy(self._con, f"SELECT {parts} FROM batches", temporary, self._ending)


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Hand out a temporary name beside ``path``; what was written there replaces it when the block ends well."""
    if os.path.isdir(path):  # noqa: PTH112 - unlike Path.is_dir it does not mind a name that no file can have
        raise OutputRefused.because(path, "it is a folder", "Give the name of a file.")
    try:
        with atomic.replacing(path) as temporary:
            yield temporary
    except duckdb.IOException as why:
        raise OutputRefused.because(path, str(why).splitlines()[0], "Check the folder and the space left on the disk.") from why


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise OutputRefused.because(
            path,
            f"'{ending or path.name}' is no kind of file that can be written",
            f"Use .csv, .parquet or .xlsx.{nearest(ending, ENDINGS)}",
        )
    return ending


def _copy(con: duckdb.DuckDBPyConnection, select: str, target: Path, ending: str) -> None:
    parquet = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_AT_ONCE}"
    form = parquet if ending == ".parquet" else "FORMAT csv, HEADER true"
    con.execute(f"COPY ({select}) TO {literal(str(target))} ({form})")


def _selected(columns: Columns, kinds: Mapping[str, Kind], table: str, ending: str) -> str:
    cleaned = ", ".join(f"{_clean(c, v)} AS {identifier(c)}" for c, v in columns.items())
    shown = ", ".join(_shown(c, _stored(v, kinds.get(c)), kinds.get(c), ending) for c, v in columns.items())
    return f"SELECT {shown} FROM (SELECT {cleaned} FROM {table})"


def _clean(column: str, values: Array) -> str:
    name = identifier(column)
    if values.dtype.kind == "f":
        return f"CASE WHEN NOT isnan({name}) THEN {name} END"
    if values.dtype.kind == "M":
        return f"CAST({name} AS DATE)"
    return name if values.dtype.kind in "iub" else f"CAST({name} AS VARCHAR)"


def _stored(values: Array, kind: Kind | None) -> str:
    if kind is Kind.COUNT and values.dtype.kind in "iuf":
        return "DOUBLE"  # one batch may have a gap where another has none
    return {"f": "DOUBLE", "M": "DATE", "b": "BOOLEAN", "i": "BIGINT", "u": "BIGINT"}.get(values.dtype.kind, "VARCHAR")


def _shown(column: str, sql_type: str, kind: Kind | None, ending: str) -> str:
    """A column as it is written: csv guards text and headers, and counts lose their '.0'."""
    name = identifier(column)
    if ending == ".parquet":
        return name
    header = identifier(guarded_text(column))
    if sql_type == "VARCHAR":
        return f"{guarded(name)} AS {header}"
    if kind is Kind.COUNT and sql_type == "DOUBLE":
        whole = f"abs({name}) < 1e15 AND {name} = floor({name})"
        return f"CASE WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) ELSE CAST({name} AS VARCHAR) END AS {header}"
    return f"{name} AS {header}"


def _for_duckdb(columns: Columns) -> Columns:
    return {c: _readable(v) for c, v in columns.items()}


def _readable(values: Array) -> Array:
    if values.dtype.kind == "M":
        return values.astype("datetime64[s]")  # DuckDB reads seconds but not days
    if values.dtype.kind == "O" and bool in set(map(type, values.tolist())):
        return np.array([str(cell).lower() if isinstance(cell, bool) else cell for cell in values.tolist()], dtype=object)
    return values
