"""Gold rows → a fitted model with its skill: fit, look back at later promotions, learn the distribution from them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, Floats, length, take
from scorer.errors import NothingToWorkOn
from scorer.estimators import promotion_lift, promotion_success
from scorer.estimators.distribution import Shape, shape_of
from scorer.estimators.folds import Fold, event_weights, rolling_origins, spread_origins
from scorer.estimators.promotion_lift import Lift, LiftModel, Trees
from scorer.estimators.promotion_success import Classifier, SuccessModel
from scorer.settings import Training
from scorer.tasks import PROMOTION_LIFT, PROMOTION_SUCCESS

INNER_FOLDS = 4
# Errors of forecasters that knew little are no guide to one that knows all: look back from the last two fifths on.
FIRST_ORIGIN = 0.6
LEAST_TESTED = 30


class Fitted(NamedTuple):
    """What one fit gives: the lift model, its challenger, and the simple rule with a distribution of its own."""

    lift: LiftModel
    success: SuccessModel
    rule: SimpleRule


class SimpleRule(NamedTuple):
    """What a planner would do: the mean lift of past promotions of the same item and type, else category and type."""

    scale: float
    shape: Shape

    def predict(self, rows: Columns) -> Lift:
        """Forecast each row by its rule, with the spread of the rule's own errors."""
        return Lift(rows["simple_rule"], np.full(length(rows), self.scale), self.shape)


class _LaterErrors(NamedTuple):
    """Forecasts for promotions later than everything the forecaster had seen."""

    rows: Array
    error: Floats
    score: Floats


def fit(rows: Columns, settings: Training) -> Fitted:
    """Fit everything on these rows.

    The distribution and the calibration come from rolling origins inside the rows: what the model got wrong on
    promotions that were later than those it had learnt from.
    Raises NothingToWorkOn when there are too few promotions to look back on.
    """
    weights = event_weights(rows["event_key"])
    *earlier, (trees, classifier) = _grown(rows, settings)
    later = _errors_on_later(rows, [(fold, *grown) for fold, grown in zip(_folds(rows), earlier, strict=True)])
    tested, tested_weights = take(rows, later.rows), weights[later.rows]
    success = (tested["log_lift"] > 0).astype(float)
    return Fitted(
        lift=promotion_lift.with_distribution(trees, later.error, tested, tested_weights),
        success=promotion_success.calibrated(classifier, later.score, success, tested_weights),
        rule=_rule(tested, tested_weights),
    )


def _folds(rows: Columns) -> list[Fold]:
    return rolling_origins(rows, spread_origins(rows, FIRST_ORIGIN, INNER_FOLDS))


def _grown(rows: Columns, settings: Training) -> list[tuple[Trees, Classifier]]:
    """Grow the trees of every fold and, last, those of all rows; side by side, each on one thread, so always alike."""
    from joblib import Parallel, delayed

    pasts = [take(rows, fold.train) for fold in _folds(rows)]
    jobs = (delayed(_grow)(past, settings.seed) for past in [*pasts, rows])
    return list(Parallel(n_jobs=settings.threads, prefer="threads")(jobs))


def _grow(rows: Columns, seed: int) -> tuple[Trees, Classifier]:
    # unweighted: letting large events count for less lowered the skill on later promotions wherever it was tried
    return (
        promotion_lift.grow(rows, PROMOTION_LIFT.features, PROMOTION_LIFT.target, seed),
        promotion_success.grow(rows, PROMOTION_SUCCESS.features, seed),
    )


def _errors_on_later(rows: Columns, grown: list[tuple[Fold, Trees, Classifier]]) -> _LaterErrors:
    found = []
    for fold, trees, classifier in grown:
        later = take(rows, fold.test)
        found.append(_LaterErrors(fold.test, later["log_lift"] - trees.centre(later), classifier.score(later)))
    if sum(len(part.rows) for part in found) < LEAST_TESTED:
        raise NothingToWorkOn.because(
            f"{length(rows):,} promotions of {len(set(rows['event_key'])):,} events are too few to test a model on later ones",
            "Export a longer history; a few dozen separate promotions are the least.",
        )
    return _LaterErrors(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _rule(tested: Columns, weights: Array) -> SimpleRule:
    error = tested["log_lift"] - tested["simple_rule"]
    scale = float(np.sqrt(np.average(error**2, weights=weights))) or 1.0
    return SimpleRule(scale, shape_of(error / scale, weights))
