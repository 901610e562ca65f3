"""The status bar: our text in the windows of all workbooks, until it is taken away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from addin.hosts.libreoffice import uno_bridge


class StatusBar:
    """What we say there.

    Attributes
    ----------
    text
        Our text; False where LibreOffice says what it wants.
    """

    def __init__(self) -> None:
        self.text: str | bool = False
        # one indicator a document, by its number: a second one would lie over the first
        self._indicators: dict[str, Any] = {}

    def show(self, documents: Iterable[Any], text: str | bool) -> None:
        """Say a text in the windows of these documents; False takes away what was said."""
        self.text = text
        if isinstance(text, str):
            for document in documents:
                self._say(document, text)
        else:
            for number in list(self._indicators):
                self._end(number)

    def forget(self, document: Any) -> None:
        self._end(str(document.RuntimeUID))

    def _say(self, document: Any, text: str) -> None:
        number, controller = str(document.RuntimeUID), document.getCurrentController()
        if controller is None:
            return
        if number in self._indicators:
            try:
                self._indicators[number].setText(text)
            except uno_bridge.kind("lang.DisposedException"):
                del self._indicators[number]
            else:
                return
        self._indicators[number] = controller.getFrame().createStatusIndicator()
        self._indicators[number].start(text, 0)

    def _end(self, number: str) -> None:
        indicator = self._indicators.pop(number, None)
        if indicator is not None:
            try:
                indicator.end()
            except uno_bridge.kind("lang.DisposedException"):
                return  # the user closed the window, and the text went with it
