"""How a lake and the exports behind it are doing: every check is a number, its threshold and a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import duckdb
import numpy as np

from scorer.columns import Columns, fetch, length, take
from scorer.lake.engines.duckdb import count
from scorer.lake.seen import LATE_DAYS, EmptyCells, ExportSeen, RefreshSeen, empty_cells
from scorer.lake.stability import index_of_counts, stability_index
from scorer.settings import Client

LATE_SHARE = 0.25
"""Of the promotions, the last to start, held against the others."""
FEWEST = 100
"""Of fewer late promotions or sales rows nothing is said: chance alone would sound an alarm."""
POPULATION = ("discount_percentage", "duration_days", "log_baseline", "price_position")
_EXPORT = "Look at the export and at what made it."


class State(StrEnum):
    """How a check came out; trouble is what should stop a run, a warning what a person should look at."""

    OK = "ok"
    WARNING = "warning"
    TROUBLE = "trouble"


class Finding(NamedTuple):
    """One check: what was measured, against what, how it came out, in words, and what to do ('' where nothing is)."""

    name: str
    measured: float
    threshold: float
    state: State
    words: str
    remedy: str


class Examined(NamedTuple):
    """What the checks of one client found, the worst of it, and what the lake has seen of its exports."""

    client: str
    day: date
    state: State
    findings: list[Finding]
    exports: list[ExportSeen]
    refreshes: list[RefreshSeen]
    empty_cells: list[EmptyCells]


def examine(con: duckdb.DuckDBPyConnection, client: Client, today: date) -> list[Finding]:
    """Examine a refreshed lake: how fresh it is, what was refused, and whether its rows are still what they were.

    ``con`` reads the lake; thresholds come from ``health`` and ``limits`` of the client.
    """
    return [
        _fresh(con, client, today),
        _set_aside(con),
        _drifts(con),
        _refused(con, client),
        _rows(con, client),
        *_empty_cells(con, client),
        *_new_names(con, client),
        *_population(con, client),
    ]


def worst(findings: list[Finding]) -> State:
    """Return the state of the whole: the worst of all.

    >>> worst([])
    <State.OK: 'ok'>
    """
    order = list(State)
    return max((finding.state for finding in findings), key=order.index, default=State.OK)


def _graded(name: str, measured: float, threshold: float, trouble: float, words: str, remedy: str) -> Finding:
    """Judge a measure: above its threshold it is a warning, above ``trouble`` more than that."""
    state = State.TROUBLE if measured > trouble else State.WARNING if measured > threshold else State.OK
    return Finding(name, float(measured), float(threshold), state, words, remedy if state is not State.OK else "")


def _fresh(con: duckdb.DuckDBPyConnection, client: Client, today: date) -> Finding:
    (cut,) = con.execute("SELECT MAX(a.data_cut) FROM about AS a").fetchall()[0]
    age, limit = (today - cut).days, client.health.freshness_days
    words = f"The last sales are of {cut}, {age:,} days ago."
    return _graded("freshness", max(age, 0), limit, 2 * limit, words, "Export newer sales, then run promo refresh.")


def _set_aside(con: duckdb.DuckDBPyConnection) -> Finding:
    rows = con.execute("SELECT e.file, e.set_aside FROM exports AS e WHERE e.set_aside IS NOT NULL ORDER BY e.file").fetchall()
    if not rows:
        return _graded("files_set_aside", 0, 0, 0, "Every export file was read.", "")
    words = f"{len(rows):,} export files could not be used: {' '.join(why for _, why in rows[:3])}"
    of_all = count(con, "exports")
    return _graded("files_set_aside", len(rows), 0, of_all / 2, words, "Export them again, or take them out of the folder.")


def _drifts(con: duckdb.DuckDBPyConnection) -> Finding:
    rows = con.execute("SELECT d.file, d.column_name, d.words FROM drifts AS d").fetchall()
    told = "; ".join(f"{file} {column}: {words}" for file, column, words in rows[:3])
    words = f"Files are not as they were before: {told}." if rows else "The files are as their tables were before."
    remedy = "If that is meant, promo refresh --full forgets how it was."
    return _graded("schema_drift", len(rows), 0, float("inf"), words, remedy)


def _refused(con: duckdb.DuckDBPyConnection, client: Client) -> Finding:
    refused, limit = count(con, "rejects"), client.limits.rejected_share
    rows = sum(count(con, f"bronze_{name}") for name in ("promotions", "sales", "campaigns", "costs", "rejects"))
    share = refused / rows if rows else 0.0
    words = f"{refused:,} of {rows:,} exported rows were refused ({share:.1%})."
    return _graded("refused_rows", share, limit, 4 * limit, words, "promo check says which rows, and why.")


def _rows(con: duckdb.DuckDBPyConnection, client: Client) -> Finding:
    sales = [row[0] for row in con.execute("SELECT r.sales FROM refreshes AS r ORDER BY r.made_at DESC LIMIT 2").fetchall()]
    now, before = sales[0], sales[-1]
    gone = max(0.0, 1 - now / before) if before else 0.0
    limit = client.health.row_change
    then = f"the refresh before had {before:,}" if len(sales) > 1 else "there was no refresh before"
    words = f"{now:,} sales rows; {then}."
    return _graded("rows_gone", gone, limit, limit, words, f"Exports may be missing. {_EXPORT}")


def _empty_cells(con: duckdb.DuckDBPyConnection, client: Client) -> Iterator[Finding]:
    """Hold the empty cells of the last four weeks of sales against those before; only what changed too much is named."""
    cells, limit = empty_cells(con), client.health.null_change
    if not cells or min(cells[0].rows_late, cells[0].rows_before) < FEWEST:
        return
    for found in cells:
        if found.more > limit:
            words = f"{found.column} is empty in {found.more:.0%} more of the sales of the last {LATE_DAYS} days than before."
            yield _graded(f"empty_{found.column}", found.more, limit, float("inf"), words, _EXPORT)
    largest = max(0.0, *(found.more for found in cells))
    if largest <= limit:
        yield _graded("empty_cells", largest, limit, float("inf"), "No column has more empty cells than before.", "")


def _new_names(con: duckdb.DuckDBPyConnection, client: Client) -> Iterator[Finding]:
    """Say how many of the late sales are of items that never sold before."""
    since = f"(SELECT a.data_cut FROM about AS a) - {LATE_DAYS}"
    rows, new = con.execute(
        f"SELECT COUNT(*), COUNT(*) FILTER (i.first_period > {since}) FROM sales_by_period AS p "
        f"JOIN items AS i ON p.item_key = i.item_key WHERE p.period > {since}"
    ).fetchall()[0]
    if rows >= FEWEST:
        words = f"{new / rows:.1%} of the sales of the last {LATE_DAYS} days are of items that never sold before."
        yield _graded("new_items", new / rows, client.health.new_levels, float("inf"), words, _EXPORT)


def _population(con: duckdb.DuckDBPyConnection, client: Client) -> Iterator[Finding]:
    """Hold the last quarter of the promotions against the earlier ones, feature by feature."""
    names = ", ".join((*POPULATION, "promotion_type"))
    rows = fetch(con, f"SELECT {names} FROM training_rows WHERE cohort = 'real' ORDER BY start_date, promotion_id")
    first = int(length(rows) * (1 - LATE_SHARE))
    if length(rows) - first < FEWEST:
        return
    order = np.arange(length(rows))
    earlier, late = take(rows, order < first), take(rows, order >= first)
    for name in (*POPULATION, "promotion_type"):
        if (index := _index(earlier, late, name)) is not None:
            words = f"{name} of the last quarter of the promotions against those before: stability index {index:.2f}."
            remedy = "Forecasts for the new kind rest on less; train again, and look at the model card."
            yield _graded(f"population_{name}", index, client.health.population_drift, float("inf"), words, remedy)


def _index(earlier: Columns, late: Columns, name: str) -> float | None:
    before, after = earlier[name], late[name]
    if before.dtype.kind == "O":
        kinds = sorted({str(cell) for cell in (*before, *after)})
        counts = (np.array([sum(str(cell) == kind for cell in cells) for kind in kinds]) for cells in (before, after))
        return index_of_counts(*counts)
    known = [cells[~np.isnan(cells)] for cells in (before, after)]
    return stability_index(*known) if min(map(len, known)) >= FEWEST else None
