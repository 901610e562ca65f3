"""The one path from a plan to verdicts: nothing lost, nothing mixed up, nothing contradicting itself."""

import re

import numpy as np
import pytest

from scorer import reasons, scoring
from scorer.columns import DAY, length, records, stack, take, text
from scorer.contracts.exports import PLAN
from scorer.contracts.scored import SCORED
from scorer.contracts.table import Kind
from scorer.demo import Sort
from scorer.economics.promotion import Terms, outcome
from scorer.economics.verdict import Verdict
from scorer.features import with_features
from scorer.plan import plan_from_cells, read_plan
from scorer.scoring import answer_plan, score
from scorer.settings import parse_client
from scorer.tasks import PROMOTION_LIFT

HEADERS = [
    "promotion_id", "region", "product_category", "product_subcategory", "promotion_type", "discount_percentage", "start_date", "end_date",
]  # fmt: skip


@pytest.fixture(scope="module")
def scored(demo_home):
    return score(demo_home.plan(), demo_home.model, demo_home.client)


@pytest.fixture(scope="module")
def by_id(scored):
    """Plan cells and answer of every scored row, by promotion_id."""
    rows = records({**{f"plan_{name}": column for name, column in scored.plan.items()}, **scored.answer})
    return {row["plan_promotion_id"]: row for row in rows}


@pytest.fixture(scope="module")
def usual(demo_home, by_id):
    """Cells of a promotion the model can judge well."""
    sorts = demo_home.made.upcoming.sorts
    row = next(row for name, row in by_id.items() if sorts[name] == Sort.GOOD)
    return {name: row[f"plan_{name}"] for name in HEADERS}


def cells(home, *rows, client=None):
    """Score rows of cells; the headers are those of the first."""
    headers = list(rows[0])
    plan = plan_from_cells(headers, [[row[name] for name in headers] for row in rows], client or home.client)
    found = score(plan, home.model, client or home.client)
    assert not length(found.rejects), found.rejects["reason"]
    return records(found.answer)


def same(found, wanted):
    """Answers are equal, missing figures included."""
    return found.keys() == wanted.keys() and all(
        np.array_equal(found[name], wanted[name], equal_nan=wanted[name].dtype.kind == "f") for name in wanted
    )


# --- nothing is lost ----------------------------------------------------------------------------------------------------------


def test_every_row_is_scored_or_refused(demo_home, scored):
    tally = demo_home.made.upcoming.tally
    assert (length(scored.answer), length(scored.rejects), scored.blank) == (tally.usable, tally.rows - tally.usable, 0)
    refused = set(scored.rejects["promotion_id"])
    assert refused == {name for name, sort in demo_home.made.upcoming.sorts.items() if sort == Sort.BAD}
    assert refused.isdisjoint(scored.plan["promotion_id"])
    assert all(scored.rejects["reason"])


def test_the_answer_has_the_columns_of_the_contract_in_its_order(scored):
    assert tuple(scored.answer) == SCORED.names


def test_values_keep_the_types_and_ranges_of_the_contract(scored):
    kinds = {Kind.TEXT: "O", Kind.DATE: "M"}
    for column in SCORED.columns:
        values = scored.answer[column.name]
        assert values.dtype.kind in kinds.get(column.kind, "if"), column.name
        if column.kind.numeric:
            known = values[~np.isnan(values)]
            assert column.low is None or (known >= column.low).all(), column.name
            assert column.high is None or (known <= column.high).all(), column.name
    assert set(scored.answer["verdict"]) <= {verdict.label for verdict in Verdict}
    assert set(scored.answer["baseline_method"]) <= {"item", "product", "category", "all", "override"}


def test_days_beyond_the_calendar_are_refused_and_counted(demo_home, usual):
    far = {**usual, "promotion_id": "FAR", "start_date": "2039-01-02", "end_date": "2039-01-08"}
    bad = {**usual, "promotion_id": "BAD", "discount_percentage": "cheap"}
    rows = [[row[name] for name in HEADERS] for row in (far, usual, bad)]
    found = score(plan_from_cells(HEADERS, [*rows, [None] * len(HEADERS)], demo_home.client), demo_home.model, demo_home.client)
    assert found.plan["promotion_id"].tolist() == [usual["promotion_id"]]
    assert set(found.rejects["promotion_id"]) == {"FAR", "BAD"} and found.blank == 1
    reason = dict(zip(found.rejects["promotion_id"], found.rejects["reason"], strict=True))["FAR"]
    assert "lies outside" in reason and "train again" in reason


def test_columns_of_their_own_pass_through(demo_home, scored):
    plan = demo_home.plan()
    assert scored.given["leaflet_week"].tolist() == plan.given["leaflet_week"].tolist()
    assert all(week.startswith("week ") for week in scored.given["leaflet_week"])


# --- rows do not see each other -----------------------------------------------------------------------------------------------


def test_the_order_of_rows_does_not_matter(demo_home, scored, tmp_path):
    header, *lines = demo_home.upcoming.read_text(encoding="utf-8").splitlines()
    order = np.random.default_rng(1).permutation(len(lines))
    (tmp_path / "plan.csv").write_text("\n".join([header, *(lines[at] for at in order)]), encoding="utf-8")
    shuffled = score(read_plan(tmp_path / "plan.csv", demo_home.client), demo_home.model, demo_home.client)
    place = {name: at for at, name in enumerate(shuffled.plan["promotion_id"])}
    back = np.array([place[name] for name in scored.plan["promotion_id"]])
    assert same(take(shuffled.answer, back), scored.answer)


def test_a_row_alone_is_answered_as_in_company(demo_home, scored):
    for at in range(0, length(scored.answer), 19):
        alone = answer_plan(take(scored.plan, np.array([at])), demo_home.model, demo_home.client)
        together = take(scored.answer, np.array([at]))
        assert same(alone, {**{name: together[name] for name in alone}, "reasons": alone["reasons"]})


def test_a_long_list_is_answered_piece_by_piece_all_the_same(demo_home, scored, monkeypatch):
    monkeypatch.setattr(scoring, "PIECE", 25)
    pieces = score(demo_home.plan(), demo_home.model, demo_home.client)
    assert same(pieces.answer, scored.answer) and same(pieces.rejects, scored.rejects)


def test_asking_twice_gives_the_same_answer(demo_home, scored):
    assert same(score(demo_home.plan(), demo_home.model, demo_home.client).answer, scored.answer)


def test_reasons_can_be_left_out_and_change_nothing_else(demo_home, scored):
    without = score(demo_home.plan(), demo_home.model, demo_home.client, explain=False).answer
    assert set(without.pop("reasons")) == {None}
    assert same(without, {name: column for name, column in scored.answer.items() if name != "reasons"})
    assert all("lift" in reason or "average" in reason for reason in scored.answer["reasons"])
    assert any("EUR" in reason for reason in scored.answer["reasons"])


# --- the figures --------------------------------------------------------------------------------------------------------------


def test_money_is_the_arithmetic_of_what_is_shown(scored):
    """Every money figure again from the columns a reader sees."""
    shown = scored.answer
    names = ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share")
    terms = Terms(
        **{name: shown[f"used_{name}"] for name in names},
        discount=scored.plan["discount_percentage"],
        unit_adjustment=shown["used_unit_adjustment"],
    )
    for end in ("low", "expected", "high"):
        found = outcome(terms, shown["baseline_units"], shown[f"lift_{end}"])
        assert shown[f"sales_units_{end}"] == pytest.approx(found.units)
        assert shown[f"promotion_cost_{end}"] == pytest.approx(found.promotion_cost, nan_ok=True)
        assert shown[f"incremental_revenue_{end}"] == pytest.approx(found.incremental_net_sales, nan_ok=True)
    expected = outcome(terms, shown["baseline_units"], shown["lift_expected"])
    assert shown["incremental_profit_expected"] == pytest.approx(expected.profit, nan_ok=True)
    assert shown["roi_expected"] == pytest.approx(expected.roi, nan_ok=True)
    at_break_even = outcome(terms, shown["baseline_units"], shown["break_even_lift"]).profit
    assert np.nanmax(np.abs(at_break_even)) < 1e-6
    assert shown["headroom"] == pytest.approx(shown["lift_expected"] - shown["break_even_lift"], nan_ok=True)


def test_intervals_are_in_order(scored):
    for name in ("lift", "sales_units", "incremental_units", "incremental_profit", "roi"):
        low, middle, high = (scored.answer[f"{name}_{end}"] for end in ("low", "expected", "high"))
        known = ~np.isnan(low)
        assert (low[known] <= middle[known]).all() and (middle[known] <= high[known]).all(), name


@pytest.mark.parametrize("name", ["demo_home", "original_home"])
def test_the_chances_are_those_of_one_distribution(request, name):
    """Both probabilities counted out over a thousand equally likely lifts."""
    home = request.getfixturevalue(name)
    plan = home.plan().columns
    rows, _ = with_features({**plan, "given_campaigns": plan["num_overlapping_campaigns"]}, home.model)
    shown = answer_plan(plan, home.model, home.client)
    forecast = home.model.lift.predict(rows)
    lifts = np.stack([forecast.quantile(q) for q in (np.arange(1000) + 0.5) / 1000])
    assert shown["success_probability"] == pytest.approx((lifts > 0).mean(axis=0), abs=0.012)
    discount, redeemed = plan["discount_percentage"], shown["used_redemption_share"]
    units = lifts if home.model.in_units else (lifts + discount * redeemed) / (1 - discount)
    price, cost = shown["used_list_price"], shown["used_unit_cost"]
    ours = (1 - shown["used_funding_share"]) * discount * price
    baseline = shown["baseline_units"]
    profit = (
        baseline * units * (price - cost + shown["used_unit_adjustment"])
        - ours * baseline * (redeemed + units)
        - shown["used_fixed_cost"]
    )
    assert shown["probability_of_profit"] == pytest.approx((profit > 0).mean(axis=0), abs=0.012)
    assert shown["lift_low"] == pytest.approx(np.quantile(units, 0.1, axis=0), abs=0.02)


def test_the_classifier_may_give_the_success_probability(demo_home, scored):
    client = demo_home.client.model_copy(
        update={"training": demo_home.client.training.model_copy(update={"success_from": "classifier"})}
    )
    found = score(demo_home.plan(), demo_home.model, client).answer
    assert (found["success_probability"] != scored.answer["success_probability"]).any()
    assert same({**found, "success_probability": scored.answer["success_probability"]}, scored.answer)
    assert np.corrcoef(found["success_probability"], scored.answer["success_probability"])[0, 1] > 0.7


def test_every_feature_has_its_place_among_the_reasons(demo_home):
    places = [name for names in reasons._GROUPS.values() for name in names]
    assert sorted(places) == sorted(PROMOTION_LIFT.features)


def test_reasons_add_up_to_the_forecast(demo_home):
    plan = take(demo_home.plan().columns, np.arange(20))
    rows, _ = with_features({**plan, "given_campaigns": plan["num_overlapping_campaigns"]}, demo_home.model)
    _, parts = reasons._contributions(demo_home.model.lift.matrix(rows), demo_home.model)
    rest = demo_home.model.lift.predict(rows).centre - parts.sum(axis=1)
    assert rest == pytest.approx(np.full(20, rest[0]), abs=1e-5)  # the average promotion


# --- the truth behind the example ---------------------------------------------------------------------------------------------


def test_the_planted_lift_is_foreseen(demo_home, by_id):
    truth = demo_home.made.upcoming.truth
    usual = [at for at, sort in enumerate(truth["sort"]) if sort in (Sort.GOOD, Sort.LOSING, Sort.OPEN)]
    found = np.array([by_id[truth["promotion_id"][at]]["lift_expected"] for at in usual])
    assert np.corrcoef(np.log1p(found), truth["log_lift"][usual])[0, 1] > 0.75
    baseline = np.array([by_id[truth["promotion_id"][at]]["baseline_units"] for at in usual])
    assert np.median(np.abs(np.log(baseline / truth["baseline_units"][usual]))) < 0.15


def test_good_and_losing_promotions_are_told_apart(demo_home, by_id):
    sorts = demo_home.made.upcoming.sorts
    verdicts = {sort: [row["verdict"] for name, row in by_id.items() if sorts[name] == sort] for sort in (Sort.GOOD, Sort.LOSING)}
    assert verdicts[Sort.GOOD].count("GO") >= 0.6 * len(verdicts[Sort.GOOD])
    assert verdicts[Sort.LOSING].count("GO") <= 1
    chance = {
        sort: np.mean([row["probability_of_profit"] for name, row in by_id.items() if sorts[name] == sort]) for sort in verdicts
    }
    assert chance[Sort.GOOD] > 0.7 and chance[Sort.LOSING] < 0.3


# --- verdicts and remedies ----------------------------------------------------------------------------------------------------


def test_no_go_without_an_expected_profit(demo_home):
    """Even where the client would take any chance and any return."""
    reckless = parse_client(
        {**demo_home.client.model_dump(), "verdict": {"minimum_probability_of_profit": 0.0, "hurdle_roi": -1.0}}
    )
    found = score(demo_home.plan(), demo_home.model, reckless).answer
    go = found["verdict"] == "GO"
    assert go.any() and (found["incremental_profit_expected"][go] > 0).all()
    assert not (found["verdict"][found["incremental_profit_expected"] <= 0] == "GO").any()


def test_every_go_meets_the_clients_thresholds(scored):
    found = take(scored.answer, scored.answer["verdict"] == "GO")
    assert length(found)
    assert (found["probability_of_profit"] >= 0.8).all() and (found["roi_expected"] >= 0).all()
    assert (found["incremental_profit_expected"] > 0).all()


def remedied(row, remedy):
    """The plan row with the named change, as a planner would make it."""
    changed = dict(row)
    if found := re.fullmatch(r"discount ([\d.]+)%", remedy):
        return changed | {"discount_percentage": np.array([float(found[1]) / 100])}
    if found := re.fullmatch(r"(\d+) days", remedy):
        days = int(found[1])
        return changed | {"duration_days": np.array([float(days)]), "end_date": row["start_date"] + (days - 1) * DAY}
    found = re.fullmatch(r"a partner paying ([\d.]+)% of the discount", remedy)
    assert found, remedy
    return changed | {"funding_share": np.array([float(found[1]) / 100])}


@pytest.mark.parametrize("name", ["demo_home", "original_home"])
@pytest.mark.parametrize(
    "verdict", [{}, {"hurdle_roi": 0.15}, {"discount_steps": [0.125, 0.375]}, {"discount_steps": [], "duration_steps": []}]
)
def test_the_named_remedy_makes_it_a_go(request, name, verdict):
    home = request.getfixturevalue(name)
    client = parse_client({**home.client.model_dump(), "verdict": verdict})
    found = score(home.plan(), home.model, client)
    optimise = np.flatnonzero(found.answer["verdict"] == "OPTIMISE")
    assert {remedy is None for remedy in found.answer["remedy"][optimise]} <= {False}
    assert all(remedy is None for remedy in found.answer["remedy"][found.answer["verdict"] == "GO"])
    if len(optimise):
        changed = stack(remedied(take(found.plan, np.array([at])), found.answer["remedy"][at]) for at in optimise)
        again = answer_plan(changed, home.model, client)["verdict"]
        assert set(again) == {"GO"}, found.answer["remedy"][optimise][again != "GO"]


def test_a_remedy_holds_below_cost_too(demo_home):
    """Sold below cost, a promotion may earn by selling less: a partner's share is no remedy unless it makes a GO there."""
    client = parse_client({**demo_home.client.model_dump(), "verdict": {"discount_steps": [], "duration_steps": []}})
    terms = [(discount, cost) for discount in (0.05, 0.1, 0.2) for cost in (6.0, *np.arange(10.2, 14.0, 0.2))]
    plan = demo_home.plan()
    columns = take(plan.columns, np.repeat(np.arange(plan.rows), len(terms)))
    columns["discount_percentage"], columns["unit_cost"] = np.tile(np.array(terms).T, plan.rows)
    columns["list_price"] = np.full(length(columns), 10.0)
    found = answer_plan(columns, demo_home.model, client)
    asked = np.flatnonzero(found["verdict"] == "OPTIMISE")
    assert len(asked)
    changed = stack(remedied(take(columns, np.array([at])), found["remedy"][at]) for at in asked)
    again = answer_plan(changed, demo_home.model, client)["verdict"]
    assert set(again) == {"GO"}, found["remedy"][asked][again != "GO"]


@pytest.mark.parametrize("name", ["demo_home", "original_home"])
def test_the_partner_is_asked_for_no_more_than_needed(request, name):
    home = request.getfixturevalue(name)
    client = parse_client({**home.client.model_dump(), "verdict": {"discount_steps": [], "duration_steps": []}})
    found = score(home.plan(), home.model, client)
    asked = [at for at, remedy in enumerate(found.answer["remedy"]) if remedy]
    assert asked
    changed = stack(remedied(take(found.plan, np.array([at])), found.answer["remedy"][at]) for at in asked)
    less = answer_plan(changed | {"funding_share": changed["funding_share"] - 0.02}, home.model, client)
    assert "GO" not in less["verdict"]


def test_a_remedy_is_named_to_the_part_of_a_percent(demo_home):
    client = parse_client({**demo_home.client.model_dump(), "verdict": {"discount_steps": [0.125], "duration_steps": []}})
    found = score(demo_home.plan(), demo_home.model, client).answer["remedy"]
    assert {words for words in found if words and words.startswith("discount")} == {"discount 12.5%"}


def test_where_nothing_is_named_no_discount_helps(demo_home, scored):
    client = demo_home.client
    low, high = demo_home.model.support.discount
    hopeless = take(scored.plan, scored.answer["verdict"] == "DON'T LAUNCH")
    assert length(hopeless)
    steps = [step for step in client.verdict.discount_steps if low <= step <= high]
    every = stack({**hopeless, "discount_percentage": np.full(length(hopeless), step)} for step in steps)
    assert "GO" not in answer_plan(every, demo_home.model, client)["verdict"]


# --- what the plan says counts ------------------------------------------------------------------------------------------------


def test_a_baseline_of_the_plan_is_used_and_marked(demo_home, usual):
    plain, own = cells(
        demo_home, {**usual, "baseline_override": None}, {**usual, "promotion_id": "OWN", "baseline_override": 50.0}
    )
    days = (usual["end_date"] - usual["start_date"]).days + 1
    assert (own["baseline_units_per_day"], own["baseline_units"], own["baseline_method"]) == (50, 50 * days, "override")
    assert "baseline given in the plan" in own["flags"] and plain["baseline_method"] == "item"
    assert own["lift_expected"] == plain["lift_expected"]
    assert own["sales_units_expected"] == pytest.approx(50 * days * (1 + own["lift_expected"]))


def test_terms_of_the_plan_come_before_all_others(demo_home, usual):
    (master,) = cells(demo_home, usual)
    (own,) = cells(demo_home, {**usual, "list_price": 99.0, "unit_cost": 11.0, "funding_share": 1.0, "fixed_cost": 7.0})
    assert "cost master" in master["money_sources"] and "plan" in own["money_sources"]
    assert (own["used_list_price"], own["used_unit_cost"], own["used_funding_share"], own["used_fixed_cost"]) == (99, 11, 1, 7)
    assert own["promotion_cost_expected"] == pytest.approx(7)
    # all that comes beside the plan is settings
    client = parse_client({**demo_home.client.model_dump(), "money": {"pulled_forward_share": 0.5}})
    (shared,) = cells(demo_home, usual, client=client)
    margin = shared["used_list_price"] - shared["used_unit_cost"]
    assert shared["used_unit_adjustment"] == pytest.approx(-0.5 * margin)


def test_campaigns_of_the_plan_replace_those_that_are_known(demo_home, usual):
    none, many = cells(demo_home, {**usual, "campaigns": 0}, {**usual, "promotion_id": "M", "campaigns": 5})
    assert none["lift_expected"] != many["lift_expected"]


def test_names_may_be_written_in_any_case(demo_home, usual):
    loud = {**usual, "promotion_id": "LOUD", **{name: str(usual[name]).upper() for name in HEADERS[1:5]}}
    plain, shouted = cells(demo_home, usual, loud)
    assert shouted["lift_expected"] == plain["lift_expected"] and shouted["verdict"] == plain["verdict"]
    assert shouted["baseline_units"] == plain["baseline_units"] and shouted["flags"] == plain["flags"]


# --- outside of what was learnt -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"discount_percentage": 0.9}, "discount 90% is outside the"),
        ({"end_date": "2026-11-30"}, "days are outside the"),
        ({"promotion_type": "Skywriting"}, "type 'Skywriting' is unknown, scored at the parent level"),
        ({"region": "Atlantis"}, "region 'Atlantis' is unknown"),
        ({"product_subcategory": "Moon dust"}, "subcategory 'Moon dust' is unknown"),
    ],
)
def test_what_was_never_seen_is_flagged_with_the_nearest_past_promotions(demo_home, usual, change, words):
    (row,) = cells(demo_home, {**usual, **change})
    assert words in row["flags"] and row["verdict"] == "NOT ENOUGH EVIDENCE"
    assert np.isfinite([row["lift_expected"], row["baseline_units"], row["success_probability"]]).all()
    named = re.findall(r"(P\d+) \(", row["flags"].split("nearest past: ")[1])
    assert named and set(named) <= set(demo_home.model.past["promotion_id"])


def test_the_nearest_past_promotions_are_of_the_same_kind(demo_home, usual):
    (row,) = cells(demo_home, {**usual, "discount_percentage": 0.9})
    past = demo_home.model.past
    for name in re.findall(r"(P\d+) \(", row["flags"]):
        (at,) = np.flatnonzero(past["promotion_id"] == name)
        assert (past["promotion_type"][at], past["product_category"][at]) == (usual["promotion_type"], usual["product_category"])


def test_what_is_usual_has_no_flags(demo_home, usual):
    (row,) = cells(demo_home, usual)
    assert row["flags"] is None


# --- fingerprints -------------------------------------------------------------------------------------------------------------

CHANGES = {
    "region": "South", "store": "S1", "product_category": "Snacks", "product_subcategory": "Nuts", "product": "X",
    "promotion_type": "Coupon", "discount_percentage": 0.11, "start_date": "2026-08-03", "end_date": "2026-08-30",
    "num_overlapping_campaigns": 3, "baseline_override": 12.5, "list_price": 3.21, "unit_cost": 1.23, "funding_share": 0.4,
    "fixed_cost": 10, "redemption_share": 0.9, "cannibalised_share": 0.1, "pulled_forward_share": 0.1, "halo_share": 0.1,
    "cannibalised_margin": 1, "halo_margin": 1,
}  # fmt: skip


def test_the_fingerprint_changes_with_every_input_and_with_nothing_else(demo_home, usual):
    assert set(CHANGES) == set(PLAN.names) - {"promotion_id", "duration_days"}  # days follow from the dates
    first = {**dict.fromkeys(PLAN.names), **usual, "start_date": "2026-08-04", "end_date": "2026-08-31", "memo": "a"}
    del first["duration_days"]
    other_words = [{**first, "promotion_id": "RENAMED"}, {**first, "promotion_id": "NOTED", "memo": "b"}]
    changed = [{**first, "promotion_id": name, name: value} for name, value in CHANGES.items()]
    hashes = [row["input_hash"] for row in cells(demo_home, first, *other_words, *changed)]
    assert hashes[1] == hashes[2] == hashes[0]
    assert len({hashes[0], *hashes[3:]}) == 1 + len(CHANGES)


# --- two doors, one answer ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx", "cells"])
def test_a_list_gives_the_same_numbers_by_every_door(demo_home, scored, tmp_path, ending):
    from scorer.lake.writing import write_table

    wide = {name: scored.plan[name] for name in (*HEADERS, "duration_days", "list_price", "baseline_override")}
    kinds = {column.name: column.kind for column in PLAN.columns}
    if ending == "cells":
        rows = [list(row.values()) for row in records(wide)]
        plan = plan_from_cells(list(wide), rows, demo_home.client)
    else:
        write_table(tmp_path / f"plan.{ending}", wide, kinds)
        plan = read_plan(tmp_path / f"plan.{ending}", demo_home.client)
    assert plan.columns["promotion_id"].tolist() == scored.plan["promotion_id"].tolist()
    assert same(score(plan, demo_home.model, demo_home.client).answer, scored.answer)


# --- amounts instead of units -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def amounts(original_home):
    return score(original_home.plan(), original_home.model, original_home.client)


def test_sales_without_units_are_counted_in_list_value(original_home, amounts):
    assert not original_home.model.in_units
    assert set(amounts.answer["used_list_price"]) == {1.0}
    assert amounts.answer["used_unit_cost"] == pytest.approx(0.4)  # 4 of 10 in the plan


def test_a_lift_of_the_amount_paid_becomes_a_lift_of_units(original_home, amounts):
    plan = amounts.plan
    rows, _ = with_features({**plan, "given_campaigns": plan["num_overlapping_campaigns"]}, original_home.model)
    paid = original_home.model.lift.predict(rows).expected
    discount = plan["discount_percentage"]
    assert amounts.answer["lift_expected"] == pytest.approx((1 + paid) / (1 - discount) - 1)
    assert amounts.answer["incremental_revenue_expected"] == pytest.approx(amounts.answer["baseline_units"] * paid)


def test_without_a_cost_there_is_no_profit_and_the_words_say_why(original_home, amounts):
    nothing = np.full(length(amounts.plan), np.nan)
    found = answer_plan({**amounts.plan, "unit_cost": nothing, "list_price": nothing}, original_home.model, original_home.client)
    for name in (
        "incremental_profit_expected",
        "incremental_profit_low",
        "roi_expected",
        "probability_of_profit",
        "break_even_lift",
    ):
        assert np.isnan(found[name]).all(), name
    assert set(found["verdict"]) == {"NOT ENOUGH EVIDENCE"}
    assert np.isfinite(found["sales_multiple"]).all() and np.isfinite(found["sales_units_expected"]).all()
    assert all("cost" in words and "not known" in words for words in found["money_sources"])


def test_a_margin_in_the_settings_stands_in_for_costs(original_home, amounts):
    nothing = np.full(length(amounts.plan), np.nan)
    client = parse_client({**original_home.client.model_dump(), "money": {"margin_rate": 0.6}})
    found = answer_plan({**amounts.plan, "unit_cost": nothing, "list_price": nothing}, original_home.model, client)
    assert found["incremental_profit_expected"] == pytest.approx(amounts.answer["incremental_profit_expected"])
    assert all("settings" in words for words in found["money_sources"])


def test_a_missing_type_is_a_type(demo_home, usual):
    (row,) = cells(demo_home, {**usual, "promotion_type": None})
    assert np.isfinite(row["lift_expected"])
    assert text([row["verdict"]])[0] in {"GO", "OPTIMISE", "NOT ENOUGH EVIDENCE", "DON'T LAUNCH"}
