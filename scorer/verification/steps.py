"""What an engine is asked to do: everything from exported rows to training rows, and give back every table on the way."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import NamedTuple

from scorer.lake import steps
from scorer.lake.cleaning import SILVER_STEPS
from scorer.lake.engines.duckdb import connect
from scorer.lake.engines.engine import Engine, Table, lay
from scorer.lake.history import HISTORY_STEPS
from scorer.lake.matching import KEYED, resolve
from scorer.saying import Say, quiet
from scorer.verification.comparing import Compared, compare
from scorer.verification.exports import CLIENT

INPUTS = (*steps.GIVEN, "plan")
ANSWERS = (*SILVER_STEPS, *KEYED, *HISTORY_STEPS, *steps.PLAN_STEPS)


class Verified(NamedTuple):
    """An engine against the stored answers."""

    engine: str
    where: str
    rows_sent: int
    tables: tuple[Compared, ...]

    @property
    def gap(self) -> float:
        """The largest gap between two numbers, as a share of the larger."""
        return max((table.gap for table in self.tables), default=0.0)

    @property
    def faults(self) -> list[str]:
        """What is wrong, table by table, in the order in which they are made: the first explains the others."""
        return [f"{table.table}: {table.fault}" for table in self.tables if table.fault]


def run(engine: Engine, inputs: Mapping[str, Table], say: Say = quiet) -> None:
    """Make every table of ``ANSWERS`` on an engine from the tables of ``INPUTS``."""
    say("Sending the rows")
    with closing(connect(threads=1)) as con:
        for name in INPUTS:
            lay(con, name, inputs[name])
            engine.take_from(con, name)
    say("Cleaning")
    steps.clean(engine, resolve(CLIENT, CLIENT.matching.keys, CLIENT.matching.keys))
    say("Building baselines")
    steps.know_items(engine)
    say("Measuring past promotions")
    steps.measure(engine)


def verify(
    engine: Engine, where: str, inputs: Mapping[str, Table], answers: Mapping[str, Table], say: Say = quiet
) -> Verified:
    """Run every step on an engine and compare every table it made with the stored one."""
    run(engine, inputs, say)
    say("Comparing")
    sent = sum(len(inputs[name].columns["line"]) for name in steps.EXPORTED)
    found = tuple(compare(name, engine.fetch(name), answers[name]) for name in ANSWERS)
    return Verified(engine.name, where, sent, found)

