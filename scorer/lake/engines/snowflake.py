"""Snowflake, through its own connector.

Who one is stands in the environment (SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER, SNOWFLAKE_PASSWORD and their kin) or in
Snowflake's connections.toml, never in a client file, and is not kept, printed or put into an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from scorer.errors import EngineUnusable, ExtraMissing
from scorer.lake.engines.engine import Table
from scorer.lake.engines.warehouse import Warehouse
from scorer.settings import EngineName

if TYPE_CHECKING:
    from snowflake.connector import SnowflakeConnection

PREFIX = "SNOWFLAKE_"
# What the connector can be told by variables; the rest of its settings belongs into connections.toml.
VARIABLES = (
    "account", "user", "password", "token", "authenticator", "private_key_file", "private_key_file_pwd", "role", "warehouse",
    "database",
)  # fmt: skip


class SnowflakeEngine(Warehouse):
    """A Snowflake account, as far as the role may create schemas in the database."""

    name: EngineName = "snowflake"

    def __init__(self, connection: SnowflakeConnection) -> None:
        self._connection = connection
        super().__init__(connection.cursor())

    def close(self) -> None:
        """Drop the schema with all that is in it, and leave."""
        super().close()
        self._connection.close()

    def _bring(self, name: str, table: Table, rows: list[tuple[Any, ...]]) -> None:
        marks = f"({', '.join(['%s'] * len(table.types))})"
        self._cursor.execute(f"INSERT INTO {name} VALUES {', '.join([marks] * len(rows))}", list(chain.from_iterable(rows)))


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
