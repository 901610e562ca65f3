"""All benchmarks, one after the other, in a temporary workspace of which nothing is left."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from scorer.benchmarks.measure import Measure, against, in_a_process, started
from scorer.errors import UsageError, listed, nearest
from scorer.saying import Say, quiet

RAW = "booster.inplace_predict, same matrix and threads"
SCAN = "one DuckDB scan of the same file"
ONE_CALL = "one booster.inplace_predict call"
BARE = "python -c 'import xgboost, numpy, duckdb'"
RELAXATION = "HiGHS on the same rules, run in part"
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

    whole: the whole example is made, not a small one. chosen: how many promotions are chosen from.
    """

    plans: tuple[int, ...]
    calls: int
    starts: int
    sales: int
    promotions: int
    whole: bool
    chosen: int
    forms: tuple[str, ...] = ("csv", "parquet")


SCALES = {
    "full": Scale((100_000, 1_000_000), 50, 5, 1_000_000, 20_000, whole=True, chosen=2_000),
    "small": Scale((1_000,), 10, 1, 15_000, 300, whole=False, chosen=40, forms=("parquet",)),
}


Part: TypeAlias = Callable[[str, Scale, Say], Iterator[Measure]]
"""What measures one thing: it is given a workspace with the trained client ``example``, the scale, and whom to tell."""


def run(
    scale: str = "full", say: Say = quiet, only: tuple[str, ...] = (), further: Mapping[str, Part] = MappingProxyType({})
) -> list[Measure]:
    """Measure everything, or what ``only`` names: memory, reasons, files, row, start, optimise, refresh.

    further: parts, by name, of a program that stands on this one. Raises UsageError for a name that is none of them, or an
    unknown scale.
    """
    parts = {**PARTS, **further}
    for name, known in ((scale, tuple(SCALES)), *((part, tuple(parts)) for part in only)):
        if name not in known:
            raise UsageError(f"'{name}' cannot be measured.{nearest(name, known)} There are: {', '.join(known)}.")
    size = SCALES[scale]
    with tempfile.TemporaryDirectory(prefix="promo-benchmarks-") as folder:
        chosen = [part for name, part in parts.items() if not only or name in only]
        if chosen != [_refresh]:
            say("Making an example client and training on it")
            in_a_process("trained", workspace=folder, whole=size.whole)
        return [measure for part in chosen for measure in part(folder, size, say)]


def _memory(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    for rows in size.plans:
        say(f"Scoring {rows:,} rows in memory")
        found = in_a_process("in_memory", workspace=folder, rows=rows, reasons=False)
        yield against("Score in memory", found["seconds"], RAW, found["raw"], found["memory"], rows)


def _reasons(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    for rows in size.plans:
        say(f"Scoring {rows:,} rows with reasons")
        found = in_a_process("in_memory", workspace=folder, rows=rows, reasons=True)
        yield against("Score in memory, with reasons", found["seconds"], RAW, found["raw"], found["memory"], rows)


def _files(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    for rows in size.plans:
        for form in size.forms:
            say(f"Scoring {rows:,} rows from {form} to {form}")
            plan, out = (str(Path(folder) / f"{name}.{form}") for name in ("plan", "scored"))
            in_a_process("listed", workspace=folder, rows=rows, path=plan)
            found = in_a_process("file_to_file", workspace=folder, rows=rows, plan=plan, out=out)
            yield against(f"Score {form} to {form}", found["seconds"], RAW, found["raw"], found["memory"], rows)


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


PARTS: dict[str, Part] = {
    "memory": _memory,
    "reasons": _reasons,
    "files": _files,
    "row": _row,
    "start": _start,
    "optimise": _optimise,
    "refresh": _refresh,
}
