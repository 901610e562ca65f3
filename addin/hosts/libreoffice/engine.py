"""The xlwings engine ``libreoffice``: what is written with xlwings' public interface works in LibreOffice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import xlwings as xw
from xlwings import base_classes

from addin.hosts.libreoffice.app import App
from addin.hosts.libreoffice.book import Book
from addin.hosts.libreoffice.cell_values import Grid, cleaned, prepared
from addin.hosts.libreoffice.office import Office

NAME = "libreoffice"


class Engine:
    """The engine; its apps are the offices that were activated."""

    name = NAME
    # xlwings' word for "the values go straight into a running program"
    type = "desktop"

    def __init__(self) -> None:
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(value: Any, options: dict[str, Any]) -> Any:
        del options
        return prepared(value)

    @staticmethod
    def clean_value_data(
        data: Sequence[Sequence[Any]],
        datetime_builder: Callable[..., Any],
        empty_as: Any,
        number_builder: Callable[[float], Any] | None,
        err_to_str: bool,
    ) -> Grid:
        return cleaned(data, datetime_builder, empty_as, number_builder, errors_as_text=err_to_str)


class Apps(base_classes.Apps):
    """The offices, the one in front first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._apps: list[App] = []

    def keys(self) -> list[int]:
        return [app.pid for app in self._apps]

    def add(self, spec: Any = None, add_book: bool | None = None, xl: Any = None, visible: bool | None = None) -> App:
        """Start an office of its own, which is what xlwings means by a new app."""
        del spec, xl
        app = self.join(Office.start(headless=not visible))
        if add_book:
            app.books.add()
        return app

    def join(self, office: Office) -> App:
        """Return the app of an office, and put it in front."""
        app = next((app for app in self._apps if app.office is office), None) or App(self._engine, office)
        self.bring_to_front(app)
        return app

    def bring_to_front(self, app: App) -> None:
        self._apps = [app, *(other for other in self._apps if other is not app)]

    def remove(self, app: App) -> None:
        self._apps = [other for other in self._apps if other is not app]

    @staticmethod
    def cleanup() -> None:
        """Nothing is left behind: every office ends with the one who started it."""

    def __iter__(self) -> Iterator[App]:
        return iter(list(self._apps))

    def __len__(self) -> int:
        return len(self._apps)

    def __getitem__(self, pid: int) -> App:
        for app in self._apps:
            if app.pid == pid:
                return app
        raise KeyError(pid)


def activate(office: Office) -> xw.App:
    """Make an office the one that xlwings speaks to, and return it as xlwings' app."""
    if not any(engine.name == NAME for engine in xw.engines):
        xw.engines.add(xw.Engine(impl=Engine()))
    engine = xw.engines[NAME]
    engine.activate()
    return xw.App(impl=engine.impl.apps.join(office))


def book_of(app: xw.App, document: Any) -> xw.Book:
    """Return a document of the office as xlwings' book: this one, whatever other books are called."""
    return xw.Book(impl=Book(app.impl, document))
