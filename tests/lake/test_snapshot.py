"""What travels with a model of a long history: plans for days to come find in it what they would find in all of it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import numpy as np
import pytest

from scorer.columns import DAY, Columns, fetch, length, take
from scorer.features import with_features
from scorer.golden import as_plan
from scorer.lake.engines.duckdb import connect
from scorer.lake.history import SNAPSHOT_TABLES, keep
from scorer.lake.snapshot import PROOFS, RECENT_DAYS, first_start, snapshot_tables
from scorer.lookups import Memory
from scorer.settings import Client

DAYS = (1, 2, 7, 40, 200)


def travelled(home, longest, lead_days=0):
    """The model with the history that would travel were this the longest table that may travel whole."""
    with closing(connect(home.lake, read_only=True)) as con, closing(connect(threads=1)) as own:
        for table in SNAPSHOT_TABLES if lead_days else ():
            keep(own, table, fetch(con, f"SELECT * FROM {table}"))
        if lead_days:
            keep(own, "training_rows", fetch(con, "SELECT * FROM training_rows"))
            own.execute("UPDATE settings SET lead_days = ?", [lead_days])
        source = own if lead_days else con
        first = first_start(source, longest)
        tables = snapshot_tables(source, first)
    history = connect(threads=1)
    for name, table in tables.items():
        keep(history, name, table)
    return first, tables, home.model._replace(history=history, memory=Memory())


def past(home) -> Columns:
    with closing(connect(home.lake, read_only=True)) as con:
        rows = fetch(con, "SELECT * FROM training_rows WHERE cohort = 'real' ORDER BY start_date, promotion_id, plan_row")
    return as_plan(rows) | {"given_campaigns": np.full(length(rows), np.nan)}


def same(found: Columns, expected: Columns) -> None:
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


@pytest.mark.parametrize("lead_days", [0, 10])
def test_plans_for_days_to_come_are_looked_up_as_in_the_whole_history(demo_home, lead_days):
    none, _, whole = travelled(demo_home, 10**9, lead_days)
    first, tables, model = travelled(demo_home, 1_000, lead_days)
    assert none is None
    assert first <= demo_home.model.data_cut - timedelta(days=RECENT_DAYS)
    assert length(tables["recent_sales"]) < 0.5 * whole.history.execute("SELECT COUNT(*) FROM recent_sales").fetchall()[0][0]
    plan = past(demo_home)
    long = plan["duration_days"].astype(np.int64) - 1
    for days in DAYS:
        start = np.datetime64(demo_home.model.data_cut, "D") + days * DAY
        ahead = plan | {"start_date": np.full(length(plan), start), "end_date": start + long * DAY}
        expected, everywhere = with_features(ahead, whole)
        found, position = with_features(ahead, model)
        assert position.tolist() == everywhere.tolist() == list(range(length(plan)))
        same(found, expected)


@pytest.mark.parametrize("lead_days", [0, 10])
def test_past_promotions_are_looked_up_alike_or_not_at_all(demo_home, lead_days):
    first, _, model = travelled(demo_home, 1_000, lead_days)
    plan = past(demo_home)
    expected, _ = with_features(plan, travelled(demo_home, 10**9, lead_days)[2])
    found, position = with_features(plan, model)
    assert position.tolist() == np.flatnonzero(plan["start_date"] >= np.datetime64(first, "D")).tolist()
    assert length(plan) > len(position) >= PROOFS
    same(found, take(expected, position))


def test_a_history_that_is_not_long_travels_whole(demo_home):
    with closing(connect(demo_home.lake, read_only=True)) as con:
        assert first_start(con) is None
        tables = snapshot_tables(con, None)
        for name, table in tables.items():
            whole = "WHERE cohort = 'real'" if name == "priors" else ""
            assert length(table) == con.execute(f"SELECT COUNT(*) FROM {name} {whole}").fetchall()[0][0], name


def test_what_is_refused_says_from_which_day_on_plans_are_taken(demo_home):
    from scorer.plan import plan_from_cells
    from scorer.scoring import score

    first, _, model = travelled(demo_home, 1_000)
    day = np.datetime64(first, "D") - 100 * DAY
    plan = plan_from_cells(["discount", "start", "days", "category"], [["20%", str(day), 7.0, "Snacks"]], Client(client="x"))
    scored = score(plan, model, demo_home.client)
    assert length(scored.answer) == 0
    assert f"outside {first}" in scored.rejects["reason"][0]
