"""A run from its beginning to its end; first, one that was cut short is finished."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from scorer.running import alerts, inbox, needs, stages
from scorer.running import journal as journals
from scorer.running.alerts import Alert
from scorer.running.blame import fault
from scorer.running.course import Course, Setting, now, tell_all
from scorer.running.identity import idle_run, next_run, settings_hash
from scorer.running.journal import Journal, Listed, Stage

STAGES = (
    ("refresh", stages.refresh),
    ("train", stages.train),
    ("score", stages.score),
    ("health", stages.health),
    ("manifest", stages.report),
    ("inbox", stages.put_lists_away),
    ("retention", stages.remove_old_runs),
)


class Ran(NamedTuple):
    """What one run did. manifest: None for a run that had nothing to do. code: what the command ends with."""

    run: str
    client: str
    date: str
    resumed: bool
    stages: tuple[Stage, ...]
    lists: tuple[Listed, ...]
    alerts: tuple[Alert, ...]
    manifest: Path | None
    code: int


def run_all(setting: Setting) -> tuple[Ran, ...]:
    """Finish the run that was cut short, if there is one; then do what there is to do. The caller holds the client's lock.

    Raises OutputRefused when the journal or the log cannot be written, FileUnreadable for a damaged journal.
    """
    before = journals.unfinished(setting.places)
    finished = [_finished(setting, before._replace(resumed=before.resumed + 1))] if before else []
    begun = _begun(setting)
    if begun is not None:
        return (*finished, _finished(setting, begun))
    return tuple(finished) or (_idle(setting),)


def _begun(setting: Setting) -> Journal | None:
    """Return the journal of a new run, or None when there is nothing to do."""
    lists = inbox.registered(inbox.waiting(setting.places))
    if not lists and not _anything_to_learn(setting):
        return None
    return Journal(
        run=next_run(setting.places, setting.day),
        client=setting.places.client,
        date=setting.day.isoformat(),
        began=now(),
        settings=settings_hash(setting.client, setting.work.product),
        lists=lists,
    )


def _anything_to_learn(setting: Setting) -> bool:
    try:
        return needs.refreshing(setting).needed or needs.training(setting).now
    except Exception as why:
        if fault(why).code == 1:
            raise
        return True  # the stage of the run says what is wrong


def _finished(setting: Setting, journal: Journal) -> Ran:
    began = monotonic()
    # a run counts as of the day it began, also where its end comes later
    course = Course(setting._replace(day=_day_of(journal)), journal)
    course.keep(journal)
    begins = "resumed" if journal.resumed else "begun"
    course.note("run", begins, 0.0, {"lists": len(journal.lists)})
    for name, stage in STAGES:
        course.stage(name, lambda stage=stage: stage(course))  # type: ignore[misc]
    code = stages.worst([stage.code for stage in course.journal.stages])
    course.keep(course.journal._replace(ended=now(), code=code))
    course.note("run", "ended", round(monotonic() - began, 3), {"code": code})
    return _told(setting, course.journal)


def _idle(setting: Setting) -> Ran:
    """Look after what is there all the same; nothing is made, but for a line in the log."""
    began, run = monotonic(), idle_run(setting.day)
    found = tuple(setting.work.examine())
    alerts.write(setting.places.alerts, setting.places.client, run, found)
    removed = stages.old_runs_removed(setting, setting.day)
    seconds = round(monotonic() - began, 3)
    tell_all(setting, run, "run", "nothing to do", seconds, {"alarms": len(alerts.alarms(found)), **removed.counts})
    return Ran(run, setting.places.client, setting.day.isoformat(), False, (), (), found, None, 0)


def _day_of(journal: Journal) -> date:
    return date.fromisoformat(journal.date)


def _told(setting: Setting, journal: Journal) -> Ran:
    manifest = setting.places.manifest(journal.run)
    return Ran(
        run=journal.run,
        client=journal.client,
        date=journal.date,
        resumed=journal.resumed > 0,
        stages=journal.stages,
        lists=journal.lists,
        alerts=journal.alerts,
        manifest=manifest if manifest.exists() else None,
        code=journal.code,
    )
