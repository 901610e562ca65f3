"""One figure and its yardstick, and how they are taken: a clock, and a process of its own for what needs a clean memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import scorer

JOBS = "scorer.benchmarks.jobs"
_TELL = """
import json, sys
modules = [name for name in sys.modules if "." not in name]
from scorer.benchmarks.measure import peak_memory_mb
print(json.dumps([peak_memory_mb(), modules]))
"""


class Measure(NamedTuple):
    """A figure, the yardstick it is held against, and how many times the yardstick it is.

    peak_memory_mb: the largest memory of the process that did it (NaN where the system does not tell).
    """

    name: str
    value: float
    unit: str
    yardstick: str
    yardstick_value: float
    ratio: float
    peak_memory_mb: float
    rows: int


class Started(NamedTuple):
    """What a program took that ran in a fresh interpreter: time, its largest memory, and the modules it loaded."""

    seconds: float
    peak_memory_mb: float
    modules: list[str]


def against(
    name: str, value: float, yardstick: str, yardstick_value: float, memory: float, rows: int, unit: str = "s"
) -> Measure:
    """Hold a figure against its yardstick.

    >>> against("scoring", 3.0, "raw prediction", 2.0, 100.0, 10).ratio
    1.5
    """
    return Measure(name, value, unit, yardstick, yardstick_value, value / yardstick_value, memory, rows)


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Return the median time of doing ``work``."""
    return median(each(work, times))


def each(work: Callable[[], object], times: int) -> list[float]:
    """Return how long each of several goes took."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken


def peak_memory_mb() -> float:
    """Return the largest memory this process ever held."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def in_a_process(job: str, /, home: str = JOBS, **arguments: Any) -> dict[str, Any]:
    """Run a function of the module ``home`` in a fresh process and return what it found: plain values in and out.

    Raises CalledProcessError, with what the process said on its error stream, when it fails.
    """
    program = (
        "import json, sys; from importlib import import_module; from scorer.lean import import_lean; import_lean(); "
        "print(json.dumps(getattr(import_module(sys.argv[1]), sys.argv[2])(**json.loads(sys.argv[3]))))"
    )
    found: dict[str, Any] = json.loads(python(program, home, job, json.dumps(arguments)).splitlines()[-1])
    return found


def started(program: str, *arguments: str) -> Started:
    """Return how long a fresh interpreter takes for a program."""
    start = time.perf_counter()
    told = python(program + _TELL, *arguments)
    taken = time.perf_counter() - start
    return Started(taken, *json.loads(told.splitlines()[-1]))


def python(program: str, *arguments: str) -> str:
    """Run a program in a fresh interpreter and return what it printed."""
    root = str(Path(scorer.__file__).parents[1])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    # our own program text and arguments, no shell
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    return done.stdout
