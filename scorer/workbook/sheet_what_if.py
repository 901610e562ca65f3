"""What-if: one promotion, its terms, the discount ladder by formulas, and a chart that says the finding."""

from __future__ import annotations

from typing import Any

import numpy as np

from scorer.columns import Columns, Floats, take
from scorer.economics.promotion import Terms
from scorer.workbook.figures import highest, money
from scorer.workbook.layout import MARGIN, Places, Table, columns_of, letters, quoted, sentence, table_at
from scorer.workbook.native import what_if_formulas
from scorer.workbook.page import Page
from scorer.workbook.sheets_in import BASE_CASE
from scorer.workbook.sheets_out import Result, first_with_profit, fixed
from scorer.workbook.template import Line, Template, WhatIf

CHOOSE_ROW = 4
TERMS_ROW = 6
PLANNED_COLUMN = MARGIN + 4
CHART_ROWS = 18

_TERMS = {
    "product": "item",
    **{
        name: name
        for name in (
            "baseline_units",
            "list_price",
            "unit_cost",
            "funding_share",
            "fixed_cost",
            "redemption_share",
            "unit_adjustment",
        )
    },
}
_PLANNED = {
    "planned_verdict": "verdict",
    "planned_discount": "discount",
    "planned_lift": "lift",
    "planned_cost": "promotion_cost",
    "planned_profit": "profit",
    "planned_roi": "roi",
    "planned_break_even": "break_even_lift",
}
_WORKINGS = {
    "found": "ISNUMBER(MATCH({chosen},{roi.promotion_id:all},0))*1",
    "position": "IF({found}=1,MATCH({chosen},{roi.promotion_id:all},0),1)",
    "steps_known": "SUM({has_profit:all})",
    "best_profit": "IF({steps_known}>0,MAX({profit:all}),{inputs.na})",
    "best_position": "IF({steps_known}>0,MATCH({best_profit},{profit:all},0),1)",
    "best_discount": "INDEX({discount:all},{best_position})",
    # 1: profit unknown, 2: no step earns, 3: one earns most
    "finding": "1+({steps_known}>0)+({steps_known}>0)*({best_profit}>0)",
}


def place_what_if(places: Places, template: Template, steps: int) -> None:
    """Say where the chooser, the terms, the ladder and the workings will stand."""
    spec, sheet = template.what_if, "what_if"
    places.place(sheet, "title", 1, MARGIN)
    places.place(sheet, "chosen", CHOOSE_ROW, MARGIN + 1)
    for at, line in enumerate(spec.term_rows):
        places.place(sheet, line.name, TERMS_ROW + 1 + at, MARGIN + 1)
    for at, line in enumerate(spec.planned_rows):
        places.place(sheet, line.name, TERMS_ROW + 1 + at, PLANNED_COLUMN + 2)
    first = TERMS_ROW + max(len(spec.term_rows), len(spec.planned_rows)) + 5
    places.tables[sheet] = table_at(spec.bands, steps, first)
    below = places.tables[sheet].last + 3 + CHART_ROWS
    for at, line in enumerate(spec.working_rows):
        places.place(sheet, line.name, below + 1 + at, MARGIN + 1)
    for at, name in enumerate(("sentence_unknown", "sentence_none", "sentence_best", "best")):
        places.place(sheet, name, below + 1 + at, PLANNED_COLUMN)


class _Chosen:
    """The promotion the workbook opens with, and what the sheet says about it."""

    def __init__(self, result: Result, ladder: Columns, steps: Floats) -> None:
        columns = result.columns
        self.position = first_with_profit(columns["profit"])
        self.row = {name: values[self.position] for name, values in columns.items()}
        self.name = str(self.row["promotion_id"] or "")
        found = np.flatnonzero(ladder["promotion_id"] == self.name)
        by_step = dict(zip(ladder["step"][found].tolist(), found.tolist(), strict=True))
        self.ladder_row = np.array([by_step.get(step + 1.0, -1) + 1.0 for step in range(len(steps))])
        self.figures = self._figures(ladder, steps)
        self.best = highest(self.figures["profit"])

    def _figures(self, ladder: Columns, steps: Floats) -> Columns:
        row, known = self.row, self.ladder_row > 0
        at = take(ladder, np.where(known, self.ladder_row - 1, 0).astype(np.int64))
        model = {
            name: np.where(known, at[name], np.nan) for name in ("success_probability", "lift_low", "lift_expected", "lift_high")
        }
        terms = Terms(
            row["list_price"],
            row["unit_cost"],
            steps,
            row["funding_share"],
            row["fixed_cost"],
            row["redemption_share"],
            unit_adjustment=row["unit_adjustment"],
        )
        low, expected, high = (model[f"lift_{end}"] for end in ("low", "expected", "high"))
        figures = money(terms, row["baseline_units"], low, expected, high, lift=expected)
        places = np.arange(1.0, len(steps) + 1)
        return figures | model | {"discount": steps, "step": places, "ladder_row": self.ladder_row}

    def workings(self) -> dict[str, Any]:
        profit = self.figures["profit"]
        best = self.best
        earned = np.nan if best is None else float(profit[best])
        known = int((~np.isnan(profit)).sum())
        return {
            "found": 1,
            "position": self.position + 1,
            "steps_known": known,
            "best_profit": earned,
            "best_position": 1 if best is None else best + 1,
            "best_discount": float(self.figures["discount"][best or 0]),
            "finding": 1 + (known > 0) + (known > 0 and earned > 0),
        }


def write_what_if(page: Page, result: Result, ladder: Columns, state: str) -> None:
    """Write the sheet for the first promotion with a profit figure; choosing another changes everything."""
    spec, table = page.template.what_if, page.places.tables["what_if"]
    steps = np.unique(ladder["discount_percentage"])
    chosen = _Chosen(result, ladder, steps)
    page.frame(spec, state)
    _ladder(page, spec, table, chosen)
    _choose(page, spec, chosen)
    _blocks(page, spec, chosen)
    _workings(page, spec, chosen)
    _title(page, spec, chosen)
    _chart(page, spec, table)
    look = page.styles.look
    last = page.places.cells["what_if"][spec.working_rows[0].name][0] - 2
    printed = columns_of([band for band in spec.bands if band.printed])
    page.printing(look.paper_pages, last, table.columns[printed[-1].name], None)
    page.sheet.freeze_panes(CHOOSE_ROW + 1, 0)


def _choose(page: Page, spec: WhatIf, chosen: _Chosen) -> None:
    row, column = page.places.cells["what_if"]["chosen"]
    page.words(row, MARGIN, spec.choose, "finding")
    page.sheet.write_string(row, column, chosen.name, page.styles.cell("input", "text", strong=True))
    page.sheet.data_validation(
        row,
        column,
        row,
        column,
        {
            "validate": "list",
            "source": "=" + page.places.column("plan", "promotion_id"),
            "input_title": spec.choose,
            "input_message": spec.choose_message,
            "error_title": spec.choose,
            "error_message": spec.choose_message,
        },
    )


def _blocks(page: Page, spec: WhatIf, chosen: _Chosen) -> None:
    for column, title in ((MARGIN, spec.terms), (PLANNED_COLUMN, spec.planned)):
        width = 3 if column == MARGIN else 4
        for at in range(column, column + width):
            page.sheet.write_blank(TERMS_ROW, at, None, page.styles.word("section"))
        page.words(TERMS_ROW, column, title, "section")
    for line in spec.term_rows:
        _line(page, line, MARGIN, _from_roi(_TERMS[line.name]), chosen.row[_TERMS[line.name]])
    for line in spec.planned_rows:
        if line.name == "scenario":
            words = page.template.inputs.lists.scenario_names[BASE_CASE - 1]
            _line(page, line, PLANNED_COLUMN, "{inputs.scenario}", words)
        else:
            value = chosen.row[_PLANNED[line.name]]
            _line(page, line, PLANNED_COLUMN, _from_roi(_PLANNED[line.name]), value)


def _from_roi(name: str) -> str:
    return f"IF({{found}}=1,INDEX({{roi.{name}:all}},{{position}}),{{inputs.na}})"


def _line(page: Page, line: Line, left: int, source: str, value: Any) -> None:
    row, column = page.places.cells["what_if"][line.name]
    for at in range(left, column + 2):
        page.sheet.write_blank(row, at, None, page.styles.word("label"))
    page.words(row, left, line.label, "label")
    page.formula(row, column, source, value, page.styles.cell("calc", line.kind))
    page.words(row, column + 1, line.unit, "note")
    (page.marks if line.kind == "text" else page.negatives)(row, column, row, column)


def _ladder(page: Page, spec: WhatIf, table: Table, chosen: _Chosen) -> None:
    marks = [""] * table.rows
    if chosen.best is not None and chosen.figures["profit"][chosen.best] > 0:
        marks[chosen.best] = spec.best
    values: dict[str, Any] = dict(chosen.figures) | {"mark": marks}
    page.table(spec.table, spec.bands, table, values, what_if_formulas())
    _best_row(page, table)


def _best_row(page: Page, table: Table) -> None:
    """Set off the whole line of the best step; its mark says the same in words."""
    first, mark = min(table.columns.values()), letters(table.columns["mark"])
    rule = {
        "type": "formula",
        "criteria": f"=LEN(${mark}{table.first + 1})>0",
        "format": page.styles.conditional(bg_color=page.styles.look.marks["▲"][0]),
    }
    page.sheet.conditional_format(table.first, first, table.last, table.columns["break_even_lift"], rule)


def _workings(page: Page, spec: WhatIf, chosen: _Chosen) -> None:
    values, cells = chosen.workings(), page.places.cells["what_if"]
    top = cells[spec.working_rows[0].name][0] - 1
    page.words(top, MARGIN, spec.workings, "section")
    for line in spec.working_rows:
        _line(page, line, MARGIN, _WORKINGS[line.name], values[line.name])
    for name, words, source in _sentences(page, spec, values):
        row, column = cells[name]
        page.formula(row, column, source, words, page.styles.word("note"))
    row, column = cells["best"]
    page.words(row, column, spec.best, "note")


def _sentences(page: Page, spec: WhatIf, values: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Each sentence of the title: its words now, and the formula that keeps them true."""
    blanks = {
        "discount": 'TEXT({best_discount},"0%")',
        "currency": "{inputs.currency}",
        "profit": "FIXED(N({best_profit}),0)",
    }
    profit = 0.0 if values["best_profit"] != values["best_profit"] else values["best_profit"]
    now = {
        "discount": f"{np.floor(values['best_discount'] * 100 + 0.5 + 1e-9):.0f}%",
        "currency": page.currency,
        "profit": fixed(profit),
    }
    found = [("sentence_unknown", spec.sentence_unknown, quoted(spec.sentence_unknown))]
    for name, pattern in (("sentence_none", spec.sentence_none), ("sentence_best", spec.sentence_best)):
        found.append((name, pattern.format(**now), sentence(pattern, **blanks)))
    return found


def _title(page: Page, spec: WhatIf, chosen: _Chosen) -> None:
    values = chosen.workings()
    words = [words for _, words, _ in _sentences(page, spec, values)]
    row, column = page.places.cells["what_if"]["title"]
    source = "CHOOSE({finding},{sentence_unknown},{sentence_none},{sentence_best})"
    page.formula(row, column, source, words[int(values["finding"]) - 1], page.styles.word("finding"))


def _chart(page: Page, spec: WhatIf, table: Table) -> None:
    look, places = page.styles.look, page.places
    chart = page.book.add_chart({"type": "column"})
    font = {"name": look.font, "size": 9, "color": look.ink}
    chart.add_series(
        {
            "name": spec.chart_series,
            "categories": "=" + places.column("what_if", "discount"),
            "values": "=" + places.column("what_if", "profit"),
            "fill": {"color": look.accent},
            "invert_if_negative": True,
            "invert_if_negative_color": look.negative,
            "gap": 60,
            "data_labels": {"value": True, "num_format": "#,##0", "font": font},
        }
    )
    title_font = {"name": look.font, "size": 12, "bold": True, "color": look.ink}
    chart.set_title(
        {
            "name": "=" + places.of("what_if", "title"),
            "name_font": title_font,
            "overlay": False,
            "layout": {"x": 0.02, "y": 0.03},
        }
    )
    chart.set_legend({"none": True})
    line = {"color": look.line}
    chart.set_x_axis(
        {
            "name": spec.chart_axis,
            "name_font": font,
            "num_font": font,
            "num_format": "0%",
            "label_position": "low",
            "line": {"color": look.quiet},
        }
    )
    chart.set_y_axis(
        {
            "name": spec.chart_series,
            "name_font": font,
            "num_font": font,
            "num_format": "#,##0",
            "major_gridlines": {"visible": True, "line": line},
            "line": {"none": True},
        }
    )
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 1240, "height": CHART_ROWS * 19})
    page.sheet.insert_chart(table.last + 2, MARGIN, chart, {"description": spec.chart_alt, "object_position": 2})
