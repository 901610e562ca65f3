"""Without any network every verb does its work: in a network of its own, which has not even itself to talk to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.tiny import CLIENT
from tests.promo_command import PROMO, ROOT

ALONE = ("unshare", "--net")
# one process for all of them: what they need is imported once
EVERY_VERB = """
import sys
from addin.cli import main
failed = []
for line in sys.stdin.read().splitlines():
    sys.argv = ["promo", *line.split("|")]
    try:
        main()
    except SystemExit as ended:
        if ended.code not in (0, None):
            failed.append((line, ended.code))
print(failed, file=sys.stderr)
sys.exit(bool(failed))
"""
VERBS = (
    ("check",),
    ("refresh",),
    ("train",),
    ("check", "upcoming.csv"),
    ("score", "upcoming.csv", "--out", "scored.xlsx"),
    ("workbook", "upcoming.csv", "--out", "plan.xlsx"),
    ("what-if", "upcoming.csv", "--discounts", "10,20", "--days", "7"),
    ("target", "upcoming.csv", "--roi", "20"),
    ("calendar", "upcoming.csv", "--out", "calendar.csv"),
    ("optimise", "upcoming.csv", "--budget", "9000", "--list-out", "chosen.csv"),
    ("commit", "upcoming.csv", "--status", "committed", "--why", "printed"),
    ("plans", "list"),
    ("post-event", "--out", "after.xlsx"),
    ("models", "list"),
    ("init", "--client", "another"),
    ("addin", "functions"),
)


@pytest.fixture
def alone() -> tuple[str, ...]:
    """What runs a command without a network."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("only Linux gives a process a network of its own")
    tried = subprocess.run([*ALONE, "true"], capture_output=True, check=False)
    if tried.returncode:
        if os.environ.get("CI") == "true" and os.geteuid() == 0:
            pytest.fail(tried.stderr.decode())
        pytest.skip(f"a network of its own is not allowed here: {tried.stderr.decode().strip()}")
    return ALONE


def test_there_is_no_network_in_there(alone: tuple[str, ...]) -> None:
    ask = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"
    said = subprocess.run([*alone, sys.executable, "-c", ask], capture_output=True, check=False).stderr.decode()
    assert "Network is unreachable" in said


def test_every_verb_works_without_a_network(alone: tuple[str, ...], tiny_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    shutil.copytree(tiny_home, folder, ignore=shutil.ignore_patterns("*.lock", "lake", "models"))
    lines = "\n".join("|".join(verb if verb[0] in ("init", "addin") else (*verb, "--client", CLIENT)) for verb in VERBS)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    run = subprocess.run([*alone, sys.executable, "-c", EVERY_VERB], input=lines.encode(), cwd=folder, env=environment, capture_output=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr.decode()[-3000:]
    assert {path.name for path in folder.iterdir()} >= {"scored.xlsx", "plan.xlsx", "calendar.csv", "chosen.csv", "after.xlsx", "log", "lake", "models"}


def test_the_demo_works_without_a_network(alone: tuple[str, ...], tmp_path: Path) -> None:
    """The longest way through the house, from nothing to a workbook."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    run = subprocess.run([*alone, sys.executable, "-c", PROMO, "demo"], cwd=tmp_path, env=environment, capture_output=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr.decode()
    assert (tmp_path / "outputs" / "demo" / "demo" / "plan.xlsx").is_file()
