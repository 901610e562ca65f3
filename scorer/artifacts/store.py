"""The models of one client: which versions there are, which one is in use, and who decided so.

    models/<client>/<task>/
        <version>/          one model, never changed after it was written
        <version>.sig       its signatures, where models are signed
        current.json        the decision in force: version, when, why, who
        history.jsonl       every decision, oldest first, one line each

``current.json`` is written first and is what counts; a run killed between the two files loses no line,
because the next look at the history adds the decision in force when it is not there yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from scorer import atomic
from scorer.artifacts import documents
from scorer.artifacts.bundle import Parts, look_at, read_bundle, refusal, write_bundle
from scorer.artifacts.limits import LIMITS, Flaw, Limits
from scorer.artifacts.manifest import Facts
from scorer.artifacts.names import is_task, is_version
from scorer.artifacts.signing import Key, Trust, sign
from scorer.errors import ModelNotFound, listed, nearest

CURRENT = "current.json"
HISTORY = "history.jsonl"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Decision(NamedTuple):
    """One promote or rollback; ``version`` is in use from then on."""

    action: Literal["promote", "rollback"]
    version: str
    at: str  # UTC
    why: str
    who: str


class VersionInfo(NamedTuple):
    """One version as a list shows it; ``trouble`` says why one cannot be used, and the rest is then empty."""

    version: str
    created: datetime | None
    data_cut: date | None
    metrics: dict[str, float]
    current: bool
    trouble: str = ""


class Store:
    """The folder ``models/<client>``. Callers that change it hold the client's lock.

    trust: the keys of which one must have signed a version before it is read; left out, none is asked for.
    """

    def __init__(self, models_folder: Path, limits: Limits = LIMITS, trust: Trust | None = None) -> None:
        self.folder = models_folder
        self.limits = limits
        self.trust = trust

    @property
    def client(self) -> str:
        return self.folder.name

    def tasks(self) -> list[str]:
        """Return the tasks that have a folder, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(entry.name for entry in self.folder.iterdir() if is_task(entry.name) and entry.is_dir())

    def write(self, parts: dict[str, bytes], facts: Facts, now: datetime) -> str:
        """Write a version of ``facts.task``; it is not in use before it is promoted. See write_bundle."""
        if facts.client != self.client:
            raise refusal(self.folder, Flaw(f"it belongs to client '{facts.client}'", "Nothing was written."))
        return write_bundle(self._task(facts.task), parts, facts, now)

    def versions(self, task: str) -> list[VersionInfo]:
        """Return the versions of a task, newest first; a damaged one is listed with its trouble."""
        current = self.current(task)
        return [self._info(task, version, current) for version in self._names(task)]

    def current(self, task: str) -> str | None:
        """Return the version in use. Raises BundleRefused when the file that says so is damaged."""
        decision = self._decision(task)
        return decision.version if decision else None

    def open(self, task: str, version: str | None = None) -> Parts:
        """Read and audit a version, the one in use unless another is named.

        Raises ModelNotFound (naming the nearest there is) or BundleRefused.
        """
        wanted = version or self.current(task)
        if wanted is None:
            raise self._none_in_use(task)
        if not is_version(wanted) or wanted not in self._names(task):
            raise ModelNotFound.version(self.client, wanted, self._names(task))
        found = read_bundle(self._task(task) / wanted, self.limits, self.trust)
        if (found.facts.client, found.facts.task) != (self.client, task):
            whose = f"it is a model of client '{found.facts.client}' for {found.facts.task}, misplaced"
            raise refusal(found.folder, Flaw(whose))
        return found

    def sign(self, task: str, version: str, key: Key) -> Path:
        """Sign a version that passes the audit, and return the file of its signatures.

        Raises ModelNotFound, BundleRefused, KeyUnusable or OutputRefused.
        """
        found = Store(self.folder, self.limits).open(task, version)  # what is to be signed bears no signature yet
        return sign(found.folder, found.manifest.to_bytes(), key)

    def promote(self, task: str, version: str, why: str, who: str, now: datetime | None = None) -> Decision:
        """Put a version in use if it passes the audit. Raises ModelNotFound or BundleRefused."""
        self.open(task, version)
        return self._decide(task, Decision("promote", version, _stamp(now), why, who))

    def rollback(self, task: str, why: str, who: str, now: datetime | None = None) -> Decision:
        """Go back to the version promoted before the one in use, and record it.

        Rolling back twice goes back two versions; versions whose folder is gone are passed over.
        Raises ModelNotFound when there is nothing to go back to, BundleRefused when it does not pass the
        audit.
        """
        there = set(self._names(task))
        earlier = [version for version in _in_force(self.history(task))[:-1] if version in there]
        if not earlier:
            raise _nothing_before(self.client, task, self.current(task))
        self.open(task, earlier[-1])
        return self._decide(task, Decision("rollback", earlier[-1], _stamp(now), why, who))

    def history(self, task: str) -> list[Decision]:
        """Return every decision, oldest first. Raises BundleRefused when their file is damaged."""
        lines = self._small_file(task, HISTORY).splitlines()
        past = [self._to_decision(task, HISTORY, line) for line in lines if line.strip()]
        latest = self._decision(task)
        return past if latest is None or past[-1:] == [latest] else [*past, latest]

    def _decide(self, task: str, decision: Decision) -> Decision:
        every = [*self.history(task), decision]
        folder = self._task(task)
        atomic.write_bytes(folder / CURRENT, documents.encode(decision._asdict()))
        atomic.write_text(folder / HISTORY, "".join(json.dumps(one._asdict()) + "\n" for one in every))
        return decision

    def _decision(self, task: str) -> Decision | None:
        content = self._small_file(task, CURRENT)
        return self._to_decision(task, CURRENT, content) if content else None

    def _to_decision(self, task: str, name: str, content: bytes) -> Decision:
        try:
            return _decision(documents.decode(content, self.limits))
        except Flaw as why:
            remedy = f"Promote a version again after moving {name} away: 'promo models promote'."
            raise refusal(self._task(task), Flaw(str(why.of(name)), remedy)) from why

    def _small_file(self, task: str, name: str) -> bytes:
        path = self._task(task) / name
        try:
            with path.open("rb") as file:
                content = file.read(self.limits.json_bytes + 1)
        except (FileNotFoundError, NotADirectoryError):
            return b""
        except OSError as why:
            raise refusal(path, Flaw(why.strerror or str(why))) from why
        if len(content) > self.limits.json_bytes:
            raise refusal(path, Flaw(f"it has more than {self.limits.json_bytes:,} bytes"))
        return content

    def _info(self, task: str, version: str, current: str | None) -> VersionInfo:
        try:
            manifest = look_at(self._task(task) / version, self.limits, self.trust)
        except (Flaw, OSError) as why:
            return VersionInfo(version, None, None, {}, version == current, str(why))
        return VersionInfo(
            version, manifest.created, manifest.facts.data_cut, manifest.headline, version == current
        )

    def _names(self, task: str) -> list[str]:
        folder = self._task(task)
        names = (
            [entry.name for entry in folder.iterdir() if is_version(entry.name)] if folder.is_dir() else []
        )
        return sorted(names, reverse=True)

    def _task(self, task: str) -> Path:
        if not is_task(task):
            raise self._none_in_use(task)
        return self.folder / task

    def _none_in_use(self, task: str) -> ModelNotFound:
        known = self.tasks()
        if task in known and self._names(task):
            return _none_promoted(self.client, task, self._names(task))
        found = str(ModelNotFound.for_task(self.client, task))
        others = f" It has models for: {listed(known)}.{nearest(task, known)}" if known else ""
        return ModelNotFound(found + others)


def _decision(found: Any) -> Decision:
    texts = isinstance(found, dict) and all(isinstance(text, str) for text in found.values())
    if not texts or set(found) != set(Decision._fields):
        raise Flaw("it is not a decision about a model")
    if found["action"] not in ("promote", "rollback") or not is_version(found["version"]):
        raise Flaw("it names no version or neither promotes nor rolls back")
    return Decision(**found)


def _in_force(history: Iterable[Decision]) -> list[str]:
    """Return the promoted versions that rollbacks have not undone, the one in use last."""
    stack: list[str] = []
    for decision in history:
        if decision.action == "rollback" and decision.version in stack:
            stack = stack[: len(stack) - stack[::-1].index(decision.version)]
        elif stack[-1:] != [decision.version]:
            stack.append(decision.version)
    return stack


def _stamp(now: datetime | None) -> str:
    return (now or datetime.now(UTC)).astimezone(UTC).strftime(_TIME)


def _none_promoted(client: str, task: str, versions: list[str]) -> ModelNotFound:
    return ModelNotFound(
        f"Client '{client}' has models for {task}, but none is in use. Versions: {listed(versions, 5)}. "
        f"'promo models promote --client {client}' puts one in use."
    )


def _nothing_before(client: str, task: str, current: str | None) -> ModelNotFound:
    return ModelNotFound(
        f"Client '{client}' has no earlier model for {task} to go back to"
        + (f"; '{current}' stays in use." if current else ", and none is in use.")
    )
