"""Talking with the person who pressed a button: say, ask, show how far the work is, and hear that it is to stop."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, Protocol

_DONE_OF_ALL = re.compile(r"([0-9][0-9,]*) of ([0-9][0-9,]*)")


class Conversation(Protocol):
    """What a button needs of its host. Every host may give its own."""

    def tell(self, title: str, words: str) -> None:
        """Show a message until it is read."""

    def ask(self, title: str, question: str) -> bool:
        """Ask a question; True is yes. Where nobody can answer it is no."""

    def progress(self, words: str) -> None:
        """Show how far the work is, where it disturbs nobody."""

    def stopped(self) -> bool:
        """Whether the person has asked to stop since the button was pressed."""


class Stopped(Exception):
    """The person asked to stop. It travels from where the work tells of itself to ``addin.press``, and no further."""


class InTheHost:
    """A conversation by xlwings' public interface: message boxes and the status bar.

    asks_to_stop: tells whether the person has asked to stop, for hosts in which a key can be read while Python works.
    """

    def __init__(self, app: Any, asks_to_stop: Callable[[], bool] | None = None) -> None:
        self._app = app
        self._asks_to_stop = asks_to_stop or _never

    def tell(self, title: str, words: str) -> None:
        self._app.alert(words, title, "ok", "info")

    def ask(self, title: str, question: str) -> bool:
        return bool(self._app.alert(question, title, "yes_no") == "yes")

    def progress(self, words: str) -> None:
        self._app.status_bar = words

    def stopped(self) -> bool:
        return self._asks_to_stop()


class Heard:
    """What the scorer says while it works, shown to the person; ends the work when the person has asked to stop.

    A sentence that counts, such as "Scored 1,200 of 50,000 promotions", is shown with the time that is left.
    """

    def __init__(self, talk: Conversation, clock: Callable[[], float] = time.monotonic) -> None:
        self._talk = talk
        self._clock = clock
        self._began = clock()

    def __call__(self, words: str) -> None:
        """Show a sentence. Raises Stopped."""
        if self._talk.stopped():
            raise Stopped
        counted = _DONE_OF_ALL.search(words)
        if counted is None:
            self._began = self._clock()
            self._talk.progress(f"{words} …")
            return
        done, of_all = (int(number.replace(",", "")) for number in counted.groups())
        left = time_left(done, of_all, self._clock() - self._began)
        self._talk.progress(f"{words}, {left} left")


def time_left(done: int, of_all: int, seconds: float) -> str:
    """Return how long the rest takes if it goes on as it went, in minutes and seconds.

    >>> time_left(1_200, 50_000, 0.4), time_left(50, 100, 90.0), time_left(0, 100, 3.0)
    ('00:16', '01:30', '--:--')
    """
    if done <= 0:
        return "--:--"
    rest = round(seconds * max(of_all - done, 0) / done)
    return f"{rest // 60:02}:{rest % 60:02}"


def _never() -> bool:
    return False
