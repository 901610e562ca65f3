"""What one call of a worksheet function may load: every package more is time that the first cell of the day waits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from addin.configuration import write_configuration
from addin.session import Configuration
from tests.conftest import Home
from tests.hidden_packages import TRAINING_PACKAGES, without

ROOT = Path(__file__).parents[2]
# What reads settings, looks features up and walks trees, and what these cannot do without.
NEEDED_FOR_MONEY = {
    "annotated-types", "numpy", "promo-planner", "pydantic", "pydantic-core", "typing-extensions", "typing-inspection",
}  # fmt: skip
NEEDED_FOR_A_FORECAST = NEEDED_FOR_MONEY | {"duckdb", "scipy", "xgboost", "xgboost-cpu"}

_FORECAST = """
import json
from addin.answering import answer
from addin.cells import block_of
rows = json.loads(sys.argv[1])
print(json.dumps([answer("PROMO_LIFT", [block_of(rows)]), list(sys.modules)]))
"""
_MONEY = """
import json, sys
from addin.answering import answer
from addin.cells import block_of
print(json.dumps([answer("PROMO_COST", [block_of(cell) for cell in (10.0, 0.2, 5000.0, 0.15)]), list(sys.modules)]))
"""


def test_a_forecast_loads_what_forecasts_and_nothing_else(demo_home: Home, tmp_path: Path) -> None:
    settings = tmp_path / "addin.toml"
    write_configuration(settings, Configuration(workspace=demo_home.workspace.root))
    header, *lines = (line.split(",") for line in demo_home.upcoming.read_text(encoding="utf-8").splitlines())
    usable = demo_home.plan().columns["promotion_id"][0]
    asked = [header, next([cell or None for cell in line] for line in lines if line[0] == usable)]
    (told, (lift,)), loaded = _called(without(TRAINING_PACKAGES, _FORECAST), json.dumps(asked), PROMO_ADDIN_FILE=str(settings))
    assert told == ["lift_expected"]
    assert isinstance(lift, float)
    assert _distributions(loaded) - NEEDED_FOR_A_FORECAST == set()


def test_a_function_of_money_loads_neither_the_database_nor_the_trees(tmp_path: Path) -> None:
    cells, loaded = _called(_MONEY, PROMO_ADDIN_FILE=str(tmp_path / "none.toml"))
    assert cells == [[11500.0]]
    assert _distributions(loaded) - NEEDED_FOR_MONEY == set()


def _called(program: str, *arguments: str, **environment: str) -> tuple[list[list[object]], list[str]]:
    """Answer in a process of its own; returns the cells and the names of all modules that are loaded then."""
    told = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    cells, loaded = json.loads(told.stdout)
    return cells, loaded


def _distributions(loaded: list[str]) -> set[str]:
    """Return which installed packages the modules belong to; the standard library belongs to none."""
    homes = packages_distributions()
    top = {name.split(".")[0] for name in loaded}
    return {home.lower().replace("_", "-") for name in top for home in homes.get(name, ())}
