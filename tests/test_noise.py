"""Promotions that do nothing: the product must say so, whatever it was given to learn from."""

import numpy as np
import pytest

from scorer.scoring import score

NO_EVIDENCE = "NOT ENOUGH EVIDENCE"


@pytest.fixture(scope="module")
def scored(noise_home):
    return score(noise_home.plan(), noise_home.model, noise_home.client).answer


def test_no_skill_is_claimed(noise_home):
    found = noise_home.trained.evaluation
    assert not found.evidence.found
    assert found.evidence.sentence.startswith(NO_EVIDENCE)
    assert found.out_of_time.r2_log_lift < 0.1
    assert found.r2_interval[0] < 0.05


def test_success_is_hardly_foreseen(noise_home):
    found = noise_home.trained.evaluation.out_of_time
    assert found.auc_success < 0.65
    assert found.brier_success > found.brier_constant - 0.02


def test_there_is_never_a_go(noise_home, scored):
    """Prices and costs are given, so nothing but the missing evidence holds it back."""
    assert not np.isnan(scored["incremental_profit_expected"]).any()
    assert set(scored["verdict"]) == {NO_EVIDENCE}


def test_success_is_as_likely_as_it_has_been(noise_home, scored):
    past = noise_home.model.past["log_lift"]
    assert scored["success_probability"].mean() == pytest.approx((past > 0).mean(), abs=0.12)
    assert scored["success_probability"].std() < 0.2


def test_the_model_knows_that_it_knows_nothing(noise_home):
    assert not noise_home.model.worth.evidence
    assert NO_EVIDENCE in (noise_home.bundle / "card.md").read_text(encoding="utf-8")
