"""The package read as text: modules, what each imports and where. Nothing of it is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Import(NamedTuple):
    """One import statement: who, what (a full dotted name), where, and whether it runs when the module is loaded."""

    importer: str
    imported: str
    line: int
    at_load: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


@cache
def modules(package: str) -> dict[str, ast.Module]:
    """Return the syntax trees of a package by dotted module name."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


@cache
def imports(package: str) -> list[Import]:
    return [found for name, tree in modules(package).items() for found in _imports_of(name, tree)]


def module_of(name: str) -> str | None:
    """Return the module of ours that a dotted name belongs to: ``scorer.errors.listed`` lives in ``scorer.errors``."""
    known = {**modules("scorer"), **modules("addin")}
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or None


def _imports_of(module: str, tree: ast.Module) -> Iterator[Import]:
    late = {id(inner) for node in ast.walk(tree) if _runs_later(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        at_load = id(node) not in late
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name, node.lineno, at_load) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: write imports in full"
            yield from (Import(module, f"{node.module}.{alias.name}", node.lineno, at_load) for alias in node.names)


def _runs_later(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
