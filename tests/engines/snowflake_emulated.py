"""Run in an environment of its own, with a Snowflake emulator: its packages do not go together with the product's.

Prints as JSON what came of the stored rows there, and what the connector's own refusal becomes.
"""

from __future__ import annotations

import json
import os
import sys
import warnings

import fakesnow
import snowflake.connector

from scorer.errors import EngineUnusable
from scorer.lake.engines.snowflake import SnowflakeEngine, connect
from scorer.verification.steps import verify
from scorer.verification.stored import read_answers, read_inputs


def main() -> None:
    warnings.simplefilter("ignore")
    try:
        connect("closed", {})  # a real connector, a port on which nobody listens, a password in its own configuration
        refusal = "it connected"
    except EngineUnusable as refused:
        refusal = f"{refused} | {refused.__cause__!r} | {refused.__suppress_context__}"
    with fakesnow.patch():
        connection = snowflake.connector.connect(database="promo", schema="public")
        engine = SnowflakeEngine(connection)
        inputs = read_inputs()
        done = verify(engine, "emulator", inputs, read_answers())
        engine.put("again", inputs["plan"])
        again = engine.fetch("again")
        round_trip = {name: len(column) for name, column in again.items()}
        engine.close()
        left = snowflake.connector.connect(database="promo", schema="public").cursor()
        schemas = [row[1] for row in left.execute("SHOW SCHEMAS").fetchall()]
    json.dump(
        {
            "gap": done.gap,
            "tables": [table.table for table in done.tables],
            "faults": done.faults,
            "rows_sent": done.rows_sent,
            "round_trip": round_trip,
            "left": [name for name in schemas if str(name).lower().startswith("promo_")],
            "refusal": refusal,
            "environment": sorted(name for name in os.environ if name.startswith("SNOWFLAKE")),
        },
        sys.stdout,
    )


main()
