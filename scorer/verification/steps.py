"""What an engine is asked to do: everything from exported rows to training rows, and give back every table on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scorer.lake.cleaning import SILVER_STEPS
from scorer.lake.engines.engine import Engine, Table, build, spelt
from scorer.lake.history import BASELINE_STEPS, FEATURE_STEPS, HISTORY_STEPS, OUTCOME_STEPS, TRAINING_STEPS
from scorer.lake.matching import event_sql, keyed_sql, resolve
from scorer.saying import Say, quiet
from scorer.verification.comparing import Compared, compare
from scorer.verification.exports import CLIENT

EXPORTED = ("bronze_promotions", "bronze_sales", "bronze_campaigns")
# What is no SQL (the calendar, the settings, the moved promotions of the placebo) is given with the exported rows.
INPUTS = (*EXPORTED, "bronze_rejects", "junk_regions", "corrections", "settings", "date_table", "weekday_counts", "plan")
KEYED = ("keyed_sales", "keyed_promotions_all", "keyed_promotions")
PLAN_STEPS = (*BASELINE_STEPS, *OUTCOME_STEPS, *FEATURE_STEPS, *TRAINING_STEPS)
ANSWERS = (*SILVER_STEPS, *KEYED, *HISTORY_STEPS, *PLAN_STEPS)


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
    for name in INPUTS:
        engine.put(name, inputs[name])
    say("Cleaning")
    build(engine, "silver", SILVER_STEPS)
    for name, select in _keyed().items():
        engine.make(name, spelt(select))
    say("Building baselines")
    build(engine, "gold", HISTORY_STEPS)
    say("Measuring past promotions")
    build(engine, "gold", PLAN_STEPS)


def verify(
    engine: Engine, where: str, inputs: Mapping[str, Table], answers: Mapping[str, Table], say: Say = quiet
) -> Verified:
    """Run every step on an engine and compare every table it made with the stored one."""
    run(engine, inputs, say)
    say("Comparing")
    sent = sum(len(inputs[name].columns["line"]) for name in EXPORTED)
    found = tuple(compare(name, engine.fetch(name), answers[name]) for name in ANSWERS)
    return Verified(engine.name, where, sent, found)


def _keyed() -> dict[str, str]:
    keys = CLIENT.matching.keys
    matching = resolve(CLIENT, keys, keys)
    return dict(
        zip(
            KEYED,
            (keyed_sql("sales", matching), keyed_sql("promotions", matching), event_sql("keyed_promotions_all", matching)),
            strict=True,
        )
    )
