"""All benchmarks, one after the other, in a temporary workspace of which nothing is left."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from scorer.benchmarks import served
from scorer.benchmarks.measure import Measure, against, in_a_process, started
from scorer.benchmarks.refreshing import growing
from scorer.errors import UsageError, listed, nearest
from scorer.saying import Say, quiet

RAW = "booster.inplace_predict, same matrix and threads"
COPY = "one DuckDB copy of the scored file"
SCAN = "one DuckDB scan of the same file"
ONE_CALL = "one booster.inplace_predict call"
BARE = "python -c 'import xgboost, numpy, duckdb'"
MLFLOW = "mlflow models predict, the lift's trees alone"
MLFLOW_WHOLE = "mlflow models predict, the whole model as a Python function"
RELAXATION = "HiGHS on the same rules, run in part"
MOST_SHEET = 100_000
# Measured only when named: they fetch what they need.
ONLY_WHEN_NAMED = ("mlflow",)
NOT_NEEDED = ("pandas", "sklearn", "matplotlib")

BARE_IMPORTS = "import xgboost, numpy, duckdb"
_FIRST_ANSWER = """
import sys
from pathlib import Path
from scorer import verbs
from scorer.plan import plan_from_cells
from scorer.scoring import score
from scorer.workspace import Workspace
model, client = verbs.load(Workspace(Path(sys.argv[1])), "example")
row = ["20%", str(model.data_cut), 7.0, "Snacks"]
plan = plan_from_cells(["discount", "start", "days", "category"], [row], client)
assert len(score(plan, model, client).answer["verdict"]) == 1
"""


class Scale(NamedTuple):
    """How much is measured: rows of plans, one-row calls, cold starts, rows and forms of exports.

    whole: the whole example is made, not a small one. chosen: how many promotions are chosen from. longest: rows of lists
    that only memory is measured with. grown: sales rows and promotions of refreshes of which the growth is measured.
    """

    plans: tuple[int, ...]
    calls: int
    starts: int
    sales: int
    promotions: int
    whole: bool
    chosen: int
    longest: tuple[int, ...] = ()
    forms: tuple[str, ...] = ("csv", "parquet")
    grown: tuple[tuple[int, int], ...] = ()


# Ten times the sales with ten times the promotions.
_GROWN = ((1_000_000, 2_000), (10_000_000, 20_000), (100_000_000, 200_000))
_FULL = Scale((10_000, 100_000, 1_000_000), 50, 5, 1_000_000, 20_000, whole=True, chosen=2_000, grown=_GROWN[:2])
SCALES = {
    "largest": _FULL._replace(grown=_GROWN),
    "full": _FULL,
    "small": Scale((1_000,), 10, 1, 15_000, 300, whole=False, chosen=40, forms=("parquet",)),
}


Part: TypeAlias = Callable[[str, Scale, Say], Iterator[Measure]]
"""What measures one thing: it is given a workspace with the trained client ``example``, the scale, and whom to tell."""


def run(
    scale: str = "full", say: Say = quiet, only: tuple[str, ...] = (), further: Mapping[str, Part] = MappingProxyType({})
) -> list[Measure]:
    """Measure everything but MLflow, or what ``only`` names: parts of ``PARTS`` and of ``further``.

    further: parts, by name, of a program that stands on this one. Raises UsageError for a name that is none of them, or an
    unknown scale.
    """
    parts = {**PARTS, **further}
    for name, known in ((scale, tuple(SCALES)), *((part, tuple(parts)) for part in only)):
        if name not in known:
            raise UsageError(f"'{name}' cannot be measured.{nearest(name, known)} There are: {', '.join(known)}.")
    size = SCALES[scale]
    with tempfile.TemporaryDirectory(prefix="promo-benchmarks-") as folder:
        chosen = [part for name, part in parts.items() if name in only or not (only or name in ONLY_WHEN_NAMED)]
        if chosen != [_refresh]:
            say("Making an example client and training on it")
            in_a_process("trained", workspace=folder, whole=size.whole)
        return [measure for part in chosen for measure in part(folder, size, say)]


def _reasons(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    for rows in size.plans:
        say(f"Scoring {rows:,} rows with reasons")
        found = in_a_process("in_memory", workspace=folder, rows=rows, reasons=True)
        yield against("Score in memory, with reasons", found["seconds"], RAW, found["raw"], found["memory"], rows)


def _score(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    for rows in size.plans:
        say(f"Scoring {rows:,} rows in memory")
        found = in_a_process("in_memory", workspace=folder, rows=rows, reasons=False)
        yield against("Score in memory", found["seconds"], RAW, found["raw"], found["memory"], rows)
    for form in size.forms:
        for rows in size.plans:
            say(f"Scoring {rows:,} rows from {form} to {form}")
            plan, out = (str(Path(folder) / f"{name}.{form}") for name in ("plan", "scored"))
            in_a_process("listed", workspace=folder, rows=rows, path=plan)
            found = in_a_process("file_to_file", workspace=folder, rows=rows, plan=plan, out=out)
            for yardstick, other in ((RAW, found["raw"]), (COPY, found["copied"])):
                yield against(f"Score {form} to {form}", found["seconds"], yardstick, other, found["memory"], rows)


def _memory(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    """Measure the largest memory by length of list; the yardstick is that of the shortest list."""
    first = float("nan")
    for rows in (*size.plans, *size.longest):
        say(f"Scoring {rows:,} rows and looking at the memory")
        plan, out = (str(Path(folder) / f"{name}.parquet") for name in ("plan", "scored"))
        in_a_process("listed", workspace=folder, rows=rows, path=plan)
        memory = in_a_process("remembered", workspace=folder, plan=plan, out=out)["memory"]
        first = memory if first != first else first
        if memory == memory:  # not every system tells
            shortest = f"the same of {size.plans[0]:,} rows"
            yield against("Memory of parquet to parquet", memory, shortest, first, memory, rows, "MB")


def _xlsx_write(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    yield from _sheet("written", "Write scored rows as xlsx", folder, size, say)


def _xlsx_read(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    yield from _sheet("read", "Read a list from xlsx", folder, size, say)


def _sheet(job: str, name: str, folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    for rows in (rows for rows in size.plans if rows <= MOST_SHEET):
        say(f"{name}: {rows:,} rows")
        found = in_a_process(job, "scorer.benchmarks.spreadsheets", workspace=folder, rows=rows)
        yield against(name, found["seconds"], found["yardstick"], found["other"], found["memory"], rows)


def _mlflow(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    """Measure a csv to a csv, start of the process included, beside the bare trees and the whole model as MLflow serves them."""
    say("Making an environment for MLflow, if there is none yet")
    programs = served.environment()
    home = Path(folder)
    trees, whole, booster, matrix, plan = (home / name for name in ("trees", "whole", "lift.ubj", "matrix.csv", "plan.csv"))
    for rows in size.plans:
        say(f"Scoring {rows:,} rows from csv to csv, and predicting them with MLflow")
        in_a_process("matrix_written", workspace=folder, rows=rows, path=str(matrix), booster=str(booster))
        in_a_process("listed", workspace=folder, rows=rows, path=str(plan))
        if not trees.exists():
            served.save(programs, booster, trees)
            served.save_whole(programs, home, whole)
        start = time.perf_counter()
        found = in_a_process("remembered", workspace=folder, plan=str(plan), out=str(home / "scored.csv"))
        ours = time.perf_counter() - start
        for yardstick, model, given in ((MLFLOW, trees, matrix), (MLFLOW_WHOLE, whole, plan)):
            start = time.perf_counter()
            served.predict(programs, model, given, home / "predicted.json")
            theirs = time.perf_counter() - start
            yield against("Score csv to csv, from a cold start", ours, yardstick, theirs, found["memory"], rows)


def _row(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    say("Scoring one row at a time")
    found = in_a_process("one_row", workspace=folder, times=size.calls)
    for name, figure in (("median", "median"), ("95 of 100 are quicker", "p95")):
        yield against(f"One row, warm, {name}", found[figure] * 1000, ONE_CALL, found["raw"] * 1000, found["memory"], 1, "ms")


def _start(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    say("Starting cold")
    taken, bare = [], []
    for _ in range(size.starts):
        bare.append(started(BARE_IMPORTS))
        taken.append(started(_FIRST_ANSWER, folder))
    first, brought = taken[-1], bare[-1].modules
    ours = [name for name in NOT_NEEDED if name in first.modules and name not in brought]
    theirs = [name for name in NOT_NEEDED if name in brought]
    say(f"Of {listed(NOT_NEEDED)} the first answer loads {listed(ours) or 'none'}, and XGBoost {listed(theirs) or 'none'}")
    name = f"Cold start to first answer{f' (loads {listed(ours)})' if ours else ''}"
    yield against(
        name, median(one.seconds for one in taken), BARE, median(one.seconds for one in bare), first.peak_memory_mb, 1
    )


def _optimise(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    say(f"Choosing among {size.chosen:,} promotions under rules of ten kinds")
    found = in_a_process("optimised", workspace=folder, rows=size.chosen)
    name = f"Choose, 6 discounts, 10 kinds of rule, gap {found['gap']:.1e}"
    yield against(name, found["seconds"], RELAXATION, found["relaxation"], found["memory"], size.chosen)


def _refresh(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    for form in size.forms:
        say(f"Refreshing from {size.sales:,} sales rows and {size.promotions:,} promotions in {form}")
        made = in_a_process(
            "exported", workspace=folder, client=form, ending=f".{form}", sales=size.sales, promotions=size.promotions
        )
        found = in_a_process("refreshed", workspace=folder, client=form, file=made["file"])
        yield against(f"Refresh from {form}", found["seconds"], SCAN, found["scan"], found["memory"], found["rows"])
    yield from growing(folder, size.grown, say)


PARTS: dict[str, Part] = {
    "score": _score,
    "reasons": _reasons,
    "memory": _memory,
    "xlsx-write": _xlsx_write,
    "xlsx-read": _xlsx_read,
    "mlflow": _mlflow,
    "row": _row,
    "start": _start,
    "optimise": _optimise,
    "refresh": _refresh,
}
