"""The benchmarks measure what they say, leave nothing behind, and keep their history."""

from __future__ import annotations

import json
import math
import tempfile
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from scorer.benchmarks import Measure, keep, run, show
from scorer.benchmarks.history import FILE, read_history
from scorer.benchmarks.measure import against
from scorer.errors import InputRefused, UsageError

MEASURED = ("score", "memory", "xlsx-write", "xlsx-read", "row", "start", "optimise", "refresh")


def test_every_figure_stands_beside_its_yardstick_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    said: list[str] = []
    measured = run("small", say=said.append, only=MEASURED)
    assert [one.name for one in measured] == [
        "Score in memory",
        "Score parquet to parquet",  # beside the trees alone, and beside the copying alone
        "Score parquet to parquet",
        "Memory of parquet to parquet",
        "Write scored rows as xlsx",
        "Read a list from xlsx",
        "One row, warm, median",
        "One row, warm, 95 of 100 are quicker",
        "Cold start to first answer",  # it would say so if an answer loaded more than it needs
        "Choose, 6 discounts, 10 kinds of rule, gap 0.0e+00",
        "Refresh from parquet",
    ]
    for one in measured:
        assert one.value > 0 < one.yardstick_value, one
        assert one.ratio == pytest.approx(one.value / one.yardstick_value), one
        assert math.isnan(one.peak_memory_mb) or 30 < one.peak_memory_mb < 4_000, one
        assert one.ratio > 1 or not one.name.startswith(("Score", "One row")), one  # an answer takes longer than its trees alone
    assert measured[-1].rows == 14_600  # 2 products in 10 stores over 730 days
    assert said[0] == "Making an example client and training on it"
    assert "Scoring 1,000 rows from parquet to parquet" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("scale", "only", "says"), [("huge", (), "'huge'"), ("small", ("scor",), "Did you mean 'score'?")])
def test_what_cannot_be_measured_is_refused(scale: str, only: tuple[str, ...], says: str) -> None:
    with pytest.raises(UsageError, match=says.replace("?", r"\?")):
        run(scale, only=only)


def _figure(rows: int, memory: float = 100.0) -> Measure:
    return against("Score in memory", rows / 50_000, "raw", rows / 1_000_000, memory, rows)


def test_runs_are_added_to_the_history_and_drawn(tmp_path: Path) -> None:
    folder = tmp_path / "benchmarks"
    written = keep([_figure(1_000), _figure(10_000, math.nan)], folder)
    keep([_figure(1_000)], folder)
    first, second = read_history(folder)
    assert [one["rows"] for one in first["measures"]] == [1_000, 10_000]
    assert first["measures"][1]["peak_memory_mb"] is None
    assert first["measures"][0]["ratio"] == pytest.approx(20)
    assert len(second["measures"]) == 1
    assert written[1].read_bytes().startswith(b"\x89PNG")
    assert json.loads((folder / FILE).read_text(encoding="utf-8")) == [first, second]


def test_a_file_that_is_no_history_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("my notes", encoding="utf-8")
    with pytest.raises(InputRefused, match="Move it away"):
        keep([_figure(10)], tmp_path)
    assert (tmp_path / FILE).read_text(encoding="utf-8") == "my notes"


def test_the_table_names_ratio_and_yardstick() -> None:
    console = Console(width=150, record=True, file=StringIO())
    console.print(show([_figure(1_000), _figure(5_000, math.nan)]))
    shown = console.export_text()
    assert "20.0 ×" in shown
    assert "raw" in shown
    assert "not told" in shown
