"""The plan log itself: predictions that stay as they were frozen, and the events that tell what became of them.

What a plan's status is follows from its last event. Writers take turns (an immediate transaction on a file, a lock on
a server), so two runs at once never decide on the same plan without seeing each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from zlib import crc32

from scorer.errors import DecisionRefused, LogUnusable, ReasonMissing
from scorer.planning.log.life import DECIDED, Status, step, way_forward
from scorer.planning.log.tables import bring_up, tables

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

PATIENCE = 60.0
"""Seconds to wait for another writer."""


class Signature(NamedTuple):
    """Who writes, when (UTC, as 2026-03-31T09:30:00Z), why, and in which run."""

    who: str
    at: str
    why: str
    run_id: str

    @property
    def today(self) -> date:
        return date.fromisoformat(self.at[:10])


class Frozen(NamedTuple):
    """A prediction with everything it rests on; inputs, figures and override are plain data by name."""

    promotion_id: str
    start_date: date
    end_date: date
    input_hash: str
    inputs: Mapping[str, Any]
    figures: Mapping[str, Any]
    override: Mapping[str, Any] | None
    interval: float
    currency: str
    model_version: str
    data_cut: date
    product_version: str
    settings_hash: str
    source: str
    source_hash: str


class Event(NamedTuple):
    """One step in the life of a plan."""

    promotion_id: str
    revision: int
    number: int
    at: str
    who: str
    status: Status
    why: str
    run_id: str
    facts: Mapping[str, Any] | None


class Entry(NamedTuple):
    """A plan as it stands: its newest prediction, and the event that put it where it is."""

    key: int
    revision: int
    frozen: Frozen
    logged_at: str
    last: Event
    actual: Mapping[str, Any] | None

    @property
    def promotion_id(self) -> str:
        return self.frozen.promotion_id

    @property
    def status(self) -> Status:
        return self.last.status


class Filed(NamedTuple):
    """What putting one plan into the log came to: new, revised, moved on, or unchanged (and why, where it is not plain)."""

    promotion_id: str
    revision: int
    status: Status
    outcome: str
    note: str = ""


class PlanLog:
    """The log of one client. Rows of another client are never read, whatever lies in the same database."""

    def __init__(self, engine: Engine, client: str, where: str) -> None:
        """``where`` is how messages call the log. Raises LogUnusable when it cannot be opened or is too new."""
        self._engine = engine
        self._client = client
        self.where = where
        with self._transaction(writing=True) as con:
            bring_up(con, where)

    # ------------------------------------------------------------------ read
    def entries(self) -> list[Entry]:
        """Return every plan at its newest revision, in the order of their first days."""
        with self._transaction() as con:
            return sorted(self._entries(con).values(), key=lambda entry: (entry.frozen.start_date, entry.promotion_id))

    def history(self, promotion_id: str) -> list[Event]:
        """Return what happened to a plan, all revisions, oldest first. Raises DecisionRefused for one that is not there."""
        with self._transaction() as con:
            self._known(self._entries(con), promotion_id)
            return self._events(con, promotion_id)

    def events(self) -> list[Event]:
        """Return everything that ever happened, oldest first."""
        with self._transaction() as con:
            return self._events(con)

    # ------------------------------------------------------------------ write
    def freeze(self, predictions: Iterable[Frozen], wanted: Status, by: Signature) -> list[Filed]:
        """Put predictions into the log, each as far as ``wanted``; all of them or, when anything raises, none.

        The same inputs again change nothing but how far the plan is; other inputs make a new revision, which needs its
        own approval. What was committed and has begun, or was measured, is never revised. Raises ReasonMissing.
        """
        _demand_reason(wanted, by)
        with self._transaction(writing=True) as con:
            known, steps = self._entries(con), _Steps(by)
            filed = [self._file(con, steps, known.get(one.promotion_id), one, wanted) for one in predictions]
            steps.write(con)
            return filed

    def decide(self, promotions: Sequence[str], wanted: Status, by: Signature) -> list[Filed]:
        """Move plans to another status; all of them or none. Raises DecisionRefused, ReasonMissing."""
        _demand_reason(wanted, by)
        with self._transaction(writing=True) as con:
            known = self._entries(con)
            entries = [self._known(known, name) for name in dict.fromkeys(promotions)]
            for entry in entries:
                step(entry.promotion_id, entry.status, wanted, entry.frozen.start_date, by.today)
            steps = _Steps(by)
            for entry in entries:
                steps.add(entry.key, entry.last.number + 1, wanted)
            steps.write(con)
            return [Filed(entry.promotion_id, entry.revision, wanted, "moved") for entry in entries]

    def record_actual(self, found: Mapping[str, Mapping[str, Any]], by: Signature) -> list[Filed]:
        """Write down what came of committed promotions; the same figures again are not written twice."""
        with self._transaction(writing=True) as con:
            known, steps = self._entries(con), _Steps(by)
            filed = [self._measured(steps, self._known(known, name), facts) for name, facts in found.items()]
            steps.write(con)
            return filed

    # ------------------------------------------------------------------ steps
    def _file(self, con: Connection, steps: _Steps, entry: Entry | None, one: Frozen, wanted: Status) -> Filed:
        if entry is None:
            return self._insert(con, steps, one, 1, wanted)
        if entry.frozen.input_hash == one.input_hash:
            return self._move_on(steps, entry, one, wanted)
        if entry.status is Status.ACTUAL:
            note = "its sales are measured already: give the changed promotion an id of its own"
            return Filed(one.promotion_id, entry.revision, entry.status, "kept", note)
        if entry.status is Status.COMMITTED and entry.frozen.start_date <= steps.by.today:
            note = f"it is committed and began on {entry.frozen.start_date}: give the changed promotion an id of its own"
            return Filed(one.promotion_id, entry.revision, entry.status, "kept", note)
        steps.add(entry.key, entry.last.number + 1, entry.status, why=f"replaced by revision {entry.revision + 1}")
        return self._insert(con, steps, one, entry.revision + 1, wanted)

    def _insert(self, con: Connection, steps: _Steps, one: Frozen, revision: int, wanted: Status) -> Filed:
        from sqlalchemy import insert

        row = {
            **one._asdict(),
            "start_date": one.start_date.isoformat(),
            "end_date": one.end_date.isoformat(),
            "data_cut": one.data_cut.isoformat(),
            "inputs": _text(one.inputs),
            "figures": _text(one.figures),
            "override": None if one.override is None else _text(one.override),
        }
        table = tables().predictions
        made = con.execute(insert(table).values(client=self._client, revision=revision, run_id=steps.by.run_id, **row))
        key = cast("Any", made.inserted_primary_key)[0]
        for number, status in enumerate(way_forward(None, wanted), start=1):
            steps.add(key, number, status)
        return Filed(one.promotion_id, revision, wanted, "new" if revision == 1 else "revised")

    def _move_on(self, steps: _Steps, entry: Entry, one: Frozen, wanted: Status) -> Filed:
        way = way_forward(entry.status, wanted)
        for number, status in enumerate(way, start=entry.last.number + 1):
            steps.add(entry.key, number, status)
        note = ""
        if entry.status is Status.REJECTED:
            note = "it was rejected: 'promo decide plan' takes it up again"
        elif entry.frozen.model_version != one.model_version:
            note = "its prediction stays as it was frozen, by an earlier model"
        return Filed(entry.promotion_id, entry.revision, way[-1] if way else entry.status, "moved" if way else "unchanged", note)

    def _measured(self, steps: _Steps, entry: Entry, facts: Mapping[str, Any]) -> Filed:
        if entry.status is not Status.ACTUAL:
            step(entry.promotion_id, entry.status, Status.ACTUAL, entry.frozen.start_date, steps.by.today)
        elif _text(entry.actual) == _text(facts):
            return Filed(entry.promotion_id, entry.revision, entry.status, "unchanged")
        steps.add(entry.key, entry.last.number + 1, Status.ACTUAL, facts=facts)
        return Filed(entry.promotion_id, entry.revision, Status.ACTUAL, "moved")

    def _known(self, entries: Mapping[str, Entry], promotion_id: str) -> Entry:
        if promotion_id not in entries:
            raise DecisionRefused.unknown(promotion_id, entries)
        return entries[promotion_id]

    def _entries(self, con: Connection) -> dict[str, Entry]:
        from sqlalchemy import select

        table = tables().predictions
        events: dict[tuple[str, int], list[Event]] = {}
        for event in self._events(con):
            events.setdefault((event.promotion_id, event.revision), []).append(event)
        rows = con.execute(select(table).where(table.c.client == self._client).order_by(table.c.revision)).mappings()
        # later revisions come later: the newest of each promotion is what stays
        return {row["promotion_id"]: _entry(row, events[row["promotion_id"], row["revision"]]) for row in rows}

    def _events(self, con: Connection, promotion_id: str | None = None) -> list[Event]:
        from sqlalchemy import select

        made = tables()
        predictions, events = made.predictions, made.events
        asked = (
            select(predictions.c.promotion_id, predictions.c.revision, events)
            .join(events, events.c.prediction_id == predictions.c.id)
            .where(predictions.c.client == self._client)
            .order_by(events.c.id)
        )
        if promotion_id is not None:
            asked = asked.where(predictions.c.promotion_id == promotion_id)
        return [_event(row) for row in con.execute(asked).mappings()]

    @contextmanager
    def _transaction(self, writing: bool = False) -> Iterator[Connection]:
        from sqlalchemy import text
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._engine.connect().execution_options(writing=writing) as con, con.begin():
                if writing and con.dialect.name == "postgresql":
                    con.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": crc32(b"promo plan log")})
                yield con
        except SQLAlchemyError as why:
            raise LogUnusable.because(self.where, _plainly(why), _remedy(why)) from why


class _Steps:
    """Events of one run, written together: a long list would take long one by one."""

    def __init__(self, by: Signature) -> None:
        self.by = by
        self._rows: list[dict[str, Any]] = []

    def add(self, key: int, number: int, status: Status, why: str = "", facts: Mapping[str, Any] | None = None) -> None:
        # a decision is never without a reason; drafting, planning and measuring explain themselves
        said = why or self.by.why or ("measured" if status is Status.ACTUAL else "logged")
        signed = {"at": self.by.at, "who": self.by.who, "why": said, "run_id": self.by.run_id}
        told = None if facts is None else _text(facts)
        self._rows.append({"prediction_id": key, "number": number, "status": str(status), "facts": told, **signed})

    def write(self, con: Connection) -> None:
        from sqlalchemy import insert

        if self._rows:
            con.execute(insert(tables().events), self._rows)


def _demand_reason(wanted: Status, by: Signature) -> None:
    if wanted in DECIDED and not by.why.strip():
        raise ReasonMissing.of(f"A plan that becomes {wanted}")


def _plainly(why: Exception) -> str:
    """What the database says, without the statement and its figures."""
    said = str(getattr(why, "orig", None) or why)
    return said.strip().splitlines()[0].rstrip(".")


def _remedy(why: Exception) -> str:
    if "locked" in str(why):
        return "Another run holds it for a long time: wait for it to end, and run again."
    return "Check that the database is there, and that you may write to it."


def _text(data: Mapping[str, Any] | None) -> str:
    return json.dumps(data, sort_keys=True, allow_nan=False, ensure_ascii=False)


def _event(row: Mapping[Any, Any]) -> Event:
    return Event(
        row["promotion_id"],
        row["revision"],
        row["number"],
        row["at"],
        row["who"],
        Status(row["status"]),
        row["why"],
        row["run_id"],
        None if row["facts"] is None else json.loads(row["facts"]),
    )


def _entry(row: Mapping[Any, Any], events: Sequence[Event]) -> Entry:
    frozen = Frozen(
        promotion_id=row["promotion_id"],
        start_date=date.fromisoformat(row["start_date"]),
        end_date=date.fromisoformat(row["end_date"]),
        inputs=json.loads(row["inputs"]),
        figures=json.loads(row["figures"]),
        override=None if row["override"] is None else json.loads(row["override"]),
        data_cut=date.fromisoformat(row["data_cut"]),
        **{
            name: row[name]
            for name in (
                "input_hash", "interval", "currency", "model_version", "product_version", "settings_hash", "source",
                "source_hash",
            )
        },
    )  # fmt: skip
    ordered = sorted(events, key=lambda event: event.number)
    actual = next((event.facts for event in reversed(ordered) if event.facts is not None), None)
    return Entry(row["id"], row["revision"], frozen, ordered[0].at, ordered[-1], actual)
