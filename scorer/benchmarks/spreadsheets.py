"""Scored rows into a sheet and out of it, beside the fastest libraries that are installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scorer import verbs
from scorer.benchmarks.material import plans
from scorer.benchmarks.measure import peak_memory_mb, seconds
from scorer.columns import Array, Columns, as_python, stack
from scorer.lake.writing import write_table
from scorer.lake.writing_scored import KINDS
from scorer.plan import read_plan
from scorer.scoring import score
from scorer.workspace import Workspace

Found = dict[str, Any]
Writer = Callable[[Path, Columns], object]


def written(workspace: str, rows: int) -> Found:
    """Write scored rows as xlsx; the yardstick is the quickest writer of the same cells, its rows made beforehand."""
    scored = _scored(workspace, rows)
    with TemporaryDirectory(prefix="promo-sheets-") as folder:
        ours = seconds(lambda: write_table(Path(folder) / "ours.xlsx", scored, KINDS), 3)
        memory = peak_memory_mb()
        others = {name: write(Path(folder) / "other.xlsx", scored) for name, write in _writers().items()}
    best = min(others, key=lambda name: others[name])
    return {"seconds": ours, "memory": memory, "yardstick": best, "other": others[best]}


def read(workspace: str, rows: int) -> Found:
    """Read a plan from a sheet into columns; the yardstick is the quickest reader of its cells."""
    import python_calamine

    model, client = verbs.load(Workspace(Path(workspace)), "example")
    plan = stack([piece.given for piece in plans(model, rows)])
    with TemporaryDirectory(prefix="promo-sheets-") as folder:
        path = Path(folder) / "plan.xlsx"
        write_table(path, plan, KINDS)
        ours = seconds(lambda: read_plan(path, client), 3)
        memory = peak_memory_mb()
        other = seconds(lambda: python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python(), 3)
    return {"seconds": ours, "memory": memory, "yardstick": "python-calamine, cells only", "other": other}


def _scored(workspace: str, rows: int) -> Columns:
    model, client = verbs.load(Workspace(Path(workspace)), "example")
    parts = [score(piece, model, client, explain=False) for piece in plans(model, rows)]
    return {**stack([part.given for part in parts]), **stack([part.answer for part in parts])}


def _writers() -> dict[str, Callable[[Path, Columns], float]]:
    """Return the writers that are installed; each gives back how long it took, the making of its rows left out."""
    found: dict[str, Callable[[Path, Columns], float]] = {"XlsxWriter, constant memory": _xlsxwriter}
    try:
        import rustpy_xlsxwriter  # noqa: F401
    except ImportError:
        return found
    return {**found, "rustpy-xlsxwriter": _rustpy}


def _rustpy(path: Path, columns: Columns) -> float:
    import rustpy_xlsxwriter

    records = [dict(zip(columns, row, strict=True)) for row in _cells(columns)]
    return seconds(
        lambda: rustpy_xlsxwriter.write_worksheet(records, str(path), sheet_name="Table", datetime_format="yyyy-mm-dd"), 3
    )


def _xlsxwriter(path: Path, columns: Columns) -> float:
    import xlsxwriter

    rows, kinds = _cells(columns), [values.dtype.kind for values in columns.values()]

    def write() -> None:
        with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
            sheet, day = book.add_worksheet("Table"), book.add_format({"num_format": "yyyy-mm-dd"})
            put = [{"O": sheet.write_string, "b": sheet.write_boolean}.get(kind, sheet.write_number) for kind in kinds]
            for line, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if cell is not None and kinds[place] == "M":
                        sheet.write_datetime(line, place, cell, day)
                    elif cell is not None:
                        put[place](line, place, cell)

    return seconds(write)


def _cells(columns: Columns) -> list[tuple[Any, ...]]:
    return list(zip(*map(_listed, columns.values()), strict=True))


def _listed(values: Array) -> list[Any]:
    return as_python(values)
