"""Where there is no room, a verb says so in words and leaves what was there: no half file, nothing lost."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scorer.atomic import is_temporary
from tests.promo_command import PROMO, ROOT

SIZE = 64 << 20  # of the disk, which the workspace fills a part of and a filler nearly all the rest
EXIT_REFUSED = 3

WRITING = {
    "refresh": ("refresh", "--full"),
    "train": ("train",),
    "score csv": ("score", "upcoming.csv", "--out", "out.csv"),
    "score parquet": ("score", "upcoming.csv", "--out", "out.parquet"),
    "score xlsx": ("score", "upcoming.csv", "--out", "out.xlsx"),
    "workbook": ("workbook", "upcoming.csv", "--out", "out.xlsx"),
    "fill": ("workbook", "upcoming.csv", "--into", "own.xlsx", "--overwrite"),
    "calendar": ("calendar", "upcoming.csv", "--out", "out.csv"),
    "optimise": ("optimise", "upcoming.csv", "--out", "out.csv", "--list-out", "list.csv"),
    "commit": ("commit", "upcoming.csv"),
}


def ended(folder: Path, arguments: tuple[str, ...], most_bytes: int | None = None) -> tuple[int, str]:
    """Run ``promo``, with no file allowed to be longer than ``most_bytes``."""

    def limited() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", PROMO, *arguments]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=300, check=False, preexec_fn=limited)
    return run.returncode, run.stderr.decode()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock" and path.name != "filler"}


def with_old_outputs(home: Path, target: Path) -> Path:
    """Copy the workspace, and let something lie under every name that will be written."""
    import xlsxwriter

    shutil.copytree(home, target, ignore=shutil.ignore_patterns("*.lock"), dirs_exist_ok=True)
    for name in ("out.csv", "out.parquet", "out.xlsx", "list.csv"):
        (target / name).write_text("what was there before")
    book = xlsxwriter.Workbook(str(target / "own.xlsx"))
    sheet = book.add_worksheet("Plan")
    sheet.write_row(0, 0, ["promotion_id", "verdict", "lift_expected"])
    for at in range(1, 60):
        sheet.write(at, 0, f"U{at:04d}")
    book.close()
    return target


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, in memory, with little room."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], capture_output=True, check=False)
    if done.returncode:
        if os.environ.get("CI") == "true" and os.geteuid() == 0:
            pytest.fail(f"a file system in memory cannot be mounted: {done.stderr.decode()}")
        pytest.skip(f"a file system in memory cannot be mounted here: {done.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=False)


def fill_up(place: Path, left: int) -> None:
    """Take all room but some bytes."""
    free = shutil.disk_usage(place).free
    (place / "filler").write_bytes(b"\0" * max(free - left, 0))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux mounts a file system in memory")
@pytest.mark.parametrize("verb", WRITING)
@pytest.mark.parametrize("left", [0, 16_384], ids=["nothing left", "16 KB left"])
def test_a_full_disk(tiny_home: Path, small_disk: Path, verb: str, left: int) -> None:
    folder = with_old_outputs(tiny_home, small_disk / "w")
    before = contents(folder)
    fill_up(small_disk, left)
    code, said = ended(folder, WRITING[verb])
    after = contents(folder)
    if code == 0:  # what little was left was enough
        assert left
        return
    assert code == EXIT_REFUSED, said
    assert "This is a bug" not in said
    assert any(words in said for words in ("space", "room", "full")), said
    assert {name: after.get(name) for name in before} == before, "what was there is there, unchanged"
    assert {name for name in after if name not in before} <= {"log/tiny.db"}, "and nothing else"
    assert not [path for path in folder.rglob("*") if is_temporary(path.name)]


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system limits no file sizes")
@pytest.mark.parametrize("verb", WRITING)
def test_a_file_that_may_not_grow(tiny_home: Path, tmp_path: Path, verb: str) -> None:
    folder = with_old_outputs(tiny_home, tmp_path / "w")
    before = contents(folder)
    code, said = ended(folder, WRITING[verb], most_bytes=1024)
    after = contents(folder)
    assert code == EXIT_REFUSED, said
    assert "This is a bug" not in said
    assert {name: after.get(name) for name in before} == before
    assert {name for name in after if name not in before} <= {"log/tiny.db"}
