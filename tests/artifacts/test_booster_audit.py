"""The audit of a booster: everything we train passes, everything that could hurt does not."""

from __future__ import annotations

import copy
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scorer.artifacts.audit import OBJECTIVES, audit_booster
from scorer.artifacts.limits import LIMITS
from scorer.artifacts.ubjson import parse
from scorer.errors import BundleRefused

Tree = dict[str, Any]
_MARKS = {">f4": b"d", ">i4": b"l", ">i8": b"L", "|u1": b"U", "|i1": b"i"}


def _length(count: int) -> bytes:
    return b"L" + count.to_bytes(8, "big", signed=True)


def _encode(value: Any) -> bytes:
    """Write what the reader reads, so that a test can change a booster in the open."""
    if isinstance(value, dict):
        items = (_length(len(name.encode())) + name.encode() + _encode(part) for name, part in value.items())
        return b"{" + b"".join(items) + b"}"
    if isinstance(value, list):
        return b"[#" + _length(len(value)) + b"".join(_encode(part) for part in value)
    if isinstance(value, np.ndarray):
        mark = _MARKS[value.dtype.str]
        return b"[$" + mark + b"#" + _length(len(value)) + bytes(value.tobytes())
    if isinstance(value, str):
        return b"S" + _length(len(value.encode())) + value.encode()
    return b"l" + int(value).to_bytes(4, "big", signed=True)


def _writable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _writable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_writable(part) for part in value]
    return value.copy() if isinstance(value, np.ndarray) else copy.copy(value)


def _changed(content: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    found = _writable(parse(content))
    change(found)
    return _encode(found)


def _model(found: dict[str, Any]) -> dict[str, Any]:
    model: dict[str, Any] = found["learner"]["gradient_booster"]["model"]
    return model


def _first(found: dict[str, Any]) -> Tree:
    tree: Tree = _model(found)["trees"][0]
    return tree


@pytest.mark.parametrize(
    "objective", sorted(set(OBJECTIVES) - {"reg:quantileerror", "reg:expectileerror", "multi:softprob"})
)
def test_every_objective_passes(made: Any, objective: str) -> None:
    found = audit_booster(made.booster(objective), 3)
    assert found == (objective, made.names, 3, 1)


@pytest.mark.parametrize(
    ("objective", "params", "trees", "groups"),
    [
        ("reg:quantileerror", {"quantile_alpha": (0.1, 0.5, 0.9)}, 9, 3),
        ("multi:softprob", {"num_class": 3}, 9, 3),
        ("reg:squarederror", {"num_parallel_tree": 2, "subsample": 0.5}, 6, 1),
        ("reg:squarederror", {"tree_method": "exact", "gamma": 20}, 3, 1),  # leaves deleted nodes behind
        ("reg:squarederror", {"grow_policy": "lossguide", "max_leaves": 30, "max_depth": 0}, 3, 1),
    ],
)
def test_every_shape_of_forest_passes(
    made: Any, objective: str, params: Any, trees: int, groups: int
) -> None:
    assert audit_booster(made.booster(objective, **params), 3) == (objective, made.names, trees, groups)


def test_the_example_with_deleted_nodes_has_some(made: Any) -> None:
    trees = _model(parse(made.booster(tree_method="exact", gamma=20)))["trees"]
    assert any(tree["tree_param"]["num_deleted"] != "0" for tree in trees)


def test_writing_again_what_was_read_changes_nothing_that_is_audited(made: Any) -> None:
    assert audit_booster(_changed(made.booster(), lambda found: None), 3) == audit_booster(made.booster(), 3)


def _set(name: str, node: int, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda found: _first(found)[name].__setitem__(node, value)


def _cycle(found: dict[str, Any]) -> None:
    """Nodes 1 and 2 become each other's children: links agree, but no path from the root leads there."""
    tree = _first(found)
    size = len(tree["parents"])
    tree["left_children"][:] = tree["right_children"][:] = -1
    tree["left_children"][1], tree["right_children"][1] = 2, 3
    tree["left_children"][2], tree["right_children"][2] = 1, 4
    tree["parents"][1:5] = [2, 1, 1, 2]
    tree["split_indices"][5:], tree["default_left"][5:] = 2**31 - 1, 1
    tree["tree_param"]["num_deleted"] = str(size - 5)


def _swap_child_array(found: dict[str, Any]) -> None:
    _first(found)["left_children"] = _first(found)["left_children"][:-1]


def _categorical(found: dict[str, Any]) -> None:
    _first(found)["categories"] = np.array([1], dtype=">i4")


TAMPERED: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (_set("left_children", 0, 10_000), "tree 0, node 0: it points to a child outside"),
    (_set("left_children", 0, -5), "outside of its tree"),
    (_set("right_children", 0, 1), "same node"),
    (_set("left_children", 0, -1), "one child only"),
    (_set("left_children", 1, 0), "outside of its tree"),
    (_set("left_children", 1, 2), "another parent"),
    (_set("parents", 1, 2), "another parent"),
    (_set("parents", 0, 1), "the root and names a parent"),
    (_cycle, "no path from the root"),
    (_set("split_indices", 0, 3), "beyond the 3 there are"),
    (_set("split_indices", 0, -1), "beyond the 3 there are"),
    (_set("split_conditions", 0, np.nan), "not a finite number"),
    (_set("split_conditions", -1, np.inf), "not a finite number"),
    (_set("split_conditions", -1, 1e30), "tree 0, node [0-9]+: its leaf weight is beyond 1e.06"),
    (_set("base_weights", 0, np.nan), "not a finite number"),
    (_set("sum_hessian", 0, -1.0), "cover"),
    (_set("default_left", 0, 2), "neither left nor right"),
    (_set("split_type", 0, 1), "splits on categories"),
    (_swap_child_array, "entries for"),
    (_categorical, "not empty"),
    (lambda f: _first(f).update(id=1), "tree 0: it carries the number of another tree"),
    (lambda f: _first(f).update(id="0"), "tree 0: it carries the number of another tree"),
    (lambda f: _first(f)["tree_param"].update(num_nodes="2147483647"), "nodes; "),
    (lambda f: _first(f)["tree_param"].update(num_nodes="0"), "without nodes"),
    (lambda f: _first(f)["tree_param"].update(num_deleted="1"), "are announced"),
    (lambda f: _first(f)["tree_param"].update(size_leaf_vector="2"), "vector leaves"),
    (lambda f: _first(f).update(parents="x"), "not an array"),
    (lambda f: _model(f)["gbtree_model_param"].update(num_trees="4"), "number of trees"),
    (lambda f: _model(f).update(tree_info=[0, 0, 1]), "do not belong to the outputs"),
    (lambda f: _model(f).update(iteration_indptr=[0, 1, 2]), "do not add up"),
    (lambda f: _model(f)["cats"].update(enc=[{}]), "carries categories"),
    (lambda f: _model(f)["trees"].pop(), "number of trees"),
    (lambda f: f["learner"]["gradient_booster"].update(name="dart"), "plain trees"),
    (lambda f: f["learner"]["objective"].update(name="survival:aft"), "objective is not one of"),
    (lambda f: f["learner"]["objective"].update(extra={}), "parts that are not known"),
    (lambda f: f["learner"]["objective"].pop("reg_loss_param"), "has no part 'reg_loss_param'"),
    (lambda f: f["learner"]["learner_model_param"].update(num_feature="4"), "contract has 3"),
    (lambda f: f["learner"]["learner_model_param"].update(num_target="7"), "base scores"),
    (lambda f: f["learner"]["learner_model_param"].update(num_target="\u0661"), "not a whole number"),
    (lambda f: f["learner"]["learner_model_param"].update(num_target="1000000000"), "targets"),
    (lambda f: f["learner"]["learner_model_param"].update(base_score="[nan]"), "not a number"),
    (lambda f: f["learner"]["learner_model_param"].update(base_score="[1E99]"), "not a number"),
    (lambda f: f["learner"]["learner_model_param"].update(base_score="[1E30]"), "a base score beyond 1e.09"),
    (lambda f: f["learner"].update(feature_names=["a", "a", "b"]), "stands twice"),
    (lambda f: f["learner"].update(feature_types=["float", "c", "float"]), "unknown type"),
    (lambda f: f["learner"]["attributes"].update(note="a\x00b"), "plain texts"),
    (lambda f: f.update(version=[4, 0, 0]), "written by XGBoost 4.0.0"),
    (lambda f: f.pop("version"), "has no part 'version'"),
]


@pytest.mark.parametrize(("change", "why"), TAMPERED)
def test_says_what_is_wrong(made: Any, change: Callable[[dict[str, Any]], object], why: str) -> None:
    with pytest.raises(BundleRefused, match=why):
        audit_booster(_changed(made.booster(), change), 3)


def test_a_share_as_base_score_stays_a_share(made: Any) -> None:
    def change(found: dict[str, Any]) -> None:
        found["learner"]["learner_model_param"]["base_score"] = "[1.5E0]"

    with pytest.raises(BundleRefused, match="between 0 and 1"):
        audit_booster(_changed(made.booster("binary:logistic"), change), 3)


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (LIMITS._replace(tree_depth=2), "deeper than 2"),
        (LIMITS._replace(trees=2), "more than 2"),
        (LIMITS._replace(nodes=5), "5 is the most"),
        (LIMITS._replace(booster_depth=3), "nested deeper"),
    ],
)
def test_limits_hold(made: Any, limits: Any, why: str) -> None:
    with pytest.raises(BundleRefused, match=why):
        audit_booster(made.booster(), 3, limits)


def test_the_json_form_and_every_truncation_are_refused(made: Any) -> None:
    content = made.booster()
    for end in range(0, len(content), 7):
        with pytest.raises(BundleRefused):
            audit_booster(content[:end], 3)
    with pytest.raises(BundleRefused):
        audit_booster(b'{"learner":{}}', 3)


def _mutants(content: bytes, count: int, seed: int) -> list[bytes]:
    """Flip bits, overwrite, insert, delete and repeat; every other mutant in the trees only."""
    rng = random.Random(seed)
    return [_mutant(content, rng) for _ in range(count)]


def _mutant(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    first = content.index(b"trees[") if rng.random() < 0.5 else 0
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.randrange(first, len(changed))
        how = rng.randrange(6)
        if how <= 1:
            changed[at] ^= 1 << rng.randrange(8)
        elif how <= 3:
            changed[at] = rng.choice((0, 1, 2, 127, 128, 255, rng.randrange(256)))
        elif how == 4:
            changed[at : at + rng.randrange(1, 9)] = rng.randbytes(rng.randrange(9))
        else:
            changed[at:at] = changed[at : at + rng.randrange(1, 40)]
    return bytes(changed)


def _passing(contents: list[bytes]) -> list[bytes]:
    """Audit all of them; anything but BundleRefused would end the test."""
    kept = []
    for content in contents:
        try:
            audit_booster(content, 3)
            kept.append(content)
        except BundleRefused:
            pass
    return kept


# Reads boosters from a file (length, bytes, length, bytes …), loads each and predicts.
_LOADER = """
import sys, numpy as np, xgboost
xgboost.config_context(verbosity=0).__enter__()
content = open(sys.argv[1], "rb").read()
rows = np.array([[0, 0, 0], [1, -1, 2], [np.nan, np.nan, np.nan], [-9, 9, np.nan]], dtype=np.float32)
at = loaded = 0
while at < len(content):
    size = int.from_bytes(content[at:at + 8], "big")
    booster = xgboost.Booster({"nthread": 1}, model_file=bytearray(content[at + 8:at + 8 + size]))
    assert len(booster.inplace_predict(rows)) == 4
    at += 8 + size
    loaded += 1
print(loaded)
"""


def test_mutants_are_refused_or_load_and_predict(made: Any, tmp_path: Path) -> None:
    """What passes must not harm the native reader, which runs in a process of its own."""
    kinds: list[Any] = [
        {},
        {"tree_method": "exact", "gamma": 20},
        {"names": False, "objective": "binary:logistic"},
        {"objective": "reg:quantileerror", "quantile_alpha": (0.1, 0.9)},
    ]
    kept = [one for kind in kinds for one in _passing(_mutants(made.booster(**kind), 2500, seed=11))]
    assert len(kept) > 300, "too few mutants passed for the second half of this test to mean anything"
    path = tmp_path / "mutants"
    path.write_bytes(b"".join(len(content).to_bytes(8, "big") + content for content in kept))
    ran = subprocess.run(
        [sys.executable, "-c", _LOADER, str(path)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.split() == [str(len(kept))]
