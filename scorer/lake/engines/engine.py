"""What every engine can do, so that the same steps run on any of them: take a table, make one by SQL, give one back.

DuckDB runs the files of silver/ and gold/ as they are; the others run their translations in dialects/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, Protocol, TypeAlias, get_args

import duckdb

from scorer.columns import Columns, fetch, forget, register
from scorer.lake import dialects
from scorer.lake.engines.duckdb import make_table, sql_of
from scorer.settings import EngineName

SqlType: TypeAlias = Literal["VARCHAR", "DOUBLE", "BIGINT", "BOOLEAN", "DATE"]
_WHOLE = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT")


class Table(NamedTuple):
    """Columns and what each of them is: a column without a single value does not tell by itself."""

    columns: Columns
    types: dict[str, SqlType]


class Engine(Protocol):
    """Somewhere SQL runs. Tables are known by their plain names, and gone when the engine is closed."""

    @property
    def name(self) -> EngineName:
        """Which engine it is; it says in which dialect the steps are read."""

    def take_from(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """Bring a table of a lake there, however long it is."""

    def make(self, name: str, select: str) -> None:
        """Make a table from a SELECT in the engine's own dialect."""

    def view(self, name: str, select: str) -> None:
        """Make a SELECT readable under a name without storing its rows."""

    def fetch(self, name: str) -> Columns:
        """Bring a table back; the order of its rows is open."""

    def add_to(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """Bring a table back, however long it is: its rows are added to the table of that name, columns that it lacks stay."""

    def close(self) -> None:
        """Leave nothing behind."""


def build(engine: Engine, layer: str, steps: Iterable[str]) -> None:
    """Run steps in order; each makes the table of its name."""
    for step in steps:
        engine.make(step, step_text(engine.name, layer, step))


def step_text(engine: EngineName, layer: str, step: str) -> str:
    """Return the text of a step as an engine reads it."""
    return sql_of(layer, step) if engine == "duckdb" else dialects.text_of(engine, layer, step)


def spelt(sql: str) -> str:
    """Spell SQL that is put together from a client's keys so that every engine reads it: only the name of text differs.

    >>> spelt("CAST(d.week_start AS VARCHAR)")
    'CAST(d.week_start AS STRING)'
    """
    return sql.replace(" AS VARCHAR)", " AS STRING)")


def ddl(types: Mapping[str, SqlType]) -> str:
    """Return the columns of a table as Spark and the warehouses declare them.

    >>> ddl({"line": "BIGINT", "verdict": "VARCHAR"})
    'line BIGINT, verdict STRING'
    """
    return ", ".join(f"{name} {'STRING' if kind == 'VARCHAR' else kind}" for name, kind in types.items())


def table_of(con: duckdb.DuckDBPyConnection, name: str) -> Table:
    """Take a table out of a DuckDB database: whole numbers of any width as BIGINT, fractions of any kind as DOUBLE."""
    types = types_of(con, name)
    return Table(fetch(con, plain_sql(name, types)), types)


def lay(con: duckdb.DuckDBPyConnection, name: str, table: Table) -> None:
    """Put a table into a DuckDB database."""
    register(con, "laid_down", table.columns)
    make_table(con, name, plain_sql("laid_down", table.types))
    forget(con, "laid_down")


def types_of(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, SqlType]:
    """Return the columns of a table and what each of them is to an engine."""
    return {row[0]: _plain(row[1]) for row in con.execute(f'DESCRIBE "{name}"').fetchall()}


def plain_sql(name: str, types: Mapping[str, SqlType]) -> str:
    """Return the SELECT of a table whose columns are of the types that every engine knows.

    >>> plain_sql("n", {"x": "BIGINT"})
    'SELECT CAST("x" AS BIGINT) AS "x" FROM "n"'
    """
    cast = ", ".join(f'CAST("{column}" AS {kind}) AS "{column}"' for column, kind in types.items())
    return f'SELECT {cast} FROM "{name}"'


def add_rows(con: duckdb.DuckDBPyConnection, name: str, rows: str) -> None:
    """Add rows, which ``rows`` is read from in SQL, to a table: by the names of its columns, others are left out."""
    columns = ", ".join(types_of(con, name))
    con.execute(f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM {rows}')


def add_columns(con: duckdb.DuckDBPyConnection, name: str, found: Columns) -> None:
    """Add rows that came back as columns to a table."""
    register(con, "coming_back", found)
    add_rows(con, name, "coming_back")
    forget(con, "coming_back")


def _plain(declared: str) -> SqlType:
    if declared in _WHOLE:
        return "BIGINT"
    if declared.startswith("DECIMAL") or declared in {"FLOAT", "DOUBLE"}:
        return "DOUBLE"
    return next((kind for kind in get_args(SqlType) if kind == declared), "VARCHAR")
