"""The output sheets of the post-event workbook: Bridge, Post-event, Tracking, Accuracy; and Waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scorer.columns import Columns, length, text
from scorer.planning.post_event import MODEL, RULE, TOO_FEW
from scorer.workbook.layout import MARGIN, Places, Table, area, columns_of, quoted, sentence, table_at
from scorer.workbook.page import Page
from scorer.workbook.post_event.figures import Figures
from scorer.workbook.post_event.formulas import (
    ACCURACY,
    BRIDGE,
    BRIDGE_LINES,
    COVERAGE_LINES,
    OVERRIDE_LINES,
    POST_EVENT,
    TRACKING_LINES,
)
from scorer.workbook.post_event.words import PostEventWords
from scorer.workbook.sheets_out import fixed
from scorer.workbook.template import Line

CHART_ROWS = 22
FRAME_ROWS = 3
LINES_ROW = 6
_TOTAL_RETURNS = {"planned_roi": ("planned_profit", "planned_cost"), "actual_roi": ("actual_profit", "actual_cost")}


# ---------------------------------------------------------------------------------------------- where
def place_outputs(places: Places, words: PostEventWords, figures: Figures, waiting: Columns) -> None:
    """Say where every table, line and total will stand."""
    places.tables["bridge"] = table_at(words.bridge.bands, len(words.bridge.steps))
    places.place("bridge", "title", 1, MARGIN)
    below = places.tables["bridge"].last + 4 + CHART_ROWS
    for at, line in enumerate(words.bridge.working_rows):
        places.place("bridge", line.name, below + at, MARGIN + 1)
    table = table_at(words.post_event.bands, len(figures.post_event["promotion_id"]))
    places.tables["post_event"] = table
    for column in columns_of(words.post_event.bands):
        if column.total:
            places.place("post_event", f"total_{column.name}", table.first - 4, table.columns[column.name])
    _place_lines(places, "tracking", words.tracking.rows, LINES_ROW)
    first = LINES_ROW + len(words.tracking.rows) + 5
    places.tables["tracking"] = table_at(words.tracking.bands, length(figures.weeks), first)
    _place_lines(places, "accuracy", words.accuracy.coverage_rows, LINES_ROW)
    second = LINES_ROW + len(words.accuracy.coverage_rows) + 2
    _place_lines(places, "accuracy", words.accuracy.override_rows, second)
    first = second + len(words.accuracy.override_rows) + 5
    places.tables["accuracy"] = table_at(words.accuracy.bands, length(figures.accuracy), first)
    places.tables["waiting"] = table_at(words.waiting.bands, length(waiting))
    for name in ("bridge", "post_event", "tracking", "accuracy"):
        _place_whole(places, name)


def _place_lines(places: Places, sheet: str, lines: Sequence[Line], first: int) -> None:
    for at, line in enumerate(lines):
        places.place(sheet, line.name, first + at, MARGIN + 1)


def _place_whole(places: Places, name: str) -> None:
    """What is searched for errors: the table, and the lines above or below it; not the summary of the search itself."""
    table = places.tables[name]
    rows = [row for row, _ in places.cells.get(name, {}).values() if row >= FRAME_ROWS]
    span = table.columns.values()
    places.ranges.setdefault(name, {})["whole"] = area(min([table.first, *rows]), min(span), max([table.last, *rows]), max(span))


# ---------------------------------------------------------------------------------------------- Bridge
def write_bridge(page: Page, words: PostEventWords, figures: Figures, state: str) -> None:
    """Write the bridge, its chart with the finding for a title, and what the title rests on."""
    spec, table = words.bridge, page.places.tables["bridge"]
    page.frame(spec, state)
    labels = [f"{step}: {fixed(float(amount))}" for step, amount in zip(spec.steps, figures.bridge["amount"], strict=True)]
    values: dict[str, Any] = {**figures.bridge, "step": list(spec.steps), "meaning": list(spec.meanings), "label": labels}
    page.table(spec.table, spec.bands, table, values, BRIDGE)
    row = page.places.cells["bridge"][spec.working_rows[0].name][0] - 1
    page.words(row, MARGIN, spec.workings, "section")
    for line in spec.working_rows:
        _line(page, "bridge", line, BRIDGE_LINES[line.name], figures.bridge_lines[line.name])
    _finding(page, words, figures)
    _waterfall(page, words, table)
    printed = columns_of([band for band in spec.bands if band.printed])
    page.printing(page.styles.look.paper_pages, row - 2, table.columns[printed[-1].name], None, pages=1)
    page.sheet.freeze_panes(3, 0)


def _finding(page: Page, words: PostEventWords, figures: Figures) -> None:
    spec, lines = words.bridge, figures.bridge_lines
    largest = int(lines["largest"]) - 1
    now = {
        "currency": page.currency,
        "variance": fixed(abs(lines["variance"])),
        "effect": spec.steps[largest],
        "size": fixed(float(figures.bridge["amount"][largest])),
    }
    blanks = {
        "currency": "{inputs.currency}",
        "variance": "FIXED(ABS({variance}),0)",
        "effect": "INDEX({step:all},{largest})",
        "size": "FIXED(INDEX({amount:all},{largest}),0)",
    }
    below, above = (sentence(pattern, **blanks) for pattern in (spec.sentence_below, spec.sentence_above))
    source = f"CHOOSE({{finding}},{quoted(spec.sentence_unknown)},{below},{above})"
    said = (spec.sentence_unknown, spec.sentence_below.format(**now), spec.sentence_above.format(**now))
    row, column = page.places.cells["bridge"]["title"]
    page.formula(row, column, source, said[int(lines["finding"]) - 1], page.styles.word("finding"))


def _waterfall(page: Page, words: PostEventWords, table: Table) -> None:
    """Stacked columns over an invisible base, above and below zero apart, so that a bar may cross the axis."""
    look, spec = page.styles.look, words.bridge
    font = {"name": look.font, "size": 9, "color": look.ink}
    chart = page.book.add_chart({"type": "column", "subtype": "stacked"})
    colours = {"base": None, "total": look.band, "up": look.marks["▲"][1], "down": look.negative}
    names = {"base": "", "total": spec.series_total, "up": spec.series_up, "down": spec.series_down}
    for kind, colour in colours.items():
        fill = {"none": True} if colour is None else {"color": colour}
        for side in ("above", "below"):
            chart.add_series({**_series(page, f"{kind}_{side}", names[kind]), "fill": fill, "gap": 40, "border": {"none": True}})
    page.finding_over(chart, "bridge", "title")
    chart.set_legend({"none": True})
    chart.set_x_axis({"num_font": font, "label_position": "low", "line": {"color": look.quiet}})
    gridlines = {"visible": True, "line": {"color": look.line}}
    axis = {"name": spec.chart_axis, "name_font": font, "num_font": font, "num_format": "#,##0", "major_gridlines": gridlines}
    chart.set_y_axis(axis | {"line": {"none": True}})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 980, "height": CHART_ROWS * 19})
    page.sheet.insert_chart(table.last + 2, MARGIN, chart, {"description": spec.chart_alt, "object_position": 2})


def _series(page: Page, name: str, words: str) -> dict[str, Any]:
    column = page.places.column
    return {"name": words, "categories": "=" + column("bridge", "label"), "values": "=" + column("bridge", name)}


# ---------------------------------------------------------------------------------------------- Post-event
def write_post_event(page: Page, words: PostEventWords, figures: Figures, state: str) -> None:
    """Write plan against actual, a line per promotion, and the totals above them."""
    spec, table, columns = words.post_event, page.places.tables["post_event"], figures.post_event
    page.table_sheet(spec, spec.bands, table, state)
    reasons = text("" if known else words.inputs.words["missing"] for known in columns["both"].tolist())
    reasons[:] = ["" if reason is None else reason for reason in reasons.tolist()]
    page.table(spec.table, spec.bands, table, columns | {"reason": reasons}, POST_EVENT)
    _totals(page, words, figures)


def _totals(page: Page, words: PostEventWords, figures: Figures) -> None:
    spec, table = words.post_event, page.places.tables["post_event"]
    row, styles = table.first - 4, page.styles
    for column in columns_of([band for band in spec.bands if band.printed]):
        page.sheet.write_blank(row, table.columns[column.name], None, styles.total("text"))
    page.sheet.write_string(row, table.columns["promotion_id"], spec.total, styles.total("text"))
    left_out = f"{figures.bridge_lines['left_out']:.0f} {spec.left_out}"
    page.formula(row, table.columns["item"], "{bridge.left_out}&" + quoted(f" {spec.left_out}"), left_out, styles.total("text"))
    for column in columns_of(spec.bands):
        if column.total:
            source = f"SUMIF({{both:all}},1,{{{column.name}:all}})"
            page.formula(row, table.columns[column.name], source, figures.totals[column.name], styles.total(column.kind))
    for name, (profit, cost) in _TOTAL_RETURNS.items():
        source = f"IF({{total_{cost}}}>0,{{total_{profit}}}/{{total_{cost}}},{{inputs.na}})"
        page.formula(row, table.columns[name], source, figures.totals[name], styles.total("percent"))
    page.negatives(row, table.columns["planned_profit"], row, table.columns["actual_cost"])


# ---------------------------------------------------------------------------------------------- Tracking
def write_tracking(page: Page, words: PostEventWords, figures: Figures, state: str) -> None:
    """Write how planning goes: counts of the log as values, rates and money as formulas, then week by week."""
    spec, table = words.tracking, page.places.tables["tracking"]
    page.frame(spec, state)
    heads(page, LINES_ROW - 1, spec.headers, len(spec.widths))
    for line in spec.rows:
        _line(page, "tracking", line, TRACKING_LINES.get(line.name), figures.tracking[line.name], len(spec.widths))
    page.table(spec.table, spec.bands, table, figures.weeks, {})
    _widths(page, spec.widths)
    page.printing(page.styles.look.paper_pages, table.last, MARGIN + len(spec.widths) - 1, None)
    page.sheet.freeze_panes(3, 0)


# ---------------------------------------------------------------------------------------------- Accuracy
def write_accuracy(page: Page, words: PostEventWords, figures: Figures, state: str) -> None:
    """Write whether intervals held, who was closer, and the errors by mechanic and category."""
    spec, table = words.accuracy, page.places.tables["accuracy"]
    page.frame(spec, state)
    _coverage_sentence(page, words, figures.coverage)
    first = page.places.cells["accuracy"][spec.override_rows[0].name][0]
    for row, title in ((LINES_ROW - 1, spec.coverage), (first - 1, spec.overrides)):
        heads(page, row, (title, *words.tracking.headers[1:]), len(spec.widths))
    for lines, sources, values in (
        (spec.coverage_rows, COVERAGE_LINES, figures.coverage),
        (spec.override_rows, OVERRIDE_LINES, figures.overrides),
    ):
        for line in lines:
            _line(page, "accuracy", line, sources[line.name], values[line.name], len(spec.widths))
    said = words.inputs.words
    closer = {MODEL: said["closer_model"], RULE: said["closer_rule"], TOO_FEW: said["few"]}
    told = {"closer": [closer[who] for who in figures.accuracy["closer"].tolist()]}
    told["group"] = [*figures.accuracy["group"].tolist()[:-1], said["by_all"]]
    page.table(spec.table, spec.bands, table, {**figures.accuracy, **told}, ACCURACY)
    _widths(page, spec.widths)
    page.printing(page.styles.look.paper_pages, table.last, MARGIN + len(spec.widths) - 1, None)
    page.sheet.freeze_panes(3, 0)


def _coverage_sentence(page: Page, words: PostEventWords, found: Mapping[str, float]) -> None:
    spec = words.accuracy
    patterns = (spec.sentence_few, spec.sentence_narrow, spec.sentence_wide, spec.sentence_hold)
    promised = found["promised"]
    now = {
        "measured": f"{found['judged']:.0f}",
        "minimum": f"{found['minimum']:.0f}",
        "inside": f"{found['inside']:.0f}",
        "promised": "" if promised != promised else f"{promised:.0%}",
    }
    blanks = {
        "measured": "{judged}",
        "minimum": "{inputs.minimum}",
        "inside": "{inside}",
        "promised": 'TEXT({promised},"0%")',
    }
    source = f"CHOOSE({{state}},{','.join(sentence(pattern, **blanks) for pattern in patterns)})"
    said = patterns[int(found["state"]) - 1].format(**now)
    page.formula(3, MARGIN, source, said, page.styles.word("finding"))


# ---------------------------------------------------------------------------------------------- Waiting
def write_waiting(page: Page, words: PostEventWords, waiting: Columns, state: str) -> None:
    """Write the committed promotions that cannot be measured yet; a table without any keeps one empty line."""
    spec, table = words.waiting, page.places.tables["waiting"]
    page.table_sheet(spec, spec.bands, table, state)
    if not length(waiting):
        waiting = dict.fromkeys(table.columns, text([""]))
        page.words(3, MARGIN, spec.none, "finding")
    page.table(spec.table, spec.bands, table, waiting, {})


# ---------------------------------------------------------------------------------------------- lines
def heads(page: Page, row: int, headers: Sequence[str], width: int = 0) -> None:
    """Write the headers of a block of lines, ``width`` columns wide."""
    for at in range(len(headers), width):
        page.sheet.write_blank(row, MARGIN + at, None, page.styles.word("header left"))
    for at, header in enumerate(headers):
        page.words(row, MARGIN + at, header, "header" if at == 1 else "header left")


def _line(page: Page, sheet: str, line: Line, source: str | None, value: float, width: int = 0) -> None:
    """A label, its figure (a formula, or a value of the plan log), its unit, and what it means, over empty cells."""
    row, column = page.places.cells[sheet][line.name]
    for at in range(width):
        page.sheet.write_blank(row, MARGIN + at, None, page.styles.word("note"))
    page.words(row, MARGIN, line.label, "label")
    if source is None:
        page.put(row, column, value, page.styles.cell("model", line.kind))
    else:
        page.formula(row, column, source, value, page.styles.cell("calc", line.kind))
        page.negatives(row, column, row, column)
    page.words(row, column + 1, line.unit, "note")
    if line.meaning:
        page.words(row, column + 2, line.meaning, "note")


def _widths(page: Page, widths: Sequence[float]) -> None:
    for at, width in enumerate(widths):
        page.sheet.set_column(MARGIN + at, MARGIN + at, width)


__all__ = [
    "heads",
    "place_outputs",
    "write_accuracy",
    "write_bridge",
    "write_post_event",
    "write_tracking",
    "write_waiting",
]
