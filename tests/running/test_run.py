"""A run does what is due, says what it did, and leaves what ties."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from scorer import verbs
from scorer.artifacts.store import Store
from scorer.errors import RunLocked
from scorer.lock import client_lock
from scorer.model import BUNDLE_TASK
from scorer.settings import read_client
from tests.promo_command import promo
from tests.running.conftest import CLIENT, DAY, Night


def stages(ran) -> dict[str, str]:
    return {stage.name: stage.state for stage in ran.stages}


def manifest(ran) -> dict:
    return json.loads(Path(ran.manifest).read_text(encoding="utf-8"))


def test_the_first_run_refreshes_and_trains(first_night):
    log = [json.loads(line) for line in (first_night / "logs" / f"{CLIENT}.jsonl").read_text().splitlines()]
    assert [(line["stage"], line["state"]) for line in log] == [
        ("run", "begun"), ("refresh", "done"), ("train", "done"), ("score", "skipped"), ("health", "done"),
        ("manifest", "done"), ("inbox", "skipped"), ("retention", "skipped"), ("run", "ended"),
    ]  # fmt: skip
    assert {line["run"] for line in log} == {"20260701-001"}
    assert Store(first_night / "models" / CLIENT).current(BUNDLE_TASK)
    sales = log[1]["counts"]["sales"]
    assert sales["rows"] == sales["used"] + sales["apart"] + sales["rejected"]
    told = json.loads((first_night / "outputs" / CLIENT / "20260701-001" / "manifest.json").read_text())
    exports = {(file["name"], file["sha256"], file["bytes"]) for file in told["inputs"]["exports"]}
    folder = first_night / "exports" / CLIENT
    assert exports == {(p.name, sha256(p.read_bytes()).hexdigest(), p.stat().st_size) for p in folder.iterdir()}
    assert sum(file["rows"] for file in told["inputs"]["exports"] if file["table"] == "sales") == sales["rows"]


def test_nothing_to_do_does_nothing(night: Night):
    before = night.tree()
    ran = night.run()
    assert (ran.code, ran.stages, ran.manifest) == (0, (), None)
    assert night.tree() == before
    assert night.log()[-1]["state"] == "nothing to do"


def test_a_broken_list_never_stops_the_good_ones(night: Night):
    night.configure("[run]\nworkbook_rows = 6")
    night.drop("a.csv", rows=6)
    night.write("b.csv", "nothing,to,see\n1,2,3\n")
    night.drop("c.csv", rows=7, first=6)
    ran = night.run()
    assert ran.code == 3
    assert {one.name: one.state for one in ran.lists} == {"a.csv": "scored", "b.csv": "failed", "c.csv": "scored"}
    folder = night.outputs / ran.run
    assert sorted(path.name for path in folder.iterdir()) == ["a", "c", "manifest.json"]
    assert sorted(path.name for path in (folder / "a").iterdir()) == ["control.json", "plan.xlsx", "scores.csv", "scores.parquet"]
    assert sorted(path.name for path in (night.inbox / "done" / ran.run).iterdir()) == ["a.csv", "c.csv"]
    reason = (night.inbox / "failed" / ran.run / "b.csv.reason.txt").read_text(encoding="utf-8")
    assert "has no column 'discount_percentage'" in reason
    assert [path for path in night.inbox.iterdir() if path.is_file()] == []
    assert (folder / "c" / "scores.parquet").exists() and not (folder / "c" / "plan.xlsx").exists(), "a longer list has no workbook"
    alerts = json.loads((night.outputs / "alerts.json").read_text())["alerts"]
    assert [(alert["level"], alert["about"]) for alert in alerts] == [("alarm", "b.csv")]
    assert "ROI" in load_workbook(folder / "a" / "plan.xlsx", read_only=True).sheetnames


def test_control_totals_are_those_of_the_files(night: Night):
    night.configure('[run]\nfiles = ["csv", "xlsx"]\nworkbook_rows = 0')
    night.drop("a.csv", rows=5)
    night.write("b.csv", (night.root / "upcoming.csv").read_text(encoding="utf-8"))
    ran = night.run()
    assert ran.code == 5, "the list plants more bad rows than the client allows"
    totals = manifest(ran)["control_totals"]
    assert (totals["rows_in"], totals["scored"], totals["rejected"], totals["ties"]) == (66, 62, 4, True)
    scores = str(night.outputs / ran.run / "*" / "scores.parquet")
    rows, units, profit, models = duckdb.sql(
        f"SELECT count(*), sum(sales_units_expected), sum(incremental_profit_expected), list(DISTINCT model_version) "
        f"FROM read_parquet('{scores}')"
    ).fetchall()[0]
    assert (rows, models) == (62, manifest(ran)["models"])
    assert totals["sums"]["sales_units_expected"] == pytest.approx(units)
    assert totals["sums"]["incremental_profit_expected"] == pytest.approx(profit)
    rejects = (night.outputs / ran.run / "b" / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert len(rejects) == 1 + 4
    assert not (night.outputs / ran.run / "a" / "plan.xlsx").exists()
    for one in ran.lists:
        folder = night.outputs / ran.run / one.folder
        assert one.files == {name: sha256((folder / name).read_bytes()).hexdigest() for name in one.files}


def test_the_same_list_is_not_scored_twice(night: Night):
    night.drop("a.csv")
    first = night.run()
    night.drop("again.csv")
    second = night.run()
    (one,) = second.lists
    assert (one.state, one.where, second.code) == ("already done", f"{first.run}/a", 0)
    assert [path.name for path in (night.outputs / second.run).iterdir()] == ["manifest.json"]
    assert (night.inbox / "done" / second.run / "again.csv").exists()
    assert [line["counts"]["where"] for line in night.log() if line["state"] == "already done"] == [f"{first.run}/a"]


def test_other_settings_are_another_answer(night: Night):
    night.drop("a.csv")
    night.run()
    night.configure("[money]\nfixed_cost = 10.0")
    night.drop("a.csv")
    ran = night.run()
    assert stages(ran)["refresh"] == "done", "money takes part in what is learnt"
    assert [one.state for one in ran.lists] == ["scored"]


def test_when_runs_work_is_no_other_answer(night: Night):
    night.drop("a.csv")
    night.run()
    night.configure("[run]\nworkbook_rows = 0\nkeep_days = 400")
    night.drop("a.csv")
    assert [one.state for one in night.run().lists] == ["already done"]


def test_outputs_that_somebody_removed_are_made_again(night: Night):
    night.drop("a.csv")
    first = night.run()
    (night.outputs / first.run / "a").rename(night.root / "taken")
    night.drop("a.csv")
    assert [one.state for one in night.run().lists] == ["scored"]


def test_a_changed_export_is_refreshed_and_training_waits_until_it_is_due(night: Night):
    sales = night.root / "exports" / CLIENT / "sales_2026.csv"
    lines = sales.read_text(encoding="utf-8").splitlines()
    sales.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    ran = night.run(DAY + timedelta(days=12))
    assert stages(ran)["refresh"] == "done"
    assert stages(ran)["train"] == "skipped"
    why = {stage.name: stage.why for stage in ran.stages}
    assert why["refresh"] == "changed: sales_2026.csv"
    assert why["train"] == "0.0% is new since the last training, 12 days ago"


def test_training_that_is_due_is_done_once_and_a_model_that_is_kept_is_told(night: Night):
    sales = night.root / "exports" / CLIENT / "sales_2026.csv"
    sales.write_text("\n".join(sales.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    serving = Store(night.root / "models" / CLIENT).current(BUNDLE_TASK)
    ran = night.run(DAY + timedelta(days=40))
    assert (stages(ran)["train"], ran.code) == ("done", 0)
    # no promotion came after those the model in use learnt from: there is nothing to beat it on
    assert Store(night.root / "models" / CLIENT).current(BUNDLE_TASK) == serving
    (told,) = [alert for alert in ran.alerts if alert.about == "train"]
    assert (told.level, "kept, not promoted" in told.sentence) == ("warning", True)
    assert night.run(DAY + timedelta(days=80)).stages == (), "nothing is new since"


def test_exports_that_are_refused_do_not_stop_the_lists(night: Night):
    (night.root / "exports" / CLIENT / "promotions.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    night.drop("a.csv")
    ran = night.run()
    assert ran.code == 3
    assert (stages(ran)["refresh"], [one.state for one in ran.lists]) == ("failed", ["scored"])
    assert "promotions.csv has no column" in next(alert.sentence for alert in ran.alerts if alert.about == "refresh")


def test_an_export_that_is_set_aside_is_told_and_the_rest_goes_on(night: Night):
    (night.root / "exports" / CLIENT / "sales_2027.csv").write_bytes(b"\x00\xff\xfe nothing of use \x00" * 50)
    night.drop("a.csv")
    ran = night.run()
    assert (ran.code, stages(ran)["refresh"], [one.state for one in ran.lists]) == (3, "done", ["scored"])
    assert "set aside" in ran.stages[0].why
    assert "sales_2027.csv" in ran.stages[0].why
    assert "files_set_aside" in {alert.about for alert in ran.alerts}
    again = night.run()
    assert (again.code, again.stages, "files_set_aside" in {alert.about for alert in again.alerts}) == (0, (), True)


def test_people_read_tables_and_programs_lines(night: Night):
    night.write("b.csv", "nothing,to,see\n1,2,3\n")
    shown = promo(night.root, "run", "--date", "2027-02-03")
    assert shown.code == 3
    assert "Run 20270203-001" in shown.out
    assert re.search(r"b\.csv +failed", shown.out)
    assert "! b.csv: " in shown.out
    assert "! freshness: The last sales are of 2026-06-30, 218 days ago." in shown.out
    idle = promo(night.root, "run", "--date", "2027-02-04", "--json")
    assert (idle.code, json.loads(idle.out)["runs"][0]["stages"]) == (0, [])
    assert [json.loads(line)["state"] for line in idle.err.splitlines()] == ["nothing to do"]


def test_without_a_model_the_lists_stay(night: Night):
    (night.root / "models" / CLIENT / BUNDLE_TASK / "current.json").unlink()
    night.configure('[run]\ntrain = "never"')
    path = night.drop("a.csv")
    ran = night.run()
    assert (ran.code, [one.state for one in ran.lists], path.exists()) == (4, ["stays"], True)
    assert not (night.outputs / ran.run / "a").exists()


def test_a_list_that_is_a_link_is_refused(night: Night):
    night.inbox.mkdir(parents=True)
    (night.inbox / "a.csv").symlink_to(night.root / "upcoming.csv")
    ran = night.run()
    assert (ran.code, [one.state for one in ran.lists]) == (3, ["failed"])
    assert (night.root / "upcoming.csv").exists()


def test_hidden_and_half_copied_files_wait(night: Night):
    for name in (".a.csv", "~$a.xlsx", "a.csv.part"):
        night.write(name, "x")
    assert night.run().stages == ()


def test_lists_of_one_name_in_two_forms_have_two_folders(night: Night):
    night.drop("a.csv")
    header, *rows = (line.split(",") for line in (night.inbox / "a.csv").read_text(encoding="utf-8").splitlines())
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t ({', '.join(f'{name} VARCHAR' for name in header)})")
        con.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(header))})", rows[:4])
        con.execute(f"COPY t TO '{night.inbox / 'a.parquet'}' (FORMAT parquet)")
    ran = night.run()
    assert sorted((one.folder, one.scored) for one in ran.lists) == [("a_csv", 6), ("a_parquet", 4)]


def test_a_run_counts_as_the_day_that_is_named(night: Night):
    night.drop("a.csv")
    assert night.run(date(2027, 2, 3)).run == "20270203-001"
    night.drop("b.csv", first=6)
    assert night.run(date(2027, 2, 3)).run == "20270203-002"


def test_a_held_lock_is_told(night: Night):
    with client_lock(night.workspace.lock(CLIENT), CLIENT), pytest.raises(RunLocked):
        night.run()
    assert night.log()[-1]["state"] == "held by another run"


def test_another_clients_files_are_left_alone(night: Night):
    other = night.workspace.inbox("other")
    other.mkdir(parents=True)
    (other / "theirs.csv").write_text((night.root / "upcoming.csv").read_text(), encoding="utf-8")
    night.drop("a.csv")
    ran = night.run()
    assert [one.name for one in ran.lists] == ["a.csv"]
    assert [path.name for path in other.iterdir()] == ["theirs.csv"]
    assert not (night.root / "outputs" / "other").exists()


def test_a_key_of_a_setting_that_is_none_is_named(night: Night):
    night.configure("[run]\nkeep_dayz = 3")
    with pytest.raises(Exception, match="keep_days"):
        read_client(night.workspace.client_file(CLIENT))


def test_the_public_verb_is_there():
    assert verbs.run.__doc__.startswith("Refresh, train when due")
