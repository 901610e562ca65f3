"""The history of very many items: some of them at a time, in memory, on every processor, and always alike.

What is known about an item rests on its own sales alone. Sales are dealt into slices by item, each slice is worked
through by one thread, and the slices are put together in their order: neither the number of processors nor which of
them is quicker shows in a single bit of the result.
"""

from __future__ import annotations

import re
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import duckdb

from scorer.lake.cells import literal
from scorer.lake.cleaning import sales_of
from scorer.lake.engines.duckdb import build, count, keep_order, make_table, make_view, many_threads
from scorer.lake.history import AFTER_ITEM_STEPS, BEFORE_ITEM_STEPS, ITEM_STEPS
from scorer.lake.matching import Matching
from scorer.saying import Say

SLICE_ROWS = 500_000
"""Rows of the longest table of a slice, about: a few hundred bytes each are in memory at once."""
# Later steps, training and post-event read these; the others are workings that a lake of slices does without.
KEPT = ("items", "sales_by_period", "item_periods", "item_asof", "season_parts", "recent_sales")
# Of a table as long as the sales they read these columns only.
COLUMNS = {"item_periods": ("item_key", "period", "quantity", "revenue", "transactions", "cost", "costed_units")}
_KEYS = ("item_key", "product_key", "category_key")
_SALES = (*_KEYS, "sale_date", "units", "revenue", "transactions", "unit_cost", "stock_out")
_PASSES = 2
_PROMOTED = "promoted"
_WAITING = 4_000_000  # rows that wait to be dealt, of each pass: in all, and at most for one slice
_MOST_WAITING = 50_000
_MOST_OPEN = 400  # files of each pass


def slices_of(con: duckdb.DuckDBPyConnection, threads: int) -> int:
    """Return into how many slices the sales are best dealt: by their rows, and by items times periods."""
    many_threads(con, threads)
    rows = count(con, "bronze_sales")
    sold = 0
    if rows > SLICE_ROWS // 10:
        (items,) = con.execute("SELECT APPROX_COUNT_DISTINCT(k.item_key) FROM keyed_sales AS k").fetchall()[0]
        (periods,) = con.execute(
            "SELECT COUNT(*) / MAX(s.period_days) FROM date_table AS d CROSS JOIN settings AS s WHERE d.day <= s.data_cut"
        ).fetchall()[0]
        sold = int(items * periods)
    keep_order(con)
    return max(1, -(-max(rows, sold) // SLICE_ROWS))


def build_sliced(con: duckdb.DuckDBPyConnection, slices: int, matching: Matching, threads: int, folder: Path, say: Say) -> None:
    """Build what is known about items in so many slices; ``folder`` has room for the sales once more.

    One slice is the plain case, in which the workings are kept too.
    """
    build(con, "gold", BEFORE_ITEM_STEPS)
    if slices == 1:
        build(con, "gold", ITEM_STEPS)
    else:
        with tempfile.TemporaryDirectory(prefix=".slices-", dir=folder) as dealt:
            _deal(con, slices, matching, threads, Path(dealt), say)
            _work(con, slices, threads, Path(dealt), say)
    build(con, "gold", AFTER_ITEM_STEPS)


def _deal(con: duckdb.DuckDBPyConnection, slices: int, matching: Matching, threads: int, folder: Path, say: Say) -> None:
    """Write the keyed sales into files by slice, half of the rows beside the other half; their order stays."""
    say(f"Dealing the sales into {slices} slices")
    rows = count(con, "bronze_sales")
    step = -(-rows // _PASSES)
    columns = ", ".join(f"k.{name}" for name in _SALES)

    def deal(part: int) -> None:
        some = f"SELECT * FROM main.bronze_sales AS w WHERE w.rowid >= {part * step} AND w.rowid < {(part + 1) * step}"
        target = literal(str(folder / f"part{part}"))
        with closing(con.cursor()) as own:
            own.execute(
                f"COPY (SELECT {columns}, hash(k.item_key) % {slices} AS slice FROM ({sales_of(some, matching)}) AS k) "
                f"TO {target} (FORMAT parquet, PARTITION_BY (slice), COMPRESSION lz4_raw)"
            )

    con.execute(f"SET partitioned_write_flush_threshold = {min(_MOST_WAITING, _WAITING // slices)}")
    con.execute(f"SET partitioned_write_max_open_files = {min(_files_at_once(), slices)}")
    _deal_promoted(con, slices, folder)
    with ThreadPoolExecutor(min(threads, _PASSES)) as pool:
        list(pool.map(deal, range(_PASSES)))


def _files_at_once() -> int:
    """Return how many files each pass may hold open; one that has to be closed too early is followed by a further one."""
    try:
        import resource
    except ImportError:  # Windows counts no open files
        return _MOST_OPEN
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, min(_MOST_OPEN, allowed // (2 * _PASSES)))


def _deal_promoted(con: duckdb.DuckDBPyConnection, slices: int, folder: Path) -> None:
    """Write the promoted periods into files by slice: else every slice would look through those of all items."""
    con.execute(
        f"COPY (SELECT p.item_key, p.period, hash(p.item_key) % {slices} AS slice FROM promoted_periods AS p) "
        f"TO {literal(str(folder / _PROMOTED))} (FORMAT parquet, PARTITION_BY (slice), COMPRESSION lz4_raw)"
    )


def _work(con: duckdb.DuckDBPyConnection, slices: int, threads: int, folder: Path, say: Say) -> None:
    """Work through the slices side by side, and add their tables to the lake in the order of the slices."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: list[Future[str]] = []
        begun = iter(range(slices))
        for done in range(slices):
            while len(waiting) <= threads and (number := next(begun, None)) is not None:
                waiting.append(pool.submit(_one_slice, con, number, folder))
            name = waiting.pop(0).result()
            for table in KEPT:
                verb = f"INSERT INTO {table}" if done else f"CREATE TABLE {table} AS"
                con.execute(f"{verb} {_as_text(con, name, table)}")
            con.execute(f"DETACH {name}")
            say(f"Building baselines: {done + 1} of {slices} slices")


def _one_slice(con: duckdb.DuckDBPyConnection, number: int, folder: Path) -> str:
    """Run the steps of the items of one slice in a database of its own, in memory; returns its name."""
    name = f"slice_{number}"
    with closing(con.cursor()) as own:
        (lake,) = own.execute("SELECT current_database()").fetchall()[0]
        own.execute(f"ATTACH ':memory:' AS {name}")
        own.execute(f"USE {name}")
        files = ", ".join(_files(folder, number))
        make_view(own, "keyed_as_written", f"SELECT * EXCLUDE (slice) FROM read_parquet([{files}])")
        _number_keys(own)
        numbered = ", ".join(f"CAST({key} AS {key}) AS {key}" for key in _KEYS)
        make_view(own, "keyed_sales", f"SELECT * REPLACE ({numbered}) FROM keyed_as_written")
        for table in ("settings", "date_table"):
            make_table(own, table, f'SELECT * FROM "{lake}".main.{table}')
        make_table(own, "promoted_periods", _promoted(folder, number))
        build(own, "gold", ITEM_STEPS)
    return name


def _promoted(folder: Path, number: int) -> str:
    """Return the SELECT of the promoted periods of a slice, of the items that sold."""
    paths = sorted((folder / _PROMOTED / f"slice={number}").glob("*"), key=_place)
    if not paths:
        return "SELECT CAST(NULL AS item_key) AS item_key, CAST(NULL AS DATE) AS period WHERE FALSE"
    files = ", ".join(literal(str(path)) for path in paths)
    mine = f"SELECT TRY_CAST(item_key AS item_key) AS item_key, period FROM read_parquet([{files}])"
    return f"SELECT * FROM ({mine}) WHERE item_key IS NOT NULL"


def _number_keys(con: duckdb.DuckDBPyConnection) -> None:
    """Let the keys of a slice be numbers that read like their text: sorting and joining them takes half as long."""
    for key in _KEYS:
        con.execute(f"CREATE TYPE {key} AS ENUM (SELECT DISTINCT {key} FROM keyed_as_written ORDER BY 1)")


def _as_text(con: duckdb.DuckDBPyConnection, name: str, table: str) -> str:
    """Return the SELECT of what is kept of a table of a slice, its keys as text."""
    told = con.execute(f"DESCRIBE {name}.main.{table}").fetchall()
    kept = [(column, kind) for column, kind, *_ in told if column in COLUMNS.get(table, (column,))]
    cells = (f"CAST({column} AS VARCHAR) AS {column}" if kind.startswith("ENUM") else column for column, kind in kept)
    return f"SELECT {', '.join(cells)} FROM {name}.main.{table}"


def _files(folder: Path, number: int) -> list[str]:
    """The files of one slice, quoted, in the order they were written."""
    folders = [folder / f"part{part}" / f"slice={number}" for part in range(_PASSES)]
    return [literal(str(path)) for one in folders for path in sorted(one.glob("*"), key=_place)]


def _place(path: Path) -> int:
    return int(re.sub(r"[^0-9]", "", path.stem))
