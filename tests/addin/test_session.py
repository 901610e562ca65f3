"""What is kept warm is never stale: another model, other settings, a deleted file are seen by the very next call."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from addin import session as sessions
from addin.cells import block_of
from addin.configuration import Configuration
from addin.plans import asked_of
from addin.session import Caller, Session, begin, session
from scorer import verbs
from scorer.artifacts.store import Store
from scorer.model import BUNDLE_TASK
from scorer.workspace import Workspace
from tests.addin.functions.asking import Rows, ask, column, listed, serving_of, value
from tests.conftest import Home

DEMO, NOISE = Caller("a.xlsx", "demo"), Caller("b.xlsx", "noise")


@pytest.fixture
def rows(demo_home: Home) -> Rows:
    return listed(demo_home.upcoming)[:6]


def bundle(workspace: Path, client: str = "demo") -> Path:
    store = Store(workspace / "models" / client)
    return store.folder / BUNDLE_TASK / str(store.current(BUNDLE_TASK))


def with_thresholds(workspace: Path, lines: str) -> None:
    path = workspace / "clients" / "demo.toml"
    path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")


def test_each_workbook_is_answered_by_its_own_client(two_clients: Path, demo_home: Home, rows: Rows) -> None:
    serving = serving_of(two_clients)
    own = column(serving_of(demo_home.workspace.root), "PROMO_VERDICT", rows)
    for _ in range(2):
        demo, noise = (ask(serving, "PROMO_VERDICT", rows, caller=caller) for caller in (DEMO, NOISE))
        assert [row[0] for row in demo[1:]] == own
        assert {row[0] for row in noise[1:]} == {"NOT ENOUGH EVIDENCE"}
        facts = [dict(ask(serving, "PROMO_MODEL", caller=caller)) for caller in (DEMO, NOISE)]
        assert [fact["client"] for fact in facts] == ["Demo retailer", "Nothing but noise"]


def test_a_workbook_that_names_no_client_gets_the_one_that_is_configured(two_clients: Path) -> None:
    assert dict(ask(serving_of(two_clients, "noise"), "PROMO_MODEL"))["client"] == "Nothing but noise"
    assert dict(ask(serving_of(two_clients, "noise"), "PROMO_MODEL", caller=DEMO))["client"] == "Demo retailer"
    told = value(serving_of(two_clients), "PROMO_MODEL")
    assert told.startswith("#N/A Several clients live in ")
    ((told,),) = ask(serving_of(two_clients), "PROMO_MODEL", caller=Caller("c.xlsx", "demmo"))
    assert told.startswith("#N/A No client file 'demmo.toml' in ")
    assert "Did you mean 'demo'?" in told


def test_a_model_that_is_gone_is_missed_at_once(two_clients: Path, rows: Rows) -> None:
    serving = serving_of(two_clients, "demo")
    assert isinstance(column(serving, "PROMO_LIFT", rows)[0], float)
    folder = bundle(two_clients)
    shutil.move(folder, two_clients / "aside")
    assert value(serving, "PROMO_LIFT", rows).startswith("#N/A Client 'demo' has no model version '")
    shutil.move(two_clients / "aside", folder)
    assert isinstance(column(serving, "PROMO_LIFT", rows)[0], float)
    (folder / "lift.ubj").unlink()
    assert " was refused: " in value(serving, "PROMO_LIFT", rows)
    shutil.rmtree(two_clients / "models" / "demo")
    assert value(serving, "PROMO_LIFT", rows).startswith("#N/A Client 'demo' has no trained model for ")


def test_a_model_that_was_tampered_with_is_refused(two_clients: Path, rows: Rows) -> None:
    serving = serving_of(two_clients, "demo")
    column(serving, "PROMO_LIFT", rows)
    path = bundle(two_clients) / "lift.json"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert " was refused: " in value(serving, "PROMO_LIFT", rows)


def test_a_promoted_model_answers_the_next_call(two_clients: Path, rows: Rows) -> None:
    serving = serving_of(two_clients, "demo")
    before = dict(ask(serving, "PROMO_MODEL"))["model"]
    store = Store(two_clients / "models" / "demo")
    parts = store.open(BUNDLE_TASK)
    other = store.write(dict(parts.contents), parts.facts, datetime(2030, 1, 1, tzinfo=UTC))
    assert dict(ask(serving, "PROMO_MODEL"))["model"] == before  # written, not yet in use
    verbs.promote(Workspace(two_clients), other, "to see it answer", "demo")
    _, *versions = ask(serving, "PROMO_SCORE", rows, "model_version")
    assert versions == [[other]] * 5
    assert bundle(two_clients).name == other
    assert serving.serve("demo") is serving.serve("demo")
    verbs.rollback(Workspace(two_clients), "back again", "demo")
    assert dict(ask(serving, "PROMO_MODEL"))["model"] == before


def test_new_thresholds_hold_from_the_next_call_on(two_clients: Path, demo_home: Home) -> None:
    rows = listed(demo_home.upcoming)
    serving = serving_of(two_clients, "demo")
    assert "GO" in column(serving, "PROMO_VERDICT", rows)
    with_thresholds(two_clients, "most_funding = 0.0\n")
    path = two_clients / "clients" / "demo.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("hurdle_roi = 0.0", "hurdle_roi = 50.0"), encoding="utf-8")
    verdicts = column(serving, "PROMO_VERDICT", rows)
    assert "GO" not in verdicts
    assert "DON'T LAUNCH" in verdicts
    path.write_text("client = 'demo'\nverdikt = 1\n", encoding="utf-8")
    assert "unknown setting 'verdikt'. Did you mean 'verdict'?" in value(serving, "PROMO_VERDICT", rows)


def test_the_same_question_is_asked_once(two_clients: Path, rows: Rows) -> None:
    serving = serving_of(two_clients, "demo")
    desk = serving.desk()
    first = desk.answered(asked_of(block_of(rows), desk.client))
    assert desk.answered(asked_of(block_of(rows), desk.client)) is first
    for name in ("PROMO_LIFT", "PROMO_VERDICT", "PROMO_SCORE", "PROMO_WHY"):
        ask(serving, name, rows)
    assert len(serving._kept) == 1
    ask(serving, "PROMO_LIFT", rows, 0.1)
    ask(serving, "PROMO_LIFT", rows, 0.9)
    assert len(serving._kept) == 2  # the forecast is kept, whatever quantile is asked of it
    column(serving, "PROMO_LIFT", [*rows[:5], [*rows[5][:5], "0.99", *rows[5][6:]]])
    assert len(serving._kept) == 3
    serving.forget()
    assert (serving._kept, serving._served, serving._rows_kept) == ({}, {}, 0)
    assert desk.answered(asked_of(block_of(rows), desk.client)) is not first


def test_answers_kept_fill_no_more_memory_than_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_ROWS_KEPT", 1_000)
    serving = Session(Configuration())
    for at in range(50):
        assert serving.remembered(f"{at}", 100, lambda at=at: at) == at
        assert serving._rows_kept == sum(size for size, _ in serving._kept.values()) <= 1_000
    assert [*serving._kept] == ["45", "46", "47", "48", "49"]
    assert serving.remembered("45", 100, lambda: -1) == 45  # asked again: it stays longest
    serving.remembered("50", 100, lambda: 50)
    assert [*serving._kept] == ["47", "48", "49", "45", "50"]
    assert serving.remembered("huge", 10**6, lambda: "huge") == "huge"
    assert [*serving._kept] == ["huge"]


def test_what_fails_is_not_remembered() -> None:
    serving = Session(Configuration())

    def fail() -> int:
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        serving.remembered("key", 1, fail)
    assert serving.remembered("key", 1, lambda: 7) == 7


def test_calls_of_several_threads_get_their_own_answers(two_clients: Path, demo_home: Home) -> None:
    rows = listed(demo_home.upcoming)
    serving, calm = serving_of(two_clients, "demo"), serving_of(demo_home.workspace.root)
    questions = [(name, [rows[0], rows[line]]) for line in (1, 2)
                 for name in ("PROMO_LIFT", "PROMO_EXPLAIN", "PROMO_WHATIF", "PROMO_SIMILAR")]  # fmt: skip
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda question: ask(serving, *question), questions))
    assert found == [ask(calm, *question) for question in questions]


def test_the_session_of_the_process_begins_with_what_is_configured(
    two_clients: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sessions._Process, "session", None)
    monkeypatch.setenv("PROMO_ADDIN_FILE", str(tmp_path / "none.toml"))
    monkeypatch.setenv("PROMO_WORKSPACE", str(two_clients))
    monkeypatch.setenv("PROMO_CLIENT", "noise")
    assert dict(ask(None, "PROMO_MODEL"))["client"] == "Nothing but noise"
    assert session() is session()
    assert begin(Configuration(workspace=two_clients, client="demo")) is session()
    assert dict(ask(None, "PROMO_MODEL"))["client"] == "Demo retailer"
    monkeypatch.setattr(sessions._Process, "session", None)
    (tmp_path / "none.toml").write_text("workspce = 'x'\n", encoding="utf-8")
    assert "unknown setting 'workspce'. Did you mean 'workspace'?" in value(None, "PROMO_MODEL")
    assert value(None, "PROMO_COST", 10, 0.2, 5000, 0.15) == 11_500.0  # needs no session
