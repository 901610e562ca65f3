"""Run in an environment of its own, with a Snowflake emulator: its packages do not go together with the product's.

Prints as JSON what came of the stored rows there, and what the connector's own refusal becomes.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import fakesnow
import snowflake.connector

from scorer.errors import EngineUnusable
from scorer.lake.engines.duckdb import connect as duckdb_connect
from scorer.lake.engines.engine import lay
from scorer.lake.engines.snowflake import SnowflakeEngine, connect
from scorer.lake.refresh import refresh
from scorer.lake.workplace import There
from scorer.verification.exports import CLIENT, write_exports
from scorer.verification.steps import verify
from scorer.verification.stored import read_answers, read_inputs
from tests.engines.kept_tables import faults, tables


@contextmanager
def emulated(folder: Path) -> Iterator[SnowflakeEngine]:
    engine = SnowflakeEngine(snowflake.connector.connect(database="promo", schema="public"), folder)
    try:
        yield engine
    finally:
        engine.close()


def refusal(ask) -> str:
    try:
        ask()
    except EngineUnusable as refused:
        return f"{refused} | {refused.__cause__!r} | {refused.__suppress_context__}"
    return "it did not refuse"


def refreshed(folder: Path) -> dict[str, object]:
    """Refresh a lake with the emulator doing the work, and hold what it keeps against the stored answers."""
    write_exports(folder / "exports")

    @contextmanager
    def there() -> Iterator[There]:
        with emulated(folder) as engine:
            yield There(CLIENT, engine, lambda _: None)

    done = refresh(CLIENT, folder / "exports", folder / "lake.duckdb", opening=there)
    found = tables(folder / "lake.duckdb")
    return {"faults": faults(found, read_answers()), "tables": list(found), "learnable": done.learnable}


def main(folder: Path) -> None:
    warnings.simplefilter("ignore")
    # a real connector, a port on which nobody listens, a password in its own configuration
    not_reached = refusal(lambda: connect("closed", {}))
    with fakesnow.patch():
        inputs = read_inputs()
        with emulated(folder) as engine:
            done = verify(engine, "emulator", inputs, read_answers())
            with closing(duckdb_connect()) as con:
                lay(con, "again", inputs["plan"])
                engine.take_from(con, "again")
            round_trip = {name: len(column) for name, column in engine.fetch("again").items()}
            wrong = refusal(lambda: engine.make("wrong", "SELECT * FROM nowhere"))
        made = refreshed(folder)
        left = snowflake.connector.connect(database="promo", schema="public").cursor()
        schemas = [row[1] for row in left.execute("SHOW SCHEMAS").fetchall()]
    json.dump(
        {
            "gap": done.gap,
            "tables": [table.table for table in done.tables],
            "faults": done.faults,
            "rows_sent": done.rows_sent,
            "round_trip": round_trip,
            "refreshed": made,
            "left": [name for name in schemas if str(name).lower().startswith("promo_")],
            "refusal": not_reached,
            "wrong": wrong,
            "environment": sorted(name for name in os.environ if name.startswith("SNOWFLAKE")),
        },
        sys.stdout,
    )


with TemporaryDirectory() as here:
    main(Path(here))
