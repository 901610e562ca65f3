"""Other discounts and lengths: the ladder is the path itself, asked for changed rows."""

import numpy as np
import pytest

from scorer import verbs
from scorer.columns import take
from scorer.demo import Sort
from scorer.errors import InputRefused
from scorer.planning.what_if import STEP_COLUMNS, best_step, what_if
from scorer.scoring import answer_plan, score


@pytest.fixture(scope="module")
def plan(demo_home):
    return score(demo_home.plan(), demo_home.model, demo_home.client)


def row_of(demo_home, plan, sort):
    return next(at for at, name in enumerate(plan.plan["promotion_id"]) if demo_home.made.upcoming.sorts[name] == sort)


@pytest.fixture(scope="module")
def asked(demo_home):
    return demo_home.plan()


def test_the_ladder_is_the_changed_rows_scored_one_by_one(demo_home, asked):
    found = what_if(asked, 3, demo_home.model, demo_home.client)
    assert found.ladder["discount_percentage"].tolist() == [0.10, 0.15, 0.20, 0.25, 0.30]
    assert tuple(found.ladder) == tuple(found.planned) == STEP_COLUMNS
    row = take(asked.columns, np.array([3]))
    for at, step in enumerate(found.ladder["discount_percentage"]):
        alone = answer_plan({**row, "discount_percentage": np.array([step])}, demo_home.model, demo_home.client)
        for name in set(STEP_COLUMNS) & set(alone):
            assert found.ladder[name][[at]].tolist() == pytest.approx(alone[name].tolist(), nan_ok=True), name


def test_the_step_of_the_plan_has_the_figures_of_the_plan(demo_home, asked, plan):
    at = 5
    own = float(asked.columns["discount_percentage"][at])
    found = what_if(asked, at, demo_home.model, demo_home.client, discounts=(own,)).ladder
    (scored,) = np.flatnonzero(plan.plan["promotion_id"] == asked.columns["promotion_id"][at])
    for name in set(STEP_COLUMNS) & set(plan.answer):
        assert found[name][0] == plan.answer[name][scored], name


def test_lengths_move_the_end_and_everything_that_hangs_on_it(demo_home, asked):
    found = what_if(asked, 3, demo_home.model, demo_home.client, discounts=(0.1, 0.2), durations=(7, 14)).ladder
    assert found["duration_days"].tolist() == [7, 7, 14, 14] and found["discount_percentage"].tolist() == [0.1, 0.2, 0.1, 0.2]
    baseline = found["sales_units_expected"] - found["incremental_units_expected"]
    assert baseline[2] / baseline[0] == pytest.approx(2, rel=0.1)


def test_success_and_lift_rise_with_the_discount(demo_home, asked):
    found = what_if(asked, 3, demo_home.model, demo_home.client, discounts=tuple(np.linspace(0.05, 0.5, 10))).ladder
    for name in ("success_probability", "lift_low", "lift_expected", "lift_high"):
        assert (np.diff(found[name]) >= 0).all(), name


def test_the_best_step_earns_most(demo_home, asked, plan):
    at = row_of(demo_home, plan, Sort.GOOD)
    row = int(np.flatnonzero(asked.columns["promotion_id"] == plan.plan["promotion_id"][at])[0])
    found = what_if(asked, row, demo_home.model, demo_home.client)
    profit = found.ladder["incremental_profit_expected"]
    assert found.best is not None and profit[found.best] == profit.max() > 0
    assert f"{found.ladder['discount_percentage'][found.best]:.0%}" in found.sentence and "EUR" in found.sentence


def test_none_may_be_profitable(demo_home, asked):
    columns = {**asked.columns, "fixed_cost": np.full(asked.rows, 1e9)}
    found = what_if(asked._replace(columns=columns), 3, demo_home.model, demo_home.client)
    assert found.best is None and found.sentence.startswith("None of these steps is profitable")
    assert set(found.ladder["verdict"]) <= {"DON'T LAUNCH", "NOT ENOUGH EVIDENCE"}


def test_without_a_cost_the_sentence_says_why(original_home):
    asked = original_home.plan()
    nothing = np.full(asked.rows, np.nan)
    asked = asked._replace(columns={**asked.columns, "list_price": nothing, "unit_cost": nothing})
    found = what_if(asked, 0, original_home.model, original_home.client)
    assert found.best is None and "not known" in found.sentence


def test_best_step_passes_over_what_is_not_known():
    assert best_step(np.array([np.nan, 2.0, 5.0])) == 2
    assert best_step(np.array([0.0, -1.0])) is None


def test_a_promotion_is_asked_for_by_its_name(demo_home):
    asked = verbs.what_if(demo_home.workspace, demo_home.upcoming, "U0005")
    assert asked.promotion_id == "U0005"
    with pytest.raises(InputRefused, match="Did you mean 'U0005'"):
        verbs.what_if(demo_home.workspace, demo_home.upcoming, "U0005x")
