"""Calendar: how many promotions run by category and week, and every promotion on its weeks, by formulas over Plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns, text
from scorer.lake.matching import Matching
from scorer.planning.calendar import Calendar, Week
from scorer.workbook.content import Content
from scorer.workbook.extra import Check
from scorer.workbook.languages import Code
from scorer.workbook.layout import MARGIN, Places, Table, area, letters, quoted, sentence, table_at
from scorer.workbook.page import Page
from scorer.workbook.plan_rows import ITEM
from scorer.workbook.sheets_out import Result
from scorer.workbook.template import Band, Column, Sheet, read_words

NAME = "calendar"
HEAD_ROW = 4
"""The row of the names of weeks; Mondays, Sundays and holidays follow."""
FIRST_CATEGORY = HEAD_ROW + 4
PAGE_WEEKS = 14
"""Weeks that go beside each other on one page; a longer calendar breaks by quarter."""
QUARTER_SCALE = 78
"""Percent at which the columns on the left and a quarter of weeks fit across the paper for tables."""


class CalendarWords(Sheet):
    """The words of the sheet."""

    table: Code
    sentence: str
    categories: str
    every: str
    no_category: str
    legend: str
    first_day: str
    last_day: str
    days: str
    holiday: str
    season: str
    clash_none: str
    clash_category: str
    clash_item: str
    weeks_title: str
    week_width: float
    twice_title: str
    twice_counted: str
    outside_title: str
    outside_counted: str
    bands: tuple[Band, ...]


class _Keys(NamedTuple):
    """The plan columns by which promotions are told apart."""

    item: tuple[str, ...]
    place: tuple[str, ...]


class CalendarSheet:
    """The sheet of weeks."""

    name = NAME
    after = "roi"

    def __init__(self, content: Content, calendar: Calendar, weeks: Sequence[Week], matching: Matching) -> None:
        ids = content.scored["promotion_id"].tolist()
        order = [ids.index(name) for name in calendar.promotions["promotion_id"].tolist()]
        self._rows = np.array(order, dtype=np.int64)
        needed = (*ITEM, "start_date", "end_date", "discount_percentage")
        self._scored = {name: content.scored[name][self._rows] for name in needed}
        self._weeks = tuple(weeks)
        category = ("product_category",) if matching.sales_have_category else ()
        self._keys = _Keys(matching.keys, (*matching.place_keys, *category))
        self._spec: CalendarWords | None = None

    def spec(self, words: Mapping[str, str]) -> CalendarWords:
        """Read the words."""
        self._spec = read_words(NAME, CalendarWords, words)
        return self._spec

    @property
    def _words(self) -> CalendarWords:
        return self._spec or self.spec({})

    @property
    def _categories(self) -> list[str]:
        names = self._scored["product_category"].tolist()
        return list(dict.fromkeys(self._words.no_category if name is None else name for name in names))

    def place(self, places: Places, result: Result) -> None:
        """Say where the weeks, the categories and the promotions stand."""
        first = FIRST_CATEGORY + len(self._categories) + 6
        table = places.tables[NAME] = table_at(self._bands(), result.rows, first)
        beside = max(table.columns.values()) + 2
        for at in range(len(self._weeks)):
            places.place(NAME, f"monday_{at}", FIRST_CATEGORY + at, beside + 1)
            places.place(NAME, f"sunday_{at}", FIRST_CATEGORY + at, beside + 2)
        span = table.columns.values()
        places.ranges[NAME] = {"whole": area(FIRST_CATEGORY, min(span), table.last, max(span))}

    def write(self, page: Page, result: Result, state: str) -> None:
        """Write the weeks by category, then one line per promotion."""
        spec, table = self._words, page.places.tables[NAME]
        columns = self._columns(result)
        page.frame(spec, state)
        page.table(spec.table, self._bands(), table, columns, self._formulas(page.places))
        _heads(page, spec, table, self._weeks)
        _by_category(page, spec, table, self._categories, columns, len(self._weeks))
        self._finding(page, spec, columns)
        _marks(page, table, len(self._weeks))
        _print(page, table, self._weeks)
        page.sheet.freeze_panes(FIRST_CATEGORY, MARGIN + 1)

    def checks(self, result: Result) -> Sequence[Check]:
        """What two promotions of one item sell is counted twice on ROI; a promotion beyond the weeks of the sheet is not seen."""
        spec, twice = self._words, float(np.sum(self._columns(result)["of_item"] > 0))
        last = len(self._weeks) - 1
        outside = f"({{calendar.to:all}}<{{calendar.monday_0}})+({{calendar.from:all}}>{{calendar.sunday_{last}}})"
        formula = f"SUMPRODUCT(ISNUMBER({{calendar.from:all}})*ISNUMBER({{calendar.to:all}})*({outside}))"
        of_item = "SUMPRODUCT(({calendar.of_item:all}>0)*1)"
        return (
            Check("items_once", spec.twice_title, spec.twice_counted, of_item, twice, integrity=False),
            Check("calendar_holds", spec.outside_title, spec.outside_counted, formula, 0.0, integrity=False),
        )

    def _bands(self) -> list[Band]:
        spec = self._words
        weeks = tuple(
            Column(
                name=f"week_{at}", label=week.name[5:], unit=week.name[:4], kind="text", role="calc", width=spec.week_width
            )
            for at, week in enumerate(self._weeks)
        )
        labels: dict[str, int] = {}
        for at, week in enumerate(weeks):  # a calendar of more than a year has a week twice
            labels[week.label] = labels.get(week.label, 0) + 1
            if labels[week.label] > 1:
                weeks = (*weeks[:at], week.model_copy(update={"label": self._weeks[at].name}), *weeks[at + 1 :])
        own, *workings = spec.bands
        return [own, Band(title=spec.weeks_title, columns=weeks), *workings]

    # ------------------------------------------------------------------ formulas and what they come to
    def _formulas(self, places: Places) -> dict[str, str]:
        there = places.tables["plan"].columns
        plan = {name: f"INDEX({{plan.{name}:all}},{{position}})" for name in (*ITEM, "start_date", "end_date")}

        def joined(names: Sequence[str], between: str) -> str:
            return f'&"{between}"&'.join(plan[name] for name in names if name in there) or '""'

        def blanks(names: Sequence[str]) -> str:
            return "+".join(f"(LEN({plan[name]})=0)" if name in there else "1" for name in names) or "0"

        def sharing(key: str) -> str:
            same = f"({{{key}:all}}={{{key}}})*({{from:all}}<={{to}})*({{to:all}}>={{from}})"
            return f"SUMPRODUCT({same})-1"

        category = f"IF(LEN({plan['product_category']})>0,{plan['product_category']},{quoted(self._words.no_category)})"
        words = ",".join(quoted(case) for case in (self._words.clash_none, self._words.clash_category, self._words.clash_item))
        return {
            "promotion_id": "INDEX({roi.promotion_id:all},{position})",
            "category": category if "product_category" in there else quoted(self._words.no_category),
            "item": f"TRIM({joined(('product_subcategory', 'product'), ' ')})",
            "place": f"TRIM({joined(('region', 'store'), ' ')})",
            "discount": "INDEX({roi.discount:all},{position})",
            "from": f"IF(ISNUMBER({plan['start_date']}),{plan['start_date']},{{inputs.na}})",
            "to": f"IF(ISNUMBER({plan['end_date']}),{plan['end_date']},{{inputs.na}})",
            "verdict": "INDEX({roi.verdict:all},{position})",
            "clash": f"CHOOSE(1+({{in_category}}>0)*({{of_item}}=0)+({{of_item}}>0)+({{of_item}}>0),{words})",
            "item_key": joined(self._keys.item, "|"),
            "item_blanks": blanks(self._keys.item),
            "place_key": joined(self._keys.place, "|"),
            "place_blanks": blanks(self._keys.place),
            "of_item": f"IF({{item_blanks}}=0,{sharing('item_key')},0)",
            "in_category": f"IF({{place_blanks}}=0,MAX(0,{sharing('place_key')}-{{of_item}}),0)",
        } | {
            f"week_{at}": f'IF(({{from}}<={{sunday_{at}}})*({{to}}>={{monday_{at}}})=1,LEFT({{verdict}},1),"")'
            for at in range(len(self._weeks))
        }

    def _columns(self, result: Result) -> Columns:
        scored, spec = self._scored, self._words
        start, end = scored["start_date"], scored["end_date"]
        verdict = result.columns["verdict"][self._rows]
        category = text(spec.no_category if name is None else name for name in scored["product_category"].tolist())
        item_key, item_blanks = _key(scored, self._keys.item)
        place_key, place_blanks = _key(scored, self._keys.place)
        of_item = np.where(item_blanks == 0, _sharing(item_key, start, end), 0.0)
        in_category = np.where(place_blanks == 0, np.maximum(_sharing(place_key, start, end) - of_item, 0.0), 0.0)
        clash = np.select([of_item > 0, in_category > 0], [spec.clash_item, spec.clash_category], spec.clash_none)
        marks = [np.array([words[:1] for words in verdict.tolist()], dtype=object)] * len(self._weeks)
        return {
            "promotion_id": result.columns["promotion_id"][self._rows],
            "category": category,
            "item": _spaced(scored, ("product_subcategory", "product")),
            "place": _spaced(scored, ("region", "store")),
            "discount": scored["discount_percentage"],
            "from": start,
            "to": end,
            "verdict": verdict,
            "clash": clash.astype(object),
            "position": self._rows + 1.0,
            "item_key": item_key,
            "item_blanks": item_blanks,
            "place_key": place_key,
            "place_blanks": place_blanks,
            "of_item": of_item,
            "in_category": in_category,
        } | {
            f"week_{at}": np.where((start <= week.last) & (end >= week.first), marks[at], "")
            for at, week in enumerate(self._weeks)
        }

    def _finding(self, page: Page, spec: CalendarWords, columns: Columns) -> None:
        clashing = int(np.sum((columns["of_item"] > 0) | (columns["in_category"] > 0)))
        rows = sum(bool(name) for name in columns["promotion_id"].tolist())
        source = sentence(
            spec.sentence,
            rows='SUMPRODUCT(({promotion_id:all}<>"")*1)',
            clashing="SUMPRODUCT(({of_item:all}+{in_category:all}>0)*1)",
        )
        page.formula(1, MARGIN, source, spec.sentence.format(rows=rows, clashing=clashing), page.styles.word("finding"))


def _key(scored: Columns, names: Sequence[str]) -> tuple[Array, Array]:
    """Return the columns joined by a bar, and how many of them are not filled; columns no row fills stand in no key."""
    there = [name for name in names if any(cell is not None for cell in scored[name].tolist())]
    rows = len(scored["start_date"])
    parts = [["" if cell is None else str(cell) for cell in scored[name].tolist()] for name in there]
    keys = ["|".join(part[row] for part in parts) for row in range(rows)]
    blanks = [float(sum(not part[row] for part in parts) + len(names) - len(there)) for row in range(rows)]
    column = np.empty(rows, dtype=object)
    column[:] = keys
    return column, np.array(blanks)


def _sharing(keys: Array, start: Array, end: Array) -> Array:
    """Return how many other rows of the same key share days with each row; upper and lower case are the same key."""
    lower = np.array([str(key).lower() for key in keys.tolist()], dtype=object)
    same = (lower[:, None] == lower) & (start[:, None] <= end) & (end[:, None] >= start)
    return np.asarray(same.sum(axis=1) - 1.0)


def _spaced(scored: Columns, names: Sequence[str]) -> Array:
    rows = zip(*(scored[name].tolist() for name in names), strict=True)
    column = np.empty(len(scored["start_date"]), dtype=object)
    column[:] = [" ".join(" ".join(str(cell) for cell in row if cell is not None).split()) for row in rows]
    return column


# ---------------------------------------------------------------------------------------------- above the table
def _heads(page: Page, spec: CalendarWords, table: Table, weeks: Sequence[Week]) -> None:
    styles, last = page.styles, table.columns["clash"]
    for row, words in enumerate((spec.categories, spec.first_day, spec.last_day, spec.days), start=HEAD_ROW):
        for column in range(MARGIN, last + 1):
            page.sheet.write_blank(row, column, None, styles.word("header left" if row == HEAD_ROW else "unit left"))
        page.words(row, MARGIN, words, "header left" if row == HEAD_ROW else "unit left")
    for at, week in enumerate(weeks):
        column = table.columns[f"week_{at}"]
        page.words(HEAD_ROW, column, week.name[5:], "header")
        page.words(HEAD_ROW + 1, column, _short(page, week.first), "unit")
        page.words(HEAD_ROW + 2, column, _short(page, week.last), "unit")
        marks = (spec.holiday if week.holidays else "") + (spec.season if week.season else "")
        page.words(HEAD_ROW + 3, column, marks, "unit")
    page.words(3, MARGIN, spec.legend, "line")
    _days_of_weeks(page, spec, weeks)


def _days_of_weeks(page: Page, spec: CalendarWords, weeks: Sequence[Week]) -> None:
    """The first and last day of every week, right of everything: what the formulas compare dates with."""
    cells, styles = page.places.cells[NAME], page.styles
    row, column = cells["monday_0"]
    for at, header in enumerate((spec.categories, spec.first_day, spec.last_day)):
        page.words(row - 1, column - 1 + at, header, "header left" if at == 0 else "header")
        page.sheet.set_column(column - 1 + at, column - 1 + at, 12)
    for at, week in enumerate(weeks):
        page.words(row + at, column - 1, week.name, "label")
        page.put(*cells[f"monday_{at}"], week.first, styles.cell("model", "date"))
        page.put(*cells[f"sunday_{at}"], week.last, styles.cell("model", "date"))


def _short(page: Page, day: np.datetime64) -> str:
    """A day where there is no room for its year, in the order of the workbook's dates: 07-06, 06.07."""
    shape = page.styles.look.numbers["date"].replace("yyyy-", "").replace(".yyyy", ".").replace("/yyyy", "")
    return shape.replace("mm", str(day)[5:7]).replace("dd", str(day)[8:10])


def _by_category(page: Page, spec: CalendarWords, table: Table, names: list[str], columns: Columns, weeks: int) -> None:
    """One line per category: how many run in a week, and a mark where any of them clashes; then all categories."""
    styles = page.styles
    clashing = (columns["of_item"] > 0) | (columns["in_category"] > 0)
    for row, name in enumerate([*names, spec.every], start=FIRST_CATEGORY):
        is_total = row == FIRST_CATEGORY + len(names)
        here = np.ones(len(clashing), dtype=bool) if is_total else columns["category"] == name
        for column in range(MARGIN, table.columns["clash"] + 1):
            page.sheet.write_blank(row, column, None, styles.total("text") if is_total else styles.word("label"))
        page.sheet.write_string(row, MARGIN, name, styles.total("text") if is_total else styles.word("label"))
        mine = "" if is_total else f"({{category:all}}=${letters(MARGIN)}${row + 1})*"
        for at in range(weeks):
            runs = here & (columns[f"week_{at}"] != "")
            ran = f'{mine}({{week_{at}:all}}<>"")*'
            active, clash = f"SUMPRODUCT({ran}1)", f"SUMPRODUCT({ran}(LEN({{clash:all}})>0))"
            value = f"{int(runs.sum())}{' !' if (runs & clashing).any() else ''}" if runs.any() else ""
            source = f'IF({active}>0,{active}&REPT(" !",({clash}>0)*1),"")'
            style = styles.total("text") if is_total else styles.cell("calc", "text")
            page.formula(row, table.columns[f"week_{at}"], source, value, style)


def _marks(page: Page, table: Table, weeks: int) -> None:
    """Shade the cells in which something runs; a mark says the same without colour."""
    first, last = table.columns["week_0"], table.columns[f"week_{weeks - 1}"]
    bottom = table.first - 7
    corner = f"{letters(first)}{FIRST_CATEGORY + 1}"
    for criteria, mark in ((f'=RIGHT({corner},1)="!"', "●"), (f"=LEN({corner})>0", "?")):
        rule = {"type": "formula", "criteria": criteria, "format": page.styles.mark(mark), "stop_if_true": True}
        page.sheet.conditional_format(FIRST_CATEGORY, first, bottom, last, rule)


def _print(page: Page, table: Table, weeks: Sequence[Week]) -> None:
    """One page across; a calendar of more weeks than fit breaks before each quarter, the names on the left repeated."""
    last = table.columns[f"week_{len(weeks) - 1}"]
    page.printing(page.styles.look.paper_tables, table.last, last, (HEAD_ROW, HEAD_ROW + 3))
    if len(weeks) <= PAGE_WEEKS:
        return
    quarters = [_quarter(week) for week in weeks]
    breaks = [table.columns[f"week_{at}"] for at in range(1, len(weeks)) if quarters[at] != quarters[at - 1]]
    page.sheet.fit_page = False
    page.sheet.set_print_scale(QUARTER_SCALE)
    page.sheet.repeat_columns(0, table.columns["clash"])
    page.sheet.set_v_pagebreaks(breaks)


def _quarter(week: Week) -> tuple[int, int]:
    """Return year and quarter of the week's Thursday, which decides to which year a week belongs."""
    thursday: Any = (week.first + 3 * DAY).astype(object)
    return thursday.year, (thursday.month - 1) // 3

