"""Exports → bronze → silver → gold, in one database file per client."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from contextlib import closing, nullcontext
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np

from scorer.columns import DAY, Columns, fetch, text
from scorer.contracts.exports import CAMPAIGNS, COSTS, EXPORTS, PROMOTIONS, SALES
from scorer.contracts.table import Contract
from scorer.errors import NothingToWorkOn, OutputRefused, SchemaDrift
from scorer.lake import bronze
from scorer.lake.bronze import files_of
from scorer.lake.cells import literal
from scorer.lake.cleaning import clean
from scorer.lake.drift import Drift, drifts
from scorer.lake.engines.duckdb import OTHER_TABLES, connect, keep_order, make_table, write_once
from scorer.lake.history import keep, make_calendar, make_settings
from scorer.lake.known import Known, SetAside, building_rules, known_of, read_known
from scorer.lake.matching import Matching, cost_key_sql, resolve
from scorer.lake.placebo import placebo_promotions
from scorer.lake.refreshes import keep_history
from scorer.lake.seen import keep_empty_cells
from scorer.lake.workplace import Here, Opening, Workplace
from scorer.saying import Say
from scorer.settings import MATCHING_KEYS, Client

NET_VALUE = "net value"
UNCHANGED = "No export has changed since the last refresh, so nothing was done; --full builds the lake anew."
_OLDER = "older_lake"


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
    aside: tuple[SetAside, ...] = ()
    unchanged: bool = False


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
    aside: tuple[SetAside, ...] = ()


class _Told(NamedTuple):
    matching: Matching
    basis: str
    period_days: int
    cut: date


class _Shape(NamedTuple):
    has_units: bool
    rows_are_totals: bool
    period_days: int
    absent_is_zero: bool
    first: date
    cut: date
    anchor: date | None


def refresh(
    client: Client,
    exports: Path,
    lake: Path,
    say: Say = lambda _: None,
    *,
    full: bool = False,
    opening: Opening | None = None,
) -> Refreshed:
    """Bring a client's lake up to its exports; the old lake stays in place until the new one is whole.

    Files that have not changed are not read again; where none has, nothing is done. ``full`` reads everything anew, and takes
    the exports as they are: they are not compared with what was known. ``opening`` opens the place where the work is done
    when there is any; left out, it is done here.
    Raises FileUnreadable, ColumnMissing, SchemaDrift or NothingToWorkOn when the exports cannot be used, OutputRefused when
    disk or memory do not suffice, EngineUnusable when the place is an engine that does not do its work.
    """
    lake.parent.mkdir(parents=True, exist_ok=True)
    known = {} if full else known_of(lake, exports)
    if known and (done := _as_it_is(client, exports, lake, known)):
        return done
    building = lake.with_name(f".{lake.name}.building")
    _clear(building)
    try:
        here = nullcontext(Here(client, lake.parent, say))
        with (
            opening() if opening else here as place,
            closing(connect(building, client.training.threads, memory_gb=client.refresh.memory_gb)) as con,
        ):
            write_once(con)
            done = _stages(con, client, exports, _before(con, lake, known), place, say)
            con.execute("CHECKPOINT")  # closing would do that too, and keep to itself that there was no room
        building.replace(lake)
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.FatalException) as why:
        raise _no_room(lake, why) from why
    finally:
        _clear(building)
    return done


def check(client: Client, exports: Path, say: Say = lambda _: None) -> Checked:
    """Read and clean a client's exports in memory and say what was found. Raises as ``refresh`` does."""
    with closing(connect(threads=client.training.threads, memory_gb=client.refresh.memory_gb)) as con:
        return _found(con, *_read_and_clean(con, client, exports, say))


def _as_it_is(client: Client, exports: Path, lake: Path, known: Mapping[tuple[str, str], Known]) -> Refreshed | None:
    """Return what the lake holds when it was made from these very exports by these very rules, else None."""
    looked_at = {
        (name, path.relative_to(exports).as_posix()): path
        for name in EXPORTS
        for path in files_of(exports, getattr(client.exports, name).files)
    }
    if looked_at.keys() != known.keys() or not all(one.print.is_of(looked_at[at]) for at, one in known.items()):
        return None
    try:
        with closing(connect(lake, read_only=True)) as con:
            about = fetch(con, "SELECT * FROM about")
            if about["rules"][0] != building_rules(client):
                return None
            kept = json.loads(about["shape"][0])
            told = _Told(_matching(kept["matching"]), kept["basis"], kept["period_days"], about["data_cut"][0].astype(object))
            done = _report(con, bronze.reads_of(known.values()), told, ())
    except (*OTHER_TABLES, KeyError):
        return None  # made by another version: its exported rows may serve all the same
    return done._replace(unchanged=True, notes=[UNCHANGED, *done.notes])


def _matching(kept: dict[str, Any]) -> Matching:
    told: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return Matching(**told)


def _before(con: duckdb.DuckDBPyConnection, lake: Path, known: Mapping[tuple[str, str], Known]) -> bronze.Before:
    """Attach the older lake, where there is one to take rows from."""
    if known:
        con.execute(f"ATTACH {literal(str(lake))} AS {_OLDER} (READ_ONLY)")
    return bronze.Before(_OLDER, known)


def _clear(building: Path) -> None:
    """Remove what a run left that was ended before its lake was whole: the file, its journal, what went to the disk."""
    building.unlink(missing_ok=True)
    building.with_name(f"{building.name}.wal").unlink(missing_ok=True)
    for left in (building.with_name(f"{building.name}.tmp"), *building.parent.glob(".slices-*")):
        shutil.rmtree(left, ignore_errors=True)


def _no_room(lake: Path, why: duckdb.Error) -> OutputRefused:
    said = str(why).splitlines()[0]
    if isinstance(why, duckdb.OutOfMemoryException):
        return OutputRefused.because(lake, said, "Raise memory_gb under [refresh] in the client file, or free disk space.")
    return OutputRefused.because(lake, said, "Check the disk and the folder, then run again.")


def _stages(
    con: duckdb.DuckDBPyConnection, client: Client, exports: Path, before: bronze.Before, place: Workplace, say: Say
) -> Refreshed:
    reads, matching, shape = _read(con, client, exports, say, before)
    place.clean(con, matching)
    place.know_items(con, matching)
    _plan_of_the_past(con, client, shape, matching)
    place.measure(con)
    _remember(con, client, matching, shape)
    keep_history(con, before.catalog if before.known else "")
    keep_empty_cells(con)
    if before.known:
        con.execute(f"DETACH {before.catalog}")
    return _report(con, reads, _told(matching, shape), _drifts_kept(con))


def _read_and_clean(
    con: duckdb.DuckDBPyConnection, client: Client, exports: Path, say: Say
) -> tuple[list[bronze.TableRead], Matching, _Shape]:
    reads, matching, shape = _read(con, client, exports, say, bronze.NOTHING_BEFORE)
    say("Cleaning")
    clean(con, client, matching)
    return reads, matching, shape


def _read(
    con: duckdb.DuckDBPyConnection, client: Client, exports: Path, say: Say, before: bronze.Before
) -> tuple[list[bronze.TableRead], Matching, _Shape]:
    """Read the exports, and make what the steps are told beside them: calendar and settings."""
    say("Reading the exports")
    reads = bronze.load(con, client, exports, before)
    _compare(con, client, exports, reads, before)
    keep_order(con)
    shape = _shape(con, client)
    matching = resolve(client, _filled(con, PROMOTIONS), _filled(con, SALES), _filled(con, COSTS))
    days = make_calendar(con, client, shape.first, shape.cut, shape.anchor)
    facts = {
        "has_units": shape.has_units,
        "rows_are_totals": shape.rows_are_totals,
        "absent_is_zero": shape.absent_is_zero,
    }
    make_settings(con, client, days, shape.cut, shape.period_days, facts)
    return reads, matching, shape


def _compare(
    con: duckdb.DuckDBPyConnection, client: Client, exports: Path, reads: list[bronze.TableRead], before: bronze.Before
) -> None:
    """Hold the exports against what was known of them, and keep what has changed. Raises SchemaDrift."""
    found = drifts(con, reads, read_known(con, exports), before, client.health) if before.known else []
    if found and client.health.drift == "stop":
        raise SchemaDrift.of(found)
    con.execute("CREATE TABLE drifts (table_name VARCHAR, file VARCHAR, column_name VARCHAR, words VARCHAR, remedy VARCHAR)")
    for drift in found:
        con.execute("INSERT INTO drifts VALUES (?, ?, ?, ?, ?)", list(drift))


def _drifts_kept(con: duckdb.DuckDBPyConnection) -> tuple[Drift, ...]:
    return tuple(Drift(*row) for row in con.execute("SELECT * FROM drifts").fetchall())


def _remember(con: duckdb.DuckDBPyConnection, client: Client, matching: Matching, shape: _Shape) -> None:
    """Keep beside the tables what training must pass on to scoring, and the rules by which the lake was made."""
    kept = {"basis": _basis(shape), "period_days": shape.period_days, "matching": matching._asdict()}
    about = {
        "shape": text([json.dumps(kept)]),
        "data_cut": np.array([shape.cut], dtype="datetime64[D]"),
        "rules": text([building_rules(client)]),
    }
    keep(con, "about", about)


def _told(matching: Matching, shape: _Shape) -> _Told:
    return _Told(matching, _basis(shape), shape.period_days, shape.cut)


def _basis(shape: _Shape) -> str:
    return "units" if shape.has_units else NET_VALUE


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


def _report(con: duckdb.DuckDBPyConnection, reads: list[bronze.TableRead], told: _Told, found: Iterable[Drift]) -> Refreshed:
    promotions, learnable = con.execute(
        "SELECT (SELECT COUNT(*) FROM ml_promo_effectiveness), (SELECT COUNT(*) FROM training_rows WHERE cohort = 'real')"
    ).fetchall()[0]
    done = _as_checked(con, reads, told)
    every = done._asdict() | {"notes": [*(str(drift) for drift in found), *done.notes]}
    return Refreshed(**every, promotions=promotions, learnable=learnable)


def _found(con: duckdb.DuckDBPyConnection, reads: list[bronze.TableRead], matching: Matching, shape: _Shape) -> Checked:
    return _as_checked(con, reads, _told(matching, shape))


def _as_checked(con: duckdb.DuckDBPyConnection, reads: list[bronze.TableRead], told: _Told) -> Checked:
    return Checked(
        reads=reads,
        counts=_counts(con),
        rejects_by_reason=_reasons(con),
        matching=told.matching,
        basis=told.basis,
        period_days=told.period_days,
        data_cut=told.cut,
        notes=[*_aside(reads), *told.matching.notes, *_notes(con, told)],
        aside=tuple(file for read in reads for file in read.aside),
    )


def _aside(reads: list[bronze.TableRead]) -> list[str]:
    return [f"{file.file} was set aside, the other files were used. {file.why}" for read in reads for file in read.aside]


def _reasons(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    told = "SELECT table_name || ': ' || reason, COUNT(*) FROM rejects GROUP BY ALL ORDER BY 2 DESC, 1"
    return dict(con.execute(told).fetchall())


def _counts(con: duckdb.DuckDBPyConnection) -> list[TableCount]:
    return [_count(con, contract) for contract in (PROMOTIONS, SALES, CAMPAIGNS, COSTS)]


def _count(con: duckdb.DuckDBPyConnection, contract: Contract) -> TableCount:
    (rows,) = con.execute(f"SELECT COUNT(*) FROM bronze_{contract.name}").fetchall()[0]
    (used,) = con.execute(f"SELECT COUNT(*) FROM {contract.name}").fetchall()[0]
    (rejected,) = con.execute("SELECT COUNT(*) FROM rejects WHERE table_name = ? AND line > 0", [contract.name]).fetchall()[0]
    (lines,) = con.execute("SELECT COUNT(*) FROM bronze_rejects WHERE table_name = ? AND line > 0", [contract.name]).fetchall()[0]
    return TableCount(contract.name, rows + lines, used, rows + lines - used - rejected, rejected)


def _notes(con: duckdb.DuckDBPyConnection, told: _Told) -> list[str]:
    notes = []
    (converted,) = con.execute("SELECT COUNT(*) FROM promotions WHERE discount_converted").fetchall()[0]
    if converted:
        notes.append(f"{converted:,} discounts above 1 were read as percentages (20 became 20 %).")
    (corrected,) = con.execute("SELECT COUNT(*) FROM sales_again WHERE reason LIKE 'a later file%'").fetchall()[0]
    if corrected:
        notes.append(
            f"{corrected:,} sales totals were replaced by those of the same key and period in a later file. Where such files "
            'hold different sales, say later_files = "add" under [sales] in the client file.'
        )
    if told.basis == NET_VALUE:
        notes.append("Sales carry no units: lift is measured on the amount paid, not on units.")
    return notes
