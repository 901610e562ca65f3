"""Where a client's plan log lies: a file of the workspace, or a PostgreSQL server whose address an environment variable holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scorer.errors import BadSettings, ExtraMissing, LogUnusable
from scorer.planning.log.book import PATIENCE, PlanLog
from scorer.settings import Client

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

VARIABLE = "PROMO_LOG_URL"
"""The environment variable that is looked at when the client file names none."""
_SERVERS = ("postgres", "postgresql", "postgresql+psycopg")


def open_log(client: Client, file: Path, environment: Mapping[str, str]) -> PlanLog:
    """Open the plan log of a client, and make it when it is not there yet.

    An address in the environment (the variable ``log.url_from`` of the client file, else PROMO_LOG_URL) comes before
    the file. Raises LogUnusable, BadSettings when the named variable is not set, ExtraMissing without the packages of
    a server.
    """
    named = client.log.url_from
    address = environment.get(named or VARIABLE, "")
    if named and not address:
        why = "no such environment variable is set; it must hold the address of the plan log"
        raise BadSettings.bad_value(f"client {client.client}", "log.url_from", named, why)
    if not address:
        return PlanLog(_file_engine(file), client.client, str(file))
    url = _server(address, named or VARIABLE)
    return PlanLog(_server_engine(url), client.client, url.render_as_string(hide_password=True))


def is_there(client: Client, file: Path, environment: Mapping[str, str]) -> bool:
    """Say whether there is a log to look into: a file that was written, or a server."""
    return file.exists() or bool(environment.get(client.log.url_from or VARIABLE, ""))


def _server(address: str, variable: str) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    remedy = f"Write {variable} like postgresql://user:password@server/database."
    try:
        url = make_url(address)
    except ArgumentError as why:
        raise LogUnusable.because(f"that {variable} names", "this is no address of a database", remedy) from why
    if url.drivername not in _SERVERS:
        raise LogUnusable.because(f"that {variable} names", f"'{url.drivername}' is no PostgreSQL server", remedy)
    return url.set(drivername="postgresql+psycopg")


def _server_engine(url: URL) -> Engine:
    from sqlalchemy import NullPool, create_engine

    try:
        return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 20})
    except ImportError as missing:
        raise ExtraMissing.named("postgres", "A plan log on a server") from missing


def _file_engine(file: Path) -> Engine:
    from sqlalchemy import NullPool, create_engine, event

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as why:
        raise LogUnusable.because(file, why.strerror or why, "Check that you may write in that folder.") from why
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool, connect_args={"timeout": PATIENCE})

    @event.listens_for(engine, "connect")
    def _begin_by_hand(raw: Any, _: Any) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _take_turns(con: Any) -> None:
        # a writer asks for its turn at once: two that read first and write later would both be turned away
        con.exec_driver_sql("BEGIN IMMEDIATE" if con.get_execution_options().get("writing") else "BEGIN")

    return engine
