"""What of old runs is removed, and what never is."""

from __future__ import annotations

import os
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from scorer.errors import OutputRefused
from scorer.running import journal as journals
from scorer.running.places import Places
from scorer.settings import Runs

_GOING = ".removing-"


class Past(NamedTuple):
    """A run that is over: its name, its day, and whether it ended well."""

    run: str
    day: date
    good: bool


def outdated(past: list[Past], today: date, settings: Runs) -> list[str]:
    """Return the runs to remove, of ``past`` in order of age; never the newest ones, nor the newest good one.

    >>> every = [Past("20260101-001", date(2026, 1, 1), True), Past("20260102-001", date(2026, 1, 2), False)]
    >>> outdated(every, date(2026, 12, 1), Runs(keep_days=30, keep_runs=1))
    []
    >>> outdated([*every, Past("20261130-001", date(2026, 11, 30), True)], date(2026, 12, 1), Runs(keep_days=30, keep_runs=1))
    ['20260101-001', '20260102-001']
    """
    before = today - timedelta(days=settings.keep_days)
    newest = {one.run for one in past[-settings.keep_runs :]}
    good = {one.run for one in [one for one in past if one.good][-1:]}
    return [one.run for one in past if one.day < before and one.run not in newest | good]


def retain(places: Places, today: date, settings: Runs) -> list[str]:
    """Remove what runs left that is older than the settings say, and return the names of those runs.

    Only folders of runs that have a journal are touched. Raises OutputRefused.
    """
    try:
        _finish(places)
        going = outdated(_past(places), today, settings)
        for run in going:
            _remove(places.output(run))
            if not settings.keep_lists:
                _remove(places.done(run))
                _remove(places.failed(run))
            for left in places.journals.glob(f"{run}-*.trace.txt"):
                left.unlink()
            # the journal goes last: while it is there, the next run knows what is left to remove
            places.journal(run).unlink()
    except OSError as why:
        remedy = "Close it if another program has it open; the next run tries again."
        raise OutputRefused.because(why.filename or places.outputs, why.strerror or str(why), remedy) from why
    return going


def _past(places: Places) -> list[Past]:
    every = (journals.read(places.journal(run)) for run in journals.runs(places))
    return [Past(one.run, _day(one.date), one.code in (0, 5)) for one in every if one.ended is not None]


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone


def _remove(folder: Path) -> None:
    """Take a folder away: it is out of sight at once, whatever happens while its files go."""
    if not folder.is_dir():
        return
    going = folder.with_name(f"{_GOING}{folder.name}")
    os.rename(folder, going)
    shutil.rmtree(going)


def _finish(places: Places) -> None:
    """Remove what a run that was cut short had begun to remove."""
    for parent in (places.outputs, places.inbox / "done", places.inbox / "failed"):
        for left in parent.glob(f"{_GOING}*"):
            shutil.rmtree(left)
