"""ROI: from baseline to profit, one line per promotion."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.answer import thresholds_of
from scorer.columns import Array, Columns, Floats, length, text
from scorer.economics.verdict import Verdict
from scorer.settings import Client
from scorer.workbook.content import Content
from scorer.workbook.figures import flag, highest, money, total_return, verdicts
from scorer.workbook.figures_lift import chance_figures, lift_figures, without_lift
from scorer.workbook.layout import MARGIN, Places, Table, columns_of, quoted, sentence, table_at
from scorer.workbook.native import REASONS, roi_formulas
from scorer.workbook.page import Page
from scorer.workbook.plan_rows import PlanRows
from scorer.workbook.template import Band, Template


class Result(NamedTuple):
    """What ROI comes to: its columns, and what the sentence and the totals above it say."""

    columns: Columns
    go: int
    rows: int
    go_profit: float


# ---------------------------------------------------------------------------------------------- ROI
def roi_result(rows: PlanRows, content: Content, template: Template) -> Result:
    """Work out ROI by the engine, column by column."""
    plan, client, ladder = rows.columns, content.client, content.ladder
    lift = lift_figures(ladder, rows.point, np.zeros(length(plan)), rows.stamps)
    lifts = (lift["lift_low"], lift["lift_expected"], lift["lift_high"])
    figures = lift | money(rows.terms, rows.baseline_units, *lifts, lift=lift["lift_expected"])
    figures |= chance_figures(ladder, lift, figures, rows.point)
    known_way = [bool(cell) for cell in plan["remedy"].tolist()] | (plan["verdict_label"] == Verdict.GO.label)
    figures["learnt"] = plan["can_be_judged"] * content.card.evidence
    judged = verdicts(
        figures, figures["probability_of_profit"], figures["learnt"], flag(known_way), thresholds_of(client)
    )
    columns = figures | _as_entered(rows, client) | judged | _verdict_words(judged["label"], template)
    columns |= _as_written(columns, rows)
    columns["reason"] = _reasons(columns, template)
    go = judged["go"] == 1
    return Result(columns, int(go.sum()), length(plan), float(figures["profit_expected"][go].sum()))


def _as_entered(rows: PlanRows, client: Client) -> Columns:
    plan, margin = rows.columns, client.money.margin_rate
    rate = np.nan if margin is None else margin
    return {
        "promotion_id": plan["promotion_id"],
        "baseline_per_day": plan["baseline_units_per_day"],
        "days": plan["scored_days"],
        "baseline_units": rows.baseline_units,
        "list_price": plan["used_list_price"],
        "unit_cost": plan["used_unit_cost"],
        "discount": plan["scored_discount"],
        "funding_share": plan["used_funding_share"],
        "fixed_cost": plan["used_fixed_cost"],
        "redemption_share": plan["used_redemption_share"],
        "unit_adjustment": plan["used_unit_adjustment"],
        "cost_from_margin": plan["used_list_price"] * (1 - rate),
        "item": _no_none(plan["scored_item"]),
    }


def _no_none(words: Array) -> Array:
    column = np.empty(len(words), dtype=object)
    column[:] = ["" if word is None else word for word in words.tolist()]
    return column


def _verdict_words(labels: Array, template: Template) -> Columns:
    keys = [row.key for row in template.verdicts]
    numbers = np.array([keys.index(label) + 1 for label in labels.tolist()], dtype=np.float64)
    words = text(template.verdicts[int(number) - 1].words for number in numbers)
    return {"verdict_number": numbers, "verdict": words}


def _as_written(columns: Columns, rows: PlanRows) -> Columns:
    """Nothing is edited in a workbook just written; ties to the engine's stamp are measured all the same."""
    plan, none = rows.columns, np.zeros(length(columns))
    names = "item discount start days baseline list_price unit_cost funding_share fixed_cost redemption_share"
    unedited = {f"changed_{name}": none for name in (*names.split(), "unit_adjustment")}
    ids = columns["promotion_id"].tolist()
    first_of = {name: row for row, name in reversed(list(enumerate(ids)))}
    repeated = [float(first_of[name] != row) for row, name in enumerate(ids)]
    return unedited | {
        "edited": none,
        "waits": none,
        "state": none + 1,
        "way_kept": none + 1,
        "lift_gap": _gap(columns["lift_expected"], plan["lift_expected"]),
        "ends_gap": np.maximum(*(_gap(columns[f"lift_{end}"], plan[f"lift_{end}"]) for end in ("low", "high"))),
        "chance_gap": _gap(columns["probability_of_profit"], plan["probability_of_profit"]),
        "ladder_gap": np.nan_to_num(columns["on_ladder"] * np.abs(columns["ladder_lift"] - plan["forecast"])),
        "convention_gap": np.nan_to_num(np.abs(columns["profit"] - columns["profit_b"])),
        "profit_gap": _gap(columns["profit_expected"], plan["incremental_profit_expected"]),
        "cost_gap": _gap(columns["cost_at_expected"], plan["promotion_cost_expected"]),
        "verdict_gap": flag(columns["label"] != plan["verdict_label"]),
        "repeated": np.array(repeated),
    }


def _gap(now: Floats, scored: Floats) -> Floats:
    gap: Floats = np.where(np.isnan(now) | np.isnan(scored), np.isnan(now) != np.isnan(scored), np.abs(now - scored))
    return gap


def _reasons(columns: Columns, template: Template) -> Array:
    words = template.inputs.lists.reason_words
    fine = {name: ~np.isnan(columns[name]) for name in REASONS if name in columns}
    fine["no_break_even"] = columns["has_profit"] == columns["solvable"]
    found = np.empty(length(columns), dtype=object)
    found[:] = ["".join(words[name] for name in REASONS if not fine[name][row]) for row in range(len(found))]
    return found


def roi_bands(template: Template, result: Result) -> list[Band]:
    """The bands of ROI: of the two ways to the chance of a rise, the columns of the one in use."""
    return [with_values(band, result.columns) for band in template.roi.bands]


def with_values(band: Band, columns: Columns) -> Band:
    """Leave out the optional columns nobody worked out."""
    kept = tuple(column for column in band.columns if not column.optional or column.name in columns)
    return band.model_copy(update={"columns": kept})


def place_roi(places: Places, bands: list[Band], rows: int) -> None:
    places.tables["roi"] = table_at(bands, rows)


def write_roi(page: Page, bands: list[Band], result: Result, item: tuple[str, ...], state: str) -> None:
    """Write ROI: the finding, the totals, then one line per promotion."""
    spec, table = page.template.roi, page.places.tables["roi"]
    page.table_sheet(spec, bands, table, state)
    words = without_lift(result.columns, page.template.book.not_available, page.template.inputs.fixed.words["outside"])
    formulas = roi_formulas(item, "success_below" in result.columns)
    page.table(spec.table, bands, table, result.columns | words, formulas)
    _finding(page, result)
    _totals(page, table, result)


def _finding(page: Page, result: Result) -> None:
    spec, currency = page.template.roi, "{inputs.currency}"
    source = sentence(
        spec.sentence,
        go="SUM({roi.go:all})",
        rows='SUMPRODUCT(({roi.promotion_id:all}<>"")*1)',
        currency=currency,
        profit="FIXED(SUMIF({roi.go:all},1,{roi.profit_expected:all}),0)",
    )
    ids = [name for name in result.columns["promotion_id"].tolist() if name]
    words = spec.sentence.format(go=result.go, rows=len(ids), currency=page.currency, profit=fixed(result.go_profit))
    page.formula(1, MARGIN, source, words, page.styles.word("finding"))


def fixed(amount: float) -> str:
    """An amount in words as FIXED(amount, 0) writes it with English settings.

    >>> fixed(-1234.6)
    '-1,235'
    """
    half_away = np.floor(abs(amount) + 0.5)
    return f"{-half_away if amount < 0 and half_away else half_away:,.0f}"


def _totals(page: Page, table: Table, result: Result) -> None:
    """Sums over the promotions whose profit is known, the number left out beside them, ratios of sums."""
    spec, columns, row = page.template.roi, result.columns, table.first - 4
    counted = columns["has_profit"] == 1
    left_out = length(columns) - int(counted.sum())
    styles = page.styles
    for column in columns_of([band for band in spec.bands if band.printed]):
        page.sheet.write_blank(row, table.columns[column.name], None, styles.total("text"))
    page.sheet.write_string(row, table.columns["promotion_id"], spec.total, styles.total("text"))
    source = 'SUMPRODUCT(({has_profit:all}=0)*1)&" "&' + quoted(spec.left_out)
    page.formula(row, table.columns["verdict"], source, f"{left_out} {spec.left_out}", styles.total("text"))
    for column in columns_of(spec.bands):
        if column.total:
            source = f"SUMIF({{has_profit:all}},1,{{{column.name}:all}})"
            total = float(np.nansum(columns[column.name][counted]))
            page.formula(row, table.columns[column.name], source, total, styles.total(column.kind))
    for name, profit, cost in (
        ("roi", "profit", "promotion_cost"),
        ("roi_b", "profit_b", "fixed_cost"),
        ("roi_expected", "profit_expected", "cost_at_expected"),
    ):
        spent = f"SUMIF({{has_profit:all}},1,{{{cost}:all}})"
        source = f"IF({spent}>0,SUMIF({{has_profit:all}},1,{{{profit}:all}})/{spent},{{inputs.na}})"
        value = total_return(columns[profit], columns[cost], counted)
        page.formula(row, table.columns[name], source, value, styles.total("percent"))
    first = table.columns["incremental_units"]
    page.negatives(row, first, row, table.columns["roi_high"])



def opening_row(profit: Floats) -> int:
    """The promotion that sheets about one open with: the one that earns most, the first where no profit is known.

    >>> opening_row(np.array([np.nan, -3.0, 2.0])), opening_row(np.array([np.nan]))
    (2, 0)
    """
    return highest(profit) or 0
