"""Exports → bronze → silver → gold, in one database file per client."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np

from scorer.columns import DAY, Columns, fetch, text
from scorer.contracts.exports import CAMPAIGNS, COSTS, PROMOTIONS, SALES
from scorer.contracts.table import Contract
from scorer.errors import NothingToWorkOn
from scorer.lake import bronze
from scorer.lake.engines.duckdb import build, connect, keep_order, make_table
from scorer.lake.history import build_history, build_training, keep, make_calendar, make_settings
from scorer.lake.matching import Matching, cost_key_sql, cost_master_sql, event_sql, keyed_sql, resolve
from scorer.lake.placebo import placebo_promotions
from scorer.saying import Say
from scorer.settings import MATCHING_KEYS, Client

SILVER_STEPS = (
    "promotions_judged",
    "sales_judged",
    "campaigns_judged",
    "promotions",
    "sales",
    "campaigns",
    "rejects",
)


class TableCount(NamedTuple):
    """Control totals of one export: rows in = used + kept apart + rejected."""

    table: str
    rows: int
    used: int
    apart: int
    rejected: int


class Refreshed(NamedTuple):
    """What a refresh did: files read, control totals, the match, and what to say aloud."""

    reads: list[bronze.TableRead]
    counts: list[TableCount]
    rejects_by_reason: dict[str, int]
    matching: Matching
    basis: str
    period_days: int
    data_cut: date
    promotions: int
    learnable: int
    notes: list[str]


class Checked(NamedTuple):
    """What the exports hold, before anything is built from them."""

    reads: list[bronze.TableRead]
    counts: list[TableCount]
    rejects_by_reason: dict[str, int]
    matching: Matching
    basis: str
    period_days: int
    data_cut: date
    notes: list[str]


class _Shape(NamedTuple):
    has_units: bool
    rows_are_totals: bool
    period_days: int
    absent_is_zero: bool
    first: date
    cut: date
    anchor: date | None


def refresh(client: Client, exports: Path, lake: Path, say: Say = lambda _: None) -> Refreshed:
    """Read a client's exports and rebuild its lake; the old lake stays in place until the new one is whole.

    Raises FileUnreadable, ColumnMissing or NothingToWorkOn when the exports cannot be used.
    """
    lake.parent.mkdir(parents=True, exist_ok=True)
    building = lake.with_name(f".{lake.name}.building")
    building.unlink(missing_ok=True)
    con = connect(building, client.training.threads)
    try:
        done = _stages(con, client, exports, say)
    except BaseException:
        con.close()
        building.unlink(missing_ok=True)
        raise
    con.close()
    building.replace(lake)
    return done


def check(client: Client, exports: Path, say: Say = lambda _: None) -> Checked:
    """Read and clean a client's exports in memory and say what was found. Raises as ``refresh`` does."""
    with closing(connect(threads=client.training.threads)) as con:
        return _found(con, *_read_and_clean(con, client, exports, say))


def _stages(con: duckdb.DuckDBPyConnection, client: Client, exports: Path, say: Say) -> Refreshed:
    reads, matching, shape = _read_and_clean(con, client, exports, say)
    say("Building baselines")
    build_history(con)
    say("Measuring past promotions")
    _plan_of_the_past(con, client, shape, matching)
    build_training(con)
    _remember(con, matching, shape)
    return _report(con, reads, matching, shape)


def _read_and_clean(
    con: duckdb.DuckDBPyConnection, client: Client, exports: Path, say: Say
) -> tuple[list[bronze.TableRead], Matching, _Shape]:
    say("Reading the exports")
    reads = bronze.load(con, client, exports)
    keep_order(con)
    say("Cleaning")
    shape = _shape(con, client)
    matching = resolve(client, _filled(con, PROMOTIONS), _filled(con, SALES), _filled(con, COSTS))
    days = make_calendar(con, client, shape.first, shape.cut, shape.anchor)
    facts = {
        "has_units": shape.has_units,
        "rows_are_totals": shape.rows_are_totals,
        "absent_is_zero": shape.absent_is_zero,
    }
    make_settings(con, client, days, shape.cut, shape.period_days, facts)
    _clean(con, client, matching)
    return reads, matching, shape


def _remember(con: duckdb.DuckDBPyConnection, matching: Matching, shape: _Shape) -> None:
    """Keep beside the tables what training must pass on to scoring."""
    kept = {"basis": _basis(shape), "period_days": shape.period_days, "matching": matching._asdict()}
    keep(con, "about", {"shape": text([json.dumps(kept)]), "data_cut": np.array([shape.cut], dtype="datetime64[D]")})


def _basis(shape: _Shape) -> str:
    return "units" if shape.has_units else "net value"


def _shape(con: duckdb.DuckDBPyConnection, client: Client) -> _Shape:
    has_units, ids, first, last = con.execute(
        "SELECT COUNT(units) > 0, COUNT(transaction_id) > 0, MIN(sale_date), MAX(sale_date) FROM bronze_sales"
    ).fetchall()[0]
    if first is None:
        raise NothingToWorkOn.because("No sales row has a date that can be read", "Look at the date column of the sales export.")
    grain = client.sales.grain
    if grain == "auto":
        grain = "transaction" if ids or not has_units else "week" if _weekly(con) else "day"
    weekly = grain == "week"
    absent = client.sales.absent_means
    cut = np.datetime64(last, "D") + (6 if weekly else 0) * DAY
    return _Shape(
        has_units=has_units,
        rows_are_totals=grain != "transaction",
        period_days=7 if weekly else 1,
        absent_is_zero=absent == "zero" or (absent == "auto" and grain == "transaction"),
        first=first,
        cut=cut.astype(object),
        anchor=first if weekly else None,
    )


def _weekly(con: duckdb.DuckDBPyConnection) -> bool:
    days = con.execute("SELECT DISTINCT sale_date FROM bronze_sales WHERE sale_date IS NOT NULL").fetchall()
    return len(days) > 1 and len({day.weekday() for (day,) in days}) == 1


def _filled(con: duckdb.DuckDBPyConnection, contract: Contract) -> list[str]:
    """Return the matching keys that have any value in a bronze table."""
    keys = [key for key in MATCHING_KEYS if key in contract.names]
    counts = con.execute(f"SELECT {', '.join(f'COUNT({key})' for key in keys)} FROM bronze_{contract.name}").fetchall()[0]
    return [key for key, count in zip(keys, counts, strict=True) if count]


def _clean(con: duckdb.DuckDBPyConnection, client: Client, matching: Matching) -> None:
    keep(con, "junk_regions", {"region": text(client.matching.junk_regions or [None])})
    build(con, "silver", SILVER_STEPS)
    make_table(con, "keyed_sales", keyed_sql("sales", matching))
    make_table(con, "keyed_promotions_all", keyed_sql("promotions", matching))
    make_table(con, "keyed_promotions", event_sql("keyed_promotions_all", matching))
    make_table(con, "costs", cost_master_sql(matching))


def _plan_of_the_past(con: duckdb.DuckDBPyConnection, client: Client, shape: _Shape, matching: Matching) -> None:
    """Make ``plan``: every past promotion, and as many placebo ones on unpromoted days."""
    real = fetch(con, "SELECT * FROM keyed_promotions ORDER BY promotion_id")
    promoted = fetch(
        con,
        "SELECT DISTINCT p.item_key, d.day FROM keyed_promotions AS p "
        "JOIN date_table AS d ON d.day >= p.start_date AND d.day <= p.end_date",
    )
    first, last = np.datetime64(shape.first, "D"), np.datetime64(shape.cut, "D")
    placebo = placebo_promotions(real, promoted, first, last, client.training.seed)
    keep(con, "plan_rows", _numbered(real, placebo))
    make_table(
        con,
        "plan",
        "SELECT r.* EXCLUDE (list_price, unit_cost), COALESCE(r.list_price, c.list_price) AS list_price, "
        "COALESCE(r.unit_cost, c.unit_cost) AS unit_cost, CAST(r.end_date - r.start_date AS BIGINT) + 1 AS duration_days, "
        "CAST(NULL AS DOUBLE) AS num_overlapping_campaigns "
        f"FROM plan_rows AS r LEFT JOIN costs AS c ON {cost_key_sql('r', matching)} = c.cost_key",
    )


def _numbered(real: Columns, placebo: Columns) -> Columns:
    rows = {name: np.concatenate([real[name], placebo[name]]) for name in real}
    cohort = ["real"] * len(real["item_key"]) + ["placebo"] * len(placebo["item_key"])
    return {"plan_row": np.arange(len(cohort)), "cohort": text(cohort), **rows}


def _report(con: duckdb.DuckDBPyConnection, reads: list[bronze.TableRead], matching: Matching, shape: _Shape) -> Refreshed:
    promotions, learnable = con.execute(
        "SELECT (SELECT COUNT(*) FROM ml_promo_effectiveness), (SELECT COUNT(*) FROM training_rows WHERE cohort = 'real')"
    ).fetchall()[0]
    return Refreshed(**_found(con, reads, matching, shape)._asdict(), promotions=promotions, learnable=learnable)


def _found(con: duckdb.DuckDBPyConnection, reads: list[bronze.TableRead], matching: Matching, shape: _Shape) -> Checked:
    return Checked(
        reads=reads,
        counts=_counts(con),
        rejects_by_reason=_reasons(con),
        matching=matching,
        basis=_basis(shape),
        period_days=shape.period_days,
        data_cut=shape.cut,
        notes=[*matching.notes, *_notes(con, shape)],
    )


def _reasons(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    told = "SELECT table_name || ': ' || reason, COUNT(*) FROM rejects GROUP BY ALL ORDER BY 2 DESC, 1"
    return dict(con.execute(told).fetchall())


def _counts(con: duckdb.DuckDBPyConnection) -> list[TableCount]:
    return [_count(con, contract) for contract in (PROMOTIONS, SALES, CAMPAIGNS, COSTS)]


def _count(con: duckdb.DuckDBPyConnection, contract: Contract) -> TableCount:
    (rows,) = con.execute(f"SELECT COUNT(*) FROM bronze_{contract.name}").fetchall()[0]
    (used,) = con.execute(f"SELECT COUNT(*) FROM {contract.name}").fetchall()[0]
    (rejected,) = con.execute("SELECT COUNT(*) FROM rejects WHERE table_name = ?", [contract.name]).fetchall()[0]
    (lines,) = con.execute("SELECT COUNT(*) FROM bronze_rejects WHERE table_name = ?", [contract.name]).fetchall()[0]
    return TableCount(contract.name, rows + lines, used, rows + lines - used - rejected, rejected)


def _notes(con: duckdb.DuckDBPyConnection, shape: _Shape) -> list[str]:
    notes = []
    (converted,) = con.execute("SELECT COUNT(*) FROM promotions WHERE discount_converted").fetchall()[0]
    if converted:
        notes.append(f"{converted:,} discounts above 1 were read as percentages (20 became 20 %).")
    if not shape.has_units:
        notes.append("Sales carry no units: lift is measured on the amount paid, not on units.")
    return notes
