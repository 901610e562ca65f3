"""The weeks of a promotion add up to its profit, and the dip is in them once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.economics.payback import payback, payback_words, weekly_profile, weeks_needed
from scorer.economics.promotion import outcome
from scorer.economics.terms import Terms, adjustment_from_shares

CENT = 0.005
SHARE = st.floats(0, 1)


def terms_with(pulled: float, cannibalised: float = 0.0, price: float = 10.0, cost: float = 4.0, **more: float) -> Terms:
    effects = adjustment_from_shares(
        price - cost, cannibalised_share=cannibalised, cannibalised_margin=price - cost, pulled_forward_share=pulled
    )
    return Terms(list_price=price, unit_cost=cost, unit_adjustment=effects, **{"discount": 0.15, **more})


@given(
    pulled=SHARE, cannibalised=SHARE, discount=SHARE, funding=SHARE, redeemed=SHARE, fixed=st.floats(0, 1e5),
    cost=st.floats(0, 20), baseline=st.floats(0, 1e5), lift=st.floats(-0.9, 5), days=st.integers(1, 366), dip=st.integers(1, 26),
)  # fmt: skip
def test_the_weeks_add_up_to_the_profit(pulled, cannibalised, discount, funding, redeemed, fixed, cost, baseline, lift, days, dip):
    terms = terms_with(
        pulled, cannibalised, cost=cost, discount=discount, funding_share=funding, redemption_share=redeemed, fixed_cost=fixed
    )
    profile = weekly_profile(terms, baseline, lift, days, pulled, dip)
    profit = outcome(terms, baseline, lift).profit
    assert abs(float(profile.contribution.sum()) - profit) < CENT
    assert abs(float(profile.cumulative[0, -1]) - profit) < CENT
    assert profile.promotion_days.sum() == days and profile.dip_days.sum() == 7 * dip


def test_units_pulled_forward_are_missing_after_the_promotion_and_only_there():
    """5,000 baseline units, lift 60 %, 20 % of 3,000 extra units at a margin of 6: 3,600 missing in two weeks of dip."""
    profile = weekly_profile(terms_with(0.2), 5_000, 0.60, days=14, pulled_forward_share=0.2, dip_weeks=2)
    assert profile.dip[0] == pytest.approx([0, 0, 1_800, 1_800])
    assert profile.margin[0] == pytest.approx([9_000, 9_000, 0, 0])
    assert profile.discount[0] == pytest.approx([6_000, 6_000, 0, 0])
    assert profile.other_effects[0] == pytest.approx(0)


def test_other_side_effects_stay_in_the_weeks_of_the_promotion():
    profile = weekly_profile(terms_with(0.2, cannibalised=0.1), 5_000, 0.60, 14, 0.2, 2)
    assert profile.other_effects[0] == pytest.approx([-900, -900, 0, 0])


def test_a_promotion_that_ends_within_a_week_dips_from_the_next_day_on():
    profile = weekly_profile(terms_with(0.2), 1_000, 0.5, days=10, pulled_forward_share=0.2, dip_weeks=1)
    assert profile.promotion_days[0].tolist() == [7, 3, 0] and profile.dip_days[0].tolist() == [0, 4, 3]


def test_fixed_cost_falls_due_in_the_first_week():
    profile = weekly_profile(terms_with(0.0, fixed_cost=700), 1_000, 0.5, 21)
    assert profile.fixed_cost[0].tolist() == [700, 0, 0, 0, 0, 0, 0]


def test_many_promotions_at_once_are_each_as_if_alone():
    terms = Terms(np.array([10.0, 8.0]), np.array([4.0, 7.0]), np.array([0.1, 0.2]), unit_adjustment=np.array([-1.2, 0.0]))
    days, pulled = np.array([7.0, 20.0]), np.array([0.2, 0.0])
    both = weekly_profile(terms, np.array([100.0, 900.0]), np.array([0.5, 0.8]), days, pulled)
    for row in range(2):
        one = Terms(*(float(np.broadcast_to(term, 2)[row]) for term in terms))
        weeks = both.contribution.shape[-1]
        alone = weekly_profile(one, (100.0, 900.0)[row], (0.5, 0.8)[row], days[row], pulled[row], weeks=weeks)
        assert both.contribution[row] == pytest.approx(alone.contribution[0])


def test_without_a_cost_nothing_is_known_by_week_either():
    profile = weekly_profile(Terms(10.0, math.nan, 0.2), 100, 0.5, 7, 0.2)
    assert np.isnan(profile.contribution).all()


def test_the_dip_may_take_back_what_the_promotion_earned():
    terms = terms_with(0.9, fixed_cost=0.0)
    contributions = weekly_profile(terms, 5_000, 0.60, 14, 0.9, 2).contribution[0]
    assert payback(contributions) == 1 and math.isnan(payback(contributions, lasting=True))
    assert outcome(terms, 5_000, 0.60).profit < 0


def test_the_words_follow_from_the_weeks():
    assert payback_words(2.0, 2.0, 10.0) == "pays back in week 2 and keeps it"
    assert payback_words(math.nan, math.nan, -1.0) == "never pays back"


def test_weeks_needed_hold_the_longest_promotion_and_its_dip():
    assert weeks_needed(np.array([7.0, 15.0]), 4) == 7
    assert weeks_needed(math.nan, 4) == 5
