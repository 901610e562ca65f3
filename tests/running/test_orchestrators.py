"""The recipes for Airflow and Dagster load and run under the real packages, in an environment of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from scorer.recipes.render import Facts, command, recipe
from tests.running.conftest import CLIENT, Night

# They bring two hundred packages of their own; none of them belongs beside ours.
PACKAGES = ("apache-airflow==3.3.2", "dagster==1.13.29")
PATIENCE = 300

# No database and no server: the file is parsed as the DAG processor does, and its task is carried out.
AIRFLOW = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
(dag,) = bag.dags.values()
(task,) = dag.tasks
last = task.execute({})
print("\\n" + json.dumps({"errors": bag.import_errors, "dag": dag.dag_id, "last": last, "skip": task.skip_on_exit_code}))
"""
DAGSTER = """
import importlib.util, json, sys
import dagster
found = importlib.util.spec_from_file_location("definitions", sys.argv[1])
module = importlib.util.module_from_spec(found)
found.loader.exec_module(module)
dagster.Definitions.validate_loadable(module.defs)
done = dagster.materialize([module.promo_run], raise_on_error=False)
(made,) = done.get_asset_materialization_events() or [None]
told = {name: value.value for name, value in made.materialization.metadata.items()} if made else {}
print("\\n" + json.dumps({"success": done.success, "told": told, "schedule": module.every_night.cron_schedule}))
"""


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python of an environment with both, kept for the next time; made in half a minute."""
    uv = shutil.which("uv")
    if uv is None:
        assert not os.environ.get("CI"), "uv must be there"
        pytest.skip("uv is not installed")
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "promo-planner"
    home = kept / f"orchestrators-{sha256(repr(PACKAGES).encode()).hexdigest()[:12]}"
    if not (home / "whole").exists():
        subprocess.run([uv, "venv", "-q", "--clear", "--python", "3.11", str(home)], check=True, timeout=PATIENCE)
        into = ["--python", str(home / "bin" / "python")]
        subprocess.run([uv, "pip", "install", "-q", *into, *PACKAGES], check=True, timeout=PATIENCE)
        (home / "whole").touch()
    return home / "bin" / "python"


def carried_out(python: Path, script: str, argument: Path, home: Path) -> dict:
    """Run a script in that environment and return the JSON of its last line."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AIRFLOW", "DAGSTER"))},
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "DAGSTER_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
    }
    done = subprocess.run(
        [str(python), "-W", "ignore", "-c", script, str(argument)], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def written(night: Night, name: str, file: str) -> Path:
    path = night.root / "schedulers" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(recipe(name, Facts(command(), str(night.root), CLIENT, "0.3.0")), encoding="utf-8")
    return path


def test_airflow_loads_the_dag_and_its_task_scores_the_list(python: Path, night: Night):
    night.drop("a.csv")
    told = carried_out(python, AIRFLOW, written(night, "airflow", "promo_run.py"), night.root)
    assert told == {"errors": {}, "dag": f"promo_run_{CLIENT}", "last": "}", "skip": [6]}
    assert len(list(night.outputs.glob("*/a/scores.csv"))) == 1


def test_dagster_loads_the_definitions_and_the_asset_scores_the_list(python: Path, night: Night):
    night.drop("a.csv")
    told = carried_out(python, DAGSTER, written(night, "dagster", "definitions.py"), night.root)
    assert (told["success"], told["schedule"]) == (True, "15 2 * * *")
    assert told["told"]["scored"] == ["a.csv"]
    assert told["told"]["run"] == next(night.outputs.glob("*/a")).parent.name


def test_dagster_fails_when_a_list_was_refused(python: Path, night: Night):
    night.write("b.csv", "nothing,to,see\n1,2,3\n")
    told = carried_out(python, DAGSTER, written(night, "dagster", "definitions.py"), night.root)
    assert not told["success"]
