"""The core install answers without the training packages, and as fast as with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scorer import verbs
from tests.conftest import Home
from tests.hidden_packages import TRAINING_PACKAGES, without

_SCRIPT = """
from pathlib import Path
from scorer import verbs
from scorer.workspace import Workspace
workspace, plan, out, book = (Path(argument) for argument in sys.argv[1:])
done = verbs.score(Workspace(workspace), plan, out)
verbs.workbook(Workspace(workspace), plan, book)
print(done.scored, sorted(set(sys.modules) & set(absent)))
"""


def test_scores_and_fills_without_the_training_packages(demo_home: Home, tmp_path: Path) -> None:
    plan = _usable_rows(demo_home, tmp_path / "upcoming.csv")
    here, there = tmp_path / "with.csv", tmp_path / "without.csv"
    verbs.score(demo_home.workspace, plan, here)
    script = without(TRAINING_PACKAGES, _SCRIPT)
    arguments = [str(demo_home.workspace.root), str(plan), str(there), str(tmp_path / "plan.xlsx")]
    told = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=300, check=False)
    assert told.returncode == 0, told.stderr
    assert told.stdout.split(maxsplit=1)[1].strip() == "[]"
    assert here.read_bytes() == there.read_bytes()
    assert (tmp_path / "plan.xlsx").stat().st_size > 10_000


def _usable_rows(home: Home, path: Path) -> Path:
    usable = set(home.plan().columns["promotion_id"])
    header, *lines = home.upcoming.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *(line for line in lines if line.split(",")[0] in usable)]), encoding="utf-8")
    return path
