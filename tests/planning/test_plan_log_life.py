"""The life of a plan in the log: who may go where, what is kept, and what is never changed; on a file and on a server."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from logged_plans import prediction, signed
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from scorer.errors import BadSettings, DecisionRefused, ExtraMissing, LogUnusable, ReasonMissing, UsageError
from scorer.planning.log.book import PlanLog
from scorer.planning.log.life import Status, decision, starting_status
from scorer.planning.log.place import open_log
from scorer.planning.log.tables import VERSION, bring_up
from scorer.settings import Client, parse_client
from tests.promo_command import ROOT

Opener = Callable[..., PlanLog]


@pytest.fixture(params=["file", "server"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens the log of a client: every client's file in one folder, or all of them in one database."""
    environment = {}
    if request.param == "server":
        server = request.getfixturevalue("postgres")
        name = "t" + str(abs(hash(request.node.name)))
        environment = {"PROMO_LOG_URL": server.database(name)}
    return lambda client="acme": open_log(Client(client=client), tmp_path / "log" / f"{client}.db", environment)


def test_the_whole_life_is_kept_step_by_step(opened: Opener) -> None:
    log = opened()
    (filed,) = log.freeze([prediction()], Status.PLANNED, signed(why=""))
    assert (filed.outcome, filed.revision, filed.status) == ("new", 1, Status.PLANNED)
    log.decide(["P1"], Status.APPROVED, signed("bea", "2026-02-21T10:00:00Z", "budget is there"))
    log.decide(["P1"], Status.COMMITTED, signed("cem", "2026-02-22T10:00:00Z", "leaflet printed"))
    log.record_actual({"P1": {"figures": {"units": 1400.0}}}, signed("dan", "2026-03-20T10:00:00Z", ""))
    told = [(e.status.value, e.who, e.at[:10], e.why) for e in opened().history("P1")]
    assert told == [
        ("draft", "ann", "2026-02-20", "logged"),
        ("planned", "ann", "2026-02-20", "logged"),
        ("approved", "bea", "2026-02-21", "budget is there"),
        ("committed", "cem", "2026-02-22", "leaflet printed"),
        ("actual", "dan", "2026-03-20", "measured"),
    ]
    (entry,) = opened().entries()
    assert entry.actual == {"figures": {"units": 1400.0}}
    assert entry.frozen == prediction()


@pytest.mark.parametrize(
    ("reached", "wanted"),
    [
        (Status.DRAFT, Status.APPROVED),
        (Status.DRAFT, Status.COMMITTED),
        (Status.PLANNED, Status.COMMITTED),
        (Status.PLANNED, Status.ACTUAL),
        (Status.APPROVED, Status.PLANNED),
        (Status.COMMITTED, Status.APPROVED),
    ],
)
def test_steps_that_are_not_there_are_refused_in_words(tmp_path: Path, reached: Status, wanted: Status) -> None:
    log = open_log(Client(client="acme"), tmp_path / "acme.db", {})
    log.freeze([prediction()], reached, signed())
    with pytest.raises(DecisionRefused, match=f"P1 is {reached}: it cannot become {wanted}. From there it can become:"):
        log.decide(["P1"], wanted, signed())
    assert log.entries()[0].status is reached


def test_what_was_measured_is_over(tmp_path: Path) -> None:
    log = open_log(Client(client="acme"), tmp_path / "acme.db", {})
    log.freeze([prediction()], Status.COMMITTED, signed())
    log.record_actual({"P1": {}}, signed())
    with pytest.raises(DecisionRefused, match="Its life in the log is over"):
        log.decide(["P1"], Status.REJECTED, signed())


def test_a_committed_promotion_can_be_taken_back_until_it_begins(tmp_path: Path) -> None:
    log = open_log(Client(client="acme"), tmp_path / "acme.db", {})
    log.freeze([prediction("early"), prediction("late")], Status.COMMITTED, signed())
    log.decide(["early"], Status.REJECTED, signed(at="2026-03-01T09:00:00Z"))
    with pytest.raises(DecisionRefused, match="It began on 2026-03-02; 'promo post-event' measures it"):
        log.decide(["late"], Status.REJECTED, signed(at="2026-03-02T09:00:00Z"))


def test_all_of_them_or_none(opened: Opener) -> None:
    log = opened()
    log.freeze([prediction("P1"), prediction("P2")], Status.PLANNED, signed())
    log.decide(["P2"], Status.REJECTED, signed())
    with pytest.raises(DecisionRefused, match="P2 is rejected"):
        log.decide(["P1", "P2"], Status.APPROVED, signed())
    assert {entry.promotion_id: entry.status for entry in log.entries()} == {"P1": Status.PLANNED, "P2": Status.REJECTED}


@pytest.mark.parametrize("wanted", [Status.APPROVED, Status.COMMITTED, Status.REJECTED])
def test_a_decision_without_a_reason_is_refused(tmp_path: Path, wanted: Status) -> None:
    log = open_log(Client(client="acme"), tmp_path / "acme.db", {})
    log.freeze([prediction()], Status.PLANNED, signed(why=""))
    with pytest.raises(ReasonMissing, match="--why"):
        log.decide(["P1"], wanted, signed(why=" "))


def test_the_same_inputs_again_change_nothing(opened: Opener) -> None:
    log = opened()
    log.freeze([prediction()], Status.PLANNED, signed())
    before = log.events()
    (again,) = log.freeze([prediction(model_version="a later one", lift=0.9)], Status.PLANNED, signed())
    assert (again.outcome, again.note) == ("unchanged", "its prediction stays as it was frozen, by an earlier model")
    assert log.events() == before
    assert log.entries()[0].frozen == prediction()


def test_the_same_inputs_again_may_take_a_plan_further(opened: Opener) -> None:
    log = opened()
    log.freeze([prediction()], Status.PLANNED, signed())
    (again,) = log.freeze([prediction()], Status.COMMITTED, signed("bea", why="signed by all"))
    assert (again.outcome, again.status) == ("moved", Status.COMMITTED)
    assert [event.status.value for event in log.events()] == ["draft", "planned", "approved", "committed"]
    (back,) = log.freeze([prediction()], Status.DRAFT, signed())
    assert (back.outcome, back.status) == ("unchanged", Status.COMMITTED)


def test_other_inputs_make_a_new_revision_that_needs_its_own_approval(opened: Opener) -> None:
    log = opened()
    log.freeze([prediction()], Status.APPROVED, signed())
    (again,) = log.freeze([prediction(input_hash="1" * 16, discount=0.3)], Status.PLANNED, signed())
    assert (again.outcome, again.revision, again.status) == ("revised", 2, Status.PLANNED)
    (entry,) = log.entries()
    assert entry.frozen.inputs["discount_percentage"] == 0.3
    told = [(event.revision, event.status.value, event.why) for event in log.history("P1")]
    assert told[3] == (1, "approved", "replaced by revision 2")


def test_what_has_begun_or_was_measured_is_not_revised(tmp_path: Path) -> None:
    log = open_log(Client(client="acme"), tmp_path / "acme.db", {})
    log.freeze([prediction("ran"), prediction("runs")], Status.COMMITTED, signed())
    log.record_actual({"ran": {}}, signed())
    changed = [prediction(name, input_hash="1" * 16) for name in ("ran", "runs")]
    kept = log.freeze(changed, Status.PLANNED, signed(at="2026-03-04T09:00:00Z"))
    assert [one.outcome for one in kept] == ["kept", "kept"]
    assert all("id of its own" in one.note for one in kept)
    assert [entry.revision for entry in log.entries()] == [1, 1]


def test_a_rejected_plan_is_taken_up_again_by_a_decision_only(tmp_path: Path) -> None:
    log = open_log(Client(client="acme"), tmp_path / "acme.db", {})
    log.freeze([prediction()], Status.PLANNED, signed())
    log.decide(["P1"], Status.REJECTED, signed())
    (again,) = log.freeze([prediction()], Status.COMMITTED, signed())
    assert (again.status, again.note) == (Status.REJECTED, "it was rejected: 'promo decide plan' takes it up again")
    log.decide(["P1"], Status.PLANNED, signed())
    assert log.entries()[0].status is Status.PLANNED


def test_the_same_actual_figures_are_written_once_and_corrected_ones_beside_them(opened: Opener) -> None:
    log = opened()
    log.freeze([prediction()], Status.COMMITTED, signed())
    outcomes = [log.record_actual({"P1": {"units": units}}, signed())[0].outcome for units in (10.0, 10.0, 12.0)]
    assert outcomes == ["moved", "unchanged", "moved"]
    assert [event.facts for event in log.history("P1") if event.facts] == [{"units": 10.0}, {"units": 12.0}]
    assert log.entries()[0].actual == {"units": 12.0}


def test_the_database_itself_refuses_to_change_or_delete(tmp_path: Path, postgres: object) -> None:
    url = postgres.database("refuses")  # type: ignore[attr-defined]
    for environment, engine in (
        ({}, create_engine(f"sqlite:///{tmp_path / 'acme.db'}")),
        ({"PROMO_LOG_URL": url}, create_engine(url.replace("postgresql:", "postgresql+psycopg:"))),
    ):
        log = open_log(Client(client="acme"), tmp_path / "acme.db", environment)
        log.freeze([prediction()], Status.PLANNED, signed())
        for statement in (
            "DELETE FROM plan_log_events",
            "DELETE FROM plan_log_predictions",
            "UPDATE plan_log_events SET status = 'approved'",
            "UPDATE plan_log_predictions SET figures = '{}'",
        ):
            with pytest.raises(DatabaseError, match="append-only"), engine.begin() as con:
                con.execute(text(statement))
        engine.dispose()


def test_no_client_ever_sees_the_rows_of_another(opened: Opener) -> None:
    canary = "CANARY-of-rival"
    rival = opened("rival")
    rival.freeze([prediction(canary), prediction("P1", region=canary)], Status.COMMITTED, signed(canary, why=canary))
    rival.record_actual({canary: {"figures": canary}}, signed(canary))
    ours = opened("acme")
    ours.freeze([prediction("P1")], Status.PLANNED, signed())
    assert canary not in str((ours.entries(), ours.events(), ours.history("P1")))
    assert [entry.revision for entry in ours.entries()] == [1]
    with pytest.raises(DecisionRefused, match=r"has 1: P1\."):
        ours.decide([canary], Status.APPROVED, signed())
    assert len(rival.entries()) == 2


def test_each_client_has_a_file_of_its_own(tmp_path: Path) -> None:
    for client in ("acme", "rival"):
        open_log(Client(client=client), tmp_path / f"{client}.db", {}).freeze([prediction(client)], Status.PLANNED, signed())
    assert b"rival" not in (tmp_path / "acme.db").read_bytes()


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, "{folder}")
from logged_plans import prediction, signed
from scorer.planning.log.life import Status
from scorer.planning.log.place import open_log
from scorer.settings import Client
environment = {environment!r}
for turn in range(12):
    log = open_log(Client(client="acme"), Path("{file}"), environment)
    rows = [prediction(f"P{{n}}") for n in range(20)] + [prediction(f"own-{{sys.argv[1]}}-{{turn}}")]
    log.freeze(rows, Status.PLANNED, signed(sys.argv[1]))
"""


def test_two_processes_at_once_commit_every_plan_exactly_once(opened: Opener, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    environment = {}
    if "server" in request.node.name:
        environment = {"PROMO_LOG_URL": request.getfixturevalue("postgres").database("race")}
    file = tmp_path / "race" / "acme.db"
    script = WRITER.format(folder=Path(__file__).parent, file=file, environment=environment)
    running = [
        subprocess.Popen([sys.executable, "-c", script, name], cwd=ROOT, stderr=subprocess.PIPE, text=True) for name in ("a", "b")
    ]
    for process in running:
        _, said = process.communicate(timeout=240)
        assert process.returncode == 0, said
    log = open_log(Client(client="acme"), file, environment)
    entries = log.entries()
    assert len(entries) == 20 + 2 * 12
    assert {entry.revision for entry in entries} == {1}
    assert all([event.number for event in log.history(entry.promotion_id)] == [1, 2] for entry in entries[:5])
    assert len(log.events()) == 2 * len(entries)


def test_a_newer_log_is_refused_and_an_older_one_is_brought_up(tmp_path: Path) -> None:
    file = tmp_path / "acme.db"
    open_log(Client(client="acme"), file, {}).freeze([prediction()], Status.PLANNED, signed())
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as con:
        bring_up(con, "it", VERSION + 1, {VERSION: lambda con: con.execute(text("ALTER TABLE plan_log_events ADD colour TEXT")) and None})
        assert con.execute(text("SELECT version FROM plan_log_version")).scalar_one() == VERSION + 1
        assert con.execute(text("SELECT colour FROM plan_log_events")).scalars().all() == [None, None]
    engine.dispose()
    with pytest.raises(LogUnusable, match=f"log version {VERSION + 1}, this one knows {VERSION}.*Update the product"):
        open_log(Client(client="acme"), file, {})


def test_a_log_that_stays_locked_is_said_and_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "acme.db"
    log = open_log(Client(client="acme"), file, {})
    log.freeze([prediction()], Status.PLANNED, signed())
    monkeypatch.setattr("scorer.planning.log.place.PATIENCE", 0.1)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(LogUnusable, match=r"database is locked\. Another run holds it for a long time"):
        open_log(Client(client="acme"), file, {})
    holder.close()
    assert [entry.status for entry in log.entries()] == [Status.PLANNED]


def test_a_list_that_breaks_half_way_leaves_nothing(opened: Opener) -> None:
    log = opened()
    broken = prediction("P2")._replace(figures={"lift_expected": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        log.freeze([prediction("P1"), broken], Status.PLANNED, signed())
    assert log.entries() == []


def test_a_file_that_is_no_log_is_said_in_words(tmp_path: Path) -> None:
    file = tmp_path / "acme.db"
    file.write_bytes(b"this is no database, however long it is" * 100)
    with pytest.raises(LogUnusable, match=r"acme\.db cannot be used: file is not a database"):
        open_log(Client(client="acme"), file, {})


def test_where_the_server_is_never_stands_in_a_client_file(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="url_from"):
        parse_client({"client": "acme", "log": {"url_from": "postgresql://me:secret@server/log"}})
    named = parse_client({"client": "acme", "log": {"url_from": "OUR_LOG"}})
    with pytest.raises(BadSettings, match="no such environment variable is set"):
        open_log(named, tmp_path / "acme.db", {})
    assert not (tmp_path / "acme.db").exists()


@pytest.mark.parametrize(
    ("address", "said"), [("mysql://me:secret@server/log", "no PostgreSQL server"), ("no address", "no address of a database")]
)
def test_an_address_that_cannot_be_is_refused_without_telling_the_password(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(LogUnusable, match=said) as refused:
        open_log(Client(client="acme"), tmp_path / "acme.db", {"PROMO_LOG_URL": address})
    assert "secret" not in str(refused.value)


def test_a_server_that_does_not_answer_is_said_without_the_password(tmp_path: Path) -> None:
    address = f"postgresql://me:secret@/log?host={tmp_path}"
    with pytest.raises(LogUnusable, match="Check that the database is there") as refused:
        open_log(Client(client="acme"), tmp_path / "acme.db", {"PROMO_LOG_URL": address})
    assert "secret" not in str(refused.value)


def test_a_server_without_its_packages_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ExtraMissing, match=r"promo-planner\[postgres\]"):
        open_log(Client(client="acme"), tmp_path / "acme.db", {"PROMO_LOG_URL": "postgresql://server/log"})


def test_words_that_mean_nothing_are_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="Did you mean 'approve'"):
        decision("aprove")
    with pytest.raises(UsageError, match="draft, planned, approved, committed"):
        starting_status("actual")


def test_frozen_figures_are_kept_as_they_were_to_the_last_digit(opened: Opener) -> None:
    odd = prediction(lift=0.1 + 0.2, baseline=1 / 3, cost=None, start_date=date(2027, 1, 1))
    log = opened()
    log.freeze([odd], Status.PLANNED, signed())
    assert json.dumps(log.entries()[0].frozen.figures, sort_keys=True) == json.dumps(odd.figures, sort_keys=True)
