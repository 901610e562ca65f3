"""Portfolio: every promotion of the list with the step that was chosen for it, accepted line by line, totals by formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scorer.columns import Array, Columns, Floats, length, take
from scorer.economics.promotion import Terms
from scorer.planning.optimise.candidates import cents
from scorer.planning.optimise.result import Portfolio, Totals
from scorer.workbook.extra import Check
from scorer.workbook.figures import money
from scorer.workbook.languages import Code
from scorer.workbook.layout import MARGIN, Places, Table, area, columns_of, sentence, table_at
from scorer.workbook.native import portfolio_formulas
from scorer.workbook.page import Page
from scorer.workbook.sheets_in import TOLERANCES
from scorer.workbook.sheets_out import Result, fixed
from scorer.workbook.template import Band, Sheet, read_words

NAME = "portfolio"
STATE_ROWS = (3, 4)  # what the choice is worth, and which rules pressed
ACCEPTED_ROW, PROPOSED_ROW, PLANNED_ROW, ASKED_ROW, LEFT_ROW = 6, 7, 8, 9, 10
FIRST_ROW = 15
CHART_ROWS = 20
MOST_PRESSING = 3
SUMMED = ("cost", "low", "profit", "high", "overlap_loss", "net", "extra_units")


class PortfolioWords(Sheet):
    """The words of the sheet."""

    table: Code
    yes: str
    no: str
    accept_title: str
    accept_message: str
    budget_title: str
    budget_message: str
    units_title: str
    units_message: str
    accepted: str
    proposed: str
    planned: str
    asked: str
    left: str
    workings: str
    smallest: str
    proven: str
    unproven: str
    unknown_gap: str
    pressing: str
    no_pressing: str
    sentence: str
    chart_cost: str
    chart_profit: str
    chart_alt: str
    check_rows: tuple[str, str]
    check_total: tuple[str, str]
    check_budget: tuple[str, str]
    check_units: tuple[str, str]
    check_loss: tuple[str, str]
    check_barred: tuple[str, str]
    check_standing: tuple[str, str]
    bands: tuple[Band, ...]


class PortfolioSheet:
    """The sheet of one choice."""

    name = NAME
    after = "roi"

    def __init__(self, found: Portfolio) -> None:
        self._found = found
        self._spec: PortfolioWords | None = None

    def spec(self, words: Mapping[str, str]) -> PortfolioWords:
        """Read the words."""
        self._spec = read_words(NAME, PortfolioWords, words)
        return self._spec

    @property
    def _words(self) -> PortfolioWords:
        return self._spec or self.spec({})

    def place(self, places: Places, result: Result) -> None:
        """Say where the table, its totals and the workings stand."""
        del result
        table = places.tables[NAME] = table_at(self._words.bands, length(self._found.rows), FIRST_ROW)
        at = table.columns
        places.place(NAME, "title", 1, MARGIN)
        places.place(NAME, "budget", ASKED_ROW, at["cost"])
        places.place(NAME, "wanted_units", ASKED_ROW, at["extra_units"])
        places.place(NAME, "budget_left", LEFT_ROW, at["cost"])
        places.place(NAME, "units_left", LEFT_ROW, at["extra_units"])
        for row, which in ((ACCEPTED_ROW, "accepted"), (PROPOSED_ROW, "proposed"), (PLANNED_ROW, "planned")):
            places.place(NAME, f"{which}_count", row, at["accept"])
            for name in SUMMED:
                places.place(NAME, f"{which}_total_{name}", row, at[name])
        below = table.last + 3 + CHART_ROWS
        for row, name in enumerate(("yes", "smallest", "standing")):
            places.place(NAME, name, below + 1 + row, MARGIN + 1)
        for row, name in enumerate(("line_from", "line_to")):  # the budget as a line on the chart
            places.place(NAME, f"{name}_cost", below + 1 + row, at["item"])
            places.place(NAME, f"{name}_profit", below + 1 + row, at["item"] + 1)
        span = at.values()
        places.ranges[NAME] = {"whole": area(ACCEPTED_ROW, min(span), table.last, max(span))}

    def write(self, page: Page, result: Result, state: str) -> None:
        """Write the sheet as the optimiser proposes it."""
        del result
        spec, table, shown = self._words, page.places.tables[NAME], _Shown(self._found, self._words, page)
        page.frame(spec, state)
        page.table(spec.table, spec.bands, table, shown.columns, portfolio_formulas())
        _standing(page, spec, self._found)
        _totals(page, spec, shown)
        _entries(page, spec, table, self._found)
        _workings(page, spec, table, self._found)
        _title(page, spec, shown)
        _chart(page, spec, table)
        look = page.styles.look
        printed = columns_of([band for band in spec.bands if band.printed])
        last = table.last + 2 + CHART_ROWS
        page.printing(look.paper_tables, last, table.columns[printed[-1].name], (table.first - 3, table.first - 1))
        page.sheet.freeze_panes(table.first, table.columns["accept"] + 1)
        page.sheet.ignore_errors({"number_stored_as_text": area(table.first, 0, table.last, max(table.columns.values()))})

    def checks(self, result: Result) -> Sequence[Check]:
        """Rows and totals tie to the optimiser; budget, units, losses and rules are looked at."""
        del result
        spec, found = self._words, self._found
        tied = ("cost", "low", "profit", "net")
        off = "+".join(f"ABS({{{NAME}.accepted_total_{name}}}-{{{NAME}.proposed_total_{name}}})" for name in tied)
        same = f"(SUMPRODUCT(({{{NAME}.accepted_row:all}}<>{{{NAME}.proposed_row:all}})*1)=0)"
        loss = f"SUMPRODUCT({{{NAME}.accepted_row:all}}*({{{NAME}.accepted_net:all}}<0))"
        barred = f"SUMPRODUCT({{{NAME}.accepted_row:all}}*{{{NAME}.barred_row:all}})"
        chosen = found.rows["chosen"]
        return (
            _check(
                "portfolio_rows", spec.check_rows, f"SUMPRODUCT(({{{NAME}.gap:all}}>{{inputs.tolerance}})*1)", 0.0, integrity=True
            ),
            _check("portfolio_total", spec.check_total, f"{same}*({off}>{{inputs.tolerance}})", 0.0, integrity=True),
            _check("portfolio_budget", spec.check_budget, f"(N({{{NAME}.budget_left}})<0)*1", 0.0),
            _check("portfolio_units", spec.check_units, f"(N({{{NAME}.units_left}})<0)*1", float(found.missing_units > 0)),
            _check("portfolio_loss", spec.check_loss, loss, float(((found.rows["profit_expected"] < 0) & chosen).sum())),
            _check("portfolio_barred", spec.check_barred, barred, 0.0),
            _check("portfolio_standing", spec.check_standing, f"{{{NAME}.standing}}", float(bool(found.standing))),
        )


def _check(name: str, words: tuple[str, str], formula: str, found: float, *, integrity: bool = False) -> Check:
    return Check(name, words[0], words[1], formula, found, integrity)


class _Shown:
    """The table as the optimiser proposes it, and its totals."""

    def __init__(self, found: Portfolio, spec: PortfolioWords, page: Page) -> None:
        self.found = found
        rows = take(found.rows, _best_return_first(found.rows))
        chosen = rows["chosen"]
        figures = _figures(rows)
        cost, profit = cents(figures["cost_at_expected"]), cents(figures["profit_expected"])
        net = profit - rows["overlap_loss"]
        accepted = {
            "accepted_cost": np.where(chosen & (figures["has_sales"] == 1), cost, 0.0),
            "accepted_net": np.where(chosen & (figures["has_profit"] == 1), net, 0.0),
        }
        marks = {verdict.key: verdict.words for verdict in page.template.verdicts}
        self.chosen = chosen
        self.columns: Columns = figures | accepted | {
            **{name: rows[name] for name in _AS_IT_IS},
            "accept": _words_of(chosen, spec.yes, spec.no),
            "item": rows["item"],
            "days": rows["duration_days"],
            "cost": cost,
            "low": cents(figures["profit_low"]),
            "profit": profit,
            "high": cents(figures["profit_high"]),
            "net": net,
            "extra_units": figures["incremental_units"],
            "verdict": np.array([marks.get(label, label) for label in rows["verdict"].tolist()], dtype=object),
            "accepted_row": chosen.astype(np.float64),
            "running_cost": np.cumsum(accepted["accepted_cost"]),
            "running_net": np.cumsum(accepted["accepted_net"]),
            "proposed_row": chosen.astype(np.float64),
            "barred_row": rows["barred"].astype(np.float64),
            "cost_scored": rows["promotion_cost"],
            "low_scored": rows["profit_low"],
            "profit_scored": rows["profit_expected"],
            "gap": np.nan_to_num(
                np.abs(cost - rows["promotion_cost"])
                + np.abs(cents(figures["profit_low"]) - rows["profit_low"])
                + np.abs(profit - rows["profit_expected"])
            ),
        }

    def total(self, name: str) -> float:
        """Return the sum of a column over the chosen rows."""
        return float(np.nansum(self.columns[name][self.chosen]))


_AS_IT_IS = (
    "promotion_id", "planned_discount", "planned_start", "planned_days", "planned_cost", "planned_profit", "start_date",
    "overlap_loss", "probability_of_profit", "why_not", "baseline_units", "lift_low", "lift_expected", "lift_high",
)  # fmt: skip


def _best_return_first(rows: Columns) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(rows["promotion_cost"] > 0, rows["profit_expected"] / rows["promotion_cost"], -np.inf)
    return np.argsort(-np.nan_to_num(rate, nan=-np.inf), kind="stable")


def _figures(rows: Columns) -> Columns:
    """Work out the money of the steps by the engine, column by column."""
    used = ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share", "unit_adjustment")
    terms = {name: rows[f"used_{name}"] for name in used} | {"discount": rows["discount_percentage"]}
    lifts = (rows["lift_low"], rows["lift_expected"], rows["lift_high"])
    return money(Terms(**terms), rows["baseline_units"], *lifts, lift=rows["lift_expected"]) | terms


def _words_of(flags: Array, yes: str, no: str) -> Array:
    return np.where(flags, yes, no).astype(object)


def _standing(page: Page, spec: PortfolioWords, found: Portfolio) -> None:
    """Say what the choice is worth as a proof, and which rules pressed; loudly first, where it is no recommendation."""
    gap = f"{found.gap:.2%}"
    pattern = spec.proven if found.proven else spec.unknown_gap if found.gap == float("inf") else spec.unproven
    proof = pattern.format(objective=_capital(page.say("objective", found.objective)), gap=gap)
    pressing = "; ".join(page.say("rule", one.words) for one in found.binding[:MOST_PRESSING])
    rules = spec.pressing.format(rules=pressing) if pressing else spec.no_pressing
    standing = page.say("standing", found.standing)
    page.words(STATE_ROWS[0], MARGIN, f"{standing} {proof}".strip(), "state" if standing else "line")
    page.words(STATE_ROWS[1], MARGIN, rules, "line")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _totals(page: Page, spec: PortfolioWords, shown: _Shown) -> None:
    styles, table = page.styles, page.places.tables[NAME]
    kinds = {column.name: column.kind for column in columns_of(spec.bands)}
    printed = [column.name for band in spec.bands if band.printed for column in band.columns]
    words = (spec.accepted, spec.proposed, spec.planned, spec.asked, spec.left)
    for row, label in zip(range(ACCEPTED_ROW, LEFT_ROW + 1), words, strict=True):
        for name in printed:
            page.sheet.write_blank(row, table.columns[name], None, styles.total("text"))
        page.sheet.write_string(row, MARGIN, label, styles.total("text"))
    cells, found = page.places.cells[NAME], shown.found
    page.formula(*cells["accepted_count"], "SUM({accepted_row:all})", float(shown.chosen.sum()), styles.total("count"))
    page.put(*cells["proposed_count"], found.optimised.promotions, styles.total("count"))
    page.put(*cells["planned_count"], found.planned.promotions, styles.total("count"))
    planned = _planned(found.planned)
    for name in SUMMED:
        style = styles.total(kinds[name])
        source = f"SUMPRODUCT({{accepted_row:all}},{{{name}:all}})"
        page.formula(*cells[f"accepted_total_{name}"], source, shown.total(name), style)
        page.put(*cells[f"proposed_total_{name}"], shown.total(name), style)
        if name in planned:
            page.put(*cells[f"planned_total_{name}"], planned[name], style)
    page.negatives(ACCEPTED_ROW, table.columns["cost"], LEFT_ROW, table.columns["extra_units"])


def _planned(total: Totals) -> dict[str, float]:
    return {"cost": total.cost, "low": total.profit_low, "profit": total.profit, "extra_units": total.units}


def _entries(page: Page, spec: PortfolioWords, table: Table, found: Portfolio) -> None:
    """The cells a planner may change: yes or no for each promotion, the budget, the wanted units."""
    styles, cells, rules = page.styles, page.places.cells[NAME], found.rules
    used, units = found.optimised.cost, found.optimised.units
    for name, asked, kind, title, message in (
        ("budget", rules.budget, "money", spec.budget_title, spec.budget_message),
        ("wanted_units", rules.minimum_units, "units", spec.units_title, spec.units_message),
    ):
        page.put(*cells[name], asked, styles.cell("input", "money" if kind == "money" else "units", strong=True))
        _validated(page, (*cells[name], *cells[name]), title, message, {"validate": "decimal", "criteria": ">=", "value": 0})
    left = rules.budget - used if rules.budget is not None else np.nan
    over = units - rules.minimum_units if rules.minimum_units is not None else np.nan
    source = "IF(ISNUMBER({budget}),{budget}-{accepted_total_cost},{inputs.na})"
    page.formula(*cells["budget_left"], source, left, styles.total("money"))
    source = "IF(ISNUMBER({wanted_units}),{accepted_total_extra_units}-{wanted_units},{inputs.na})"
    page.formula(*cells["units_left"], source, over, styles.total("units"))
    at = table.columns["accept"]
    choice = {"validate": "list", "source": [spec.yes, spec.no]}
    _validated(page, (table.first, at, table.last, at), spec.accept_title, spec.accept_message, choice)


def _validated(page: Page, where: tuple[int, int, int, int], title: str, message: str, rule: dict[str, Any]) -> None:
    words = {"input_title": title, "input_message": message, "error_title": title, "error_message": message}
    page.sheet.data_validation(*where, rule | words | {"ignore_blank": True})


def _workings(page: Page, spec: PortfolioWords, table: Table, found: Portfolio) -> None:
    cells, styles = page.places.cells[NAME], page.styles
    page.words(cells["yes"][0] - 1, MARGIN, spec.workings, "section")
    cent = 2 * TOLERANCES["tolerance"]
    for name, label, value, kind in (
        ("yes", spec.accept_title, spec.yes, "text"),
        ("smallest", spec.smallest, cent, "price"),
        ("standing", spec.check_standing[1], float(bool(found.standing)), "flag"),
    ):
        row, column = cells[name]
        page.words(row, MARGIN, label, "label")
        page.put(row, column, value, styles.cell("model", "price" if kind == "price" else "flag" if kind == "flag" else "text"))
    top = float(np.max(np.cumsum(_running(found)), initial=0.0))
    budget = found.rules.budget or 0.0
    for name in ("line_from_cost", "line_to_cost"):
        page.formula(*cells[name], "N({budget})", budget, styles.cell("calc", "money"))
    page.put(*cells["line_from_profit"], 0.0, styles.cell("model", "money"))
    page.formula(*cells["line_to_profit"], "MAX(0,{running_net:all})", top, styles.cell("calc", "money"))
    page.words(cells["line_from_cost"][0] - 1, table.columns["item"], spec.budget_title, "section")


def _running(found: Portfolio) -> Floats:
    rows = take(found.rows, _best_return_first(found.rows))
    net: Floats = np.where(rows["chosen"], np.nan_to_num(rows["profit_expected"] - rows["overlap_loss"]), 0.0)
    return net


def _title(page: Page, spec: PortfolioWords, shown: _Shown) -> None:
    planned, found = shown.found.planned, shown
    parts = {
        "n": ("FIXED({accepted_count},0)", float(shown.chosen.sum())),
        "profit": ("FIXED({accepted_total_net},0)", found.total("net")),
        "cost": ("FIXED({accepted_total_cost},0)", found.total("cost")),
        "planned": ("FIXED({planned_count},0)", float(planned.promotions)),
        "planned_profit": ("FIXED({planned_total_profit},0)", planned.profit),
        "planned_cost": ("FIXED({planned_total_cost},0)", planned.cost),
    }
    source = sentence(spec.sentence, currency="{inputs.currency}", **{name: formula for name, (formula, _) in parts.items()})
    words = spec.sentence.format(currency=page.currency, **{name: fixed(value) for name, (_, value) in parts.items()})
    page.formula(*page.places.cells[NAME]["title"], source, words, page.styles.word("finding"))


def _chart(page: Page, spec: PortfolioWords, table: Table) -> None:
    look, places = page.styles.look, page.places
    font = {"name": look.font, "size": 9, "color": look.ink}
    chart = page.book.add_chart({"type": "scatter", "subtype": "straight"})
    chart.add_series(
        {
            "name": spec.accepted,
            "categories": "=" + places.column(NAME, "running_cost"),
            "values": "=" + places.column(NAME, "running_net"),
            "line": {"color": look.accent, "width": 2.25},
            "marker": {"type": "circle", "size": 4, "fill": {"color": look.accent}, "border": {"color": look.accent}},
        }
    )
    (first, cost), (last, profit) = (places.cells[NAME][name] for name in ("line_from_cost", "line_to_profit"))
    line = {"color": look.negative, "width": 1.5, "dash_type": "dash"}
    sheet = places.sheet(NAME)
    chart.add_series(
        {
            "name": spec.budget_title,
            "categories": f"={sheet}!{area(first, cost, last, cost)}",
            "values": f"={sheet}!{area(first, profit, last, profit)}",
            "line": line,
            "marker": {"type": "none"},
        }
    )
    page.finding_over(chart, NAME, "title")
    chart.set_legend({"position": "bottom", "font": font})
    for axis, name in ((chart.set_x_axis, spec.chart_cost), (chart.set_y_axis, spec.chart_profit)):
        axis(
            {
                "name": name,
                "name_font": font,
                "num_font": font,
                "num_format": "#,##0",
                "min": 0 if axis == chart.set_x_axis else None,
                "label_position": "low",
                "major_gridlines": {"visible": axis == chart.set_y_axis, "line": {"color": look.line}},
            }
        )
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 1240, "height": CHART_ROWS * 19})
    page.sheet.insert_chart(table.last + 2, MARGIN, chart, {"description": spec.chart_alt, "object_position": 2})
