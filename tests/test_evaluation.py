"""Skill is judged on later promotions, beside what a planner would do and beside promotions that never happened."""

import json

import numpy as np
import pytest

from scorer import evaluation
from scorer.columns import fetch, length, take
from scorer.errors import NothingToWorkOn
from scorer.evaluation import NAN, Skill, as_data, evaluate, profit_made
from scorer.lake.engines.duckdb import connect
from scorer.settings import parse_client


@pytest.fixture(scope="module")
def found(demo_home):
    return demo_home.trained.evaluation


@pytest.fixture(scope="module")
def rows(original_home):
    return {cohort: _rows(original_home, cohort) for cohort in ("real", "placebo")}


def _rows(home, cohort):
    con = connect(home.lake, read_only=True)
    return fetch(con, "SELECT * FROM training_rows WHERE cohort = ? ORDER BY start_date, promotion_id, plan_row", [cohort])


def client_of(home, **training):
    return parse_client({**home.client.model_dump(), "training": training})


# --- the planted truth --------------------------------------------------------------------------------------------------------


def test_the_planted_truth_is_recovered_on_later_promotions(found):
    assert found.out_of_time.r2_log_lift > 0.45
    assert found.out_of_time.auc_success > 0.8 and found.out_of_time.auc_profit > 0.75
    assert found.out_of_time.brier_success < found.out_of_time.brier_constant


def test_there_is_evidence_over_the_simple_rule(found):
    assert found.evidence.found
    assert found.evidence.over_rule[0] > 0
    assert found.simple_rule.r2_log_lift < found.out_of_time.r2_log_lift - 0.1
    assert found.simple_rule.wape_sales > found.out_of_time.wape_sales


def test_intervals_hold_as_often_as_they_say(found):
    assert 0.70 < found.out_of_time.coverage_80 < 0.90
    assert found.out_of_time.coverage_50 < found.out_of_time.coverage_80 < found.out_of_time.coverage_95
    assert found.out_of_time.coverage_95 > 0.88


def test_promotions_that_never_happened_cannot_be_foreseen(found):
    assert found.placebo.r2_log_lift < 0.15


def test_a_random_split_flatters(found):
    assert found.random_split.r2_log_lift > found.out_of_time.r2_log_lift


def test_the_r2_lies_in_its_interval(found):
    assert found.r2_interval[0] < found.out_of_time.r2_log_lift < found.r2_interval[1]


def test_groups_part_the_tested_promotions(found):
    for by in ("discount", "category", "type"):
        groups = [group for group in found.groups if group.by == by]
        assert sum(group.rows for group in groups) == found.tested_rows
        inside = sum(group.rows * group.coverage_80 for group in groups)
        assert inside / found.tested_rows == pytest.approx(found.out_of_time.coverage_80)
        error = sum(group.rows * group.mae_log_lift for group in groups)
        assert error / found.tested_rows == pytest.approx(found.out_of_time.mae_log_lift)


def test_probabilities_come_true(found):
    assert sum(band.rows for band in found.reliability) == found.tested_rows
    gap = sum(band.rows * abs(band.predicted - band.observed) for band in found.reliability) / found.tested_rows
    assert gap < 0.1  # the expected calibration error


def test_an_evaluation_is_plain_data(found):
    told = json.loads(json.dumps(as_data(found), allow_nan=False))
    assert told["out_of_time"]["r2_log_lift"] == found.out_of_time.r2_log_lift
    assert set(told["placebo"]) == set(Skill._fields)
    assert as_data(found._replace(placebo=Skill(*[NAN] * len(Skill._fields))))["placebo"]["auc_profit"] is None


# --- how it is done -----------------------------------------------------------------------------------------------------------


def test_the_client_says_when_the_test_begins(original_home, rows):
    first = np.datetime64("2026-01-01")
    folds = evaluation.tested_folds(rows["real"], client_of(original_home, test_from="2026-01-01", origins=2))
    assert len(folds) == 2 and folds[0].origin == first
    assert all(rows["real"]["start_date"][fold.test].min() >= first for fold in folds)
    assert sum(len(fold.test) for fold in folds) <= (rows["real"]["start_date"] >= first).sum()


def test_evaluating_changes_no_row_and_gives_the_same_figures_again(original_home, rows):
    before = {name: column.copy() for name, column in rows["real"].items()}
    again = evaluate(rows["real"], rows["placebo"], original_home.client)
    assert as_data(again) == as_data(original_home.trained.evaluation)
    assert all(np.array_equal(rows["real"][name], before[name], equal_nan=before[name].dtype.kind == "f") for name in before)


def test_the_future_does_not_change_what_was_said_of_the_past(original_home, rows):
    """Outcomes from the test period on are scrambled: what was learnt before, and so the forecasts, stay as they were."""
    from scorer.training import fit

    fold = evaluation.tested_folds(rows["real"], original_home.client)[0]
    future = rows["real"]["end_date"] >= fold.origin
    scrambled = {**rows["real"], "log_lift": np.where(future, 9.0, rows["real"]["log_lift"])}
    later = take(rows["real"], fold.test)
    forecasts = [
        fit(take(table, fold.train), original_home.client.training).lift.predict(later).centre
        for table in (rows["real"], scrambled)
    ]
    assert (forecasts[0] == forecasts[1]).all()


def test_profit_made_by_hand(original_home):
    row = {
        "list_price": np.array([10.0, np.nan, 10.0]),
        "regular_price": np.array([8.0, 10.0, 10.0]),
        "unit_cost": np.array([6.0, np.nan, np.nan]),
        "history_unit_cost": np.array([5.0, 6.0, np.nan]),
        "actual_unit_cost": np.array([np.nan, 6.5, np.nan]),
        "discount_percentage": np.array([0.2, 0.2, 0.2]),
        "quantity": np.array([150.0, 150, 150]),
        "revenue": np.array([1200.0, 1200, 1200]),
        "expected_quantity": np.array([100.0, 100, 100]),
    }
    made = profit_made(row, original_home.client)
    assert made.tolist() == pytest.approx([1200 - 900 - 400, 1200 - 975 - 400, np.nan], nan_ok=True)
    assert profit_made(row, parse_client({"client": "x", "money": {"margin_rate": 0.4}}))[2] == pytest.approx(-100)


def test_the_target_is_the_log_of_what_sold_over_what_was_expected(demo_home):
    rows = _rows(demo_home, "real")
    assert rows["log_lift"] == pytest.approx(np.log((rows["quantity"] + 0.5) / (rows["expected_quantity"] + 0.5)))


# --- too little ---------------------------------------------------------------------------------------------------------------


def test_too_few_promotions_are_refused_in_words(original_home, rows):
    few = take(rows["real"], np.arange(25))
    with pytest.raises(NothingToWorkOn, match="too few"):
        evaluate(few, take(rows["placebo"], np.arange(5)), original_home.client)


def test_a_test_period_without_promotions_is_refused_in_words(original_home, rows):
    with pytest.raises(NothingToWorkOn, match="2030-01-01"):
        evaluate(rows["real"], rows["placebo"], client_of(original_home, test_from="2030-01-01"))


def test_too_few_placebo_promotions_are_not_judged_and_stop_nothing(original_home, rows):
    """A client that promotes nearly always leaves hardly a day for a placebo."""
    for count in (5, 40):
        found = evaluate(rows["real"], take(rows["placebo"], np.arange(count)), original_home.client)
        assert np.isnan(found.placebo.r2_log_lift), count
        assert found.out_of_time.r2_log_lift == original_home.trained.evaluation.out_of_time.r2_log_lift


def test_a_short_history_has_no_evidence(original_home, rows):
    client = client_of(original_home, minimum_events=5000)
    found = evaluate(rows["real"], rows["placebo"], client)
    assert not found.evidence.found and "NOT ENOUGH EVIDENCE" in found.evidence.sentence
    assert length(rows["real"]) == found.rows
