"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scorer import atomic
from scorer.errors import OutputRefused


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new" / "scores.csv"
    atomic.write_text(path, "a;b\r\nä;1\n")
    assert path.read_bytes() == "a;b\r\nä;1\n".encode()
    atomic.write_bytes(path, b"second")
    assert path.read_bytes() == b"second"
    assert _names(path.parent) == ["scores.csv"]


def test_a_refused_write_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "taken" / "inside").mkdir(parents=True)
    with pytest.raises(OutputRefused, match="taken was not written"):
        atomic.write_bytes(tmp_path / "taken", b"x")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputRefused):
        atomic.write_bytes(tmp_path / "file" / "below", b"x")
    assert _names(tmp_path) == ["file", "taken"]


def test_a_folder_appears_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "run"
    with atomic.folder(target) as building:
        (building / "deep").mkdir()
        (building / "deep" / "a.txt").write_text("a")
        assert not target.exists()
        assert atomic.is_temporary(building.name)
    assert _names(tmp_path) == ["run"]
    assert (target / "deep" / "a.txt").read_text() == "a"


def test_a_folder_that_failed_never_appears(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), atomic.folder(tmp_path / "run") as building:
        (building / "a.txt").write_text("a")
        raise ZeroDivisionError
    assert _names(tmp_path) == []


def test_an_error_of_the_block_keeps_its_own_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic.folder(tmp_path / "run"):
        (tmp_path / "absent").read_text()


@pytest.mark.parametrize("filled", [True, False])
def test_a_folder_that_is_there_is_not_replaced(tmp_path: Path, filled: bool) -> None:
    target = tmp_path / "run"
    target.mkdir()
    if filled:
        (target / "old").write_text("old")
    with pytest.raises(OutputRefused, match="already there"), atomic.folder(target) as building:
        (building / "new").write_text("new")
    assert _names(target) == (["old"] if filled else [])
    assert _names(tmp_path) == ["run"]


_KILLED = """
import os, pathlib, sys
from scorer import atomic
with atomic.folder(pathlib.Path(sys.argv[1], "run")) as building:
    (building / "half").write_text("half")
    os._exit(9)
"""


def test_what_a_killed_writer_left_goes_with_the_next_write(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)
    assert len(_names(tmp_path)) == 1
    assert atomic.is_temporary(_names(tmp_path)[0])
    atomic.write_bytes(tmp_path / "next", b"x")
    assert _names(tmp_path) == ["next"]


def test_a_writer_at_work_keeps_its_folder(tmp_path: Path) -> None:
    with atomic.folder(tmp_path / "slow") as building:
        (building / "a").write_text("a")
        atomic.write_bytes(tmp_path / "quick", b"x")
        assert atomic.sweep(tmp_path) == []
    assert _names(tmp_path) == ["quick", "slow"]


def test_leftovers_of_another_machine_go_after_a_day(tmp_path: Path) -> None:
    foreign = tmp_path / ".partial-00000000-1-00000000-00000000"
    foreign.mkdir()
    assert atomic.sweep(tmp_path) == []
    old = time.time() - 25 * 3600
    os.utime(foreign, (old, old))
    assert atomic.sweep(tmp_path) == [foreign.name]


def test_only_our_own_names_are_cleared(tmp_path: Path) -> None:
    for name in (".partial-notes.txt", "partial", ".hidden"):
        (tmp_path / name).write_text("keep")
        os.utime(tmp_path / name, (0, 0))
    assert atomic.sweep(tmp_path) == []
