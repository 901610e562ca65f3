"""Champion and challenger: a new model is used when it is better in money, and every output says which model made it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from scorer import contest, verbs
from scorer.artifacts.store import HISTORY
from scorer.columns import fetch
from scorer.contest import Missed, Result
from scorer.demo import original
from scorer.lake.engines.duckdb import connect
from scorer.model import BUNDLE_TASK
from scorer.settings import read_client
from scorer.workspace import Workspace
from tests.promo_command import promo

CUT = date(2025, 12, 31)


# --- the arithmetic -----------------------------------------------------------------------------------------------------------


def test_the_gain_is_a_mean_over_promotions_and_its_interval_one_over_events():
    rng = np.random.default_rng(5)
    events = np.repeat(np.arange(50).astype(str), 4)
    luck = np.repeat(rng.normal(size=50), 4)  # promotions of one event share their luck
    saved, between = contest.saved_by(Missed("profit", 10 + luck, np.full(200, 9.0), events), 2_000, 7)
    assert saved == pytest.approx(1 + luck.mean())
    error = np.std(luck[::4]) / np.sqrt(50)
    assert between[1] - between[0] == pytest.approx(2 * 1.96 * error, rel=0.1)


@pytest.mark.parametrize(
    ("result", "rule", "asked", "promoted"),
    [
        (Result.FIRST, "better", None, True),
        (Result.BETTER, "better", None, True),
        (Result.NOT_BETTER, "better", None, False),
        (Result.TOO_LITTLE, "better", None, False),
        (Result.NOT_ALIKE, "better", None, False),
        (Result.CHAMPION_UNUSABLE, "better", None, True),
        (Result.NOT_BETTER, "always", None, True),
        (Result.BETTER, "never", None, False),
        (Result.FIRST, "never", None, False),
        (Result.NOT_BETTER, "never", True, True),
        (Result.BETTER, "always", False, False),
    ],
)
def test_what_is_asked_for_goes_before_the_rule_and_the_rule_before_the_figures(result, rule, asked, promoted):
    found = contest.decided(contest.first()._replace(result=result), rule, asked)
    assert found.promoted is promoted
    assert found.words.endswith(".") and ("kept, not promoted" in found.words) is not promoted


# --- two models, one history --------------------------------------------------------------------------------------------------


@pytest.fixture
def past(original_home):
    with connect(original_home.lake, read_only=True) as con:
        return fetch(con, "SELECT * FROM training_rows WHERE cohort = 'real' ORDER BY start_date, promotion_id, plan_row")


@pytest.fixture
def champion(original_home):
    """The model of today, said to have known nothing after the end of 2025: it has learnt from what it is tested on."""
    return original_home.model._replace(data_cut=CUT)


def test_a_champion_that_is_far_off_is_beaten(original_home, past, champion):
    shape = champion.lift.shape
    wrong = champion._replace(lift=champion.lift._replace(shape=shape._replace(z=shape.z + 8)))
    found = contest.hold(past, wrong, wrong.basis, original_home.client)
    assert found.result == Result.BETTER
    assert found.saved == pytest.approx(found.champion_error - found.challenger_error) and found.interval[0] > 0
    assert (found.tested_from, found.champion) == ("2026-01-01", wrong.version)
    later = past["start_date"] > np.datetime64(CUT)
    assert contest.LEAST_EVENTS <= found.events <= found.promotions <= later.sum()
    assert wrong.version in found.words and "clearly better" in found.words


def test_a_champion_that_has_seen_the_answers_is_not(original_home, past, champion):
    found = contest.hold(past, champion, champion.basis, original_home.client)
    assert found.result == Result.NOT_BETTER and found.interval[0] <= 0
    assert "not clearly better" in found.words
    assert contest.hold(past, champion, champion.basis, original_home.client) == found  # the same data, the same end


def test_money_is_profit_where_costs_are_known_and_sales_where_not(demo_home, original_home, past, champion):
    assert contest.hold(past, champion, champion.basis, original_home.client).measure == "extra sales"
    with connect(demo_home.lake, read_only=True) as con:
        rows = fetch(con, "SELECT * FROM training_rows WHERE cohort = 'real' ORDER BY start_date, promotion_id, plan_row")
    model = demo_home.model._replace(data_cut=date(2026, 2, 28))
    assert contest.hold(rows, model, model.basis, demo_home.client).measure == "profit"


def test_too_few_later_promotions_decide_nothing(original_home, past):
    found = contest.hold(past, original_home.model, original_home.model.basis, original_home.client)
    assert (found.result, found.events) == (Result.TOO_LITTLE, 0) and "Not enough later promotions" in found.words


def test_models_of_different_things_are_not_compared(original_home, past, champion):
    found = contest.hold(past, champion, "units", original_home.client)
    assert found.result == Result.NOT_ALIKE and "net value" in found.words


# --- training again -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def workspace(original_home, tmp_path):
    for part in ("clients", "models", "lake", "exports"):
        shutil.copytree(original_home.workspace.root / part, tmp_path / part)
    return Workspace(tmp_path)


def decisions(workspace, client="original"):
    lines = (workspace.models(client) / BUNDLE_TASK / HISTORY).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_first_model_of_a_client_is_used(original_home):
    assert original_home.trained.promoted and original_home.trained.contest.result == Result.FIRST
    (decision,) = decisions(original_home.workspace)
    assert decision["why"] == original_home.trained.contest.words == "No model was in use before: promoted."


def test_the_same_data_again_are_kept_and_said_to_be(original_home, workspace):
    ended = promo(workspace.root, "train", "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)["promotion_lift"]
    assert (told["promoted"], told["contest"]["result"]) == (False, "too little")
    assert told["contest"]["champion"] == original_home.trained.version
    assert verbs.store_of(workspace).current(BUNDLE_TASK) == original_home.trained.version and len(decisions(workspace)) == 1
    kept = verbs.store_of(workspace).open(BUNDLE_TASK, told["version"]).facts.metrics["contest"]
    assert kept == told["contest"]
    shown = promo(workspace.root, "models", "show", told["version"]).out
    assert "Not enough later promotions" in " ".join(shown.split())


def test_a_champion_that_is_damaged_is_replaced_and_the_reason_kept(original_home, workspace):
    bundle = workspace.models("original") / BUNDLE_TASK / original_home.trained.version
    (bundle / "lift.ubj").write_bytes(b"{}")
    trained = verbs.train(workspace)
    assert trained.promoted and trained.contest.result == Result.CHAMPION_UNUSABLE
    assert "lift.ubj" in decisions(workspace)[-1]["why"]


def test_a_client_may_say_always_or_never_and_who_trains_has_the_last_word(workspace):
    settings = workspace.client_file("original")
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before + '\n[training]\npromote = "always"\n', encoding="utf-8")
    assert read_client(settings).training.promote == "always"
    ended = promo(workspace.root, "train")
    assert ended.code == 0 and 'promoted (training.promote = "always")' in " ".join(ended.out.split())
    ended = promo(workspace.root, "train", "--no-promote")
    assert ended.code == 0 and "kept, not promoted, as asked for" in " ".join(ended.out.split())
    assert "To use it all the same: promo models promote" in " ".join(ended.out.split())
    assert len(decisions(workspace)) == 2


def test_a_year_later_the_contest_is_held_and_its_end_is_the_decision(tmp_path):
    """The whole way: a model, half a year of further sales, another model."""
    workspace = Workspace(tmp_path)
    original(workspace, client="acme")
    sales = workspace.exports("acme") / "financial_transactions.csv"
    head, *lines = sales.read_text(encoding="utf-8").splitlines()
    sales.write_text("\n".join([head, *(line for line in lines if line.split(",")[1] <= str(CUT))]) + "\n", encoding="utf-8")
    verbs.refresh(workspace, "acme")
    before = verbs.train(workspace, "acme")
    sales.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    verbs.refresh(workspace, "acme")
    after = verbs.train(workspace, "acme")
    found = after.contest
    assert found.result in (Result.BETTER, Result.NOT_BETTER) and found.champion == before.version
    assert found.promoted == after.promoted == (found.interval[0] > 0)
    assert verbs.store_of(workspace, "acme").current(BUNDLE_TASK) == (after.version if after.promoted else before.version)
    assert decisions(workspace, "acme")[-1]["why"] == (found.words if after.promoted else before.contest.words)


# --- every output names the model ---------------------------------------------------------------------------------------------


@pytest.fixture
def version(original_home):
    return original_home.trained.version


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_every_row_of_a_scored_list_names_its_model(original_home, version, tmp_path, ending):
    out = tmp_path / f"scores.{ending}"
    done = verbs.score(original_home.workspace, original_home.upcoming, out)
    assert done.model_version == version
    assert set(_column(out, "model_version")) == {version}


def _column(path: Path, name: str) -> list[str]:
    if path.suffix == ".xlsx":
        head, *rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
        return [row[head.index(name)] for row in rows]
    with connect() as con:
        return [row[0] for row in con.execute(f"SELECT {name} FROM '{path}'").fetchall()]


JSON = [
    ("score", "{list}"),
    ("workbook", "{list}", "--out", "book.xlsx"),
    ("what-if", "{list}"),
    ("target", "{list}", "--roi", "10"),
    ("scenarios", "{list}", "--file", "scenarios.toml"),
    ("calendar", "{list}"),
    ("optimise", "{list}", "--time-limit", "5"),
    ("commit", "{list}"),
    ("plans", "list"),
    ("models", "list"),
    ("models", "show"),
]


@pytest.mark.parametrize("words", JSON, ids=lambda words: " ".join(words[:2]).replace(" {list}", ""))
def test_every_answer_for_programs_names_the_model(original_home, workspace, version, words):
    (workspace.root / "scenarios.toml").write_text('["Cheaper"]\nfixed_cost = 5\n', encoding="utf-8")
    if words[0] == "plans":
        promo(workspace.root, "commit", str(original_home.upcoming))
    ended = promo(workspace.root, *(word.format(list=original_home.upcoming) for word in words), "--json")
    assert ended.code == 0, ended.err
    assert version in ended.out
    json.loads(ended.out)


def test_the_workbook_and_the_plan_log_name_the_model(original_home, workspace, version):
    book = workspace.root / "plan.xlsx"
    verbs.workbook(workspace, original_home.upcoming, book)
    with zipfile.ZipFile(book) as opened:
        assert any(version.encode() in opened.read(name) for name in opened.namelist())
    verbs.commit(workspace, original_home.upcoming)
    with sqlite3.connect(workspace.log("original")) as log:
        stated = {row[0] for table in _tables(log) for row in _versions(log, table)}
    log.close()
    assert stated == {version}


def _tables(log):
    return [name for (name,) in log.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def _versions(log, table):
    named = [row[1] for row in log.execute(f'PRAGMA table_info("{table}")')]
    return log.execute(f'SELECT model_version FROM "{table}"').fetchall() if "model_version" in named else []


def test_the_written_files_of_the_other_verbs_name_the_model(original_home, workspace, version):
    """What is written by questions about a plan: each file says which model it asked."""
    (workspace.root / "scenarios.toml").write_text('["Cheaper"]\nfixed_cost = 5\n', encoding="utf-8")
    plan = str(original_home.upcoming)
    asked = {
        "differences.csv": ("scenarios", plan, "--file", "scenarios.toml", "--out", "differences.csv"),
        "calendar.csv": ("calendar", plan, "--out", "calendar.csv"),
        "best.xlsx": ("optimise", plan, "--time-limit", "5", "--out", "best.xlsx"),
    }
    unnamed = []
    for name, words in asked.items():
        ended = promo(workspace.root, *words)
        assert ended.code == 0, ended.err
        if version not in _text_of(workspace.root / name):
            unnamed.append(name)
    assert unnamed == []


def _text_of(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(path) as opened:
        return "".join(opened.read(name).decode("utf-8", "replace") for name in opened.namelist())
