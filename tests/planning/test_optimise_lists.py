"""Choosing from a list with a trained model: totals tie, nothing unlearnt or unprofitable is chosen, and every door says so."""

from __future__ import annotations

import json
import tomllib

import numpy as np
import pytest

from scorer import verbs
from scorer.cli.optimise import shown
from scorer.columns import length, take
from scorer.errors import BadSettings, InputRefused, OutputRefused, RulesClash, UsageError
from scorer.plan import read_plan
from scorer.planning.optimise import candidates as laying_out
from scorer.planning.optimise.candidates import cents
from scorer.planning.optimise.choose import optimise
from scorer.planning.optimise.result import NOT_A_RECOMMENDATION
from scorer.planning.optimise.rules import STARTING_RULES, Rules, read_rules
from scorer.results import Optimised
from scorer.scoring import answer_plan
from tests.promo_command import promo


@pytest.fixture(scope="module")
def plan(demo_home):
    return demo_home.plan().columns


@pytest.fixture(scope="module")
def found(demo_home, plan):
    rules = Rules(budget=20_000, max_concurrent=3, days=(7, 14), weeks=(-1, 1))
    return optimise(plan, rules, demo_home.model, demo_home.client)


def test_totals_are_the_sums_of_the_rows_to_the_cent(found):
    chosen = take(found.rows, found.rows["chosen"])
    for total, name in (("cost", "promotion_cost"), ("profit", "profit_expected"), ("profit_low", "profit_low")):
        rows = chosen[name]
        assert np.array_equal(rows, np.round(rows, 2))
        assert getattr(found.optimised, total) == round(float(rows.sum()), 2)
    assert found.worth == round(found.optimised.profit - found.overlap.cost, 2)
    assert found.overlap.cost == round(float(chosen["overlap_loss"].sum()), 2)
    assert found.planned.profit == round(float(found.rows["planned_profit"].sum()), 2)


def test_the_budget_is_kept_and_the_choice_beats_the_plan(found):
    assert found.proven
    assert found.optimised.cost <= 20_000
    assert found.worth > found.planned.profit


def test_nothing_unlearnt_or_at_a_loss_is_chosen(found, demo_home):
    chosen, support = take(found.rows, found.rows["chosen"]), demo_home.model.support
    assert (chosen["profit_expected"] > 0).all()
    assert ((chosen["discount_percentage"] >= support.discount[0]) & (chosen["discount_percentage"] <= support.discount[1])).all()
    assert ((chosen["duration_days"] >= support.duration[0]) & (chosen["duration_days"] <= support.duration[1])).all()
    assert "NOT ENOUGH EVIDENCE" not in chosen["verdict"].tolist()


def test_every_promotion_is_chosen_or_says_why_not(found, plan):
    assert found.rows["promotion_id"].tolist() == plan["promotion_id"].tolist()
    for chosen, why in zip(found.rows["chosen"].tolist(), found.rows["why_not"].tolist(), strict=True):
        assert chosen == (why is None)


def test_the_chosen_list_scores_to_the_same_money(found, demo_home):
    answered = answer_plan(found.chosen, demo_home.model, demo_home.client)
    chosen = take(found.rows, found.rows["chosen"])
    assert found.chosen["promotion_id"].tolist() == chosen["promotion_id"].tolist()
    assert cents(answered["incremental_profit_expected"]).tolist() == chosen["profit_expected"].tolist()
    assert cents(answered["promotion_cost_expected"]).tolist() == chosen["promotion_cost"].tolist()


def test_the_same_question_has_the_same_answer(found, plan, demo_home):
    again = optimise(plan, found.rules, demo_home.model, demo_home.client)
    assert again.rows["discount_percentage"].tolist() == found.rows["discount_percentage"].tolist()
    assert again.rows["chosen"].tolist() == found.rows["chosen"].tolist()
    assert again.marginals == found.marginals


def test_all_steps_are_answered_in_one_call(plan, demo_home, monkeypatch):
    calls, ask = [], laying_out.outlook
    monkeypatch.setattr(laying_out, "outlook", lambda *given, **named: calls.append(length(given[0])) or ask(*given, **named))
    laying_out.candidates(plan, laying_out.Steps((0.1, 0.2), (7,), (1,)), demo_home.model, demo_home.client)
    assert len(calls) == 1
    assert calls[0] >= length(plan) * 4


def test_more_budget_is_worth_what_choosing_again_brings(found, plan, demo_home):
    (told,) = [one for one in found.marginals if one.kind == "budget"]
    again = optimise(plan, found.rules.model_copy(update={"budget": 20_200.0}), demo_home.model, demo_home.client)
    assert told.gain == pytest.approx(again.worth - found.worth, abs=0.02)
    assert told.gain > 0
    assert told.per_unit > 0


def test_at_risk_profit_is_judged_at_that_quantile_of_lift(plan, demo_home):
    rules = Rules(risk=0.2, budget=20_000, overlap=False)
    cautious = optimise(plan, rules, demo_home.model, demo_home.client)
    bold = optimise(plan, rules.model_copy(update={"risk": None}), demo_home.model, demo_home.client)
    at_20 = demo_home.client.model_copy(update={"verdict": demo_home.client.verdict.model_copy(update={"interval": 0.6})})
    low = answer_plan(bold.chosen, demo_home.model, at_20)["incremental_profit_low"]
    assert cautious.worth == cautious.optimised.profit_low
    assert cautious.worth >= float(cents(low).sum())
    assert cautious.optimised.profit <= bold.optimised.profit
    assert (take(cautious.rows, cautious.rows["chosen"])["profit_low"] > 0).all()


def test_missing_units_are_paid_for(plan, demo_home):
    rules = Rules(budget=5_000, minimum_units=1e6, unit_penalty=0.01)
    found = optimise(plan, rules, demo_home.model, demo_home.client)
    assert found.missing_units == pytest.approx(1e6 - found.optimised.units)
    assert found.penalty == pytest.approx(found.missing_units * 0.01, abs=0.01)
    (told,) = [one for one in found.marginals if one.kind == "units"]
    assert told.per_unit == pytest.approx(0.01)
    assert told.gain == pytest.approx(1e6 * 0.01 * 0.01, abs=0.02)


def test_a_model_without_evidence_gives_a_ranking_and_says_so(noise_home):
    found = optimise(noise_home.plan().columns, Rules(), noise_home.model, noise_home.client)
    assert found.standing.startswith(NOT_A_RECOMMENDATION)


def test_a_ranking_is_called_one_on_the_screen_before_and_after(found, capsys):
    doubted = found._replace(standing=f"{NOT_A_RECOMMENDATION} No skill was shown.")
    shown(Optimised(doubted, 57, 0, 0, None, None, "m", []))
    told = capsys.readouterr().out
    assert told.startswith(NOT_A_RECOMMENDATION)
    assert told.rstrip().endswith("No skill was shown.")
    shown(Optimised(found, 57, 0, 0, None, None, "m", []))
    assert "NOT ENOUGH EVIDENCE:" not in capsys.readouterr().out


def test_rules_that_cannot_be_kept_are_named(plan, demo_home):
    name, other = plan["promotion_id"][:2]
    with pytest.raises(RulesClash) as told:
        optimise(plan, Rules(must_run=(name, other), most_promotions=1), demo_home.model, demo_home.client)
    assert f"{name} must run" in str(told.value)
    assert "At most 1 of all promotions may run (the others need at least 2)" in str(told.value)
    assert "raise most_promotions" in str(told.value)


def test_a_rule_about_nobody_names_the_nearest(plan, demo_home):
    with pytest.raises(InputRefused, match="Did you mean 'U0001'"):
        optimise(plan, Rules(must_run=("UU0001",)), demo_home.model, demo_home.client)


def test_a_rule_about_a_part_that_is_not_there_is_told(plan, demo_home):
    rules = Rules(blackouts=({"first": "2026-07-01", "last": "2026-07-31", "region": "Atlantis"},))
    assert any("Atlantis" in note for note in optimise(plan, rules, demo_home.model, demo_home.client).notes)


def test_more_steps_than_can_be_weighed_are_refused(plan, demo_home):
    steps = laying_out.Steps(tuple(np.linspace(0.05, 0.5, 400)), (7, 14), tuple(range(-6, 6)))
    with pytest.raises(UsageError, match="fewer discounts"):
        laying_out.candidates(plan, steps, demo_home.model, demo_home.client)


# ------------------------------------------------------------------------------------------ the rules file
def test_every_rule_stands_in_the_starting_file_and_is_read(tmp_path):
    lines = STARTING_RULES.splitlines()
    file = tmp_path / "rules.toml"
    file.write_text("\n".join(line.removeprefix("# ") if " = " in line or "[[" in line else line for line in lines))
    read = read_rules(file)
    assert set(tomllib.loads(file.read_text())) == set(Rules.model_fields)
    assert read.budget == 50_000
    assert read.frequency[0].product == "Cola"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("budgett = 5", "unknown setting 'budgett'. Did you mean 'budget'?"),
        ("[[blackouts]]\nfrist = 2026-01-01\nlast = 2026-01-02", "Did you mean 'first'?"),
        ("[[blackouts]]\nfirst = 2026-01-03\nlast = 2026-01-02", "before its first"),
        ("risk = 0.7", "risk"),
        ('must_run = ["A"]\nmust_not_run = ["A"]', "A stands in must_run and in must_not_run"),
        ("unit_penalty = 2.0", "unit_penalty needs minimum_units"),
        ("budget = [", "is not a file of rules"),
    ],
)
def test_a_rules_file_that_cannot_be_meant_is_refused_in_words(tmp_path, line, words):
    file = tmp_path / "rules.toml"
    file.write_text(line)
    with pytest.raises(BadSettings) as told:
        read_rules(file)
    assert words in str(told.value)


def test_options_go_before_the_file(tmp_path):
    file = tmp_path / "rules.toml"
    file.write_text("budget = 5.0\nmost_promotions = 3")
    assert read_rules(file, budget=7.0, risk=None) == Rules(budget=7.0, most_promotions=3)


# ------------------------------------------------------------------------------------------ the command
def test_the_command_writes_a_list_that_scores(demo_workspace):
    ended = promo(
        demo_workspace, "optimise", "upcoming.csv", "--client", "demo", "--budget", "9000", "--weeks", "-1,1", "--list-out",
        "chosen.csv", "--out", "choice.csv", "--json",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)["portfolio"]
    assert told["optimised"]["cost"] <= 9000
    scored = promo(demo_workspace, "score", "chosen.csv", "--client", "demo", "--json")
    assert scored.code == 0, scored.err
    totals = json.loads(scored.out)["totals"]
    assert totals["incremental_profit_expected"] == pytest.approx(told["optimised"]["profit"], abs=0.5)
    assert len((demo_workspace / "choice.csv").read_text(encoding="utf-8").splitlines()) == len(told["rows"]) + 1


def test_the_command_says_what_runs_and_what_presses(demo_workspace):
    ended = promo(demo_workspace, "optimise", "upcoming.csv", "--client", "demo", "--budget", "9000")
    assert ended.code == 0, ended.err
    for words in ("As planned", "Optimised", "9,000.00 EUR (budget)", "1 % more budget", "proven the best"):
        assert words in ended.out


def test_the_command_refuses_rules_that_clash(demo_workspace):
    (demo_workspace / "clash.toml").write_text('must_run = ["U0001"]\nbudget = 1.0\n')
    ended = promo(demo_workspace, "optimise", "upcoming.csv", "--client", "demo", "--rules", "clash.toml")
    assert ended.code == 2
    assert "U0001 must run" in ended.err
    assert "the others need at least" in ended.err


def test_the_command_starts_a_rules_file_and_never_writes_over_one(demo_workspace):
    assert promo(demo_workspace, "optimise", "--write-rules", "mine.toml").code == 0
    assert (demo_workspace / "mine.toml").read_text(encoding="utf-8") == STARTING_RULES
    assert promo(demo_workspace, "optimise", "--write-rules", "mine.toml").code == 3
    assert promo(demo_workspace, "optimise").code == 2


def test_the_list_is_not_written_over(demo_home):
    with pytest.raises(OutputRefused):
        verbs.optimise(demo_home.workspace, demo_home.upcoming, Rules(), list_out=demo_home.upcoming)
    assert read_plan(demo_home.upcoming, demo_home.client).rows
