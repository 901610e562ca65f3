"""The ladder of a list: exact on its knots, measured between them, and nothing outside of what was learnt."""

import numpy as np
import pytest

from scorer.columns import DAY, length, take
from scorer.contracts.exports import PLAN
from scorer.economics.promotion import Terms
from scorer.planning.knots import DURATION, day_knots, discount_knots, splits_of
from scorer.planning.ladder import chance_of_profit, ladders, read, unit_lifts
from scorer.scoring import answer_plan, score


@pytest.fixture(scope="module", params=["demo_home", "original_home"])
def home(request):
    """One client whose sales have units, one whose sales are amounts."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def scored(home):
    return score(home.plan(), home.model, home.client, explain=False)


@pytest.fixture(scope="module")
def ladder(home, scored):
    return ladders(scored.plan, home.model, home.client)


def asked_at(home, scored, rows, depths, days):
    """What the engine answers when these rows are asked with other discounts and lengths."""
    points = take({name: scored.plan[name] for name in PLAN.names}, rows)
    points |= {"discount_percentage": depths, DURATION: days, "end_date": points["start_date"] + (days.astype(int) - 1) * DAY}
    return answer_plan(points, home.model, home.client)


def assert_alike(ladder, found, engine, depths, days, within):
    used = {name: engine[f"used_{name}"] for name in Terms._fields if f"used_{name}" in engine}
    terms = Terms(discount=depths, **used)
    for end, lift in unit_lifts(ladder, found.lift, found.per_length, terms).items():
        assert np.nanmax(np.abs(lift - engine[f"lift_{end}"])) < within, end
    per_length = found.per_length
    baseline = per_length["baseline_units_per_day"] * days
    assert np.nanmax(np.abs(baseline / engine["baseline_units"] - 1)) < max(within, 1e-9)
    chance = chance_of_profit(ladder, found.lift, per_length["median"], per_length["scale"], terms, baseline)
    known = ~np.isnan(chance)
    assert (known == ~np.isnan(engine["probability_of_profit"])).all()
    assert np.abs(chance - engine["probability_of_profit"])[known].max(initial=0) < within


def test_the_ladder_is_the_engine_on_its_knots(home, scored, ladder):
    rng = np.random.default_rng(1)
    rows = rng.integers(0, length(scored.plan), 120)
    depths = rng.choice(ladder.discounts, 120)
    days = np.array([rng.choice(ladder.rows[DURATION][ladder.rows["place"] == row + 1]) for row in rows])
    inside = (days >= ladder.duration[0]) & (days <= ladder.duration[1])
    rows, depths, days = rows[inside], depths[inside], days[inside]
    found = read(ladder, rows + 1.0, depths, days)
    assert_alike(ladder, found, asked_at(home, scored, rows, depths, days), depths, days, 1e-9)


def test_every_planned_step_is_a_knot(scored, ladder):
    within = read(ladder, ladder.own["place"], scored.plan["discount_percentage"], scored.plan[DURATION])
    assert within.on.any()
    assert np.nanmax(np.abs(within.lift - ladder.own["lift"])[within.on]) < 1e-9
    assert (ladder.own["inside"] == 1).sum() <= within.on.sum()


def test_the_gap_between_knots_is_measured_and_below_one_point(home, scored, ladder):
    """The trees move at their splits only, so a knot on both sides of each leaves nothing to guess."""
    assert ladder.measured.points >= 100
    assert ladder.measured.lift < 0.01
    rng = np.random.default_rng(2)
    rows = rng.integers(0, length(scored.plan), 60)
    depths = rng.uniform(*ladder.discount, 60)
    days = rng.integers(int(np.ceil(ladder.duration[0])), int(ladder.duration[1]) + 1, 60).astype(float)
    found = read(ladder, rows + 1.0, depths, days)
    assert_alike(ladder, found, asked_at(home, scored, rows, depths, days), depths, days, max(ladder.measured.lift, 1e-9))


def test_nothing_is_read_outside_of_what_was_learnt(ladder):
    (low, high), (short, long) = ladder.discount, ladder.duration
    found = read(ladder, np.ones(4), np.array([low - 0.01, high + 0.01, low, low]), np.array([short, short, short - 1, long + 1]))
    assert not found.on.any() and np.isnan(found.lift).all()


def test_a_coarse_ladder_says_how_far_it_is_off(home, scored, monkeypatch):
    monkeypatch.setattr("scorer.planning.knots.MOST_KNOTS", 20)
    monkeypatch.setattr("scorer.planning.knots.FEWEST_DISCOUNTS", 4)
    coarse = ladders(scored.plan, home.model, home.client)
    assert len(coarse.discounts) <= 4
    assert coarse.measured.lift > 0
    own = read(coarse, coarse.own["place"], scored.plan["discount_percentage"], scored.plan[DURATION])
    assert np.isfinite(own.lift[own.on]).all()


def test_each_split_has_a_knot_on_both_sides(demo_home):
    splits = splits_of(demo_home.model, demo_home.client, "discount_percentage")
    knots = discount_knots(splits, demo_home.model.support.discount, (), 200)
    inner = splits[(splits > knots[0]) & (splits <= knots[-1])]
    assert len(inner) and set(inner) <= set(knots)
    just_under = np.searchsorted(knots, inner) - 1
    assert (inner - knots[just_under] < 1e-6).all()


def test_lengths_become_fewer_where_there_is_no_room():
    splits = np.array([7.0, 14.0])
    assert len(day_knots(splits, (1, 28), (7, 14), 100)) == 28
    assert day_knots(splits, (1, 28), (10,), 8).tolist() == [1, 6, 7, 10, 13, 14, 28]
    assert day_knots(splits, (1, 28), (10,), 3).tolist() == [1, 10, 28]
