"""The sheets a planner writes on: Inputs and Plan."""

from __future__ import annotations

from typing import Any

from scorer.columns import Columns, length
from scorer.economics.break_even import ROUNDING
from scorer.planning.ladder import SLACK, SPAN
from scorer.settings import CLIENT_NAME, Client
from scorer.workbook.breadth import needed
from scorer.workbook.layout import MARGIN, TOP_ROWS, Places, Table, absolute, area, columns_of, table_at
from scorer.workbook.page import Page
from scorer.workbook.plan_rows import PlanRows
from scorer.workbook.template import Band, CellCheck, Column, Inputs, Line, Plan, Template

BASE_CASE = 2
"""The place of the base case among the scenarios."""
TOLERANCES = {"tolerance": 0.005, "smallest_edit": SLACK, "rounding": ROUNDING, "span": SPAN, "ladder_limit": 0.01}
"""By their name on the sheet: half a cent; a change of an entry; a margin that is the rounding of zero; room for days in
a key of Ladder; how far Ladder may be off between its steps, as a lift."""
STATES = ("status_scored", "status_edited", "status_ladder", "status_outside", "status_waits")
"""What a row of Plan says of itself, by its number from 1."""


# ---------------------------------------------------------------------------------------------- Inputs
def settings_values(client: Client, template: Template) -> dict[str, Any]:
    """The values of the Inputs sheet as the client's settings have them."""
    money, lines = client.money, client.verdict
    return {
        "scenario": template.inputs.lists.scenario_names[BASE_CASE - 1],
        "minimum_probability": lines.minimum_probability_of_profit,
        "hurdle_roi": lines.hurdle_roi,
        "margin_rate": money.margin_rate,
        "funding_share": money.funding_share,
        "fixed_cost": money.fixed_cost,
        "redemption_share": money.redemption_share,
    }


def place_inputs(places: Places, spec: Inputs, choices: dict[str, list[str]], verdicts: int) -> None:
    """Say where every assumption and list will stand."""
    row = 6
    for section in spec.sections:
        row += 1  # its title
        for line in section.rows:
            places.place("inputs", f"{line.name}_value", row, MARGIN + 1)
            places.place("inputs", line.name, row, MARGIN + 2)
            places.place("inputs", f"{line.name}_settings", row, MARGIN + 4)
            places.place("inputs", f"{line.name}_changed", row, MARGIN + 5)
            row += 1
        row += 1
    row += 1  # the title of what is fixed
    for line in spec.fixed.rows:
        places.place("inputs", line.name, row, MARGIN + 2)
        row += 1
    first, last = (places.cells["inputs"][name][0] for name in (STATES[0], STATES[-1]))
    places.ranges.setdefault("inputs", {})["states"] = area(first, MARGIN + 2, last, MARGIN + 2)
    _place_lists(places, spec, choices, verdicts, MARGIN + 8)


def _place_lists(places: Places, spec: Inputs, choices: dict[str, list[str]], verdicts: int, left: int) -> None:
    top = TOP_ROWS
    lists = places.ranges.setdefault("inputs", {})
    lists["verdicts"] = area(top, left, top + verdicts - 1, left)
    lists["scenarios"] = area(top, left + 2, top + len(spec.lists.scenario_names) - 1, left + 2)
    places.place("inputs", "base_case", top + BASE_CASE - 1, left + 2)
    for at, name in enumerate(spec.lists.reason_words):
        places.place("inputs", f"reason_{name}", top + at, left + 3)
    for at, (name, known) in enumerate(choices.items()):
        lists[f"known_{name}"] = area(top, left + 4 + at, top + max(len(known), 1) - 1, left + 4 + at)
    places.place("inputs", "lists", top - 1, left)


def write_inputs(
    page: Page,
    values: dict[str, Any],
    choices: dict[str, list[str]],
    labels: dict[str, str],
    currency: str,
    state: str,
) -> None:
    """Write assumptions, what is fixed, and the lists."""
    spec = page.template.inputs
    page.frame(spec, state)
    meanings = [line.meaning for section in (*spec.sections, spec.fixed) for line in section.rows]
    widest = max(needed(words, page.styles.look.size, left=True) for words in meanings)
    for at, width in enumerate((*spec.widths[:-1], max(spec.widths[-1], round(widest, 1)))):
        page.sheet.set_column(MARGIN + at, MARGIN + at, width)
    _input_heads(page, spec)
    last = MARGIN + len(spec.widths) - 1
    for section in spec.sections:
        first = page.places.cells["inputs"][f"{section.rows[0].name}_value"][0]
        _section(page, first - 1, section.title, last)
        for line in section.rows:
            _input_line(page, line, values[line.name], spec)
    bottom = _fixed(page, spec, last, currency)
    _lists(page, spec, choices, labels)
    page.sheet.freeze_panes(5, 0)
    page.printing(page.styles.look.paper_pages, bottom, last, (4, 4))


def _input_heads(page: Page, spec: Inputs) -> None:
    for at, header in enumerate(spec.headers):
        style = "header" if 0 < at < len(spec.headers) - 1 and at != 3 else "header left"
        page.words(4, MARGIN + at, header, style)


def _section(page: Page, row: int, title: str, last: int) -> None:
    for column in range(MARGIN, last + 1):
        page.sheet.write_blank(row, column, None, page.styles.word("section"))
    page.words(row, MARGIN, title, "section")


def _input_line(page: Page, line: Line, value: Any, spec: Inputs) -> None:
    styles, (row, _) = page.styles, page.places.cells["inputs"][f"{line.name}_value"]
    page.words(row, MARGIN, line.label, "label")
    page.put(row, MARGIN + 1, value, styles.cell("input", line.kind))
    missing = "{inputs.base_case}" if line.name == "scenario" else "{na}"
    test = f"ISNUMBER({{{line.name}_value}})"
    if line.name == "scenario":
        test = f"COUNTIF({{scenarios}},{{{line.name}_value}})>0"
    source = f"IF({test},{{{line.name}_value}},{missing})"
    page.formula(row, MARGIN + 2, source, value, styles.cell("calc", line.kind))
    page.words(row, MARGIN + 3, line.unit, "note")
    page.put(row, MARGIN + 4, value, styles.cell("model", line.kind))
    changed = f"({{{line.name}_value}}<>{{{line.name}_settings}})*1"
    page.formula(row, MARGIN + 5, changed, 0, styles.cell("calc", "flag"))
    page.words(row, MARGIN + 6, line.meaning, "note")
    validate(page, (row, MARGIN + 1, row, MARGIN + 1), line.check, spec.checks[line.check])


def _fixed(page: Page, spec: Inputs, last: int, currency: str) -> int:
    template, styles = page.template, page.styles
    words = spec.fixed.words | {"na": template.book.not_available, "currency": currency}
    rows = page.places.cells["inputs"]
    _section(page, rows[spec.fixed.rows[0].name][0] - 1, spec.fixed.title, last)
    for line in spec.fixed.rows:
        row, column = rows[line.name]
        for at in range(MARGIN, last + 1):
            page.sheet.write_blank(row, at, None, styles.word("label"))
        page.words(row, MARGIN, line.label, "label")
        page.words(row, MARGIN + 3, line.unit, "note")
        page.words(row, last, line.meaning, "note")
        if line.name == "case":
            page.formula(row, column, "MATCH({scenario},{scenarios},0)", BASE_CASE, styles.cell("calc", "flag"))
        else:
            known = TOLERANCES.get(line.name, words.get(line.name))
            page.put(row, column, known, styles.cell("model", line.kind))
    return row


def _lists(page: Page, spec: Inputs, choices: dict[str, list[str]], labels: dict[str, str]) -> None:
    row, left = page.places.cells["inputs"]["lists"]
    lists, template = spec.lists, page.template
    columns: list[tuple[str, list[str], float]] = [
        (lists.verdicts, [verdict.words for verdict in template.verdicts], 25),
        (lists.advice, [verdict.advice for verdict in template.verdicts], 80),
        (lists.scenarios, list(lists.scenario_names), 25),
        (lists.reasons, list(lists.reason_words.values()), 44),
    ]
    columns += [(labels.get(name, name), known, 20) for name, known in choices.items()]
    page.words(row - 2, left, lists.title, "finding")
    page.words(row - 1, left, lists.note, "purpose")
    for at, (title, entries, width) in enumerate(columns, start=left):
        page.sheet.set_column(at, at, width)
        page.words(row, at, title, "header left")
        for below, entry in enumerate(entries, start=1):
            page.put(row + below, at, entry, page.styles.cell("model", "text"))
    page.sheet.set_column(left - 1, left - 1, 3)


# ---------------------------------------------------------------------------------------------- entries
def validate(page: Page, where: tuple[int, int, int, int], kind: str, words: CellCheck, known: str = "") -> None:
    """Check what is entered there, with a message; only a list of known values may be overruled."""
    page.sheet.data_validation(
        *where,
        _rule(page, kind, known)
        | {
            "input_title": words.title[:32],
            "input_message": words.message[:255],
            "error_title": words.title[:32],
            "error_message": words.message[:255],
            "ignore_blank": True,
        },
    )


def _rule(page: Page, kind: str, known: str) -> dict[str, Any]:
    between: dict[str, tuple[str, float, float]] = {
        "share": ("decimal", 0, 1),
        "hurdle": ("decimal", -1, 100),
        "amount": ("decimal", 0, 1e12),
        "number": ("decimal", -1e12, 1e12),
        "date": ("date", 1, 2958465),
        "days": ("integer", 1, 366),
    }
    if kind == "scenario":
        return {"validate": "list", "source": "=" + page.places.of("inputs", "scenarios")}
    if kind == "known":
        return {"validate": "list", "source": f"={known}", "error_type": "warning"}
    rule, low, high = between[kind]
    return {"validate": rule, "criteria": "between", "minimum": low, "maximum": high}


# ---------------------------------------------------------------------------------------------- Plan
def plan_bands(spec: Plan, rows: PlanRows, keep_empty: bool) -> list[Band]:
    """The bands of Plan: optional columns without a value left out, the list's own columns added."""
    bands = [_with_values(band, rows.columns, keep_empty) for band in spec.bands]
    if rows.extras:
        bands.append(_extra_band(spec, rows.extras))
    return [band for band in bands if band.columns]


def _with_values(band: Band, columns: Columns, keep_empty: bool) -> Band:
    kept = [c for c in band.columns if not c.optional or keep_empty or _any(columns[c.name])]
    return band.model_copy(update={"columns": tuple(kept)})


def _any(column: Any) -> bool:
    return any(cell is not None and cell == cell for cell in column.tolist())


def _extra_band(spec: Plan, extras: Columns) -> Band:
    taken = {column.label.casefold() for column in columns_of(spec.bands)}
    made = []
    for name, values in extras.items():
        label = name
        while label.casefold() in taken:
            label += f" {spec.extras.again}"
        taken.add(label.casefold())
        kind = {"M": "date", "f": "number", "i": "number", "u": "number"}.get(values.dtype.kind, "text")
        made.append(
            Column.model_validate(
                {"name": f"list: {name}", "label": label, "unit": "", "kind": kind, "role": "model"}
                | {"width": spec.extras.width}
            )
        )
    return Band(title=spec.extras.title, columns=tuple(made), printed=False)


def place_plan(places: Places, bands: list[Band], rows: PlanRows) -> None:
    places.tables["plan"] = table_at(bands, length(rows.columns))


_NOW = {
    "now_success": "success_probability",
    "now_lift": "lift_expected",
    "now_chance": "probability_of_profit",
    "now_profit": "profit_expected",
    "now_roi": "roi_expected",
}
"""What ROI says of a row as it stands, shown beside its entries."""


def write_plan(
    page: Page,
    bands: list[Band],
    rows: PlanRows,
    roi: Columns,
    choices: dict[str, list[str]],
    state: str,
) -> None:
    """Write the plan: entries with their checks, the model's figures, the verdict as it stands now."""
    spec, table = page.template.plan, page.places.tables["plan"]
    words = {row.key: row.words for row in page.template.verdicts}
    values: dict[str, Any] = dict(rows.columns) | {f"list: {name}": cells for name, cells in rows.extras.items()}
    values["verdict"] = roi["verdict"].tolist()
    values["verdict_scored"] = [words.get(label, label) for label in rows.columns["verdict_label"].tolist()]
    values["status"] = [page.template.inputs.fixed.words[STATES[0]]] * table.rows
    values |= {name: roi[figure] for name, figure in _NOW.items()}
    formulas = {
        "verdict": "{roi.verdict}",
        "status": "INDEX({inputs.states},{roi.state})",
        **{name: f"{{roi.{figure}}}" for name, figure in _NOW.items()},
    }
    page.table_sheet(spec, bands, table, state)
    page.table(spec.table, bands, table, values, formulas)
    for column in columns_of(bands):
        if column.check:
            _check_entries(page, column, table, choices)


def _check_entries(page: Page, column: Column, table: Table, choices: dict[str, list[str]]) -> None:
    if column.check == "known" and not choices.get(column.name):
        return
    at = table.columns[column.name]
    known = page.places.of("inputs", f"known_{column.name}") if column.check == "known" else ""
    words = page.template.inputs.checks[column.check]
    validate(page, (table.first, at, table.last, at), column.check, words, known)


def define_names(book: Any, places: Places, spec: Inputs) -> None:
    """Names other programs find the entries by; no formula uses them."""
    for section in spec.sections:
        for line in section.rows:
            place = places.cells["inputs"][f"{line.name}_value"]
            book.define_name(f"promo_{line.name}", f"={places.sheet('inputs')}!{absolute(*place)}")
    for name, sheet, cell in (
        ("promo_chosen", "what_if", "chosen"),
        ("promo_checks", "checks", "state"),
        ("promo_run", "audit", "run_id"),
    ):
        book.define_name(name, f"={places.of(sheet, cell)}")


def name_client(book: Any, client: str) -> None:
    """Say whose workbook it is, so that functions in it are answered by that client's model."""
    book.define_name(CLIENT_NAME, f'="{client}"')
