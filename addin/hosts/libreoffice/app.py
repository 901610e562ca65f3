"""LibreOffice as a running program, as xlwings sees it: its books, its state and what it shows the user."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from addin.hosts.libreoffice import uno_bridge
from addin.hosts.libreoffice.book import Book, Books
from addin.hosts.libreoffice.formats import block_of
from addin.hosts.libreoffice.office import Office, is_book
from addin.hosts.libreoffice.ranges import Range
from addin.hosts.libreoffice.status import StatusBar

# com.sun.star.awt.MessageBoxButtons, and what its buttons answer
_BUTTONS = {"ok": 1, "ok_cancel": 2, "yes_no": 3, "yes_no_cancel": 4}
_ANSWERS = {1: "ok", 2: "yes", 3: "no", 0: "cancel"}
_KINDS = {None: "MESSAGEBOX", "info": "INFOBOX", "critical": "ERRORBOX"}


class App(base_classes.App):
    """One office.

    Whether events run, whether alerts show and whether the user may type is remembered and changes nothing: LibreOffice
    runs no events of ours, and shows no alerts to one who drives it from outside.
    """

    display_alerts = True
    enable_events = True
    interactive = True
    cut_copy_mode = None
    hwnd = None

    def __init__(self, engine: Any, office: Office) -> None:
        self.engine = engine
        self.office = office
        self._status = StatusBar()

    @property
    def api(self) -> Any:
        return self.office.desktop

    @property
    def pid(self) -> int:
        return self.office.pid

    @property
    def version(self) -> str:
        return self.office.version()

    @property
    def path(self) -> str:
        return str(uno_bridge.program())

    @property
    def books(self) -> Books:
        return Books(self)

    def documents(self) -> list[Any]:
        """Return the open workbooks' documents, in the order in which they were opened."""
        return sorted(self.office.documents(), key=lambda document: int(document.RuntimeUID))

    def active_document(self) -> Any | None:
        """Return the document in front; where none is, the one opened last; None where no workbook is open."""
        current = self.office.desktop.getCurrentComponent()
        if current is not None and is_book(current):
            return current
        every = self.documents()
        return every[-1] if every else None

    def forget(self, document: Any) -> None:
        """Let go of what is kept for a document that closes."""
        self._status.forget(document)

    @property
    def selection(self) -> Range | None:
        """The selected cells of the book in front, the first block of several; None where no cells are selected."""
        document = self.active_document()
        chosen = None if document is None else document.getCurrentSelection()
        if chosen is None:
            return None
        if hasattr(chosen, "getRangeAddresses"):
            addresses = chosen.getRangeAddresses()
        elif hasattr(chosen, "getRangeAddress"):
            addresses = [chosen.getRangeAddress()]
        else:
            return None
        sheet = Book(self, document).sheets(addresses[0].Sheet + 1)
        return Range(sheet, block_of(addresses[0]))

    def activate(self, steal_focus: bool = False) -> None:
        """Make this office the one that xlwings speaks to when it is not told which."""
        del steal_focus
        self.engine.apps.bring_to_front(self)

    @property
    def visible(self) -> bool:
        return any(window.isVisible() for window in self._windows())

    @visible.setter
    def visible(self, value: bool) -> None:
        for window in self._windows():
            window.setVisible(bool(value))

    @property
    def screen_updating(self) -> bool:
        return not any(document.hasControllersLocked() for document in self.documents())

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        for document in self.documents():
            if not value and not document.hasControllersLocked():
                document.lockControllers()
            while value and document.hasControllersLocked():
                document.unlockControllers()

    @property
    def calculation(self) -> str:
        """``automatic`` or ``manual``, as it is in the book in front."""
        document = self.active_document()
        return "automatic" if document is None or document.isAutomaticCalculationEnabled() else "manual"

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value not in {"automatic", "manual"}:
            raise ValueError(f"LibreOffice calculates 'automatic' or 'manual', not '{value}'.")
        for document in self.documents():
            document.enableAutomaticCalculation(value == "automatic")

    def calculate(self) -> None:
        for document in self.documents():
            document.calculate()

    @property
    def status_bar(self) -> str | bool:
        """What the status bar says because of us; False where it says what LibreOffice wants."""
        return self._status.text

    @status_bar.setter
    def status_bar(self, value: str | bool | None) -> None:
        self._status.show(self.documents(), value if isinstance(value, str) else False)

    def alert(
        self, prompt: str, title: str | None = None, buttons: str = "ok", mode: str | None = None, callback: Any = None
    ) -> str:
        """Ask the user in a window and return the button: ``ok``, ``cancel``, ``yes`` or ``no``.

        Without a screen nobody can answer: then it is ``ok`` where there is nothing else to say, and else ``cancel`` or ``no``.
        """
        del callback
        document = self.active_document()
        window = None if document is None else document.getCurrentController().getFrame().getContainerWindow()
        kind = uno_bridge.enum("awt.MessageBoxType", _KINDS[mode])
        toolkit = self.office.service("awt.Toolkit")
        box = toolkit.createMessageBox(window, kind, _BUTTONS[buttons], title or "LibreOffice", prompt)
        answer = _ANSWERS[box.execute()]
        if answer == "cancel" and not buttons.endswith("cancel"):
            return "ok" if buttons == "ok" else "no"
        return answer

    def quit(self) -> None:
        """End the office where it was started here; let go of it where it was joined."""
        self.engine.apps.remove(self)
        self.office.close()

    def kill(self) -> None:
        self.quit()

    def _windows(self) -> Iterator[Any]:
        for document in self.documents():
            controller = document.getCurrentController()
            if controller is not None:
                yield controller.getFrame().getContainerWindow()
