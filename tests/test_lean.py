"""A process of ours has XGBoost without scikit-learn and pandas; everyone in it can still have those."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.promo_command import ROOT

LEAN = "from scorer.lean import import_lean; import_lean(); import_lean(); "


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["sklearn", "pandas"])
def test_xgboost_comes_alone(name: str) -> None:
    pytest.importorskip(name)
    assert _run(f"import sys, xgboost; print({name!r} in sys.modules)") == "True"
    assert _run(f"{LEAN}import sys, xgboost; print({name!r} in sys.modules)") == "False"
    assert _run(f"{LEAN}import sys, xgboost, {name}; print({name!r} in sys.modules)") == "True"
    assert _run(f"{LEAN}import sys, {name}, xgboost; print({name!r} in sys.modules)") == "True"


def test_the_same_trees_come_out() -> None:
    code = (
        "import numpy as np, xgboost; x = np.random.default_rng(0).normal(size=(500, 4)); y = x[:, 0] * 2 + x[:, 1] ** 2;"
        " trees = xgboost.train({'nthread': 1, 'seed': 1}, xgboost.DMatrix(x, label=y), 20);"
        " print(trees.inplace_predict(x).tobytes().hex())"
    )
    assert _run(LEAN + code) == _run(code)
