"""Bring a workbook back to what it was before it was filled."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from scorer.atomic import replacing
from scorer.errors import FileUnreadable, NothingToWorkOn
from scorer.results import Restored
from scorer.saying import Say, quiet

_STAMP = "%Y%m%dT%H%M%SZ"


class _Backup(NamedTuple):
    """A copy beside a workbook: when it was made, which one of that second it is, and where it lies. The last is the newest."""

    made: datetime
    number: int
    path: Path


def restore(book: Path, say: Say = quiet) -> Restored:
    """Put the newest backup that filling a workbook left beside it back in its place, whole or not at all.

    The workbook as it is now is kept as a backup of its own, the newest from then on: to restore again is to undo that.
    Raises NothingToWorkOn where there is no backup, FileUnreadable where there is no workbook of that name either, and
    OutputRefused where the workbook is open, read-only or cannot be written.
    """
    from scorer.workbook.filling.safety import back_up, must_be_closed, must_be_unchanged, must_be_writable, state_of

    path = book.resolve()  # a link stays a link: its backups lie beside what it leads to
    newest = _newest(path, book)
    must_be_closed(path)
    if not path.exists():
        say(f"Restoring {book}")
        _copy(newest.path, path)
        return Restored(book, newest.path, None)
    must_be_writable(path)
    state = state_of(path)
    say(f"Keeping {book} as it is now")
    # a clock that was set back must not make this copy the older one
    kept = back_up(path, max(datetime.now(UTC), newest.made))
    say(f"Restoring {book}")
    try:
        must_be_unchanged(path, state)
        _copy(newest.path, path)
    except BaseException:
        kept.unlink(missing_ok=True)  # as the newest, it would be what the next attempt brings back
        raise
    return Restored(book, newest.path, kept)


def _newest(path: Path, book: Path) -> _Backup:
    """Return the newest backup of a workbook, by the time in its name and not by what a file system says."""
    named = re.compile(rf"{re.escape(path.stem)}\.backup-(\d{{8}}T\d{{6}}Z)(?:-(\d+))?{re.escape(path.suffix)}")
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    known = [
        _Backup(made, int(found[2] or 1), one)
        for one in beside
        if (found := named.fullmatch(one.name)) and (made := _moment(found[1]))
    ]
    if known:
        return max(known)
    if not path.exists():
        raise FileUnreadable.not_there(book)
    raise NothingToWorkOn.because(
        f"{book} has no backup beside it, so there is nothing to restore",
        f"'promo workbook --into' leaves one called {path.stem}.backup-TIME{path.suffix}; name the workbook, not the backup.",
    )


def _moment(stamp: str) -> datetime | None:
    """Read the time in the name of a backup; None when there is no such time: then it is some other file.

    >>> _moment("20260301T120000Z"), _moment("20261301T120000Z")
    (datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _copy(backup: Path, path: Path) -> None:
    with replacing(path) as temporary:
        shutil.copy2(backup, temporary)
