"""What LibreOffice calls: a UNO service of our Python process that answers cells and takes clicks.

A cell waits for its answer. A click does not: the button works in a thread of its own, so that the office stays usable,
shows how far it is, and can be told to stop.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from addin.answering import answer
from addin.bugs import confession
from addin.catalog import buttons, functions
from addin.cells import Problem
from addin.hosts.libreoffice import uno_bridge
from addin.hosts.libreoffice.call_values import as_uno, blocks_of, document_of
from addin.hosts.libreoffice.conversation import InLibreOffice
from addin.hosts.libreoffice.office import Office
from addin.session import Caller
from scorer.errors import HostMissing

SERVICE = "org.promoplanner.Bridge"
PRESENCE = "org.promoplanner.Presence"
MOST_CRASHES = 1000
# what the VBA of the ribbon asks for: nothing else that a macro may send is ever run
_CLICK = re.compile(r"import addin\.hosts\.excel as host; host\.click\('(\w+)'\)")


class Told(NamedTuple):
    """What a button said last."""

    button: str
    words: str


class Bridge:
    """The office's calls, in Python: one per office that is served."""

    def __init__(self, office: Office, *, answers_yes: bool = False) -> None:
        self.office = office
        self.answers_yes = answers_yes
        self.told = Told("", "")
        self._working: threading.Thread | None = None
        self._stop = threading.Event()

    def call(self, name: str, given: Sequence[Any]) -> Any:
        """Answer one cell or array of cells; whatever goes wrong on the way is told in the cell."""
        try:
            document = document_of(self.office, given)
            return as_uno(answer(name, blocks_of(given, document), _caller(self.office, document)), document)
        except Exception as bug:  # noqa: BLE001 - the office would show the trace in the cell
            return str(Problem.because(confession(bug)))

    def click(self, name: str, document: Any = None) -> str:
        """Begin the work of a button on a document, or on the one in front; says at once where that is not possible."""
        if name not in buttons():
            return f"There is no button '{name}'."
        if self.is_working:
            return f"'{buttons()[self.told.button].label}' is still at work; wait for it, or stop it."
        self._stop.clear()
        self.told = Told(name, "")
        self._working = threading.Thread(target=self._work, args=(name, document), name=f"button {name}", daemon=True)
        self._working.start()
        return ""

    def stop(self) -> None:
        """Ask the button that is at work to stop; the sheet is then as it was."""
        self._stop.set()

    @property
    def is_working(self) -> bool:
        """Whether a button is at work."""
        return self._working is not None and self._working.is_alive()

    def _work(self, name: str, document: Any) -> None:
        from addin.hosts.libreoffice.engine import activate
        from addin.press import press

        app = activate(self.office)
        talk = InLibreOffice(app, self._stop.is_set, self._hear(name), answers_yes=self.answers_yes)
        try:
            book = _book(app, document)
            if book is None:
                talk.tell("Promo Planner", "No workbook is open. Open the one with your plan and click again.")
                return
            press(name, book, talk)
        except uno_bridge.kind("lang.DisposedException"):
            self.told = Told(name, "The workbook or the office was closed while the button was at work.")

    def _hear(self, name: str) -> Callable[[str], None]:
        def hear(words: str) -> None:
            self.told = Told(name, words)

        return hear


def _book(app: Any, document: Any) -> Any:
    """Return the workbook of a document as xlwings sees it; without one, the workbook in front."""
    from addin.hosts.libreoffice.engine import book_of

    if document is None:
        return app.books.active if len(app.books) else None
    return book_of(app, document)


def _caller(office: Office, document: Any) -> Caller:
    """Return who asks: the workbook of a document and its client."""
    from addin.books import client_of, full_name
    from addin.hosts.libreoffice.engine import activate

    book = _book(activate(office), document) if document is not None else None
    return Caller() if book is None else Caller(full_name(book), client_of(book))


def register(bridge: Bridge) -> bool:
    """Make the bridge known to its office; False where a living process answers that office already.

    A process that died leaves its service behind, broken; so services are numbered, and the first free number is taken.
    """
    manager, context = bridge.office.context.ServiceManager, bridge.office.context
    for number in range(MOST_CRASHES):
        try:
            found = manager.createInstanceWithContext(f"{PRESENCE}.{number}", context)
        except uno_bridge.kind("uno.Exception"):
            continue  # whoever stood there is gone
        if found is not None:
            return False
        for factory in _factories(bridge, number):
            manager.insert(factory)
        return True
    raise HostMissing.not_answering(bridge.office.pipe)


def _factories(bridge: Bridge, number: int) -> list[Any]:
    """Return the UNO components that hand the bridge out. Their classes can be made only where UNO is there."""
    uno_bridge.load()
    import unohelper

    info = uno_bridge.kind("lang.XServiceInfo")
    def named(service: str) -> type[Any]:
        class Named(unohelper.Base, info):  # type: ignore[misc, valid-type]
            """What UNO asks of every component about itself."""

            def getImplementationName(self) -> str:  # noqa: N802
                return f"{service}.InPython"

            def supportsService(self, name: str) -> bool:  # noqa: N802
                return name == service

            def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802
                return (service,)

        return Named

    # other processes of Python cannot hold what Basic calls by name: they ask for this one
    presence, service = f"{PRESENCE}.{number}", f"{SERVICE}.{number}"

    class Presence(named(presence)):  # type: ignore[misc]
        """Says that somebody is there."""

    class Calls(named(service), uno_bridge.kind("script.XInvocation")):  # type: ignore[misc]
        """Methods that Basic can call by name."""

        def getIntrospection(self) -> None:  # noqa: N802
            return None

        def hasMethod(self, name: str) -> bool:  # noqa: N802
            return name in _METHODS

        def hasProperty(self, _: str) -> bool:  # noqa: N802
            return False

        def getValue(self, _: str) -> None:  # noqa: N802
            return None

        def setValue(self, _name: str, _value: Any) -> None:  # noqa: N802
            return None

        def invoke(self, name: str, given: tuple[Any, ...], _at: Any, _out: Any) -> tuple[Any, tuple[()], tuple[()]]:
            return _METHODS[name](bridge, *given), (), ()

    def factory(service: str, made: type[Any]) -> Any:
        class Factory(named(service), uno_bridge.kind("lang.XSingleComponentFactory")):  # type: ignore[misc]
            def createInstanceWithContext(self, _: Any) -> Any:  # noqa: N802
                return made()

            def createInstanceWithArgumentsAndContext(self, _given: Any, _context: Any) -> Any:  # noqa: N802
                return made()

        return Factory()

    return [factory(service, Calls), factory(presence, Presence)]


def _call_udf(bridge: Bridge, _module: str, name: str, given: tuple[Any, ...] = ()) -> Any:
    # the last one stands for the cell that asks, which only Excel knows
    return bridge.call(name, given[: len(functions()[name].arguments)])


def _run_python(bridge: Bridge, command: str, document: Any = None) -> str:
    asked = _CLICK.fullmatch(command.strip())
    if asked is None:
        return Problem.because("only the buttons of Promo Planner can be run from here")
    return bridge.click(asked[1], document)


def _state(bridge: Bridge) -> str:
    """Return ``working`` or ``idle``, then what was said last."""
    return f"{'working' if bridge.is_working else 'idle'}\n{bridge.told.button}\n{bridge.told.words}"


# What Basic may call, by the names xlwings' wrappers use where there are any.
_METHODS: dict[str, Callable[..., Any]] = {
    "CallUDF": _call_udf,
    "RunPython": _run_python,
    "Stop": lambda bridge: bridge.stop(),
    "State": _state,
    "Ping": lambda _: True,
}
