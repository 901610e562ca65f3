"""A run on its way: its journal, kept on disk as it goes, and the log of its stages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any, NamedTuple

from scorer.running import journal as journals
from scorer.running import log
from scorer.running.blame import fault, keep_trace
from scorer.running.journal import Journal, Listed, Stage
from scorer.running.places import Places
from scorer.running.work import Work
from scorer.saying import Say
from scorer.settings import Client


class Outcome(NamedTuple):
    """How a stage ended."""

    state: str
    counts: dict[str, Any]
    why: str = ""
    code: int = 0


class Setting(NamedTuple):
    """What all stages work with: whose run it is, the work that is called, the day it counts as, and who is told."""

    places: Places
    client: Client
    work: Work
    day: date
    say: Say
    tell: log.Tell


class Course:
    """One run under way. Every change of its journal is on disk before the next step begins."""

    def __init__(self, setting: Setting, journal: Journal) -> None:
        self.setting = setting
        self.journal = journal

    def stage(self, name: str, work: Callable[[], Outcome]) -> None:
        """Do one stage, unless it is done already, and write down how it ended.

        What goes wrong in it is written down too, with the exit code it leads to: the stages after it have work of their own.
        """
        if self.journal.has(name):
            return
        began = monotonic()
        try:
            outcome = work()
        except Exception as why:  # noqa: BLE001 - kept in the journal, the log and the exit code; the other stages go on
            outcome = self.failed(why, name)
        stage = Stage(name, outcome.state, now(), since(began), outcome.counts, outcome.why, outcome.code)  # type: ignore[arg-type]
        self.keep(self.journal._replace(stages=(*self.journal.stages, stage)))
        self.note(name, stage.state, stage.seconds, stage.counts, stage.why)

    def failed(self, why: Exception, name: str) -> Outcome:
        """Return what an error means for its stage; a bug leaves its trace beside the journal."""
        found = fault(why)
        if found.code == 1:
            keep_trace(self.setting.places.journals / f"{self.journal.run}-{name}.trace.txt", why)
        return Outcome("failed", {}, found.why, found.code)

    def keep_list(self, listed: Listed) -> None:
        """Write down what became of one list."""
        self.keep(self.journal.with_list(listed))
        counts = {"rows_in": listed.rows_in, "scored": listed.scored, "rejected": listed.rejected, "blank": listed.blank}
        told = {**counts, "list": listed.name, **({"where": listed.where} if listed.where else {})}
        self.note("list", listed.state, listed.seconds, told, listed.why)

    def keep(self, journal: Journal) -> None:
        """Put the journal on disk as it is now."""
        self.journal = journal
        journals.write(self.setting.places, journal)

    def note(self, stage: str, state: str, seconds: float, counts: dict[str, Any], why: str = "") -> None:
        """Add a line to the log."""
        tell_all(self.setting, self.journal.run, stage, state, seconds, counts, why)


def tell_all(
    setting: Setting, run: str, stage: str, state: str, seconds: float, counts: dict[str, Any], why: str = ""
) -> None:
    """Add a line to the log, and tell whoever listens."""
    line: log.Line = {
        "at": now(),
        "run": run,
        "client": setting.places.client,
        "stage": stage,
        "state": state,
        "seconds": seconds,
        "counts": counts,
        **({"why": why} if why else {}),
    }
    log.append(setting.places.log, line)
    setting.tell(line)


def now() -> str:
    """Return the time, UTC, in whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def since(began: float) -> float:
    """Return the seconds since a moment of the monotonic clock."""
    return round(monotonic() - began, 3)
