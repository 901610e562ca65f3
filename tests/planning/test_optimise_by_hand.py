"""The choice is the best there is: every other one was tried, by rules written a second time in plain words."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from scorer.errors import RulesClash
from scorer.planning.optimise.choose import answer_of
from scorer.planning.optimise.conflicts import smallest_conflict
from scorer.planning.optimise.formulation import activity, programme
from scorer.planning.optimise.greedy import greedy
from scorer.planning.optimise.overlapping import counts_of, lost
from scorer.planning.optimise.rules import Rules
from scorer.planning.optimise.solve import solve
from tests.planning.optimise_instances import (
    ONE_RULE,
    Instance,
    Step,
    choices,
    instances,
    pressed,
    question_of,
    worth_of,
)


def best_by_hand(instance):
    """Return the best worth and the choices that reach it; None where no choice keeps to the rules."""
    tried = [(worth, choice) for choice in choices(instance) if (worth := worth_of(instance, choice)) is not None]
    if not tried:
        return None, []
    best = max(worth for worth, _ in tried)
    return best, [choice for worth, choice in tried if worth > best - 0.004]


def chosen_of(question, answered):
    return np.asarray(answered.v)[: len(question.found.row)] > 0.5


def as_choice(instance, chosen):
    return tuple(next((at for at in instance.own(row) if chosen[at]), None) for row in range(instance.rows))


@given(instances())
@settings(max_examples=150)
def test_the_choice_is_worth_what_the_best_of_all_choices_is(instance):
    assert_best(instance)


@pytest.mark.parametrize("kind", ONE_RULE)
@given(data=st.data())
@settings(max_examples=40)
def test_each_kind_of_rule_is_kept_and_costs_no_more_than_it_must(kind, data):
    assert_best(data.draw(pressed(kind)))


def assert_best(instance):
    note(str(instance))
    best, _ = best_by_hand(instance)
    question = question_of(instance)
    if best is None:
        with pytest.raises(RulesClash):
            answer_of(question, instance.rules)
        return
    answered = answer_of(question, instance.rules)
    chosen = chosen_of(question, answered)
    assert worth_of(instance, as_choice(instance, chosen)) == pytest.approx(best, abs=0.005)
    assert answered.worth == pytest.approx(best, abs=0.01)
    assert answered.proven
    assert answered.gap <= 1e-3


@given(instances(most_rows=4))
@settings(max_examples=60)
def test_what_overlaps_cost_is_counted_as_it_is_in_words(instance):
    question = question_of(instance)
    try:
        chosen = chosen_of(question, answer_of(question, instance.rules))
    except RulesClash:
        return
    loss = lost(question.overlaps, counts_of(question.found, chosen))
    choice = as_choice(instance, chosen)
    without = instance._replace(rules=instance.rules.model_copy(update={"overlap": False}))
    assert worth_of(without, choice) - worth_of(instance, choice) == pytest.approx(float(loss.sum()), abs=0.03)


def feasible_by_hand(instance, limits):
    """Whether some choice keeps every one of these limits, each tried."""
    for choice in choices(instance):
        chosen = np.zeros(len(instance.steps), dtype=bool)
        chosen[[at for at in choice if at is not None]] = True
        if all(limit.lower - 1e-9 <= activity(limit, chosen) <= limit.upper + 1e-9 for limit in limits):
            return True
    return False


@given(instances(most_rows=4, most_steps=2).filter(lambda one: best_by_hand(one)[0] is None))
@settings(max_examples=60)
def test_a_conflict_is_one_and_no_part_of_it_is(instance):
    question = question_of(instance)
    soft = instance.rules.unit_penalty is not None
    rules = [limit for limit in question.limits if limit.kind != "step" and not (soft and limit.kind == "units")]
    fixed = [limit for limit in question.limits if limit.kind == "step"]
    found = smallest_conflict(len(instance.steps), instance.rows, rules, fixed)
    note(str([limit.words for limit in found]))
    assert found
    assert not feasible_by_hand(instance, found)
    for part in combinations(found, len(found) - 1):
        assert feasible_by_hand(instance, part)


@given(instances())
@settings(max_examples=80)
def test_the_quick_choice_breaks_no_upper_limit(instance):
    question = question_of(instance)
    chosen = greedy(question.found.row, question.value, question.found.cost, question.limits)
    for limit in question.limits:
        if limit.kind != "together":
            assert activity(limit, chosen) <= limit.upper + 1e-9


def test_no_rules_take_every_profitable_promotion_at_its_best_step():
    steps = (a_step(0, 10.0), a_step(0, 12.0), a_step(1, -1.0), a_step(2, 3.0, start=20))
    instance = Instance(("cola", "chips", "cola"), ("north",) * 3, steps, Rules())
    question = question_of(instance)
    assert as_choice(instance, chosen_of(question, answer_of(question, instance.rules))) == (1, None, 3)


def test_of_two_that_earn_the_same_the_one_further_up_is_taken():
    steps = tuple(a_step(row, 10.0, cost=5.0) for row in range(4))
    instance = Instance(("cola", "chips", "soap", "soap"), ("north", "north", "north", "south"), steps, Rules(budget=10.0))
    question = question_of(instance)
    assert as_choice(instance, chosen_of(question, answer_of(question, instance.rules))) == (0, 1, None, None)


def test_a_promotion_that_must_run_runs_at_its_smallest_loss():
    steps = (a_step(0, -8.0), a_step(0, -3.0), a_step(1, 5.0))
    instance = Instance(("cola", "soap"), ("north", "north"), steps, Rules(must_run=("P0",)))
    question = question_of(instance)
    assert as_choice(instance, chosen_of(question, answer_of(question, instance.rules))) == (1, 2)


def test_a_conflict_is_told_with_the_numbers_that_clash():
    steps = (a_step(0, 5.0, cost=30.0), a_step(1, 5.0, cost=25.0, start=20))
    instance = Instance(("cola", "soap"), ("north", "north"), steps, Rules(must_run=("P0", "P1"), budget=40.0))
    with pytest.raises(RulesClash) as told:
        answer_of(question_of(instance), instance.rules)
    for words in ("P0 must run", "P1 must run", "may reach 40.00 EUR", "the others need at least 55.00 EUR", "raise the budget"):
        assert words in str(told.value)


def test_a_promotion_outside_of_what_was_learnt_is_not_run_because_it_must():
    instance = Instance(("cola",), ("north",), (a_step(0, 5.0)._replace(inside=False),), Rules(must_run=("P0",)))
    with pytest.raises(RulesClash, match="outside what the model has learnt from"):
        answer_of(question_of(instance), instance.rules)


def test_a_search_that_ends_early_says_how_far_off_it_may_be():
    hard = knapsack(60)
    best = solve(hard, 60)
    assert best.proven
    early = solve(hard, 0.0, np.zeros(hard.steps, dtype=bool))
    assert not early.proven
    assert early.v is not None
    assert early.worth <= best.worth + 0.01
    assert early.bound >= best.worth - 0.01
    assert early.gap > 0


def knapsack(steps):
    """A programme that cannot be solved at a glance: profits that hardly differ from costs, under three budgets."""
    rng = np.random.default_rng(3)
    from scorer.planning.optimise.constraints import Limit

    limits = []
    for _ in range(3):
        cost = rng.integers(200, 999, steps) / 10
        limits.append(Limit("budget", "", "", np.arange(steps), cost, -np.inf, float(cost.sum() / 2)))
    return programme(steps, rng.integers(200, 999, steps) / 10 + 5, limits)


def a_step(row, profit, cost=10.0, start=0):
    return Step(row, start, 7, profit, profit - 5, cost, 10.0, 0.9, inside=True, loss=0.0, usual=0.0)
