"""Where the steps of a refresh run: on this machine, or on an engine whose results come back into the lake.

Exports are read here in any case, and the calendar, the settings and the placebo promotions made here. Whoever reads the
lake afterwards does not see where its tables were made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

import duckdb

from scorer.lake import steps
from scorer.lake.cleaning import BEFORE_SALES, clean, know_beforehand, make_costs
from scorer.lake.engines.duckdb import count, keep_order, make_table, make_view, many_threads, sql_of
from scorer.lake.engines.engine import Engine
from scorer.lake.history import HISTORY_STEPS, build_training
from scorer.lake.matching import Matching, keyed_tables
from scorer.lake.slices import COLUMNS, build_sliced, slices_of
from scorer.saying import Say
from scorer.settings import Client

# Who trains, scores, examines or looks back reads these; the others stay where they were made.
SILVER_KEPT = ("promotions", "campaigns", "sales_again", "rejects", "keyed_promotions")
HISTORY_KEPT = (
    "items",
    "sales_by_period",
    "item_periods",
    "item_asof",
    "recent_sales",
    "parent_asof",
    "season_index",
    "promoted_weeks",
    "overlap_calendar",
)
PLAN_KEPT = ("priors", "ml_promo_effectiveness", "training_rows")


class Workplace(Protocol):
    """Does the steps of a refresh, in this order, each upon what lies in the lake by then."""

    def clean(self, con: duckdb.DuckDBPyConnection, matching: Matching) -> None:
        """Make the silver tables, ``rejects``, ``costs`` and the keyed tables from bronze, calendar and settings."""

    def know_items(self, con: duckdb.DuckDBPyConnection, matching: Matching) -> None:
        """Make what is known about items, week by week."""

    def measure(self, con: duckdb.DuckDBPyConnection) -> None:
        """Make outcomes, priors and training rows of the promotions in ``plan``."""


Opening: TypeAlias = Callable[[], AbstractContextManager[Workplace]]


class Here(NamedTuple):
    """On the machine the refresh was asked on; ``folder`` has room for the sales once more."""

    client: Client
    folder: Path
    say: Say

    def clean(self, con: duckdb.DuckDBPyConnection, matching: Matching) -> None:
        self.say("Cleaning")
        clean(con, self.client, matching)

    def know_items(self, con: duckdb.DuckDBPyConnection, matching: Matching) -> None:
        self.say("Building baselines")
        threads = self.client.training.threads
        build_sliced(con, slices_of(con, threads), matching, threads, self.folder, self.say)

    def measure(self, con: duckdb.DuckDBPyConnection) -> None:
        self.say("Measuring past promotions")
        build_training(con)


class There(NamedTuple):
    """On an engine: it is sent the exported rows, does the work, and gives back what the lake keeps."""

    client: Client
    engine: Engine
    say: Say

    def clean(self, con: duckdb.DuckDBPyConnection, matching: Matching) -> None:
        know_beforehand(con, self.client)
        make_costs(con, matching)
        self.say(f"Sending {sum(count(con, name) for name in steps.EXPORTED):,} rows to {self.engine.name}")
        self._send(con, steps.GIVEN)
        self.say(f"Cleaning on {self.engine.name}")
        steps.clean(self.engine, matching)
        _shape_silver(con, matching)
        self._fetch(con, SILVER_KEPT)

    def know_items(self, con: duckdb.DuckDBPyConnection, matching: Matching) -> None:  # noqa: ARG002 - keyed already
        self.say(f"Building baselines on {self.engine.name}")
        steps.know_items(self.engine)
        self.say("Fetching what is known about items")
        _shape(con, "gold", HISTORY_STEPS, HISTORY_KEPT)
        _narrow(con)
        self._fetch(con, HISTORY_KEPT)

    def measure(self, con: duckdb.DuckDBPyConnection) -> None:
        self.say(f"Measuring past promotions on {self.engine.name}")
        self._send(con, ("plan",))
        steps.measure(self.engine)
        _shape(con, "gold", steps.PLAN_STEPS, PLAN_KEPT)
        self._fetch(con, PLAN_KEPT)

    def _send(self, con: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
        many_threads(con, self.client.training.threads)
        for name in names:
            self.engine.take_from(con, name)
        keep_order(con)

    def _fetch(self, con: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
        for name in names:
            self.engine.add_to(con, name)


def _shape_silver(con: duckdb.DuckDBPyConnection, matching: Matching) -> None:
    """Lay out the silver tables; what is said of each sales row is a view of the exported rows, as ever."""
    _shape(con, "silver", BEFORE_SALES, SILVER_KEPT)
    make_view(con, "sales_read", sql_of("silver", "sales_read"))
    _shape(con, "silver", ("sales_again",), SILVER_KEPT)
    for step in ("sales_judged", "sales"):
        make_view(con, step, sql_of("silver", step))
    _shape(con, "silver", ("rejects",), SILVER_KEPT)
    keyed = keyed_tables(matching)
    make_view(con, "keyed_sales", keyed.pop("keyed_sales"))
    for name, select in keyed.items():
        _empty(con, name, select, name in SILVER_KEPT)


def _shape(con: duckdb.DuckDBPyConnection, layer: str, names: Iterable[str], kept: Iterable[str]) -> None:
    """Lay out the tables of steps without their rows: every column is of the type that it has when the step runs here."""
    for step in names:
        _empty(con, step, sql_of(layer, step), step in kept)


def _empty(con: duckdb.DuckDBPyConnection, name: str, select: str, is_kept: bool) -> None:
    make_table(con, name, f"{select.rstrip()}\nWITH NO DATA", temporary=not is_kept)


def _narrow(con: duckdb.DuckDBPyConnection) -> None:
    """Leave the columns of the long tables that nobody reads later where they are."""
    for table, columns in COLUMNS.items():
        for name, *_ in con.execute(f"DESCRIBE {table}").fetchall():
            if name not in columns:
                con.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
