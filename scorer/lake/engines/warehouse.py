"""What the engines have in common that are spoken to by statements alone: a schema of their own for the while, and a cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import uuid4

import duckdb
import numpy as np

from scorer.columns import Array, Columns
from scorer.errors import EngineUnusable
from scorer.lake.engines.engine import SqlType, add_columns, ddl
from scorer.settings import EngineName

_AT_ONCE = 50_000  # rows that come back at a time


class Cursor(Protocol):
    """What Python's database interface says a cursor can do, as far as it is used here."""

    @property
    def description(self) -> Any:
        """The columns of what was asked last."""

    def execute(self, statement: str, parameters: Any = None) -> Any:
        """Run one statement."""

    def fetchmany(self, size: int) -> Sequence[Sequence[Any]]:
        """Return the next rows of what was asked last; none at their end."""

    def fetchall(self) -> Sequence[Sequence[Any]]:
        """Return the rows of what was asked last."""

    def close(self) -> None:
        """Leave."""


class Warehouse:
    """A warehouse behind a cursor. Its tables lie in a schema of their own, which goes when the engine is closed.

    Subclasses say how a table is brought there: that is where warehouses differ. trouble: what its connector raises.
    """

    name: EngineName

    def __init__(self, cursor: Cursor, trouble: type[Exception]) -> None:
        self._cursor = cursor
        self._trouble = trouble
        self._schema = f"promo_{uuid4().hex[:12]}"
        self._run(f"CREATE SCHEMA {self._schema}")
        self._run(f"USE SCHEMA {self._schema}")

    def take_from(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """Bring a table of a lake there."""
        raise NotImplementedError

    def make(self, name: str, select: str) -> None:
        """Make a table from a SELECT."""
        self._run(f"CREATE OR REPLACE TABLE {name} AS {select}")

    def view(self, name: str, select: str) -> None:
        """Make a SELECT readable under a name."""
        self._run(f"CREATE OR REPLACE VIEW {name} AS {select}")

    def fetch(self, name: str) -> Columns:
        """Bring a table back."""
        self._run(f"SELECT * FROM {name}")
        with self._told():
            return self._columns(self._cursor.fetchall())

    def add_to(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """Bring a table back, some ten thousand rows at a time."""
        self._run(f"SELECT * FROM {name}")
        with self._told():
            while rows := self._cursor.fetchmany(_AT_ONCE):
                add_columns(con, name, self._columns(rows))

    def close(self) -> None:
        """Drop the schema with all that is in it, and leave."""
        self._run(f"DROP SCHEMA IF EXISTS {self._schema} CASCADE")
        self._cursor.close()

    def _run(self, statement: str, parameters: Any = None) -> None:
        """Run a statement. Raises EngineUnusable with what the warehouse says of it, but for the rows it was given."""
        with self._told(hidden=parameters is not None):
            if parameters is None:
                self._cursor.execute(statement)
            else:
                self._cursor.execute(statement, parameters)

    @contextmanager
    def _told(self, *, hidden: bool = False) -> Iterator[None]:
        try:
            yield
        except self._trouble as why:
            said = "it refused rows" if hidden else (str(why).splitlines() or [type(why).__name__])[0]
            raise EngineUnusable.because(self.name, said, "Look at its history of queries, and at what the role may do.") from why

    def _columns(self, rows: Sequence[Sequence[Any]]) -> Columns:
        names = [str(column[0]).lower() for column in self._cursor.description]
        return {column: column_of([row[at] for row in rows]) for at, column in enumerate(names)}

    def _declare(self, name: str, types: Mapping[str, SqlType]) -> None:
        self._run(f"CREATE OR REPLACE TABLE {name} ({ddl(types)})")


def column_of(cells: list[Any]) -> Array:
    """Return the cells of a column that came back, as ``scorer.columns.fetch`` would.

    >>> column_of([Decimal("1.5"), None]).tolist(), column_of([3, 4]).tolist(), column_of(["a", None]).tolist()
    ([1.5, nan], [3, 4], ['a', None])
    """
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds and kinds <= {date, datetime}:
        return np.array(["NaT" if cell is None else cell.isoformat()[:10] for cell in cells], dtype="datetime64[D]")
    if kinds == {bool} and None not in cells:
        return np.array(cells, dtype=bool)
    if kinds and kinds <= {int, float, Decimal}:
        if kinds == {int} and None not in cells:
            return np.array(cells, dtype=np.int64)
        return np.array([np.nan if cell is None else float(cell) for cell in cells])
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column
