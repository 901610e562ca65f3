"""What is kept warm between two calls: settings and models by client, and the answers to ranges asked about lately.

A model is loaded once and used until the client file, the model in use or the model's own folder changes: a promoted
model answers the next call, and a deleted one is missed at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from addin.configuration import Configuration, read_configuration
from scorer.columns import Columns, length
from scorer.workspace import Workspace

if TYPE_CHECKING:
    from addin.plans import Asked
    from scorer.model import PromotionModel
    from scorer.scoring import Outlook, Scored
    from scorer.settings import Client, Language

MOST_ROWS_KEPT = 200_000
ANSWERING_THREADS = 1
"""Ranges are short: several threads would only wait for one another, and for the spreadsheet, which is busy as well."""
ROWS_OF_AN_ANSWER = 100
"""What an answer takes beside its rows, in rows: thousands of answers to single rows fill the memory as well."""
_LINE = "line"
Kept = TypeVar("Kept")


class Caller(NamedTuple):
    """Who asks: the workbook by its full name, and the client it says it belongs to."""

    book: str = ""
    client: str | None = None


class Served(NamedTuple):
    """A loaded model with the settings of its client; the fingerprint changes with either."""

    model: PromotionModel
    client: Client
    fingerprint: str


class RowsAnswered(NamedTuple):
    """A range and what became of its lines: a place in ``answer``, or a reason; a line with neither is blank."""

    asked: Asked
    answer: Columns
    plan: Columns
    at: dict[int, int]
    reasons: dict[int, str]


class Desk:
    """The session as one workbook sees it: the model and client that answer its cells."""

    def __init__(self, session: Session, caller: Caller) -> None:
        self._session = session
        self.caller = caller

    @property
    def workspace(self) -> Workspace:
        return self._session.workspace

    @property
    def client_name(self) -> str | None:
        """The client of this workbook, else the one that is configured; None where there is only one anyway."""
        return self.caller.client or self._session.configured.client

    @property
    def language(self) -> Language:
        """The language of the buttons, as it is configured; else English."""
        return self._session.configured.language or "en"

    @property
    def client(self) -> Client:
        """The settings of this workbook's client. Raises ClientNotFound, BadSettings."""
        return self.workspace.choose(self.client_name)

    @property
    def served(self) -> Served:
        """The model that answers. Raises ClientNotFound, BadSettings, ModelNotFound, BundleRefused."""
        return self._session.serve(self.client_name)

    def forget(self) -> None:
        """Let go of every model and answer: the next call loads anew."""
        self._session.forget()

    def answered(self, asked: Asked, *, explain: bool = False) -> RowsAnswered:
        """Score the rows of a range, all at once, each range once. Raises as ``served`` and ``plan_of`` do."""
        served = self.served
        key = _key(served.fingerprint, "explained" if explain else "scored", asked)
        return self._session.remembered(key, len(asked.rows), lambda: _answered(served, asked, explain))

    def outlook(self, asked: Asked) -> tuple[RowsAnswered, Outlook | None]:
        """Return the forecast of the rows that ``answered`` has an answer for, in its order."""
        rows = self.answered(asked)
        if not rows.at:
            return rows, None
        served = self.served
        key = _key(served.fingerprint, "outlook", asked)

        def ask() -> Outlook:
            from scorer.scoring import outlook

            return outlook(rows.plan, served.model, served.client)

        return rows, self._session.remembered(key, len(asked.rows), ask)


class Session:
    """Models and answers of one process. Calls may come from several threads; one is answered at a time."""

    def __init__(self, configured: Configuration) -> None:
        self.configured = configured
        self.workspace = Workspace(configured.workspace)
        self.lock = RLock()
        self._served: dict[str | None, tuple[object, Served]] = {}
        self._kept: OrderedDict[str, tuple[int, object]] = OrderedDict()
        self._rows_kept = 0

    def desk(self, caller: Caller | None = None) -> Desk:
        """Return the session as a workbook sees it."""
        return Desk(self, caller or Caller())

    def serve(self, name: str | None) -> Served:
        """Return the model of a client, loaded anew where anything it rests on has changed."""
        from scorer.verbs.serving import load

        with self.lock:
            state = self._state(name)
            known = self._served.get(name)
            if known is not None and state is not None and known[0] == state:
                return known[1]
            model, client = load(self.workspace, name, threads=ANSWERING_THREADS)
            marks = (str(self.workspace.root), client.client, model.version, client.model_dump_json())
            served = Served(model, client, sha256("\x1f".join(marks).encode()).hexdigest())
            self._served[name] = (self._state(name), served)
            return served

    def forget(self) -> None:
        """Let go of every model and answer: the next call loads anew."""
        with self.lock:
            self._served.clear()
            self._kept.clear()
            self._rows_kept = 0

    def remembered(self, key: str, rows: int, ask: Callable[[], Kept]) -> Kept:
        """Return what was answered to the same question, or ask; the oldest answers go first."""
        with self.lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]  # type: ignore[return-value]
            found = ask()
            self._kept[key] = (rows + ROWS_OF_AN_ANSWER, found)
            self._rows_kept += rows + ROWS_OF_AN_ANSWER
            while len(self._kept) > 1 and self._rows_kept > MOST_ROWS_KEPT:
                _, (size, _) = self._kept.popitem(last=False)
                self._rows_kept -= size
            return found

    def _state(self, name: str | None) -> object:
        """Return what changes when another model or other settings are to be used; None where that cannot be told."""
        from scorer.artifacts.store import CURRENT, Store
        from scorer.model import BUNDLE_TASK
        from scorer.settings import clients_in

        files = clients_in(self.workspace.clients)
        if name is None and len(files) == 1:
            name = next(iter(files))
        if name not in files:
            return None
        store = Store(self.workspace.models(name))
        task = store.folder / BUNDLE_TASK
        version = store.current(BUNDLE_TASK)
        if version is None:
            return None
        state = tuple(_stamp(path) for path in (files[name], task / CURRENT, *sorted((task / version).glob("*"))))
        return None if None in state or len(state) < 3 else state


class _Process:
    """The session of this process, made when it is first asked for."""

    session: Session | None = None


def session() -> Session:
    """Return the session of this process. Raises BadSettings where its configuration is broken."""
    if _Process.session is None:
        _Process.session = Session(read_configuration())
    return _Process.session


def begin(configured: Configuration | None = None) -> Session:
    """Begin the session of this process anew, with another configuration or the one that is written down now."""
    _Process.session = Session(configured or read_configuration())
    return _Process.session


def _answered(served: Served, asked: Asked, explain: bool) -> RowsAnswered:
    from addin.plans import plan_of
    from scorer.scoring import score

    plan = plan_of(asked, served.client)
    if plan is None:
        return RowsAnswered(asked, {}, {}, {}, dict(asked.refused))
    # the line of a row travels with it where its cells would: names may stand for two rows, lines cannot
    scored = score(plan._replace(given={_LINE: plan.lines}), served.model, served.client, explain=explain)
    places = {line: at for at, line in enumerate(scored.given[_LINE].tolist())}
    return RowsAnswered(asked, scored.answer, scored.plan, places, {**asked.refused, **_reasons(scored)})


def _reasons(scored: Scored) -> dict[int, str]:
    if not length(scored.rejects):
        return {}
    parts = (scored.rejects[name].tolist() for name in ("line", "column", "reason"))
    return {
        int(line): reason if not column or column.split("; ")[0] in reason else f"{column}: {reason}"
        for line, column, reason in zip(*parts, strict=True)
    }


def _key(fingerprint: str, what: str, asked: Asked) -> str:
    told = repr((asked.headers, asked.first_line, asked.refused, asked.rows))
    return f"{fingerprint}/{what}/{sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _stamp(path: Path) -> tuple[str, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return path.name, found.st_mtime_ns, found.st_size
