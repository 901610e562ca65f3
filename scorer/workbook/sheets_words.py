"""The sheets made of words: About, and the card of the model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from scorer.columns import Columns, as_python, length, text
from scorer.workbook.breadth import needed
from scorer.workbook.content import Card, Content
from scorer.workbook.layout import MARGIN, Places
from scorer.workbook.page import Page
from scorer.workbook.template import About, Kind, Sheet, Template

ABOUT_WIDTHS = (26, 48, 84)


# ---------------------------------------------------------------------------------------------- About
def write_about(page: Page, content: Content, state: str, sheets: Iterable[Sheet]) -> None:
    """Write what the workbook is for, how to use it, and what its colours and sheets mean."""
    spec = page.template.about
    page.frame(spec)
    about_columns(page, spec, sheets)
    row = _facts(page, content, state, 3)
    row = _paragraphs(page, spec.how_title, spec.how, row, numbered=True)
    row = _colours(page, row)
    row = _paragraphs(page, spec.conventions_title, spec.conventions, row, numbered=False)
    row = _map(page, row, sheets)
    page.printing(page.styles.look.paper_pages, row, MARGIN + 2, pages=1)


def about_columns(page: Page, spec: About, sheets: Iterable[Sheet]) -> None:
    """Set three columns; the last has room for the longest words that run up to its edge, which is the edge of the print."""
    *first, last = ABOUT_WIDTHS
    size = page.styles.look.size
    purposes = [needed(sheet.purpose, size, left=True) for sheet in sheets]
    lines = [needed(f"0.  {line}", size, left=True) - sum(first) for line in (*spec.how, *spec.conventions)]
    for at, width in enumerate((*first, round(max(last, *purposes, *lines), 1))):
        page.sheet.set_column(MARGIN + at, MARGIN + at, width)


def _facts(page: Page, content: Content, state: str, row: int) -> int:
    spec, run, card = page.template.about, content.run, content.card
    facts: dict[str, Any] = {
        "owner": run.made_by,
        "made_at": run.made_at,
        "version": f"{run.product_version} · {page.template.book.name} {page.template.book.version}",
        "model": card.model_version,
        "data_cut": card.data_cut,
        "currency": content.client.currency,
    }
    row = _heading(page, row, spec.facts)
    for line in spec.facts_rows:
        page.words(row, MARGIN, line.label, "label")
        if line.name == "checks":
            page.formula(row, MARGIN + 1, "{checks.state}", state, page.styles.word("state"))
            page.marks(row, MARGIN + 1, row, MARGIN + 1)
        else:
            kind: Kind = "date" if line.name == "data_cut" else "text"
            page.put(row, MARGIN + 1, facts[line.name], page.styles.fact(kind))
        row += 1
    return row + 1


def _heading(page: Page, row: int, title: str, columns: int = 3) -> int:
    for at in range(columns):
        page.sheet.write_blank(row, MARGIN + at, None, page.styles.word("section"))
    page.words(row, MARGIN, title, "section")
    return row + 1


def _paragraphs(page: Page, title: str, lines: tuple[str, ...], row: int, numbered: bool) -> int:
    row = _heading(page, row, title)
    for at, line in enumerate(lines, start=1):
        # one line each, running over the empty cells beside it: nothing is merged
        page.words(row, MARGIN, f"{at}.  {line}" if numbered else f"·  {line}", "line")
        row += 1
    return row + 1


def _colours(page: Page, row: int) -> int:
    spec = page.template.about
    row = _heading(page, row, spec.key_title)
    for line in spec.key_rows:
        page.sheet.write_string(row, MARGIN, line.label, page.styles.cell(line.role, "text"))
        page.words(row, MARGIN + 1, line.meaning, "line")
        row += 1
    for verdict in page.template.verdicts[::-1]:
        page.words(row, MARGIN, verdict.words, "state")
        page.words(row, MARGIN + 1, verdict.advice, "line")
        page.marks(row, MARGIN, row, MARGIN)
        row += 1
    return row + 1


def _map(page: Page, row: int, sheets: Iterable[Sheet]) -> int:
    spec = page.template.about
    row = _heading(page, row, spec.map_title)
    for at, header in enumerate(spec.map_headers):
        page.words(row, MARGIN + at, header, "header left")
    for sheet in sheets:
        row += 1
        for at, words in enumerate((sheet.sheet, page.template.book.types[sheet.type], sheet.purpose)):
            page.words(row, MARGIN + at, words, "label")
    return row


# ---------------------------------------------------------------------------------------------- Model
def place_model(places: Places, template: Template) -> None:
    for at, line in enumerate(template.model.facts_rows):
        places.place("model", line.name, 5 + at, MARGIN + 1)


def write_model(page: Page, card: Card, state: str) -> None:
    """Write the card: the model, its skill beside a simple rule and chance, what it has seen, its limits."""
    spec = page.template.model
    page.frame(spec, state)
    for at, width in enumerate(spec.widths):
        page.sheet.set_column(MARGIN + at, MARGIN + at, width)
    row = _model_facts(page, card)
    row = _paragraphs(page, spec.evidence, (page.say("evidence", card.evidence_sentence),), row, numbered=False)
    names = ("measure", "model", "simple_rule", "placebo", "meaning")
    row = _grid(page, spec.skill, spec.skill_headers, _skill(page, card.skill, spec.measures), names, row)
    row = _grid(page, spec.support, spec.support_headers, _support(page, card.support), ("what", "low", "high", "unit"), row)
    row = _paragraphs(page, spec.limits, tuple(page.say("limits", limit) for limit in card.limits), row, numbered=False)
    page.sheet.freeze_panes(3, 0)
    page.printing(page.styles.look.paper_pages, row, MARGIN + len(spec.widths) - 1, None)


def _skill(page: Page, skill: Columns, labels: dict[str, str]) -> Columns:
    """The skill with its measures called as a reader would call them."""
    if not skill:
        return skill
    measures = text(labels.get(name, name) for name in skill["measure"].tolist())
    return skill | {"measure": measures, "meaning": text(page.say("meaning", words) for words in skill["meaning"].tolist())}


def _support(page: Page, support: Columns) -> Columns:
    return {
        name: text(page.say("support", words) for words in column.tolist()) if name in ("what", "unit") else column
        for name, column in support.items()
    }


def _model_facts(page: Page, card: Card) -> int:
    spec, cells = page.template.model, page.places.cells["model"]
    facts: dict[str, Any] = {
        "model_version": card.model_version,
        "data_cut": card.data_cut,
        "trained_rows": card.trained_rows,
        "events": card.events,
        "evidence": int(card.evidence),
    }
    _heading(page, 4, spec.facts)
    row = 4
    for line in spec.facts_rows:
        row, column = cells[line.name]
        page.words(row, MARGIN, line.label, "label")
        page.put(row, column, facts[line.name], page.styles.fact(line.kind))
        page.words(row, column + 1, line.unit, "note")
    return row + 2


def _grid(page: Page, title: str, headers: tuple[str, ...], table: Columns, names: tuple[str, ...], row: int) -> int:
    row = _heading(page, row, title, len(headers))
    figures = (1, 2, 3) if len(headers) == 5 else (1, 2)
    for at, header in enumerate(headers):
        page.words(row, MARGIN + at, header, "header" if at in figures else "header left")
    cells = [as_python(np.asarray(table[name])) for name in names] if length(table) else []
    for line in zip(*cells, strict=True):
        row += 1
        for at, value in enumerate(line):
            page.put(row, MARGIN + at, *_styled(page, value, at in figures))
    return row + 2


def _styled(page: Page, value: Any, is_figure: bool) -> tuple[Any, Any]:
    if not is_figure:
        return value, page.styles.word("label")
    if value is None or value != value:
        return page.template.book.not_available, page.styles.cell("model", "decimal")
    if isinstance(value, str):
        return value, page.styles.cell("model", "decimal")
    kind: Kind = "count" if float(value).is_integer() and abs(value) >= 1 else "decimal"
    return value, page.styles.cell("model", kind)
