"""Any input may change: what was asked is what is scored, in one call, and the best step is the best of those scored alone."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.columns import DAY, fetch, length, take
from scorer.demo import Sort
from scorer.economics.promotion import Terms, outcome
from scorer.errors import BadQuestion
from scorer.planning import what_if as asking
from scorer.planning.changes import INPUTS, MARGIN, Moved, in_use, input_named, moved, read_move, with_changes
from scorer.planning.tornado import AMOUNTS
from scorer.planning.what_if import STEP_COLUMNS, what_if
from scorer.scoring import answer_plan, score

ROW = 3


@pytest.fixture(scope="module")
def asked(demo_home):
    return demo_home.plan()


@pytest.fixture
def calls(monkeypatch):
    """How many rows each scoring call of a what-if answers."""
    rows = []

    def counted(plan, *more, **named):
        rows.append(length(plan))
        return outlook(plan, *more, **named)

    outlook = asking.outlook
    monkeypatch.setattr(asking, "outlook", counted)
    return rows


def row_of(demo_home, asked, sort):
    ids = asked.columns["promotion_id"].tolist()
    return next(at for at, name in enumerate(ids) if demo_home.made.upcoming.sorts[name] == sort)


def alone(demo_home, asked, row, **changed):
    """The answer to one row with some columns written over, by the scoring path itself."""
    columns = take(asked.columns, np.array([row]))
    for name, value in changed.items():
        columns[name] = np.array([value], dtype=columns[name].dtype)
    days = columns["duration_days"].astype(int)
    columns["end_date"] = columns["start_date"] + (days - 1).astype("timedelta64[D]")
    return answer_plan(columns, demo_home.model, demo_home.client)


# ---------------------------------------------------------------------------------------------- what may be written
@pytest.mark.parametrize(
    ("name", "given", "how", "value"),
    [
        ("discount", "20%", "set", 0.2),
        ("discount", "0.2", "set", 0.2),
        ("Rabatt", 0.2, "set", 0.2),
        ("discount", "+5 pp", "add", 0.05),
        ("discount", "-5pp", "add", -0.05),
        ("discount", "+10 %", "scale", 1.1),
        ("price", "9.49", "set", 9.49),
        ("list_price", "-3%", "scale", 0.97),
        ("price", "+0.50", "add", 0.5),
        ("days", "14", "set", 14),
        ("duration", "-3 days", "add", -3),
        ("days", "+1 week", "add", 7),
        ("start", "2026-07-06", "set", np.datetime64("2026-07-06")),
        ("start", date(2026, 7, 6), "set", np.datetime64("2026-07-06")),
        ("start", "-2 weeks", "add", -14),
        ("campaigns", "+1", "add", 1),
        ("type", "Coupon", "set", "Coupon"),
        ("margin", "30 %", "set", 0.3),
        ("baseline", "-15%", "scale", 0.85),
    ],
)
def test_changes_are_read_as_people_write_them(name, given, how, value):
    read = read_move(name, given)
    assert read.how == how
    assert read.value == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("discuont", "20%", "Did you mean 'discount_percentage'"),
        ("discount", "20", "write 20% or 0.2"),
        ("discount", "lots", "write a number such as"),
        ("price", "20%", r"\+10% makes it a tenth more"),
        ("price", "0", "must lie between 0.01"),
        ("price", "+5pp", "only shares move by points"),
        ("price", "+5 days", "not in days"),
        ("days", "0", "between 1 and 366"),
        ("days", "7.5", "whole number"),
        ("start", "06.07.2026", "write a date such as 2026-07-06"),
        ("price", "", "nothing to set it to"),
        ("price", True, "nothing to set it to"),
    ],
)
def test_what_cannot_be_is_refused_in_words(name, given, told):
    with pytest.raises(BadQuestion, match=told):
        read_move(name, given)


@given(st.sampled_from(sorted(AMOUNTS)), st.floats(0, 1), st.integers(0, 1))
def test_whatever_moves_stays_within_its_limits(name, start, end):
    column = INPUTS[name]
    low, high = (-10 if column.low is None else column.low), (1e6 if column.high is None else column.high)
    if name == "start_date":
        return
    now = np.array([low + start * (min(high, 1e6) - low)])
    found = moved(read_move(name, AMOUNTS[name][end]), now)
    assert (column.low is None or found[0] >= column.low) and (column.high is None or found[0] <= column.high)


def test_every_input_of_a_plan_can_be_named():
    assert {input_named(name) for name in INPUTS} == set(INPUTS)
    assert input_named("own baseline") == input_named("baseline") == "baseline_override"


# ---------------------------------------------------------------------------------------------- what follows from it
def test_a_new_price_leaves_the_unit_cost_and_a_margin_sets_it(demo_home, asked):
    now, _ = in_use(asked.columns, demo_home.model, demo_home.client)
    rows, here = asked.columns, np.ones(asked.rows, dtype=bool)
    dearer = with_changes(rows, now, {"list_price": Moved(now["list_price"] * 2, here)})
    assert dearer["unit_cost"].tolist() == now["unit_cost"].tolist()
    thin = with_changes(rows, now, {MARGIN: Moved(np.full(asked.rows, 0.25), here)})
    assert thin["unit_cost"] == pytest.approx(now["list_price"] * 0.75)
    answered = answer_plan(thin, demo_home.model, demo_home.client)
    assert answered["used_unit_cost"] == pytest.approx(now["list_price"] * 0.75)


def test_what_is_in_use_is_what_the_score_rests_on(demo_home, asked):
    now, position = in_use(asked.columns, demo_home.model, demo_home.client)
    scored = score(asked, demo_home.model, demo_home.client, explain=False).answer
    for name in ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share"):
        assert now[name].tolist() == scored[f"used_{name}"].tolist()
    assert now["baseline_override"] == pytest.approx(scored["baseline_units_per_day"])
    assert len(position) == length(scored)


def test_every_step_is_the_changed_row_scored_alone(demo_home, asked):
    changes = {"price": ["9.49", "9.99"], "start": ["2026-08-03", "2026-08-10"], "campaigns": [0, 2]}
    found = what_if(asked, ROW, demo_home.model, demo_home.client, (0.1, 0.2), (7,), changes).ladder
    assert length(found) == 2 * 2 * 2 * 2
    cost = float(in_use(take(asked.columns, np.array([ROW])), demo_home.model, demo_home.client)[0]["unit_cost"][0])
    for step in range(0, 16, 5):
        wanted = alone(
            demo_home, asked, ROW,
            discount_percentage=found["discount_percentage"][step], duration_days=7.0, list_price=found["list_price"][step],
            unit_cost=cost, start_date=found["start_date"][step], num_overlapping_campaigns=found["num_overlapping_campaigns"][step],
        )  # fmt: skip
        for name in set(STEP_COLUMNS) & set(wanted):
            assert found[name][[step]].tolist() == pytest.approx(wanted[name].tolist(), nan_ok=True), name


def test_the_best_step_is_that_of_brute_force(demo_home, asked):
    row = row_of(demo_home, asked, Sort.GOOD)
    discounts, days = tuple(np.round(np.arange(0.05, 0.51, 0.05), 2)), (7, 14, 21)
    found = what_if(asked, row, demo_home.model, demo_home.client, discounts, days, {"funding": ["0%", "30%"]})
    profits = {
        (d, n, f): float(
            alone(demo_home, asked, row, discount_percentage=d, duration_days=float(n), funding_share=f)[
                "incremental_profit_expected"
            ][0]
        )
        for d in discounts
        for n in days
        for f in (0.0, 0.3)
    }
    best = max(profits, key=profits.get)
    step = tuple(found.ladder[name][found.best] for name in ("discount_percentage", "duration_days", "funding_share"))
    assert step == pytest.approx(best) and profits[best] > 0
    assert found.ladder["incremental_profit_expected"][found.best] == pytest.approx(profits[best])
    assert f"{100 * best[0]:.4g}% for {best[1]} days, partner's share {100 * best[2]:.4g} %" in found.sentence


def test_everything_is_asked_in_one_scoring_call(demo_home, asked, calls):
    found = what_if(
        asked, ROW, demo_home.model, demo_home.client, (0.1, 0.2, 0.3), (7, 14), {"price": ["+5%"]}, ("discount", "days"), True
    )
    assert len(calls) == 1
    assert calls[0] == 1 + length(found.ladder) + 2 * (length(found.tornado) - 1)


# ---------------------------------------------------------------------------------------------- what may be believed
def test_what_was_not_learnt_is_shown_marked_and_never_the_best(demo_home, asked):
    row = row_of(demo_home, asked, Sort.LOSING)
    low, high = demo_home.model.support.discount
    changes = {"funding": ["100%"], "fixed_cost": [0]}
    found = what_if(asked, row, demo_home.model, demo_home.client, (0.01, 0.2, 0.3), (14,))
    assert low > 0.01 and found.ladder["learnt"].tolist() == [False, True, True]
    profit = found.ladder["incremental_profit_expected"]
    assert profit[0] > profit[1:].max(), "the step nobody has seen would look best"
    assert found.best != 0 and any("1 of 3 steps lies outside what was learnt" in note for note in found.notes)
    row = row_of(demo_home, asked, Sort.GOOD)
    none = what_if(asked, row, demo_home.model, demo_home.client, (0.01, high + 0.1), (14,), changes)
    assert (none.ladder["incremental_profit_expected"] > 0).any()
    assert none.best is None and none.sentence.startswith("Every one of these steps lies outside")


def test_without_evidence_it_says_so(noise_home):
    found = what_if(noise_home.plan(), 0, noise_home.model, noise_home.client)
    assert not noise_home.model.worth.evidence
    assert found.notes[0] == f"Do not decide on these figures: {noise_home.model.worth.sentence}"


def test_a_price_is_not_tried_where_sales_have_no_units(original_home):
    plan = original_home.plan()
    with pytest.raises(BadQuestion, match=r"known in currency.*margin"):
        what_if(plan, 0, original_home.model, original_home.client, changes={"price": ["+5%"]})
    found = what_if(plan, 0, original_home.model, original_home.client, (0.1,), changes={"margin": ["20%", "60%"]}).ladder
    profit = found["incremental_profit_expected"]
    assert profit[1] - profit[0] == pytest.approx(0.4 * found["incremental_units_expected"][0])


def test_too_many_steps_are_refused(demo_home, asked):
    with pytest.raises(BadQuestion, match="4,000 steps"):
        what_if(asked, ROW, demo_home.model, demo_home.client, tuple(np.linspace(0.05, 0.5, 100)), tuple(range(1, 41)))
    with pytest.raises(BadQuestion, match="asked for twice"):
        what_if(asked, ROW, demo_home.model, demo_home.client, (0.1,), changes={"discount": ["20%"]})


# ---------------------------------------------------------------------------------------------- grid and tornado
@pytest.mark.parametrize("pair", [("discount", "days"), ("discount", "margin"), ("type", "start")])
def test_a_grid_shows_every_pair(demo_home, asked, pair):
    found = what_if(asked, ROW, demo_home.model, demo_home.client, grid=pair)
    grid, ladder = found.grid, found.ladder
    assert grid.step.shape == (len(grid.down_values), len(grid.across_values)) and min(grid.step.shape) > 1
    assert sorted(grid.step.ravel().tolist()) == list(range(length(ladder)))
    for name, values, steps in ((grid.down, grid.down_values, grid.step), (grid.across, grid.across_values, grid.step.T)):
        for value, line in zip(values, steps, strict=True):
            assert {*ladder[name][line].tolist()} == {value}


def test_a_grid_has_two_inputs(demo_home, asked):
    with pytest.raises(BadQuestion, match="two different inputs"):
        what_if(asked, ROW, demo_home.model, demo_home.client, grid=("discount", "Rabatt"))
    with pytest.raises(BadQuestion, match="has several values too"):
        what_if(asked, ROW, demo_home.model, demo_home.client, changes={"price": ["9", "10"]}, grid=("discount", "days"))


def test_the_tornado_moves_one_input_at_a_time(demo_home, asked):
    row = row_of(demo_home, asked, Sort.GOOD)
    found = what_if(asked, row, demo_home.model, demo_home.client, swings=True)
    table = found.tornado
    assert (np.diff(table["swing"]) <= 1e-9).all()
    base = found.planned["incremental_profit_expected"][0]
    assert table["profit_low"] - table["effect_low"] == pytest.approx(base)
    at = table["input"].tolist().index("discount")
    own = float(asked.columns["discount_percentage"][row])
    for end, move in (("low", -0.05), ("high", 0.05)):
        scored = alone(demo_home, asked, row, discount_percentage=round(own + move, 6))
        assert table[f"profit_{end}"][at] == pytest.approx(scored["incremental_profit_expected"][0])


def test_the_lift_is_one_of_the_swings(demo_home, asked):
    row = row_of(demo_home, asked, Sort.GOOD)
    table = what_if(asked, row, demo_home.model, demo_home.client, swings=True).tornado
    answered = alone(demo_home, asked, row)
    terms = Terms(
        discount=asked.columns["discount_percentage"][row],
        **{name: answered[f"used_{name}"][0] for name in Terms._fields if f"used_{name}" in answered},
    )
    at = next(at for at, name in enumerate(table["input"]) if name.startswith("lift"))
    for end in ("low", "high"):
        wanted = outcome(terms, answered["baseline_units"][0], answered[f"lift_{end}"][0]).profit
        assert table[f"profit_{end}"][at] == pytest.approx(wanted)


def test_at_the_end_of_the_calendar_the_start_is_not_moved(demo_home, asked):
    (last,) = fetch(demo_home.model.history, "SELECT MAX(day) AS day FROM date_table")["day"]
    columns = {name: column.copy() for name, column in asked.columns.items()}
    columns["duration_days"][ROW] = 3
    columns["end_date"][ROW], columns["start_date"][ROW] = last, last - 2 * DAY
    table = what_if(asked._replace(columns=columns), ROW, demo_home.model, demo_home.client, swings=True).tornado
    assert "start" not in table["input"] and "discount" in table["input"]
