"""The question turned round: put the answer in, and the goal comes out."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scorer.economics.break_even import break_even_lift
from scorer.economics.promotion import Terms, adjustment_from_shares, funding_for_roi, funding_to_break_even, outcome
from scorer.economics.targets import (
    Goal,
    cost_for_goal,
    discount_for_goal,
    fixed_cost_for_goal,
    funding_for_goal,
    lift_for_goal,
    price_for_goal,
    surplus,
)

NAN = float("nan")
G5 = Terms(list_price=10, unit_cost=4, discount=0.15, fixed_cost=2_000)
BASELINE = 5_000


@st.composite
def terms(draw):
    price = draw(st.floats(0.5, 1_000))
    return Terms(
        list_price=price,
        unit_cost=price * draw(st.floats(0, 1)),
        discount=draw(st.floats(0.01, 0.9)),
        funding_share=draw(st.floats(0, 0.95)),
        fixed_cost=draw(st.floats(0, 1e4)),
        redemption_share=draw(st.floats(0.01, 1)),
        unit_adjustment=price * draw(st.floats(-0.3, 0.3)),
    )


goals = st.builds(Goal, profit=st.floats(-1e5, 1e5), roi=st.just(0.0)) | st.builds(
    Goal, profit=st.just(0.0), roi=st.floats(-0.9, 5)
)
baselines = st.floats(1, 1e5)
lifts = st.floats(-0.9, 10)


def is_reached(goal, terms, baseline, lift):
    """The surplus of the answer is nothing, measured by the largest amount on the way to it."""
    at = outcome(terms, baseline, lift)
    moved = sum(abs(part) for part in (at.incremental_units * terms.list_price, at.incremental_units * terms.unit_cost))
    moved += abs(at.adjustment) + (abs(at.discount_cost) + abs(at.promotion_cost) + abs(terms.fixed_cost)) * (1 + abs(goal.roi)) + abs(goal.profit)
    return abs(surplus(goal, at.profit, at.promotion_cost)) <= 1e-9 * max(moved, 1.0)


@given(terms(), baselines, lifts, goals)
def test_the_discount_found_gives_the_profit_asked_for(terms, baseline, lift, goal):
    found = discount_for_goal(terms, baseline, lift, goal)
    assume(found == found and abs(found) < 1e6)
    assert is_reached(goal, terms._replace(discount=found), baseline, lift)


@given(terms(), baselines, lifts, goals)
def test_the_fixed_cost_found_gives_the_profit_asked_for(terms, baseline, lift, goal):
    found = fixed_cost_for_goal(terms, baseline, lift, goal)
    assert is_reached(goal, terms._replace(fixed_cost=found), baseline, lift)


@given(terms(), baselines, lifts, goals)
def test_the_funding_found_gives_the_profit_asked_for(terms, baseline, lift, goal):
    found = funding_for_goal(terms, baseline, lift, goal)
    assume(found == found and abs(found) < 1e6)
    assert is_reached(goal, terms._replace(funding_share=found), baseline, lift)


@given(terms(), baselines, goals)
def test_the_lift_found_gives_the_profit_asked_for(terms, baseline, goal):
    found = lift_for_goal(terms, baseline, goal)
    assume(found == found and abs(found) < 1e6)
    assert is_reached(goal, terms, baseline, found)


# shares of the extra units bought early, and taken from a product whose margin is the promoted one's own
own_shares = st.floats(-0.9, 0.9)


@given(terms(), baselines, lifts, goals, own_shares)
def test_the_price_found_gives_the_profit_asked_for_side_effects_included(terms, baseline, lift, goal, share):
    fixed_part = terms.unit_adjustment
    now = terms._replace(unit_adjustment=fixed_part + share * (terms.list_price - terms.unit_cost))
    found = price_for_goal(now, baseline, lift, goal, share)
    assume(found == found and abs(found) < 1e6)
    then = terms._replace(list_price=found, unit_adjustment=fixed_part + share * (found - terms.unit_cost))
    assert is_reached(goal, then, baseline, lift)


@given(terms(), baselines, lifts, goals, own_shares)
def test_the_cost_found_gives_the_profit_asked_for_side_effects_included(terms, baseline, lift, goal, share):
    fixed_part = terms.unit_adjustment
    now = terms._replace(unit_adjustment=fixed_part + share * (terms.list_price - terms.unit_cost))
    found = cost_for_goal(now, baseline, lift, goal, share)
    assume(found == found and abs(found) < 1e6)
    then = terms._replace(unit_cost=found, unit_adjustment=fixed_part + share * (terms.list_price - found))
    assert is_reached(goal, then, baseline, lift)


def test_the_own_margin_share_is_that_of_the_shares():
    """Bought early counts at the own margin; so does what is taken from a product whose margin nobody states."""
    at = [adjustment_from_shares(margin, 0.2, margin, 0.1, 0.05, 3.0) for margin in (4.0, 5.0)]
    assert at[1] - at[0] == pytest.approx(-0.3)


@given(terms(), baselines)
def test_the_lift_of_break_even_is_the_break_even_lift(terms, baseline):
    found, wanted = lift_for_goal(terms, baseline, Goal()), break_even_lift(terms, baseline)
    assume(wanted == wanted and abs(wanted) < 1e6)
    assert found == pytest.approx(wanted, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("goal", [Goal(profit=4_000), Goal(roi=4_000 / 14_000)])
def test_the_worked_example_is_found_again_from_every_side(goal):
    """P 10, c 4, 5,000 units, 15 %, lift 60 %, fixed 2,000: profit 4,000 on a cost of 14,000."""
    assert lift_for_goal(G5, BASELINE, goal) == pytest.approx(0.60)
    assert discount_for_goal(G5, BASELINE, 0.60, goal) == pytest.approx(0.15)
    assert fixed_cost_for_goal(G5, BASELINE, 0.60, goal) == pytest.approx(2_000)
    assert price_for_goal(G5, BASELINE, 0.60, goal) == pytest.approx(10)
    assert cost_for_goal(G5, BASELINE, 0.60, goal) == pytest.approx(4)


def test_the_funding_is_that_of_the_remedies():
    assert funding_for_goal(G5, BASELINE, 0.6, Goal()) == pytest.approx(funding_to_break_even(G5, BASELINE, 0.6))
    assert funding_for_goal(G5, BASELINE, 0.6, Goal(roi=0.5)) == pytest.approx(funding_for_roi(G5, BASELINE, 0.6, 0.5))


def test_what_changes_nothing_has_no_answer():
    beyond_margin = Terms(list_price=10, unit_cost=8, discount=0.25)
    assert np.isnan(lift_for_goal(beyond_margin, BASELINE, Goal()))
    assert np.isnan(lift_for_goal(G5._replace(unit_cost=NAN), BASELINE, Goal()))
    assert np.isnan(cost_for_goal(G5, BASELINE, 0.0, Goal())), "no extra unit is sold"
    assert np.isnan(price_for_goal(G5, BASELINE, -0.1, Goal())), "fewer units at a higher price lose more"
    assert np.isnan(discount_for_goal(G5._replace(funding_share=1.0), BASELINE, 0.6, Goal())), "a partner pays all of it"
    assert np.isnan(fixed_cost_for_goal(G5, BASELINE, 0.6, Goal(roi=-1.0)))


def test_many_rows_at_once_are_the_rows_one_by_one():
    depth, lift = np.array([0.10, 0.20, 0.30]), np.array([0.2, 0.5, 0.9])
    many = discount_for_goal(G5._replace(discount=depth), BASELINE, lift, Goal(profit=100))
    pairs = zip(depth.tolist(), lift.tolist(), strict=True)
    assert many.tolist() == [discount_for_goal(G5._replace(discount=d), BASELINE, rise, Goal(profit=100)) for d, rise in pairs]
