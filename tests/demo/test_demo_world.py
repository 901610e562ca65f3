"""The planted truth can be found again in the sales, and the world is as hard as it was meant to be."""

from collections import defaultdict

import numpy as np
import pytest

from scorer import demo
from scorer.columns import Array, Floats
from scorer.demo import Size, World
from scorer.demo.contaminated import LOG_LIFT, UNITS_A_DAY, contaminated_world
from scorer.demo.lift import saturation
from scorer.demo.seasons import WEEKDAY, day_of_year, easter_sunday, public_holidays, weekday
from scorer.economics.promotion import Terms, outcome


@pytest.fixture(scope="module")
def world() -> World:
    return demo.world()


def observed_log_lift(world: World) -> Floats:
    """Log of units sold over the true baseline, without the days on which the shelf was empty."""
    fields = (world.promotions[name] for name in ("item", "first", "last"))
    lifts = []
    for item, first, last in zip(*fields, strict=True):
        days = np.arange(first, last + 1)[~world.stock_out[item, first : last + 1]]
        lifts.append(
            np.log(world.units[item, days].sum() / world.baseline[item, days].sum()) if len(days) else np.nan
        )
    return np.array(lifts)


def explained(seen: Floats, expected: Floats) -> float:
    return float(1 - ((seen - expected) ** 2).sum() / ((seen - seen.mean()) ** 2).sum())


def test_promotions_lift_sales_by_what_was_planted(world: World) -> None:
    seen, true = observed_log_lift(world), world.truth["log_lift"]
    some = ~np.isnan(seen)
    # Poisson-Gamma noise over a week is about a tenth in logs, its mean about half its variance below zero
    assert np.mean(seen[some] - true[some]) == pytest.approx(0, abs=0.02)
    assert np.std(seen[some] - true[some]) < 0.15


def test_unpromoted_days_sell_the_baseline_but_for_the_dip(world: World) -> None:
    quiet = (world.promoted == 0) & ~world.stock_out
    share = world.units[quiet].sum() / world.baseline[:, : world.size.days][quiet].sum()
    assert 0.97 < share < 1.0


def test_the_expected_units_and_profit_tie_with_the_economics() -> None:
    world = contaminated_world()
    item, first = world.promotions["item"], world.promotions["first"]
    terms = Terms(
        list_price=world.items.list_price[item, first],
        unit_cost=world.items.unit_cost[item, first],
        discount=world.promotions["discount"],
        funding_share=world.items.funding_share[item],
    )
    result = outcome(terms, world.truth["baseline_units"], np.expm1(world.truth["log_lift"]))
    np.testing.assert_allclose(result.units, world.truth["expected_units"], rtol=1e-9)
    np.testing.assert_allclose(result.profit, world.truth["profit"], rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("seed", [7, 1, 2])
def test_shares_of_clear_and_losing_promotions(seed: int) -> None:
    world = demo.world(seed)
    assert 1_700 < len(world.truth["log_lift"]) < 2_300
    assert 0.55 <= world.truth["clear_lift"].mean() <= 0.72
    assert 0.30 <= world.truth["loses_money"].mean() <= 0.55
    promoted = (world.promoted > 0).mean(axis=1)
    assert promoted.max() > 0.30 and promoted.min() < 0.15


def test_an_honest_model_beats_the_rule_of_thumb_but_cannot_know_everything(world: World) -> None:
    seen = observed_log_lift(world)
    known = ~np.isnan(seen)
    later = (world.promotions["start_date"] >= np.datetime64("2026-01-01")) & known
    before = (world.promotions["end_date"] < np.datetime64("2026-01-01")) & known
    design = _design(world)
    weights = np.linalg.lstsq(design[before], seen[before], rcond=None)[0]
    honest = explained(seen[later], design[later] @ weights)
    rule = explained(seen[later], _rule_of_thumb(world, seen, before)[later])
    assert 0.40 < honest < 0.70
    assert honest > rule + 0.15


def test_promotions_of_one_event_share_their_luck(world: World) -> None:
    luck = world.truth["log_lift"] - world.truth["knowable_log_lift"]
    event = world.truth["event"]
    means = np.bincount(event, luck) / np.bincount(event)
    assert np.var(means[event]) > 0.9 * np.var(luck)


def test_sales_follow_weekday_and_season(world: World) -> None:
    days, units = world.days[: world.size.days], world.units * (world.promoted == 0)
    free = (world.promoted == 0).sum(axis=0)
    a_day = units.sum(axis=0) / free
    assert a_day[weekday(days) == 5].mean() > 2 * a_day[weekday(days) == 6].mean()
    snacks = world.items.names["product_category"] == "Snacks"
    snacks_a_day = units[snacks].sum(axis=0) / np.maximum(1, (world.promoted[snacks] == 0).sum(axis=0))
    advent, august = (day_of_year(days) // 15 == at for at in (22, 15))
    assert snacks_a_day[advent].mean() > 1.15 * snacks_a_day[august].mean()


def test_promotions_of_an_item_never_overlap(world: World) -> None:
    ended: dict[int, int] = defaultdict(lambda: -1)
    for item, first, last in zip(
        *(world.promotions[n].tolist() for n in ("item", "first", "last")), strict=True
    ):
        assert ended[item] < first <= last < world.size.days
        ended[item] = last


def test_the_contaminated_world_has_a_known_baseline_and_little_peace() -> None:
    world = contaminated_world()
    assert world.baseline[0] == pytest.approx(UNITS_A_DAY * WEEKDAY[weekday(world.days)])
    quiet = world.promoted == 0
    assert world.units[quiet].sum() / world.baseline[quiet].sum() == pytest.approx(1, abs=0.01)
    assert np.log(world.units[~quiet].sum() / world.baseline[~quiet].sum()) == pytest.approx(
        LOG_LIFT, abs=0.01
    )
    one = world.promoted[0, -60:-30] > 0
    assert 0.5 < one.mean() < 0.8


def test_the_small_world_is_small() -> None:
    world = demo.world(3, Size(categories=1, subcategories=1, regions=1, days=120, ahead=0))
    assert world.units.shape == (1, 120)
    assert str(world.cut) == "2026-06-30"


def test_german_holidays_of_2025() -> None:
    assert str(easter_sunday(2024)) == "2024-03-31"
    found = public_holidays(np.array(["2025-03-01", "2025-04-01"], dtype="datetime64[D]"))
    assert {"2025-04-18", "2025-04-21", "2025-05-29", "2025-06-09", "2025-10-03"} <= set(found.astype(str))


def _design(world: World) -> Floats:
    """Category × mechanic with and without discount, line, length: what a planner could write down."""
    promotions = world.promotions
    category = world.items.names["category_at"][promotions["item"]]
    cell = _indicators(category * 5 + promotions["mechanic"])
    length = np.log(promotions["last"] - promotions["first"] + 1)
    return np.column_stack(
        [cell, cell * saturation(promotions["discount"])[:, None], _indicators(promotions["line"]), length]
    )


def _indicators(at: Array) -> Floats:
    return np.eye(int(at.max()) + 1)[at]


def _rule_of_thumb(world: World, seen: Floats, before: Array) -> Floats:
    """Average log lift of the same item and mechanic so far, else of the mechanic."""
    item, mechanic = world.promotions["item"], world.promotions["mechanic"]
    own, wider = defaultdict(list), defaultdict(list)
    for at in np.flatnonzero(before):
        own[item[at], mechanic[at]].append(seen[at])
        wider[mechanic[at]].append(seen[at])
    return np.array([np.mean(own.get((i, m)) or wider[m]) for i, m in zip(item, mechanic, strict=True)])
