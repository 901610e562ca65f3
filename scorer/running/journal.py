"""The journal of a run: what of it is done. It is on disk, whole, before the next step begins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, NamedTuple

from scorer import atomic
from scorer.errors import FileUnreadable
from scorer.running.alerts import Alert
from scorer.running.identity import is_run, order
from scorer.running.places import Places

ListState = Literal["waiting", "scored", "already done", "failed", "stays"]


class Stage(NamedTuple):
    """A stage that came to its end: done, skipped or failed; when (UTC), how long, what it counted, and why."""

    name: str
    state: Literal["done", "skipped", "failed"]
    at: str
    seconds: float
    counts: dict[str, Any]
    why: str = ""
    code: int = 0


class Listed(NamedTuple):
    """A list of the inbox and what became of it.

    folder: its place in the run's outputs. state: waiting (not tried yet), scored, already done (``where`` says in which
    folder of outputs), failed (it is at fault) or stays (it is not: the next run tries again). model, settings: what it was
    scored with. rows_in = scored + rejected + blank. sums: by scored column. files: what was written, with hashes.
    """

    name: str
    sha256: str
    bytes: int
    folder: str
    state: ListState = "waiting"
    code: int = 0
    why: str = ""
    model: str = ""
    settings: str = ""
    where: str = ""
    rows_in: int = 0
    scored: int = 0
    rejected: int = 0
    blank: int = 0
    sums: dict[str, float] = {}  # noqa: RUF012 - a default that nothing changes
    files: dict[str, str] = {}  # noqa: RUF012
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


class Journal(NamedTuple):
    """One run. settings: the hash they were known by when it began; ended: when (UTC), or None while there is more to do."""

    run: str
    client: str
    date: str
    began: str
    settings: str
    stages: tuple[Stage, ...] = ()
    lists: tuple[Listed, ...] = ()
    alerts: tuple[Alert, ...] = ()
    resumed: int = 0
    ended: str | None = None
    code: int = 0

    def has(self, stage: str) -> bool:
        """Say whether a stage came to its end."""
        return any(done.name == stage for done in self.stages)

    def with_list(self, changed: Listed) -> Journal:
        """Return the journal with what is known of one list replaced."""
        return self._replace(lists=tuple(changed if one.name == changed.name else one for one in self.lists))


def write(places: Places, journal: Journal) -> None:
    """Put a journal on disk. Raises OutputRefused."""
    lists = [{**listed._asdict(), "notes": list(listed.notes)} for listed in journal.lists]
    told = {
        **journal._asdict(),
        "stages": [stage._asdict() for stage in journal.stages],
        "lists": lists,
        "alerts": [alert._asdict() for alert in journal.alerts],
    }
    atomic.write_text(places.journal(journal.run), json.dumps(told, indent=1) + "\n")


def read(path: Path) -> Journal:
    """Read a journal. Raises FileUnreadable for one that was damaged by hand or by the disk."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Journal(
            **{
                **told,
                "stages": tuple(Stage(**stage) for stage in told["stages"]),
                "lists": tuple(Listed(**{**one, "notes": tuple(one["notes"])}) for one in told["lists"]),
                "alerts": tuple(Alert(**alert) for alert in told["alerts"]),
            }
        )
    except (OSError, ValueError, TypeError, KeyError) as why:
        remedy = "Move it away and run again: lists that were scored are known by the manifests in outputs."
        raise FileUnreadable.because(path, f"it is no journal of a run ({why})", remedy) from why


def runs(places: Places) -> list[str]:
    """Return the names of the runs that have a journal, oldest first."""
    if not places.journals.is_dir():
        return []
    return sorted((path.stem for path in places.journals.glob("*.json") if is_run(path.stem)), key=order)


def unfinished(places: Places) -> Journal | None:
    """Return the run that was cut short; there is one at most, because the next run finishes it first."""
    for run in reversed(runs(places)):
        journal = read(places.journal(run))
        if journal.ended is None:
            return journal
    return None
