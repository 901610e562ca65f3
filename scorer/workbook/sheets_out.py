"""The sheets that answer: ROI and Ladder. What-if and Model have files of their own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.answer import thresholds_of
from scorer.columns import Array, Columns, Floats, length, text
from scorer.settings import Client
from scorer.workbook.figures import flag, money, total_return, verdicts
from scorer.workbook.layout import MARGIN, Places, Table, columns_of, quoted, sentence, table_at
from scorer.workbook.native import REASONS, roi_formulas
from scorer.workbook.page import Page
from scorer.workbook.plan_rows import PlanRows
from scorer.workbook.template import Template


class Result(NamedTuple):
    """What ROI comes to: its columns, and what the sentence and the totals above it say."""

    columns: Columns
    go: int
    rows: int
    go_profit: float


# ---------------------------------------------------------------------------------------------- ROI
def roi_result(rows: PlanRows, client: Client, template: Template) -> Result:
    """Work out ROI by the engine, column by column."""
    plan = rows.columns
    lifts = (plan["lift_low"], plan["lift_expected"], plan["lift_high"])
    figures = money(rows.terms, rows.baseline_units, *lifts, lift=plan["lift_expected"])
    judged = verdicts(
        figures,
        plan["probability_of_profit"],
        plan["can_be_judged"],
        flag([bool(cell) for cell in plan["remedy"].tolist()]),
        thresholds_of(client),
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
        **{name: plan[name] for name in ("lift_low", "lift_expected", "lift_high")},
        "list_price": plan["used_list_price"],
        "unit_cost": plan["used_unit_cost"],
        "discount": plan["scored_discount"],
        "funding_share": plan["used_funding_share"],
        "fixed_cost": plan["used_fixed_cost"],
        "redemption_share": plan["used_redemption_share"],
        "unit_adjustment": plan["used_unit_adjustment"],
        "cost_from_margin": plan["used_list_price"] * (1 - rate),
        "probability_of_profit": plan["probability_of_profit"],
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


def place_roi(places: Places, template: Template, rows: int) -> None:
    places.tables["roi"] = table_at(template.roi.bands, rows)


def write_roi(page: Page, result: Result, item: tuple[str, ...], state: str) -> None:
    """Write ROI: the finding, the totals, then one line per promotion."""
    spec, table = page.template.roi, page.places.tables["roi"]
    page.table_sheet(spec, spec.bands, table, state)
    page.table(spec.table, spec.bands, table, result.columns, roi_formulas(item))
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


# ---------------------------------------------------------------------------------------------- Ladder
def ladder_rows(ladder: Columns) -> Columns:
    """The ladder in the order it came, each discount with its place among all discounts of the list."""
    steps = np.unique(ladder["discount_percentage"])
    place = np.searchsorted(steps, ladder["discount_percentage"]) + 1.0
    ids = _no_none(ladder["promotion_id"])
    keys = [f"{name}#{int(step)}" for name, step in zip(ids.tolist(), place.tolist(), strict=True)]
    return dict(ladder) | {"step": place, "key": text(keys)}


def place_ladder(places: Places, template: Template, rows: int) -> None:
    places.tables["ladder"] = table_at(template.ladder.bands, rows)


def write_ladder(page: Page, ladder: Columns, state: str) -> None:
    """Write the model's answers; the key is what What-if finds them by."""
    spec, table = page.template.ladder, page.places.tables["ladder"]
    page.table_sheet(spec, spec.bands, table, state)
    page.table(spec.table, spec.bands, table, ladder, {"key": '{promotion_id}&"#"&{step}'})


def first_with_profit(profit: Floats) -> int:
    """The row What-if shows first: the first promotion with a profit figure, else the first."""
    known = ~np.isnan(profit)
    return int(np.argmax(known)) if known.any() else 0
