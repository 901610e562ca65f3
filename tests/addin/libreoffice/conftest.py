"""A real LibreOffice for the whole run, and workbooks opened in it; where none is installed the tests say so."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlwings as xw

from addin.hosts.libreoffice import uno_bridge
from addin.hosts.libreoffice.engine import activate
from addin.hosts.libreoffice.office import Office
from scorer.errors import HostMissing

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
  <item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>de-DE</value></prop></item>
</oor:items>"""


@pytest.fixture(scope="session")
def uno() -> None:
    """UNO can be loaded; without it a test is skipped, and fails where everything has to be there."""
    try:
        uno_bridge.load()
    except HostMissing as why:
        if os.environ.get("CI") == "true":
            pytest.fail(str(why))
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def office(uno: None) -> Iterator[Office]:
    with Office.start() as started:
        yield started


@pytest.fixture(scope="session")
def german_office(uno: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office of a user whose system is German: decimal comma, German dates and format codes."""
    profile = tmp_path_factory.mktemp("german")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    with Office.start(profile) as started:
        yield started


@pytest.fixture
def app(office: Office) -> Iterator[xw.App]:
    """LibreOffice as the app that xlwings speaks to, with no book open."""
    app = activate(office)
    yield app
    _close_all(app)


@pytest.fixture
def german_app(german_office: Office) -> Iterator[xw.App]:
    app = activate(german_office)
    yield app
    _close_all(app)


@pytest.fixture
def open_book(app: xw.App) -> Callable[[Path], xw.Book]:
    return app.books.open


@pytest.fixture
def book(app: xw.App) -> xw.Book:
    """A new, empty workbook."""
    return app.books.add()


@pytest.fixture
def sheet(book: xw.Book) -> xw.Sheet:
    return book.sheets[0]


def _close_all(app: xw.App) -> None:
    for book in list(app.books):
        book.close()
