"""Read a booster ourselves before XGBoost does: its reader runs no code, but it trusts what it reads.

A child index out of range makes it walk foreign memory. So a booster is parsed here in the open, every
statement in it is checked against every other, and only bytes that pass are handed on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from scorer.artifacts.limits import LIMITS, Flaw, Limits
from scorer.artifacts.protocol import XGBOOST_MAJOR
from scorer.artifacts.trees import FIELDS, audit_trees
from scorer.artifacts.ubjson import parse
from scorer.errors import BundleRefused, listed

_WHOLE = re.compile(r"\d{1,10}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,4})?", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST_TEXT = 2_000
_FEATURE_TYPES = {"float", "int", "q", "i"}


class Objective(NamedTuple):
    """An objective we know: its block of settings in the file, and where the base score may lie."""

    block: str = ""
    setting: str = ""
    base: tuple[float, float] = (-math.inf, math.inf)


_SHARE = (0.0, 1.0)
_POSITIVE = (0.0, math.inf)
OBJECTIVES = {
    "binary:logistic": Objective("reg_loss_param", "scale_pos_weight", _SHARE),
    "binary:logitraw": Objective("reg_loss_param", "scale_pos_weight", _SHARE),
    "count:poisson": Objective("poisson_regression_param", "max_delta_step", _POSITIVE),
    "multi:softprob": Objective("softmax_multiclass_param", "num_class"),
    "reg:absoluteerror": Objective(),
    "reg:expectileerror": Objective("expectile_loss_param", "expectile_alpha"),
    "reg:gamma": Objective("reg_loss_param", "scale_pos_weight", _POSITIVE),
    "reg:logistic": Objective("reg_loss_param", "scale_pos_weight", _SHARE),
    "reg:pseudohubererror": Objective("pseudo_huber_param", "huber_slope"),
    "reg:quantileerror": Objective("quantile_loss_param", "quantile_alpha"),
    "reg:squarederror": Objective("reg_loss_param", "scale_pos_weight"),
    "reg:squaredlogerror": Objective(),
    "reg:tweedie": Objective("tweedie_regression_param", "tweedie_variance_power", _POSITIVE),
}
# one output for each of these shares
_ALPHAS = {"quantile_alpha", "expectile_alpha"}


class BoosterFacts(NamedTuple):
    """What an audited booster says of itself."""

    objective: str
    features: tuple[str, ...]  # empty when the booster carries no names
    trees: int
    groups: int  # outputs for each row


def audit_booster(
    content: bytes, features: int, limits: Limits = LIMITS, where: object = "booster"
) -> BoosterFacts:
    """Check the bytes of an XGBoost UBJ file made for ``features`` columns.

    Checked: the encoding to the last byte; names, types and lengths of every part; an objective from the
    list above; only numeric splits on known features; finite split values, leaf weights and base scores within the limits;
    every node reached from its root exactly once, no deeper than the limit; trees, outputs and rounds in agreement.

    Raises BundleRefused, and nothing else, whatever the bytes are; ``where`` is the file its message names.

    >>> audit_booster(b"{}", features=3)
    Traceback (most recent call last):
    scorer.errors.BundleRefused: The model in booster was refused: the booster has no part 'learner'. \
Roll back with 'promo models rollback' or train again with 'promo train'.
    """
    try:
        return check_booster(content, features, limits)
    except Flaw as why:
        raise BundleRefused.because(where, str(why), why.remedy) from why


def check_booster(content: bytes, features: int, limits: Limits = LIMITS) -> BoosterFacts:
    """Check as audit_booster does, within this package: raises Flaw."""
    learner, version = _parts(parse(content, limits), "the booster", "learner", "version")
    _check_version(version)
    attributes, names, types, gradient_booster, model_param, objective = _parts(
        learner,
        "the learner",
        "attributes",
        "feature_names",
        "feature_types",
        "gradient_booster",
        "learner_model_param",
        "objective",
    )
    _check_attributes(attributes)
    _check_features(names, types, features)
    groups, base = _check_model_param(model_param, features, limits)
    name = _check_objective(objective, groups, base, _whole(model_param, "num_class"))
    trees = _check_gradient_booster(gradient_booster, features, groups, limits)
    return BoosterFacts(name, tuple(names), trees, groups)


def _check_version(version: Any) -> None:
    if not _is_list(version, int) or len(version) != 3:
        raise Flaw("it does not say which XGBoost wrote it")
    if version[0] != XGBOOST_MAJOR:
        written = ".".join(str(v) for v in version)
        raise Flaw(f"it was written by XGBoost {written}; only release {XGBOOST_MAJOR} is read here")


def _check_attributes(attributes: Any) -> None:
    if not isinstance(attributes, dict) or not all(
        _is_clean(text) for item in attributes.items() for text in item
    ):
        raise Flaw("its attributes are not plain texts")


def _check_features(names: Any, types: Any, features: int) -> None:
    for what, found in (("names", names), ("types", types)):
        if not _is_list(found, str) or not all(_is_clean(text) for text in found):
            raise Flaw(f"its feature {what} are not plain texts")
        if found and len(found) != features:
            raise Flaw(f"it has {len(found)} feature {what} for {features} features")
    if len(set(names)) != len(names):
        raise Flaw("a feature name stands twice in it")
    if not set(types) <= _FEATURE_TYPES:
        raise Flaw(f"it has features of an unknown type ({listed(sorted(set(types) - _FEATURE_TYPES))})")


def _check_model_param(param: Any, features: int, limits: Limits) -> tuple[int, list[float]]:
    """Return the number of outputs and the base score of each."""
    base, average, *_ = _parts(
        param,
        "the model settings",
        "base_score",
        "boost_from_average",
        "num_class",
        "num_feature",
        "num_target",
    )
    if features > limits.features or _whole(param, "num_feature") != features:
        raise Flaw(
            f"it was trained on {str(param['num_feature'])[:20]} features, the contract has {features}"
        )
    if average not in ("0", "1"):
        raise Flaw("'boost_from_average' is neither 0 nor 1")
    classes, targets = _whole(param, "num_class"), _whole(param, "num_target")
    groups = max(classes, targets)
    if targets < 1 or min(max(classes, 1), targets) != 1 or groups > limits.groups:
        raise Flaw(f"it announces {classes} classes and {targets} targets")
    scores = _numbers(base, "base_score")
    if len(scores) != groups:
        raise Flaw(f"it has {len(scores)} base scores for {groups} outputs")
    if any(abs(score) > limits.base_score for score in scores):
        raise Flaw(f"it has a base score beyond {limits.base_score:g}")
    return groups, scores


def _check_objective(objective: Any, groups: int, base: Sequence[float], classes: int) -> str:
    name = objective.get("name") if isinstance(objective, dict) else None
    known = OBJECTIVES.get(name) if isinstance(name, str) else None
    if known is None:
        raise Flaw(f"its objective is not one of {listed(OBJECTIVES, 20)}")
    low, high = known.base
    if not all(low < score < high for score in base):
        raise Flaw(f"its base score does not lie between {low:g} and {high:g}, as {name} needs")
    _parts(objective, "the objective", "name", *([known.block] if known.block else []))
    values = _objective_values(objective, known)
    if known.setting in _ALPHAS and (len(values) != groups or not all(0 < v < 1 for v in values)):
        raise Flaw(f"'{known.setting}' does not give one share for each output")
    if (known.setting == "num_class") != (classes > 1) or (classes > 1 and values != [classes]):
        raise Flaw("the objective and the model settings disagree about the number of classes")
    if known.setting == "tweedie_variance_power" and not 1 <= values[0] < 2:
        raise Flaw("'tweedie_variance_power' does not lie between 1 and 2")
    return str(name)


def _objective_values(objective: Mapping[str, Any], known: Objective) -> list[float]:
    if not known.block:
        return []
    (text,) = _parts(objective[known.block], f"'{known.block}'", known.setting)
    values = _numbers(text, known.setting)
    if known.setting not in _ALPHAS and (len(values) != 1 or values[0] < 0 or text.startswith("[")):
        raise Flaw(f"'{known.setting}' is not one number from 0 up")
    return values


def _check_gradient_booster(part: Any, features: int, groups: int, limits: Limits) -> int:
    model, name = _parts(part, "the gradient booster", "model", "name")
    if name != "gbtree":
        raise Flaw("it is not a booster of plain trees (gbtree)")
    cats, param, rounds, info, trees = _parts(
        model, "the tree model", "cats", "gbtree_model_param", "iteration_indptr", "tree_info", "trees"
    )
    _check_no_categories(cats)
    _parts(param, "the tree settings", "num_parallel_tree", "num_trees")
    if not _is_list(trees, dict) or len(trees) > limits.trees or _whole(param, "num_trees") != len(trees):
        raise Flaw(f"it does not hold the number of trees it announces, or more than {limits.trees:,}")
    if not trees:
        raise Flaw("it holds no trees")
    _check_rounds(rounds, info, len(trees), groups, _whole(param, "num_parallel_tree"))
    _check_trees(trees, features, limits)
    return len(trees)


def _check_no_categories(cats: Any) -> None:
    for found in _parts(cats, "the categories", "enc", "feature_segments", "sorted_idx"):
        if not isinstance(found, (list, np.ndarray)) or len(found):
            raise Flaw("it carries categories, which are not read here: give XGBoost numbers")


def _check_rounds(rounds: Any, info: Any, trees: int, groups: int, parallel: int) -> None:
    step = parallel * groups
    if step < 1 or not _is_list(rounds, int) or rounds != list(range(0, trees + 1, step)) or trees % step:
        raise Flaw("its rounds do not add up to its trees")
    if not _is_list(info, int) or len(info) != trees or not all(0 <= group < groups for group in info):
        raise Flaw("its trees do not belong to the outputs it has")


def _check_trees(trees: Sequence[dict[str, Any]], features: int, limits: Limits) -> None:
    sizes, deleted = [], []
    for number, tree in enumerate(trees):
        where = f"tree {number}"
        _parts(tree, where, *FIELDS)
        param = tree["tree_param"]
        _parts(param, where, "num_deleted", "num_feature", "num_nodes", "size_leaf_vector")
        if param["size_leaf_vector"] != "1" or _whole(param, "num_feature") != features:
            raise Flaw(f"{where}: it has vector leaves or another number of features than {features}")
        # XGBoost puts a tree where its number says: a number twice would leave a hole that it then walks into
        if tree["id"] != number:
            raise Flaw(f"{where}: it carries the number of another tree")
        sizes.append(_whole(param, "num_nodes"))
        deleted.append(_whole(param, "num_deleted"))
    if min(sizes) < 1:
        raise Flaw("it holds a tree without nodes")
    audit_trees(trees, sizes, deleted, features, limits)


def _parts(found: Any, where: str, *names: str) -> list[Any]:
    """Return the named parts of an object that has these and no others."""
    if not isinstance(found, dict):
        raise Flaw(f"{where} is not an object")
    for name in names:
        if name not in found:
            raise Flaw(f"{where} has no part '{name}'")
    if len(found) != len(names):
        unknown = sorted(set(found) - set(names))
        raise Flaw(
            f"{where} has parts that are not known here ({listed(ascii(name[:40]) for name in unknown)})"
        )
    return [found[name] for name in names]


def _whole(param: Mapping[str, Any], name: str) -> int:
    text = param[name]
    if not isinstance(text, str) or not _WHOLE.fullmatch(text) or int(text) >= 2**31:
        raise Flaw(f"'{name}' is not a whole number")
    return int(text)


def _numbers(text: Any, name: str) -> list[float]:
    """Read ``1.5E0`` or ``[1E-1,9E-1]``."""
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
        raise Flaw(f"'{name}' is not a number or a list of numbers")
    items = text[1:-1].split(",") if text.startswith("[") and text.endswith("]") else [text]
    if not all(
        _NUMBER.fullmatch(item) and abs(float(item)) <= float(np.finfo(np.float32).max) for item in items
    ):
        raise Flaw(f"'{name}' is not a number or a list of numbers")
    return [float(item) for item in items]


def _is_list(found: Any, kind: type) -> bool:
    return isinstance(found, list) and all(type(item) is kind for item in found)


def _is_clean(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= _LONGEST_TEXT and not _UNSAFE.search(text)
