"""``promo`` from the outside: what it prints, writes and ends with."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scorer.lock import client_lock
from scorer.workspace import Workspace
from tests.promo_command import PROMO, ROOT, promo

SKILL = {
    "r2_log_lift", "mae_log_lift", "wape_sales", "auc_success", "brier_success", "brier_constant", "auc_profit",
    "coverage_50", "coverage_80", "coverage_95",
}  # fmt: skip


def test_demo_says_what_it_found_and_where_to_look(demo_run):
    ended = json.loads((demo_run / "demo.ended").read_text(encoding="utf-8"))
    assert (ended["code"], ended["err"]) == (0, "")
    assert (demo_run / "outputs" / "demo" / "demo" / "plan.xlsx").is_file()
    for words in ("Where to look", "plan.xlsx", "card.md", "simple rule", "GO"):
        assert words in ended["out"]


def test_train_for_a_machine(demo_workspace):
    ended = promo(demo_workspace, "train", "--json", "--no-promote")
    tasks = json.loads(ended.out, parse_constant=pytest.fail)
    assert (ended.code, ended.err) == (0, "")
    assert set(tasks) == {"promotion_lift", "promotion_success"}
    for found in tasks.values():
        assert {len(found[who].keys() & SKILL) for who in ("out_of_time", "simple_rule", "placebo")} == {len(SKILL)}
        assert found["evidence"] is True
        assert found["rows"] > found["events"] > 0
        assert "flatter" in found["random_split"]["misleading"]
    lift, success = tasks["promotion_lift"]["out_of_time"], tasks["promotion_success"]["out_of_time"]
    assert lift["auc_success"] != success["auc_success"], "the two tasks are judged by their own model"
    _a_new_model_waits_for_a_decision(demo_workspace, tasks["promotion_lift"]["version"])


def _a_new_model_waits_for_a_decision(workspace: Path, fresh: str) -> None:
    def in_use() -> str:
        (version,) = [
            info for info in json.loads(promo(workspace, "models", "list", "--json").out)["promotion_lift"] if info["current"]
        ]
        return version["version"]

    before = in_use()
    assert before != fresh
    assert promo(workspace, "models", "promote", fresh, "--why", "looked at it").code == 0
    assert in_use() == fresh
    assert "looked at it" in promo(workspace, "models", "show").out
    assert promo(workspace, "models", "rollback").code == 0
    assert in_use() == before
    assert promo(workspace, "models", "rollback").code == 4, "there is nothing further back"


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_score_counts_every_row(demo_workspace, ending):
    ended = promo(demo_workspace, "score", "upcoming.csv", "--out", f"scored.{ending}", "--json")
    done = json.loads(ended.out)
    assert ended.code == 5, "the demo's list has more refused rows than its client allows"
    assert "were refused" in ended.err
    assert done["rows_in"] == done["scored"] + done["rejected"] + done["blank"]
    assert sum(done["verdicts"].values()) == done["scored"]
    assert (demo_workspace / f"scored.{ending}").is_file()
    assert Path(demo_workspace / done["rejects"]).is_file()


def test_score_without_a_file_says_that_nothing_was_written(demo_workspace):
    before = sorted(demo_workspace.rglob("*"))
    ended = promo(demo_workspace, "score", "upcoming.csv")
    assert "Nothing was written" in ended.out
    assert sorted(demo_workspace.rglob("*")) == before


def test_what_if_marks_the_step_that_earns_most(demo_run):
    asked = ("what-if", "upcoming.csv", "--discounts", "10,20%,30", "--days", "7,14")
    answer = json.loads(promo(demo_run, *asked, "--json").out)
    assert [step["discount_percentage"] for step in answer["ladder"]] == [0.1, 0.2, 0.3] * 2
    profits = [step["incremental_profit_expected"] for step in answer["ladder"]]
    assert answer["best"] == (profits.index(max(profits)) if max(profits) > 0 else None)
    spoken = promo(demo_run, *asked).out
    assert answer["sentence"] in spoken
    assert ("<- best" in spoken) is (answer["best"] is not None)


def test_check_changes_nothing(demo_workspace):
    before = {path: path.stat().st_mtime_ns for path in demo_workspace.rglob("*") if path.is_file()}
    ended = promo(demo_workspace, "check")
    assert ended.code == 0
    assert "Refused because" in ended.out
    assert {path: path.stat().st_mtime_ns for path in demo_workspace.rglob("*") if path.is_file()} == before


def test_init_starts_a_client_once(tmp_path):
    assert promo(tmp_path, "init", "--client", "acme").code == 0
    assert (tmp_path / "clients" / "acme.toml").is_file()
    assert (tmp_path / "exports" / "acme").is_dir()
    again = promo(tmp_path, "init", "--client", "acme")
    assert (again.code, "there already" in again.err) == (3, True)
    assert promo(tmp_path, "init", "--client", "../acme").code == 2


# ------------------------------------------------------------------------------------------ endings


def test_requests_that_are_off_end_with_2(demo_run):
    for arguments in (
        ["forecast"],
        ["train", "--fast"],
        ["check", "--client", "demmo"],
        ["what-if", "upcoming.csv", "--discounts", "0.2"],
        ["what-if", "upcoming.csv", "--discounts", "many"],
        ["what-if", "upcoming.csv", "--days", "0"],
    ):
        ended = promo(demo_run, *arguments)
        assert (ended.code, ended.out) == (2, ""), arguments
        assert ended.err.strip(), arguments


def test_a_misspelt_client_is_told_the_nearest(demo_run):
    assert "Did you mean 'demo'?" in promo(demo_run, "check", "--client", "demmo").err


def test_an_empty_folder_is_told_how_to_begin(tmp_path):
    ended = promo(tmp_path, "refresh")
    assert ended.code == 2
    assert "promo demo" in ended.err


def test_lists_that_cannot_be_used_end_with_3(demo_workspace):
    (demo_workspace / "odd.csv").write_text("name,price\na,1\n", encoding="utf-8")
    assert promo(demo_workspace, "score", "odd.csv").code == 3
    assert promo(demo_workspace, "score", "nowhere.csv").code == 3


def test_a_missing_model_ends_with_4(demo_workspace):
    promo(demo_workspace, "init", "--client", "fresh")
    ended = promo(demo_workspace, "score", "upcoming.csv", "--client", "fresh")
    assert (ended.code, "promo train" in ended.err) == (4, True)
    assert promo(demo_workspace, "score", "upcoming.csv", "--client", "demo", "--model", "20200101T000000Z-00000000").code == 4


def test_a_second_run_ends_with_6(demo_workspace):
    with client_lock(Workspace(demo_workspace).lock("demo"), "demo"):
        assert promo(demo_workspace, "refresh").code == 6


def broken(folder: Path, failure: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run promo with a verb that fails as no verb should."""
    program = f"import scorer.verbs\ndef fail(*_): raise {failure}\nscorer.verbs.check = fail\n{PROMO}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder), "TEMP": str(folder)}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_list_that_is_not_there_is_told_from_one_misspelt(demo_workspace):
    said = promo(demo_workspace, "score", "upcomming.csv").err
    assert "There is no file" in said
    assert "Did you mean 'upcoming.csv'?" in said


@pytest.mark.parametrize(
    ("failure", "words"),
    [("PermissionError(13, 'Permission denied', 'lake/demo.duckdb')", "read and write there"), ("OSError(28, 'full')", "Make room")],
)
def test_what_the_machine_does_not_allow_is_no_bug(tmp_path, failure, words):
    ended = broken(tmp_path, failure, "check")
    assert (ended.returncode, words in ended.stderr, "bug" in ended.stderr) == (3, True, False), ended.stderr


def test_a_bug_ends_with_1_and_keeps_its_trace(tmp_path):
    ended = broken(tmp_path, "ZeroDivisionError('by design')", "check")
    (kept,) = tmp_path.glob("promo-bug-*.txt")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "This is a bug" in ended.stderr
    assert str(kept) in ended.stderr
    assert "ZeroDivisionError: by design" in kept.read_text(encoding="utf-8")


def test_debug_shows_the_trace(tmp_path):
    ended = broken(tmp_path, "ZeroDivisionError('by design')", "--debug", "check")
    assert ended.returncode == 1
    assert "Traceback" in ended.stderr
    assert list(tmp_path.glob("promo-bug-*")) == []


def test_an_interruption_ends_with_130(tmp_path):
    ended = broken(tmp_path, "KeyboardInterrupt", "check")
    assert ended.returncode == 130
    assert "Traceback" not in ended.stderr


def test_an_interruption_amid_a_query_ends_with_130(tmp_path):
    program = f"""
import signal, threading, duckdb, scorer.verbs
signal.signal(signal.SIGINT, signal.default_int_handler)
def slow(*_):
    threading.Timer(0.5, signal.raise_signal, [signal.SIGINT]).start()
    duckdb.sql("SELECT count(*) FROM range(20000000000) AS r(i) WHERE i % 7 = 3").fetchall()
scorer.verbs.check = slow
{PROMO}"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "TEMP": str(tmp_path)}
    command = [sys.executable, "-c", program, "check"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, "stopped" in ended.stderr) == (130, True), ended.stderr
    assert list(tmp_path.glob("promo-bug-*")) == []


def test_the_version_is_told_without_a_verb(tmp_path):
    ended = promo(tmp_path, "--version")
    assert (ended.code, ended.err) == (0, "")
    assert re.fullmatch(r"promo \d+\.\d+\.\d+\s*", ended.out)


# ------------------------------------------------------------------------------------------ consoles


def test_an_old_code_page_gets_every_word(demo_run):
    ended = promo(demo_run, "what-if", "upcoming.csv", encoding="cp1252")
    assert ended.code == 0
    assert "Discount" in ended.out
    assert promo(demo_run, "--help", encoding="ascii").code == 0


def test_stages_are_told_on_a_terminal_and_nowhere_else(demo_run):
    def said(*arguments: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "FORCE_COLOR": "1"}
        command = [sys.executable, "-c", PROMO, *arguments]
        return subprocess.run(command, cwd=demo_run, env=environment, capture_output=True, text=True, check=True).stderr

    assert "Reading the exports" in said("check")
    assert said("check", "--json") == ""
