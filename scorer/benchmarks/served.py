"""The same trees served by MLflow, in an environment of their own that is made when it is first needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
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


def environment() -> Path:
    """Return the folder of programs of an environment with MLflow and our version of XGBoost; it is kept in the user's cache.

    Raises UsageError where uv is missing or cannot fetch what is needed.
    """
    boosters = next(name for name in ("xgboost-cpu", "xgboost") if _installed(name))
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "promo-planner"
    home = cache / f"mlflow-{boosters}-{version(boosters)}"
    programs = home / ("Scripts" if sys.platform == "win32" else "bin")
    if not (home / "complete").exists():
        uv = shutil.which("uv")
        if uv is None:
            raise UsageError("To measure MLflow an environment of its own is made with uv, which is not installed.")
        shutil.rmtree(home, ignore_errors=True)
        needed = ["mlflow-skinny>=3", "fastapi", "uvicorn", "pandas", "scikit-learn", f"{boosters}=={version(boosters)}"]
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(home)])
        _run([uv, "pip", "install", "--quiet", "--python", str(programs / "python"), *needed])
        (home / "complete").touch()
    return programs


def save(programs: Path, booster: Path, model: Path) -> None:
    """Keep a booster as MLflow keeps models."""
    _run([str(programs / "python"), "-c", _SAVE, str(booster), str(model)])


def predict(programs: Path, model: Path, given: Path, out: Path) -> None:
    """Predict a csv of encoded features with ``mlflow models predict``."""
    asked = ["models", "predict", "--env-manager", "local", "-m", model, "-i", given, "-t", "csv", "-o", out]
    _run([str(programs / "mlflow"), *map(str, asked)], programs)


def write_matrix(path: Path, matrix: Array, names: tuple[str, ...]) -> None:
    write_table(path, {name: matrix[:, at].astype(np.float64) for at, name in enumerate(names)})


def _installed(name: str) -> bool:
    from importlib.metadata import PackageNotFoundError

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
