"""Columns to the bytes of a Parquet file and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from scorer.artifacts.limits import LIMITS, Flaw, Limits
from scorer.columns import Array, Columns, fetch, register
from scorer.lake.cells import literal
from scorer.lake.engines.duckdb import scratch

_MAGIC = b"PAR1"
_FRAME = 12  # magic, length of the footer, magic
_SIZES = """
SELECT COALESCE(SUM(row_group_num_rows) FILTER (WHERE column_id = 0), 0), COALESCE(MAX(row_group_num_columns), 0),
       COALESCE(SUM(total_uncompressed_size), 0), COALESCE(LEAST(MIN(row_group_num_rows), MIN(total_uncompressed_size)), 0)
FROM parquet_metadata({file})"""


def parquet_bytes(table: Mapping[str, Array]) -> bytes:
    """Return a table as a Parquet file; the same table gives the same bytes.

    >>> import numpy as np
    >>> columns_from(parquet_bytes({"lift": np.array([0.5, 2.0])}))
    {'lift': array([0.5, 2. ])}
    """
    with _scratch() as (con, path):
        register(con, "written", table)
        con.execute(f"COPY written TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")
        return path.read_bytes()


def columns_from(content: bytes, limits: Limits = LIMITS) -> Columns:
    """Read a Parquet file that has been audited.

    Raises Flaw when it is no Parquet file or holds more rows or columns than ``limits``.
    """
    check_frame(content)
    with _scratch() as (con, path):
        path.write_bytes(content)
        try:
            _check_size(con, path, limits)
            return fetch(con, f"SELECT * FROM read_parquet({_named(path)})")
        except duckdb.Error as why:
            raise Flaw(f"it cannot be read as Parquet ({str(why).splitlines()[0]})") from why


def table_from(content: bytes, con: duckdb.DuckDBPyConnection, name: str, limits: Limits = LIMITS) -> None:
    """Make a table of a database from a Parquet file that has been audited, without a detour. Raises as columns_from."""
    check_frame(content)
    with TemporaryDirectory(prefix="promo-") as folder:
        path = Path(folder, "table.parquet")
        path.write_bytes(content)
        try:
            _check_size(con, path, limits)
            con.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT * FROM read_parquet({_named(path)})')
        except duckdb.Error as why:
            raise Flaw(f"it cannot be read as Parquet ({str(why).splitlines()[0]})") from why


def check_frame(content: bytes) -> None:
    """Check what shows without a Parquet reader: the marks at both ends, a footer that fits between."""
    if len(content) < _FRAME or not (content.startswith(_MAGIC) and content.endswith(_MAGIC)):
        raise Flaw("it is not a Parquet file")
    if not 0 < int.from_bytes(content[-8:-4], "little") <= len(content) - _FRAME:
        raise Flaw("its footer does not fit into it")


def _check_size(con: duckdb.DuckDBPyConnection, path: Path, limits: Limits) -> None:
    # one look at the footer: a cell waits for the tables of a model. Without rows there is no row group, and nothing to bound.
    rows, columns, unpacked, least = con.execute(_SIZES.format(file=_named(path))).fetchall()[0]
    if least < 0 or rows > limits.table_rows:
        raise Flaw(f"it announces {int(rows):,} rows; {limits.table_rows:,} is the most")
    if columns > limits.table_columns:
        raise Flaw(f"it has {columns:,} columns; {limits.table_columns:,} is the most")
    if unpacked > limits.table_bytes:
        raise Flaw(f"it announces {int(unpacked):,} bytes unpacked; {limits.table_bytes:,} is the most")


def _named(path: Path) -> str:
    # written into the SQL: to look at a parameter, DuckDB imports pandas where that is installed, for a third of a second
    return literal(str(path))


@contextmanager
def _scratch() -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    # one thread: several would write row groups in the order they finish
    with TemporaryDirectory(prefix="promo-") as folder, scratch() as con:
        yield con, Path(folder, "table.parquet")
