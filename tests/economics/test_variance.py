"""The split of a profit variance: exact, the same as averaging over every order, and worked by hand once."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.economics.promotion import Terms, outcome
from scorer.economics.variance import Factors, factors, profit_variance, split, variance_reason

NAN = float("nan")
GROUPS = {
    "baseline": ("baseline",),
    "lift": ("lift",),
    "price": ("list_price", "discount", "funding_share", "redemption_share"),
    "cost": ("unit_cost", "unit_adjustment", "fixed_cost", "fixed_adjustment"),
}
CASE = st.fixed_dictionaries(
    {
        "baseline": st.floats(0, 1e5),
        "lift": st.floats(-1, 20),
        "list_price": st.floats(0.01, 1e3),
        "discount": st.floats(0, 1),
        "funding_share": st.floats(0, 1),
        "redemption_share": st.floats(0, 1),
        "unit_cost": st.floats(0, 1e3),
        "unit_adjustment": st.floats(-10, 10),
        "fixed_cost": st.floats(0, 1e5),
        "fixed_adjustment": st.floats(-1e4, 1e4),
    }
)
WHOLE = st.integers(-1000, 1000).map(Fraction)


def terms_of(case):
    return Terms(**{name: value for name, value in case.items() if name not in ("baseline", "lift")})


def profit(case):
    return outcome(terms_of(case), case["baseline"], case["lift"]).profit


def variance(planned, actual):
    return profit_variance(
        terms_of(planned), planned["baseline"], planned["lift"], terms_of(actual), actual["baseline"], actual["lift"]
    )


def over_all_orders(planned, actual):
    """The effect of each group, averaged over the 24 orders in which the groups can be substituted."""
    total = dict.fromkeys(GROUPS, 0.0)
    orders = list(permutations(GROUPS))
    for order in orders:
        now = dict(planned)
        for group in order:
            before = profit(now)
            now |= {name: actual[name] for name in GROUPS[group]}
            total[group] += profit(now) - before
    return {group: effect / len(orders) for group, effect in total.items()}


def size(*cases):
    """The largest amount that enters: what rounding is measured by."""
    return max(
        (1 + abs(case["baseline"])) * (1 + abs(case["lift"])) * (case["list_price"] + case["unit_cost"] + 10) + 1e5
        for case in cases
    )


@given(CASE, CASE)
def test_the_parts_sum_to_the_difference_of_profits(planned, actual):
    found = variance(planned, actual)
    room = 1e-12 * size(planned, actual)
    assert found.baseline + found.lift + found.price + found.cost == pytest.approx(found.total, abs=room)
    assert found.total == pytest.approx(profit(actual) - profit(planned), abs=room)


@given(CASE, CASE)
def test_it_is_the_average_over_every_order(planned, actual):
    found, expected = variance(planned, actual), over_all_orders(planned, actual)
    for group, effect in expected.items():
        assert getattr(found, group) == pytest.approx(effect, abs=1e-11 * size(planned, actual)), group


@given(st.tuples(*[WHOLE] * 6), st.tuples(*[WHOLE] * 6))
def test_nothing_is_left_over_in_exact_arithmetic(planned, actual):
    def exact(of):
        return of.baseline * of.lift * (of.kept + of.cost) - of.baseline * of.given - of.fixed

    one, other = Factors(*planned), Factors(*actual)
    assert sum(split(one, other)) == exact(other) - exact(one)


@given(CASE, CASE, st.sampled_from(sorted(GROUPS)))
def test_a_group_that_did_not_move_has_no_effect(planned, actual, group):
    actual = actual | {name: planned[name] for name in GROUPS[group]}
    assert getattr(variance(planned, actual), group) == 0


@given(CASE, CASE)
def test_the_way_back_is_the_way_there_with_the_other_sign(planned, actual):
    there, back = variance(planned, actual), variance(actual, planned)
    assert np.allclose(np.array(there), -np.array(back), atol=1e-11 * size(planned, actual))


@given(CASE)
def test_the_factors_are_those_of_the_profit(case):
    of = factors(terms_of(case), case["baseline"], case["lift"])
    again = of.baseline * of.lift * (of.kept + of.cost) - of.baseline * of.given - of.fixed
    assert again == pytest.approx(profit(case), abs=1e-12 * size(case))


def test_worked_by_hand():
    """Planned: 1,000 units, lift 50 %, price 10, 20 % off, cost 5, fixed 100. It came 1,200, 40 %, 10, 25 %, 5.50, 150.

    An extra unit was to leave 10·0.80 − 5 = 3 and left 10·0.75 − 5.50 = 2; a baseline unit was to give away 2, gave 2.50.
    Planned profit 1000·0.5·3 − 1000·2 − 100 = −600; actual 1200·0.4·2 − 1200·2.5 − 150 = −2,190; difference −1,590.

    baseline: +200 · [(0.5·3 + 0.4·2)/3 + (0.5·2 + 0.4·3)/6 − (2 + 2.5)/2] = 200 · (0.766667 + 0.366667 − 2.25)  = −223.33
    lift:     −0.1 · [(1000·3 + 1200·2)/3 + (1000·2 + 1200·3)/6]            = −0.1 · (1,800 + 933.33)              = −273.33
    extra units on average: (1000·0.5 + 1200·0.4)/3 + (1000·0.4 + 1200·0.5)/6 = 326.67 + 166.67                    =  493.33
    price:    −0.5 · 493.33 − 0.5 · (1000 + 1200)/2                         = −246.67 − 550                        = −796.67
    cost:     −0.5 · 493.33 − 50                                            = −246.67 − 50                         = −296.67
    """
    planned, actual = Terms(10, 5, 0.20, fixed_cost=100), Terms(10, 5.5, 0.25, fixed_cost=150)
    found = profit_variance(planned, 1_000, 0.5, actual, 1_200, 0.4)
    assert np.allclose(np.array(found), [-223.333333, -273.333333, -796.666667, -296.666667, -1_590])


def test_what_is_missing_is_said_and_never_zero():
    known, no_cost = Terms(10, 5, 0.2), Terms(10, NAN, 0.2)
    found = profit_variance(known, 1_000, np.array([0.5, NAN, 0.5]), no_cost, 1_000, 0.5)
    assert np.isnan(np.array(found)).all()
    assert variance_reason(np.array([1.0, NAN, NAN, 1.0]), np.array([1.0, 1.0, NAN, NAN])).tolist() == [
        "",
        "the planned profit is not known: a price, cost, baseline or sales figure is missing",
        "neither the planned nor the actual profit is known: a price, cost, baseline or sales figure is missing",
        "the actual profit is not known: a price, cost, baseline or sales figure is missing",
    ]


def test_many_rows_at_once_are_the_rows_one_by_one():
    terms = Terms(10.0, 5.0, np.array([0.1, 0.2]))
    many = profit_variance(terms, 1_000, 0.5, terms, np.array([900, 1_100]), 0.4)
    one = profit_variance(Terms(10, 5, 0.2), 1_000, 0.5, Terms(10, 5, 0.2), 1_100, 0.4)
    assert [part[1] for part in many] == list(one)
