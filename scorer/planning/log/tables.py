"""The tables of the plan log, and how an older log becomes one of today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from scorer.errors import LogUnusable

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData, Table

VERSION = 1
"""Raise it with every change of the tables, and put the step from the version before into STEPS."""
Steps = Mapping[int, Callable[["Connection"], None]]
STEPS: Steps = {}
"""From each version to the next. Columns are only ever added: what an older product wrote stays as it is."""
UNCHANGEABLE = "the plan log is append-only"


class Tables(NamedTuple):
    """predictions: one row per client, promotion and revision. events: one row per step of its life, numbered from 1."""

    metadata: MetaData
    version: Table
    predictions: Table
    events: Table


@cache
def tables() -> Tables:
    """Return the tables; SQLAlchemy is loaded on the first call."""
    from sqlalchemy import Column, Float, ForeignKey, Integer, MetaData, String, Table, Text, UniqueConstraint

    metadata = MetaData()
    version = Table("plan_log_version", metadata, Column("version", Integer, nullable=False))
    predictions = Table(
        "plan_log_predictions",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("client", String(64), nullable=False),
        Column("promotion_id", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("start_date", String(10), nullable=False),
        Column("end_date", String(10), nullable=False),
        Column("input_hash", String(64), nullable=False),
        Column("inputs", Text, nullable=False),
        Column("figures", Text, nullable=False),
        Column("override", Text),
        Column("interval", Float, nullable=False),
        Column("currency", String(3), nullable=False),
        Column("model_version", Text, nullable=False),
        Column("data_cut", String(10), nullable=False),
        Column("product_version", Text, nullable=False),
        Column("settings_hash", String(64), nullable=False),
        Column("source", Text, nullable=False),
        Column("source_hash", String(64), nullable=False),
        Column("run_id", Text, nullable=False),
        UniqueConstraint("client", "promotion_id", "revision"),
    )
    events = Table(
        "plan_log_events",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("prediction_id", Integer, ForeignKey(predictions.c.id), nullable=False),
        Column("number", Integer, nullable=False),
        Column("at", String(20), nullable=False),
        Column("who", Text, nullable=False),
        Column("status", String(16), nullable=False),
        Column("why", Text, nullable=False),
        Column("run_id", Text, nullable=False),
        Column("facts", Text),
        UniqueConstraint("prediction_id", "number"),
    )
    return Tables(metadata, version, predictions, events)


def bring_up(con: Connection, where: str, version: int = VERSION, steps: Steps = STEPS) -> None:
    """Make the tables of a new log, or bring those of an older one to this version; the caller's transaction holds it.

    Raises LogUnusable for a log that a newer product wrote.
    """
    from sqlalchemy import insert, inspect, select, update

    made = tables()
    if not inspect(con).has_table(made.version.name):
        made.metadata.create_all(con)
        for statement in _guards(con.dialect.name):
            con.exec_driver_sql(statement)
        con.execute(insert(made.version).values(version=version))
        return
    found = con.execute(select(made.version.c.version)).scalar_one()
    if found > version:
        newer = f"a newer version of the product wrote it (log version {found}, this one knows {version})"
        raise LogUnusable.because(where, newer, "Update the product.")
    for at in range(found, version):
        steps[at](con)
        con.execute(update(made.version).values(version=at + 1))


def _guards(dialect: str) -> list[str]:
    """Let the database itself refuse to change or delete what was written."""
    names = [tables().predictions.name, tables().events.name]
    if dialect == "postgresql":
        refuse = (
            "CREATE OR REPLACE FUNCTION plan_log_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{UNCHANGEABLE}'; END $$"
        )
        return [
            refuse,
            *(
                f"CREATE TRIGGER {name}_stay BEFORE UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION plan_log_refuse()"
                for name in names
            ),
        ]
    return [
        f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} BEGIN SELECT RAISE(ABORT, '{UNCHANGEABLE}'); END"
        for name in names
        for verb in ("UPDATE", "DELETE")
    ]
