"""Nothing that is asked about has been seen: folds by time, whole events on one side."""

import numpy as np
import pytest

from scorer.columns import DAY, text
from scorer.estimators.encoding import Encoding, learn_encoding
from scorer.estimators.folds import event_weights, origins_from, rolling_origins, spread_origins


@pytest.fixture(scope="module")
def history():
    """120 events of up to five rows, which start within one week of each other, over two years."""
    random = np.random.default_rng(2)
    event = np.repeat(np.arange(120), random.integers(1, 6, 120))
    week = np.datetime64("2024-01-01") + 7 * np.sort(random.integers(0, 100, 120)) * DAY
    start = week[event] + random.integers(0, 7, len(event))
    return {
        "event_key": text(f"e{at}" for at in event),
        "start_date": start,
        "end_date": start + random.integers(2, 28, len(event)),
    }


def test_what_is_learnt_from_ended_before_anything_that_is_asked(history):
    folds = rolling_origins(history, spread_origins(history, 0.4, 4))
    assert len(folds) == 4
    for fold in folds:
        assert history["end_date"][fold.train].max() < fold.origin <= history["start_date"][fold.test].min()
        assert not set(history["event_key"][fold.train]) & set(history["event_key"][fold.test])


def test_no_row_is_asked_twice_and_every_fold_learns_more(history):
    folds = rolling_origins(history, spread_origins(history, 0.4, 4))
    asked = np.concatenate([fold.test for fold in folds])
    assert len(asked) == len(set(asked.tolist()))
    assert [len(fold.train) for fold in folds] == sorted(len(fold.train) for fold in folds)


def test_origins_begin_on_the_clients_day(history):
    first = np.datetime64("2025-06-01")
    origins = origins_from(history, first, 3)
    assert origins[0] == first and len(origins) == 3
    assert origins_from(history, np.datetime64("2030-01-01"), 3).tolist() == [np.datetime64("2030-01-01").astype(object)]


def test_a_fold_without_enough_events_is_left_out(history):
    assert rolling_origins(history, np.array([history["start_date"].min() + 10 * DAY])) == []


def test_large_events_weigh_more_but_not_by_their_size():
    weights = event_weights(text(["a"] * 4 + ["b"]))
    assert weights.mean() == pytest.approx(1)
    assert weights[:4].sum() / weights[4] == pytest.approx(2)  # the root of four


def test_levels_stand_in_the_order_of_their_outcome():
    rows = {"kind": text(["Low", "low", "High", None] * 30), "depth": np.tile([0.1, 0.2, 0.3, np.nan], 30)}
    found = learn_encoding(rows, ("kind", "depth"), np.tile([0.0, 0.1, 2.0, 1.0], 30))
    matrix = found.matrix({"kind": text(["HIGH", "low", "never", None]), "depth": np.array([0.5, np.nan, 0.1, 0.2])})
    assert matrix[0, 0] > matrix[3, 0] > matrix[1, 0]
    assert np.isnan(matrix[2, 0]) and np.isnan(matrix[1, 1])
    assert found.unknown({"kind": text(["high", "never"])}, "kind").tolist() == [False, True]
    again = Encoding.from_data(found.as_data())
    assert np.array_equal(again.matrix(rows), found.matrix(rows), equal_nan=True)
