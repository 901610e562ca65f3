"""Control totals: what stands in the files that were written must be what was counted while they were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from math import isclose
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np

from scorer.errors import OutputRefused
from scorer.lake.cells import identifier, literal

# sums of many numbers in another order differ in their last digits
_NEARLY, _CENTS = 1e-9, 1e-6


class Totals(NamedTuple):
    """The rows of a table, and the sum of each column that was added up."""

    rows: int
    sums: dict[str, float]


def differences(told: Totals, found: Totals) -> list[str]:
    """Return in words where two totals do not tie.

    >>> differences(Totals(3, {"units": 1.5}), Totals(3, {"units": 1.5}))
    []
    >>> differences(Totals(3, {"units": 1.5}), Totals(2, {"units": 1.0}))
    ['3 rows were counted and 2 stand there', 'units add up to 1.5, and there to 1.0']
    """
    rows = [] if told.rows == found.rows else [f"{told.rows:,} rows were counted and {found.rows:,} stand there"]
    return rows + [
        f"{name} add up to {told.sums[name]!r}, and there to {found.sums.get(name)!r}"
        for name in told.sums
        if not isclose(told.sums[name], found.sums.get(name, np.nan), rel_tol=_NEARLY, abs_tol=_CENTS)
    ]


def must_tie(told: Totals, path: Path) -> None:
    """Read a file that was written and compare. Raises OutputRefused when anything differs."""
    wrong = differences(told, found_in(path, tuple(told.sums)))
    if wrong:
        why = f"its control totals do not tie: {'; '.join(wrong)}"
        raise OutputRefused.because(path, why, "Nothing of this list was kept. Look at the disk, then try again.")


def found_in(path: Path, columns: Iterable[str]) -> Totals:
    """Count the rows of a csv, parquet or xlsx file and add up columns; a cell that is no number adds nothing."""
    if path.suffix.lower() == ".xlsx":
        return _in_sheet(path, tuple(columns))
    names = tuple(columns)
    source = f"read_parquet({literal(str(path))})"
    if path.suffix.lower() == ".csv":
        # every option is given: nothing is to be guessed about a file of our own
        source = f"read_csv({literal(str(path))}, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')"
    sums = "".join(f", sum(TRY_CAST({identifier(name)} AS DOUBLE))" for name in names)
    with closing(duckdb.connect()) as con:
        row = con.execute(f"SELECT count(*){sums} FROM {source}").fetchall()[0]
    return Totals(int(row[0]), {name: value or 0.0 for name, value in zip(names, row[1:], strict=True)})


def rows_of(path: Path) -> int | None:
    """Return how many rows a list has where its form says so by itself: parquet; None for the others."""
    if path.suffix.lower() != ".parquet":
        return None
    with closing(duckdb.connect()) as con:
        return int(con.execute(f"SELECT count(*) FROM read_parquet({literal(str(path))})").fetchall()[0][0])


def added(every: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Add up sums of several lists by name.

    >>> added([{"units": 1.0}, {"units": 2.0}])
    {'units': 3.0}
    """
    total: dict[str, float] = {}
    for sums in every:
        for name, value in sums.items():
            total[name] = total.get(name, 0.0) + value
    return total


def _in_sheet(path: Path, names: tuple[str, ...]) -> Totals:
    from python_calamine import CalamineWorkbook

    header, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    places = {name: header.index(name) for name in names}
    return Totals(len(rows), {name: sum(_number(row[at]) for row in rows) for name, at in places.items()})


def _number(cell: object) -> float:
    return float(cell) if isinstance(cell, float | int) else 0.0
