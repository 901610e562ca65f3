"""Only the free part of xlwings is used: a company that installs this owes nobody a licence."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source_tree import ROOT, imports, modules

PAID = ("xlwings.pro", "xlwings.server", "xlwings.reports")
PAID_PARTS = {name.rpartition(".")[2] for name in PAID}
XLWINGS = {"xw", "xlwings"}
KEYS = ("LICENSE_KEY", "LICENCE_KEY")


def paid_uses(tree):
    """Return what a module uses of the paid part without importing it by name."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found += [node.attr] if node.value.id in XLWINGS and node.attr in PAID_PARTS else []
        if isinstance(node, ast.Call):
            found += [f"{word.arg}=" for word in node.keywords if word.arg == "json"]
    return found


def test_no_paid_part_is_imported():
    assert [str(one) for one in imports("addin") if one.imported.startswith(PAID)] == []


def test_no_paid_part_is_reached_another_way():
    assert {name: found for name, tree in modules("addin").items() if (found := paid_uses(tree))} == {}


def test_no_key_is_set_or_asked_for():
    files = [path for path in (ROOT / "addin").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert files
    assert [str(path) for path in files if any(key.encode() in path.read_bytes().upper() for key in KEYS)] == []


@pytest.mark.parametrize("code", ["xw.server.start()", "xlwings.reports.render_template(1)", "Book(json={})", "xw.pro"])
def test_what_would_need_a_licence_is_found(code):
    assert paid_uses(ast.parse(code)) != []
