"""Small real models for the tests of this folder."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost

from scorer.artifacts import documents
from scorer.artifacts.bundle import write_bundle
from scorer.artifacts.manifest import Facts, Feature
from scorer.artifacts.tables import parquet_bytes

NOW = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
NAMES = ("discount", "duration", "season")


@cache
def _booster(
    objective: str = "reg:squarederror", names: bool = True, trees: int = 3, seed: int = 7, **params: Any
) -> bytes:
    """Train on 200 made rows of three columns and return the UBJ bytes."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(200, 3)).astype(np.float32)
    y = np.abs(x[:, 0] - 2 * x[:, 1] + rng.normal(size=200)) + 0.1
    if "logi" in objective:
        y = (y > 1).astype(float)
    if objective == "multi:softprob":
        y = np.digitize(y, [1.0, 2.0]).astype(float)
    data = xgboost.DMatrix(x, label=y, feature_names=list(NAMES) if names else None)
    settings = {"objective": objective, "max_depth": 3, "nthread": 1, "seed": seed, **params}
    settings = {name: list(v) if isinstance(v, tuple) else v for name, v in settings.items()}
    return bytes(xgboost.train(settings, data, trees).save_raw("ubj"))


def _parts() -> dict[str, bytes]:
    return {
        "lift.ubj": _booster(),
        "calibration.json": documents.encode({"knots": [0.0, 0.5, 1.0], "values": [0.1, 0.4, 0.9]}),
        "golden.parquet": parquet_bytes({"discount": np.array([0.1, 0.2]), "lift": np.array([1.5, np.nan])}),
    }


def _facts(**changes: Any) -> Facts:
    known: dict[str, Any] = {
        "client": "acme",
        "task": "promotion_lift",
        "product": "0.1.0",
        "data_cut": date(2026, 9, 30),
        "features": tuple(Feature(name) for name in NAMES),
        "libraries": {"xgboost": xgboost.__version__},
        "metrics": {"wape": 0.21, "coverage": 0.8, "by_region": {"north": 0.2}},
    }
    return Facts(**{**known, **changes})


def _resign(folder: Path, **changes: Any) -> Path:
    """Make the manifest fit a changed folder, as someone with write access could; returns the new folder."""
    found = json.loads((folder / "manifest.json").read_bytes())
    found.update(changes)
    if "files" not in changes:
        found["files"] = {
            path.name: {"size": path.stat().st_size, "sha256": sha256(path.read_bytes()).hexdigest()}
            for path in sorted(folder.iterdir())
            if path.name != "manifest.json"
        }
    del found["version"]
    stamp = found["created"].replace("-", "").replace(":", "")
    found["version"] = f"{stamp}-{sha256(documents.canonical(found)).hexdigest()[:8]}"
    (folder / "manifest.json").write_bytes(documents.encode(found))
    return folder.rename(folder.parent / found["version"])


class Made:
    """What the tests of this folder are made of."""

    now = NOW
    names = NAMES
    booster = staticmethod(_booster)
    parts = staticmethod(_parts)
    facts = staticmethod(_facts)
    resign = staticmethod(_resign)


@pytest.fixture(scope="session")
def made() -> type[Made]:
    return Made


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A version folder of three parts."""
    task = tmp_path / "acme" / "promotion_lift"
    return task / write_bundle(task, _parts(), _facts(), NOW)
