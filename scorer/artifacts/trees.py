"""The trees of a booster as flat arrays over all nodes, and the checks that make walking them safe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from scorer.artifacts.limits import Flaw, Limits

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NO_PARENT = NO_FEATURE = 2**31 - 1
LEAF = -1
ROOT = 0

# What a tree holds, and the type every array is stored with.
_PER_NODE = {
    "base_weights": ">f4",
    "default_left": "u1",
    "left_children": ">i4",
    "loss_changes": ">f4",
    "parents": ">i4",
    "right_children": ">i4",
    "split_conditions": ">f4",
    "split_indices": ">i4",
    "split_type": "u1",
    "sum_hessian": ">f4",
}
_CATEGORICAL = {
    "categories": ">i4",
    "categories_nodes": ">i4",
    "categories_segments": ">i8",
    "categories_sizes": ">i8",
}
FIELDS = frozenset({*_PER_NODE, *_CATEGORICAL, "id", "tree_param"})


class Forest(NamedTuple):
    """All nodes of all trees, tree after tree. Links count within the node's own tree."""

    size: Ints  # nodes of each tree
    start: Ints  # first node of each tree
    tree: Ints  # tree of each node
    left: Ints
    right: Ints
    parent: Ints
    feature: Ints
    default_left: Ints
    split_type: Ints
    condition: npt.NDArray[np.float64]  # of a leaf: its weight
    base_weight: npt.NDArray[np.float64]
    hessian: npt.NDArray[np.float64]

    @property
    def deleted(self) -> Mask:
        """Nodes that pruning has taken out; they stay in the file and are never walked."""
        return np.asarray((self.feature == NO_FEATURE) & (self.default_left == 1))

    @property
    def is_leaf(self) -> Mask:
        return np.asarray(self.left == LEAF)

    def here(self, node: int) -> str:
        """Name a node for a message."""
        tree = int(self.tree[node])
        return f"tree {tree}, node {node - int(self.start[tree])}"


def audit_trees(
    trees: Sequence[Mapping[str, Any]],
    sizes: Sequence[int],
    deleted: Sequence[int],
    features: int,
    limits: Limits,
) -> None:
    """Check trees of the stated sizes and numbers of deleted nodes. Raises Flaw naming tree and node."""
    if sum(sizes) > limits.nodes:
        raise Flaw(f"it has {sum(sizes):,} nodes; {limits.nodes:,} is the most")
    for number, (tree, size) in enumerate(zip(trees, sizes, strict=True)):
        _check_arrays(tree, size, number)
    if not trees:
        return
    forest = _gather(trees, sizes)
    _check_numbers(forest, limits)
    _check_splits(forest, features, deleted)
    _check_links(forest)
    _check_reach(forest, limits.tree_depth)


def _check_arrays(tree: Mapping[str, Any], size: int, number: int) -> None:
    for name, kind in _PER_NODE.items():
        values = tree[name]
        if not isinstance(values, np.ndarray) or values.dtype != np.dtype(kind):
            raise Flaw(f"tree {number}: '{name}' is not an array of the type it should be")
        if len(values) != size:
            raise Flaw(f"tree {number}: '{name}' has {len(values)} entries for {size} nodes")
    for name, kind in _CATEGORICAL.items():
        values = tree[name]
        if not isinstance(values, np.ndarray) or values.dtype != np.dtype(kind) or len(values):
            raise Flaw(f"tree {number}: '{name}' is not empty; splits on categories are not read here")


def _gather(trees: Sequence[Mapping[str, Any]], sizes: Sequence[int]) -> Forest:
    size = np.array(sizes, dtype=np.int64)

    def every(name: str, kind: Any = np.int64) -> Any:
        return np.concatenate([tree[name] for tree in trees]).astype(kind)

    with np.errstate(invalid="ignore"):
        numbers = [every(name, np.float64) for name in ("split_conditions", "base_weights", "sum_hessian")]
    return Forest(
        size,
        np.cumsum(size) - size,
        np.repeat(np.arange(len(size)), size),
        every("left_children"),
        every("right_children"),
        every("parents"),
        every("split_indices"),
        every("default_left"),
        every("split_type"),
        *numbers,
    )


def _check_numbers(forest: Forest, limits: Limits) -> None:
    _refuse(forest, ~np.isfinite(forest.condition), "its split value or leaf weight is not a finite number")
    _refuse(forest, ~np.isfinite(forest.base_weight), "its weight is not a finite number")
    heavy = forest.is_leaf & (np.abs(forest.condition) > limits.leaf_weight)
    _refuse(forest, heavy, f"its leaf weight is beyond {limits.leaf_weight:g}")
    _refuse(
        forest,
        ~(np.isfinite(forest.hessian) & (forest.hessian >= 0)),
        "its cover is not a finite number from 0 up",
    )
    _refuse(forest, forest.default_left > 1, "the way of missing values is neither left nor right")
    _refuse(forest, forest.split_type != 0, "it splits on categories, which are not read here")


def _check_splits(forest: Forest, features: int, deleted: Sequence[int]) -> None:
    alive = ~forest.deleted
    unknown = alive & ((forest.feature < 0) | (forest.feature >= features))
    _refuse(forest, unknown, f"it splits on a feature beyond the {features} there are")
    found = np.bincount(forest.tree[~alive], minlength=len(forest.size))
    wrong = np.flatnonzero(found != np.array(deleted, dtype=np.int64))
    if wrong.size:
        tree = int(wrong[0])
        raise Flaw(f"tree {tree}: {found[tree]} nodes are marked as deleted, {deleted[tree]} are announced")


def _check_links(forest: Forest) -> None:
    """Every child within its tree, known to its parent, and a child once only; roots are nobody's child."""
    inner = ~forest.is_leaf
    size = forest.size[forest.tree]
    _refuse(forest, forest.is_leaf != (forest.right == LEAF), "it has one child only")
    for child in (forest.left, forest.right):
        _refuse(
            forest, inner & ((child <= ROOT) | (child >= size)), "it points to a child outside of its tree"
        )
    _refuse(forest, inner & (forest.left == forest.right), "both its children are the same node")
    parents = np.flatnonzero(inner)
    for child in (forest.left, forest.right):
        back = (
            forest.parent[(forest.start[forest.tree] + child)[parents]] + forest.start[forest.tree[parents]]
        )
        strange = np.zeros(len(inner), dtype=bool)
        strange[parents[back != parents]] = True
        _refuse(forest, strange, "its child names another parent")
    roots = np.zeros(len(inner), dtype=bool)
    roots[forest.start] = True
    _refuse(forest, roots & (forest.parent != NO_PARENT), "it is the root and names a parent")
    _refuse(forest, roots & forest.deleted, "it is the root and marked as deleted")
    _refuse(
        forest,
        ~roots & ((forest.parent < ROOT) | (forest.parent >= size)),
        "its parent is outside of its tree",
    )


def _check_reach(forest: Forest, depth: int) -> None:
    """Walk all trees level by level: as no node has two parents, each is met once, or the walk never ends."""
    reached = np.zeros(len(forest.tree), dtype=bool)
    level = forest.start
    for _ in range(depth + 1):
        reached[level] = True
        inner = level[~forest.is_leaf[level]]
        first = forest.start[forest.tree[inner]]
        level = np.concatenate([first + forest.left[inner], first + forest.right[inner]])
        if not level.size:
            break
    else:
        raise Flaw(f"{forest.here(int(level[0]))}: it lies deeper than {depth} levels")
    _refuse(forest, reached & forest.deleted, "it is marked as deleted and still in use")
    _refuse(forest, ~reached & ~forest.deleted, "no path from the root leads to it")


def _refuse(forest: Forest, wrong: Mask, why: str) -> None:
    if wrong.any():
        raise Flaw(f"{forest.here(int(np.argmax(wrong)))}: {why}")
