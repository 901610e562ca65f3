"""How a button speaks in LibreOffice: in its windows; without one, what was said is kept and questions have one answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addin.conversation import InTheHost


class InLibreOffice(InTheHost):
    """A conversation through an office's own windows; ``hear`` is told every message before it is shown.

    answers_yes: an office without a window cannot be asked; its questions are then answered with yes and not with no.
    """

    def __init__(
        self, app: Any, asks_to_stop: Callable[[], bool], hear: Callable[[str], None], *, answers_yes: bool = False
    ) -> None:
        super().__init__(app, asks_to_stop)
        self._hear = hear
        self._answers_yes = answers_yes

    def tell(self, title: str, words: str) -> None:
        """Show a message until it is read."""
        self._hear(words)
        super().tell(title, words)

    def ask(self, title: str, question: str) -> bool:
        """Ask a question; True is yes."""
        self._hear(question)
        return self._answers_yes or super().ask(title, question)
