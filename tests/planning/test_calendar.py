"""The calendar: who runs when, which promotions clash, and what that costs by the model's own answers."""

from __future__ import annotations

import numpy as np
import pytest

from scorer import verbs
from scorer.cli.calendar import as_data
from scorer.columns import DAY, length, take
from scorer.errors import InputRefused
from scorer.overlap import known_overlap
from scorer.planning.calendar import Week, calendar_of, monday_of, running, week_name
from scorer.planning.clashes import SAME_CATEGORY, SAME_ITEM, find_clashes, is_learnt
from scorer.planning.double_count import counted_twice
from scorer.planning.neighbours import Neighbours, pairs_of
from scorer.scoring import answer_plan, score


@pytest.fixture(scope="module")
def scored(demo_home):
    return score(demo_home.plan(), demo_home.model, demo_home.client, explain=False)


@pytest.fixture(scope="module")
def made(demo_home, scored):
    return calendar_of(scored, demo_home.model, demo_home.client)


def rows(scored, *at):
    """A scored list of these rows only."""
    picked = np.array(at)
    return scored._replace(plan=take(scored.plan, picked), given=take(scored.given, picked), answer=take(scored.answer, picked))


def twins(scored, gap_days=0, at=0, days=7, lift=(0.5, 0.2)):
    """Two promotions of one item: the second begins ``gap_days`` after the first, both last ``days``."""
    pair = rows(scored, at, at)
    start = np.datetime64("2026-07-06")
    pair.plan["promotion_id"][:] = ["A", "B"]
    pair.plan["start_date"][:] = [start, start + gap_days * DAY]
    pair.plan["duration_days"][:] = days
    pair.plan["end_date"][:] = pair.plan["start_date"] + (days - 1) * DAY
    pair.answer["baseline_units"][:] = 100.0 * days
    pair.answer["incremental_units_expected"][:] = 100.0 * days * np.array(lift)
    pair.answer["used_list_price"][:], pair.answer["used_unit_cost"][:] = 10.0, 4.0
    pair.answer["used_unit_adjustment"][:] = 0.0
    return pair


def test_weeks_are_iso_weeks():
    assert week_name(np.datetime64("2025-12-29")) == "2026-W01" and week_name(np.datetime64("2026-12-28")) == "2026-W53"
    assert monday_of(np.datetime64("2026-07-12")) == np.datetime64("2026-07-06")


def test_every_promotion_stands_in_every_week_it_runs_in(made, scored):
    shown = {(week, name.split(" ")[0]) for week, who in zip(made.cells["week"], made.cells["who"], strict=True)
             for name in who.split("; ")}  # fmt: skip
    for name, start, end in zip(*(scored.plan[column] for column in ("promotion_id", "start_date", "end_date")), strict=True):
        weeks = {week_name(monday_of(day)) for day in np.arange(start, end + DAY)}
        assert {week for week, who in shown if who == name} == weeks
    assert made.cells["promotions"].sum() == len(shown)


def test_weeks_carry_the_holidays_of_the_date_table(demo_home, scored):
    later = rows(scored, 0)
    later.plan["start_date"][:], later.plan["end_date"][:] = np.datetime64("2026-12-21"), np.datetime64("2026-12-27")
    (week,) = calendar_of(later, demo_home.model, demo_home.client).weeks
    assert [day.isoformat() for day in week.holidays] == ["2026-12-25", "2026-12-26"] and week.season


def test_clashes_are_all_pairs_that_share_days_place_and_category(demo_home, scored, made):
    plan, known = scored.plan, known_overlap(scored.plan, demo_home.model)
    wanted = set()
    for a in range(length(plan)):
        for b in range(a):
            together = plan["start_date"][a] <= plan["end_date"][b] and plan["start_date"][b] <= plan["end_date"][a]
            if together and known.place[a] == known.place[b]:
                kind = SAME_ITEM if known.item[a] == known.item[b] else SAME_CATEGORY
                wanted.add((frozenset((plan["promotion_id"][a], plan["promotion_id"][b])), kind))
    table = made.clashes.table
    found = {(frozenset(pair[:2]), pair[2]) for pair in zip(table["first"], table["second"], table["kind"], strict=True)}
    assert found == wanted and len(table["first"]) == len(wanted) > 0


def test_the_smaller_increment_of_one_item_is_counted_once(scored):
    """4 common days, 50 and 20 extra units a day at a margin of 6: 80 units and 480 are counted twice."""
    pair = twins(scored, gap_days=3)
    found = counted_twice(pair.plan, pair.answer, [[0, 1]])
    assert (found.units, found.cost) == pytest.approx((80, 480))
    assert counted_twice(pair.plan, pair.answer, [[1, 0]]).cost == pytest.approx(480)


def test_a_promotion_that_sells_nothing_more_is_counted_by_nobody_twice(scored):
    pair = twins(scored, gap_days=3, lift=(0.5, -0.2))
    assert counted_twice(pair.plan, pair.answer, [[0, 1]]).cost == 0


def test_one_item_is_priced_and_the_sum_of_profits_less_that_price_counts_each_unit_once(demo_home, scored):
    pair = twins(scored, gap_days=3)
    found = find_clashes(pair, demo_home.model, demo_home.client)
    assert found.table["kind"].tolist() == [SAME_ITEM]
    assert found.table["price"][0] == pytest.approx(480) == found.same_item_price
    assert found.table["days"][0] == 4 and found.table["from_day"][0] == np.datetime64("2026-07-09")


def test_promotions_one_after_the_other_do_not_clash(demo_home, scored):
    found = find_clashes(twins(scored, gap_days=7), demo_home.model, demo_home.client)
    assert length(found.table) == 0 and found.same_item_price == 0


def test_a_move_ends_the_overlap_and_earns_what_the_model_answers(demo_home, scored, made):
    table, plan = made.clashes.table, scored.plan
    at = {name: row for row, name in enumerate(plan["promotion_id"])}
    moved = [row for row in range(length(table)) if table["move"][row] is not None]
    assert moved
    for row in moved:
        who, other = table["move"][row], {table["first"][row], table["second"][row]} - {table["move"][row]}
        mover, stays = at[who], at[other.pop()]
        start, length_ = table["move_to"][row], plan["end_date"][mover] - plan["start_date"][mover]
        assert start > plan["end_date"][stays] or start + length_ < plan["start_date"][stays]
        assert (start - plan["start_date"][mover]).astype(int) % 7 == 0


def test_a_lone_pair_of_one_item_gains_what_moving_one_changes(demo_home, scored):
    """Two promotions of one item and nobody else: the gain is the mover's new profit, and nothing counted twice any more."""
    both = rows(scored, 0, 0)
    both.plan["promotion_id"][:] = ["A", "B"]
    found = find_clashes(both, demo_home.model, demo_home.client)
    who = ["A", "B"].index(found.table["move"][0])
    one = take(both.plan, np.array([who]))
    none = np.zeros(1)
    before = answer_plan(one, demo_home.model, demo_home.client, overlapping=none)["incremental_profit_expected"][0]
    shift = found.table["move_to"][0] - one["start_date"][0]
    later = {**one, "start_date": one["start_date"] + shift, "end_date": one["end_date"] + shift}
    after = answer_plan(later, demo_home.model, demo_home.client, overlapping=none)["incremental_profit_expected"][0]
    assert found.table["move_gain"][0] == pytest.approx(after - before + found.table["price"][0])


def test_overlaps_in_a_category_are_priced_by_the_model(demo_home, scored, made):
    """A pair nobody else runs beside: each answer without the other less each answer with it, where the week counts it."""
    table = made.clashes.table
    hood = Neighbours(scored.plan, known_overlap(scored.plan, demo_home.model))
    at = {name: row for row, name in enumerate(scored.plan["promotion_id"])}
    pairs = [row for row in range(length(table)) if table["kind"][row] == SAME_CATEGORY]
    assert made.clashes.learnt and pairs
    for row in pairs:
        a, b = at[table["first"][row]], at[table["second"][row]]
        price = 0.0
        for one, other in ((a, b), (b, a)):
            if hood.counts_through(one, other):
                plan, count = take(scored.plan, np.array([one, one])), hood.count(one)
                profit = answer_plan(plan, demo_home.model, demo_home.client, overlapping=np.array([count - 1, count]))
                price += float(-np.diff(profit["incremental_profit_expected"])[0])
        assert table["price"][row] == pytest.approx(price)


def test_what_the_model_did_not_learn_is_not_priced(demo_home, scored):
    class Deaf:
        """The trees of the model, as if none of them asked for the number of overlapping promotions."""

        def __init__(self, booster):
            self._booster = booster

        def get_score(self, importance_type):
            return {name: 1.0 for name in self._booster.get_score(importance_type=importance_type)
                    if name != f"f{demo_home.model.lift.encoding.features.index('num_overlapping_promotions')}"}  # fmt: skip

        def __getattr__(self, name):
            return getattr(self._booster, name)

    lift = demo_home.model.lift
    deaf = demo_home.model._replace(lift=lift._replace(booster=Deaf(lift.booster)))
    assert is_learnt(demo_home.model) and not is_learnt(deaf)
    found = find_clashes(scored, deaf, demo_home.client)
    category = found.table["kind"] == SAME_CATEGORY
    assert np.isnan(found.table["price"][category]).all() and np.isnan(found.same_category_price)
    assert not np.isnan(found.table["price"][~category]).any()
    assert any("learnt nothing" in note for note in found.notes)


def test_what_prices_rest_on_is_said(demo_home, scored):
    money = demo_home.client.money.model_copy(update={"cannibalised_share": 0.3})
    client = demo_home.client.model_copy(update={"money": money})
    unproven = demo_home.model._replace(worth=demo_home.model.worth._replace(evidence=False))
    said = " ".join(find_clashes(scored, unproven, client).notes)
    assert "30% of cannibalised units are in every profit already, and not added again" in said
    assert "a hint at most" in said and "of the uncertainty of the profits it belongs to" in said


def test_rows_that_do_not_say_where_they_run_are_compared_with_none(demo_home, scored):
    vague = rows(scored, 0, 0)
    vague.plan["region"] = np.array([None, None], dtype=object)
    found = find_clashes(vague, demo_home.model, demo_home.client)
    assert length(found.table) == 0 and found.notes[0].startswith("2 promotions do not say")


def test_a_third_promotion_of_the_item_keeps_the_count(demo_home, scored):
    """A counts B's item once however often it runs: without one of its two promotions the other one is still there."""
    trio = rows(scored, 0, 1, 1)
    for name in ("region", "product_category"):
        trio.plan[name][:] = trio.plan[name][0]
    trio.plan["product_subcategory"][:] = ["Vegetables", "Ice cream", "Ice cream"]
    trio.plan["start_date"][:], trio.plan["end_date"][:] = np.datetime64("2026-07-06"), np.datetime64("2026-07-12")
    hood = Neighbours(trio.plan, known_overlap(trio.plan, demo_home.model))
    assert hood.count(0) == 1 and hood.alone(0) == 0
    assert not hood.counts_through(0, 1) and hood.counts_through(1, 0)
    assert sorted(pair.same_item for pair in pairs_of(hood)) == [False, False, True]


def test_more_than_anyone_could_read_is_refused(demo_home, scored, monkeypatch):
    monkeypatch.setattr("scorer.planning.neighbours.MOST_PAIRS", 3)
    with pytest.raises(InputRefused, match="one quarter"):
        find_clashes(scored, demo_home.model, demo_home.client)
    monkeypatch.setattr("scorer.planning.calendar.MOST_PROMOTIONS", 3)
    with pytest.raises(InputRefused, match="Cut the list"):
        calendar_of(scored, demo_home.model, demo_home.client)


def test_the_verb_writes_the_calendar_and_the_clashes_beside_it(demo_home, made, tmp_path):
    out = tmp_path / "calendar.csv"
    done = verbs.calendar(demo_home.workspace, demo_home.upcoming, out)
    assert out.read_text(encoding="utf-8").count("\n") == length(done.cells) + 1
    beside = (tmp_path / "calendar_clashes.csv").read_text(encoding="utf-8")
    assert beside.count("\n") == length(made.clashes.table) + 1 and SAME_ITEM in beside
    assert done.refused == length(score(demo_home.plan(), demo_home.model, demo_home.client, explain=False).rejects) > 0
    assert set(as_data(done)) >= {"refused", "weeks", "promotions", "cells", "clashes", "same_item_price", "notes"}


def test_a_week_knows_who_runs(made):
    week = Week("w", np.datetime64("1999-01-04"), np.datetime64("1999-01-10"), (), season=False)
    assert len(running(made.promotions, week)) == 0
    assert len(running(made.promotions, made.weeks[0])) > 0
