"""DuckDB as one engine among others: in memory, in this process."""

from __future__ import annotations

import duckdb

from scorer.columns import Columns
from scorer.lake.engines.duckdb import connect, make_table, make_view
from scorer.lake.engines.engine import Table, add_columns, lay, table_of
from scorer.settings import EngineName


class DuckDBEngine:
    """The engine whose answers the others are compared with."""

    name: EngineName = "duckdb"

    def __init__(self) -> None:
        self._con = connect(threads=1)

    def make(self, name: str, select: str) -> None:
        make_table(self._con, name, select)

    def view(self, name: str, select: str) -> None:
        make_view(self._con, name, select)

    def take_from(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        lay(self._con, name, table_of(con, name))

    def add_to(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        add_columns(con, name, self.fetch(name))

    def fetch(self, name: str) -> Columns:
        return table_of(self._con, name).columns

    def table(self, name: str) -> Table:
        """Bring a table back with what each column is."""
        return table_of(self._con, name)

    def close(self) -> None:
        self._con.close()
