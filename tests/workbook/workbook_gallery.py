"""Every workbook the product writes, made once for the tests: short lists of the example retailer, in every language."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import workbook_contents as contents
import workbook_post_events as post_events
from openpyxl.workbook import Workbook

from scorer import verbs
from scorer.errors import TooManyRejects
from scorer.planning.optimise.rules import Rules
from scorer.settings import Language, speaking
from scorer.workbook import write_workbook
from scorer.workbook.post_event.write import write_post_event
from scorer.workbook.write import build_template

ROWS = 14
LANGUAGES: tuple[Language, ...] = ("en", "de", "fr")
SPOKEN = ("planning", "portfolio", "post_event")
"""A list with all its sheets and two scenarios; the choice of an optimiser; plan against actual."""
IN_ENGLISH = ("planning-missing", "planning-empty")
"""Costs are missing and there is no model behind it; the empty template."""
BOOKS = tuple(f"{kind}-{language}" for kind in SPOKEN for language in LANGUAGES) + IN_ENGLISH
SCENARIOS = """["Half the depth"]
discount = "-50 %"
note = "Every discount is halved"

["Longer"]
days = "+7 days"
"""


class Gallery:
    """The workbooks by name; each is written when it is first asked for, by whichever worker asks first."""

    def __init__(self, home: Any, shared: Callable[[str, Callable[[Path], None]], Path]) -> None:
        self._home = home
        self._shared = shared
        self._broken: dict[str, Exception] = {}

    def path(self, name: str) -> Path:
        if name in self._broken:
            raise self._broken[name]
        return self._shared(f"gallery-{name}", lambda folder: self._write(name, folder / "book.xlsx")) / "book.xlsx"

    def book(self, name: str) -> Workbook:
        """The workbook with its formulas."""
        return _opened(self.path(name))

    def values(self, name: str) -> Workbook:
        """The workbook with the values it carries."""
        return _opened(self.path(name), data_only=True)

    def language(self, name: str) -> Language:
        return next((language for language in LANGUAGES if name.endswith(f"-{language}")), "en")

    def _write(self, name: str, path: Path) -> None:
        write = {
            "planning-empty": lambda: build_template(path),
            "planning-missing": lambda: write_workbook(path, contents.with_missing_cost(ROWS)),
        }.get(name, lambda: getattr(self, f"_{name.rpartition('-')[0]}")(path, self.language(name)))
        try:
            write()
        except Exception as why:
            self._broken[name] = why
            raise

    def _planning(self, path: Path, language: Language) -> None:
        home, scenarios = self._home, path.with_name("scenarios.toml")
        scenarios.write_text(SCENARIOS, encoding="utf-8")
        plan = short_list(home.upcoming, path.with_name("upcoming.csv"))
        try:
            verbs.workbook(home.workspace, plan, path, home.client.client, language=language, scenarios=scenarios)
        except TooManyRejects:
            assert path.exists()

    def _portfolio(self, path: Path, language: Language) -> None:
        home = self._home
        plan = short_list(home.upcoming, path.with_name("upcoming.csv"))
        rules = Rules(budget=3_000.0, minimum_units=100.0, unit_penalty=1.0)
        verbs.optimise(home.workspace, plan, rules, path, client=home.client.client, language=language)

    def _post_event(self, path: Path, language: Language) -> None:
        found, counted = post_events.content(ROWS)
        write_post_event(path, speaking(post_events.CLIENT, language), found, counted, post_events.MADE)


def short_list(upcoming: Path, short: Path) -> Path:
    """The first rows of a list; one of them is refused."""
    lines = upcoming.read_text(encoding="utf-8").splitlines()
    short.write_text("\n".join(lines[: ROWS + 1]) + "\n", encoding="utf-8")
    return short


@cache
def _opened(path: Path, data_only: bool = False) -> Workbook:
    return openpyxl.load_workbook(path, data_only=data_only)
