"""What must hold for every promotion, not only for the worked examples."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scorer.economics import promotion
from scorer.economics.break_even import contribution_per_extra_unit
from scorer.economics.promotion import (
    Terms,
    adjustment_from_shares,
    break_even_lift,
    break_even_reason,
    contra_revenue,
    funding_for_profit,
    funding_for_roi,
    funding_to_break_even,
    headroom,
    interval,
    net_value_lift_from_unit_lift,
    outcome,
    probability_of_profit,
    profit_line,
    sales_multiple,
    unit_lift_from_net_value_lift,
)

NAN = float("nan")
shares = st.floats(0, 1)
units = st.floats(1, 1e6)
lifts = st.floats(-0.9, 20)


@st.composite
def priced_terms(draw):
    price = draw(st.floats(0.5, 1_000))
    return Terms(
        list_price=price,
        unit_cost=price * draw(st.floats(0, 1.2)),
        discount=draw(st.floats(0.01, 0.9)),
        funding_share=draw(shares),
        fixed_cost=draw(st.floats(0, 1e5)),
        redemption_share=draw(shares),
        fixed_adjustment=draw(st.floats(-1e5, 1e5)),
        unit_adjustment=price * draw(st.floats(-0.5, 0.5)),
    )


@st.composite
def binary_terms(draw):
    """Whole prices and shares in sixteenths: every product below is exact in binary floating point."""
    sixteenths = st.integers(0, 16).map(lambda n: n / 16)
    return Terms(
        list_price=draw(st.integers(1, 1_000)),
        unit_cost=draw(st.integers(0, 1_000)),
        discount=draw(sixteenths),
        funding_share=draw(sixteenths),
        fixed_cost=draw(st.integers(0, 10_000)),
        redemption_share=draw(sixteenths),
        fixed_adjustment=draw(st.integers(-10_000, 10_000)),
        unit_adjustment=draw(st.integers(-500, 500)),
    )


def money_moved(terms, baseline, lift):
    """The size of the sums that profit is the difference of: what rounding is relative to."""
    largest_price = terms.list_price + terms.unit_cost + abs(terms.unit_adjustment)
    return baseline * (1 + abs(lift)) * largest_price + terms.fixed_cost + abs(terms.fixed_adjustment)


@given(priced_terms(), units)
def test_profit_at_the_break_even_lift_is_zero(terms, baseline):
    lift = break_even_lift(terms, baseline)
    assume(not math.isnan(lift))
    assert abs(outcome(terms, baseline, lift).profit) <= 1e-9 * money_moved(terms, baseline, lift)


@given(priced_terms(), units)
def test_a_break_even_lift_exists_or_the_reason_is_said(terms, baseline):
    missing = math.isnan(break_even_lift(terms, baseline))
    assert missing == bool(break_even_reason(terms, baseline))
    assert missing == (contribution_per_extra_unit(terms) <= 0)


@given(binary_terms(), st.integers(0, 100_000), st.integers(-16, 160).map(lambda n: n / 16))
def test_both_conventions_tie_to_the_last_bit(terms, baseline, lift):
    assert contra_revenue(terms, baseline, lift).profit == outcome(terms, baseline, lift).profit


@given(priced_terms(), units, lifts)
def test_both_conventions_tie_at_any_price(terms, baseline, lift):
    difference = contra_revenue(terms, baseline, lift).profit - outcome(terms, baseline, lift).profit
    assert abs(difference) <= 1e-12 * money_moved(terms, baseline, lift)


@given(priced_terms(), units, lifts, st.floats(0.001, 5))
def test_profit_follows_the_sign_of_what_an_extra_unit_leaves(terms, baseline, lift, more):
    gain = outcome(terms, baseline, lift + more).profit - outcome(terms, baseline, lift).profit
    contribution = contribution_per_extra_unit(terms)
    tolerance = 1e-12 * money_moved(terms, baseline, lift + more)
    assert gain == pytest.approx(contribution * baseline * more, rel=1e-9, abs=tolerance)
    if contribution > 0:
        assert gain >= -tolerance


@given(priced_terms(), units, lifts)
def test_profit_is_its_straight_line(terms, baseline, lift):
    line = profit_line(terms, baseline)
    expected = line.at_zero_lift + line.per_unit_of_lift * lift
    tolerance = 1e-11 * money_moved(terms, baseline, lift)
    assert outcome(terms, baseline, lift).profit == pytest.approx(expected, rel=1e-9, abs=tolerance)


@given(priced_terms(), units, lifts)
def test_full_funding_leaves_the_fixed_cost_only(terms, baseline, lift):
    result = outcome(terms._replace(funding_share=1.0), baseline, lift)
    assert result.promotion_cost == terms.fixed_cost
    assert result.profit == result.incremental_margin + result.adjustment - terms.fixed_cost


@given(priced_terms(), units, lifts)
def test_the_return_has_the_sign_of_the_profit(terms, baseline, lift):
    result = outcome(terms, baseline, lift)
    for rate in (result.roi, result.roi_contra):
        assert math.isnan(rate) or np.sign(rate) == np.sign(result.profit)


@given(st.lists(st.tuples(priced_terms(), units, lifts), min_size=1, max_size=5))
def test_a_number_alone_equals_the_same_number_in_an_array(rows):
    many = Terms(*(np.array(column) for column in zip(*(row[0] for row in rows), strict=True)))
    baselines, unit_lifts = (np.array([row[i] for row in rows]) for i in (1, 2))
    together = (
        *outcome(many, baselines, unit_lifts),
        *contra_revenue(many, baselines, unit_lifts),
        break_even_lift(many, baselines),
        funding_to_break_even(many, baselines, unit_lifts),
    )
    for row, (terms, baseline, lift) in enumerate(rows):
        alone = (
            *outcome(terms, baseline, lift),
            *contra_revenue(terms, baseline, lift),
            break_even_lift(terms, baseline),
            funding_to_break_even(terms, baseline, lift),
        )
        assert all(type(figure) is float for figure in alone)
        np.testing.assert_array_equal(alone, [figures[row] for figures in together])


@given(priced_terms(), units, lifts, lifts)
def test_every_lift_inside_an_interval_earns_inside_it(terms, baseline, one, other):
    ends = interval(terms, baseline, min(one, other), max(one, other))
    middle = outcome(terms, baseline, (one + other) / 2)
    slack = 1e-12 * money_moved(terms, baseline, max(abs(one), abs(other)))
    assert ends.profit_low - slack <= middle.profit <= ends.profit_high + slack
    if not math.isnan(ends.roi_low):
        width = slack / middle.promotion_cost * 10 + 1e-9
        assert ends.roi_low - width <= middle.roi <= ends.roi_high + width


@given(priced_terms(), units, lifts, st.floats(-1e5, 1e5))
def test_the_funding_asked_for_reaches_the_profit_asked_for(terms, baseline, lift, target):
    share = funding_for_profit(terms, baseline, lift, target)
    assume(not math.isnan(share))
    reached = outcome(terms._replace(funding_share=share), baseline, lift).profit
    assert abs(reached - target) <= 1e-9 * (money_moved(terms, baseline, lift) + abs(target))


def test_the_funding_asked_for_reaches_the_return_asked_for():
    terms = Terms(list_price=10, unit_cost=4, discount=0.15, fixed_cost=2_000)
    share = funding_for_roi(terms, 5_000, 0.60, 0.50)
    assert outcome(terms._replace(funding_share=share), 5_000, 0.60).roi == pytest.approx(0.50)


def test_funding_beyond_the_whole_discount_is_said_by_a_share_above_one():
    terms = Terms(list_price=10, unit_cost=6, discount=0.20, fixed_cost=50_000)
    assert funding_to_break_even(terms, 5_000, 0.15) > 1
    assert math.isnan(funding_to_break_even(terms._replace(discount=0.0), 5_000, 0.15))


@given(st.floats(0, 0.95), lifts, shares)
def test_lift_on_units_and_on_net_value_are_two_sides(discount, lift, redeemed):
    there = net_value_lift_from_unit_lift(lift, discount, redeemed)
    assert unit_lift_from_net_value_lift(there, discount, redeemed) == pytest.approx(lift, abs=1e-9)


@given(priced_terms(), units, lifts)
def test_the_sales_multiple_is_incremental_sales_over_discount_cost(terms, baseline, lift):
    result = outcome(terms, baseline, lift)
    assume(result.discount_cost > 1e-6 * baseline * terms.list_price)
    expected = result.incremental_list_sales / result.discount_cost
    assert result.sales_multiple == pytest.approx(expected, rel=1e-6)


# What is missing


@pytest.mark.parametrize("field", ["list_price", "unit_cost", "discount", "fixed_cost", "unit_adjustment"])
def test_a_missing_term_makes_profit_unavailable_and_not_zero(field):
    terms = Terms(10, 6, 0.20)._replace(**{field: NAN})
    result = outcome(terms, 5_000, 0.15)
    assert math.isnan(result.profit) and math.isnan(result.roi)
    assert math.isnan(contra_revenue(terms, 5_000, 0.15).profit)
    assert math.isnan(break_even_lift(terms, 5_000))
    assert "missing" in break_even_reason(terms, 5_000)


def test_without_cost_the_sales_side_still_stands():
    result = outcome(Terms(10, NAN, 0.20, fixed_cost=500), 5_000, 0.15)
    assert (result.list_sales, result.discount_cost, result.promotion_cost) == (57_500, 11_500, 12_000)
    assert result.roas == pytest.approx(46_000 / 12_000)
    assert result.iroas == pytest.approx(-4_000 / 12_000)


def test_without_price_and_baseline_the_sales_multiple_still_stands():
    result = outcome(Terms(NAN, NAN, 0.20), NAN, 0.15)
    assert result.sales_multiple == sales_multiple(0.20, 0.15) == pytest.approx(7_500 / 11_500)
    assert math.isnan(result.list_sales)


def test_nothing_spent_means_no_return_rather_than_zero_or_infinity():
    nothing = outcome(Terms(10, 6, discount=0.0), 5_000, 0.15)
    assert nothing.profit == pytest.approx(3_000)
    for rate in (nothing.roi, nothing.roi_contra, nothing.roas, nothing.iroas, nothing.sales_multiple):
        assert math.isnan(rate)
    assert math.isnan(outcome(Terms(10, 6, discount=0.20), 0.0, 0.15).sales_multiple)


def test_infinity_is_read_as_missing():
    result = outcome(Terms(10, 6, 0.20), 5_000, float("inf"))
    assert math.isnan(result.units) and math.isnan(result.profit) and math.isnan(result.sales_multiple)
    with np.errstate(over="ignore", invalid="ignore"):
        absurd = outcome(Terms(1e300, 0, 0.2), 1e300, 1.0)
    assert not any(math.isinf(figure) for figure in absurd)


def test_no_break_even_is_explained_row_by_row():
    terms = Terms(
        list_price=np.array([10.0, NAN, 10, 10, 10, 10, 10]),
        unit_cost=np.array([6.0, 6, NAN, 6, 7, 6, 6]),
        discount=np.array([0.2, 0.2, 0.2, 0.2, 0.3, 0.3, 0.2]),
        unit_adjustment=np.array([0.0, 0, 0, 0, 0, -2, 0]),
    )
    baseline = np.array([5_000.0, 5_000, 5_000, 0, 5_000, 5_000, NAN])
    lift, reason = break_even_lift(terms, baseline), break_even_reason(terms, baseline)
    assert np.isnan(lift).tolist() == [False, True, True, True, True, True, True]
    assert reason.tolist() == [
        "",
        "The list price is missing.",
        "The unit cost is missing.",
        "The baseline is zero, so a lift over it means nothing.",
        "The discount we pay is not below the margin: more lift never pays.",
        "The discount we pay is not below the margin left after side effects: more lift never pays.",
        "The baseline is missing.",
    ]


@pytest.mark.parametrize("margin_percent", range(1, 100))
def test_a_discount_equal_to_the_margin_has_no_break_even_despite_rounding(margin_percent):
    terms = Terms(list_price=4.99, unit_cost=4.99 * (1 - margin_percent / 100), discount=margin_percent / 100)
    assert math.isnan(break_even_lift(terms, 5_000))


def test_side_effects_by_share_move_with_the_lift():
    per_unit = adjustment_from_shares(
        margin=4.0, cannibalised_share=0.2, cannibalised_margin=3.0, pulled_forward_share=0.1
    )
    assert per_unit == pytest.approx(-1.0)
    terms = Terms(10, 6, 0.20, unit_adjustment=per_unit)
    assert outcome(terms, 5_000, 0.15).adjustment == pytest.approx(-750)
    assert break_even_lift(terms, 5_000) == pytest.approx(2.0)  # 10,000 over 5,000 · (4 − 2 − 1)


def test_units_without_their_margin_are_not_worth_zero():
    assert math.isnan(promotion.adjustment_from_units(margin=4.0, halo_units=10))
    assert promotion.adjustment_from_units() == 0.0


def test_headroom_is_what_the_lift_has_to_spare():
    assert headroom(Terms(10, 6, 0.10), 5_000, 0.5) == pytest.approx(0.5 - 1 / 3)


def test_the_chance_of_profit_when_an_extra_unit_loses_or_leaves_nothing():
    def uniform(x):
        return np.clip(1 - x, 0, 1)  # lift anywhere between 0 and 100 %

    terms = Terms(
        list_price=10,
        unit_cost=np.array([6.0, 9, 8, 8, NAN]),
        discount=0.20,
        fixed_adjustment=np.array([5_000.0, 12_500, 10_001, 9_999, 0]),
    )
    chance = probability_of_profit(terms, 5_000, uniform)
    np.testing.assert_allclose(chance, [0.5, 0.5, 1.0, 0.0, NAN])


def test_inputs_are_left_as_they_were():
    prices, lifts_given = np.array([10.0, np.inf]), np.array([0.15, 0.2])
    outcome(Terms(prices, 6, 0.2), 5_000, lifts_given)
    assert prices.tolist() == [10.0, np.inf] and lifts_given.tolist() == [0.15, 0.2]


def test_rows_and_columns_broadcast():
    ladder = outcome(Terms(10, np.array([[6.0], [4.0]]), np.array([0.1, 0.2, 0.3])), 5_000, 0.5)
    assert {figure.shape for figure in ladder} == {(2, 3)}


def test_the_front_door_is_sorted():
    assert promotion.__all__ == sorted(promotion.__all__)
    assert all(hasattr(promotion, name) for name in promotion.__all__)
