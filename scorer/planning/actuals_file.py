"""A file of what came of promotions → rows by promotion, and the rows that cannot be used with their reason."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np

from scorer.columns import Columns, fetch, records, text
from scorer.contracts.actuals import ACTUALS
from scorer.errors import FileUnreadable
from scorer.lake.bronze import load_table
from scorer.plan_rules import Scale, as_fractions
from scorer.settings import Client, Export


class ActualsFile(NamedTuple):
    """rows: what the file says of each promotion; lines: where; rejects: promotion_id, line, reason."""

    rows: dict[str, Mapping[str, Any]]
    lines: dict[str, int]
    rejects: Columns
    notes: list[str]


def read_actuals(path: Path, client: Client) -> ActualsFile:
    """Read a csv, xlsx or parquet file of the ``actuals`` contract; numbers are written as in the promotions export.

    Raises FileUnreadable, ColumnMissing, NothingToWorkOn.
    """
    if not path.is_file():
        raise FileUnreadable.not_there(path)
    usual = client.exports.promotions
    with closing(duckdb.connect()) as con:
        con.execute("CREATE TABLE bronze_rejects (table_name VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, text VARCHAR)")
        export = Export(files=(path.name,), decimal=usual.decimal, date_order=usual.date_order)
        read = load_table(con, ACTUALS, export, path.parent, required=True)
        table = fetch(con, "SELECT * FROM bronze_actuals ORDER BY line")
        broken = fetch(con, "SELECT line, reason FROM bronze_rejects ORDER BY line")
    table["discount_percentage"] = _fractions(table["discount_percentage"])
    return _judged(table, broken, [*read.notes])


def _fractions(discount: Any) -> Any:
    cells = discount[~np.isnan(discount)]
    scale = Scale(int(((cells > 1) & (cells <= 100)).sum()), int(((cells > 0) & (cells < 1)).sum()))
    return as_fractions(discount, np.zeros(len(discount), dtype=bool), scale)


def _judged(table: Columns, broken: Columns, notes: list[str]) -> ActualsFile:
    rows: dict[str, Mapping[str, Any]] = {}
    lines: dict[str, int] = {}
    lost = [(None, line, reason) for line, reason in zip(broken["line"].tolist(), broken["reason"].tolist(), strict=True)]
    for row in records(table):
        why = _wrong(row, rows)
        if why:
            lost.append((row["promotion_id"], row["line"], why))
        else:
            lines[row["promotion_id"]] = row["line"]
            rows[row["promotion_id"]] = {name: row[name] for name in ACTUALS.names if name != "promotion_id"}
    lost.sort(key=lambda one: one[1])
    rejects: Columns = {
        "promotion_id": text([name for name, _, _ in lost]),
        "line": np.array([line for _, line, _ in lost], dtype=np.int64),
        "reason": text([reason for _, _, reason in lost]),
    }
    return ActualsFile(rows, lines, rejects, notes)


def _wrong(row: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """Why a row cannot be used, or nothing."""
    if row["promotion_id"] is None:
        return "promotion_id is missing"
    if row["promotion_id"] in before:
        return "the promotion stands on an earlier line already"
    if row["unparsed"] is not None:
        return f"it holds what cannot be read: {row['unparsed']}"
    if row["units"] is None:
        return "units are missing"
    for column in ACTUALS.columns:
        value = row[column.name]
        low, high = column.low, column.high
        if isinstance(value, float) and ((low is not None and value < low) or (high is not None and value > high)):
            return f"{column.name} is {value:g}: it must lie between {low:g} and {high:g}"
    return ""
