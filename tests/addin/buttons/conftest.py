"""A workspace with the example's model that a test may write into, a person who answers, and a plan in a real workbook."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin.configuration import Configuration
from addin.press import press
from addin.run import Pressed
from addin.session import Session
from tests.addin.libreoffice.conftest import app, office, uno

__all__ = ["app", "office", "uno"]


class Person:
    """Somebody who answers questions as told, and keeps what was said. stop_after: how many words of progress are patience."""

    def __init__(self, *, says_yes: bool = True, stop_after: int | None = None) -> None:
        self.says_yes = says_yes
        self.stop_after = stop_after
        self.told: list[str] = []
        self.asked: list[str] = []
        self.seen: list[str] = []

    def tell(self, title: str, words: str) -> None:
        self.told.append(words)

    def ask(self, title: str, question: str) -> bool:
        self.asked.append(question)
        return self.says_yes

    def progress(self, words: str) -> None:
        self.seen.append(words)

    def stopped(self) -> bool:
        return self.stop_after is not None and len(self.seen) >= self.stop_after


@pytest.fixture
def workspace(demo_home: Any, tmp_path: Path) -> Path:
    """The example's client file and model, in a folder of the test's own."""
    root = tmp_path / "workspace"
    for part in ("clients", "models"):
        shutil.copytree(demo_home.workspace.root / part, root / part)
    return root


@pytest.fixture
def served(workspace: Path) -> Session:
    return Session(Configuration(workspace=workspace))


@pytest.fixture
def rows(demo_home: Any) -> list[list[str | None]]:
    """The example's list as cells of text, headers first; 4 of its 61 rows cannot be used."""
    with demo_home.upcoming.open(encoding="utf-8") as file:
        return [[cell or None for cell in row] for row in csv.reader(file)]


@pytest.fixture
def plan_book(app: xw.App, rows: list[list[str | None]], tmp_path: Path) -> xw.Book:
    """A saved workbook whose only sheet, Plan, holds the list."""
    return book_with(app, rows, tmp_path / "plan.xlsx")


@pytest.fixture
def push(served: Session) -> Callable[..., Pressed]:
    """Press a button on a workbook; by default as somebody who says yes."""

    def pushed(name: str, book: xw.Book, person: Person | None = None) -> Pressed:
        return press(name, book, person or Person(), served)

    return pushed


def book_with(app: xw.App, rows: list[list[Any]], path: Path, at: str = "A1") -> xw.Book:
    book = app.books.add()
    sheet = book.sheets[0]
    sheet.name = "Plan"
    sheet[at].value = rows
    book.save(path)
    return book


def content(book: xw.Book) -> dict[str, Any]:
    """Everything the sheets of a workbook hold, but for the log."""
    return {sheet.name: sheet.used_range.formula for sheet in book.sheets if sheet.name != "Promo log"}


def column(sheet: xw.Sheet, header: str, rows: int = 61) -> list[Any]:
    """The cells under a header of row 1."""
    headers = sheet.used_range.options(ndim=2).value[0]
    at = headers.index(header) + 1
    return sheet.range((2, at), (rows + 1, at)).value
