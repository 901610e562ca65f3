"""The versions of one client and the decision which is in use."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scorer.artifacts.store import Decision, Store
from scorer.errors import BundleRefused, ModelNotFound

TASK = "promotion_lift"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models" / "acme")


@pytest.fixture
def three(store: Store, made: Any) -> list[str]:
    """Three versions, a day apart, oldest first."""
    return [store.write(made.parts(), made.facts(), made.now + timedelta(days=day)) for day in range(3)]


def _promote(store: Store, made: Any, *versions: str) -> None:
    for version in versions:
        store.promote(TASK, version, "better by 3 points", "planner", made.now)


def test_versions_are_listed_newest_first(store: Store, three: list[str], made: Any) -> None:
    _promote(store, made, three[1])
    found = store.versions(TASK)
    assert [info.version for info in found] == three[::-1]
    assert [info.current for info in found] == [False, True, False]
    assert found[1].created == made.now + timedelta(days=1)
    assert (found[1].data_cut, found[1].metrics) == (made.facts().data_cut, {"coverage": 0.8, "wape": 0.21})


def test_a_damaged_version_is_listed_with_its_trouble(store: Store, three: list[str]) -> None:
    (store.folder / TASK / three[0] / "manifest.json").write_text("{")
    troubles = [bool(info.trouble) for info in store.versions(TASK)]
    assert troubles == [False, False, True]


def test_nothing_is_in_use_before_it_is_promoted(store: Store, three: list[str]) -> None:
    assert store.current(TASK) is None
    with pytest.raises(ModelNotFound, match=r"none is in use.*promo models promote"):
        store.open(TASK)
    assert store.open(TASK, three[0]).version == three[0]


def test_promote_puts_in_use_and_records(store: Store, three: list[str], made: Any) -> None:
    decision = store.promote(TASK, three[2], "first model", "planner", made.now)
    assert decision == Decision("promote", three[2], "2026-11-21T10:15:00Z", "first model", "planner")
    assert store.current(TASK) == store.open(TASK).version == three[2]
    lines = (store.folder / TASK / "history.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [decision._asdict()]


def test_rolling_back_twice_goes_back_two(store: Store, three: list[str], made: Any) -> None:
    _promote(store, made, *three)
    assert store.rollback(TASK, "numbers look odd", "planner").version == three[1]
    assert store.rollback(TASK, "still odd", "planner").version == three[0]
    with pytest.raises(ModelNotFound, match=f"no earlier model.*{three[0]}.*stays in use"):
        store.rollback(TASK, "odd", "planner")
    assert [one.action for one in store.history(TASK)] == ["promote"] * 3 + ["rollback"] * 2


def test_promoting_after_a_rollback_starts_from_there(store: Store, three: list[str], made: Any) -> None:
    _promote(store, made, three[0], three[1])
    store.rollback(TASK, "odd", "planner")
    _promote(store, made, three[2], three[2])
    assert store.rollback(TASK, "odd", "planner").version == three[0]


def test_rollback_passes_over_versions_that_are_gone(store: Store, three: list[str], made: Any) -> None:
    _promote(store, made, *three)
    (store.folder / TASK / three[1]).rename(store.folder / "away")
    assert store.rollback(TASK, "odd", "planner").version == three[0]


def test_rollback_without_any_promotion_says_so(store: Store, three: list[str]) -> None:
    with pytest.raises(ModelNotFound, match="none is in use"):
        store.rollback(TASK, "odd", "planner")


def test_a_damaged_version_is_not_promoted(store: Store, three: list[str], made: Any) -> None:
    _promote(store, made, three[0])
    (store.folder / TASK / three[1] / "extra.json").write_text("{}")
    with pytest.raises(BundleRefused):
        _promote(store, made, three[1])
    assert store.current(TASK) == three[0]


def test_unknown_names_lead_to_the_nearest(store: Store, three: list[str], made: Any) -> None:
    with pytest.raises(ModelNotFound, match=f"Did you mean '{three[1]}'"):
        store.open(TASK, three[1][:-2])
    with pytest.raises(ModelNotFound, match=f"Did you mean '{TASK}'"):
        store.open("promotion_lit")
    for task in ("../acme", "a/b", "", "."):
        with pytest.raises(ModelNotFound):
            store.open(task)
    with pytest.raises(ModelNotFound):
        store.open(TASK, "../" + three[0])
    with pytest.raises(ModelNotFound, match="promo train"):
        Store(store.folder.parent / "nobody").open(TASK)
    assert Store(store.folder.parent / "nobody").versions(TASK) == []


def test_no_model_crosses_clients_or_tasks(store: Store, three: list[str], made: Any) -> None:
    with pytest.raises(BundleRefused, match="belongs to client 'other'"):
        store.write(made.parts(), made.facts(client="other"), made.now)
    other = Store(store.folder.parent / "other")
    (other.folder / TASK).mkdir(parents=True)
    (store.folder / TASK / three[0]).rename(other.folder / TASK / three[0])
    with pytest.raises(BundleRefused, match="client 'acme'"):
        other.open(TASK, three[0])


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": "x"}', "[" * 9999, '{"version": 1}'])
def test_a_damaged_decision_is_refused_or_none(store: Store, three: list[str], content: str) -> None:
    (store.folder / TASK / "current.json").write_text(content)
    if content:
        with pytest.raises(BundleRefused, match=r"current\.json"):
            store.current(TASK)
    else:
        assert store.current(TASK) is None


def test_a_run_killed_between_both_files_loses_no_line(store: Store, three: list[str], made: Any) -> None:
    _promote(store, made, three[0])
    before = (store.folder / TASK / "history.jsonl").read_bytes()
    _promote(store, made, three[1])
    (store.folder / TASK / "history.jsonl").write_bytes(before)
    assert [one.version for one in store.history(TASK)] == three[:2]
    assert store.rollback(TASK, "odd", "planner").version == three[0]
    assert len((store.folder / TASK / "history.jsonl").read_text().splitlines()) == 3


def test_a_killed_write_leaves_nothing_to_see_and_the_next_one_clears_up(
    store: Store, three: list[str], made: Any
) -> None:
    script = (
        "import os, sys, pathlib; from scorer import atomic\n"
        "with atomic.folder(pathlib.Path(sys.argv[1])) as building:\n"
        "    (building / 'manifest.json').write_text('{}'); os._exit(9)\n"
    )
    target = store.folder / TASK / "20270101T000000Z-00000000"
    assert subprocess.run([sys.executable, "-c", script, str(target)], check=False).returncode == 9
    task = store.folder / TASK
    assert [path.name for path in task.iterdir() if path.name.startswith(".partial-")]
    assert [info.version for info in store.versions(TASK)] == three[::-1]
    store.write(made.parts(), made.facts(), made.now + timedelta(days=9))
    assert not [path.name for path in task.iterdir() if path.name.startswith(".partial-")]
