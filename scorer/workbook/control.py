"""What Checks and Audit are in every workbook: a list of cells that are 0 or 1 with its summary; facts and a log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scorer.workbook.breadth import needed
from scorer.workbook.layout import MARGIN, Places, letters, quoted, sentence
from scorer.workbook.page import Page
from scorer.workbook.template import Audit, Checks, Kind

Groups = Mapping[str, Sequence[str]]
"""The names of the checks that must hold (integrity) and of those that deserve a look (attention)."""


# ---------------------------------------------------------------------------------------------- Checks
def place_groups(places: Places, groups: Groups) -> None:
    """Say where the summary and every check will stand."""
    places.place("checks", "state", 4, MARGIN + 1)
    for at, name in enumerate(("failed", "open", "state_number")):
        places.place("checks", name, 5 + at, MARGIN + 1)
    row, passes = 10, letters(MARGIN + 1)
    lists = places.ranges.setdefault("checks", {})
    for title, names in groups.items():
        places.place("checks", title, row, MARGIN)
        lists[f"{title}_passes"] = f"${passes}${row + 2}:${passes}${row + 1 + len(names)}"
        for name in names:
            row += 1
            places.place("checks", f"{name}_pass", row, MARGIN + 1)
            places.place("checks", f"{name}_count", row, MARGIN + 2)
        row += 2


def state_of(spec: Checks, counts: Mapping[str, float], groups: Groups) -> str:
    """The summary every sheet repeats, as the formulas come to it."""
    failed, open_points = _failed_and_open(counts, groups)
    if failed:
        return spec.state_failed.format(failed=failed)
    return spec.state_open.format(open=open_points) if open_points else spec.state_fine


def write_groups(
    page: Page,
    spec: Checks,
    groups: Groups,
    rows: Mapping[str, tuple[str, str]],
    sources: Mapping[str, str],
    counts: Mapping[str, float],
) -> None:
    """Write the sheet: rows are the words of each check, sources what it counts, counts what that comes to."""
    cells = page.places.cells["checks"]
    page.frame(spec)
    size = page.styles.look.size
    titles, counted = (max(needed(words[at], size, left=True) for words in rows.values()) for at in (0, 1))
    first, *between, last = spec.widths
    for at, width in enumerate((max(first, round(titles, 1)), *between, max(last, round(counted, 1)))):
        page.sheet.set_column(MARGIN + at, MARGIN + at, width)
    _summary(page, spec, counts, groups)
    for title, words in (("integrity", spec.integrity), ("attention", spec.attention)):
        row, column = cells[title]
        for at, header in enumerate((words, *spec.headers[1:])):
            page.words(row, column + at, header, "header" if at in (1, 2) else "header left")
        for name in groups[title]:
            _check(page, name, rows[name], sources[name], counts[name], integrity=title == "integrity")
    last = max(row for row, _ in cells.values())
    page.sheet.freeze_panes(3, 0)
    page.printing(page.styles.look.paper_pages, last, MARGIN + len(spec.widths) - 1, None)


def _check(page: Page, name: str, words: tuple[str, str], source: str, count: float, integrity: bool) -> None:
    styles = page.styles
    row, column = page.places.cells["checks"][f"{name}_pass"]
    title, counted = words
    page.words(row, MARGIN, title, "label")
    passed = f"IF(ISNUMBER({{{name}_count}}),({{{name}_count}}=0)*1,0)"
    page.formula(row, column, passed, float(count == 0), styles.cell("calc", "flag", strong=True))
    page.formula(row, column + 1, source, count, styles.cell("calc", "count"))
    page.words(row, column + 2, counted, "note")
    _pass_colours(page, row, column, integrity)


def _pass_colours(page: Page, row: int, column: int, integrity: bool) -> None:
    for value, mark in ((1, "▲"), (0, "▼" if integrity else "●")):
        rule = {"type": "cell", "criteria": "==", "value": value, "format": page.styles.mark(mark)}
        page.sheet.conditional_format(row, column, row, column, rule)


def _summary(page: Page, spec: Checks, counts: Mapping[str, float], groups: Groups) -> None:
    cells, styles = page.places.cells["checks"], page.styles
    failed, open_points = _failed_and_open(counts, groups)
    failing = "SUMPRODUCT(({integrity_passes}=0)*1)"
    asking = "SUMPRODUCT(({attention_passes}=0)*1)"
    # 1: something fails, 2: points to look at, 3: all in order
    number = "1+({failed}=0)+({failed}=0)*({open}=0)"
    lines = (
        ("failed", spec.failed_label, failing, failed),
        ("open", spec.open_label, asking, open_points),
        ("state_number", spec.state_label, number, 1 + (not failed) + (not failed and not open_points)),
    )
    for name, label, source, value in lines:
        row, column = cells[name]
        page.words(row, MARGIN, label, "label")
        page.formula(row, column, source, float(value), styles.cell("calc", "count"))
    row, column = cells["state"]
    page.words(row, MARGIN, spec.master, "finding")
    source = (
        f"CHOOSE({{state_number}},{sentence(spec.state_failed, failed='{failed}')},"
        f"{sentence(spec.state_open, open='{open}')},{quoted(spec.state_fine)})"
    )
    page.formula(row, column, source, state_of(spec, counts, groups), styles.word("state"))
    page.state_colours(row, column, 3)


def _failed_and_open(counts: Mapping[str, float], groups: Groups) -> tuple[int, int]:
    failed, open_points = (sum(counts[name] > 0 for name in groups[title]) for title in ("integrity", "attention"))
    return failed, open_points


# ---------------------------------------------------------------------------------------------- Audit
def place_facts(places: Places, spec: Audit) -> None:
    """Say where each fact of the run will stand."""
    for at, line in enumerate(spec.run_rows):
        places.place("audit", line.name, 5 + at, MARGIN + 1)


def write_facts(
    page: Page, spec: Audit, facts: Mapping[str, Any], log: Sequence[Sequence[Any]], state: str
) -> None:
    """Write where the figures come from, and a log: the lines that are known, then room for those who check."""
    styles, cells = page.styles, page.places.cells["audit"]
    page.frame(spec, state)
    for at, width in enumerate(spec.widths):
        page.sheet.set_column(MARGIN + at, MARGIN + at, width)
    page.words(4, MARGIN, spec.run, "section")
    page.sheet.write_blank(4, MARGIN + 1, None, styles.word("section"))
    for line in spec.run_rows:
        row, column = cells[line.name]
        page.words(row, MARGIN, line.label, "label")
        page.put(row, column, facts[line.name], styles.fact(line.kind))
        page.words(row, column + 1, line.unit, "note")
    _log(page, spec, log, 7 + len(spec.run_rows))


def _log(page: Page, spec: Audit, log: Sequence[Sequence[Any]], top: int) -> None:
    styles = page.styles
    page.words(top, MARGIN, spec.log, "section")
    for at, header in enumerate(spec.log_headers):
        page.words(top + 1, MARGIN + at, header, "header left")
    for row, line in enumerate(log, start=top + 2):
        for at, value in enumerate(line):
            kind: Kind = "date" if isinstance(value, np.datetime64) else "text"
            page.put(row, MARGIN + at, value, styles.fact(kind))
    free = top + 2 + len(log)
    for row in range(free, free + spec.log_empty_rows):
        for at in range(len(spec.log_headers)):
            page.put(row, MARGIN + at, None, styles.cell("input", "text"))
    last = free + spec.log_empty_rows - 1
    page.sheet.freeze_panes(3, 0)
    page.printing(page.styles.look.paper_pages, last, MARGIN + len(spec.log_headers) - 1, None)
