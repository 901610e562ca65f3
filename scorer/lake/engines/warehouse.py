"""What the engines have in common that are spoken to by statements alone: a schema of their own for the while, and a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import uuid4

import numpy as np

from scorer.columns import Array, Columns, as_python
from scorer.lake.engines.engine import Table
from scorer.settings import EngineName

_AT_ONCE = 500  # rows of a statement that brings some: a statement has a limited length


class Cursor(Protocol):
    """What Python's database interface says a cursor can do, as far as it is used here."""

    @property
    def description(self) -> Any:
        """The columns of what was asked last."""

    def execute(self, statement: str, parameters: Any = None) -> Any:
        """Run one statement."""

    def fetchall(self) -> Sequence[Sequence[Any]]:
        """Return the rows of what was asked last."""

    def close(self) -> None:
        """Leave."""


class Warehouse:
    """A warehouse behind a cursor. Its tables lie in a schema of their own, which goes when the engine is closed.

    Subclasses say how rows are brought there: that is where warehouses differ.
    """

    name: EngineName

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._schema = f"promo_{uuid4().hex[:12]}"
        cursor.execute(f"CREATE SCHEMA {self._schema}")
        cursor.execute(f"USE SCHEMA {self._schema}")

    def put(self, name: str, table: Table) -> None:
        """Bring a table there, some hundred rows at a time."""
        declared = ", ".join(f"{column} {self._typed(kind)}" for column, kind in table.types.items())
        self._cursor.execute(f"CREATE OR REPLACE TABLE {name} ({declared})")
        cells = [as_cells(table.columns[column], kind) for column, kind in table.types.items()]
        rows = list(zip(*cells, strict=True))
        for start in range(0, len(rows), _AT_ONCE):
            self._bring(name, table, rows[start : start + _AT_ONCE])

    def make(self, name: str, select: str) -> None:
        """Make a table from a SELECT."""
        self._cursor.execute(f"CREATE OR REPLACE TABLE {name} AS {select}")

    def fetch(self, name: str) -> Columns:
        """Bring a table back."""
        self._cursor.execute(f"SELECT * FROM {name}")
        names = [str(column[0]).lower() for column in self._cursor.description]
        rows = self._cursor.fetchall()
        return {column: column_of([row[at] for row in rows]) for at, column in enumerate(names)}

    def close(self) -> None:
        """Drop the schema with all that is in it, and leave."""
        self._cursor.execute(f"DROP SCHEMA IF EXISTS {self._schema} CASCADE")
        self._cursor.close()

    def _typed(self, kind: str) -> str:
        return {"VARCHAR": "STRING"}.get(kind, kind)

    def _bring(self, name: str, table: Table, rows: list[tuple[Any, ...]]) -> None:
        raise NotImplementedError


def as_cells(values: Array, kind: str) -> list[Any]:
    """Return a column as a warehouse takes it: None for gaps, whole numbers whole.

    >>> as_cells(np.array([1.0, np.nan]), "BIGINT"), as_cells(np.array(["2026-01-31"], dtype="datetime64[D]"), "DATE")
    ([1, None], [datetime.date(2026, 1, 31)])
    """
    cells = as_python(values)
    return [None if cell is None else int(cell) for cell in cells] if kind == "BIGINT" else cells


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
