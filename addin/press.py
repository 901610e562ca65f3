"""One press of a button, from the workbook to the message: every host takes this path.

Nothing that goes wrong leaves here as an exception. A run that does not come to its end leaves the workbook as it was.
"""

from __future__ import annotations

from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from addin import run_log
from addin.before import BeforeImage, Shelf
from addin.books import client_of, full_name, identity
from addin.bugs import confession
from addin.catalog import Button, buttons
from addin.conversation import Conversation, InTheHost, Stopped
from addin.run import Finished, Pressed, Run, Stamp
from addin.session import Caller, Desk, Session, session
from addin.undisturbed import undisturbed
from scorer.errors import PromoError, UsageError, nearest

TITLE = "Promo Planner"
BEFORE = "before"
STOPPED = "Stopped, as you asked. The workbook is as it was."


def press(name: str, book: Any, talk: Conversation | None = None, served_by: Session | None = None) -> Pressed:
    """Do the work of a button on a workbook, tell the person how it went, and return that.

    book: an xlwings book; it is the only one that is written, whichever is in front. talk: how this host speaks with the
    person, by default by message boxes and the status bar.
    """
    talk = talk or InTheHost(book.app, _escape())
    title, before = TITLE, BeforeImage(book)
    try:
        button = _button(name)
        title = f"{TITLE}: {button.label}"
        with undisturbed(book.app):
            run = _run(button, book, talk, before, served_by or session())
            found = _done(button, run)
    except Stopped:
        found = Pressed(name, done=False, words=STOPPED)
    except PromoError as refused:
        found = Pressed(name, done=False, words=str(refused))
    except Exception as bug:  # noqa: BLE001 - the person must be told: a host would show nothing, or a trace
        found = Pressed(name, done=False, words=_capital(f"{confession(bug)}. The workbook is as it was."))
    talk.tell(title, found.words)
    return found


def shelf_of(desk: Desk) -> Shelf:
    """Return where the before-images of the workbook's client are kept."""
    return Shelf(desk.workspace.outputs(desk.client.client, BEFORE))


def _button(name: str) -> Button:
    known = buttons()
    if name not in known:
        raise UsageError(f"There is no button '{name}'.{nearest(name, known)}")
    return known[name]


def _run(button: Button, book: Any, talk: Conversation, before: BeforeImage, served_by: Session) -> Run:
    from scorer.verbs.signature import who

    now = datetime.now(UTC).replace(microsecond=0)
    stamp = Stamp(f"{now:%Y-%m-%dT%H:%M:%SZ}", who(), f"{now:%Y%m%dT%H%M%SZ}-{token_hex(2)}")
    desk = served_by.desk(Caller(full_name(book), client_of(book)))
    return Run(button.label, book, desk, talk, stamp, before)


def _done(button: Button, run: Run) -> Pressed:
    """Do the work; where it does not come to its end, take back what was written until then."""
    try:
        finished: Finished = button.work(run)
        sheets = tuple(one.sheet for one in run.before.added)
        if finished.done and finished.logged:
            _keep(button, run, finished)
    except BaseException:
        run.before.take_back()
        raise
    return Pressed(button.name, finished.done, finished.words, sheets)


def _keep(button: Button, run: Run, finished: Finished) -> None:
    image = run.before.sealed(run.stamp.run_id, button.label, run.stamp.at, identity(run.book))
    if image is not None:
        shelf_of(run.desk).keep(image)
    run_log.write_down(run.book, button.label, run.stamp, finished)


def _escape() -> Any:
    from addin.hosts.escape_key import watch_for_escape

    return watch_for_escape()


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
