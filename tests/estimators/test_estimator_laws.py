"""What every estimator owes to everyone who asks it, whatever it estimates."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from scorer.columns import Columns, length, stack, take, text
from scorer.estimators.promotion_lift import GRID, monotone_breach
from scorer.settings import Training
from scorer.tasks import PROMOTION_LIFT, PROMOTION_SUCCESS
from scorer.training import Fitted, fit

SLOPES = {"Tea": 2.0, "Coffee": 0.5}
QUANTILES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


class Subject(NamedTuple):
    """An estimator: its features, what it says about rows, and all that is kept of it."""

    features: tuple[str, ...]
    answers: Callable[[Fitted, Columns], dict[str, np.ndarray]]
    kept: Callable[[Fitted], tuple[bytes, object]]


def _lift(fitted: Fitted, rows: Columns) -> dict[str, np.ndarray]:
    found = fitted.lift.predict(rows)
    quantiles = {f"quantile {q}": found.quantile(q) for q in QUANTILES}
    return {"point": found.point, "expected": found.expected, "chance": found.chance_above(np.zeros(length(rows))), **quantiles}


SUBJECTS = {
    "promotion_lift": Subject(PROMOTION_LIFT.features, _lift, lambda f: (bytes(f.lift.booster.save_raw("ubj")), f.lift.form())),
    "promotion_success": Subject(
        PROMOTION_SUCCESS.features,
        lambda f, rows: {"chance": f.success.predict(rows)},
        lambda f: (bytes(f.success.classifier.booster.save_raw("ubj")), f.success.form()),
    ),
}


@pytest.fixture(params=SUBJECTS)
def subject(request) -> Subject:
    return SUBJECTS[request.param]


def same(found, wanted):
    return all((found[name] == wanted[name]).all() for name in wanted)


def test_the_input_is_left_as_it_was(subject, fitted, rows):
    before = {name: column.copy() for name, column in rows.items()}
    subject.answers(fitted, rows)
    fit(rows, Training())
    assert all(np.array_equal(rows[name], before[name]) for name in before)


def test_the_same_rows_and_seed_give_the_same_bytes(subject, fitted, rows):
    assert subject.kept(fit(rows, Training(threads=1))) == subject.kept(fitted)


def test_another_seed_gives_another_model(subject, fitted, rows):
    assert subject.kept(fit(rows, Training(seed=8)))[0] != subject.kept(fitted)[0]


@pytest.mark.parametrize("name", ["product_category", "promotion_type", "region", "product_subcategory", "product"])
def test_a_name_never_seen_is_answered(subject, fitted, rows, name):
    for unknown in ("Never seen", None):
        strange = {**rows, name: text([unknown] * length(rows))}
        assert all(np.isfinite(answer).all() for answer in subject.answers(fitted, strange).values())


def test_names_are_known_however_they_are_capitalised(subject, fitted, rows):
    shouted = {**rows, "product_category": text(str(name).upper() for name in rows["product_category"])}
    assert same(subject.answers(fitted, shouted), subject.answers(fitted, rows))


def test_missing_numbers_are_answered(subject, fitted, rows):
    for name in ("regular_price", "price_position", "weeks_since_promotion", "baseline_spread"):
        nothing = {**rows, name: np.full(length(rows), np.nan)}
        assert all(np.isfinite(answer).all() for answer in subject.answers(fitted, nothing).values())


def test_a_row_alone_is_answered_as_in_company(subject, fitted, rows):
    together = subject.answers(fitted, rows)
    for at in range(0, length(rows), 97):
        alone = subject.answers(fitted, take(rows, np.array([at])))
        assert same(alone, {name: answer[[at]] for name, answer in together.items()})


def test_the_order_of_rows_does_not_matter(subject, fitted, rows):
    order = np.random.default_rng(1).permutation(length(rows))
    shuffled = subject.answers(fitted, take(rows, order))
    assert same(shuffled, {name: answer[order] for name, answer in subject.answers(fitted, rows).items()})


def test_more_discount_never_means_less(subject, fitted, rows):
    some = take(rows, np.arange(0, length(rows), 7))
    grid = [subject.answers(fitted, {**some, "discount_percentage": np.full(length(some), depth)}) for depth in GRID]
    for name in grid[0]:
        assert (np.diff([step[name] for step in grid], axis=0) >= 0).all(), name


def test_chances_are_never_certain(subject, fitted, rows):
    extreme = stack([{**rows, "discount_percentage": np.full(length(rows), depth)} for depth in (0.0, 0.99)])
    chance = subject.answers(fitted, extreme)["chance"]
    assert 0 < chance.min() < chance.max() < 1


def test_better_and_worse_promotions_are_told_apart(subject, fitted, planted):
    fresh = planted(400, seed=99)
    chance = subject.answers(fitted, fresh)["chance"]
    deep = (fresh["product_category"] == "Tea") & (fresh["discount_percentage"] >= 0.4)
    weak = (fresh["product_category"] == "Coffee") & (fresh["discount_percentage"] <= 0.1)
    assert chance[deep].mean() > chance[weak].mean() + 0.3
    assert abs(chance.mean() - (fresh["log_lift"] > 0).mean()) < 0.06


# --- of the lift alone --------------------------------------------------------------------------------------------------------


def test_quantiles_never_cross(fitted, rows):
    found = fitted.lift.predict(rows)
    assert (np.diff([found.quantile(q) for q in QUANTILES], axis=0) >= 0).all()


@pytest.mark.parametrize("q", QUANTILES)
def test_the_chance_above_a_quantile_is_what_is_left(fitted, rows, q):
    found = fitted.lift.predict(rows)
    assert np.abs(found.chance_above(found.quantile(q)) - (1 - q)).max() < 0.01


def test_chance_falls_with_the_threshold(fitted, rows):
    found = fitted.lift.predict(take(rows, np.arange(20)))
    chances = [found.chance_above(np.full(20, lift)) for lift in np.linspace(-1.5, 9, 60)]
    assert (np.diff(chances, axis=0) <= 0).all()
    assert (found.chance_above(np.full(20, -1.0)) == 1).all()
    assert (found.chance_above(np.full(20, np.inf)) == 0).all()
    assert np.isnan(found.chance_above(np.full(20, np.nan))).all()


def test_the_expected_lift_is_the_mean_of_its_quantiles(fitted, rows):
    found = fitted.lift.predict(take(rows, np.arange(50)))
    middles = (np.arange(2000) + 0.5) / 2000
    assert found.expected == pytest.approx(np.mean([found.quantile(q) for q in middles], axis=0), abs=0.02)


def test_intervals_hold_the_truth_as_often_as_they_say_wide_and_narrow_items_alike(fitted, planted):
    fresh = planted(3000, seed=99)
    found = fitted.lift.predict(fresh)
    inside = (np.expm1(fresh["log_lift"]) >= found.quantile(0.1)) & (np.expm1(fresh["log_lift"]) <= found.quantile(0.9))
    wide = fresh["baseline_spread"] > 0.5
    assert inside.mean() == pytest.approx(0.8, abs=0.06)
    assert inside[wide].mean() == pytest.approx(inside[~wide].mean(), abs=0.12)
    width = found.quantile(0.9) - found.quantile(0.1)
    assert width[wide].mean() > 1.3 * width[~wide].mean()


def test_the_planted_slopes_are_recovered(fitted, planted):
    """Among three dozen columns of noise the trees find both slopes, each drawn towards the mean of both."""
    fresh, found = planted(300, seed=99), {}
    for category in ("Tea", "Coffee"):
        those = take(fresh, fresh["product_category"] == category)
        low, high = (
            fitted.lift.predict({**those, "discount_percentage": np.full(length(those), depth)}).point.mean()
            for depth in (0.1, 0.5)
        )
        found[category] = (high - low) / 0.4
    assert 0.6 * SLOPES["Coffee"] < found["Coffee"] < 1.05
    assert 1.25 < found["Tea"] < 1.1 * SLOPES["Tea"]


def test_a_breach_of_the_monotone_promise_would_be_seen(fitted, rows):
    assert monotone_breach(fitted.lift, rows) == 0
    upside_down = {**rows, "log_lift": -rows["log_lift"]}
    assert monotone_breach(fit(upside_down, Training()).lift, rows) == 0  # the constraint holds against the data
