"""The figures of every run, kept in one file, and their growth drawn."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

from scorer.atomic import write_bytes, write_text
from scorer.benchmarks.measure import Measure
from scorer.errors import InputRefused

FILE = "history.json"
PICTURE = "growth.png"


def keep(measures: Sequence[Measure], folder: Path) -> list[Path]:
    """Add a run to ``history.json`` in ``folder`` and draw ``growth.png`` from it; returns what was written.

    Without matplotlib there is no picture. Raises InputRefused when the file there is no such history, OutputRefused
    when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    runs = [*read_history(folder), _entry(measures)]
    write_text(folder / FILE, json.dumps(runs, indent=1) + "\n")
    picture = _growth(runs[-1]["measures"])
    if picture is None:
        return [folder / FILE]
    write_bytes(folder / PICTURE, picture)
    return [folder / FILE, folder / PICTURE]


def read_history(folder: Path) -> list[dict[str, Any]]:
    """Return the runs kept in a folder, oldest first; each has ``at``, ``machine`` and ``measures``."""
    path = folder / FILE
    if not path.exists():
        return []
    try:
        runs = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as why:
        raise InputRefused(f"{path} is no history of benchmarks ({why}). Move it away, and a new one is begun.") from why
    return list(runs)


def _entry(measures: Sequence[Measure]) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "machine": {
            "system": platform.platform(),
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "duckdb")},
        },
        "measures": [_without_gaps(measure) for measure in measures],
    }


def _without_gaps(measure: Measure) -> dict[str, Any]:
    return {name: None if value != value else value for name, value in measure._asdict().items()}  # NaN is no JSON


def _growth(measures: list[dict[str, Any]]) -> bytes | None:
    """Draw seconds over rows, one line per benchmark that was run at several sizes, its yardstick dotted."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    timed = sorted((one for one in measures if one["unit"] == "s" and one["rows"] > 1), key=lambda one: str(one["name"]))
    for name, group in groupby(timed, key=lambda one: str(one["name"])):
        points = sorted(group, key=lambda one: int(one["rows"]))
        rows = [point["rows"] for point in points]
        (line,) = axes.plot(rows, [point["value"] for point in points], marker="o", label=name)
        axes.plot(rows, [point["yardstick_value"] for point in points], ":", marker=".", color=line.get_color())
    axes.set(xscale="log", yscale="log", xlabel="rows", ylabel="seconds", title="Time over rows; yardsticks dotted")
    axes.grid(alpha=0.3)
    if timed:
        axes.legend(fontsize=8)
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=120, metadata={"Software": ""})
    return drawn.getvalue()
