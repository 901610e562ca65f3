import math

import numpy as np
import pytest

from scorer.economics.amounts import plain, ratio, ratio_of_sums


def test_a_zero_denominator_is_not_available():
    result = ratio(np.array([1.0, 0.0, -1.0, 1.0]), np.array([0.0, 0.0, 0.0, 2.0]))
    np.testing.assert_array_equal(result, [np.nan, np.nan, np.nan, 0.5])


@pytest.mark.parametrize(
    ("top", "bottom"), [(1.0, math.inf), (math.inf, 1.0), (1e308, 1e-308), (math.nan, 1.0)]
)
def test_infinity_never_becomes_a_figure(top, bottom):
    assert math.isnan(ratio(top, bottom))


def test_a_total_is_a_ratio_of_sums_and_not_a_mean_of_ratios():
    profit, cost = np.array([400.0, 0.0]), np.array([100.0, 900.0])
    assert ratio_of_sums(profit, cost) == pytest.approx(0.4)


def test_a_missing_row_takes_the_total_with_it_unless_left_out_on_both_sides():
    profit, cost = np.array([[400.0, math.nan], [1.0, 3.0]]), np.array([[100.0, 900.0], [2.0, 2.0]])
    np.testing.assert_array_equal(ratio_of_sums(profit, cost), [math.nan, 1.0])
    np.testing.assert_array_equal(ratio_of_sums(profit, cost, skip_missing=True), [4.0, 1.0])


def test_the_ratio_of_no_rows_is_not_available():
    assert math.isnan(ratio_of_sums(np.array([]), np.array([])))
    assert math.isnan(ratio_of_sums(np.array([math.nan]), np.array([1.0]), skip_missing=True))


def test_one_number_comes_back_as_a_python_float():
    assert type(plain(np.float64(1.5))) is float
