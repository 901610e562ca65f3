"""What of an engine's work a lake keeps, and whether it is what another lake, or the stored answers, hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

from scorer.lake.engines.duckdb import connect
from scorer.lake.engines.engine import Table, table_of
from scorer.lake.workplace import HISTORY_KEPT, PLAN_KEPT, SILVER_KEPT
from scorer.verification.comparing import compare

KEPT = (*SILVER_KEPT, *HISTORY_KEPT, *PLAN_KEPT)
BESIDE = ("sales", "keyed_sales", "plan", "costs", "settings", "date_table", "weekday_counts", "about", "empty_cells", "drifts")
SHAPE = "SELECT c.column_name, c.data_type FROM duckdb_columns() AS c WHERE c.table_name = ? ORDER BY c.column_index"


def tables(lake: Path, names: Iterable[str] = KEPT) -> dict[str, Table]:
    with closing(connect(lake, read_only=True)) as con:
        return {name: table_of(con, name) for name in names}


def shapes(lake: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the columns of every table that is kept, with DuckDB's own types; of item_periods, as many as are kept."""
    with closing(connect(lake, read_only=True)) as con:
        return {name: con.execute(SHAPE, [name]).fetchall() for name in KEPT}


def faults(found: Mapping[str, Table], wanted: Mapping[str, Table]) -> list[str]:
    """Return what is wrong, table by table; a column that the lake does without is not asked for."""
    told = []
    for name, table in found.items():
        types = {column: kind for column, kind in wanted[name].types.items() if column in table.types}
        assert len(types) == len(wanted[name].types) or name == "item_periods"
        asked = Table({column: wanted[name].columns[column] for column in types}, types)
        told.append((name, compare(name, table.columns, asked).fault))
    return [f"{name}: {fault}" for name, fault in told if fault]
