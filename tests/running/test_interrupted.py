"""A run that is killed leaves nothing or whole pieces, and the next one ends as if nothing had happened."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from scorer import verbs
from scorer.running.journal import read, runs
from scorer.running.places import Places
from tests.promo_command import PROMO, ROOT, promo
from tests.running.conftest import CLIENT, DAY, Night
from tests.running.dying import dies_at

VOLATILE = {"seconds", "at", "began", "written", "resumed", "files"}


def lasting(told: object) -> object:
    """Return a manifest without what differs between two runs that give the same."""
    if isinstance(told, dict):
        return {key: lasting(value) for key, value in told.items() if key not in VOLATILE}
    return [lasting(value) for value in told] if isinstance(told, list) else told


def manifest(night: Night) -> object:
    """Return the manifest of the run, its sentences without the folder they speak of."""
    text = (night.outputs / "20260701-002" / "manifest.json").read_text(encoding="utf-8")
    return lasting(json.loads(text.replace(str(night.root), "")))


def rows(path: Path) -> list[tuple]:
    return duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()


def left_behind(night: Night) -> None:
    """Assert that whatever can be seen in the outputs is whole."""
    for control in night.outputs.glob("*/*/control.json"):
        told = json.loads(control.read_text(encoding="utf-8"))["list"]
        assert told["files"] == {name: sha256((control.parent / name).read_bytes()).hexdigest() for name in told["files"]}
    for folder in night.outputs.glob("*/*/"):
        assert folder.name.startswith(".partial-") or (folder / "control.json").exists()
    places = Places(night.workspace, CLIENT)
    assert all(read(places.journal(run)) for run in runs(places))


def prepare(night: Night) -> None:
    night.configure("[run]\nworkbook_rows = 3")
    sales = night.root / "exports" / CLIENT / "sales_2026.csv"
    sales.write_text("\n".join(sales.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    night.drop("a.csv", rows=3)
    night.write("b.csv", "nothing,to,see\n1,2,3\n")
    night.drop("c.csv", first=3)


def test_killed_again_and_again_it_ends_as_an_undisturbed_run(first_night, tmp_path):
    calm, wild = (Night(Path(shutil.copytree(first_night, tmp_path / name))) for name in ("calm", "wild"))
    for night in (calm, wild):
        prepare(night)
    assert calm.run().code == 3
    killed, step = 0, 2
    while (code := dies_at(wild.root, CLIENT, DAY, step)) != 0:
        assert code == -signal.SIGKILL
        left_behind(wild)
        killed, step = killed + 1, step + 3
    assert killed > 5
    same_end(calm, wild)


def same_end(calm: Night, wild: Night) -> None:
    folders = [night.outputs / "20260701-002" for night in (calm, wild)]
    names = [sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")) for folder in folders]
    assert names[0] == names[1]
    assert manifest(calm) == manifest(wild)
    for name in ("a", "c"):
        assert rows(folders[0] / name / "scores.parquet") == rows(folders[1] / name / "scores.parquet")
        assert (folders[0] / name / "scores.csv").read_bytes() == (folders[1] / name / "scores.csv").read_bytes()
    inboxes = [sorted(path.relative_to(night.inbox).as_posix() for path in night.inbox.rglob("*")) for night in (calm, wild)]
    assert inboxes[0] == inboxes[1]
    assert len(list((wild.root / "runs" / CLIENT).glob("2*.json"))) == 2, "the run was resumed, not begun anew"
    assert wild.run().stages == (), "nothing is left to do"


def test_killed_at_some_moment_the_next_run_finishes_it(night: Night):
    prepare(night)
    command = [sys.executable, "-c", PROMO, "run", "--client", CLIENT, "--date", DAY.isoformat()]
    for seconds in (2.0, 4.0, 6.0):
        process = subprocess.Popen([*command, "--workspace", str(night.root)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.kill()
        process.wait()
        left_behind(night)
    ended = promo(night.root, "run", "--client", CLIENT, "--date", DAY.isoformat(), "--json")
    assert ended.code in (0, 3), ended.err
    assert sorted(path.name for path in (night.inbox / "done" / "20260701-002").iterdir()) == ["a.csv", "c.csv"]
    assert not list(night.outputs.glob("*/.partial-*"))


def test_a_killed_training_is_done_again(night: Night):
    """A model whose training was cut short before it was put in use is no reason to wait for thirty days."""
    shutil.rmtree(night.root / "models" / CLIENT)
    (night.root / "runs" / CLIENT / "memory.json").unlink()
    assert dies_at(night.root, CLIENT, DAY, 12) == -signal.SIGKILL
    ended = promo(night.root, "run", "--client", CLIENT, "--date", DAY.isoformat(), "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)["runs"][0]
    assert told["resumed"]
    assert {stage["name"]: stage["state"] for stage in told["stages"]}["train"] == "done"


def test_a_run_that_is_resumed_under_other_settings_says_which_list_had_which(night: Night):
    night.drop("a.csv")
    night.drop("b.csv", first=6)

    def stop(line):
        if line["stage"] == "list":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verbs.run(night.workspace, CLIENT, DAY, tell=stop)
    night.configure("[money]\nfixed_cost = 10.0")
    first, _ = verbs.run(night.workspace, CLIENT, DAY)  # and a run of its own, because costs take part in what is learnt
    assert (first.resumed, [one.state for one in first.lists]) == (True, ["scored", "scored"])
    assert first.lists[0].settings != first.lists[1].settings
    night.drop("a.csv")
    night.drop("b.csv", first=6)
    assert [one.state for one in night.run().lists] == ["scored", "already done"]


def test_two_runs_at_once_do_the_work_once(night: Night):
    night.drop("a.csv")
    command = [sys.executable, "-c", PROMO, "run", "--client", CLIENT]
    both = [
        subprocess.Popen([*command, "--workspace", str(night.root)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=300) for process in both]
    assert sorted(process.returncode for process in both) == [0, 6], said
    assert len(list(night.outputs.glob("*/a"))) == 1
    assert b"Another run is at work on client 'small'" in b"".join(err for _, err in said)
