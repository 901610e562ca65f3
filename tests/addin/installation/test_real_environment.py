"""An environment of its own, made for real: it answers a function, is compiled, and lacks what would slow its start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from addin.installation import python_environment
from scorer import __version__

ASK = """
import json, sys
from addin.answering import answer
from addin.cells import Block
given = [Block(((value,),)) for value in (10.0, 0.2, 5000.0, 0.15)]
print(json.dumps({"cells": answer("PROMO_COST", given), "loaded": sorted(sys.modules)}))
"""
LEFT_OUT = {"pandas", "sklearn", "matplotlib", "joblib", "holidays", "openpyxl"}


def test_it_answers_a_function(made):
    told = json.loads(made.python("-c", ASK))
    # 5,000 units a tenth and a half more, each sold for 2.00 less
    assert told["cells"] == [[pytest.approx(5000 * 1.15 * 10 * 0.2)]]
    assert not LEFT_OUT & set(told["loaded"])


def test_it_holds_this_version_and_not_what_only_training_needs(made):
    found = python_environment.look(made.interpreter, made.system)
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


def test_it_can_talk_to_libreoffice(uno, made):
    assert python_environment.why_no_uno(made.interpreter, made.system) is None


def test_a_python_without_the_add_in_cannot_and_the_reason_is_one_line(made):
    # the same program outside its environment has none of the packages
    why = python_environment.why_no_uno(made.interpreter.resolve(), made.system)
    assert why == "ModuleNotFoundError: No module named 'addin'"
