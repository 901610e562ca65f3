"""An environment of its own, made for real: it answers a function, is compiled, and lacks what would slow its start."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from addin.installation import python_environment
from addin.installation.origin import origin
from addin.installation.places import python_of
from addin.installation.system import ThisSystem
from scorer import __version__
from scorer.errors import OutputRefused

ASK = """
import json, sys
from addin.answering import answer
from addin.cells import Block
given = [Block(((value,),)) for value in (10.0, 0.2, 5000.0, 0.15)]
print(json.dumps({"cells": answer("PROMO_COST", given), "loaded": sorted(sys.modules)}))
"""
LEFT_OUT = {"pandas", "sklearn", "matplotlib", "joblib", "holidays", "openpyxl"}


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

    def python(self, *arguments: str) -> str:
        command = [str(python_of(self.folder, self.system)), "-B", *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("jo's söftware")
    system, folder = Elsewhere(root / "home"), root / "environment"
    try:
        python_environment.make(folder, origin(), system)
    except OutputRefused as why:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"packages cannot be installed here: {why}")
    return Made(folder, system)


def test_it_answers_a_function(made):
    told = json.loads(made.python("-c", ASK))
    # 5,000 units a tenth and a half more, each sold for 2.00 less
    assert told["cells"] == [[pytest.approx(5000 * 1.15 * 10 * 0.2)]]
    assert not LEFT_OUT & set(told["loaded"])


def test_it_holds_this_version_and_not_what_only_training_needs(made):
    found = python_environment.look(python_of(made.folder, made.system), made.system)
    assert (found.promo, found.xlwings) == (__version__, "0.37.8")
    installed = {path.name for path in made.folder.rglob("site-packages/*")}
    assert not LEFT_OUT & installed


def test_it_is_compiled(made):
    (site,) = made.folder.rglob("site-packages")
    sources = [path for part in ("addin", "scorer", "numpy", "xlwings") for path in (site / part).rglob("*.py")]
    compiled = {path.name.split(".")[0] for path in site.rglob("__pycache__/*.pyc")}
    assert len(sources) > 300
    assert {path.stem for path in sources if "tests" not in path.parts and "." not in path.stem} - compiled == set()


def test_it_is_a_copy_and_does_not_follow_the_source(made):
    home = made.python("-c", "import addin; print(addin.__file__)").strip()
    assert Path(home).is_relative_to(made.folder)
