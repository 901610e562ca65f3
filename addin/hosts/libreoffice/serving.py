"""The process that answers one LibreOffice: it joins the office, keeps models warm, and ends with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from addin.hosts.libreoffice.bridge import Bridge, register
from addin.hosts.libreoffice.office import Office
from addin.session import Session, session
from scorer.errors import HostMissing, PromoError
from scorer.saying import Say, quiet

LOOK_EVERY = 1.0
WAIT_SECONDS = 60.0


def serve(
    pipe: str | None = None,
    say: Say = quiet,
    *,
    seconds: float = WAIT_SECONDS,
    answers_yes: bool = False,
    until: Callable[[], bool] = lambda: False,
) -> None:
    """Answer the office that listens on a pipe until it ends, or until ``until`` says so.

    pipe: left out, the one that 'promo addin install --host libreoffice' wrote down. seconds: how long to wait for the office.
    answers_yes: an office without a window cannot be asked; its questions are answered with yes, not with no.
    Raises HostMissing where there is no pipe, or no office listens on it in time.
    """
    name = pipe or session().configured.pipe
    if name is None:
        raise HostMissing.not_installed()
    say("Waiting for LibreOffice")
    office = _joined(name, seconds)
    if not register(Bridge(office, answers_yes=answers_yes)):
        say("This LibreOffice is answered already")
        return
    # the first question may come while the model is being loaded: it waits for it, and the next one does not
    threading.Thread(target=_warm, args=(session(),), name="warming", daemon=True).start()
    say("Answering LibreOffice")
    while not until() and office.is_alive():
        time.sleep(LOOK_EVERY)


def _joined(pipe: str, seconds: float) -> Office:
    given_up = time.monotonic() + seconds
    while True:
        try:
            return Office.attach(pipe)
        except HostMissing:
            if time.monotonic() > given_up:
                raise
            time.sleep(0.1)


def _warm(kept: Session) -> None:
    try:
        kept.serve(kept.configured.client)
    except PromoError:
        return  # whoever asks is told
