"""The benchmarks of the add-in measure what they say, and ``promo benchmarks`` has them beside those of the scorer."""

from __future__ import annotations

import json
import math
import os
import tempfile
from pathlib import Path

import pytest

from addin.benchmarks import PARTS
from addin.hosts.libreoffice import uno_bridge
from scorer.benchmarks import Measure, run
from scorer.benchmarks.run import PARTS as OF_THE_SCORER
from scorer.errors import HostMissing
from tests.promo_command import promo


def test_every_figure_stands_beside_its_yardstick_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    measured = run("small", only=("first", "cells"), further=PARTS)
    assert [(one.name, one.rows, one.unit) for one in measured if one.unit != "MB"] == [
        ("First cell, cold", 1, "s"),
        ("Cells of a new range", 1, "ms"),
        ("Cells of a range asked before", 1, "ms"),
        ("Cells of a new range", 100, "s"),
        ("Cells of a range asked before", 100, "s"),
    ]
    for one in measured:
        _is_sound(one)
    assert not list(tmp_path.iterdir())


def test_the_same_calls_go_through_a_real_libreoffice() -> None:
    _needs_libreoffice()
    said: list[str] = []
    measured = run("small", say=said.append, only=("office",), further=PARTS)
    assert [(one.name, one.rows) for one in measured] == [("Cells in LibreOffice", 1), ("Cells in LibreOffice", 100)], said
    for one in measured:
        _is_sound(one)


def test_the_command_has_them_beside_those_of_the_scorer(tmp_path: Path) -> None:
    assert not PARTS.keys() & OF_THE_SCORER.keys()
    refused = promo(tmp_path, "benchmarks", "--only", "nothing")
    assert all(name in refused.err for name in (*PARTS, *OF_THE_SCORER))
    told = promo(tmp_path, "benchmarks", "--scale", "small", "--only", "first", "--json")
    assert told.code == 0, told.err
    assert "First cell, cold" in told.out
    kept = json.loads((tmp_path / "benchmarks" / "history.json").read_text(encoding="utf-8"))
    assert "First cell, cold" in {one["name"] for one in kept[0]["measures"]}


def _is_sound(one: Measure) -> None:
    assert one.value > 0 < one.yardstick_value, one
    assert one.ratio == pytest.approx(one.value / one.yardstick_value), one
    assert math.isnan(one.peak_memory_mb) or 30 < one.peak_memory_mb < 4_000, one


def _needs_libreoffice() -> None:
    try:
        uno_bridge.load()
    except HostMissing as why:
        if os.environ.get("CI") == "true":
            pytest.fail(str(why))
        pytest.skip(str(why))
