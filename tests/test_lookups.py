"""Features looked up once per combination are those that every row would get by itself."""

from __future__ import annotations

import numpy as np
import pytest

from scorer.columns import Columns, length, take
from scorer.features import OF_LENGTH, of_other_length, with_features
from scorer.lookups import NUMBERS, Memory
from tests.conftest import Home


def _mixed(home: Home) -> Columns:
    """Planned promotions, again with other days, other items' types, told campaigns, and days beyond the calendar."""
    plan = home.plan().columns
    rng = np.random.default_rng(3)
    mixed = take(plan, rng.integers(0, length(plan), 600))
    rows = length(mixed)
    mixed["promotion_type"] = mixed["promotion_type"][rng.permutation(rows)]
    mixed["promotion_type"][::17] = None
    mixed["region"][::19] = "somewhere new"
    mixed["duration_days"] = rng.integers(1, 40, rows).astype(float)
    mixed["duration_days"][5] = 400.0
    mixed["start_date"] = mixed["start_date"] + rng.integers(-200, 200, rows)
    mixed["start_date"][7] += 20_000
    mixed["end_date"] = mixed["start_date"] + (mixed["duration_days"].astype(int) - 1)
    mixed["num_overlapping_campaigns"] = np.where(np.arange(rows) % 5, np.nan, np.arange(rows) % 3)
    return {**mixed, "given_campaigns": mixed["num_overlapping_campaigns"]}


def _same(one: Columns, other: Columns) -> None:
    for name, values in one.items():
        np.testing.assert_array_equal(other[name], values, err_msg=name)


@pytest.fixture
def in_both_ways(monkeypatch: pytest.MonkeyPatch):
    def ask(look):
        by_row = look()
        monkeypatch.setattr("scorer.lake.history.SHORT_PLAN", 0)
        return by_row, look()

    return ask


def test_every_row_gets_what_it_would_get_by_itself(demo_home: Home, in_both_ways) -> None:
    plan = _mixed(demo_home)
    (one, at), (other, there) = in_both_ways(lambda: with_features(plan, demo_home.model))
    np.testing.assert_array_equal(there, at)
    assert len(at) < length(plan)
    _same(one, other)


def test_other_lengths_get_what_they_would_get_as_rows(demo_home: Home, in_both_ways) -> None:
    rows, _ = with_features(_mixed(demo_home), demo_home.model)
    row = np.tile(np.arange(length(rows)), 3)
    days = np.repeat([7.0, 21.0, 380.0], length(rows))
    one, other = in_both_ways(lambda: of_other_length(rows, row, days, demo_home.model))
    np.testing.assert_array_equal(other.position, one.position)
    assert 0 < len(one.position) < len(row)
    assert set(one.features) == set(OF_LENGTH)
    _same(one.features, other.features)


@pytest.mark.parametrize("most", [1, 1_500, 3_000_000])
def test_what_was_asked_before_is_answered_as_if_it_were_new(demo_home: Home, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr("scorer.lake.history.SHORT_PLAN", 0)
    plan, model = _mixed(demo_home), demo_home.model
    expected, at = with_features(plan, model._replace(memory=Memory()))
    remembering = model._replace(memory=Memory(most, most_names=max(1, most // 10)))
    for cut in (slice(0, 200), slice(100, 350), slice(350, 600), slice(0, 600)):
        found, position = with_features({name: values[cut] for name, values in plan.items()}, remembering)
        kept = (at >= cut.start) & (at < cut.stop)
        np.testing.assert_array_equal(position + cut.start, at[kept])
        _same({name: found[name] for name in found if name not in NUMBERS}, take(expected, kept))


def test_a_list_asked_again_is_not_looked_up_again(demo_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scorer.lake.history.SHORT_PLAN", 0)
    plan, model = _mixed(demo_home), demo_home.model._replace(memory=Memory())
    expected, _ = with_features(plan, model)
    again, _ = with_features(plan, model._replace(history=None))  # nothing there to ask
    _same(again, expected)
