"""Paybacks: when every promotion of the plan pays back, by formulas over ROI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from scorer.columns import Array, Columns, Floats, text
from scorer.economics.payback import DAYS_OF_A_WEEK, payback, weekly_profile, weeks_needed
from scorer.economics.promotion import Terms
from scorer.workbook.content import Content
from scorer.workbook.extra import Check
from scorer.workbook.layout import MARGIN, Places, area, quoted, sentence, table_at
from scorer.workbook.page import Page
from scorer.workbook.sheets_in import TOLERANCES
from scorer.workbook.sheets_out import Result
from scorer.workbook.template import Band, Column, TableSheet, read_words

NAME = "paybacks"
MOST_DIP_WEEKS = 8
"""Room for a longer dip than the settings say, to be tried on the sheet."""
KEEPS = 3
"""The number of what is said of a promotion that pays back and keeps it."""
KNOWN = "{roi.has_profit}*ISNUMBER({share})*({days}+{payback.dip_days_whole}<={payback.days_shown})"
WEEK = (
    "IF({known}=1,{in_days}*MIN({days},{%s})/{days}-{fixed_cost}"
    "-{dip}*MAX(0,MIN({payback.dip_days_whole},{%s}-{days}))/{payback.dip_days_whole},{inputs.na})"
)


class Paybacks(TableSheet):
    """The words of the sheet."""

    sentence: str
    unknown: str
    never: str
    keeps: str
    loses: str
    again: str
    never_word: str
    week: str
    week_unit: str
    week_width: float
    weeks_band: Band
    check_title: str
    check_counted: str

    @property
    def cases(self) -> tuple[str, ...]:
        """What is said of a promotion, in the order of its number."""
        return (self.unknown, self.never, self.keeps, self.loses, self.again)


class Weeks:
    """What the weeks of a plan's promotions come to, by the engine: the values a fresh workbook carries."""

    def __init__(self, content: Content, result: Result) -> None:
        roi = result.columns
        self.dip_weeks = content.client.money.dip_weeks
        self.most_dip_weeks = max(self.dip_weeks, MOST_DIP_WEEKS)
        self.days: Floats = roi["days"]
        self.share = np.asarray(content.scored.get("used_pulled_forward_share", np.zeros(result.rows)), dtype=np.float64)
        self.shown = weeks_needed(self.days, self.most_dip_weeks)
        terms = Terms(
            roi["list_price"],
            roi["unit_cost"],
            roi["discount"],
            roi["funding_share"],
            roi["fixed_cost"],
            roi["redemption_share"],
            unit_adjustment=roi["unit_adjustment"],
        )
        self.profile = weekly_profile(
            terms, roi["baseline_units"], roi["lift"], self.days, self.share, self.dip_weeks, self.shown
        )
        self.known = (roi["has_profit"] == 1) & ~np.isnan(self.share)
        self.profit = roi["profit"]
        self.first = np.where(self.known, payback(self.profile.contribution), np.nan)
        self.lasting = np.where(self.known, payback(self.profile.contribution, lasting=True), np.nan)

    @property
    def case(self) -> Floats:
        """The number of what is said: 1 unknown, 2 never, 3 keeps, 4 loses, 5 falls and recovers."""
        paid, stays = ~np.isnan(self.first), ~np.isnan(self.lasting)
        found = np.select([~self.known, ~paid, ~stays, self.lasting == self.first], [1.0, 2.0, 4.0, 3.0], 5.0)
        return np.asarray(found)

    def columns(self, roi: Columns, spec: Paybacks) -> Columns:
        """The columns of the sheet."""
        profile, known = self.profile, self.known
        cumulative = np.where(known[:, None], profile.cumulative, np.nan)
        below = np.where(cumulative < -TOLERANCES["smallest_edit"], np.arange(1.0, self.shown + 1), 0.0).max(axis=1, initial=0.0)
        return {
            "promotion_id": roi["promotion_id"],
            "verdict": roi["verdict"],
            "profit": roi["profit"],
            "first": self._when(self.first, spec),
            "lasting": self._when(self.lasting, spec),
            "words": text(spec.cases[int(number) - 1] for number in self.case),
            "days": self.days,
            "fixed_cost": roi["fixed_cost"],
            "in_days": _sum(profile.margin + profile.other_effects - profile.discount),
            "share": self.share,
            "dip": np.where(known, _sum(profile.dip), np.nan),
            "known": known * 1.0,
            "weeks_left": np.where(np.isnan(self.first), 0.0, self.shown + 1 - self.first),
            "last_below": np.where(known, below, np.nan),
            "case": self.case,
            "gap": np.where(known, np.abs(cumulative[:, -1] - roi["profit"]), 0.0),
        } | {f"week_{week}": cumulative[:, week - 1] for week in range(1, self.shown + 1)}


    def _when(self, weeks: Floats, spec: Paybacks) -> Array:
        found = weeks.astype(object)
        found[np.isnan(weeks)] = None
        found[np.isnan(weeks) & self.known] = spec.never_word
        return found


class PaybacksSheet:
    """The sheet of all promotions; Payback shows one of them."""

    name = NAME
    after = "payback"

    def __init__(self, content: Content) -> None:
        self._content = content
        self._spec: Paybacks | None = None

    def spec(self, words: Mapping[str, str]) -> Paybacks:
        """Read the words."""
        self._spec = read_words(NAME, Paybacks, words)
        return self._spec

    def place(self, places: Places, result: Result) -> None:
        """Say where the table stands; the days so far stand above the weeks."""
        bands, weeks = self._bands(result), Weeks(self._content, result)
        table = places.tables[NAME] = table_at(bands, result.rows)
        for week in range(1, weeks.shown + 1):
            places.place(NAME, f"number_{week}", table.first - 5, table.columns[f"week_{week}"])
            places.place(NAME, f"end_{week}", table.first - 4, table.columns[f"week_{week}"])
        first, last = table.columns["week_1"], table.columns[f"week_{weeks.shown}"]
        span = table.columns.values()
        places.ranges[NAME] = {
            "week_numbers": area(table.first - 5, first, table.first - 5, last),
            "whole": area(table.first, min(span), table.last, max(span)),
        }

    def write(self, page: Page, result: Result, state: str) -> None:
        """Write one line per promotion, and what they come to together."""
        spec, table, weeks = self._words, page.places.tables[NAME], Weeks(self._content, result)
        bands, columns = self._bands(result), weeks.columns(result.columns, self._words)
        page.table_sheet(spec, bands, table, state)
        page.table(spec.table, bands, table, columns, self._formulas(weeks))
        style = page.styles.cell("calc", "count")
        for week in range(1, weeks.shown + 1):
            column = table.columns[f"week_{week}"]
            page.put(table.first - 5, column, week, page.styles.cell("model", "count"))
            page.formula(table.first - 4, column, f"{{number_{week}}}*{{payback.week_days}}", week * DAYS_OF_A_WEEK, style)
        keeps, rows = int((weeks.case == KEEPS).sum()), sum(bool(name) for name in result.columns["promotion_id"].tolist())
        source = sentence(
            spec.sentence,
            keeps=f"COUNTIF({{words:all}},{quoted(spec.keeps)})",
            rows='SUMPRODUCT(({promotion_id:all}<>"")*1)',
        )
        page.formula(1, MARGIN, source, spec.sentence.format(keeps=keeps, rows=rows), page.styles.word("finding"))

    def checks(self, result: Result) -> Sequence[Check]:
        """The weeks of every promotion add up to its profit."""
        gap = Weeks(self._content, result).columns(result.columns, self._words)["gap"]
        formula = "SUMPRODUCT(({paybacks.gap:all}>{inputs.tolerance})*1)"
        found = float((gap > TOLERANCES["tolerance"]).sum())
        return (Check("weeks_tie", self._words.check_title, self._words.check_counted, formula, found),)

    @property
    def _words(self) -> Paybacks:
        return self._spec or self.spec({})

    def _bands(self, result: Result) -> list[Band]:
        spec, weeks = self._words, Weeks(self._content, result)
        columns = tuple(
            Column(
                name=f"week_{week}",
                label=spec.week.format(week=week),
                unit=spec.week_unit,
                kind="money",
                role="calc",
                width=spec.week_width,
            )
            for week in range(1, weeks.shown + 1)
        )
        return [*spec.bands, spec.weeks_band.model_copy(update={"columns": columns})]

    def _formulas(self, weeks: Weeks) -> dict[str, str]:
        row = f"{{week_1}}:{{week_{weeks.shown}}}"
        words = ",".join(quoted(case) for case in self._words.cases)
        paid, stays = "ISNUMBER({first})", "ISNUMBER({lasting})"
        return {
            "promotion_id": "{roi.promotion_id}",
            "verdict": "{roi.verdict}",
            "profit": "{roi.profit}",
            "first": "CHOOSE(1+{known}+({weeks_left}>0),{inputs.na},{payback.never},COUNT({week_numbers})+1-{weeks_left})",
            "lasting": "CHOOSE(1+{known}+{known}*(N({last_below})<COUNT({week_numbers})),"
            "{inputs.na},{payback.never},N({last_below})+1)",
            "words": f"CHOOSE({{case}},{words})",
            "days": "{roi.days}",
            "fixed_cost": "{roi.fixed_cost}",
            "in_days": "IF({roi.has_profit}=1,{roi.incremental_margin}+{roi.side_effects}+N({dip})"
            "-{roi.discount_given}+{roi.partner_pays},{inputs.na})",
            "dip": "IF({roi.has_profit}*ISNUMBER({share})=1,{share}*{roi.incremental_units}"
            "*({roi.list_price}-{roi.unit_cost}),{inputs.na})",
            "known": f"IF(ISNUMBER({{days}}),{KNOWN},0)",
            "weeks_left": "IF({known}=1,SUMPRODUCT(MAX((" + row + ">=-{inputs.smallest_edit})"
            "*(COUNT({week_numbers})+1-{week_numbers}))),0)",
            "last_below": "IF({known}=1,SUMPRODUCT(MAX((" + row + "<-{inputs.smallest_edit})*{week_numbers})),{inputs.na})",
            "case": f"1+{{known}}+{paid}+{paid}*(1-{stays})+{paid}*{stays}*(({{lasting}}<>{{first}})+({{lasting}}<>{{first}}))",
            "gap": f"IF({{known}}=1,ABS({{week_{weeks.shown}}}-{{profit}}),0)",
        } | {f"week_{week}": WEEK % (f"end_{week}", f"end_{week}") for week in range(1, weeks.shown + 1)}


def _sum(weeks: Floats) -> Floats:
    return np.asarray(weeks.sum(axis=-1), dtype=np.float64)
