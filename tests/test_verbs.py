"""The verbs wire everything together: what they write, what they say, and how they refuse."""

import csv
import shutil
from datetime import date

import numpy as np
import pytest

import scorer
from scorer import verbs
from scorer.artifacts.store import Store
from scorer.errors import ClientNotFound, FileUnreadable, ModelNotFound, NothingToWorkOn, OutputRefused, RunLocked, TooManyRejects
from scorer.lake.engines.duckdb import connect
from scorer.lake.writing import write_table
from scorer.lock import client_lock
from scorer.model import BUNDLE_TASK
from scorer.plan import read_plan
from scorer.workspace import Workspace
from tests.small_lakes import SALES_HEADER, daily_sales, write_exports

PROMOTIONS = "promotion_id,region,product_category,promotion_type,discount_percentage,start_date,end_date"


@pytest.fixture
def workspace(original_home, tmp_path):
    """A copy of a trained workspace that may be changed."""
    for part in ("clients", "exports", "lake", "models"):
        shutil.copytree(original_home.workspace.root / part, tmp_path / part)
    return Workspace(tmp_path)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_public_verbs_are_the_listed_ones():
    assert scorer.__all__ == sorted(scorer.__all__)
    assert scorer.score is verbs.score and set(dir(scorer)) >= {"check", "refresh", "train", "score", "what_if"}
    with pytest.raises(AttributeError, match="no attribute 'scrore'"):
        scorer.scrore  # noqa: B018 - asking is the test


def test_init_writes_a_client_file_and_a_place_for_exports(tmp_path):
    workspace = Workspace(tmp_path)
    path = verbs.init(workspace, "acme")
    assert workspace.choose("acme").client == "acme" and workspace.exports("acme").is_dir()
    with pytest.raises(OutputRefused, match="there already"):
        verbs.init(workspace, "acme")
    assert path.exists()


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path):
    (tmp_path / "exports").write_text("a file where the folder should be")
    with pytest.raises(OutputRefused, match=r"acme\.toml was not written"):
        verbs.init(Workspace(tmp_path), "acme")


def test_exports_that_are_not_there_are_asked_for(tmp_path):
    workspace = Workspace(tmp_path)
    verbs.init(workspace, "acme")
    for verb in (verbs.check, verbs.refresh):
        with pytest.raises(FileUnreadable, match=r"promotions\*"):
            verb(workspace, "acme")
    with pytest.raises(ClientNotFound, match="Did you mean 'acme'"):
        verbs.check(workspace, "acne")


def test_training_without_a_lake_says_what_to_do(tmp_path):
    workspace = Workspace(tmp_path)
    verbs.init(workspace, "acme")
    with pytest.raises(NothingToWorkOn, match="promo refresh --client acme"):
        verbs.train(workspace, "acme")


@pytest.mark.parametrize("promotions", [1, 12])
def test_training_on_too_little_says_so(tmp_path, promotions):
    workspace = Workspace(tmp_path)
    verbs.init(workspace, "acme")
    starts = np.datetime64("2026-02-02") + 14 * np.arange(promotions)
    write_exports(
        workspace.exports("acme"),
        promotions=[PROMOTIONS, *(f"P{at},North,Tea,Cut,0.2,{day},{day + 6}" for at, day in enumerate(starts))],
        sales=[SALES_HEADER, *daily_sales("2026-01-01", [10.0] * 260)],
    )
    verbs.refresh(workspace, "acme")
    with pytest.raises(NothingToWorkOn, match=r"too few|longer history"):
        verbs.train(workspace, "acme")
    assert Store(workspace.models("acme")).versions(BUNDLE_TASK) == []


def test_promotions_that_meet_no_sales_cannot_be_learnt_from(tmp_path):
    workspace = Workspace(tmp_path)
    verbs.init(workspace, "acme")
    write_exports(
        workspace.exports("acme"),
        promotions=[PROMOTIONS, "A,South,Tea,Cut,0.2,2026-02-02,2026-02-08"],
        sales=[SALES_HEADER, *daily_sales("2026-01-01", [10.0] * 60)],
    )
    assert verbs.refresh(workspace, "acme").learnable == 0
    with pytest.raises(NothingToWorkOn, match="tied to sales") as told:
        verbs.train(workspace, "acme")
    connect(workspace.lake("acme")).close()  # no reader is left that would keep the next refresh out
    assert told.value.exit_code == 3


def test_training_again_gives_the_same_files(original_home, workspace):
    """Only the manifest, which holds the time, may differ."""
    trained = verbs.train(workspace, promote=False)
    assert not trained.promoted
    folder = workspace.models("original") / BUNDLE_TASK / trained.version
    first = {path.name: path.read_bytes() for path in original_home.bundle.iterdir() if path.name != "manifest.json"}
    again = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}
    assert [name for name in first if again.get(name) != first[name]] == [] and again.keys() == first.keys()
    assert verbs.store_of(workspace).current(BUNDLE_TASK) == original_home.trained.version  # not promoted, not in use
    assert trained.card.read_text(encoding="utf-8").startswith("# Promotion model of")


def test_a_decision_about_a_model_waits_for_other_runs(original_home, workspace):
    version = original_home.trained.version
    with client_lock(workspace.lock("original"), "original", lambda _: None), pytest.raises(RunLocked, match="original"):
        verbs.promote(workspace, version, "checked")
    decided = verbs.promote(workspace, version, "checked")
    assert (decided.version, decided.why) == (version, "checked")
    with pytest.raises(ModelNotFound, match="no earlier model"):
        verbs.rollback(workspace, "odd figures")


def test_two_runs_do_not_work_on_one_client(workspace):
    lock = workspace.lock("original")
    with client_lock(lock, "original", lambda _: None), pytest.raises(RunLocked, match="original"):
        verbs.refresh(workspace)


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_scores_are_written_in_the_form_of_the_ending(original_home, tmp_path, ending):
    out = tmp_path / f"scores.{ending}"
    done = verbs.score(original_home.workspace, original_home.upcoming, out)
    assert (done.rows_in, done.scored, done.rejected, done.blank, done.rejects) == (30, 30, 0, 0, None)
    again = read_plan(out, original_home.client)  # a scored list can be scored again
    assert again.columns["promotion_id"].tolist() == original_home.plan().columns["promotion_id"].tolist()
    assert {"verdict", "lift_expected", "input_hash", "list_price"} <= set(again.given)


def test_what_was_refused_lies_beside_the_scores_with_its_reason(demo_home, tmp_path):
    out = tmp_path / "scores.csv"
    with pytest.raises(TooManyRejects, match=r"4 of 61 rows were refused \(6.6%; the client allows 5.0%\)") as told:
        verbs.score(demo_home.workspace, demo_home.upcoming, out)
    done = told.value.done
    assert told.value.exit_code == 5 and done.rows_in == done.scored + done.rejected + done.blank
    assert len(rows_of(out)) == done.scored == sum(done.verdicts.values())
    refused = rows_of(done.rejects)
    assert len(refused) == done.rejected and all(row["reason"] and row["line"] for row in refused)
    assert str(done.rejects) in str(told.value)


def test_scores_hold_what_was_given_and_what_was_found(demo_home, tmp_path):
    with pytest.raises(TooManyRejects) as told:
        verbs.score(demo_home.workspace, demo_home.upcoming, tmp_path / "scores.csv")
    rows = rows_of(tmp_path / "scores.csv")
    assert rows[0]["leaflet_week"].startswith("week ") and rows[0]["model_version"] == demo_home.trained.version
    assert date.fromisoformat(rows[0]["data_cut"]) == demo_home.refreshed.data_cut
    expected = sum(float(row["incremental_profit_expected"] or 0) for row in rows)
    assert told.value.done.totals["incremental_profit_expected"] == pytest.approx(expected, abs=1)


def test_a_list_without_a_refused_row_leaves_no_old_rejects_behind(original_home, tmp_path):
    old = tmp_path / "scores_rejects.csv"
    old.write_text("yesterday's")
    verbs.score(original_home.workspace, original_home.upcoming, tmp_path / "scores.csv")
    assert not old.exists()


def test_columns_of_the_list_that_are_called_like_an_answer_are_kept(original_home, tmp_path):
    header, *lines = original_home.upcoming.read_text(encoding="utf-8").splitlines()
    plan = tmp_path / "plan.csv"
    plan.write_text("\n".join([f"{header},verdict", *(f"{line},my own" for line in lines)]), encoding="utf-8")
    verbs.score(original_home.workspace, plan, tmp_path / "scores.csv")
    rows = rows_of(tmp_path / "scores.csv")
    assert {row["given_verdict"] for row in rows} == {"my own"} and "my own" not in {row["verdict"] for row in rows}


def test_a_model_without_evidence_says_so_in_the_summary(noise_home):
    done = verbs.score(noise_home.workspace, noise_home.upcoming)
    assert any("NOT ENOUGH EVIDENCE" in note for note in done.notes) and done.out is None
    assert done.verdicts == {"NOT ENOUGH EVIDENCE": 30}


def test_a_list_that_is_not_there(original_home, tmp_path):
    with pytest.raises(FileUnreadable, match=r"absent\.csv"):
        verbs.score(original_home.workspace, tmp_path / "absent.csv")


@pytest.mark.parametrize(("name", "out"), [("plan.csv", "plan.csv"), ("plan_rejects.csv", "plan.csv")])
def test_a_list_is_not_written_over(original_home, tmp_path, name, out):
    plan = tmp_path / name
    plan.write_bytes(original_home.upcoming.read_bytes())
    with pytest.raises(OutputRefused, match="the list itself"):
        verbs.score(original_home.workspace, plan, tmp_path / out)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert plan.read_bytes() == original_home.upcoming.read_bytes()


def test_a_workbook_is_called_one(original_home, tmp_path):
    with pytest.raises(OutputRefused, match=r"\.xlsx"):
        verbs.workbook(original_home.workspace, original_home.upcoming, tmp_path / "plan.csv")
    plan = tmp_path / "plan.xlsx"
    write_table(plan, original_home.plan().given)
    with pytest.raises(OutputRefused, match="the list itself"):
        verbs.workbook(original_home.workspace, plan, plan)


def test_every_row_may_be_refused(original_home, tmp_path):
    plan = tmp_path / "plan.csv"
    plan.write_text("promotion_id,discount,start,end\nA,cheap,2026-07-06,2026-07-12\n", encoding="utf-8")
    with pytest.raises(TooManyRejects) as told:
        verbs.score(original_home.workspace, plan, tmp_path / "scores.csv")
    assert (told.value.done.scored, told.value.done.rejected, told.value.done.verdicts) == (0, 1, {})
    with pytest.raises(NothingToWorkOn, match="No row"):
        verbs.workbook(original_home.workspace, plan, tmp_path / "plan.xlsx")


def test_no_row_crosses_clients(workspace, original_home):
    """Two clients in one workspace: each has its own exports, lake and models."""
    verbs.init(workspace, "other")
    write_exports(
        workspace.exports("other"),
        promotions=[PROMOTIONS, "A,North,Tea,Cut,0.2,2026-02-02,2026-02-08"],
        sales=[SALES_HEADER, *daily_sales("2026-01-01", [10.0] * 60)],
    )
    with pytest.raises(ClientNotFound, match="--client"):
        verbs.score(workspace, original_home.upcoming)
    before = workspace.lake("original").read_bytes()
    verbs.refresh(workspace, "other")
    con = connect(workspace.lake("other"), read_only=True)
    assert con.execute("SELECT COUNT(*), SUM(units) FROM sales").fetchone() == (60, 600.0)
    assert workspace.lake("original").read_bytes() == before
    assert verbs.score(workspace, original_home.upcoming, client="original").model_version == original_home.trained.version
    with pytest.raises(ModelNotFound, match="promo train --client other"):
        verbs.score(workspace, original_home.upcoming, client="other")


def test_a_model_that_is_not_there_is_told_before_the_list_is_read(original_home, monkeypatch):
    read = []
    monkeypatch.setattr("scorer.verbs.scoring.stream_plan", lambda *asked: read.append(asked))
    with pytest.raises(ModelNotFound):
        verbs.score(original_home.workspace, original_home.upcoming, version="20200101T000000Z-00000000")
    assert read == []
