"""Restore: the newest run of a button on this workbook is taken back, then the one before it, and so on."""

from __future__ import annotations

from typing import Any, NamedTuple

from addin import run_log
from addin.before import Added, Image, Shelf, Written, fingerprint, fingerprint_of_sheet, put_back, remove, sheet_called
from addin.books import identity
from addin.press import shelf_of
from addin.run import Finished, Run
from scorer.errors import NothingToWorkOn, listed

LEFT = "Nothing was taken back: the workbook is as it was."


class _Since(NamedTuple):
    """What has become of a run's cells and sheets since: changed by hand, or already as before the run."""

    changed: list[str]
    undone: bool


def take_back(run: Run) -> Finished:
    """Take back the newest run that has a before-image; one whose traces are gone already is passed over."""
    shelf, book = shelf_of(run.desk), run.book
    for image in shelf.of(identity(book)):
        since = _since(book, image)
        if since.undone:
            shelf.drop(image)
            continue
        question = _question(image, since)
        if question and not run.talk.ask("Restore", question):
            return Finished(LEFT, done=False)
        return _restored(run, shelf, image)
    raise NothingToWorkOn.because(
        "There is no run of a button on this workbook to take back",
        "The last 20 runs of 30 days are kept, for the workbook under the name it has now.",
    )


def _restored(run: Run, shelf: Shelf, image: Image) -> Finished:
    book = run.book
    _take_down(run, image)
    put_back(book, image.written)
    for added in image.added:
        remove(book, added)
    run_log.mark_restored(book, image.run_id, f"yes, {run.stamp.at}")
    run.before.written.clear()
    shelf.drop(image)
    cells = sum(one.area.rows * one.area.columns for one in image.written)
    what = [
        *([f"{cells:,} cells are as they were before"] if cells else []),
        *([f"removed: {listed(one.sheet for one in image.added)}"] if image.added else []),
    ]
    more = next(shelf.of(identity(book)), None)
    again = f"\nPress again to take back {more.button} of {more.at}." if more is not None else ""
    return Finished(f"{image.button} of {image.at} was taken back; {'; '.join(what)}.{again}")


def _take_down(run: Run, image: Image) -> None:
    """Take the before-image of this run too, so that one that breaks off leaves the workbook as it was."""
    for one in image.written:
        sheet = sheet_called(run.book, one.sheet)
        if sheet is not None:
            run.before.writes(sheet, one.area)


def _since(book: Any, image: Image) -> _Since:
    written = [(one, sheet_called(book, one.sheet)) for one in image.written]
    added = [(one, sheet_called(book, one.sheet)) for one in image.added]
    changed = [f"{one.sheet}!{one.area.address}" for one, sheet in written if sheet is not None and _differs(one, sheet)]
    changed += [f"sheet '{one.sheet}'" for one, sheet in added if sheet is not None and _differs_as_a_whole(one, sheet)]
    undone = all(sheet is None for _, sheet in added)
    undone = undone and all(sheet is None or _is_as_before(one, sheet) for one, sheet in written)
    return _Since(changed, undone)


def _differs(one: Written, sheet: Any) -> bool:
    return fingerprint(sheet, one.area) != one.left


def _differs_as_a_whole(one: Added, sheet: Any) -> bool:
    return fingerprint_of_sheet(sheet) != one.left


def _is_as_before(one: Written, sheet: Any) -> bool:
    from addin import blocks

    return blocks.held(sheet, one.area) == [list(row) for row in one.rows]


def _question(image: Image, since: _Since) -> str:
    if not since.changed:
        return ""
    return (
        f"{listed(since.changed)} {'was' if len(since.changed) == 1 else 'were'} changed since {image.button} ran ({image.at}). "
        "Take it back all the same? What was changed since is lost."
    )
