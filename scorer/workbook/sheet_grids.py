"""The two grids of What-if: expected profit by discount and length, and headroom by discount and margin."""

from __future__ import annotations

import numpy as np

from scorer.workbook.chosen import MARGINS, Chosen
from scorer.workbook.layout import MARGIN, Places, Table, area, letters, table_at
from scorer.workbook.native_what_if import DEPTHS, LENGTHS, grid_formula, margin_formula
from scorer.workbook.page import Page
from scorer.workbook.sheets_in import validate
from scorer.workbook.template import WhatIf

GRID_LINES = 3
"""Lines above the first discount: title, sentence, heads."""
MARGIN_STEP = 0.05


def place_grids(places: Places, spec: WhatIf, chosen: Chosen, top: int, left: int) -> None:
    """Say where the grids stand, and in the same lines, right of the print area, what they are worked out from."""
    sheet, first = "what_if", top + GRID_LINES
    depths = table_at(spec.depth_bands, len(chosen.depths["discount"]), first, left)
    places.beside(sheet, "depths", depths)
    lengths = table_at(spec.length_bands, len(chosen.lengths["days"]), first, max(depths.columns.values()) + 2)
    places.beside(sheet, "lengths", lengths)
    count = lengths.rows
    for at in range(count):
        for name in ("line", "baseline"):
            places.place("lengths", f"{name}_{at}", lengths.first + at, lengths.columns[name])
    grid = {f"profit_{at}": MARGIN + 1 + at for at in range(count)}
    places.beside(sheet, "grid", Table(first, depths.rows, {"discount": MARGIN} | grid))
    places.ranges.setdefault(sheet, {})["grid"] = area(first, MARGIN + 1, depths.last, MARGIN + count)
    right = max(MARGIN + 6, MARGIN + count + 2)
    margins = {f"headroom_{at}": right + 2 + at for at in range(MARGINS)}
    places.beside(sheet, "margins", Table(first, depths.rows, {"discount": right, "lift": right + 1} | margins))
    for at in range(MARGINS):
        places.place(sheet, f"margin_{at}", first - 1, right + 2 + at)
    places.place(sheet, "grid_title", top + 1, MARGIN)
    places.place(sheet, spec.margin_step.name, top + 1, right + 2)


def write_grids(page: Page, spec: WhatIf, chosen: Chosen) -> None:
    """Write both grids; colours follow the figures, signs and the sentence say the same."""
    _workings(page, spec, chosen)
    _profits(page, spec, chosen)
    _headroom(page, spec, chosen)


def _workings(page: Page, spec: WhatIf, chosen: Chosen) -> None:
    places, grid = page.places, chosen.grid
    known = ~np.isnan(grid)
    best = np.where(known.any(axis=1), np.max(np.where(known, grid, -np.inf), axis=1), 0.0)
    last = f"profit_{places.tables['lengths'].rows - 1}"
    formulas = DEPTHS | {"best_in_line": f"MAX({{grid.profit_0}}:{{grid.{last}}})"}
    values = chosen.depths | {"best_in_line": best}
    page.table(spec.depths_table, spec.depth_bands, places.tables["depths"], values, formulas, "depths")
    page.table(spec.lengths_table, spec.length_bands, places.tables["lengths"], chosen.lengths, LENGTHS, "lengths")


def _title(page: Page, row: int, first: int, last: int, words: str) -> None:
    for column in range(first, last + 1):
        page.sheet.write_blank(row, column, None, page.styles.word("section"))
    page.words(row, first, words, "section")


def _profits(page: Page, spec: WhatIf, chosen: Chosen) -> None:
    table, styles = page.places.tables["grid"], page.styles
    first, last = min(table.columns.values()), max(table.columns.values())
    _title(page, table.first - GRID_LINES, first, last, spec.grid)
    page.words(table.first - 1, first, spec.grid_corner, "header left")
    for at, days in enumerate(chosen.lengths["days"].tolist()):
        column = table.columns[f"profit_{at}"]
        page.words(table.first - 1, column, spec.grid_length.format(n=f"{days:.0f}"), "header")
        write = page.places.formula("grid", grid_formula(at))
        for below, value in enumerate(chosen.grid[:, at].tolist()):
            row = table.first + below
            page.sheet.write_formula(row, column, write(row), styles.cell("calc", "gain"), page.shown(value))
    _discounts(page, table, chosen)
    corner = f"{letters(first + 1)}{table.first + 1}"
    best = page.places.of(page.name, "grid_best").split("!", 1)[1]
    where = (table.first, first + 1, table.last, last)
    rule = {"type": "formula", "criteria": f"=AND({corner}={best},N({best})>0)"}
    page.sheet.conditional_format(*where, rule | {"format": styles.conditional(bold=True, border=2, num_format="▲ +#,##0")})
    _heat(page, where)


def _discounts(page: Page, table: Table, chosen: Chosen) -> None:
    write, style = page.places.formula("grid", "{depths.discount}"), page.styles.cell("calc", "percent", strong=True)
    for below, discount in enumerate(chosen.depths["discount"].tolist()):
        row = table.first + below
        page.sheet.write_formula(row, table.columns["discount"], write(row), style, discount)


def _heat(page: Page, where: tuple[int, int, int, int]) -> None:
    """Red below zero, green above, white at zero; figures carry their sign as well."""
    marks = page.styles.look.heat
    rule = {"type": "3_color_scale", "min_color": marks[0], "mid_color": "#FFFFFF", "max_color": marks[1]}
    page.sheet.conditional_format(*where, rule | {"mid_type": "num", "mid_value": 0})
    page.negatives(*where)


def _headroom(page: Page, spec: WhatIf, chosen: Chosen) -> None:
    table, styles, places = page.places.tables["margins"], page.styles, page.places
    margins, headroom = chosen.margins(MARGIN_STEP)
    first, last = min(table.columns.values()), max(table.columns.values())
    _title(page, table.first - GRID_LINES, first, last, spec.margins)
    row, column = places.cells["what_if"][spec.margin_step.name]
    page.words(row, first, spec.margin_step.label, "label")
    page.sheet.write_blank(row, first + 1, None, styles.word("label"))
    page.put(row, column, MARGIN_STEP, styles.cell("input", spec.margin_step.kind))
    page.words(row, column + 1, spec.margin_step.unit, "note")
    validate(page, (row, column, row, column), spec.margin_step.check, page.template.inputs.checks[spec.margin_step.check])
    page.words(table.first - 1, first, spec.grid_corner, "header left")
    page.words(table.first - 1, first + 1, spec.margins_lift, "header")
    middle = MARGINS // 2
    for at, margin in enumerate(margins.tolist()):
        source = "{margin_now}"
        if at != middle:
            near, sign = (at + 1, "-") if at < middle else (at - 1, "+")
            source = f"IFERROR({{margin_{near}}}{sign}{{margin_step}},{{inputs.na}})"
        page.formula(table.first - 1, table.columns[f"headroom_{at}"], source, margin, styles.head("percent"))
        write = places.formula("margins", margin_formula(at))
        for below, value in enumerate(headroom[:, at].tolist()):
            shown = spec.margins_never if value == np.inf else page.shown(value)
            line = table.first + below
            page.sheet.write_formula(line, table.columns[f"headroom_{at}"], write(line), styles.cell("calc", "headroom"), shown)
    _discounts(page, table, chosen)
    write = places.formula("margins", "{depths.lift}")
    for below, lift in enumerate(chosen.depths["lift"].tolist()):
        line = table.first + below
        page.sheet.write_formula(line, first + 1, write(line), styles.cell("calc", "percent"), page.shown(lift))
    _heat(page, (table.first, first + 2, table.last, last))
