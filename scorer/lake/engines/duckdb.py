"""The embedded engine: runs the feature SQL, one table per file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb

from scorer.errors import FileUnreadable

OTHER_TABLES = (duckdb.CatalogException, duckdb.BinderException)
"""What is raised where a table or a column is not there."""
_OF_ANOTHER_MAKE = "it holds other tables than this version reads, so another version made it"


def connect(
    path: Path | None = None, threads: int = 2, *, read_only: bool = False, memory_gb: float | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a database file, or one in memory; nothing is ever fetched from the network.

    What does not fit into ``memory_gb`` (left out: most of the machine's) goes to the disk beside the file for the while.
    """
    # a file may be open already with another number of threads, which an opening may not change: it is set afterwards
    con = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config={} if path else {"threads": threads})
    con.execute(f"SET threads = {threads}")
    if memory_gb is not None:
        con.execute(f"SET memory_limit = '{memory_gb:.3f}GB'")
    con.execute("SET autoinstall_known_extensions = false")
    con.execute("SET autoload_known_extensions = false")
    return con


@contextmanager
def read_lake(lake: Path, threads: int = 2) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a lake to read it, and close it again.

    Raises FileUnreadable for a file that is damaged or no lake, and, wherever in the block it shows, for a lake that lacks a
    table or column which is asked for: another version of this product made it.
    """
    try:
        con = connect(lake, threads, read_only=True)
    except duckdb.IOException as why:
        raise FileUnreadable.because(lake, "it is damaged or no lake", "Make it again from the exports: promo refresh.") from why
    with closing(con):
        try:
            yield con
        except OTHER_TABLES as why:
            raise FileUnreadable.because(lake, _OF_ANOTHER_MAKE, "Make it anew from the exports: promo refresh --full.") from why


def write_once(con: duckdb.DuckDBPyConnection) -> None:
    """Let rows that are added to a database file stay as they went there; its caller must not forget the CHECKPOINT at the end.

    Left alone, the file is brought up to date whenever a few megabytes were added, and each time long tables are packed anew:
    one that grows in pieces is gone through once for every piece. Now and then it has to be: what waits lies in memory.
    """
    con.execute("SET checkpoint_threshold = '256MB'")
    con.execute("SET max_vacuum_tasks = 0")


def scratch() -> duckdb.DuckDBPyConnection:
    """Return a connection for temporary tables of a few rows, on one thread; the caller closes it.

    They share one database that stays empty: to connect to it is quicker than to begin another. What it used stays with the
    process, so it is for what is done now and then.
    """
    return _scratch().cursor()


@cache
def _scratch() -> duckdb.DuckDBPyConnection:
    con = connect(threads=1)
    con.execute("SET enable_external_file_cache = false")  # it would keep what it read of files that are gone
    return con


_OUR_SQL = (*OTHER_TABLES, duckdb.ParserException)
_OUR_MACHINE = (duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.FatalException)
_NO_ROOM = ("No space left", "Could not write", "File too large", "quota", "failed to offload")


def blames_the_file(why: duckdb.Error) -> bool:
    """Say whether an error of reading a file is one of the file: not of our SQL, nor of memory or disk that ran out."""
    return not (isinstance(why, (*_OUR_SQL, *_OUR_MACHINE)) or any(sign in str(why) for sign in _NO_ROOM))


def keep_order(con: duckdb.DuckDBPyConnection) -> None:
    """Go on with one thread: several put rows in another order every time, and sums of floats depend on their order."""
    con.execute("SET threads = 1")


def many_threads(con: duckdb.DuckDBPyConnection, threads: int) -> None:
    """Go on with several threads, for what comes out alike in any order: counts and sets."""
    con.execute(f"SET threads = {threads}")


def sql_of(layer: str, step: str) -> str:
    """Return the text of one SQL file, for example ``sql_of("gold", "items")``."""
    return files("scorer.lake").joinpath(layer, f"{step}.sql").read_text(encoding="utf-8")


def build(con: duckdb.DuckDBPyConnection, layer: str, steps: Iterable[str]) -> None:
    """Run SQL files in order; each makes the table of its name."""
    for step in steps:
        make_table(con, step, sql_of(layer, step))


def declared(columns: Mapping[str, str]) -> str:
    """Return columns, each with its type, as SQL declares them.

    >>> declared({"file": "VARCHAR", "line": "BIGINT"})
    'file VARCHAR, line BIGINT'
    """
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def make_table(con: duckdb.DuckDBPyConnection, name: str, sql: str, *, temporary: bool = False) -> None:
    """Make a table from a SELECT."""
    con.execute(f'CREATE OR REPLACE {"TEMP " if temporary else ""}TABLE "{name}" AS {sql}')


def make_view(con: duckdb.DuckDBPyConnection, name: str, sql: str) -> None:
    """Make a SELECT readable under a name without storing its rows."""
    con.execute(f'CREATE OR REPLACE VIEW "{name}" AS {sql}')


def count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Return how many rows a table or a query in parentheses has."""
    return int(con.execute(f"SELECT COUNT(*) FROM {relation}").fetchall()[0][0])
