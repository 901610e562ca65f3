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
ACROSS = 3  # panels of the picture


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
    """Draw seconds over rows: a panel for each kind of work (the first word of a name), its yardsticks dotted.

    What was run at one size only does not grow, and is left out.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    timed = [one for one in measures if one["unit"] == "s"]
    sizes = {name: {one["rows"] for one in timed if one["name"] == name} for name in sorted({str(one["name"]) for one in timed})}
    panels = [(kind, list(names)) for kind, names in groupby((n for n in sizes if len(sizes[n]) > 1), key=_kind)]
    down = max(1, -(-len(panels) // ACROSS))
    figure = Figure(figsize=(4.2 * ACROSS, 3.2 * down), layout="constrained")
    grid = figure.subplots(down, ACROSS, squeeze=False).ravel()
    for axes, (kind, names) in zip(grid, panels, strict=False):
        for name in names:
            _line(axes, [one for one in timed if one["name"] == name])
        axes.set(xscale="log", yscale="log", xlabel="rows", ylabel="seconds", title=kind)
        axes.grid(alpha=0.3)
        axes.margins(y=0.25)  # room for the legend above the beginnings of the lines
        axes.legend(fontsize=7, loc="upper left")
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    figure.suptitle("Time over rows; yardsticks dotted")
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=120, metadata={"Software": ""})
    return drawn.getvalue()


def _kind(name: str) -> str:
    return name.split(maxsplit=1)[0].rstrip(",")


def _line(axes: Any, measures: list[dict[str, Any]]) -> None:
    points = sorted({(one["rows"], one["value"]) for one in measures})
    (line,) = axes.plot(*zip(*points, strict=True), marker="o", label=measures[0]["name"])
    for yardstick in sorted({one["yardstick"] for one in measures}):
        others = sorted((one["rows"], one["yardstick_value"]) for one in measures if one["yardstick"] == yardstick)
        axes.plot(*zip(*others, strict=True), ":", marker=".", color=line.get_color())
