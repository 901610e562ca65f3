"""The plan log itself: predictions that stay as they were frozen, and the events that tell what became of them.

What a plan's status is follows from its last event. Writers take turns (an immediate transaction on a file, a lock on
a server), so two runs at once never decide on the same plan without seeing each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
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
            known = self._entries(con)
            return [self._file(con, known.get(one.promotion_id), one, wanted, by) for one in predictions]

    def decide(self, promotions: Sequence[str], wanted: Status, by: Signature) -> list[Filed]:
        """Move plans to another status; all of them or none. Raises DecisionRefused, ReasonMissing."""
        _demand_reason(wanted, by)
        with self._transaction(writing=True) as con:
            known = self._entries(con)
            entries = [self._known(known, name) for name in dict.fromkeys(promotions)]
            for entry in entries:
                step(entry.promotion_id, entry.status, wanted, entry.frozen.start_date, by.today)
            for entry in entries:
                self._add_event(con, entry.key, entry.last.number + 1, wanted, by)
            return [Filed(entry.promotion_id, entry.revision, wanted, "moved") for entry in entries]

    def record_actual(self, found: Mapping[str, Mapping[str, Any]], by: Signature) -> list[Filed]:
        """Write down what came of committed promotions; the same figures again are not written twice."""
        with self._transaction(writing=True) as con:
            known = self._entries(con)
            return [self._measured(con, self._known(known, name), facts, by) for name, facts in found.items()]

    # ------------------------------------------------------------------ steps
    def _file(self, con: Connection, entry: Entry | None, one: Frozen, wanted: Status, by: Signature) -> Filed:
        if entry is None:
            return self._insert(con, one, 1, wanted, by)
        if entry.frozen.input_hash == one.input_hash:
            return self._move_on(con, entry, one, wanted, by)
        if entry.status is Status.ACTUAL:
            note = "its sales are measured already: give the changed promotion an id of its own"
            return Filed(one.promotion_id, entry.revision, entry.status, "kept", note)
        if entry.status is Status.COMMITTED and entry.frozen.start_date <= by.today:
            note = f"it is committed and began on {entry.frozen.start_date}: give the changed promotion an id of its own"
            return Filed(one.promotion_id, entry.revision, entry.status, "kept", note)
        replaced = by._replace(why=f"replaced by revision {entry.revision + 1}")
        self._add_event(con, entry.key, entry.last.number + 1, entry.status, replaced)
        return self._insert(con, one, entry.revision + 1, wanted, by)

    def _insert(self, con: Connection, one: Frozen, revision: int, wanted: Status, by: Signature) -> Filed:
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
        made = con.execute(insert(tables().predictions).values(client=self._client, revision=revision, run_id=by.run_id, **row))
        (key,) = made.inserted_primary_key or (0,)
        for number, status in enumerate(way_forward(None, wanted), start=1):
            self._add_event(con, key, number, status, by)
        return Filed(one.promotion_id, revision, wanted, "new" if revision == 1 else "revised")

    def _move_on(self, con: Connection, entry: Entry, one: Frozen, wanted: Status, by: Signature) -> Filed:
        steps = way_forward(entry.status, wanted)
        for number, status in enumerate(steps, start=entry.last.number + 1):
            self._add_event(con, entry.key, number, status, by)
        note = ""
        if entry.status is Status.REJECTED:
            note = "it was rejected: 'promo decide plan' takes it up again"
        elif entry.frozen.model_version != one.model_version:
            note = "its prediction stays as it was frozen, by an earlier model"
        return Filed(
            entry.promotion_id, entry.revision, steps[-1] if steps else entry.status, "moved" if steps else "unchanged", note
        )

    def _measured(self, con: Connection, entry: Entry, facts: Mapping[str, Any], by: Signature) -> Filed:
        if entry.status is not Status.ACTUAL:
            step(entry.promotion_id, entry.status, Status.ACTUAL, entry.frozen.start_date, by.today)
        elif _text(entry.actual) == _text(facts):
            return Filed(entry.promotion_id, entry.revision, entry.status, "unchanged")
        self._add_event(con, entry.key, entry.last.number + 1, Status.ACTUAL, by, facts)
        return Filed(entry.promotion_id, entry.revision, Status.ACTUAL, "moved")

    def _add_event(
        self, con: Connection, key: int, number: int, status: Status, by: Signature, facts: Mapping[str, Any] | None = None
    ) -> None:
        from sqlalchemy import insert

        # a reason is kept with the step it is the reason of: drafting and planning explain themselves
        why = by.why or ("measured" if status is Status.ACTUAL else "logged" if status not in DECIDED else "")
        con.execute(
            insert(tables().events).values(
                prediction_id=key,
                number=number,
                at=by.at,
                who=by.who,
                status=str(status),
                why=why,
                run_id=by.run_id,
                facts=None if facts is None else _text(facts),
            )
        )

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
