"""Write the post-event workbook: place everything, then write the sheets from left to right."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from xlsxwriter import Workbook

from scorer import atomic
from scorer.columns import length
from scorer.planning.post_event import PostEvent
from scorer.planning.tracking import Tracking
from scorer.settings import Client
from scorer.workbook.control import place_facts, place_groups, state_of, write_facts, write_groups
from scorer.workbook.layout import MARGIN, Places
from scorer.workbook.page import Page, PlainSheet
from scorer.workbook.post_event.figures import HALF, SIXTH, THIRD, Figures, figures_of
from scorer.workbook.post_event.formulas import ATTENTION, CHECKS, INTEGRITY
from scorer.workbook.post_event.sheets import (
    LINES_ROW,
    heads,
    place_outputs,
    write_accuracy,
    write_bridge,
    write_tracking,
    write_waiting,
)
from scorer.workbook.post_event.sheets import write_post_event as write_post_event_sheet
from scorer.workbook.post_event.words import PostEventWords, read_post_event
from scorer.workbook.sheets_in import TOLERANCES
from scorer.workbook.sheets_words import about_columns
from scorer.workbook.styles import Styles, name_styles
from scorer.workbook.template import Template, read_template

GROUPS = {"integrity": INTEGRITY, "attention": ATTENTION}


class Made(NamedTuple):
    """The run that makes the workbook; its time is the only clock in it."""

    run_id: str
    made_at: str
    """UTC, as 2026-03-31T09:30:00Z."""
    made_by: str
    product_version: str
    log: str
    """Where the plan log is, without any password."""
    actuals: str
    """Where the actual figures come from."""


def write_post_event(path: Path, client: Client, found: PostEvent, counted: Tracking, made: Made) -> None:
    """Write a post-event workbook; the same content gives the same bytes. Raises OutputRefused."""
    atomic.write_bytes(path, post_event_bytes(client, found, counted, made))


def post_event_bytes(client: Client, found: PostEvent, counted: Tracking, made: Made) -> bytes:
    """Make the workbook in memory."""
    filled = {
        "client": client.title,
        "currency": client.currency,
        "interval": f"{client.verdict.interval:.0%}",
        "run": made.run_id,
        "language": client.workbook.language,
    }
    words, looks = read_post_event(filled), read_template(**filled)
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_numbers": False}) as book:
        styles = Styles(book, looks.look)
        _properties(book, words, made)
        _write(book, words, styles, client, found, counted, made)
    return name_styles(file.getvalue(), styles.names())


def _write(
    book: Workbook, words: PostEventWords, styles: Styles, client: Client, found: PostEvent, counted: Tracking, made: Made
) -> None:
    by = {"promotion_type": "by_type", "product_category": "by_category", "all": "by_all"}
    figures = figures_of(found, counted, {name: words.inputs.words[word] for name, word in by.items()})
    figures = figures._replace(coverage=figures.coverage | {"minimum": float(found.enough)})
    committed = length(found.rows) + length(found.waiting)
    counts = check_counts(figures, found, committed)
    state = state_of(words.checks, counts, GROUPS)
    places = Places({name: spec.sheet for name, spec in words.sheets.items()})
    for at, line in enumerate(words.inputs.rows):
        places.place("inputs", line.name, LINES_ROW + at, MARGIN + 1)
    place_outputs(places, words, figures, found.waiting)
    place_groups(places, GROUPS)
    place_facts(places, words.audit)
    pages = {
        # a page knows no more of its template than what every workbook has: the book and its words
        name: Page(
            name, book, book.add_worksheet(spec.sheet, PlainSheet), cast("Template", words), places, styles, client.currency
        )
        for name, spec in words.sheets.items()
    }
    _about(pages["about"], words, made, client, state)
    _inputs(pages["inputs"], words, _values(words, client, found), state)
    write_bridge(pages["bridge"], words, figures, state)
    write_post_event_sheet(pages["post_event"], words, figures, state)
    write_tracking(pages["tracking"], words, figures, state)
    write_accuracy(pages["accuracy"], words, figures, state)
    write_waiting(pages["waiting"], words, {name: found.waiting[name] for name in ("promotion_id", "why")}, state)
    write_groups(pages["checks"], words.checks, GROUPS, words.checks.rows, CHECKS, counts)
    first = (made.made_at, made.made_by, words.audit.log_first, made.run_id)
    write_facts(pages["audit"], words.audit, _facts(words, found, made, committed), [first], state)
    pages["about"].sheet.activate()


def check_counts(figures: Figures, found: PostEvent, committed: int) -> dict[str, float]:
    """What each check counts in the workbook as it is written, by the engine."""
    rows, bridge, cent = figures.post_event, figures.bridge, TOLERANCES["tolerance"]
    measured, waiting = figures.tracking["measured"], float(length(found.waiting))
    foretold = float(rows["foretold"].sum())
    counts: dict[str, Any] = {
        "rows_balance": abs(committed - measured - waiting),
        "ids_unique": rows["repeated"].sum(),
        "effects_sum": (rows["effects_gap"] > cent).sum(),
        "profits_tie": (rows["profit_gap"] > cent).sum(),
        "effects_tie": (rows["split_gap"] > cent).sum(),
        "bridge_ties": abs(bridge["to"][-1] - bridge["amount"][-1]) > cent,
        "weeks_tie": abs(figures.tracking["made"] - figures.weeks["week_made"].sum()),
        "no_errors": 0,
        "lift_order": (rows["lift_low"] > rows["lift_high"]).sum(),
        "variance_known": figures.bridge_lines["left_out"],
        "all_foretold": measured - foretold,
        "all_measured": waiting,
    }
    return {name: float(count) for name, count in counts.items()}


def _about(page: Page, words: PostEventWords, made: Made, client: Client, state: str) -> None:
    spec, styles = words.about, page.styles
    page.frame(spec)
    about_columns(page, spec, words.sheets.values())
    facts = {
        "owner": made.made_by,
        "made_at": made.made_at,
        "version": f"{made.product_version} · {words.book.name} {words.book.version}",
        "log": made.log,
        "actuals": made.actuals,
        "currency": client.currency,
    }
    row = _heading(page, 3, spec.facts)
    for line in spec.facts_rows:
        page.words(row, MARGIN, line.label, "label")
        if line.name == "checks":
            page.formula(row, MARGIN + 1, "{checks.state}", state, styles.word("state"))
            page.marks(row, MARGIN + 1, row, MARGIN + 1)
        else:
            page.put(row, MARGIN + 1, facts[line.name], styles.fact("text"))
        row += 1
    for title, lines, numbered in ((spec.how_title, spec.how, True), (spec.conventions_title, spec.conventions, False)):
        row = _heading(page, row + 1, title)
        for at, said in enumerate(lines, start=1):
            # one line each, running over the empty cells beside it: nothing is merged
            page.words(row, MARGIN, f"{at}.  {said}" if numbered else f"·  {said}", "line")
            row += 1
    row = _heading(page, row + 1, spec.key_title)
    for key in spec.key_rows:
        page.sheet.write_string(row, MARGIN, key.label, styles.cell(key.role, "text"))
        page.words(row, MARGIN + 1, key.meaning, "line")
        row += 1
    row = _heading(page, row + 1, spec.map_title)
    for at, header in enumerate(spec.map_headers):
        page.words(row, MARGIN + at, header, "header left")
    for sheet in words.sheets.values():
        row += 1
        for at, cell in enumerate((sheet.sheet, words.book.types[sheet.type], sheet.purpose)):
            page.words(row, MARGIN + at, cell, "label")
    page.printing(styles.look.paper_pages, row, MARGIN + 2, pages=1)


def _heading(page: Page, row: int, title: str) -> int:
    for at in range(3):
        page.sheet.write_blank(row, MARGIN + at, None, page.styles.word("section"))
    page.words(row, MARGIN, title, "section")
    return row + 1


def _values(words: PostEventWords, client: Client, found: PostEvent) -> dict[str, Any]:
    """What the formulas rest on, by its name on Inputs."""
    from scorer.planning.coverage import Z

    return {
        **words.inputs.words,
        "half": HALF,
        "third": THIRD,
        "sixth": SIXTH,
        "tolerance": TOLERANCES["tolerance"],
        "minimum": found.enough,
        "z": Z,
        "na": words.book.not_available,
        "currency": client.currency,
    }


def _inputs(page: Page, words: PostEventWords, values: Mapping[str, Any], state: str) -> None:
    spec = words.inputs
    page.frame(spec, state)
    for at, width in enumerate(spec.widths):
        page.sheet.set_column(MARGIN + at, MARGIN + at, width)
    heads(page, LINES_ROW - 1, spec.headers)
    for line in spec.rows:
        row, column = page.places.cells["inputs"][line.name]
        page.words(row, MARGIN, line.label, "label")
        page.put(row, column, values[line.name], page.styles.cell("model", line.kind))
        page.words(row, column + 1, line.unit, "note")
        page.words(row, column + 2, line.meaning, "note")
    page.sheet.freeze_panes(3, 0)
    page.printing(page.styles.look.paper_pages, row, MARGIN + len(spec.widths) - 1, None)


def _facts(words: PostEventWords, found: PostEvent, made: Made, committed: int) -> dict[str, Any]:
    rows = found.rows
    cuts = rows["data_cut"]
    never = np.datetime64("NaT", "D")
    return {
        **made._asdict(),
        "template_version": words.book.version,
        "models": ", ".join(sorted(set(rows["model_version"].tolist()))),
        "first_cut": cuts.min() if len(cuts) else never,
        "last_cut": cuts.max() if len(cuts) else never,
        "committed": committed,
    }


def _properties(book: Workbook, words: PostEventWords, made: Made) -> None:
    book.set_properties(
        {
            "title": words.about.title,
            "subject": words.about.purpose,
            "author": made.made_by,
            "comments": f"{made.run_id} · {made.product_version}",
            "created": datetime.fromisoformat(made.made_at).replace(tzinfo=None),
        }
    )
    book.set_size(2400, 1500)
