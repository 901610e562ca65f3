"""The shape of past errors as a distribution: any quantile, any chance, one mean, no contradiction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.estimators.distribution import CLOSEST, KNOTS, Shape, shape_of

errors = st.lists(st.floats(-3, 3), min_size=5, max_size=80).map(np.array).filter(lambda e: np.ptp(e) > 0.1)
ONE = np.ones(1)


@given(errors, st.floats(0.01, 0.99), st.floats(-2, 2), st.floats(0.05, 3))
def test_a_quantile_lies_among_the_errors(found, q, centre, scale):
    value = shape_of(found).quantile(centre * ONE, scale * ONE, q)
    low, high = found.min(), found.max() + KNOTS * CLOSEST  # equal errors are pushed apart by a little
    assert centre + scale * low - 1e-9 <= value[0] <= centre + scale * high + 1e-9


@given(errors, st.lists(st.floats(0, 1), min_size=2, max_size=20).map(sorted))
def test_quantiles_rise(found, probabilities):
    shape = shape_of(found)
    values = [shape.quantile(0 * ONE, ONE, q)[0] for q in probabilities]
    assert values == sorted(values)


@given(errors, st.floats(-5, 5))
def test_a_chance_is_never_certain(found, threshold):
    assert 0 < shape_of(found).chance_above(0 * ONE, ONE, threshold * ONE)[0] < 1


@given(errors)
def test_it_survives_being_kept(found):
    shape = shape_of(found)
    again = Shape.from_data(shape.as_data())
    assert (again.p == shape.p).all() and (again.z == shape.z).all()


def test_a_normal_error_gives_a_normal_distribution():
    shape = shape_of(np.random.default_rng(1).normal(size=20_000))
    for q, z in ((0.1, -1.2816), (0.5, 0.0), (0.9, 1.2816)):
        assert shape.quantile(0 * ONE, ONE, q)[0] == pytest.approx(z, abs=0.04)
    assert shape.mean_of_exp(0 * ONE, 0.5 * ONE)[0] == pytest.approx(np.exp(0.125), rel=0.01)  # mean of a log-normal
    assert shape.mean(0.3 * ONE, ONE)[0] == pytest.approx(0.3, abs=0.02)


def test_weights_let_some_errors_count_for_more():
    found = np.array([-1.0] * 50 + [1.0] * 50)
    weights = np.array([3.0] * 50 + [1.0] * 50)
    assert shape_of(found, weights).mean_z == pytest.approx(-0.5, abs=0.03)
