"""A real cluster of two workers on this machine: the same tables, the same scores, and nothing lost when a worker dies."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest

from scorer import verbs
from scorer.errors import EngineUnusable, TooManyRejects
from scorer.results import ScoredList
from scorer.verification.comparing import TOLERANCE
from scorer.verification.steps import ANSWERS
from scorer.workspace import Workspace
from tests import factories
from tests.conftest import Home
from tests.engines.conftest import list_of
from tests.engines.kept_tables import BESIDE, KEPT, faults, tables
from tests.engines.spark_cluster import Cluster, cluster, end
from tests.promo_command import PROMO, ROOT, promo

LIST = 45_000  # five parts of ten thousand rows at most: work for two executors


class Run:
    """``promo`` in the environment of a cluster, as a process that can be watched."""

    def __init__(self, home: Path, on: Cluster, *arguments: str) -> None:
        command = [sys.executable, "-c", PROMO, *arguments, "--master", on.master, "--json"]
        environment = {**on.environment, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        self._began = time.monotonic()
        self._process = subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ended(self) -> tuple[int, dict, str]:
        """Wait, and return the exit code, the JSON and what was said beside it."""
        out, err = self._process.communicate(timeout=300)
        self.seconds = time.monotonic() - self._began
        said = err.decode("utf-8", errors="replace")
        assert out, said[-3000:]
        return self._process.returncode, json.loads(out), said


def at_home(home: Home, plan: Path, out: Path) -> ScoredList:
    try:
        return verbs.score(home.workspace, plan, out, home.client.client)
    except TooManyRejects as told:
        return cast("ScoredList", told.done)


def same_files(one: Path, other: Path) -> bool:
    return all(
        path.read_bytes() == other.with_name(path.name.replace(one.stem, other.stem, 1)).read_bytes()
        for path in (one, one.with_name(f"{one.stem}_rejects.csv"))
    )


def test_every_table_made_on_a_cluster_is_the_stored_one(spark_cluster: Cluster, tmp_path: Path) -> None:
    code, found, said = Run(tmp_path, spark_cluster, "verify", "--engine", "spark").ended()
    assert code == 0, said
    assert found["rows_sent"] == 1_000
    assert [table["table"] for table in found["tables"]] == list(ANSWERS)
    assert [table["table"] for table in found["tables"] if table["fault"] or not table["cells"]] == []
    assert found["gap"] <= TOLERANCE
    assert list(tmp_path.iterdir()) == [], "a warehouse was left behind"


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_list_scored_on_a_cluster_is_the_list_scored_here(
    spark_cluster: Cluster, demo_home: Home, tmp_path: Path, form: str
) -> None:
    plan = list_of(demo_home, LIST if form == "parquet" else 900, tmp_path / f"plan.{form}")
    here, there = tmp_path / f"here.{form}", tmp_path / f"there.{form}"
    wanted = at_home(demo_home, plan, here)
    code, found, said = Run(
        demo_home.workspace.root, spark_cluster, "score", str(plan), "--out", str(there), "--engine", "spark"
    ).ended()  # fmt: skip
    assert same_files(here, there)
    assert found["rows_in"] == found["scored"] + found["rejected"] + found["blank"] == wanted.rows_in
    assert (found["verdicts"], found["totals"], found["notes"]) == (wanted.verdicts, wanted.totals, wanted.notes)
    assert code == (5 if wanted.rejected / wanted.rows_in > demo_home.client.limits.rejected_share else 0), said
    if form == "parquet":
        assert len(executors_that_worked(spark_cluster)) == 2


def test_a_lake_refreshed_on_a_cluster_is_the_one_refreshed_here(spark_cluster: Cluster, tmp_path: Path) -> None:
    here = Workspace(tmp_path / "here")
    made = factories.small_client(here.root)
    there = Workspace(Path(shutil.copytree(here.root, tmp_path / "there")))
    wanted = verbs.refresh(here)
    code, found, said = Run(there.root, spark_cluster, "refresh", "--engine", "spark").ended()
    assert code == 0, said
    assert (found["promotions"], found["learnable"], found["notes"]) == (wanted.promotions, wanted.learnable, wanted.notes)
    assert faults(tables(there.lake("small"), (*KEPT, *BESIDE)), tables(here.lake("small"), (*KEPT, *BESIDE))) == []
    assert len(executors_that_worked(spark_cluster)) == 2
    assert verdicts(there, made.upcoming.path) == verdicts(here, made.upcoming.path)


@pytest.mark.usefixtures("java")
def test_a_cluster_that_is_none_is_told_in_a_sentence(tmp_path: Path) -> None:
    made = factories.small_client(tmp_path)
    ended = promo(tmp_path, "refresh", "--engine", "spark", "--master", "spark://nowhere")
    assert ended.code == EngineUnusable.exit_code
    assert "Spark (spark://nowhere) was not reached: org.apache.spark.SparkException: Invalid master URL: spark://nowhere." in ended.err
    assert not Workspace(tmp_path).lake(made.client).exists()


def verdicts(home: Workspace, plan: Path) -> list[str]:
    """Train on a lake, score a list, and return what it says of each promotion."""
    verbs.train(home)
    with suppress(TooManyRejects):
        verbs.score(home, plan, home.root / "scored.csv")
    with home.root.joinpath("scored.csv").open(encoding="utf-8", newline="") as file:
        return [row["verdict"] for row in csv.DictReader(file)]


def executors_that_worked(on: Cluster) -> set[str]:
    """Return the workers whose executor finished at least one task in the application that ran last."""
    return {name for name, log in on.executor_logs().items() if "Finished task" in log}


def test_a_worker_that_dies_takes_nothing_with_it(java: str, demo_home: Home, tmp_path: Path) -> None:
    plan = list_of(demo_home, LIST, tmp_path / "plan.parquet")
    here, there = tmp_path / "here.parquet", tmp_path / "there.parquet"
    wanted = at_home(demo_home, plan, here)
    with cluster(tmp_path) as own:
        run = Run(demo_home.workspace.root, own, "score", str(plan), "--out", str(there), "--engine", "spark")
        killed = threading.Thread(target=when, args=(lambda: "Finished task" in own.executor_logs()["worker-1"], lambda: end(own.workers[1])))
        killed.start()
        _, found, said = run.ended()
        killed.join()
        assert own.workers[1].poll() is not None
    assert same_files(here, there), said
    assert found["rows_in"] == wanted.rows_in
    assert found["totals"] == wanted.totals


def when(happens: Callable[[], bool], do: Callable[[], None], patience: float = 200) -> None:
    given_up = time.monotonic() + patience
    while not happens():
        if time.monotonic() > given_up:
            return
        time.sleep(0.02)
    do()
