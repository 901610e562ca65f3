"""A table in memory: named numpy arrays of equal length, and its way into and out of DuckDB.

Text is an object array with None where nothing stands, numbers are float64 with NaN, dates are
``datetime64[D]`` with NaT, yes/no is bool, counts may be int64. Nothing here needs pandas or pyarrow.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import duckdb

Array: TypeAlias = npt.NDArray[Any]
Columns: TypeAlias = dict[str, Array]
Floats: TypeAlias = npt.NDArray[np.float64]

# Dates move by days with a unit: adding bare numbers to them is on its way out of numpy.
DAY = np.timedelta64(1, "D")
NO_DAY = np.datetime64("NaT", "D")


def length(table: Mapping[str, Array]) -> int:
    """Return the number of rows.

    >>> length({"a": np.array([1.0, 2.0])})
    2
    """
    return len(next(iter(table.values()))) if table else 0


def text(values: Iterable[Any]) -> Array:
    """Make a text column; None, empty strings and NaN become None.

    >>> text(["a", "", None]).tolist()
    ['a', None, None]
    """
    cells = [None if v is None or v != v or v == "" else str(v) for v in values]
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column


def take(table: Mapping[str, Array], rows: Array) -> Columns:
    """Return the rows at these positions, or where a mask is true, as a new table."""
    return {name: column[rows] for name, column in table.items()}


class _Positions(dict[Any, int]):
    """The position of each value in the order values are first asked for."""

    def __missing__(self, value: Any) -> int:
        self[value] = position = len(self)
        return position


def distinct(values: Array) -> tuple[list[Any], Array]:
    """Return the distinct cells in the order they first stand there, and each row's position among them.

    >>> distinct(np.array(["b", None, "b"], dtype=object))
    (['b', None], array([0, 1, 0]))
    """
    positions = _Positions()
    # looked up by the interpreter's own loop: a comprehension would take several times as long
    found = np.fromiter(map(positions.__getitem__, values.tolist()), dtype=np.int64, count=len(values))
    return list(positions), found


def is_empty(values: Array) -> bool:
    """Tell whether nothing stands in a column.

    >>> is_empty(np.array([None, None])), is_empty(np.array([np.nan, 0.0]))
    (True, False)
    """
    if values.dtype.kind == "f":
        return bool(np.isnan(values).all())
    if values.dtype.kind == "M":
        return bool(np.isnat(values).all())
    return values.dtype.kind == "O" and values.tolist().count(None) == len(values)


def stack(tables: Iterable[Mapping[str, Array]]) -> Columns:
    """Put tables with the same columns under one another."""
    every = list(tables)
    return {name: np.concatenate([t[name] for t in every]) for name in every[0]}


def register(con: duckdb.DuckDBPyConnection, name: str, table: Mapping[str, Array]) -> None:
    """Make ``table`` readable in SQL as ``name``; dates arrive as DATE, text as VARCHAR.

    The arrays are read when a query runs, so keep them alive and unchanged until then.
    """
    take_text_as_text(con)
    raw = f"{name}__arrays"
    con.register(raw, {column: _for_duckdb(values) for column, values in table.items()})
    typed = ", ".join(f'CAST({_cell(c, v)} AS {_sql_type(v)}) AS "{c}"' for c, v in table.items())
    con.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT {typed} FROM "{raw}"')


def forget(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Let go of a table that was registered: a connection holds on to its arrays."""
    con.execute(f'DROP VIEW "{name}"')
    con.unregister(f"{name}__arrays")


def take_text_as_text(con: duckdb.DuckDBPyConnection) -> None:
    """Let a connection read columns of objects as the text they are.

    DuckDB would look through the first thousand cells of each for their type: it stumbles over a column of mostly gaps, and
    where pandas is not installed it takes half a second.
    """
    con.execute("SET pandas_analyze_sample = 0")
    _answer_for_pandas()


@cache
def _answer_for_pandas() -> None:
    """Where pandas is not installed, let the question for it be answered without searching the disk.

    DuckDB asks for pandas at every text cell it reads from numpy; a hundred thousand searches take seconds.
    """
    if find_spec("pandas") is None:
        sys.meta_path.insert(0, _NoPandas())


class _NoPandas:
    """An import finder that knows one thing: there is no pandas here."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name="pandas")


def fetch(con: duckdb.DuckDBPyConnection, sql: str, parameters: object = None) -> Columns:
    """Run a query and return its rows as columns."""
    found = con.execute(sql, parameters).fetchnumpy()
    return {name: _from_duckdb(values) for name, values in found.items()}


def records(table: Mapping[str, Array]) -> list[dict[str, Any]]:
    """Return the rows as dictionaries of Python values; missing becomes None.

    >>> records({"a": np.array([1.0, np.nan])})
    [{'a': 1.0}, {'a': None}]
    """
    lists = {name: as_python(values) for name, values in table.items()}
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def as_python(values: Array) -> list[Any]:
    """Return a column as a list of Python values; NaN and NaT become None."""
    cells: list[Any] = values.tolist()
    if values.dtype.kind == "f":
        return [None if v != v else v for v in cells]
    return cells


def _for_duckdb(values: Array) -> Array:
    # DuckDB reads datetime64 in seconds but not in days, and stumbles over object columns that begin with None
    if values.dtype.kind == "M":
        return values.astype("datetime64[s]")
    if values.dtype.kind == "O":
        return np.where(values == None, "", values)  # compares cell by cell
    return values


def _cell(name: str, values: Array) -> str:
    return f"""NULLIF("{name}", '')""" if values.dtype.kind == "O" else f'"{name}"'


def _sql_type(values: Array) -> str:
    return {"M": "DATE", "f": "DOUBLE", "i": "BIGINT", "u": "BIGINT", "b": "BOOLEAN"}.get(values.dtype.kind, "VARCHAR")


def _from_duckdb(values: Any) -> Array:
    plain, mask = np.ma.getdata(values), np.ma.getmask(values)
    gaps = mask if mask is not np.ma.nomask and mask.any() else None  # what came is ours: it is filled in place
    kind = plain.dtype.kind
    if kind == "M":
        return _filled(plain.astype("datetime64[D]"), gaps, NO_DAY)
    if kind == "f":
        return _filled(plain.astype(np.float64, copy=False), gaps, np.nan)
    if kind in "iu":
        return plain.astype(np.int64, copy=False) if gaps is None else _filled(plain.astype(np.float64), gaps, np.nan)
    if kind == "b" and gaps is None:
        return plain
    return _filled(plain.astype(object, copy=False), gaps, None)


def _filled(column: Array, gaps: Array | None, cell: object) -> Array:
    if gaps is not None:
        column[gaps] = cell
    return column
