"""Payback: the promotion chosen on What-if week by week, by formulas, and a chart that says the finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scorer.columns import Columns
from scorer.economics.payback import DAYS_OF_A_WEEK
from scorer.workbook.content import Content
from scorer.workbook.extra import Check
from scorer.workbook.languages import Code
from scorer.workbook.layout import MARGIN, Places, area, columns_of, quoted, sentence, table_at
from scorer.workbook.page import Page
from scorer.workbook.sheet_paybacks import Weeks
from scorer.workbook.sheets_in import BASE_CASE
from scorer.workbook.sheets_out import Result, fixed, opening_row
from scorer.workbook.template import Band, Line, Sheet, read_words

NAME = "payback"
CHOOSE_ROW = 4
TERMS_ROW = 8
RESULT_COLUMN = MARGIN + 4
CHART_ROWS = 18
ONE_PAGE_WEEKS = 18
"""So many weeks are still readable on one page with their chart."""
SENTENCES = ("unknown", "never", "keeps", "loses", "again")
_FROM_ROI = ("verdict", "incremental_units", "incremental_margin", "fixed_cost")
_FROM_PAYBACKS = ("days", "share", "profit", "first", "lasting")
_PART = "IF({known}=1,%s*{promotion_days}/{days},{inputs.na})"

_OF_A_WEEK: dict[str, str] = {
    "so_far": "{week}*{week_days}",
    "before": "{so_far}-{week_days}",
    "promotion_days": "IF({known}=1,MIN({days},{so_far})-MIN({days},{before}),0)",
    "dip_days": "IF({known}=1,MAX(0,MIN({dip_days_whole},{so_far}-{days}))-MAX(0,MIN({dip_days_whole},{before}-{days})),0)",
    "margin": _PART % "{incremental_margin}",
    "other_effects": _PART % "{effects}",
    "discount": _PART % "{our_discount}",
    "fixed": "IF({known}=1,({week}=1)*{fixed_cost},{inputs.na})",
    "dip": "IF({known}=1,{pulled}*{dip_days}/{dip_days_whole},{inputs.na})",
    "contribution": "IF({known}=1,{margin}+{other_effects}-{discount}-{fixed}-{dip},{inputs.na})",
    "cumulative": "IF({known}=1,SUM({contribution:top}:{contribution}),{inputs.na})",
    "mark": 'IF({known}*ISNUMBER({first})*({week}=N({first}))=1,{paid},"")',
}


class Payback(Sheet):
    """The words of the sheet."""

    table: Code
    choose: str
    chosen_note: str
    dip: str
    dip_unit: str
    dip_title: str
    dip_message: str
    dip_note: str
    week_days: str
    days_unit: str
    terms: str
    result: str
    paid: str
    never: str
    workings: str
    chart_axis: str
    chart_cumulative: str
    chart_contribution: str
    chart_alt: str
    share_note: str
    sentence_unknown: str
    sentence_never: str
    sentence_keeps: str
    sentence_loses: str
    sentence_again: str
    term_rows: tuple[Line, ...]
    result_rows: tuple[Line, ...]
    working_rows: tuple[Line, ...]
    bands: tuple[Band, ...]


class PaybackSheet:
    """The sheet of one promotion."""

    name = NAME
    after = "what_if"

    def __init__(self, content: Content) -> None:
        self._content = content
        self._spec: Payback | None = None

    def spec(self, words: Mapping[str, str]) -> Payback:
        """Read the words."""
        self._spec = read_words(NAME, Payback, words)
        return self._spec

    @property
    def _words(self) -> Payback:
        return self._spec or self.spec({})

    def place(self, places: Places, result: Result) -> None:
        """Say where the choice, the terms, the weeks and the workings stand."""
        spec, weeks = self._words, Weeks(self._content, result)
        for name, row, column in (
            ("title", 1, MARGIN),
            ("chosen", CHOOSE_ROW, MARGIN + 1),
            ("dip_weeks", CHOOSE_ROW + 1, MARGIN + 1),
            ("most_dip_weeks", CHOOSE_ROW + 1, MARGIN + 3),
            ("week_days", CHOOSE_ROW + 2, MARGIN + 1),
        ):
            places.place(NAME, name, row, column)
        for at, line in enumerate(spec.term_rows):
            places.place(NAME, line.name, TERMS_ROW + 1 + at, MARGIN + 1)
        for at, line in enumerate(spec.result_rows):
            places.place(NAME, line.name, TERMS_ROW + 1 + at, RESULT_COLUMN + 2)
        first = TERMS_ROW + 1 + len(spec.term_rows) + 5
        table = places.tables[NAME] = table_at(spec.bands, weeks.shown, first)
        below = table.last + 3 + CHART_ROWS
        for at, name in enumerate(("dip_days_whole", "days_shown", *(line.name for line in spec.working_rows))):
            places.place(NAME, name, below + 1 + at, MARGIN + 1)
        for at, name in enumerate((*(f"sentence_{which}" for which in SENTENCES), "paid", "never")):
            places.place(NAME, name, below + 1 + at, RESULT_COLUMN)
        span = table.columns.values()
        places.ranges[NAME] = {"whole": area(table.first, min(span), table.last, max(span))}

    def write(self, page: Page, result: Result, state: str) -> None:
        """Write the sheet for the promotion that What-if opens with."""
        spec, weeks = self._words, Weeks(self._content, result)
        shown = _Shown(weeks, result)
        page.frame(spec, state)
        table = page.places.tables[NAME]
        page.table(spec.table, spec.bands, table, shown.weeks(spec), _OF_A_WEEK)
        _entries(page, spec, weeks, shown)
        _blocks(page, spec, shown)
        _workings(page, spec, weeks, shown)
        _title(page, spec, shown)
        _chart(page, spec)
        last = page.places.cells[NAME]["dip_days_whole"][0] - 3
        pages = 1 if weeks.shown <= ONE_PAGE_WEEKS else 0
        printed = columns_of([band for band in spec.bands if band.printed])
        page.printing(page.styles.look.paper_pages, last, table.columns[printed[-1].name], None, pages)
        page.sheet.freeze_panes(CHOOSE_ROW + 1, 0)

    def checks(self, result: Result) -> Sequence[Check]:
        """The weeks of all promotions are checked on Paybacks."""
        del result
        return ()


class _Shown:
    """The promotion the workbook opens with."""

    def __init__(self, weeks: Weeks, result: Result) -> None:
        self.position = opening_row(result.columns["profit"])
        self.roi = {name: values[self.position] for name, values in result.columns.items()}
        self.profile = {name: values[self.position] for name, values in weeks.profile._asdict().items()}
        self.known = bool(weeks.known[self.position])
        self.case = int(weeks.case[self.position])
        self.first, self.lasting = (float(values[self.position]) for values in (weeks.first, weeks.lasting))
        self.share = float(weeks.share[self.position])
        self._shown = weeks.shown

    def weeks(self, spec: Payback) -> Columns:
        """The columns of the weekly table."""
        number = np.arange(1.0, self._shown + 1)
        names = ("margin", "other_effects", "discount", "dip", "contribution", "cumulative")
        money = {name: self.profile[name] for name in names} | {"fixed": self.profile["fixed_cost"]}
        unknown = {name: np.full(self._shown, np.nan) for name in money}
        days = {name: self.profile[name] if self.known else np.zeros(self._shown) for name in ("promotion_days", "dip_days")}
        marks = np.array([spec.paid if week == self.first else "" for week in number.tolist()], dtype=object)
        so_far = number * DAYS_OF_A_WEEK
        return {"week": number, "mark": marks, "so_far": so_far, "before": so_far - DAYS_OF_A_WEEK, **days} | (
            money if self.known else unknown
        )

    def terms(self, spec: Payback) -> dict[str, Any]:
        """The figures of the promotion, and when it pays back."""
        never = spec.never if self.known else np.nan
        when = {name: never if np.isnan(week) else week for name, week in (("first", self.first), ("lasting", self.lasting))}
        roi, profile = self.roi, self.profile
        whole = {name: float(profile[name].sum()) for name in ("dip", "other_effects", "discount", "contribution")}
        return {name: roi[name] for name in _FROM_ROI} | {
            "days": roi["days"],
            "share": self.share,
            "pulled": whole["dip"] if self.known else np.nan,
            "effects": whole["other_effects"] if self.known else np.nan,
            "our_discount": whole["discount"],
            "profit": roi["profit"],
            **when,
            "total": whole["contribution"] if self.known else np.nan,
        }


def _entries(page: Page, spec: Payback, weeks: Weeks, shown: _Shown) -> None:
    styles, cells = page.styles, page.places.cells[NAME]
    page.words(CHOOSE_ROW, MARGIN, spec.choose, "finding")
    name = str(shown.roi["promotion_id"] or "")
    page.formula(*cells["chosen"], '{what_if.chosen}&""', name, styles.cell("calc", "text", strong=True))
    page.words(CHOOSE_ROW, MARGIN + 2, spec.chosen_note, "note")
    row, column = cells["dip_weeks"]
    page.words(row, MARGIN, spec.dip, "label")
    page.put(row, column, weeks.dip_weeks, styles.cell("input", "count"))
    page.words(row, MARGIN + 2, spec.dip_unit, "note")
    page.words(row, RESULT_COLUMN, spec.dip_note, "line")
    page.put(*cells["most_dip_weeks"], weeks.most_dip_weeks, styles.cell("model", "count"))
    rule = {
        "validate": "integer",
        "criteria": "between",
        "minimum": 1,
        "maximum": "=" + page.places.of(NAME, "most_dip_weeks").split("!", 1)[1],
        "input_title": spec.dip_title,
        "input_message": spec.dip_message,
        "error_title": spec.dip_title,
        "error_message": spec.dip_message,
    }
    page.sheet.data_validation(row, column, row, column, rule)
    row, column = cells["week_days"]
    page.words(row, MARGIN, spec.week_days, "label")
    page.put(row, column, DAYS_OF_A_WEEK, styles.cell("model", "count"))
    page.words(row, MARGIN + 2, "", "note")


def _blocks(page: Page, spec: Payback, shown: _Shown) -> None:
    for column, title, width in ((MARGIN, spec.terms, 3), (RESULT_COLUMN, spec.result, 4)):
        for at in range(column, column + width):
            page.sheet.write_blank(TERMS_ROW, at, None, page.styles.word("section"))
        page.words(TERMS_ROW, column, title, "section")
    values = shown.terms(spec) | {"scenario": page.template.inputs.lists.scenario_names[BASE_CASE - 1]}
    given = _at("roi", "discount_given")
    sources = {name: _from("roi", name) for name in _FROM_ROI} | {name: _from("paybacks", name) for name in _FROM_PAYBACKS}
    sources |= {
        "our_discount": f"IF({{found}}*ISNUMBER({given})=1,{given}-{_at('roi', 'partner_pays')},{{inputs.na}})",
        "pulled": _from("paybacks", "dip"),
        "effects": f"IF({{known}}=1,{_at('roi', 'side_effects')}+{{pulled}},{{inputs.na}})",
        "total": "IF({known}=1,SUM({contribution:all}),{inputs.na})",
        "scenario": "{inputs.scenario}",
    }
    for left, lines in ((MARGIN, spec.term_rows), (RESULT_COLUMN, spec.result_rows)):
        for line in lines:
            page.line(line, left, sources[line.name], values[line.name])
    row, _ = page.places.cells[NAME]["share"]
    page.words(row, RESULT_COLUMN, spec.share_note, "line")


def _at(sheet: str, name: str) -> str:
    return f"INDEX({{{sheet}.{name}:all}},{{position}})"


def _from(sheet: str, name: str) -> str:
    return f"IF({{found}}=1,{_at(sheet, name)},{{inputs.na}})"


def _workings(page: Page, spec: Payback, weeks: Weeks, shown: _Shown) -> None:
    cells = page.places.cells[NAME]
    page.words(cells["dip_days_whole"][0] - 1, MARGIN, spec.workings, "section")
    dip = weeks.dip_weeks * DAYS_OF_A_WEEK
    values = {"found": 1, "position": shown.position + 1, "known": float(shown.known), "case": shown.case}
    sources = {
        "found": "ISNUMBER(MATCH({chosen},{paybacks.promotion_id:all},0))*1",
        "position": "IF({found}=1,MATCH({chosen},{paybacks.promotion_id:all},0),1)",
        "known": _from("paybacks", "known").replace("{inputs.na}", "0"),
        "case": _from("paybacks", "case").replace("{inputs.na}", "1"),
    }
    for line in spec.working_rows:
        page.line(line, MARGIN, sources[line.name], values[line.name])
    for name, source, value in (
        ("dip_days_whole", "IF(ISNUMBER({dip_weeks}),MAX(1,MIN({dip_weeks},{most_dip_weeks})),1)*{week_days}", dip),
        ("days_shown", "MAX({week:all})*{week_days}", weeks.shown * DAYS_OF_A_WEEK),
    ):
        row, column = cells[name]
        page.words(row, MARGIN, spec.dip if name == "dip_days_whole" else spec.chart_axis, "label")
        page.formula(row, column, source, value, page.styles.cell("calc", "count"))
        page.words(row, column + 1, spec.days_unit, "note")
    for name, (words, source) in _sentences(page, spec, shown).items():
        page.formula(*cells[f"sentence_{name}"], source, words, page.styles.word("note"))
    page.words(*cells["paid"], spec.paid, "note")
    page.words(*cells["never"], spec.never, "note")


def _sentences(page: Page, spec: Payback, shown: _Shown) -> dict[str, tuple[str, str]]:
    """Each sentence of the title: its words now, and the formula that keeps them true."""
    blanks = {"week": "FIXED(N({first}),0)", "currency": "{inputs.currency}", "profit": "FIXED(N({profit}),0)"}
    profit = float(np.nan_to_num(shown.roi["profit"]))
    now = {"week": fixed(float(np.nan_to_num(shown.first))), "currency": page.currency, "profit": fixed(profit)}
    patterns = {which: getattr(spec, f"sentence_{which}") for which in SENTENCES}
    return {
        which: (pattern.format(**now), sentence(pattern, **blanks) if "{" in pattern else quoted(pattern))
        for which, pattern in patterns.items()
    }


def _title(page: Page, spec: Payback, shown: _Shown) -> None:
    words = [words for words, _ in _sentences(page, spec, shown).values()]
    source = "CHOOSE({case}," + ",".join(f"{{sentence_{which}}}" for which in SENTENCES) + ")"
    page.formula(*page.places.cells[NAME]["title"], source, words[shown.case - 1], page.styles.word("finding"))


def _chart(page: Page, spec: Payback) -> None:
    look, places, table = page.styles.look, page.places, page.places.tables[NAME]
    font = {"name": look.font, "size": 9, "color": look.ink}
    week = "=" + places.column(NAME, "week")
    chart, line = page.book.add_chart({"type": "column"}), page.book.add_chart({"type": "line"})
    chart.add_series(
        {
            "name": spec.chart_contribution,
            "categories": week,
            "values": "=" + places.column(NAME, "contribution"),
            "fill": {"color": look.line},
            "border": {"color": look.quiet},
            "gap": 60,
        }
    )
    line.add_series(
        {
            "name": spec.chart_cumulative,
            "categories": week,
            "values": "=" + places.column(NAME, "cumulative"),
            "line": {"color": look.accent, "width": 2.5},
            "marker": {"type": "circle", "size": 6, "fill": {"color": look.accent}, "border": {"color": look.accent}},
            "data_labels": {"value": True, "num_format": "#,##0", "font": font, "position": "above"},
        }
    )
    chart.combine(line)
    page.finding_over(chart, NAME, "title")
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_x_axis(
        {"name": spec.chart_axis, "name_font": font, "num_font": font, "label_position": "low", "line": {"color": look.quiet}}
    )
    grid = {"visible": True, "line": {"color": look.line}}
    chart.set_y_axis({"num_font": font, "num_format": "#,##0", "major_gridlines": grid, "line": {"none": True}})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 1240, "height": CHART_ROWS * 19})
    page.sheet.insert_chart(table.last + 2, MARGIN, chart, {"description": spec.chart_alt, "object_position": 2})
