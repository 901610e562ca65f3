"""The figures as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scorer.benchmarks.measure import Measure

if TYPE_CHECKING:
    from rich.table import Table


def show(measures: Sequence[Measure]) -> Table:
    """Return a table of the figures: each with its yardstick and how many times the yardstick it is."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, title="Benchmarks: times the yardstick, measured in the same run")
    for heading in ("What", "Rows", "Took", "Yardstick", "It took", "Ratio", "Peak memory"):
        table.add_column(heading, justify="left" if heading in {"What", "Yardstick"} else "right")
    for one in measures:
        table.add_row(
            one.name,
            f"{one.rows:,}",
            _time(one.value, one.unit),
            one.yardstick,
            _time(one.yardstick_value, one.unit),
            f"{one.ratio:,.1f} ×",
            "not told" if one.peak_memory_mb != one.peak_memory_mb else f"{one.peak_memory_mb:,.0f} MB",
        )
    return table


def _time(value: float, unit: str) -> str:
    return f"{value:,.3g} {unit}" if value < 100 else f"{value:,.0f} {unit}"
