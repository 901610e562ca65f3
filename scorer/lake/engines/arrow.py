"""Columns to Arrow and back: how tables travel to a cluster. pyarrow comes with the extras that need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scorer.columns import Array, Columns
from scorer.lake.engines.engine import SqlType, Table

if TYPE_CHECKING:
    import pyarrow as pa


def to_arrow(table: Table) -> pa.Table:
    """Return a table with the types it states; NaN, NaT and None are gaps."""
    import pyarrow as pa

    kinds: dict[SqlType, pa.DataType] = {
        "VARCHAR": pa.string(),
        "DOUBLE": pa.float64(),
        "BIGINT": pa.int64(),
        "BOOLEAN": pa.bool_(),
        "DATE": pa.date32(),
    }
    return pa.table({name: _to_arrow(table.columns[name], kinds[kind]) for name, kind in table.types.items()})


def from_arrow(table: pa.Table | pa.RecordBatch) -> Columns:
    """Return Arrow data as columns, as ``scorer.columns.fetch`` returns DuckDB's; names in lower case."""
    return {name.lower(): _from_arrow(table.column(name)) for name in table.schema.names}


def _to_arrow(values: Array, kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if values.dtype.kind == "f" and not pa.types.is_floating(kind):
        gaps = np.isnan(values)  # whole numbers with gaps arrive as floats
        return pa.array(np.where(gaps, 0, values).astype(np.int64), mask=gaps).cast(kind)
    if values.dtype.kind == "O":
        return pa.array(values.tolist(), type=kind)
    return pa.array(values, type=kind, from_pandas=True)


def _from_arrow(column: Any) -> Array:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return np.asarray(column.cast(pa.date32()).to_numpy(zero_copy_only=False), dtype="datetime64[D]")
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or (pa.types.is_integer(kind) and column.null_count):
        return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    if pa.types.is_integer(kind):
        return np.asarray(column.cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)
    if pa.types.is_boolean(kind) and not column.null_count:
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)
    cells = np.empty(len(column), dtype=object)
    cells[:] = column.to_pylist()
    return cells
