"""Every step from exported rows to training rows as an engine runs it: one list for a refresh there, and for its proof.

What is no SQL (the calendar, the settings, the moved promotions of the placebo) is made here and given to the engine.
"""

from __future__ import annotations

from scorer.lake.cleaning import SALES_VIEWS, SILVER_STEPS
from scorer.lake.engines.engine import Engine, build, spelt, step_text
from scorer.lake.history import BASELINE_STEPS, FEATURE_STEPS, HISTORY_STEPS, OUTCOME_STEPS, TRAINING_STEPS
from scorer.lake.matching import Matching, keyed_tables

EXPORTED = ("bronze_promotions", "bronze_sales", "bronze_campaigns")
GIVEN = (*EXPORTED, "bronze_rejects", "junk_regions", "corrections", "settings", "date_table", "weekday_counts")
"""The tables an engine begins with; ``plan`` follows when past promotions are known."""
PLAN_STEPS = (*BASELINE_STEPS, *OUTCOME_STEPS, *FEATURE_STEPS, *TRAINING_STEPS)


def clean(engine: Engine, matching: Matching) -> None:
    """Make silver and the keyed tables from those of ``GIVEN``.

    What is said of each sales row is a view there too: of the tables as long as the sales, only the keyed one is stored.
    """
    for step in SILVER_STEPS:
        put = engine.view if step in SALES_VIEWS else engine.make
        put(step, step_text(engine.name, "silver", step))
    for name, select in keyed_tables(matching).items():
        engine.make(name, spelt(select))


def know_items(engine: Engine) -> None:
    """Make what is known about items, week by week, from the keyed tables."""
    build(engine, "gold", HISTORY_STEPS)


def measure(engine: Engine) -> None:
    """Make outcomes, features and training rows of the promotions in ``plan``."""
    build(engine, "gold", PLAN_STEPS)
