"""The words and columns of the post-event workbook, read from its template; its looks are the planning workbook's."""

from __future__ import annotations

from collections.abc import Mapping

from scorer.workbook.languages import Code
from scorer.workbook.template import About, Audit, Band, Book, Checks, Line, Part, Sheet, TableSheet, read_words


class Facts(Sheet):
    """A sheet of labelled figures, one a line."""

    headers: tuple[str, str, str, str]
    widths: tuple[float, ...]
    rows: tuple[Line, ...]


class Inputs(Facts):
    words: dict[str, str]


class Bridge(TableSheet):
    steps: tuple[str, ...]
    meanings: tuple[str, ...]
    chart_alt: str
    chart_axis: str
    series_up: str
    series_down: str
    series_total: str
    workings: str
    sentence_unknown: str
    sentence_below: str
    sentence_above: str
    working_rows: tuple[Line, ...]


class PostEventSheet(TableSheet):
    total: str
    left_out: str


class TrackingSheet(Facts):
    table: Code
    bands: tuple[Band, ...]


class AccuracySheet(Sheet):
    table: Code
    coverage: str
    overrides: str
    sentence_few: str
    sentence_narrow: str
    sentence_wide: str
    sentence_hold: str
    coverage_rows: tuple[Line, ...]
    override_rows: tuple[Line, ...]
    widths: tuple[float, ...]
    bands: tuple[Band, ...]


class Waiting(TableSheet):
    none: str


class PostEventWords(Part):
    """The whole template; `sheets` gives its sheets from left to right."""

    book: Book
    about: About
    inputs: Inputs
    bridge: Bridge
    post_event: PostEventSheet
    tracking: TrackingSheet
    accuracy: AccuracySheet
    waiting: Waiting
    checks: Checks
    audit: Audit

    @property
    def sheets(self) -> dict[str, Sheet]:
        order = "about", "inputs", "bridge", "post_event", "tracking", "accuracy", "waiting", "checks", "audit"
        return {name: getattr(self, name) for name in order}


def read_post_event(words: Mapping[str, str]) -> PostEventWords:
    """Read the template and fill in its {words}.

    >>> read_post_event({"currency": "CHF"}).bridge.bands[0].columns[1].unit
    'CHF'
    """
    return read_words("post_event", PostEventWords, words)
