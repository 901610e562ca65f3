"""Snowflake, through its own connector.

Who one is stands in the environment (SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER, SNOWFLAKE_PASSWORD and their kin) or in
Snowflake's connections.toml, never in a client file, and is not kept, printed or put into an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from scorer.errors import EngineUnusable, ExtraMissing
from scorer.lake.cells import literal
from scorer.lake.engines.engine import plain_sql, types_of
from scorer.lake.engines.warehouse import Warehouse
from scorer.settings import EngineName

if TYPE_CHECKING:
    import duckdb
    from snowflake.connector import SnowflakeConnection

PREFIX = "SNOWFLAKE_"
_STAGE = "arriving"
# What the connector can be told by variables; the rest of its settings belongs into connections.toml.
VARIABLES = (
    "account", "user", "password", "token", "authenticator", "private_key_file", "private_key_file_pwd", "role", "warehouse",
    "database",
)  # fmt: skip


class SnowflakeEngine(Warehouse):
    """A Snowflake account, as far as the role may create schemas in the database.

    storage: a folder of this machine in which a table waits to be sent.
    """

    name: EngineName = "snowflake"

    def __init__(self, connection: SnowflakeConnection, storage: Path) -> None:
        from snowflake.connector import errors

        self._connection = connection
        self._storage = storage
        super().__init__(connection.cursor(), errors.Error)

    def close(self) -> None:
        """Drop the schema with all that is in it, and leave."""
        super().close()
        self._connection.close()

    def take_from(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """Bring a table of a lake there: as a file into a stage of the schema, and from there into a table."""
        types, file = types_of(con, name), self._storage / f"{name}.parquet"
        con.execute(f"COPY ({plain_sql(name, types)}) TO {literal(str(file))} (FORMAT parquet)")
        self._declare(name, types)
        self._run(f"CREATE OR REPLACE STAGE {_STAGE}")
        self._run(f"PUT {literal(f'file://{file.as_posix()}')} @{_STAGE} AUTO_COMPRESS = FALSE")
        # without logical types days would be whole numbers
        form = "(TYPE = PARQUET USE_LOGICAL_TYPE = TRUE)"
        self._run(f"COPY INTO {name} FROM @{_STAGE} FILE_FORMAT = {form} MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE")
        file.unlink()


def connect(named: str | None, environment: Mapping[str, str]) -> SnowflakeConnection:
    """Connect by a connection of Snowflake's own configuration, or by the variables of the environment.

    Raises ExtraMissing and EngineUnusable; what is secret is in neither.
    """
    try:
        from snowflake import connector
    except ImportError as missing:
        raise ExtraMissing.named("snowflake", "Snowflake") from missing
    given = told_by(environment)
    if named is None and "account" not in given:
        unset = f"neither {PREFIX}ACCOUNT in the environment nor engine.connection in the client file is set"
        raise EngineUnusable.not_reached("Snowflake", "no account", unset)
    try:
        if named is not None:
            return connector.connect(connection_name=named)
        return connector.connect(**given)
    except connector.errors.Error as why:
        # the connector's own sentence may repeat what it was given
        raise EngineUnusable.not_reached("Snowflake", named or "by the environment", f"error {why.errno}") from None


def told_by(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment tells the connector.

    >>> told_by({"SNOWFLAKE_ACCOUNT": "acme", "SNOWFLAKE_HOME": "/etc"})
    {'account': 'acme'}
    """
    return {name: environment[PREFIX + name.upper()] for name in VARIABLES if environment.get(PREFIX + name.upper())}
