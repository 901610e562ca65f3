"""What matters most on What-if: how far each thing may move, the change of profit sorted by width, and its chart."""

from __future__ import annotations

import numpy as np

from scorer.workbook.chosen import Chosen
from scorer.workbook.layout import MARGIN, Places, Table, area, table_at
from scorer.workbook.native_what_if import FACTORS, SORTED
from scorer.workbook.page import Page
from scorer.workbook.sheets_in import validate
from scorer.workbook.template import Kind, WhatIf

SORTED_COLUMN = MARGIN + 4
"""Where the sorted list stands: its number here, words, then three figures from the fourth column on."""
LINES = 3
CHART_ROWS = 17


def place_tornado(places: Places, spec: WhatIf, top: int, left: int) -> int:
    """Say where the swings, the sorted list and the workings stand; return the first free column right of them."""
    sheet, count, first = "what_if", len(spec.factors), top + LINES
    factors = table_at(spec.factor_bands, count, first, left)
    places.beside(sheet, "factors", factors)
    places.ranges.setdefault(sheet, {})["swings"] = area(first, MARGIN + 1, first + count - 1, MARGIN + 1)
    for at, factor in enumerate(spec.factors):
        places.place(sheet, f"turn_{factor.name}", first + at, factors.columns["number"])
        places.place(sheet, f"swing_{factor.name}", first + at, MARGIN + 1)
    columns = {"no": 0, "what": 1, "down": 4, "up": 5, "reach": 6}
    places.beside(sheet, "tornado", Table(first, count, {name: SORTED_COLUMN + at for name, at in columns.items()}))
    for name in ("what", "down", "up"):
        places.place("tornado", f"{name}_0", first, SORTED_COLUMN + columns[name])
    places.place(sheet, "tornado_title", top + 1, MARGIN)
    places.place(sheet, "tornado_last", first + count + 1 + CHART_ROWS, MARGIN)
    return max(factors.columns.values()) + 2


def write_tornado(page: Page, spec: WhatIf, chosen: Chosen) -> None:
    """Write the swings, the sorted list and the chart."""
    factors = chosen.factors()
    page.table(spec.factors_table, spec.factor_bands, page.places.tables["factors"], factors, FACTORS, "factors")
    table = page.places.tables["tornado"]
    for column in range(MARGIN, max(table.columns.values()) + 1):
        page.sheet.write_blank(table.first - LINES, column, None, page.styles.word("section"))
    page.words(table.first - LINES, MARGIN, spec.tornado, "section")
    _swings(page, spec, table.first)
    order = np.argsort(factors["rank"])
    values = {"no": np.sort(factors["rank"])} | {name: factors[name][order] for name in SORTED}
    _sorted(page, spec, table, values)
    _chart(page, spec, table)


def _swings(page: Page, spec: WhatIf, first: int) -> None:
    styles = page.styles
    for at, words in enumerate((spec.tornado_swings, "", "")):
        page.words(first - 1, MARGIN + at, words, "header left")
    for at, factor in enumerate(spec.factors):
        row = first + at
        page.words(row, MARGIN, factor.label, "label")
        page.words(row, MARGIN + 2, factor.unit, "note")
        if factor.check:
            page.put(row, MARGIN + 1, factor.swing, styles.cell("input", factor.kind))
            validate(page, (row, MARGIN + 1, row, MARGIN + 1), factor.check, page.template.inputs.checks[factor.check])
        else:
            page.words(row, MARGIN + 1, "", "label")


def _sorted(page: Page, spec: WhatIf, table: Table, values: dict[str, np.ndarray]) -> None:
    kinds: dict[str, Kind] = {"no": "count", "what": "text", "down": "gain", "up": "gain", "reach": "money"}
    for column in range(SORTED_COLUMN, max(table.columns.values()) + 1):
        page.words(table.first - 1, column, "", "header left")
    for (name, kind), words in zip(kinds.items(), spec.tornado_headers, strict=True):
        column = table.columns[name]
        page.words(table.first - 1, column, words, "header left" if kind == "text" else "header")
        write = page.places.formula("tornado", SORTED.get(name, ""))
        for below, value in enumerate(values[name].tolist()):
            row = table.first + below
            if name == "no":
                page.put(row, column, value, page.styles.cell("model", "count"))
            elif name == "what":
                for at in (1, 2):
                    page.sheet.write_blank(row, column + at, None, page.styles.word("label"))
                page.sheet.write_formula(row, column, write(row), page.styles.word("label"), value)
            else:
                page.sheet.write_formula(row, column, write(row), page.styles.cell("calc", kind), page.shown(value))
    page.negatives(table.first, table.columns["down"], table.last, table.columns["reach"])


def _chart(page: Page, spec: WhatIf, table: Table) -> None:
    look, places = page.styles.look, page.places
    chart = page.book.add_chart({"type": "bar"})
    font = {"name": look.font, "size": 9, "color": look.ink}
    for name, words, colour in (("down", spec.tornado_headers[2], look.negative), ("up", spec.tornado_headers[3], look.accent)):
        chart.add_series(
            {
                "name": words,
                "categories": "=" + places.column("tornado", "what"),
                "values": "=" + places.column("tornado", name),
                "fill": {"color": colour},
                "gap": 40,
                "overlap": 100,
            }
        )
    page.finding_over(chart, "what_if", "tornado_title")
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_y_axis(
        {"reverse": True, "num_font": font, "label_position": "low", "line": {"color": look.quiet}}
    )
    chart.set_x_axis(
        {
            "name": spec.tornado_axis,
            "name_font": font,
            "num_font": font,
            "num_format": "#,##0",
            "label_position": "high",  # below the bars: the widest is on top, and with it the axis
            "major_gridlines": {"visible": True, "line": {"color": look.line}},
            "line": {"none": True},
        }
    )
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 1240, "height": CHART_ROWS * 19})
    page.sheet.insert_chart(table.last + 2, MARGIN, chart, {"description": spec.tornado_alt, "object_position": 2})
