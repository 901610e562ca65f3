"""Databricks: a SQL warehouse through its own connector, or a cluster through Spark Connect (``sc://…``).

Where it is and who one is stands in the environment: DATABRICKS_SERVER_HOSTNAME (or DATABRICKS_HOST), DATABRICKS_HTTP_PATH
and DATABRICKS_TOKEN, as Databricks' own tools name them; for Spark Connect in SPARK_REMOTE. It is not kept, printed or put
into an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scorer.errors import EngineUnusable, ExtraMissing
from scorer.lake.engines.engine import SqlType, plain_sql, types_of
from scorer.lake.engines.warehouse import Warehouse
from scorer.settings import EngineName

if TYPE_CHECKING:
    import duckdb
    from databricks.sql.client import Connection

_AT_ONCE = 500
HOST, HOST_TOO, PATH, TOKEN = "DATABRICKS_SERVER_HOSTNAME", "DATABRICKS_HOST", "DATABRICKS_HTTP_PATH", "DATABRICKS_TOKEN"


class DatabricksWarehouse(Warehouse):
    """A SQL warehouse, as far as one may create schemas in its catalogue."""

    name: EngineName = "databricks"

    def __init__(self, connection: Connection) -> None:
        from databricks.sql import Error

        self._connection = connection
        super().__init__(connection.cursor(), Error)

    def close(self) -> None:
        """Drop the schema with all that is in it, and leave."""
        super().close()
        self._connection.close()

    def take_from(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """Bring a table of a lake there, some hundred rows at a time: a text that is a parameter has a limited length."""
        types = types_of(con, name)
        self._declare(name, types)
        found = con.execute(plain_sql(name, types))
        while rows := found.fetchmany(_AT_ONCE):
            self._run(brought(name, types), {"rows": as_json(types, rows)})


def brought(name: str, types: Mapping[str, SqlType]) -> str:
    """Return the statement that adds the rows of one JSON text, ``:rows``, to a table: parameters of single cells are limited."""
    form = ", ".join(f"{column}: {_form(kind)}" for column, kind in types.items())
    return f"INSERT INTO {name} SELECT r.* FROM (SELECT EXPLODE(FROM_JSON(:rows, 'ARRAY<STRUCT<{form}>>')) AS r)"


def as_json(types: Mapping[str, SqlType], rows: Sequence[tuple[Any, ...]]) -> str:
    """Return rows as a JSON list of objects; numbers keep every digit, dates are written year first."""
    return json.dumps([dict(zip(types, row, strict=True)) for row in rows], default=str)


def _form(kind: str) -> str:
    return "STRING" if kind == "VARCHAR" else kind


def connect(environment: Mapping[str, str]) -> Connection:
    """Connect to the SQL warehouse that the environment names. Raises ExtraMissing and EngineUnusable; no secret is in either."""
    try:
        from databricks import sql
    except ImportError as missing:
        raise ExtraMissing.named("databricks", "Databricks") from missing
    host = environment.get(HOST) or environment.get(HOST_TOO, "").removeprefix("https://").rstrip("/")
    needed = {HOST: host, PATH: environment.get(PATH), TOKEN: environment.get(TOKEN)}
    lacking = [name for name, value in needed.items() if not value]
    if lacking:
        raise EngineUnusable.not_reached("Databricks", "no warehouse", f"not set in the environment: {', '.join(lacking)}")
    try:
        return sql.connect(server_hostname=host, http_path=environment[PATH], access_token=environment[TOKEN])
    except sql.Error as why:
        # the connector's own sentence may repeat what it was given
        raise EngineUnusable.not_reached("Databricks", "by the environment", type(why).__name__) from None
