"""What runs at the same time: looked up in the exported calendar, or said by whoever makes the calendar."""

import numpy as np

from scorer.columns import DAY, length, take
from scorer.contracts.scored import SCORED
from scorer.overlap import known_overlap
from scorer.scoring import answer_plan


def test_the_count_the_calendar_knows_gives_the_same_answer_as_no_count(demo_home):
    plan = demo_home.plan().columns
    known = known_overlap(plan, demo_home.model)
    said = answer_plan(plan, demo_home.model, demo_home.client, overlapping=known.promotions)
    looked_up = answer_plan(plan, demo_home.model, demo_home.client)
    for name in SCORED.names:
        if name in said:
            assert said[name].tolist() == looked_up[name].tolist() or np.array_equal(said[name], looked_up[name], equal_nan=True)


def test_a_count_that_is_said_reaches_the_model_and_one_that_is_not_is_looked_up(demo_home):
    plan = demo_home.plan().columns
    looked_up = answer_plan(plan, demo_home.model, demo_home.client)["lift_expected"]
    counts = np.full(length(plan), 4.0)
    counts[0] = np.nan
    found = answer_plan(plan, demo_home.model, demo_home.client, overlapping=counts)["lift_expected"]
    assert found[0] == looked_up[0]
    assert (found != looked_up).any()


def test_a_past_week_is_known_and_lists_its_own_promotions(demo_home):
    model = demo_home.model
    past = take(model.past, np.argsort(model.past["start_date"])[-5:])
    plan = take(demo_home.plan().columns, np.zeros(length(past), dtype=int))
    named = {name: past[name] for name in ("region", "product_category", "product_subcategory", "start_date", "duration_days")}
    plan |= named | {"end_date": past["start_date"] + (past["duration_days"].astype(int) - 1) * DAY}
    found = known_overlap(plan, model)
    assert found.exported.all()
    assert found.listed.all()
    assert (found.promotions == np.floor(found.promotions)).all()
    assert (found.last_week >= found.first_week).all()


def test_a_day_outside_the_calendar_has_no_week_and_no_count(demo_home):
    plan = take(demo_home.plan().columns, np.array([0]))
    plan["start_date"] = plan["start_date"] + 5000 * DAY
    plan["end_date"] = plan["end_date"] + 5000 * DAY
    found = known_overlap(plan, demo_home.model)
    assert found.first_week.tolist() == [-1]
    assert np.isnan(found.promotions).all()
