"""What of a lake travels with a model: all that features are looked up in, or of a very long history its end.

A plan is looked up as of the day it is made on, which is the day after the data cut at the latest. Plans for days to come
read the last weeks of what is known about items, and no more; the weeks before serve promotions that are over. Where they
are too many to be carried about, the calendar that travels begins with the weeks that are kept: a promotion before it is
refused with its reason instead of being looked up in a history that has gaps.
"""

from __future__ import annotations

from datetime import date

import duckdb

from scorer.columns import Columns, fetch
from scorer.lake.engines.duckdb import count
from scorer.lake.history import SNAPSHOT_TABLES

LONGEST = 2_000_000
"""Rows of the longest table of a history that still travels whole."""
RECENT_DAYS = 28
PROOFS = 200
"""So many past promotions, at least, can be looked up in what travels: golden rows are chosen from them."""
_KEPT = {
    "date_table": "t.day >= k.known_day",
    "item_asof": "t.week_index >= k.week_index",
    "parent_asof": "t.week_index >= k.week_index",
    "recent_sales": "t.day >= k.week_start",
    "promoted_weeks": "t.week_index >= k.week_index",
    "overlap_calendar": "t.week_index >= k.week_index",
    "priors": "t.week_index >= k.week_index",
}


def first_start(con: duckdb.DuckDBPyConnection, longest: int = LONGEST) -> date | None:
    """Return the first day on which a promotion may begin that is looked up in what travels; None where all of it does."""
    if max(count(con, "recent_sales"), count(con, "item_asof")) <= longest:
        return None
    (first,) = con.execute(
        "SELECT LEAST((SELECT s.data_cut FROM settings AS s) - ?, MIN(r.start_date)) FROM ("
        "SELECT t.start_date FROM training_rows AS t WHERE t.cohort = 'real' ORDER BY t.start_date DESC LIMIT ?) AS r",
        [RECENT_DAYS, PROOFS],
    ).fetchall()[0]
    day: date = first
    return day


def snapshot_tables(con: duckdb.DuckDBPyConnection, first: date | None) -> dict[str, Columns]:
    """Return the tables that travel, for promotions that begin on ``first`` or later; None: on any day.

    Priors of placebo promotions stay behind.
    """
    return {table: fetch(con, _select(table, first)) for table in SNAPSHOT_TABLES}


def _select(table: str, first: date | None) -> str:
    tests = ["t.cohort = 'real'"] if table == "priors" else []
    since = ""
    if first is not None and table in _KEPT:
        # what is known of a promotion is known so many days before it begins
        since = (
            "CROSS JOIN (SELECT d.day AS known_day, d.week_index, d.week_start FROM date_table AS d, settings AS s "
            f"WHERE d.day_number = (SELECT f.day_number FROM date_table AS f WHERE f.day = DATE '{first}') - s.lead_days) AS k "
        )
        tests.append(_KEPT[table])
    where = f"WHERE {' AND '.join(tests)} " if tests else ""
    return f"SELECT t.* FROM {table} AS t {since}{where}ORDER BY ALL"
