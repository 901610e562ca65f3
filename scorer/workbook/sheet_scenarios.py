"""Scenarios: named changes of the whole list side by side, and the chosen one promotion by promotion against the plan.

One cell chooses the scenario; the lift (low, expected, high) is chosen on Inputs. Terms and lifts stand as they were scored,
every amount is a formula over them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from scorer.planning.scenario import Scenarios
from scorer.settings import Language
from scorer.workbook.extra import Check, ExtraSheet
from scorer.workbook.languages import Code
from scorer.workbook.layout import MARGIN, Places, area, columns_of, quoted, sentence, table_at
from scorer.workbook.page import Page
from scorer.workbook.sheet_scenario_lines import ScenarioFigures, ScenarioLinesSheet
from scorer.workbook.sheets_in import TOLERANCES
from scorer.workbook.sheets_out import Result, fixed
from scorer.workbook.template import Band, Line, Sheet, read_words

NAME, TOTALS = "scenarios", "scenario_totals"
CHOOSE_ROW = 4
TOTALS_ROW = 10
CHART_ROWS = 16
NAMES_COLUMN = MARGIN + 4
SENTENCES = ("unknown", "less", "same", "more", "best", "other", "of_scenario", "of_plan")

_TOTALS: dict[str, str] = {
    "promotions_changed": 'SUMPRODUCT(({scenario_lines.number:all}={number})*({scenario_lines.changed:all}<>""))',
    "promotion_cost": "SUMIF({scenario_lines.group:all},{number},{scenario_lines.promotion_cost:all})",
    "profit": "SUMIF({scenario_lines.group:all},{number},{scenario_lines.profit:all})",
    "roi": "IF({promotion_cost}>0,{profit}/{promotion_cost},{inputs.na})",
    "difference": "{profit}-INDEX({profit:all},1)",
}
_PROMOTIONS: dict[str, str] = {
    "line": "({number}-1)*{promotions}+{place}",
    **{
        name: f"INDEX({{scenario_lines.{name}:all}},{{line}})"
        for name in ("discount", "lift", "promotion_cost", "profit", "verdict", "counted")
    },
    "profit_planned": "INDEX({scenario_lines.profit:all},{place})",
    "verdict_planned": "INDEX({scenario_lines.verdict:all},{place})",
    "difference": "IF(ISNUMBER({profit})*ISNUMBER({profit_planned})=1,{profit}-{profit_planned},{inputs.na})",
    "changed": 'INDEX({scenario_lines.changed:all},{line})&""',
}
_WORKINGS: dict[str, str] = {
    "number": "IFERROR(MATCH({chosen},{scenario_totals.scenario:all},0),1)",
    "promotions": "MAX({place:all})",
    "known": "(SUM({scenario_lines.counted:all})>0)*1",
    "is_base": "({number}=1)*1",
    "gain": "INDEX({scenario_totals.difference:all},{number})",
    "most": "MAX({scenario_totals.profit:all})",
    "best_number": "MATCH({most},{scenario_totals.profit:all},0)",
    "best_gain": "{most}-INDEX({scenario_totals.profit:all},1)",
}
_CHECKS = {
    "lines": "SUMPRODUCT(({scenario_lines.gap:all}>{inputs.tolerance})*1)",
    "totals": "(ABS(SUMIF({scenarios.counted:all},1,{scenarios.difference:all})-{scenarios.gain})>{inputs.tolerance})*1",
    "base": "(SUM({roi.edited:all})=0)*(ABS(SUM({roi.profit_expected:all})"
    "-SUMIF({scenario_lines.number:all},1,{scenario_lines.profit_expected:all}))>{inputs.tolerance})*1",
}


class ScenariosWords(Sheet):
    """The words of Scenarios."""

    table: Code
    totals_table: Code
    choose: str
    choose_message: str
    base_case: str
    lift: str
    sentence_unknown: str
    sentence_less: str
    sentence_same: str
    sentence_more: str
    sentence_best: str
    sentence_other: str
    chart_axis: str
    chart_series: str
    chart_alt: str
    workings: str
    check_lines: str
    check_lines_counted: str
    check_totals: str
    check_totals_counted: str
    check_base: str
    check_base_counted: str
    working_rows: tuple[Line, ...]
    totals: tuple[Band, ...]
    bands: tuple[Band, ...]


def scenario_sheets(found: Scenarios, language: Language = "en") -> list[ExtraSheet]:
    """Return the sheets that show scenarios in the planning workbook.

    Raises OutputRefused for more lines than a workbook can carry.
    """
    figures = ScenarioFigures(found, language)
    return [ScenariosSheet(figures), ScenarioLinesSheet(figures)]


class ScenariosSheet:
    """The scenarios side by side, and the chosen one against the plan."""

    name = NAME
    after = "ladder"

    def __init__(self, figures: ScenarioFigures) -> None:
        self._figures = figures
        self._spec: ScenariosWords | None = None

    def spec(self, words: Mapping[str, str]) -> ScenariosWords:
        """Read the words."""
        self._spec = read_words(NAME, ScenariosWords, words)
        return self._spec

    @property
    def _words(self) -> ScenariosWords:
        return self._spec or self.spec({})

    def place(self, places: Places, result: Result) -> None:
        """Say where everything stands; the totals, a second table of the sheet, have a name of their own."""
        del result
        spec, figures = self._words, self._figures
        places.sheets[TOTALS] = places.sheets[NAME]
        places.place(NAME, "title", 1, MARGIN)
        places.place(NAME, "chosen", CHOOSE_ROW, MARGIN + 1)
        places.place(NAME, "lift_case", CHOOSE_ROW + 1, MARGIN + 1)
        totals = places.tables[TOTALS] = table_at(spec.totals, len(figures.names), TOTALS_ROW)
        table = places.tables[NAME] = table_at(spec.bands, figures.promotions, totals.last + 2 + CHART_ROWS + 4)
        below = table.last + 3
        for at, line in enumerate(spec.working_rows):
            places.place(NAME, line.name, below + at, MARGIN + 1)
        for at, name in enumerate(SENTENCES):
            places.place(NAME, f"sentence_{name}", below + at, NAMES_COLUMN)
        places.ranges[NAME] = {"whole": area(totals.first, MARGIN, table.last, max(table.columns.values()))}

    def write(self, page: Page, result: Result, state: str) -> None:
        """Write the sheet with the first named scenario chosen."""
        del result
        spec, figures, places = self._words, self._figures, page.places
        page.frame(spec, state)
        totals = Page(TOTALS, page.book, page.sheet, page.template, places, page.styles, page.currency)
        totals.table(spec.totals_table, spec.totals, places.tables[TOTALS], figures.totals, _TOTALS)
        chosen = figures.promotions_of(figures.chosen, page.template)
        page.table(spec.table, spec.bands, places.tables[NAME], chosen, _PROMOTIONS)
        for one, other in zip(columns_of(spec.totals), columns_of(spec.bands), strict=False):
            at = places.tables[NAME].columns[other.name]
            page.sheet.set_column(at, at, max(page.width(one), page.width(other)))
        _choose(page, spec, figures)
        _workings(page, spec, figures)
        _chart(page, spec)
        table = places.tables[NAME]
        page.printing(page.styles.look.paper_tables, table.last, table.columns["changed"], (table.first - 3, table.first - 1))
        page.sheet.freeze_panes(CHOOSE_ROW + 2, 0)

    def checks(self, result: Result) -> Sequence[Check]:
        """Lines tie to the score, differences to the total, the plan to ROI."""
        spec, figures, cent = self._words, self._figures, TOLERANCES["tolerance"]
        lines = figures.lines
        here = lines["number"] == figures.chosen + 1
        planned = lines["profit"][lines["number"] == 1]
        apart = np.nansum(np.where(lines["counted"][here] == 1, lines["profit"][here] - planned, 0.0))
        base = np.nansum(result.columns["profit_expected"]) - np.nansum(lines["profit_expected"][lines["number"] == 1])
        counts = {
            "lines": float((lines["gap"] > cent).sum()),
            "totals": float(abs(apart - figures.totals["difference"][figures.chosen]) > cent),
            "base": float(abs(base) > cent),
        }
        words = {name: (getattr(spec, f"check_{name}"), getattr(spec, f"check_{name}_counted")) for name in counts}
        return tuple(Check(f"scenario_{name}", *words[name], _CHECKS[name], count) for name, count in counts.items())


def _choose(page: Page, spec: ScenariosWords, figures: ScenarioFigures) -> None:
    styles, cells = page.styles, page.places.cells[NAME]
    row, column = cells["chosen"]
    page.words(row, MARGIN, spec.choose, "finding")
    page.sheet.write_string(row, column, figures.names[figures.chosen], styles.cell("input", "text", strong=True))
    page.words(row, column + 1, spec.base_case.format(base=figures.names[0]), "line")
    rule = {
        "validate": "list",
        "source": "=" + page.places.column(TOTALS, "scenario"),
        "input_title": spec.choose,
        "input_message": spec.choose_message,
        "error_title": spec.choose,
        "error_message": spec.choose_message,
    }
    page.sheet.data_validation(row, column, row, column, rule)
    row, column = cells["lift_case"]
    page.words(row, MARGIN, spec.lift, "label")
    words = page.template.inputs.lists.scenario_names[1]
    page.formula(row, column, "{inputs.scenario}", words, styles.cell("calc", "text"))


def _workings(page: Page, spec: ScenariosWords, figures: ScenarioFigures) -> None:
    cells, values = page.places.cells[NAME], figures.workings()
    page.words(cells[spec.working_rows[0].name][0] - 1, MARGIN, spec.workings, "section")
    for line in spec.working_rows:
        row, column = cells[line.name]
        page.words(row, MARGIN, line.label, "label")
        page.formula(row, column, _WORKINGS[line.name], values[line.name], page.styles.cell("calc", line.kind))
        page.words(row, column + 1, line.unit, "note")
    said = _sentences(page, spec, figures, values)
    for name, (words, source) in said.items():
        page.formula(*cells[f"sentence_{name}"], source, words, page.styles.word("note"))
    source = "CHOOSE(1+{known}+{known}*{is_base},{sentence_unknown},{sentence_of_scenario},{sentence_of_plan})"
    place = int(values["known"] + values["known"] * values["is_base"])
    title = (said["unknown"], said["of_scenario"], said["of_plan"])[place][0]
    page.formula(*cells["title"], source, title, page.styles.word("finding"))


def _sentences(
    page: Page, spec: ScenariosWords, figures: ScenarioFigures, values: Mapping[str, float]
) -> dict[str, tuple[str, str]]:
    """Each sentence of the title: its words now, and the formula that keeps them true."""
    gain, cent = values["gain"], TOLERANCES["tolerance"]
    best = figures.names[int(values["best_number"]) - 1]
    now = {"chosen": figures.names[figures.chosen], "currency": page.currency, "best": best}
    blanks = {
        "chosen": "INDEX({scenario_totals.scenario:all},{number})",
        "currency": "{inputs.currency}",
        "best": "INDEX({scenario_totals.scenario:all},{best_number})",
    }
    amounts = {
        "less": {"less": (fixed(-gain), "FIXED(0-{gain},0)")},
        "same": {},
        "more": {"more": (fixed(gain), "FIXED({gain},0)")},
        "best": {"profit": (fixed(values["most"]), "FIXED({most},0)")},
        "other": {"more": (fixed(values["best_gain"]), "FIXED({best_gain},0)")},
    }
    said = {"unknown": (spec.sentence_unknown, quoted(spec.sentence_unknown))}
    for name, own in amounts.items():
        pattern = getattr(spec, f"sentence_{name}")
        words = pattern.format(**now, **{blank: amount for blank, (amount, _) in own.items()})
        said[name] = (words, sentence(pattern, **blanks, **{blank: source for blank, (_, source) in own.items()}))
    which = ("less", "same", "more")[(gain > cent) + (gain > -cent)]
    said["of_scenario"] = (
        said[which][0],
        "CHOOSE(1+({gain}>{inputs.tolerance})+({gain}>0-{inputs.tolerance}),{sentence_less},{sentence_same},{sentence_more})",
    )
    other = values["best_gain"] > cent
    said["of_plan"] = (
        said["other" if other else "best"][0],
        "IF({best_gain}>{inputs.tolerance},{sentence_other},{sentence_best})",
    )
    return said


def _chart(page: Page, spec: ScenariosWords) -> None:
    look, places, table = page.styles.look, page.places, page.places.tables[TOTALS]
    chart = page.book.add_chart({"type": "column"})
    font = {"name": look.font, "size": 9, "color": look.ink}
    chart.add_series(
        {
            "name": spec.chart_series,
            "categories": "=" + places.column(TOTALS, "scenario"),
            "values": "=" + places.column(TOTALS, "profit"),
            "fill": {"color": look.accent},
            "invert_if_negative": True,
            "invert_if_negative_color": look.negative,
            "gap": 60,
            "data_labels": {"value": True, "num_format": "#,##0", "font": font},
        }
    )
    page.finding_over(chart, NAME, "title")
    chart.set_legend({"none": True})
    axis = {"name_font": font, "num_font": font}
    chart.set_x_axis({"name": spec.chart_axis, "label_position": "low", "line": {"color": look.quiet}, **axis})
    gridlines = {"visible": True, "line": {"color": look.line}}
    chart.set_y_axis(
        {"name": spec.chart_series, "num_format": "#,##0", "major_gridlines": gridlines, "line": {"none": True}, **axis}
    )
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 1240, "height": CHART_ROWS * 19})
    page.sheet.insert_chart(table.last + 2, MARGIN, chart, {"description": spec.chart_alt, "object_position": 2})
