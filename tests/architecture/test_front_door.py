"""The public names, and what opening the door costs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import pytest

import scorer
from tests.architecture.source_tree import ROOT, modules


def test_public_names_are_sorted_and_there():
    assert scorer.__all__ == sorted(scorer.__all__)
    for name in scorer.__all__:
        assert getattr(scorer, name) is not None


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="forecast"):
        scorer.forecast  # noqa: B018


def test_every_list_of_public_names_is_sorted():
    for name, tree in modules("scorer").items():
        for node in tree.body:
            if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in node.targets):
                listed = ast.literal_eval(node.value)
                assert listed == sorted(listed), name


# pydantic is not among them: Typer itself loads it
HEAVY = {
    "pandas", "sklearn", "xgboost", "duckdb", "scipy", "numpy", "matplotlib", "holidays", "joblib", "xlsxwriter", "openpyxl",
    "python_calamine", "sqlglot", "xlwings", "pyopenvba", "sqlalchemy", "psycopg",
}  # fmt: skip


@pytest.mark.parametrize("command", [[], ["--help"], ["train", "--help"], ["models", "--help"], ["addin", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(command):
    program = (
        "import json, sys\n"
        "from addin.cli import main\n"
        f"sys.argv = ['promo', *{command!r}]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(json.dumps(sorted(name for name in sys.modules if '.' not in name)), file=sys.stderr)"
    )
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(json.loads(found.stderr.splitlines()[-1])) & HEAVY == set()


def test_the_front_door_loads_nothing_heavy():
    program = "import sys, scorer; print(sorted(name for name in sys.modules if '.' not in name))"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(ast.literal_eval(found.stdout)) & HEAVY == set()
