"""Asked backwards, and checked forwards: what is told is put into the plan and scored, and the goal is there."""

import numpy as np
import pytest

from scorer import verbs
from scorer.columns import DAY, length, stack, take
from scorer.economics.targets import Goal, surplus
from scorer.errors import BadQuestion, InputRefused, NothingToWorkOn
from scorer.planning import targets as asking
from scorer.planning.targets import LEVERS, STEP, targets
from scorer.scoring import answer_plan, score

CENT = 0.005
INPUTS = {"discount": "discount_percentage", "funding_share": "funding_share", "fixed_cost": "fixed_cost"}


@pytest.fixture(scope="module")
def asked(demo_home):
    return demo_home.plan()


@pytest.fixture(scope="module")
def by_profit(demo_home, asked):
    """Rows of the list that can be judged, the one that earns most first."""
    scored = score(asked, demo_home.model, demo_home.client, explain=False)
    fine = scored.answer["verdict"] != "NOT ENOUGH EVIDENCE"
    order = np.argsort(-np.where(fine, scored.answer["incremental_profit_expected"], -np.inf), kind="stable")[: fine.sum()]
    ids = asked.columns["promotion_id"].tolist()
    return [ids.index(name) for name in scored.plan["promotion_id"][order]]


def scored_with(home, plan, row, **changed):
    columns = take(plan.columns, np.array([row]))
    columns |= {name: np.array([value]) for name, value in changed.items()}
    return answer_plan(columns, home.model, home.client)


def over(goal, answered):
    money = answered["incremental_profit_expected"][0], answered["promotion_cost_expected"][0]
    return surplus(goal, *money)


@pytest.mark.parametrize("goal", [Goal(), Goal(profit=500), Goal(roi=0.3)], ids=["break-even", "profit", "roi"])
@pytest.mark.parametrize("place", [0, -1])
def test_what_is_told_holds_when_it_is_scored_and_a_step_further_does_not(demo_home, asked, by_profit, goal, place):
    row = by_profit[place]
    done = targets(asked, row, goal, demo_home.model, demo_home.client)
    told = [found for found in done.found if found.lever not in ("lift", "budget")]
    cost = float(scored_with(demo_home, asked, row)["used_unit_cost"][0])
    values = [(found.lever, value) for found in told for value in (found.needed, further(found))]
    rows = [changed(asked, row, lever, value, cost) for lever, value in values]
    answered = answer_plan(stack(rows), demo_home.model, demo_home.client)
    profit = answered["incremental_profit_expected"]
    beyond = surplus(goal, profit, answered["promotion_cost_expected"])
    for at, found in enumerate(told):
        assert found.profit == pytest.approx(profit[2 * at], abs=CENT), found.lever
        assert found.reached is bool(beyond[2 * at] >= -CENT) is (not found.bound), found
        at_an_end = found.lever == "discount" and further(found) > demo_home.model.support.discount[1]
        if found.reached and found.needed and not at_an_end:
            assert beyond[2 * at + 1] < CENT, f"{found} is not the last that holds"
    assert any(found.reached for found in told) is (place == 0)


def further(found):
    """The next value that would be told."""
    step = CENT * 2 if found.lever in ("fixed_cost", "list_price", "unit_cost") else STEP
    return found.needed + (1.01 if found.direction == "at most" else -1.01) * step


def changed(plan, row, lever, value, cost):
    columns = take(plan.columns, np.array([row]))
    columns[INPUTS.get(lever, lever)] = np.array([value])
    if lever == "list_price":
        columns["unit_cost"] = np.array([cost])
    return columns


def test_the_discount_is_the_largest_of_all_that_were_learnt(demo_home, asked, by_profit):
    """Brute force: every discount scored, and some of them one after the other."""
    row, goal = by_profit[3], Goal(roi=1.0)
    low, high = demo_home.model.support.discount
    steps = np.round(np.arange(low, high + STEP / 2, STEP), 3)
    many = take(asked.columns, np.full(len(steps), row))
    answered = answer_plan({**many, "discount_percentage": steps}, demo_home.model, demo_home.client)
    cost = answered["promotion_cost_expected"]
    reaching = surplus(goal, answered["incremental_profit_expected"], cost) >= 0
    discount, budget = targets(asked, row, goal, demo_home.model, demo_home.client, ("discount", "budget")).found
    assert discount.reached and discount.needed == pytest.approx(steps[reaching].max())
    assert budget.needed == pytest.approx(cost[reaching].min())
    for step in (0, 100, 250, int(np.flatnonzero(reaching)[-1])):
        alone = scored_with(demo_home, asked, row, discount_percentage=steps[step])
        assert (over(goal, alone) >= 0) == reaching[step]


def test_two_scoring_calls_answer_everything(demo_home, asked, monkeypatch):
    rows = []

    def counted(plan, *more):
        rows.append(length(plan))
        return outlook(plan, *more)

    outlook = asking.outlook
    monkeypatch.setattr(asking, "outlook", counted)
    targets(asked, 3, Goal(profit=100), demo_home.model, demo_home.client, LEVERS)
    assert len(rows) == 2


def test_the_lift_needed_is_that_of_the_break_even(demo_home, asked, by_profit):
    row = by_profit[0]
    (found,) = targets(asked, row, Goal(), demo_home.model, demo_home.client, ("lift",)).found
    answered = scored_with(demo_home, asked, row)
    assert found.needed == pytest.approx(answered["break_even_lift"][0]) and found.reached
    assert found.profit == pytest.approx(0, abs=CENT)


# ---------------------------------------------------------------------------------------------- what stands in the way
def bounds(home, plan, row, goal, **changed):
    columns = {name: column.copy() for name, column in plan.columns.items()}
    for name, value in changed.items():
        columns[name][row] = value
    done = targets(plan._replace(columns=columns), row, goal, home.model, home.client)
    return {found.lever: found for found in done.found}


def test_what_stands_in_the_way_is_named(demo_home, asked, by_profit):
    row = by_profit[0]
    much = bounds(demo_home, asked, row, Goal(profit=1e7))
    assert not any(found.reached for found in much.values() if found.lever not in ("list_price", "lift"))
    assert much["funding_share"].bound.startswith("discount: even a partner who pays all of it")
    assert much["fixed_cost"].bound.startswith("fixed cost") and much["fixed_cost"].needed == 0
    assert much["unit_cost"].bound.startswith("unit cost") and much["unit_cost"].needed == 0
    assert much["lift"].bound.startswith("lift: it lies above") and much["lift"].needed > 10
    assert much["discount"].bound.split(":")[0] in ("lift", "smallest discount learnt from", "largest discount learnt from")


def test_beyond_the_margin_no_lift_is_high_enough(demo_home, asked, by_profit):
    row = by_profit[0]
    price = float(scored_with(demo_home, asked, row)["used_list_price"][0])
    found = bounds(demo_home, asked, row, Goal(profit=100), unit_cost=0.99 * price, funding_share=0.0)
    assert found["discount"].bound.startswith("margin: even at") and found["budget"].bound == found["discount"].bound
    assert found["lift"].bound.startswith("margin") and found["lift"].direction == ""


def test_a_partner_is_asked_for_no_more_than_the_client_allows(demo_home, asked, by_profit):
    for row in by_profit:
        found = bounds(demo_home, asked, row, Goal(), funding_share=0.0)["funding_share"]
        if found.bound.startswith("partner"):
            assert found.needed == demo_home.client.verdict.most_funding and "verdict.most_funding" in found.bound
            return
    pytest.fail("no promotion needs more than that")


def test_without_a_discount_there_is_none_to_share(demo_home, asked, by_profit):
    found = bounds(demo_home, asked, by_profit[0], Goal(profit=1e6), discount_percentage=0.0)
    assert found["funding_share"].bound.startswith("discount: there is none")


def test_without_units_the_margin_is_asked_for(original_home):
    columns = original_home.plan().columns
    done = targets(original_home.plan(), 0, Goal(), original_home.model, original_home.client)
    levers = [found.lever for found in done.found]
    assert "margin" in levers and "list_price" not in levers and length(columns)
    (price,) = targets(original_home.plan(), 0, Goal(), original_home.model, original_home.client, ("list_price",)).found
    assert price.bound.startswith("units") and not price.reached
    margin = next(found for found in done.found if found.lever == "margin")
    answered = scored_with(original_home, original_home.plan(), 0, list_price=1.0, unit_cost=1 - margin.needed)
    assert margin.profit == pytest.approx(answered["incremental_profit_expected"][0])


def test_without_a_cost_there_is_nothing_to_aim_at(demo_home, asked):
    columns = {**asked.columns, "start_date": asked.columns["start_date"] + 5_000 * DAY}
    columns["end_date"] = asked.columns["end_date"] + 5_000 * DAY
    with pytest.raises(NothingToWorkOn, match="outside the calendar"):
        targets(asked._replace(columns=columns), 0, Goal(), demo_home.model, demo_home.client)


def test_without_evidence_it_says_so(noise_home):
    done = targets(noise_home.plan(), 0, Goal(), noise_home.model, noise_home.client)
    assert f"Do not decide on these figures: {noise_home.model.worth.sentence}" in done.notes


def test_the_verb_asks_for_one_goal_of_a_promotion_that_is_there(demo_home):
    done = verbs.target(demo_home.workspace, demo_home.upcoming, "U0005", profit=100, levers=("discount",))
    assert done.promotion_id == "U0005" and done.goal == Goal(profit=100)
    with pytest.raises(BadQuestion, match="Name one of them"):
        verbs.target(demo_home.workspace, demo_home.upcoming, profit=100, roi=0.2)
    with pytest.raises(BadQuestion, match="Did you mean 'discount'"):
        verbs.target(demo_home.workspace, demo_home.upcoming, levers=("discuont",))
    with pytest.raises(InputRefused, match="Did you mean 'U0005'"):
        verbs.target(demo_home.workspace, demo_home.upcoming, "U0005x")
