"""Every workbook the product writes, made once for the tests: a short list of the example retailer, in every language."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import workbook_contents as contents
from openpyxl.workbook import Workbook

from scorer import verbs
from scorer.errors import TooManyRejects
from scorer.settings import Language
from scorer.workbook import write_workbook
from scorer.workbook.write import build_template

ROWS = 14
PLANNING: dict[str, Language] = {"planning-en": "en", "planning-de": "de", "planning-fr": "fr"}
BOOKS = (*PLANNING, "planning-missing", "planning-empty")
"""By kind: a list with all its sheets in each language; one with costs missing; the empty template."""


class Gallery:
    """The workbooks by name; each is written when it is first asked for, by whichever worker asks first."""

    def __init__(self, home: Any, shared: Callable[[str, Callable[[Path], None]], Path]) -> None:
        self._home = home
        self._shared = shared

    def path(self, name: str) -> Path:
        return self._shared(f"gallery-{name}", lambda folder: self._write(name, folder / "book.xlsx")) / "book.xlsx"

    def book(self, name: str) -> Workbook:
        """The workbook with its formulas."""
        return _opened(self.path(name))

    def values(self, name: str) -> Workbook:
        """The workbook with the values it carries."""
        return _opened(self.path(name), data_only=True)

    def language(self, name: str) -> Language:
        return PLANNING.get(name, "en")

    def _write(self, name: str, path: Path) -> None:
        if name == "planning-empty":
            build_template(path)
        elif name == "planning-missing":
            write_workbook(path, contents.with_missing_cost(ROWS))
        else:
            self._planning(path, PLANNING[name])

    def _planning(self, path: Path, language: Language) -> None:
        plan = short_list(self._home.upcoming, path.with_name("upcoming.csv"))
        try:
            verbs.workbook(self._home.workspace, plan, path, self._home.client.client, language=language)
        except TooManyRejects:
            assert path.exists()


def short_list(upcoming: Path, short: Path) -> Path:
    """The first rows of a list; one of them is refused."""
    lines = upcoming.read_text(encoding="utf-8").splitlines()
    short.write_text("\n".join(lines[: ROWS + 1]) + "\n", encoding="utf-8")
    return short


@cache
def _opened(path: Path, data_only: bool = False) -> Workbook:
    return openpyxl.load_workbook(path, data_only=data_only)
