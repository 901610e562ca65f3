"""The same model served by MLflow, bare trees and whole, in an environment of its own that is made when it is first needed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import numpy as np

from scorer.columns import Array
from scorer.errors import UsageError
from scorer.lake.writing import write_table

_SAVE = """
import sys, xgboost, mlflow.xgboost
booster = xgboost.Booster()
booster.load_model(sys.argv[1])
mlflow.xgboost.save_model(booster, sys.argv[2], pip_requirements=[])
"""
# As whoever serves models by MLflow would write it: rows of a frame in, a frame of answers out.
_WHOLE = """
from pathlib import Path
import mlflow
import pandas
class Whole(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        from scorer import verbs
        from scorer.workspace import Workspace
        self.model, self.client = verbs.load(Workspace(Path(context.artifacts["models"]).parent), "example")
    def predict(self, context, model_input, params=None):
        from scorer.plan import plan_from_cells
        from scorer.scoring import score
        plan = plan_from_cells(list(model_input), model_input.itertuples(index=False, name=None), self.client)
        return pandas.DataFrame(score(plan, self.model, self.client, explain=False).answer).astype({"data_cut": str})
mlflow.models.set_model(Whole())
"""
_SAVE_WHOLE = """
import sys, mlflow.pyfunc
code, model, package, clients, models = sys.argv[1:]
mlflow.pyfunc.save_model(
    model, python_model=code, code_paths=[package], artifacts={"clients": clients, "models": models}, pip_requirements=[]
)
"""


def environment() -> Path:
    """Return the folder of programs of an environment with MLflow and what our core needs; it is kept in the user's cache.

    Raises UsageError where uv is missing or cannot fetch what is needed.
    """
    needed = ["mlflow-skinny>=3", "fastapi", "uvicorn", "pandas", "scikit-learn", *_our_own()]
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "promo-planner"
    home = cache / f"mlflow-{sha256(' '.join(needed).encode()).hexdigest()[:12]}"
    programs = home / ("Scripts" if sys.platform == "win32" else "bin")
    if not (home / "complete").exists():
        uv = shutil.which("uv")
        if uv is None:
            raise UsageError("To measure MLflow an environment of its own is made with uv, which is not installed.")
        shutil.rmtree(home, ignore_errors=True)
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(home)])
        _run([uv, "pip", "install", "--quiet", "--python", str(programs / "python"), *needed])
        (home / "complete").touch()
    return programs


def save(programs: Path, booster: Path, model: Path) -> None:
    """Keep a booster as MLflow keeps models."""
    _run([str(programs / "python"), "-c", _SAVE, str(booster), str(model)])


def save_whole(programs: Path, workspace: Path, model: Path) -> None:
    """Keep the whole model of the client ``example`` as MLflow keeps models, with the code that answers."""
    import scorer

    code = model.with_suffix(".py")
    code.write_text(_WHOLE, encoding="utf-8")
    given = (code, model, Path(scorer.__file__).parent, workspace / "clients", workspace / "models")
    _run([str(programs / "python"), "-c", _SAVE_WHOLE, *map(str, given)])


def predict(programs: Path, model: Path, given: Path, out: Path) -> None:
    """Predict a csv of encoded features with ``mlflow models predict``."""
    asked = ["models", "predict", "--env-manager", "local", "-m", model, "-i", given, "-t", "csv", "-o", out]
    _run([str(programs / "mlflow"), *map(str, asked)], programs)


def write_matrix(path: Path, matrix: Array, names: tuple[str, ...]) -> None:
    write_table(path, {name: matrix[:, at].astype(np.float64) for at, name in enumerate(names)})


def _our_own() -> list[str]:
    """Return what the core of this program needs, in the versions that are installed here."""
    named = (re.match(r"[\w.-]+", need) for need in requires("promo-planner") or () if "extra ==" not in need)
    return [f"{name[0]}=={version(name[0])}" for name in named if name and _installed(name[0])]


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _run(command: list[str], programs: Path | None = None) -> None:
    first = [str(programs)] if programs else []
    path = os.pathsep.join([*first, os.environ.get("PATH", "")])
    # our own program and arguments, no shell
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path}, check=False)  # noqa: S603
    if done.returncode:
        raise UsageError(f"MLflow could not be measured: {(done.stderr or done.stdout).strip()[-400:]}")
