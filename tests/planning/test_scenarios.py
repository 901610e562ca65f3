"""Scenarios: what the file says is what is scored, differences add up to the cent, and the total is as sure as it is told."""

import itertools
from datetime import date

import numpy as np
import pytest

from scorer import verbs
from scorer.columns import length
from scorer.economics.promotion import Terms, outcome
from scorer.errors import BadQuestion, FileUnreadable, OutputRefused
from scorer.estimators.distribution import shape_of
from scorer.estimators.promotion_lift import Lift
from scorer.planning.portfolio import Case, event_of, joint_totals
from scorer.planning.scenario import EFFECTS, scenarios
from scorer.planning.scenario_file import AS_PLANNED, parse_scenarios, read_scenarios
from scorer.scoring import score

CENT = 0.005
FILE = """
["Cheaper leaflet"]
note = "One page less"
fixed_cost = 5

["Price war in snacks"]
discount_percentage = "+5 pp"
only = { product_category = "snacks" }

["Later and shorter"]
start_date = "+7 days"
duration_days = 7

["Partners"]
[["Partners".part]]
funding_share = 0.4
only = { promotion_type = ["Coupon", "Loyalty"] }
[["Partners".part]]
unit_cost = "-3 %"
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenarios") / "scenarios.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def found(demo_home, file):
    return scenarios(demo_home.plan(), read_scenarios(file), demo_home.model, demo_home.client)


def case_of(found, name):
    return next(case for case in found.cases if case.name == name)


def lines_of(found, name):
    here = found.differences["scenario"] == name
    return {column: values[here] for column, values in found.differences.items()}


# ---------------------------------------------------------------------------------------------- what is scored
def test_as_planned_is_the_score(demo_home, found):
    scored = score(demo_home.plan(), demo_home.model, demo_home.client, explain=False)
    assert found.summary["scenario"][0] == found.cases[0].name == AS_PLANNED
    for name in ("incremental_profit_expected", "lift_low", "verdict", "promotion_cost_expected"):
        assert found.cases[0].answer[name].tolist() == pytest.approx(scored.answer[name].tolist(), nan_ok=True), name


def test_each_scenario_is_the_changed_list_scored_by_itself(demo_home, found):
    """The file's words, written into a list by hand and scored like any other list."""
    plan = demo_home.plan()
    columns = {name: column.copy() for name, column in plan.columns.items()}
    snacks = columns["product_category"] == "Snacks"
    columns["discount_percentage"] = np.where(snacks, columns["discount_percentage"] + 0.05, columns["discount_percentage"])
    war = score(plan._replace(columns=columns), demo_home.model, demo_home.client, explain=False).answer
    assert snacks.sum() > 2
    assert case_of(found, "Price war in snacks").answer["incremental_profit_expected"] == pytest.approx(
        war["incremental_profit_expected"], nan_ok=True
    )
    columns = {name: column.copy() for name, column in plan.columns.items()}
    columns["start_date"] = columns["start_date"] + np.timedelta64(7, "D")
    columns["duration_days"] = np.full(plan.rows, 7.0)
    columns["end_date"] = columns["start_date"] + np.timedelta64(6, "D")
    later = score(plan._replace(columns=columns), demo_home.model, demo_home.client, explain=False).answer
    assert case_of(found, "Later and shorter").answer["lift_expected"] == pytest.approx(later["lift_expected"], nan_ok=True)


def test_parts_are_for_the_promotions_they_choose(found):
    case, plan = case_of(found, "Partners"), found.cases[0].plan
    chosen = np.isin(plan["promotion_type"], ["Coupon", "Loyalty"])
    assert (case.terms.funding_share[chosen] == 0.4).all() and 0 < chosen.sum() < found.rows
    assert case.terms.funding_share[~chosen].tolist() == found.cases[0].terms.funding_share[~chosen].tolist()
    assert case.terms.unit_cost == pytest.approx(0.97 * found.cases[0].terms.unit_cost)


def test_what_changes_is_said_for_every_promotion(found):
    lines = lines_of(found, "Price war in snacks")
    snacks = found.cases[0].plan["product_category"] == "Snacks"
    assert [words is not None for words in lines["changed"]] == snacks.tolist()
    at = int(np.flatnonzero(snacks)[0])
    before = found.cases[0].plan["discount_percentage"][at]
    assert lines["changed"][at] == f"discount {100 * before:.4g} % → {100 * before + 5:.4g} %"


# ---------------------------------------------------------------------------------------------- what it comes to
def test_totals_are_the_rows_to_the_cent_and_rates_are_ratios_of_sums(found):
    planned = found.cases[0].answer["incremental_profit_expected"]
    for at, name in enumerate(found.summary["scenario"][1:], start=1):
        lines, summary = lines_of(found, name), {column: values[at] for column, values in found.summary.items()}
        known = ~np.isnan(lines["difference"])
        assert abs(lines["profit"][known].sum() - summary["profit"]) < CENT
        assert abs(lines["promotion_cost"][known].sum() - summary["promotion_cost"]) < CENT
        assert abs(summary["profit"] - np.nansum(planned) - summary["difference"]) < CENT
        assert summary["roi"] == pytest.approx(lines["profit"][known].sum() / lines["promotion_cost"][known].sum())
        assert summary["promotions_changed"] == sum(words is not None for words in lines["changed"])
        verdicts = sum(summary[verdict] for verdict in ("go", "optimise", "dont_launch", "not_enough_evidence"))
        assert verdicts == found.rows


def test_every_difference_falls_without_rest_into_its_causes(found):
    lines = found.differences
    parts = sum(lines[f"from_{effect}"] for effect in EFFECTS)
    assert np.nanmax(np.abs(parts - lines["difference"])) < CENT
    assert np.nanmax(np.abs(lines["profit"] - lines["profit_planned"] - lines["difference"])) < CENT
    only = {"Cheaper leaflet": {"cost"}, "Price war in snacks": {"lift", "price"}, "Later and shorter": {"baseline", "lift"}}
    for name, causes in only.items():
        moved = {effect for effect in EFFECTS if np.nanmax(np.abs(lines_of(found, name)[f"from_{effect}"])) > CENT}
        assert moved == causes, name


def test_all_low_and_all_high_are_every_promotion_at_that_end(found):
    for at, case in enumerate(found.cases):
        for end in ("low", "high"):
            each = outcome(case.terms, case.answer["baseline_units"], case.answer[f"lift_{end}"]).profit
            assert found.summary[f"profit_all_{end}"][at] == pytest.approx(np.nansum(each))


# ---------------------------------------------------------------------------------------------- how sure the total is
def normal_case(rows, price=10.0, spread=0.1):
    """Promotions alike whose log lift has known, nearly normal errors."""
    errors = np.random.default_rng(1).normal(0, 1, 20_000)
    lift = Lift(np.full(rows, 0.3), np.full(rows, spread), shape_of(errors))
    return Case(Terms(np.full(rows, price), np.full(rows, 4.0), np.full(rows, 0.1)), np.full(rows, 100.0), lift)


def test_independent_events_average_out_as_the_square_root(demo_home):
    """The planted truth: 100 events of their own are ten times as sure, relative to the total, as one."""
    del demo_home
    case = normal_case(100)
    everything = np.ones(100, dtype=bool)
    apart, together = (
        joint_totals([case], event, everything, True, 0.8, seed=3)[0] for event in (np.arange(100), np.zeros(100, dtype=int))
    )
    assert apart.draws.mean() == pytest.approx(together.draws.mean(), rel=0.05)
    assert together.draws.std() / apart.draws.std() == pytest.approx(10, rel=0.1)
    per_event = 100 * 5.0 * np.exp(0.3) * 0.1  # units x what an extra unit leaves x slope of the lift x spread
    assert apart.draws.std() == pytest.approx(10 * per_event, rel=0.1)
    assert apart.high - apart.low == pytest.approx(2 * 1.2816 * apart.draws.std(), rel=0.1)


def test_scenarios_have_the_same_luck(found, demo_home):
    case = normal_case(5)
    dearer = case._replace(terms=case.terms._replace(fixed_cost=np.full(5, 20.0)))
    one, other = joint_totals([case, dearer], np.arange(5), np.ones(5, dtype=bool), True, 0.8, seed=3)
    assert one.draws - other.draws == pytest.approx(100)
    again = joint_totals([case], np.arange(5), np.ones(5, dtype=bool), True, 0.8, seed=3)[0]
    assert again.draws.tolist() == one.draws.tolist(), "the same seed, the same draws"
    at = found.summary["scenario"].tolist().index("Cheaper leaflet")
    assert found.summary["probability_of_more"][at] in (0.0, 1.0), "a cheaper leaflet changes no lift"
    events = event_of(found.cases[0].plan, demo_home.model)
    assert 1 < len(set(events.tolist())) <= found.rows


def test_the_whole_list_is_surer_than_everything_at_once(found):
    width = found.summary["profit_high"] - found.summary["profit_low"]
    at_once = found.summary["profit_all_high"] - found.summary["profit_all_low"]
    assert (width > 0).all() and (width < 0.8 * at_once).all()
    assert ((found.summary["profit_low"] < found.summary["profit"]) & (found.summary["profit"] < found.summary["profit_high"])).all()


def test_what_is_not_known_is_left_out_of_every_total(demo_home, file):
    plan = demo_home.plan()
    columns = {**plan.columns, "list_price": plan.columns["list_price"].copy(), "unit_cost": plan.columns["unit_cost"].copy()}
    money = demo_home.client.money.model_copy(update={"margin_rate": None})
    client = demo_home.client.model_copy(update={"money": money})
    made = scenarios(plan._replace(columns=columns), read_scenarios(file), demo_home.model, client)
    unknown = np.isnan(made.cases[0].answer["incremental_profit_expected"])
    assert made.left_out == unknown.sum()
    assert made.summary["profit"][0] == pytest.approx(np.nansum(made.cases[0].answer["incremental_profit_expected"]))


# ---------------------------------------------------------------------------------------------- the file
@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({}, "names no scenario"),
        ({"x": {"discuont": 0.2}}, "Did you mean 'discount_percentage'"),
        ({"x": {"onyl": {"region": "North"}, "fixed_cost": 1}}, "Did you mean 'only'"),
        ({"x": {"fixed_cost": 1, "only": {"regoin": "North"}}}, "cannot be chosen by 'regoin'. Did you mean 'region'"),
        ({"x": {"fixed_cost": 1, "only": "North"}}, "write it like only"),
        ({"x": {"discount": 20}}, "write 20% or 0.2"),
        ({"x": {"discount": [0.1, 0.2]}}, "it has one value"),
        ({"x": {}}, "changes nothing"),
        ({"x": {"note": "nothing"}}, "changes nothing"),
        ({"x": {"part": [{"only": {"region": "North"}}]}}, "a part of it changes nothing"),
        ({"as planned": {"fixed_cost": 1}}, "Choose another name"),
        ({"fixed_cost": 200}, "belongs to no scenario"),
        ({f"s{number}": {"fixed_cost": 1} for number in range(21)}, "20 can be compared"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_in_words(raw, told):
    with pytest.raises(BadQuestion, match=told):
        parse_scenarios(raw)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(FileUnreadable, match="no such file"):
        read_scenarios(tmp_path / "none.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("[Price war]\n", encoding="utf-8")
    with pytest.raises(BadQuestion, match="in brackets and quotes"):
        read_scenarios(broken)


def test_dates_of_a_file_are_dates(demo_home):
    named = parse_scenarios({"On one day": {"start_date": date(2026, 7, 6)}})
    case = scenarios(demo_home.plan(), named, demo_home.model, demo_home.client).cases[1]
    assert set(case.plan["start_date"].tolist()) == {date(2026, 7, 6)}


def test_names_that_stand_nowhere_in_the_list_are_told(demo_home):
    named = parse_scenarios({"Snacks": {"fixed_cost": 9, "only": {"category": ["Snaks"]}}})
    found = scenarios(demo_home.plan(), named, demo_home.model, demo_home.client)
    assert "no promotion of the list has product_category 'Snaks'. Did you mean 'Snacks'?" in found.notes[0]
    assert any("changes nothing in this list" in note for note in found.notes)
    assert found.summary["difference"].tolist() == [0, 0]


def test_without_a_file_the_plan_stands_alone(demo_home):
    found = verbs.scenarios(demo_home.workspace, demo_home.upcoming)
    assert found.summary["scenario"].tolist() == [AS_PLANNED] and not length(found.differences)
    assert found.summary["profit_all_low"][0] < found.summary["profit"][0] < found.summary["profit_all_high"][0]
    with pytest.raises(BadQuestion, match="Name some with --file"):
        verbs.scenarios(demo_home.workspace, demo_home.upcoming, out=demo_home.upcoming.with_name("differences.csv"))


def test_the_differences_are_written(demo_home, file, tmp_path):
    found = verbs.scenarios(demo_home.workspace, demo_home.upcoming, file, out=tmp_path / "differences.csv")
    lines = (tmp_path / "differences.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == length(found.differences) + 1 == 4 * found.rows + 1
    assert lines[0].startswith("scenario,promotion_id,changed,")
    with pytest.raises(OutputRefused, match="the list itself"):
        verbs.scenarios(demo_home.workspace, demo_home.upcoming, file, out=demo_home.upcoming)


def test_later_parts_count(demo_home):
    parts = [{"fixed_cost": 1}, {"fixed_cost": 2, "only": {"region": "North"}}]
    case = scenarios(demo_home.plan(), parse_scenarios({"x": {"part": parts}}), demo_home.model, demo_home.client).cases[1]
    north = case.plan["region"] == "North"
    wanted = itertools.compress([2.0 if is_north else 1.0 for is_north in north], [True] * len(north))
    assert case.terms.fixed_cost.tolist() == list(wanted)
