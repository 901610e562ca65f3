"""What is measured of the add-in, by name; ``scorer.benchmarks.run`` runs it beside its own parts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from statistics import median
from types import MappingProxyType
from typing import Any

from scorer.benchmarks import Measure, Part
from scorer.benchmarks.measure import against, in_a_process, started
from scorer.benchmarks.run import BARE, BARE_IMPORTS, Scale
from scorer.errors import HostMissing
from scorer.saying import Say

JOBS = "addin.benchmarks.jobs"
SCORE = "scorer.scoring.score of the same rows"
IN_PYTHON = "the same call in Python"
_FIRST_CELL = """
import json, sys
from pathlib import Path
from addin.answering import answer
from addin.cells import block_of
from addin.configuration import Configuration
from addin.session import begin
begin(Configuration(workspace=Path(sys.argv[1]), client="example"))
told = answer("PROMO_LIFT", [block_of(json.loads(sys.argv[2]))])
assert isinstance(told[1][0], float), told
"""


def _ranges(size: Scale) -> tuple[int, ...]:
    return (1_000, 10_000) if size.whole else (100,)


def first_cell(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    """Measure how long the first cell of the day waits, and what memory a process takes that has answered it."""
    say("Answering a first cell")
    rows = json.dumps(_job("planned", workspace=folder, rows=1)["rows"])
    taken, bare = [], []
    for _ in range(size.starts):
        bare.append(started(BARE_IMPORTS))
        taken.append(started(_FIRST_CELL, folder, rows))
    memory = median(one.peak_memory_mb for one in taken)
    yield against(
        "First cell, cold", median(one.seconds for one in taken), BARE, median(one.seconds for one in bare), memory, 1
    )
    if memory == memory:  # not every system tells
        yield against("Memory with a model", memory, BARE, median(one.peak_memory_mb for one in bare), memory, 1, "MB")


def warm_cells(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    """Measure calls for one promotion and for ranges, each asked for the first time; and once more, when it is remembered."""
    for rows in (1, *_ranges(size)):
        say(f"Answering {rows:,} cells, warm")
        found = _job("answered", workspace=folder, rows=rows, times=size.calls if rows == 1 else max(size.starts, 3))
        unit, per_second = ("ms", 1000) if rows == 1 else ("s", 1)
        asked = (("Cells of a new range", "new"), ("Cells of a range asked before", "again"))
        for name, figure in asked:
            yield against(name, found[figure] * per_second, SCORE, found["score"] * per_second, found["memory"], rows, unit)


def through_libreoffice(folder: str, size: Scale, say: Say) -> Iterator[Measure]:
    """Measure the same calls as array formulas in a real LibreOffice, where there is one; its process is not in the memory."""
    say("Answering cells of LibreOffice")
    try:
        found = _job("in_libreoffice", workspace=folder, ranges=[1, *_ranges(size)], times=3)
    except HostMissing as why:
        say(f"Not measured in LibreOffice: {why}")
        return
    for one in found["ranges"]:
        yield against("Cells in LibreOffice", one["seconds"], IN_PYTHON, one["python"], found["memory"], one["rows"])


def _job(name: str, **arguments: Any) -> dict[str, Any]:
    return in_a_process(name, JOBS, **arguments)


PARTS: Mapping[str, Part] = MappingProxyType({"first": first_cell, "cells": warm_cells, "office": through_libreoffice})
