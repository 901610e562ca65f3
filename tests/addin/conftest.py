"""What the tests of the add-in's modules share: a workspace of two clients that may be changed at will."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Home


@pytest.fixture
def two_clients(demo_home: Home, noise_home: Home, tmp_path: Path) -> Path:
    """The client files and models of the example and of the noise, in one workspace."""
    for home in (demo_home, noise_home):
        for part in ("clients", "models"):
            shutil.copytree(home.workspace.root / part, tmp_path / "both" / part, dirs_exist_ok=True)
    return tmp_path / "both"
