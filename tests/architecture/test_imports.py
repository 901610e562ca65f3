"""Imports go one way, in no circle, and load only what their layer may know."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.source_tree import Import, imports, module_of, modules

# From the ground up. A module may import its own layer and those above it in this list.
LAYERS = (
    {"errors", "ahead", "lean", "processes", "atomic", "lock", "saying", "economics"},
    {"settings"},
    {"contracts", "columns", "workspace"},
    {"lake", "estimators", "plan", "plan_rules"},
    {"tasks", "artifacts"},
    {
        "training", "evaluation", "remembered", "lookups", "model", "features", "assumptions", "answer", "support", "reasons", "remedies",
        "scoring", "pieces", "overlap", "golden", "card", "client_file", "contents", "contest",
    },
    {"planning"},
    {"workbook"},
    {"demo", "agent", "verification"},
    {"results"},
    {"running", "recipes", "campaign"},
    {"verbs"},
    {"benchmarks", "cli"},
)  # fmt: skip
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
# They know no other part of the product.
ALONE = {"errors", "economics", "processes", "tasks"}
# The [train] extra is not there in a small installation; xlwings is Excel's business only.
TRAIN_EXTRA = {"pandas", "sklearn", "matplotlib", "holidays", "joblib"}


def top(dotted: str) -> str:
    return dotted.split(".")[1] if "." in dotted else ""


def ours(package: str = "scorer") -> list[tuple[Import, str, str]]:
    """Return the imports inside the package with the parts they join; the front door itself belongs to no layer."""
    found = [(one, module_of(one.imported)) for one in imports(package)]
    return [(one, top(one.importer), top(home)) for one, home in found if home and top(one.importer) and top(home)]


def test_every_part_of_the_package_has_its_place_in_the_layers():
    assert {top(name) for name in modules("scorer")} - {""} <= set(RANK)


def test_imports_go_one_way():
    wrong = [str(one) for one, importer, imported in ours() if RANK[imported] > RANK[importer]]
    assert wrong == []


@pytest.mark.parametrize("part", sorted(ALONE))
def test_the_ground_stands_alone(part):
    assert [str(one) for one, importer, imported in ours() if importer == part != imported] == []


def test_there_is_no_circle_of_imports():
    graph = {name: set() for package in ("scorer", "addin") for name in modules(package)}
    for package in ("scorer", "addin"):
        for one in imports(package):
            home = module_of(one.imported)
            # the front door hands out verbs by name only when asked; a package and its own modules are one thing
            if home and one.importer != "scorer" and not one.importer.startswith(home) and not home.startswith(one.importer):
                graph[one.importer].add(home)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_the_scorer_knows_no_spreadsheet_program():
    assert [str(one) for one in imports("scorer") if one.imported.split(".")[0] in {"addin", "xlwings", "uno"}] == []


def test_xlwings_is_imported_in_one_corner_of_the_add_in():
    allowed = ("addin.catalog", "addin.hosts")
    users = [one for one in imports("addin") if one.imported.split(".")[0] == "xlwings"]
    assert [str(one) for one in users if not one.importer.startswith(allowed)] == []


def test_training_packages_are_imported_where_they_are_used():
    at_load = [one for one in imports("scorer") if one.at_load and one.imported.split(".")[0] in TRAIN_EXTRA]
    assert [str(one) for one in at_load] == []


# What may be called while a module loads: it makes a value, and touches no file, clock, network or table.
# Classes (names in CamelCase) make values too, but for those that open something.
VALUES = {
    "_replace", "add_typer", "array", "button", "callback", "command", "compile", "dataclass", "date", "datetime", "datetime64", "dict", "dtype", "encode",
    "escape", "field", "float", "float64", "function", "join", "log", "split", "frozenset", "get_args", "getLogger", "index", "items", "linspace", "maketrans", "model_validator",
    "known", "lru_cache", "namedtuple", "ones", "ord", "set", "sorted", "sqrt", "timedelta", "timedelta64", "tuple", "when", "with_suffix", "zeros",
}  # fmt: skip
OPENERS = {"Booster", "Console", "Document", "Popen", "Process", "Store", "Thread", "Workbook"}


def calls_at_load(tree: ast.Module):
    """Yield the calls that run when a module is loaded, also those in the bodies of classes and in decorators."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif not isinstance(node, ast.Lambda):
            if isinstance(node, ast.Call):
                yield node
            waiting += list(ast.iter_child_nodes(node))


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "?")


def makes_a_value(name: str, tree: ast.Module) -> bool:
    own = any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)
    return own or name in VALUES or (name[:1].isupper() and name not in OPENERS)


@pytest.mark.parametrize("package", ["scorer", "addin"])
def test_loading_a_module_does_no_work(package):
    work = [
        f"{name}:{node.lineno} calls {called(node)}"
        for name, tree in modules(package).items()
        for node in calls_at_load(tree)
        if not name.endswith("__main__") and not makes_a_value(called(node), tree)
    ]
    assert work == []
