"""Bronze into silver: every row judged, the usable ones keyed.

Sales are many: what is said of each of them is a view, and only those that may stand twice are compared with others.
"""

from __future__ import annotations

import duckdb
import numpy as np

from scorer.columns import text
from scorer.lake.engines.duckdb import build, keep_order, make_table, make_view, many_threads, sql_of
from scorer.lake.history import keep
from scorer.lake.matching import Matching, cost_master_sql, keyed_sql, keyed_tables
from scorer.settings import Client

BEFORE_SALES = ("promotions_judged", "campaigns_judged", "promotions", "campaigns")
# Each reads the one before it; none needs more than the row and what is known of all of them.
SALES_VIEWS = ("sales_read", "sales_judged", "sales")
SILVER_STEPS = (*BEFORE_SALES, "sales_read", "sales_again", "sales_judged", "sales", "rejects")
"""The files of silver/ in an order in which every one finds what it reads."""

_PERIOD = ("sale_date", "product_category", "product_subcategory", "product", "region", "store")


def clean(con: duckdb.DuckDBPyConnection, client: Client, matching: Matching) -> None:
    """Make the silver tables, ``rejects``, ``costs`` and the keyed tables; ``sales`` and ``keyed_sales`` are views."""
    know_beforehand(con, client)
    build(con, "silver", BEFORE_SALES)
    make_view(con, "sales_read", sql_of("silver", "sales_read"))
    _sales_again(con, client.training.threads)
    make_view(con, "sales_judged", sql_of("silver", "sales_judged"))
    make_view(con, "sales", sql_of("silver", "sales"))
    build(con, "silver", ("rejects",))
    for name, select in keyed_tables(matching).items():
        (make_view if name == "keyed_sales" else make_table)(con, name, select)
    make_costs(con, matching)


def know_beforehand(con: duckdb.DuckDBPyConnection, client: Client) -> None:
    """Make the tables of what the client's settings say about exported rows."""
    keep(con, "junk_regions", {"region": text(client.matching.junk_regions or [None])})
    keep(con, "corrections", {"later_file_wins": np.array([client.sales.later_files == "replace"])})


def make_costs(con: duckdb.DuckDBPyConnection, matching: Matching) -> None:
    """Make the cost master."""
    make_table(con, "costs", cost_master_sql(matching))


def sales_of(rows: str, matching: Matching) -> str:
    """Return the SELECT of ``keyed_sales`` over some of the exported rows only: a SELECT from bronze_sales."""
    views = ", ".join(f"{name} AS ({sql_of('silver', name).rstrip()}\n)" for name in SALES_VIEWS)
    return f"WITH bronze_sales AS ({rows}), {views} {keyed_sql('sales', matching)}"


def _sales_again(con: duckdb.DuckDBPyConnection, threads: int) -> None:
    """Make ``sales_again`` from the rows that share their transaction, or their key and period, with another one.

    Comparing all rows would sort them all. Most stand alone: counting what they are compared by tells, and counts are
    the same whatever the order.
    """
    many_threads(con, threads)
    period = ", ".join(f"b.{name}" for name in _PERIOD)
    told = f"CASE WHEN b.transaction_id IS NOT NULL THEN hash(b.transaction_id) ELSE hash({period}) END"
    asked = "b.transaction_id IS NOT NULL OR (SELECT s.rows_are_totals FROM settings AS s)"
    again = f"SELECT {told} AS told FROM bronze_sales AS b WHERE {asked} GROUP BY 1 HAVING COUNT(*) > 1"
    make_table(con, "sales_told_again", again, temporary=True)
    keep_order(con)
    some = f"SELECT b.* FROM bronze_sales AS b WHERE {told} IN (SELECT t.told FROM sales_told_again AS t)"
    read = sql_of("silver", "sales_read").rstrip()
    make_table(
        con, "sales_again", f"WITH bronze_sales AS ({some}), sales_read AS ({read}\n) {sql_of('silver', 'sales_again')}"
    )
    con.execute("DROP TABLE sales_told_again")
