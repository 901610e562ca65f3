"""Placebo promotions are real ones moved to where nothing ran."""

import numpy as np
import pytest

from scorer.columns import text
from scorer.lake.placebo import placebo_promotions

FIRST = np.datetime64("2024-01-01")
LAST = FIRST + 729
WEEK = np.timedelta64(7, "D")


@pytest.fixture(scope="module")
def world():
    """Forty events of three items each, over two years."""
    random = np.random.default_rng(3)
    start = np.repeat(FIRST + 56 + random.integers(0, 640, 40), 3)
    days = np.repeat(random.choice([3, 7, 14], 40), 3)
    items = np.tile(np.arange(3), 40) + np.repeat(random.integers(0, 4, 40), 3) * 3
    real = {
        "promotion_id": text(f"P{at}" for at in range(120)),
        "item_key": text(f"item {at}" for at in items),
        "event_key": text(f"event {at}" for at in np.repeat(np.arange(40), 3)),
        "start_date": start,
        "end_date": start + days - 1,
    }
    promoted = sorted({(item, day) for item, a, n in zip(real["item_key"], start, days, strict=True) for day in a + np.arange(n)})
    return real, {"item_key": text(item for item, _ in promoted), "day": np.array([day for _, day in promoted])}


def moved(world, seed=7):
    return placebo_promotions(*world, FIRST, LAST, seed)


def test_nothing_ran_on_their_days(world):
    busy = set(zip(world[1]["item_key"], world[1]["day"], strict=True))
    found = moved(world)
    assert len(found["item_key"]) > 80
    for item, start, end in zip(found["item_key"], found["start_date"], found["end_date"], strict=True):
        assert not busy & {(item, day) for day in np.arange(start, end + 1)}


def test_they_lie_within_the_known_sales_with_room_for_a_baseline(world):
    found = moved(world)
    assert found["start_date"].min() >= FIRST + 56
    assert found["end_date"].max() <= LAST


def test_they_keep_everything_but_their_place_in_time(world):
    real, found = world[0], moved(world)
    row = {name: at for at, name in enumerate(real["promotion_id"])}
    source = np.array([row[name] for name in found["promotion_id"]])
    shift = found["start_date"] - real["start_date"][source]
    assert set((shift.astype(int) % 7).tolist()) == {0}  # the same weekday
    assert (shift != np.timedelta64(0, "D")).all()
    assert ((found["end_date"] - found["start_date"]) == (real["end_date"] - real["start_date"])[source]).all()
    assert (found["item_key"] == real["item_key"][source]).all()


def test_what_was_one_event_and_moves_alike_is_one_event(world):
    real, found = world[0], moved(world)
    row = {name: at for at, name in enumerate(real["promotion_id"])}
    source = np.array([row[name] for name in found["promotion_id"]])
    shift = (found["start_date"] - real["start_date"][source]) // WEEK
    together = {(real["event_key"][at], int(by)) for at, by in zip(source, shift, strict=True)}
    assert len(set(found["event_key"])) == len(together)
    assert not set(found["event_key"]) & set(real["event_key"])


def test_the_seed_decides(world):
    assert (moved(world)["start_date"] == moved(world)["start_date"]).all()
    other = moved(world, seed=8)
    assert (
        len(other["start_date"]) != len(moved(world)["start_date"]) or (other["start_date"] != moved(world)["start_date"]).any()
    )


def test_an_item_that_is_always_promoted_has_none(world):
    real, _ = world
    every = np.arange(FIRST, LAST + 1)
    items = sorted(set(real["item_key"]))
    promoted = {"item_key": text(np.repeat(items, len(every))), "day": np.tile(every, len(items))}
    assert len(placebo_promotions(real, promoted, FIRST, LAST, 7)["item_key"]) == 0
