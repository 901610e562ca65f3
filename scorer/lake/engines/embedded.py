"""DuckDB as one engine among others: in memory, in this process."""

from __future__ import annotations

from scorer.columns import Columns, register
from scorer.lake.engines.duckdb import connect, make_table
from scorer.lake.engines.engine import Table, table_of
from scorer.settings import EngineName


class DuckDBEngine:
    """The engine whose answers the others are compared with."""

    name: EngineName = "duckdb"

    def __init__(self) -> None:
        self._con = connect(threads=1)

    def put(self, name: str, table: Table) -> None:
        register(self._con, "put__new", table.columns)
        cast = ", ".join(f'CAST("{column}" AS {kind}) AS "{column}"' for column, kind in table.types.items())
        make_table(self._con, name, f"SELECT {cast} FROM put__new")

    def make(self, name: str, select: str) -> None:
        make_table(self._con, name, select)

    def fetch(self, name: str) -> Columns:
        return table_of(self._con, name).columns

    def table(self, name: str) -> Table:
        """Bring a table back with what each column is."""
        return table_of(self._con, name)

    def close(self) -> None:
        self._con.close()
