"""Fitting: the same rows give the same model, and what it learns comes from promotions that were later."""

import numpy as np
import pytest

from scorer.columns import fetch, length, take
from scorer.errors import NothingToWorkOn
from scorer.estimators.promotion_lift import monotone_breach
from scorer.lake.engines.duckdb import connect
from scorer.settings import Training
from scorer.training import fit


@pytest.fixture(scope="module")
def rows(original_home):
    con = connect(original_home.lake, read_only=True)
    return fetch(con, "SELECT * FROM training_rows WHERE cohort = 'real' ORDER BY start_date, promotion_id, plan_row")


@pytest.fixture(scope="module")
def fitted(rows):
    return fit(rows, Training())


def test_more_discount_never_means_less_lift(demo_home, fitted, rows):
    assert monotone_breach(fitted.lift, rows) == 0
    con = connect(demo_home.lake, read_only=True)
    past = fetch(con, "SELECT * FROM training_rows WHERE cohort = 'real'")
    assert monotone_breach(demo_home.model.lift, past) == 0


def test_the_number_of_threads_changes_nothing(fitted, rows):
    again = fit(rows, Training(threads=4))
    assert bytes(again.lift.booster.save_raw("ubj")) == bytes(fitted.lift.booster.save_raw("ubj"))
    assert again.lift.form() == fitted.lift.form() and again.success.form() == fitted.success.form()


def test_errors_are_those_of_later_promotions_not_of_those_learnt_by_heart(fitted, rows):
    """Residuals inside the training rows are smaller than what the distribution says of new ones."""
    found = fitted.lift.predict(rows)
    inside = np.mean((np.expm1(rows["log_lift"]) >= found.quantile(0.1)) & (np.expm1(rows["log_lift"]) <= found.quantile(0.9)))
    assert inside > 0.82


def test_the_planted_effect_of_the_discount_is_learnt(original_home, rows, fitted):
    """The amount paid moves by 2 · discount · gain of the mechanic in logs (its receipts do)."""
    truth = original_home.made.files.truth
    place = {name: at for at, name in enumerate(truth["promotion_id"])}
    planted = truth["log_lift"][[place[name] for name in rows["promotion_id"]]]
    assert np.corrcoef(fitted.lift.predict(rows).point, planted)[0, 1] > 0.85


def test_the_simple_rule_has_a_distribution_of_its_own(fitted, rows):
    found = fitted.rule.predict(rows)
    assert (found.centre == rows["simple_rule"]).all()
    assert found.quantile(0.1).mean() < found.quantile(0.9).mean()


def test_too_few_promotions_are_refused_in_words(rows):
    with pytest.raises(NothingToWorkOn, match=r"40 promotions .* too few") as told:
        fit(take(rows, np.arange(40)), Training())
    assert "longer history" in str(told.value) and length(rows) > 200
