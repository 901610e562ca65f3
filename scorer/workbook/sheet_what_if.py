"""What-if: one promotion, its terms, a step of one's own, the discount ladder by formulas, and a chart with the finding."""

from __future__ import annotations

from typing import Any

import numpy as np

from scorer.workbook.chosen import Chosen
from scorer.workbook.figures_lift import without_lift
from scorer.workbook.layout import MARGIN, Places, Table, area, columns_of, letters, table_at
from scorer.workbook.native_what_if import case_formulas, what_if_formulas
from scorer.workbook.page import Page
from scorer.workbook.sheet_grids import GRID_LINES, place_grids, write_grids
from scorer.workbook.sheet_tornado import place_tornado, write_tornado
from scorer.workbook.sheets_in import BASE_CASE, validate
from scorer.workbook.sheets_out import with_values
from scorer.workbook.template import Band, Line, Template, WhatIf
from scorer.workbook.what_if_words import SENTENCES, sentences

CHOOSE_ROW = 4
TERMS_ROW = 6
PLANNED_COLUMN = MARGIN + 4
OWN_COLUMN = MARGIN + 9
CHART_ROWS = 14
GAP = 1

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
    "days": "days",
    "planned_lift": "lift",
    "planned_cost": "promotion_cost",
    "planned_profit": "profit",
    "planned_roi": "roi",
    "planned_break_even": "break_even_lift",
}
_OWN = {
    "own_success": "success_probability",
    "own_lift": "lift_expected",
    "own_chance": "probability_of_profit",
    "own_cost": "promotion_cost",
    "own_profit": "profit",
    "own_roi": "roi",
}
_PLAN = {
    "place": "ladder_place",
    "override": "baseline_override",
    "scored_discount": "scored_discount",
    "scored_days": "scored_days",
    "stamp_forecast": "forecast",
    "stamp_median": "forecast_median",
    "stamp_low": "forecast_low",
    "stamp_high": "forecast_high",
    "stamp_scale": "forecast_scale",
    "stamp_per_day": "baseline_units_per_day",
    "stamp_success": "success_probability",
    "stamp_learnt": "can_be_judged",
}


def _own(name: str) -> str:
    return f"INDEX({{cases.{name}:all}},MATCH(1,{{cases.is_own:all}},0))"


def _from(sheet: str, name: str) -> str:
    return f"IF({{found}}=1,INDEX({{{sheet}.{name}:all}},{{position}}),{{inputs.na}})"


_WORKINGS = {
    "found": "ISNUMBER(MATCH({chosen},{roi.promotion_id:all},0))*1",
    "position": "IF({found}=1,MATCH({chosen},{roi.promotion_id:all},0),1)",
    "steps_known": "SUM({has_profit:all})",
    "best_profit": "IF({steps_known}>0,MAX({profit:all}),{inputs.na})",
    "best_position": "IF({steps_known}>0,MATCH({best_profit},{profit:all},0),1)",
    "best_discount": "INDEX({discount:all},{best_position})",
    # 1: profit unknown, 2: no step earns, 3: one earns most
    "finding": "1+({steps_known}>0)+({steps_known}>0)*({best_profit}>0)",
    **{name: _from("plan", column) for name, column in _PLAN.items()},
    "override": "IF(ISNUMBER(INDEX({plan.baseline_override:all},{position})),"
    "INDEX({plan.baseline_override:all},{position}),{none})",
    "waits": _from("roi", "waits"),
    "way_known": _from("roi", "remedy"),
    "own_discount_used": "IF(ISNUMBER({own_discount}),{own_discount},{planned_discount})",
    "own_days_used": "IF(ISNUMBER({own_days}),{own_days},{days})",
    "own_learnt": f"IF({_own('use_ladder')}=1,INDEX({{ladder.inside:all}},{_own('row_below')}),"
    f"N({{stamp_learnt}})*(1-{_own('moved')}))*{{model.evidence}}*(1-N({{waits}}))",
    "own_judgeable": "IF(ISNUMBER({own_profit})*ISNUMBER({own_chance})=1,"
    "{own_learnt}*MAX(ISNUMBER({own_roi})*1,({own_cost}=0)*1),0)",
    "own_go": "IF({own_judgeable}=1,({own_profit}>0)*({own_chance}>={inputs.minimum_probability})"
    "*MAX(({own_cost}=0)*1,(N({own_roi})>={inputs.hurdle_roi})*1),0)",
    "grid_known": "COUNT({grid})",
    "grid_best": "IF({grid_known}>0,MAX({grid}),{inputs.na})",
    "grid_line": "IF({grid_known}>0,MATCH({grid_best},{depths.best_in_line:all},0),1)",
    "grid_column": "IF({grid_known}>0,MATCH({grid_best},INDEX({grid},{grid_line},0),0),1)",
    "grid_finding": "1+({grid_known}>0)+({grid_known}>0)*(N({grid_best})>0)",
    "line_below": "IFERROR(IF(({days}>={ladder.shortest})*({days}<={ladder.longest})=1,"
    "MATCH({place}*{inputs.span}+{days},{ladder.key:all},1),{inputs.na}),{inputs.na})",
    "line_above": "IFERROR({line_below}+({days}>INDEX({ladder.duration_days:all},{line_below})),{inputs.na})",
    "line_share": "IFERROR(IF({line_above}>{line_below},({days}-INDEX({ladder.duration_days:all},{line_below}))"
    "/(INDEX({ladder.duration_days:all},{line_above})-INDEX({ladder.duration_days:all},{line_below})),0*{line_below}),{inputs.na})",
    "margin_now": "IFERROR(({list_price}-{unit_cost})/{list_price},{inputs.na})",
    "tornado_finding": "1+(MAX({factors.reach:all})>0)",
}


def place_what_if(places: Places, template: Template, chosen: Chosen) -> None:
    """Say where the chooser, the terms, the ladder, the grids, the tornado and the workings right of them will stand."""
    spec, sheet = template.what_if, "what_if"
    places.place(sheet, "title", 1, MARGIN)
    places.place(sheet, "chosen", CHOOSE_ROW, MARGIN + 1)
    for lines, at in ((spec.term_rows, MARGIN + 1), (spec.planned_rows, PLANNED_COLUMN + 2), (spec.own_rows, OWN_COLUMN + 2)):
        for below, line in enumerate(lines):
            places.place(sheet, line.name, TERMS_ROW + 1 + below, at)
    first = TERMS_ROW + max(len(spec.term_rows), len(spec.planned_rows), len(spec.own_rows)) + 5
    table = table_at(_bands(spec.bands, chosen), len(chosen.steps), first)
    places.tables[sheet] = table
    left = max(table.columns.values()) + 1 + GAP
    cases = table_at(_bands(spec.case_bands, chosen), len(chosen.cases["case"]), first, left)
    places.beside(sheet, "cases", cases)
    left = max(cases.columns.values()) + 1 + GAP
    grids = table.last + 4 + CHART_ROWS
    place_grids(places, spec, chosen, grids, left)
    tornado = grids + GRID_LINES + places.tables["depths"].rows + 2
    right = place_tornado(places, spec, tornado, max(places.tables["lengths"].columns.values()) + 1 + GAP)
    for at, line in enumerate(spec.working_rows):
        places.place(sheet, line.name, first + at, right + 1)
    for at, name in enumerate((*SENTENCES, "best", "never", "none")):
        places.place(sheet, name, first + at, right + 4)
    span = table.columns.values()
    places.ranges.setdefault(sheet, {})["whole"] = area(CHOOSE_ROW, min(span), places.cells[sheet]["tornado_last"][0], right + 5)


def _bands(bands: tuple[Band, ...], chosen: Chosen) -> list[Band]:
    """Of the two ways to the chance of a rise, the columns of the one in use."""
    return [with_values(band, chosen.figures) for band in bands]


def _workings_of(chosen: Chosen) -> dict[str, Any]:
    """What the workings come to."""
    profit, own, grid = chosen.figures["profit"], chosen.own_step(), chosen.grid
    earned = np.nan if chosen.best is None else float(profit[chosen.best])
    known = int((~np.isnan(profit)).sum())
    cells = int((~np.isnan(grid)).sum())
    best = float(np.nanmax(grid)) if cells else np.nan
    line, column = np.unravel_index(int(np.nanargmax(grid)), grid.shape) if cells else (0, 0)
    below, above, share = chosen.lines()
    price, cost = chosen.row["list_price"], chosen.row["unit_cost"]
    return {name: chosen.plan[column] for name, column in _PLAN.items()} | {
        "found": 1,
        "position": chosen.position + 1,
        "steps_known": known,
        "best_profit": earned,
        "best_position": 1 if chosen.best is None else chosen.best + 1,
        "best_discount": float(chosen.figures["discount"][chosen.best or 0]),
        "finding": 1 + (known > 0) + (known > 0 and earned > 0),
        "override": chosen.spec.no_override if np.isnan(chosen.plan["baseline_override"]) else chosen.plan["baseline_override"],
        "waits": 0,
        "way_known": float(chosen.row["remedy"]),
        "own_discount_used": chosen.row["discount"],
        "own_days_used": chosen.row["days"],
        "own_learnt": own["learnt"],
        "own_judgeable": own["judgeable"],
        "own_go": own["go"],
        "grid_known": cells,
        "grid_best": best,
        "grid_line": int(line) + 1,
        "grid_column": int(column) + 1,
        "grid_finding": 1 + (cells > 0) + (cells > 0 and best > 0),
        "line_below": below,
        "line_above": above,
        "line_share": share,
        "margin_now": (price - cost) / price,
        "tornado_finding": 1 + bool((chosen.factors()["reach"] > 0).any()),
    }


def write_what_if(page: Page, chosen: Chosen, state: str) -> None:
    """Write the sheet for the first promotion with a profit figure; choosing another changes everything."""
    spec, table = page.template.what_if, page.places.tables["what_if"]
    page.frame(spec, state)
    _ladder(page, spec, table, chosen)
    _cases(page, spec, chosen)
    _choose(page, spec, chosen)
    _blocks(page, spec, chosen)
    values = _workings_of(chosen)
    words = sentences(page, spec, chosen, values)
    _chart(page, spec, table)
    write_grids(page, spec, chosen)
    write_tornado(page, spec, chosen)
    _workings(page, spec, values, words)
    _findings(page, values, words)
    look = page.styles.look
    printed = columns_of([band for band in spec.bands if band.printed])
    page.printing(look.paper_pages, page.places.cells["what_if"]["tornado_last"][0], table.columns[printed[-1].name], None)
    page.sheet.freeze_panes(CHOOSE_ROW + 1, 0)


def _choose(page: Page, spec: WhatIf, chosen: Chosen) -> None:
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


def _blocks(page: Page, spec: WhatIf, chosen: Chosen) -> None:
    for column, title, width in ((MARGIN, spec.terms, 3), (PLANNED_COLUMN, spec.planned, 4), (OWN_COLUMN, spec.own, 4)):
        for at in range(column, column + width):
            page.sheet.write_blank(TERMS_ROW, at, None, page.styles.word("section"))
        page.words(TERMS_ROW, column, title, "section")
    for line in spec.term_rows:
        page.line(line, MARGIN, _from("roi", _TERMS[line.name]), chosen.row[_TERMS[line.name]])
    for line in spec.planned_rows:
        if line.name == "scenario":
            words = page.template.inputs.lists.scenario_names[BASE_CASE - 1]
            page.line(line, PLANNED_COLUMN, "{inputs.scenario}", words)
        else:
            value = chosen.row[_PLANNED[line.name]]
            page.line(line, PLANNED_COLUMN, _from("roi", _PLANNED[line.name]), value)
    own = chosen.own_step()
    verdict = page.template.verdicts[int(own["number"]) - 1].words
    for line in spec.own_rows:
        if line.check:
            _entry(page, line, OWN_COLUMN)
        elif line.name == "own_verdict":
            number = "1+{own_judgeable}+{own_judgeable}*MAX(N({way_known}),{own_go})+{own_judgeable}*{own_go}"
            source = f"INDEX({{inputs.verdicts}},{number})"
            page.line(line, OWN_COLUMN, source, verdict)
        else:
            page.line(line, OWN_COLUMN, _own(_OWN[line.name]), own["case"][_OWN[line.name]])


def _entry(page: Page, line: Line, left: int) -> None:
    """A yellow cell, empty at first: the plan's own value is used."""
    row, column = page.places.cells["what_if"][line.name]
    for at in range(left, column + 2):
        page.sheet.write_blank(row, at, None, page.styles.word("label"))
    page.words(row, left, line.label, "label")
    page.put(row, column, None, page.styles.cell("input", line.kind))
    page.words(row, column + 1, line.unit, "note")
    validate(page, (row, column, row, column), line.check, page.template.inputs.checks[line.check])


def _ladder(page: Page, spec: WhatIf, table: Table, chosen: Chosen) -> None:
    marks = [""] * table.rows
    if chosen.best is not None and chosen.figures["profit"][chosen.best] > 0:
        marks[chosen.best] = spec.best
    values: dict[str, Any] = _worded(page, chosen.figures) | {"mark": marks}
    classifier = chosen.ladder.success is not None
    page.table(spec.table, _bands(spec.bands, chosen), table, values, what_if_formulas(classifier))
    _best_row(page, table)


def _cases(page: Page, spec: WhatIf, chosen: Chosen) -> None:
    values = _worded(page, chosen.cases)
    classifier = chosen.ladder.success is not None
    bands = _bands(spec.case_bands, chosen)
    page.table(spec.cases_table, bands, page.places.tables["cases"], values, case_formulas(classifier), "cases")


def _worded(page: Page, figures: dict[str, Any]) -> dict[str, Any]:
    template = page.template
    return dict(figures) | without_lift(figures, template.book.not_available, template.inputs.fixed.words["outside"])


def _best_row(page: Page, table: Table) -> None:
    """Set off the whole line of the best step; its mark says the same in words."""
    first, mark = min(table.columns.values()), letters(table.columns["mark"])
    rule = {
        "type": "formula",
        "criteria": f"=LEN(${mark}{table.first + 1})>0",
        "format": page.styles.conditional(bg_color=page.styles.look.marks["▲"][0]),
    }
    page.sheet.conditional_format(table.first, first, table.last, table.columns["break_even_lift"], rule)


def _workings(page: Page, spec: WhatIf, values: dict[str, Any], words: dict[str, tuple[str, str]]) -> None:
    cells = page.places.cells["what_if"]
    row, column = cells[spec.working_rows[0].name]
    for at, width in enumerate((34, 14, 22)):
        page.sheet.set_column(column - 1 + at, column - 1 + at, width)
        page.sheet.write_blank(row - 1, column - 1 + at, None, page.styles.word("section"))
    page.words(row - 1, column - 1, spec.workings, "section")
    for line in spec.working_rows:
        page.line(line, cells[line.name][1] - 1, _WORKINGS[line.name], values[line.name])
    for name, (said, source) in words.items():
        page.formula(*cells[name], source, said, page.styles.word("note"))
    for name, said in (("best", spec.best), ("never", spec.margins_never), ("none", spec.no_override)):
        page.words(*cells[name], said, "note")


def _findings(page: Page, values: dict[str, Any], words: dict[str, tuple[str, str]]) -> None:
    """The sentence above the ladder, above the grid and above the tornado: which one holds is told by the figures."""
    for title, number, names in (
        ("title", "finding", SENTENCES[:3]),
        ("grid_title", "grid_finding", SENTENCES[3:6]),
        ("tornado_title", "tornado_finding", SENTENCES[6:]),
    ):
        row, column = page.places.cells["what_if"][title]
        source = f"CHOOSE({{{number}}}," + ",".join(f"{{{name}}}" for name in names) + ")"
        page.formula(row, column, source, words[names[int(values[number]) - 1]][0], page.styles.word("finding"))


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
    page.finding_over(chart, "what_if", "title")
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
