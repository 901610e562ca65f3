"""Ladder: the model's answer to every promotion at every discount and length, the shape of its errors, and its limits."""

from __future__ import annotations

from typing import Any

import numpy as np

from scorer.columns import Columns, Floats, length
from scorer.planning.ladder import Ladder
from scorer.workbook.layout import MARGIN, Places, area, table_at
from scorer.workbook.page import Page
from scorer.workbook.template import Band, Column, LadderSheet, Template

KNOTS_ROW = 3
GAP = 1
"""Empty columns between the blocks."""


def ladder_bands(template: Template, ladder: Ladder) -> list[Band]:
    """The bands of Ladder: the promotion and its length, then a column for every discount."""
    spec = template.ladder
    title = spec.steps_in_units if ladder.in_units else spec.steps_in_money
    patterns = (spec.step, spec.step_under)
    bands = [*spec.bands[:1], _steps(spec, title, patterns, spec.step_unit, "lift", ladder.discounts)]
    if ladder.success is not None:
        patterns = (spec.success_step, spec.success_under)
        bands.append(_steps(spec, spec.success, patterns, spec.success_unit, "success", ladder.discounts))
    return [*bands, *(band.model_copy(update={"printed": False}) for band in spec.bands[1:])]


def _steps(spec: LadderSheet, title: str, patterns: tuple[str, str], unit: str, name: str, knots: Floats) -> Band:
    """One column for each discount; of two that read the same the first is just under the second."""
    words = [f"{knot:.4%}".rstrip("%").rstrip("0").rstrip(".") + "%" for knot in knots.tolist()]
    columns = []
    for at, word in enumerate(words):
        under = at + 1 < len(words) and words[at + 1] == word
        columns.append(
            Column(
                name=f"{name} {at}",
                label=patterns[under].format(knot=word),
                unit=unit,
                kind="percent",
                role="model",
                width=spec.step_width,
            )
        )
    return Band(title=title, columns=tuple(columns))


def place_ladder(places: Places, template: Template, bands: list[Band], ladder: Ladder) -> None:
    """Say where the table, the shape beside it and the limits right of that will stand."""
    spec, sheet = template.ladder, "ladder"
    table = table_at(bands, length(ladder.rows))
    places.tables[sheet] = table
    found = places.ranges.setdefault(sheet, {})
    for name, title in (("lift", "lifts"), ("success", "rises")):
        at = [column for known, column in table.columns.items() if known.startswith(f"{name} ")]
        if at:
            found[title] = area(table.first, at[0], table.last, at[-1])
            if name == "lift":
                found["knots"] = area(KNOTS_ROW, at[0], KNOTS_ROW, at[-1])
    left = max(table.columns.values()) + 1 + GAP
    shape = table_at(spec.shape_bands, len(ladder.shape.z), left=left)
    places.beside(sheet, "shape", shape)
    places.place(sheet, "z_first", shape.first, shape.columns["z"])
    places.place(sheet, "z_last", shape.last, shape.columns["z"])
    left = max(shape.columns.values()) + 1 + GAP
    for below, line in enumerate(spec.facts_rows):
        places.place(sheet, line.name, table.first + below, left + 1)


def write_ladder(page: Page, bands: list[Band], ladder: Ladder, state: str) -> None:
    """Write the model's answers; everything stands as it was scored but the key that lines are found by."""
    spec, table = page.template.ladder, page.places.tables["ladder"]
    page.table_sheet(spec, bands, table, state)
    values: dict[str, Any] = dict(ladder.rows)
    for name, grid in (("lift", ladder.lift), ("success", ladder.success)):
        if grid is not None:
            values |= {f"{name} {at}": grid[:, at] for at in range(grid.shape[1])}
            first = table.columns[f"{name} 0"]
            for at, knot in enumerate(ladder.discounts.tolist()):
                page.put(KNOTS_ROW, first + at, knot, page.styles.cell("model", "percent", strong=True))
    page.words(KNOTS_ROW, MARGIN, spec.knots, "line")
    page.table(spec.table, bands, table, values, {"key": "{place}*{inputs.span}+{duration_days}"})
    _shape(page, ladder)
    _facts(page, ladder)


def _shape(page: Page, ladder: Ladder) -> None:
    spec, shape = page.template.ladder, ladder.shape
    rise = np.append(np.diff(shape.p) / np.diff(shape.z), 0.0)
    values: Columns = {"z": shape.z, "p": shape.p, "rise": rise}
    page.table(spec.shape_table, spec.shape_bands, page.places.tables["shape"], values, {})


def _facts(page: Page, ladder: Ladder) -> None:
    spec, cells, measured = page.template.ladder, page.places.cells["ladder"], ladder.measured
    facts: dict[str, float] = {
        **dict(zip(("smallest", "largest"), ladder.discount, strict=True)),
        **dict(zip(("shortest", "longest"), ladder.duration, strict=True)),
        "in_units": float(ladder.in_units),
        "points": measured.points,
        "lift_off": measured.lift,
        "chance_off": measured.probability,
        "baseline_off": measured.baseline,
    }
    row, column = cells[spec.facts_rows[0].name]
    for at, width in enumerate((40, 12, 30)):
        page.sheet.set_column(column - 1 + at, column - 1 + at, width)
        page.sheet.write_blank(row - 1, column - 1 + at, None, page.styles.word("section"))
    page.words(row - 1, column - 1, spec.facts, "section")
    for line in spec.facts_rows:
        row, column = cells[line.name]
        page.words(row, column - 1, line.label, "label")
        value = facts[line.name]
        missing = page.template.book.not_available
        page.put(row, column, missing if value != value else value, page.styles.cell("model", line.kind))
        page.words(row, column + 1, line.unit, "note")


