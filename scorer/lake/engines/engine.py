"""What every engine can do, so that the same steps run on any of them: take a table, make one by SQL, give one back.

DuckDB runs the files of silver/ and gold/ as they are; the others run their translations in dialects/.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, Protocol, TypeAlias, get_args

import duckdb

from scorer.columns import Columns, fetch
from scorer.lake import dialects
from scorer.lake.engines.duckdb import sql_of
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

    def put(self, name: str, table: Table) -> None:
        """Bring a table there."""

    def make(self, name: str, select: str) -> None:
        """Make a table from a SELECT in the engine's own dialect."""

    def fetch(self, name: str) -> Columns:
        """Bring a table back; the order of its rows is open."""

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


def table_of(con: duckdb.DuckDBPyConnection, name: str) -> Table:
    """Take a table out of a DuckDB database: whole numbers of any width as BIGINT, fractions of any kind as DOUBLE."""
    types = {row[0]: _plain(row[1]) for row in con.execute(f'DESCRIBE "{name}"').fetchall()}
    cast = ", ".join(f'CAST("{column}" AS {kind}) AS "{column}"' for column, kind in types.items())
    return Table(fetch(con, f'SELECT {cast} FROM "{name}"'), types)


def _plain(declared: str) -> SqlType:
    if declared in _WHOLE:
        return "BIGINT"
    if declared.startswith("DECIMAL") or declared in {"FLOAT", "DOUBLE"}:
        return "DOUBLE"
    return next((kind for kind in get_args(SqlType) if kind == declared), "VARCHAR")
