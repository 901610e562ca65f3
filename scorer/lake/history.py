"""Silver tables → what is known about every item, week by week, and the features of any plan.

The same plan steps run for training (over all past promotions, in the lake) and for scoring (over a plan, on the
snapshot that travels with a bundle): one definition of every feature.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta

import duckdb
import numpy as np

from scorer.columns import DAY, Array, Columns, forget, register
from scorer.lake.calendar import date_table
from scorer.lake.engines.duckdb import build, make_table, sql_of
from scorer.settings import Client

LONGEST_PROMOTION = 366
SHORT_PLAN = 2_000
YEARS_AHEAD = 2

# Built once per refresh, in this order. What is known about an item rests on its own sales and promotions, so its steps
# can run for some of the items at a time; the others look across items.
BEFORE_ITEM_STEPS = ("promoted_periods",)
ITEM_STEPS = (
    "items",
    "sales_by_period",
    "usual_prices",
    "item_periods",
    "clean_periods",
    "clean_observations",
    "item_levels",
    "season_parts",
    "item_week_slots",
    "slot_baselines",
    "promotion_pressure",
    "item_asof",
    "recent_sales",
)
AFTER_ITEM_STEPS = ("parent_asof", "season_index", "promoted_weeks", "overlap_calendar")
HISTORY_STEPS = (*BEFORE_ITEM_STEPS, *ITEM_STEPS, *AFTER_ITEM_STEPS)
BASELINE_STEPS = ("plan_asof", "plan_baseline")
OUTCOME_STEPS = ("outcomes", "prior_events", "priors")
DAY_STEPS = ("plan_campaigns", "plan_holidays", "plan_days")
LEVEL_STEPS = ("plan_levels",)
FEATURE_STEPS = (*DAY_STEPS, *LEVEL_STEPS, "plan_priors", "features")
TRAINING_STEPS = ("ml_promo_effectiveness", "training_rows")

# What a bundle carries so that features can be computed without the lake.
SNAPSHOT_TABLES = (
    "settings",
    "date_table",
    "weekday_counts",
    "item_asof",
    "parent_asof",
    "season_index",
    "recent_sales",
    "promoted_weeks",
    "overlap_calendar",
    "priors",
    "campaigns",
    "costs",
)


def weekday_counts() -> Columns:
    """Return, for every first weekday and length of a promotion, how many Mondays..Sundays it holds, and half its length."""
    weekday, duration = (grid.ravel() for grid in np.meshgrid(np.arange(7), np.arange(1, LONGEST_PROMOTION + 1), indexing="ij"))
    counts: Columns = {"day_of_week": weekday, "duration_days": duration, "half": duration // 2}
    for day in range(7):
        counts[f"n{day}"] = (duration + 6 - (day - weekday) % 7) // 7
    return counts


def make_calendar(
    con: duckdb.DuckDBPyConnection, client: Client, first: date, cut: date, anchor: date | None
) -> Columns:
    """Make ``date_table`` and ``weekday_counts``; the calendar reaches two years past the data cut. Returns the dates."""
    last = cut + timedelta(days=366 * YEARS_AHEAD)
    days = date_table(first - timedelta(days=7), last, anchor, client.calendar)
    days["day_number"] = days["day"].astype(np.int64)
    days["holidays_so_far"] = np.cumsum(days["is_holiday"]).astype(np.int64)
    keep(con, "date_table", days)
    keep(con, "weekday_counts", weekday_counts())
    return days


def make_settings(
    con: duckdb.DuckDBPyConnection, client: Client, days: Columns, cut: date, period_days: int, facts: Mapping[str, bool]
) -> None:
    """Make the one-row ``settings`` table that the SQL reads its thresholds from."""
    tomorrow = np.datetime64(cut, "D") + DAY
    baseline = client.baseline
    row: dict[str, object] = {
        **facts,
        "period_days": period_days,
        "observations": baseline.observations,
        "minimum": baseline.minimum,
        "price_dip": baseline.price_dip,
        "spike": baseline.spike,
        "lead_days": baseline.lead_days,
        "use_season": baseline.season,
        "prior_weight": client.training.prior_weight,
        "data_cut": np.datetime64(cut, "D"),
        "cut_number": int(np.datetime64(cut, "D").astype(np.int64)),
        "last_week": int(days["week_index"][days["day"] == tomorrow][0]),
    }
    keep(con, "settings", {name: np.array([value]) for name, value in row.items()})


def build_training(con: duckdb.DuckDBPyConnection) -> None:
    """Build outcomes, priors, features and the training rows of the promotions in ``plan``."""
    build(con, "gold", (*BASELINE_STEPS, *OUTCOME_STEPS, *FEATURE_STEPS, *TRAINING_STEPS))


# What is asked of a plan, and the steps that answer it: to look up all where little is asked takes three times as long.
_STEPS_TO = {
    "plan_days": ("plan_asof", *DAY_STEPS),
    "plan_levels": (*BASELINE_STEPS, *LEVEL_STEPS),
    "features": (*BASELINE_STEPS, *FEATURE_STEPS),
}


@contextmanager
def looked_up(con: duckdb.DuckDBPyConnection, asked: str, rows: int) -> Iterator[None]:
    """Make ``asked`` (plan_days, plan_levels or features) of the promotions in ``plan`` readable, for the length of a block.

    The steps of a long plan become one query; for a short plan (of ``rows``), planning so wide a query as that of features
    would take longer than storing step after step.
    """
    steps, kind = _STEPS_TO[asked], "TABLE" if asked == "features" and rows <= SHORT_PLAN else "VIEW"
    for step in steps:
        con.execute(f'CREATE OR REPLACE TEMP {kind} "{step}" AS {sql_of("gold", step)}')
    try:
        yield
    finally:
        for step in reversed(steps):
            con.execute(f'DROP {kind} IF EXISTS "{step}"')


def keep(con: duckdb.DuckDBPyConnection, name: str, table: Mapping[str, Array]) -> None:
    """Store columns as a table of the database."""
    register(con, f"{name}__new", table)
    make_table(con, name, f'SELECT * FROM "{name}__new"')
    forget(con, f"{name}__new")
