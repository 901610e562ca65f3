"""Health: how fresh, whole and steady the data behind the figures is, as ``promo health`` found it when the workbook was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from scorer.columns import Columns, text
from scorer.lake.seen import LATE_DAYS, foremost
from scorer.workbook.extra import Check
from scorer.workbook.health_charts import CELLS, CHART_ROWS, REFRESHES, draw_charts
from scorer.workbook.health_words import HealthWords
from scorer.workbook.layout import MARGIN, Places, area, columns_of, sentence, table_at
from scorer.workbook.page import Page
from scorer.workbook.sheets_out import Result
from scorer.workbook.template import Kind, read_words

if TYPE_CHECKING:
    from scorer.lake.health import Examined, Finding
    from scorer.lake.seen import ExportSeen

NAME = "health"
EXPORTS = "health_exports"
MOST_REFRESHES = 12
"""The latest of the refreshes are shown; a lake remembers more."""
MOST_EXPORTS = 60
"""Of more files than these, those set aside and the latest are shown, and how many there are beside them."""
_HEADS = 5
"""Rows between two tables: an empty one, one for words, and the heads of the second."""
_KINDS: dict[str, Kind] = {"freshness": "count", "files_set_aside": "count", "schema_drift": "count", "population": "multiple"}
_GROUPS = ("empty", "population")
_MORE = "IF(ISNUMBER({lately})*ISNUMBER({before})=1,{lately}-{before},{inputs.na})"


class HealthSheet:
    """The sheet of one client; without a lake it says that nothing is recorded, and what to do."""

    name = NAME
    after = "checks"

    def __init__(self, found: Examined | None) -> None:
        self._found = found
        self._spec: HealthWords | None = None

    def spec(self, words: Mapping[str, str]) -> HealthWords:
        """Read the words."""
        self._spec = read_words(NAME, HealthWords, {"late": str(LATE_DAYS), **words})
        return self._spec

    def place(self, places: Places, result: Result) -> None:
        """Say where the tables stand, one below the other."""
        del result
        found, spec = self._found, self._words
        if found is None:
            return
        table = places.tables[NAME] = table_at(spec.bands, len(found.findings))
        lower = (
            (EXPORTS, spec.exports, min(len(found.exports), MOST_EXPORTS), 0),
            (CELLS, spec.cells, len(found.empty_cells), CHART_ROWS),
            (REFRESHES, spec.refreshes, len(found.refreshes[-MOST_REFRESHES:]), CHART_ROWS),
        )
        first = table.last + 1 + _HEADS
        for name, bands, rows, least in lower:
            places.beside(NAME, name, table_at(bands, rows, first))
            first = max(places.tables[name].last + 1, first - 3 + least) + _HEADS
        places.place(NAME, "last", first - _HEADS, MARGIN)
        span = table.columns.values()
        places.ranges[NAME] = {"whole": area(table.first, min(span), places.tables[REFRESHES].last, max(span))}

    def write(self, page: Page, result: Result, state: str) -> None:
        """Write the checks, the exports, the empty cells and the refreshes with their charts."""
        del result
        found, spec = self._found, self._words
        if found is None:
            _write_nothing(page, spec, state)
            return
        table = page.places.tables[NAME]
        page.frame(spec, state)
        page.sheet.freeze_panes(3, 0)
        page.table(spec.table, spec.bands, table, _checks(found, spec), {})
        for row, finding in enumerate(found.findings, start=table.first):
            style = page.styles.cell("model", _KINDS.get(_group(finding), "percent"))
            page.put(row, table.columns["found"], finding.measured, style)
            page.put(row, table.columns["limit"], finding.threshold, style)
        _finding(page, spec, found)
        widths = {at: page.width(column) for column, at in zip(columns_of(spec.bands), table.columns.values(), strict=True)}
        for name, called, bands, columns, formulas in (
            (EXPORTS, spec.exports_table, spec.exports, _exports(found, spec, page), {}),
            (CELLS, spec.cells_table, spec.cells, _cells(found), {"more": _MORE}),
            (REFRESHES, spec.refreshes_table, spec.refreshes, _refreshes(found), {}),
        ):
            spot = page.places.tables[name]
            page.table(called, bands, spot, columns, formulas, place=name)
            widths |= {
                at: max(widths[at], page.width(column))
                for column, at in zip(columns_of(bands), spot.columns.values(), strict=True)
            }
        hidden = len(found.exports) - MOST_EXPORTS
        if hidden > 0:
            page.words(page.places.tables[EXPORTS].last + 1, MARGIN, spec.more_exports.format(more=hidden), "line")
        for at, width in widths.items():  # four tables share the columns
            page.sheet.set_column(at, at, width)
        page.sheet.ignore_errors({"number_stored_as_text": page.places.ranges[NAME]["whole"].replace("$", "")})
        draw_charts(page, spec, found)
        last, _ = page.places.cells[NAME]["last"]
        page.printing(page.styles.look.paper_pages, last, max(table.columns.values()), None)

    def checks(self, result: Result) -> Sequence[Check]:
        """One line: what is not in order deserves a look before the figures are believed."""
        del result
        if self._found is None:
            return ()
        bad = sum(finding.state != "ok" for finding in self._found.findings)
        source = 'SUMPRODUCT((LEFT({health.state:all},1)<>"▲")*1)'
        return (Check(NAME, self._words.check_title, self._words.check_counted, source, float(bad), integrity=False),)

    @property
    def _words(self) -> HealthWords:
        return self._spec or self.spec({})


def _write_nothing(page: Page, spec: HealthWords, state: str) -> None:
    page.frame(spec, state)
    page.words(4, MARGIN, spec.none, "finding")
    page.words(5, MARGIN, spec.none_advice, "line")
    page.sheet.set_column(MARGIN, MARGIN, 150)
    page.sheet.freeze_panes(3, 0)
    page.printing(page.styles.look.paper_pages, 5, MARGIN, None)


def _finding(page: Page, spec: HealthWords, found: Examined) -> None:
    """Sum the checks up in a sentence that counts them."""
    pattern = spec.sentence.replace("{day}", _shown(found.day, page))
    source = sentence(pattern, good='COUNTIF({state:all},"▲*")', rows="ROWS({state:all})")
    good = sum(finding.state == "ok" for finding in found.findings)
    page.formula(1, MARGIN, source, pattern.format(good=good, rows=len(found.findings)), page.styles.word("finding"))


def _checks(found: Examined, spec: HealthWords) -> Columns:
    findings = found.findings
    return {
        "check": text(_title(finding, spec) for finding in findings),
        "state": text(getattr(spec, finding.state.value) for finding in findings),
        "found": np.array([finding.measured for finding in findings]),
        "limit": np.array([finding.threshold for finding in findings]),
        "unit": text(spec.units.get(_group(finding), spec.units["share"]) for finding in findings),
        "words": text(finding.words for finding in findings),
        "remedy": text(finding.remedy or spec.nothing_to_do for finding in findings),
    }


def _group(finding: Finding) -> str:
    """Return which of the named checks a finding is of: those of single columns carry the column's name behind theirs.

    The checks of single columns are called ``empty_<column>`` and ``population_<column>``.
    """
    head, _, _ = finding.name.partition("_")
    return head if head in _GROUPS and finding.name != "empty_cells" else finding.name


def _title(finding: Finding, spec: HealthWords) -> str:
    group = _group(finding)
    return spec.names[group].format(column=finding.name.removeprefix(f"{group}_"))


def _exports(found: Examined, spec: HealthWords, page: Page) -> Columns:
    shown = foremost(found.exports, MOST_EXPORTS)
    return {
        "file": text(export.file for export in shown),
        "state": text(spec.aside if export.why else spec.used for export in shown),
        "rows": np.array([float(export.rows) for export in shown]),
        "rejected": np.array([float(export.rejected) for export in shown]),
        "newest": np.array([export.newest for export in shown], dtype="datetime64[D]"),
        "words": text(_how_fresh(export, found, spec, page) for export in shown),
        "why": text(export.why or spec.nothing_to_do for export in shown),
    }


def _how_fresh(export: ExportSeen, found: Examined, spec: HealthWords, page: Page) -> str:
    if export.written is None:
        return spec.nothing_to_do
    told = {"table": page.say("export", export.table), "date": _shown(export.written, page)}
    days = (found.day - export.newest).days if export.newest else -1
    return spec.written_newest.format(days=days, **told) if days >= 0 else spec.written.format(**told)


def _shown(day: Any, page: Page) -> str:
    """A day in words, as cells of the workbook show it."""
    shape = page.styles.look.numbers["date"]
    return str(day.strftime(shape.replace("yyyy", "%Y").replace("mm", "%m").replace("dd", "%d")))


def _cells(found: Examined) -> Columns:
    every = found.empty_cells
    before, lately = (
        np.array([empty / rows if rows else np.nan for empty, rows in pairs])
        for pairs in (
            [(cells.empty_before, cells.rows_before) for cells in every],
            [(cells.empty_late, cells.rows_late) for cells in every],
        )
    )
    rows = np.array([float(cells.rows_late) for cells in every])
    named = text(cells.column for cells in every)
    return {"column": named, "filled": rows, "before": before, "lately": lately, "more": lately - before}


def _refreshes(found: Examined) -> Columns:
    shown = found.refreshes[-MOST_REFRESHES:]
    return {
        "made_at": text(f"{refresh.made_at:%Y-%m-%d %H:%M}" for refresh in shown),
        "data_cut": np.array([refresh.data_cut for refresh in shown], dtype="datetime64[D]"),
        "sales": np.array([float(refresh.sales) for refresh in shown]),
        "promotions": np.array([float(refresh.promotions) for refresh in shown]),
        "rejected": np.array([float(refresh.rejected) for refresh in shown]),
    }

