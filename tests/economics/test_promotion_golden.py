"""Worked examples, done by hand: the same numbers a reviewer gets with a pocket calculator."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from scorer.economics.promotion import (
    Terms,
    adjustment_from_units,
    break_even_lift,
    contra_revenue,
    interval,
    outcome,
    probability_of_profit,
    unit_lift_from_net_value_lift,
)

NAN = float("nan")
BASELINE = 5_000
PLAIN = Terms(list_price=10, unit_cost=6, discount=0.20)
WITH_FIXED_COST = Terms(list_price=10, unit_cost=4, discount=0.15, fixed_cost=2_000)


def exact(expected):
    return pytest.approx(expected, rel=1e-9)


def rounded(expected):
    """Expected figures that are written with six decimals."""
    return pytest.approx(expected, abs=5.1e-7)


def test_g1_sales_without_knowing_the_cost():
    result = outcome(Terms(list_price=10, unit_cost=NAN, discount=0.20), BASELINE, 0.15)
    assert result.list_sales == exact(57_500)
    assert result.incremental_list_sales == exact(7_500)
    assert result.discount_cost == exact(11_500)
    assert result.incremental_net_sales == exact(-4_000)
    assert result.sales_multiple == exact(7_500 / 11_500)
    assert result.sales_multiple == rounded(0.652173913)
    assert math.isnan(result.profit) and math.isnan(result.roi)


def test_g2_rising_sales_lose_money():
    result = outcome(PLAIN, BASELINE, 0.15)
    assert result.incremental_margin == exact(3_000)
    assert result.profit == exact(-8_500)
    assert result.roi == exact(-8_500 / 11_500)
    assert result.roi == rounded(-0.739130)
    assert break_even_lift(PLAIN, BASELINE) == exact(1.0)


def test_g3_the_lift_is_measured_on_net_revenue():
    lift = unit_lift_from_net_value_lift(0.15, discount=0.20)
    result = outcome(PLAIN, BASELINE, lift)
    assert lift == exact(0.4375)
    assert result.discount_cost == exact(14_375)
    assert result.profit == exact(-5_625)
    assert result.roi == exact(-5_625 / 14_375)
    assert result.roi == rounded(-0.391304)


def test_g4_a_ladder_of_discounts_without_a_profitable_step():
    ladder = outcome(
        PLAIN._replace(discount=np.array([0.10, 0.15, 0.20, 0.25, 0.30])),
        BASELINE,
        np.array([0.08, 0.12, 0.15, 0.17, 0.18]),
    )
    assert ladder.sales_multiple == pytest.approx([0.7407, 0.7143, 0.6522, 0.5812, 0.5085], abs=5e-5)
    assert ladder.incremental_net_sales == exact([-1_400, -2_400, -4_000, -6_125, -8_700])
    assert (ladder.profit < 0).all()


def test_g5_a_profitable_promotion_with_fixed_cost():
    result = outcome(WITH_FIXED_COST, BASELINE, 0.60)
    assert result.units == exact(8_000)
    assert result.list_sales == exact(80_000)
    assert result.net_sales == exact(68_000)
    assert result.discount_cost == exact(12_000)
    assert result.promotion_cost == exact(14_000)
    assert result.incremental_margin == exact(18_000)
    assert result.profit == exact(4_000)
    assert result.roi == exact(4_000 / 14_000)
    assert result.roi == rounded(0.285714)
    assert break_even_lift(WITH_FIXED_COST, BASELINE) == exact(9_500 / 22_500)
    assert break_even_lift(WITH_FIXED_COST, BASELINE) == rounded(0.422222)
    assert result.roas == exact(68_000 / 14_000)
    assert result.roas == rounded(4.857143)


def test_g6_the_other_convention_has_the_same_profit_and_another_return():
    result = contra_revenue(WITH_FIXED_COST, BASELINE, 0.60)
    assert result.incremental_net_sales == exact(18_000)
    assert result.incremental_goods_cost == exact(12_000)
    assert result.profit == exact(4_000)
    assert result.roi == exact(2.0) == outcome(WITH_FIXED_COST, BASELINE, 0.60).roi_contra


def test_g7_a_partner_pays_half_of_the_discount():
    terms = PLAIN._replace(funding_share=0.5)
    result = outcome(terms, BASELINE, 0.15)
    assert result.promotion_cost == exact(5_750)
    assert result.profit == exact(-2_750)
    assert result.roi == exact(-2_750 / 5_750)
    assert result.roi == rounded(-0.478261)
    assert break_even_lift(terms, BASELINE) == exact(1 / 3)


def test_g8_only_some_of_the_baseline_redeems():
    terms = PLAIN._replace(redemption_share=0.40)
    result = outcome(terms, BASELINE, 0.15)
    assert result.discount_cost == exact(5_500)
    assert result.profit == exact(-2_500)
    assert result.roi == exact(-2_500 / 5_500)
    assert result.roi == rounded(-0.454545)
    assert break_even_lift(terms, BASELINE) == exact(0.40)
    assert result.sales_multiple == exact(7_500 / 5_500)


def test_g9_side_effects_on_other_sales():
    before = PLAIN._replace(funding_share=0.5, fixed_cost=1_000)
    side_effects = adjustment_from_units(
        margin=4.0,
        cannibalised_units=150,
        cannibalised_margin=3.50,
        pulled_forward_units=200,
        halo_units=100,
        halo_margin=2.0,
    )
    after = before._replace(fixed_adjustment=side_effects)
    result = outcome(after, BASELINE, 0.15)
    assert side_effects == result.adjustment == exact(-1_125)
    assert result.promotion_cost == exact(6_750)
    assert result.profit == exact(-4_875)
    assert result.roi == exact(-4_875 / 6_750)
    assert result.roi == rounded(-0.722222)
    assert break_even_lift(before, BASELINE) == exact(0.40)
    assert break_even_lift(after, BASELINE) == exact(0.475)


def test_g10_prices_with_cents():
    terms = Terms(list_price=4.99, unit_cost=2.10, discount=0.25)
    result = outcome(terms, 10_000, 1.0)
    assert result.discount_cost == exact(24_950)
    assert result.incremental_margin == exact(28_900)
    assert result.profit == exact(3_950)
    assert result.roi == exact(3_950 / 24_950)
    assert result.roi == rounded(0.158317)
    assert break_even_lift(terms, 10_000) == exact(1.2475 / 1.6425)
    assert break_even_lift(terms, 10_000) == rounded(0.759513)


@pytest.mark.parametrize(
    ("unit_cost", "expected"),
    [
        (6.0, [1 / 3, 0.60, 1.0, 5 / 3]),
        (7.5, [2 / 3, 1.50, 4.0, NAN]),
        (5.0, [0.25, 3 / 7, 2 / 3, 1.0]),
    ],
)
def test_g11_break_even_by_margin_and_discount(unit_cost, expected):
    terms = Terms(list_price=10, unit_cost=unit_cost, discount=np.array([0.10, 0.15, 0.20, 0.25]))
    assert break_even_lift(terms, BASELINE) == pytest.approx(expected, rel=1e-9, nan_ok=True)


def test_g12_a_lift_interval_becomes_a_profit_interval():
    ends = interval(WITH_FIXED_COST, BASELINE, 0.50, 0.70)
    assert (ends.profit_low, ends.profit_high) == (exact(1_750), exact(6_250))
    assert (ends.roi_low, ends.roi_high) == (exact(1_750 / 13_250), exact(6_250 / 14_750))
    assert (ends.roi_low, ends.roi_high) == (rounded(0.132075), rounded(0.423729))

    lift = NormalDist(0.60, 0.10 / NormalDist().inv_cdf(0.90))  # 80 % of it from 0.50 to 0.70
    chance = probability_of_profit(WITH_FIXED_COST, BASELINE, lambda x: 1 - lift.cdf(float(x)))
    assert chance == pytest.approx(0.98865, abs=5e-6)
