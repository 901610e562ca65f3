"""The add-in's own Python, made for real once for the whole run; and a folder in which nobody has installed anything."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from addin.configuration import FILE_NAMED
from addin.hosts.libreoffice import uno_bridge
from addin.hosts.libreoffice.installing import PROFILE
from addin.installation import python_environment
from addin.installation.origin import origin
from addin.installation.places import python_of
from addin.installation.system import ThisSystem
from scorer.errors import HostMissing, OutputRefused


class Elsewhere(ThisSystem):
    """The machine of the test with another home: nothing of the user's is touched."""

    def __init__(self, home: Path) -> None:
        self._home = home

    @property
    def home(self) -> Path:
        return self._home

    @property
    def environment(self):
        return {}


class Made(NamedTuple):
    folder: Path
    system: Elsewhere

    @property
    def interpreter(self) -> Path:
        return python_of(self.folder, self.system)

    def python(self, *arguments: str) -> str:
        command = [str(self.interpreter), "-B", *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.fixture(scope="session")
def made(shared):
    """The environment, made by whichever worker asks first; where no packages can be had the tests say so."""

    def make(root: Path) -> None:
        try:
            python_environment.make(root / "jo's söftware", origin(), Elsewhere(root / "home"))
        except OutputRefused as why:
            (root / "refused.json").write_text(json.dumps(str(why)), encoding="utf-8")

    root = shared("environment", make)
    refused = root / "refused.json"
    if refused.is_file():
        why = json.loads(refused.read_text(encoding="utf-8"))
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(f"packages cannot be installed here: {why}")
    return Made(root / "jo's söftware", Elsewhere(root / "home"))


@pytest.fixture
def own_folders(tmp_path, monkeypatch):
    """Settings, record and profile of a user who has installed nothing."""
    monkeypatch.setenv(FILE_NAMED, str(tmp_path / "config" / "addin.toml"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv(PROFILE, str(tmp_path / "office"))
    return tmp_path


@pytest.fixture(scope="session")
def uno():
    try:
        uno_bridge.load()
    except HostMissing as why:
        if os.environ.get("CI") == "true":
            pytest.fail(str(why))
        pytest.skip(str(why))
