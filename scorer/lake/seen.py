"""What a lake has seen of its exports: each file with its age, every refresh with its rows, and how full the columns are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from scorer.lake.engines.duckdb import make_table
from scorer.lake.known import Known, read_known
from scorer.settings import MATCHING_KEYS

LATE_DAYS = 28
"""Sales of the last days, held against all before them."""
WATCHED = (*MATCHING_KEYS, "units", "unit_cost")
"""Columns of sales whose empty cells are counted."""
_DAY_OF = {"sales": "sale_date", "promotions": "start_date", "campaigns": "start_date"}
_LATE = f"s.sale_date > (SELECT a.data_cut FROM about AS a) - {LATE_DAYS}"


class ExportSeen(NamedTuple):
    """One file: its rows and those of its lines that could not be read, when it was written, the day its newest row is of.

    why: why it could not be used, '' where it was. A day that is not known is None.
    """

    table: str
    file: str
    rows: int
    rejected: int
    written: date | None
    newest: date | None
    why: str


class RefreshSeen(NamedTuple):
    """One refresh: when (UTC), the day sales are known up to, rows of sales and promotions, rows refused, files."""

    made_at: datetime
    data_cut: date
    sales: int
    promotions: int
    rejected: int
    files: int


class EmptyCells(NamedTuple):
    """One column of sales: rows, and how many of its cells are empty, before the last ``LATE_DAYS`` days and in them."""

    column: str
    rows_before: int
    empty_before: int
    rows_late: int
    empty_late: int

    @property
    def more(self) -> float:
        """By how much the share of empty cells has grown; 0 where there are no rows to tell.

        >>> EmptyCells("unit_cost", 100, 10, 20, 12).more
        0.5
        """
        if not (self.rows_before and self.rows_late):
            return 0.0
        return self.empty_late / self.rows_late - self.empty_before / self.rows_before


def exports_seen(con: duckdb.DuckDBPyConnection) -> list[ExportSeen]:
    """Return every export file a lake knows, by table and name."""
    newest = {
        (table, file): day
        for table, column in _DAY_OF.items()
        for file, day in con.execute(f"SELECT b.file, MAX(b.{column}) FROM bronze_{table} AS b GROUP BY b.file").fetchall()
    }
    return [_export(known, file, newest.get((table, file))) for (table, file), known in read_known(con, Path()).items()]


def foremost(exports: list[ExportSeen], most: int) -> list[ExportSeen]:
    """Return at most so many files, where there are too many to look at: those set aside, then the ones written last.

    >>> old, new, bad = (ExportSeen("sales", n, 1, 0, d, None, w) for n, d, w in (
    ...     ("a", date(2026, 1, 1), ""), ("b", date(2026, 1, 2), ""), ("c", None, "it is empty.")))
    >>> [export.file for export in foremost([old, new, bad], 2)], [export.file for export in foremost([old, new, bad], 3)]
    (['c', 'b'], ['a', 'b', 'c'])
    """
    if len(exports) <= most:
        return exports
    return sorted(exports, key=lambda export: (bool(export.why), export.written or date.min), reverse=True)[:most]


def refreshes_seen(con: duckdb.DuckDBPyConnection) -> list[RefreshSeen]:
    """Return the refreshes a lake remembers, the oldest first."""
    rows = con.execute(
        "SELECT r.made_at, r.data_cut, r.sales, r.promotions, r.rejected, r.files FROM refreshes AS r ORDER BY r.made_at"
    ).fetchall()
    return [RefreshSeen(*row) for row in rows]


def keep_empty_cells(con: duckdb.DuckDBPyConnection) -> None:
    """Count the empty cells of sales while the lake is made: whoever asks how it is does not go through all sales again."""
    make_table(con, "empty_cells", _counted())


def empty_cells(con: duckdb.DuckDBPyConnection) -> list[EmptyCells]:
    """Return the columns of sales that hold anything, with their empty cells.

    A lake that did not count them when it was made is counted now.
    """
    (kept,) = con.execute("SELECT COUNT(*) FROM duckdb_tables() AS t WHERE t.table_name = 'empty_cells'").fetchall()[0]
    rows_before, rows_late, *empty = con.execute("SELECT * FROM empty_cells" if kept else _counted()).fetchall()[0]
    pairs = zip(WATCHED, empty[::2], empty[1::2], strict=True)
    every = (EmptyCells(name, rows_before, before, rows_late, late) for name, before, late in pairs)
    return [cells for cells in every if cells.empty_before + cells.empty_late < rows_before + rows_late]


def _counted() -> str:
    empty = "".join(
        f", COUNT(*) FILTER (s.{name} IS NULL AND NOT ({_LATE})) AS {name}_before"
        f", COUNT(*) FILTER (s.{name} IS NULL AND ({_LATE})) AS {name}_late"
        for name in WATCHED
    )
    return f"SELECT COUNT(*) FILTER (NOT ({_LATE})) AS rows_before, COUNT(*) FILTER ({_LATE}) AS rows_late{empty} FROM sales AS s"


def _export(known: Known, file: str, newest: date | None) -> ExportSeen:
    read = known.loaded.file if known.loaded else None
    modified = known.print.modified
    written = datetime.fromtimestamp(modified / 1e9, UTC).astimezone().date() if modified else None
    why = known.aside.why if known.aside else ""
    return ExportSeen(known.table, file, read.rows if read else 0, read.rejected if read else 0, written, newest, why)
