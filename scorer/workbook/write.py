"""Write a planning workbook: place everything, then write the sheets from left to right."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from xlsxwriter import Workbook

from scorer import atomic
from scorer.columns import Columns, text
from scorer.economics.verdict import Verdict
from scorer.estimators.distribution import Shape
from scorer.planning.ladder import SPAN, Ladder, Measured
from scorer.settings import Client
from scorer.workbook.chosen import Chosen
from scorer.workbook.content import Card, Content, Run, check
from scorer.workbook.extra import ExtraSheet, in_order
from scorer.workbook.layout import Places, area, columns_of
from scorer.workbook.page import Page, PlainSheet
from scorer.workbook.paging import keep_blocks_whole
from scorer.workbook.plan_rows import PlanRows, plan_rows
from scorer.workbook.sheet_ladder import ladder_bands, place_ladder, write_ladder
from scorer.workbook.sheet_what_if import place_what_if, write_what_if
from scorer.workbook.sheets_control import (
    check_counts,
    place_audit,
    place_checks,
    place_rejects,
    state_words,
    write_audit,
    write_checks,
    write_rejects,
)
from scorer.workbook.sheets_in import (
    define_names,
    name_client,
    place_inputs,
    place_plan,
    plan_bands,
    settings_values,
    write_inputs,
    write_plan,
)
from scorer.workbook.sheets_out import (
    Result,
    place_roi,
    roi_bands,
    roi_result,
    write_roi,
)
from scorer.workbook.sheets_words import place_model, write_about, write_model
from scorer.workbook.styles import Styles, name_styles
from scorer.workbook.template import Band, Template, read_template

EMPTY_DATE = "2026-01-01T00:00:00Z"


def write_workbook(path: Path, content: Content, extras: Sequence[ExtraSheet] = ()) -> None:
    """Write a planning workbook, with further sheets where they are given; the same content gives the same bytes.

    Raises NothingToWorkOn without a scored promotion, ColumnMissing where a needed column is not there,
    OutputRefused when there are too many rows or the file cannot be written.
    """
    check(content)
    atomic.write_bytes(path, workbook_bytes(content, extras))


def build_template(path: Path | None = None) -> bytes:
    """Build the empty workbook of the planning template, and write it where a path is given."""
    made = workbook_bytes(_empty(), keep_empty=True)
    if path is not None:
        atomic.write_bytes(path, made)
    return made


def workbook_bytes(content: Content, extras: Sequence[ExtraSheet] = (), *, keep_empty: bool = False) -> bytes:
    """Make the workbook in memory; keep_empty keeps optional columns that have no value."""
    client, run = content.client, content.run
    words = {
        "client": client.title,
        "currency": client.currency,
        "interval": f"{client.verdict.interval:.0%}",
        "run": run.run_id,
        "model": content.card.model_version,
        "language": client.workbook.language,
    }
    template = read_template(**words)
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_numbers": False}) as book:
        styles = Styles(book, template.look)
        _properties(book, template, run)
        _write(book, template, styles, content, extras, words, keep_empty)
    return name_styles(file.getvalue(), styles.names())


def _write(
    book: Workbook,
    template: Template,
    styles: Styles,
    content: Content,
    extras: Sequence[ExtraSheet],
    words: Mapping[str, str],
    keep_empty: bool,
) -> None:
    rows = plan_rows(content)
    result = roi_result(rows, content, template)
    bands = {
        "plan": plan_bands(template.plan, rows, keep_empty),
        "roi": roi_bands(template, result),
        "ladder": ladder_bands(template, content.ladder),
    }
    chosen = Chosen(content, rows, result, template.what_if)
    sheets = in_order(template.sheets, {extra.name: (extra.after, extra.spec(words)) for extra in extras})
    checks = [check for extra in extras for check in extra.checks(result)]
    counts = check_counts(content, rows, result) | {check.name: check.found for check in checks}
    state = state_words(template, counts, checks)
    places = _places(template, content, rows, result, chosen, bands)
    places.sheets |= {name: spec.sheet for name, spec in sheets.items()}
    for extra in extras:
        extra.place(places, result)
    place_checks(places, checks)
    pages = {
        name: Page(
            name,
            book,
            book.add_worksheet(spec.sheet, PlainSheet),
            template,
            places,
            styles,
            content.client.currency,
        )
        for name, spec in sheets.items()
    }
    labels = {column.name: column.label for column in columns_of(template.plan.bands)}
    write_about(pages["about"], content, state, sheets.values())
    write_inputs(
        pages["inputs"],
        settings_values(content.client, template),
        content.choices,
        labels,
        content.client.currency,
        state,
    )
    write_plan(pages["plan"], bands["plan"], rows, result.columns, content.choices, state)
    write_roi(pages["roi"], bands["roi"], result, rows.item, state)
    write_what_if(pages["what_if"], chosen, state)
    write_ladder(pages["ladder"], bands["ladder"], content.ladder, state)
    write_model(pages["model"], content.card, state)
    write_rejects(pages["rejects"], content.rejects, state)
    write_checks(pages["checks"], counts, content.ladder.measured, checks)
    write_audit(pages["audit"], content, state)
    for extra in extras:
        extra.write(pages[extra.name], result, state)
    for page in pages.values():
        keep_blocks_whole(page.sheet)
    define_names(book, places, template.inputs)
    if not keep_empty:  # the template itself is nobody's
        name_client(book, content.client.client)
    pages["about"].sheet.activate()


def _places(
    template: Template, content: Content, rows: PlanRows, result: Result, chosen: Chosen, bands: dict[str, list[Band]]
) -> Places:
    places = Places({name: spec.sheet for name, spec in template.sheets.items()})
    place_inputs(places, template.inputs, content.choices, len(template.verdicts))
    place_plan(places, bands["plan"], rows)
    place_roi(places, bands["roi"], result.rows)
    place_what_if(places, template, chosen)
    place_ladder(places, template, bands["ladder"], content.ladder)
    place_model(places, template)
    place_rejects(places, template, content.rejects)
    place_audit(places, template)
    for name in ("plan", "roi"):
        table = places.tables[name]
        span = table.columns.values()
        places.ranges.setdefault(name, {})["whole"] = area(table.first, min(span), table.last, max(span))
    return places


def _properties(book: Workbook, template: Template, run: Run) -> None:
    made_at = datetime.fromisoformat(run.made_at).replace(tzinfo=None)
    book.set_properties(
        {
            "title": template.about.title,
            "subject": template.about.purpose,
            "author": run.made_by,
            "comments": f"{run.run_id} · {run.product_version}",
            "created": made_at,
        }
    )
    book.set_size(2400, 1500)


def _empty() -> Content:
    """Content without a figure: one blank promotion and one blank step per discount of the ladder."""
    client = Client(client="template", name="Template", currency="EUR")
    card = Card(
        model_version="none",
        data_cut=np.datetime64("NaT", "D"),
        trained_rows=0,
        events=0,
        evidence=False,
        evidence_sentence="No model has filled this workbook yet.",
        skill={},
        support={},
        limits=(),
    )
    run = Run("none", EMPTY_DATE, "", "", "", "", 0)
    return Content(client, _blank_plan(client), {}, _blank_ladder(), card, {}, run)


def _blank_plan(client: Client) -> Columns:
    money = client.money
    return {
        "promotion_id": text([""]),
        "start_date": np.array(["NaT"], dtype="datetime64[D]"),
        "verdict": text([Verdict.NOT_ENOUGH_EVIDENCE.label]),
        "used_funding_share": np.array([money.funding_share]),
        "used_fixed_cost": np.array([money.fixed_cost]),
        "used_redemption_share": np.array([money.redemption_share]),
        **{
            name: np.array([np.nan])
            for name in ("discount_percentage", "baseline_units", "lift_low", "lift_expected", "lift_high")
        },
    }


def _blank_ladder() -> Ladder:
    """A ladder without an answer: one line for the blank row, from no discount to all of it."""
    nothing = dict.fromkeys(("baseline_units_per_day", "scale", "median", "low", "high"), np.array([np.nan]))
    line = {"place": np.ones(1), "promotion_id": text([""]), "duration_days": np.ones(1), "inside": np.zeros(1)} | nothing
    return Ladder(
        in_units=True,
        shape=Shape(np.array([0.0, 1.0]), np.array([-1.0, 1.0])),
        discount=(0.0, 1.0),
        duration=(1.0, 366.0),
        discounts=np.array([0.0, 1.0]),
        rows=line | {"key": np.array([SPAN + 1])},
        lift=np.full((1, 2), np.nan),
        success=None,
        own=line | {"lift": np.array([np.nan]), "success": np.array([np.nan])},
        measured=Measured(0, np.nan, np.nan, np.nan),
    )


__all__ = ["build_template", "workbook_bytes", "write_workbook"]
