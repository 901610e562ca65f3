"""Will sales rise above the baseline: a classifier, calibrated on later promotions, that challenges the distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from scorer.columns import Array, Columns, Floats
from scorer.estimators.encoding import Encoding, learn_encoding
from scorer.estimators.promotion_lift import DISCOUNT, ReadableParts, load_booster

if TYPE_CHECKING:
    import xgboost

CLOSEST = 1e-4


class Recipe(NamedTuple):
    """How the trees of the classifier are grown."""

    trees: int = 120
    depth: int = 3
    rate: float = 0.05


RECIPE = Recipe()


class Classifier(NamedTuple):
    """Trees on the odds of success, without calibration."""

    encoding: Encoding
    booster: xgboost.Booster

    def score(self, rows: Columns) -> Floats:
        """Return the uncalibrated chance of success of each row."""
        return np.asarray(self.booster.inplace_predict(self.encoding.matrix(rows)), dtype=np.float64)


class SuccessModel(NamedTuple):
    """A classifier and the knots that turn its score into a probability."""

    classifier: Classifier
    score_knots: Floats
    probability_knots: Floats

    def predict(self, rows: Columns) -> Floats:
        """Return the probability that sales rise above the baseline."""
        return np.asarray(np.interp(self.classifier.score(rows), self.score_knots, self.probability_knots))

    def form(self) -> dict[str, Any]:
        """Return everything but the trees as plain data."""
        return {
            "encoding": self.classifier.encoding.as_data(),
            "score": self.score_knots.tolist(),
            "probability": self.probability_knots.tolist(),
        }

    @classmethod
    def from_parts(cls, parts: ReadableParts, threads: int) -> SuccessModel:
        """Build the model from audited files."""
        form = parts.json("success.json")
        booster = load_booster(parts.booster("success.ubj"), threads, "success.ubj")
        classifier = Classifier(Encoding.from_data(form["encoding"]), booster)
        return cls(classifier, np.asarray(form["score"], float), np.asarray(form["probability"], float))


def grow(rows: Columns, features: tuple[str, ...], seed: int, recipe: Recipe = RECIPE) -> Classifier:
    """Grow the trees on whether log lift is above zero. Class weights are left alone: they would ruin the probabilities."""
    import xgboost

    success = (rows["log_lift"] > 0).astype(float)
    encoding = learn_encoding(rows, features, success)
    parameters = {
        "objective": "binary:logistic",
        "base_score": float(np.clip(success.mean(), 0.01, 0.99)),
        "max_depth": recipe.depth,
        "eta": recipe.rate,
        "subsample": 0.7,
        "colsample_bytree": 0.5,
        "min_child_weight": 5.0,
        "monotone_constraints": tuple(1 if name == DISCOUNT else 0 for name in features),
        "tree_method": "hist",
        "seed": seed,
        "nthread": 1,
    }
    data = xgboost.DMatrix(encoding.matrix(rows), label=success)
    return Classifier(encoding, xgboost.train(parameters, data, num_boost_round=recipe.trees))


def calibrated(classifier: Classifier, score: Array, success: Array, weights: Array) -> SuccessModel:
    """Calibrate by isotonic regression on the scores that later promotions got, and what became of them.

    Two imagined rows, one success and one failure, stand at each end, so that no probability is 0 or 1.
    """
    from sklearn.isotonic import IsotonicRegression

    ends = [score.min(), score.min(), score.max(), score.max()]
    fitted = IsotonicRegression(out_of_bounds="clip").fit(
        np.concatenate([score, ends]), np.concatenate([success, [0, 1, 0, 1]]), np.concatenate([weights, np.ones(4)])
    )
    knots, values = np.asarray(fitted.X_thresholds_, float), np.asarray(fitted.y_thresholds_, float)
    keep = np.concatenate([[True], np.diff(knots) >= CLOSEST])
    return SuccessModel(classifier, knots[keep], values[keep])
