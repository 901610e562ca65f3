"""The log, the lock that is lent, what is remembered, and when training is due."""

from __future__ import annotations

import json
import threading
from datetime import date

import pytest

from scorer.errors import FileUnreadable, RunLocked
from scorer.lock import FREE, client_lock, holder, lent
from scorer.running.due import Learnt, Material, training_due
from scorer.running.journal import Journal, read, unfinished, write
from scorer.running.log import append
from scorer.running.memory import Memory, Training, recall, remember
from scorer.running.places import Places
from scorer.settings import Runs
from scorer.workspace import Workspace

TODAY = date(2026, 11, 26)
BEFORE = Learnt(date(2026, 11, 1), 100, date(2026, 10, 31), 1000, "a")


def test_a_line_cut_short_does_not_spoil_the_next(tmp_path):
    log = tmp_path / "logs" / "acme.jsonl"
    append(log, {"n": 1})
    with log.open("ab") as file:
        file.write(b'{"n": 2, "cut')
    append(log, {"n": 3, "words": "Ä ▲"})
    lines = log.read_text(encoding="utf-8").splitlines()
    assert [json.loads(lines[0]), json.loads(lines[2])] == [{"n": 1}, {"n": 3, "words": "Ä ▲"}]


def test_a_lock_that_is_lent_lets_the_steps_work_and_nobody_else(tmp_path):
    path, refused = tmp_path / "acme.lock", []

    def elsewhere():
        try:
            with client_lock(path, "acme"):
                pass
        except RunLocked as told:
            refused.append(told)

    with client_lock(path, "acme") as held, lent(path, held):
        with client_lock(path, "acme") as again:
            assert again == held
        assert holder(path) == held, "the step gave back what it had borrowed, not what the run holds"
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert len(refused) == 1
    assert path.read_text() == FREE
    with client_lock(path, "acme"), pytest.raises(RunLocked), client_lock(path, "acme"):
        pass


@pytest.mark.parametrize(
    ("there_is", "today", "now", "why"),
    [
        (Material(100, 1000, date(2026, 10, 31), "a"), date(2027, 11, 1), False, "nothing is new"),
        (Material(100, 1000, date(2026, 10, 31), "b"), date(2026, 12, 1), True, "30 days ago"),
        (Material(100, 1000, date(2026, 10, 31), "b"), date(2026, 11, 30), False, "0.0% is new"),
        (Material(110, 1000, date(2026, 11, 25), "b"), TODAY, True, "10.0% is new"),
        (Material(100, 1100, date(2026, 11, 25), "b"), TODAY, True, "10.0% is new"),
        (Material(109, 1099, date(2026, 11, 25), "b"), TODAY, False, "9.9% is new"),
        (Material(60, 700, date(2026, 11, 25), "b"), TODAY, False, "0.0% is new"),
    ],
)
def test_when_training_is_due(there_is, today, now, why):
    due = training_due(BEFORE, there_is, today, Runs())
    assert due.now == now
    assert why in due.why


def test_without_a_model_training_is_due():
    assert training_due(None, Material(1, 1, TODAY, "a"), TODAY, Runs()).now


def test_what_is_remembered_comes_back_and_what_is_damaged_is_forgotten(tmp_path):
    places = Places(Workspace(tmp_path), "acme")
    memory = Memory(None, Training("v", "2026-11-26", "a", 1, 2))
    remember(places, memory)
    assert recall(places) == memory
    places.memory.write_text('{"refreshed": 3, "tr')
    assert recall(places) == Memory()


def test_a_damaged_journal_is_named(tmp_path):
    places = Places(Workspace(tmp_path), "acme")
    write(places, Journal("20261126-001", "acme", "2026-11-26", "", ""))
    assert unfinished(places) == read(places.journal("20261126-001"))
    places.journal("20261126-001").write_text("{")
    with pytest.raises(FileUnreadable, match=r"20261126-001\.json"):
        unfinished(places)
