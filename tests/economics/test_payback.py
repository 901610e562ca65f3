import math

import numpy as np

from scorer.economics.promotion import payback


def test_dip_weeks_count():
    weeks = [-3_000, 2_000, 1_500, -1_000, 600]
    assert payback(weeks) == 3  # paid back at last in week 3, lost again in the dip
    assert payback(weeks, lasting=True) == 5


def test_a_dip_that_is_never_made_good():
    weeks = [-3_000, 2_000, 1_500, -1_000]
    assert payback(weeks) == 3
    assert math.isnan(payback(weeks, lasting=True))


def test_many_promotions_at_once():
    weeks = np.array([[1.0, 1, 1], [-2, 1, 1], [-2, 1, 0.5], [-1, math.nan, 5]])
    np.testing.assert_array_equal(payback(weeks), [1, 3, math.nan, math.nan])


def test_a_total_of_exactly_zero_has_paid_back_despite_rounding():
    assert payback([-0.3, 0.1, 0.1, 0.1]) == 4


def test_no_periods_no_payback():
    assert math.isnan(payback(np.array([])))
