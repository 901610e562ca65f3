"""Where the ladder is scored: the discounts and lengths at which the trees of a model change their answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from scorer.columns import Floats
from scorer.estimators.promotion_lift import DISCOUNT
from scorer.model import PromotionModel
from scorer.settings import Client

if TYPE_CHECKING:
    import xgboost

DURATION = "duration_days"
MOST_KNOTS = 600_000
"""Promotions times lengths times discounts: with more, a workbook opens slowly. Longer lists get fewer lengths."""
MOST_DAYS = 62
"""With a longer range of lengths not every day is a knot."""
FEWEST_DISCOUNTS = 24


def split_points(booster: xgboost.Booster, features: tuple[str, ...], name: str) -> Floats:
    """Return the values at which any tree splits on a feature, rising; at the value itself the right side holds."""
    trees = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"]["trees"]
    wanted = features.index(name) if name in features else -1
    found = {
        float(condition)
        for tree in trees
        for child, feature, condition in zip(tree["left_children"], tree["split_indices"], tree["split_conditions"], strict=True)
        if child != -1 and feature == wanted
    }
    return np.array(sorted(found))


def splits_of(model: PromotionModel, client: Client, name: str) -> Floats:
    """Return where the answer of a model may jump when this feature moves: both boosters, where both are asked."""
    points = split_points(model.lift.booster, model.lift.encoding.features, name)
    if client.training.success_from != "classifier":
        return points
    other = model.success.classifier
    return np.union1d(points, split_points(other.booster, other.encoding.features, name))


def discount_knots(splits: Floats, support: tuple[float, float], wanted: Iterable[float], most: int) -> Floats:
    """Return the discounts to score, rising, within what was learnt from.

    Between two splits a tree does not move, so with one knot at each split and one just under it a straight line
    between knots is exact. Where that takes more than ``most`` knots, the ends, the ``wanted`` discounts and evenly
    picked splits remain, and what lies between is approximate.

    >>> discount_knots(np.array([0.25]), (0.1, 0.5), [0.2], 9).round(6).tolist()
    [0.1, 0.25, 0.25, 0.5]
    >>> discount_knots(np.array([0.2, 0.25, 0.3, 0.4]), (0.1, 0.5), [0.2], 5).tolist()
    [0.1, 0.2, 0.4, 0.5]
    """
    low, high = support
    inner = splits[(splits > low) & (splits <= high)]
    just_under = np.nextafter(inner.astype(np.float32), np.float32(-np.inf)).astype(np.float64)
    if 2 * len(inner) + 2 <= most:
        return np.unique(np.concatenate([[low, high], just_under[just_under > low], inner]))
    named = [value for value in dict.fromkeys(wanted) if low < value < high][: max(most - 2, 0)]
    left = max(most - 2 - len(named), 0)
    picked = inner[np.linspace(0, len(inner) - 1, min(left, len(inner))).astype(int)]
    return np.unique(np.concatenate([[low, high], named, picked]))


def day_knots(splits: Floats, support: tuple[float, float], steps: Iterable[int], most: int) -> Floats:
    """Return the lengths in days to score, rising: every one where ``most`` allows, else those at which a tree splits.

    >>> day_knots(np.array([7.0]), (3.0, 28.0), (14, 35), 9).tolist()
    [3.0, 6.0, 7.0, 14.0, 28.0]
    """
    short, long = int(np.ceil(support[0])), int(np.floor(support[1]))
    every = np.arange(short, long + 1, dtype=np.float64)
    if len(every) <= min(most, MOST_DAYS):
        return every
    named = np.array([short, long, *(step for step in steps if short <= step <= long)], dtype=np.float64)
    edges = np.ceil(splits[(splits > short) & (splits <= long)])
    full = np.unique(np.concatenate([named, edges - 1, edges]))
    return full if len(full) <= most else np.unique(named)


def grid_of(model: PromotionModel, client: Client, discounts: Floats) -> tuple[Floats, Floats]:
    """Return the knots of discount and of length for a list with these planned discounts, within MOST_KNOTS."""
    promotions, lines = max(len(discounts), 1), client.verdict
    planned, often = np.unique(discounts[~np.isnan(discounts)], return_counts=True)
    wanted = (*lines.ladder, *lines.discount_steps, *planned[np.argsort(-often, kind="stable")].tolist())
    splits = splits_of(model, client, DISCOUNT)
    fewest = len(lines.duration_steps) + 3
    depths = discount_knots(splits, model.support.discount, wanted, max(MOST_KNOTS // (promotions * fewest), FEWEST_DISCOUNTS))
    room = MOST_KNOTS // (promotions * len(depths))
    days = day_knots(splits_of(model, client, DURATION), model.support.duration, lines.duration_steps, room)
    return depths, days
