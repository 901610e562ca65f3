"""Sheets a workbook may or may not have: each says where it stands, what it is called, what it holds and what must tie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from scorer.workbook.layout import Places
from scorer.workbook.page import Page
from scorer.workbook.sheets_out import Result
from scorer.workbook.template import Sheet


class Check(NamedTuple):
    """One line of Checks: what must hold, and a formula with names that counts where it does not."""

    name: str
    title: str
    counted: str
    """What the count counts, in words."""
    formula: str
    """Written with names in braces, as seen from Checks; 0 means in order."""
    found: float
    """What the formula comes to in the workbook as it is written, by the engine."""
    integrity: bool = True
    """Figures that must tie; else a point of attention."""


class ExtraSheet(Protocol):
    """A sheet that joins the planning workbook; it knows its content, and finds every other cell through places."""

    @property
    def name(self) -> str:
        """The short name formulas use: {name.cell}."""
        ...

    @property
    def after(self) -> str:
        """The short name of the sheet it stands right of."""
        ...

    def spec(self, words: Mapping[str, str]) -> Sheet:
        """Read its words from its template, filled in with these."""
        ...

    def place(self, places: Places, result: Result) -> None:
        """Say where its tables and cells stand; a range called ``whole`` is searched for errors."""
        ...

    def write(self, page: Page, result: Result, state: str) -> None:
        """Write it; every place is known by now."""
        ...

    def checks(self, result: Result) -> Sequence[Check]:
        """Return its lines on Checks."""
        ...


def in_order(sheets: Mapping[str, Sheet], extras: Mapping[str, tuple[str, Sheet]]) -> dict[str, Sheet]:
    """Return all sheets from left to right: each extra right of the sheet it stands after, later ones further right.

    extras: short name -> the name it stands after, and its spec.
    """
    order = list(sheets)
    for name, (after, _) in extras.items():
        at = order.index(after) + 1
        while at < len(order) and order[at] in extras and extras[order[at]][0] == after:
            at += 1
        order.insert(at, name)
    every = {**sheets, **{name: spec for name, (_, spec) in extras.items()}}
    return {name: every[name] for name in order}
