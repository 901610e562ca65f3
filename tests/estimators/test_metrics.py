"""Figures of skill, held against their definitions and a second implementation."""

import numpy as np
import pytest
from sklearn import metrics as other

from scorer.columns import text
from scorer.estimators import metrics


@pytest.fixture(scope="module")
def forecasts():
    random = np.random.default_rng(4)
    actual = random.normal(size=400)
    return actual, np.round(0.6 * actual + random.normal(size=400), 1)  # rounded: many ties


def test_they_agree_with_another_implementation(forecasts):
    actual, predicted = forecasts
    assert metrics.r_squared(actual, predicted) == pytest.approx(other.r2_score(actual, predicted))
    assert metrics.mean_absolute_error(actual, predicted) == pytest.approx(other.mean_absolute_error(actual, predicted))
    assert metrics.auc(actual > 0, predicted) == pytest.approx(other.roc_auc_score(actual > 0, predicted))
    chance = 1 / (1 + np.exp(-predicted))
    assert metrics.brier(actual > 0, chance) == pytest.approx(other.brier_score_loss(actual > 0, chance))


def test_what_cannot_be_judged_is_not_a_number():
    assert np.isnan(metrics.r_squared(np.ones(3), np.ones(3)))
    assert np.isnan(metrics.auc(np.ones(3), np.arange(3)))
    assert np.isnan(metrics.wape(np.zeros(3), np.ones(3)))


def test_reliability_counts_every_row_once(forecasts):
    actual, predicted = forecasts
    chance = 1 / (1 + np.exp(-predicted))
    table = metrics.reliability(actual > 0, np.append(chance[:-1], 1.0))
    assert sum(band.rows for band in table) == 400
    assert all(band.low <= band.predicted <= band.high for band in table)


def test_rows_of_one_event_do_not_pass_for_independent():
    """Each event is there ten times over; ten times the rows must not make the interval narrower."""
    random = np.random.default_rng(5)
    actual, good = random.normal(size=40), 0.5
    predicted, reference = good * actual, np.zeros(40)
    events = text(f"e{at}" for at in range(40))
    once = metrics.interval(metrics.skill_samples(actual, predicted, reference, events, 2000, 1))
    ten = (np.repeat(column, 10) for column in (actual, predicted, reference))
    often = metrics.interval(metrics.skill_samples(*ten, np.repeat(events, 10), 2000, 1))
    assert often == pytest.approx(once)
    assert once[0] <= 1 - (1 - good) ** 2 <= once[1]


def test_no_skill_straddles_zero():
    random = np.random.default_rng(6)
    actual = random.normal(size=200)
    low, high = metrics.interval(
        metrics.skill_samples(actual, 0.05 * random.normal(size=200), np.zeros(200), text(range(200)), 500, 1)
    )
    assert low < 0.01 and high > -0.02
