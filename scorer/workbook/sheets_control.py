"""The sheets that vouch for the others: Rejects, Checks and Audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scorer.columns import Columns, length, text
from scorer.planning.ladder import Measured
from scorer.workbook.content import Content
from scorer.workbook.control import place_facts, place_groups, state_of, write_facts, write_groups
from scorer.workbook.extra import Check
from scorer.workbook.layout import MARGIN, Places, table_at
from scorer.workbook.page import Page
from scorer.workbook.plan_rows import PlanRows
from scorer.workbook.sheets_in import TOLERANCES
from scorer.workbook.sheets_out import Result
from scorer.workbook.template import Template

INTEGRITY = (
    "rows_balance", "ids_unique", "total_ties", "rows_tie", "conventions_tie", "verdicts_tie", "lifts_tie", "ladder_ties",
    "no_errors",
    "probabilities", "lift_order", "no_go_at_loss", "no_go_blind", "dates",
)  # fmt: skip
MEASURED = ("points", "lift_off", "chance_off", "baseline_off")
"""What was measured of the ladder when the list was scored, as its facts are called; printed below the checks."""
ATTENTION = ("money_known", "below_margin", "ladder_close", "as_scored", "as_settings")


# ---------------------------------------------------------------------------------------------- Rejects
def place_rejects(places: Places, template: Template, rejects: Columns) -> None:
    places.tables["rejects"] = table_at(template.rejects.bands, length(rejects))


def write_rejects(page: Page, rejects: Columns, state: str) -> None:
    """Write the refused rows; a table without any keeps one empty line."""
    spec, table = page.template.rejects, page.places.tables["rejects"]
    page.table_sheet(spec, spec.bands, table, state)
    if not length(rejects):
        rejects = dict.fromkeys(table.columns, text([""]))
        page.words(3, MARGIN, spec.none, "finding")
    page.table(spec.table, spec.bands, table, rejects, {})


# ---------------------------------------------------------------------------------------------- Checks
def place_checks(places: Places, extra: Sequence[Check] = ()) -> None:
    """The summary stands on top, then what must tie, then what deserves a look."""
    place_groups(places, _groups(extra))
    below = max(row for row, _ in places.cells["checks"].values()) + 3
    for at, name in enumerate(MEASURED):
        places.place("checks", f"ladder_{name}", below + at, MARGIN + 2)


def _groups(extra: Sequence[Check]) -> dict[str, tuple[str, ...]]:
    """The checks of the figures that must tie, and of those that deserve a look, by name."""
    must = tuple(check.name for check in extra if check.integrity)
    may = tuple(check.name for check in extra if not check.integrity)
    return {"integrity": INTEGRITY + must, "attention": ATTENTION + may}


def check_formulas(template: Template, searched: Sequence[str]) -> dict[str, str]:
    """What each check counts; 0 means in order. ``searched``: the sheets that are searched for errors."""
    inputs = [line.name for section in template.inputs.sections for line in section.rows]
    ids = 'SUMPRODUCT(({plan.promotion_id:all}<>"")*1)'
    refused = 'SUMPRODUCT(({rejects.reason:all}<>"")*1)'
    thresholds = "({inputs.minimum_probability_changed}+{inputs.hurdle_roi_changed}=0)"
    chances = ("plan.success_probability", "plan.probability_of_profit")
    gaps = "+".join(f"({{roi.{name}:all}}>{{inputs.smallest_edit}})" for name in ("lift_gap", "ends_gap", "chance_gap"))
    outside = "+".join(f"SUMPRODUCT(ISNUMBER({{{name}:all}})*(({{{name}:all}}<0)+({{{name}:all}}>1)))" for name in chances)
    return {
        "rows_balance": f"ABS({{audit.rows_in}}-{{audit.blank_rows}}-{ids}-{refused})",
        "ids_unique": "SUM({roi.repeated:all})",
        "total_ties": "(ABS(SUMIF({roi.edited:all},0,{roi.profit_expected:all})"
        "-SUMIF({roi.edited:all},0,{plan.incremental_profit_expected:all}))>{inputs.tolerance})*1",
        "rows_tie": "SUMPRODUCT((({roi.profit_gap:all}>{inputs.tolerance})+({roi.cost_gap:all}>{inputs.tolerance})>0)*1)",
        "conventions_tie": "SUMPRODUCT(({roi.convention_gap:all}>{inputs.tolerance})*1)",
        "verdicts_tie": f"SUM({{roi.verdict_gap:all}})*{thresholds}",
        "lifts_tie": f"SUMPRODUCT(({gaps}>0)*1)",
        "ladder_ties": "SUMPRODUCT(({roi.ladder_gap:all}>N({ladder.lift_off})+{inputs.smallest_edit})*1)",
        "ladder_close": "(N({ladder.lift_off})>{inputs.ladder_limit})*1",
        "no_errors": "+".join(f"SUMPRODUCT(ISERROR({{{name}.whole}})*1)" for name in searched),
        "probabilities": outside,
        "lift_order": "SUMPRODUCT(ISNUMBER({plan.lift_low:all})*ISNUMBER({plan.lift_high:all})"
        "*({plan.lift_low:all}>{plan.lift_high:all}))",
        "no_go_at_loss": "SUMPRODUCT(({roi.go:all}=1)*({roi.profit_expected:all}<=0))",
        "no_go_blind": "SUM({roi.go:all})*(1-{model.evidence})",
        "dates": "SUMPRODUCT(ISNUMBER({roi.days:all})*({roi.days:all}<1))",
        "money_known": 'SUMPRODUCT(({roi.has_profit:all}=0)*({roi.promotion_id:all}<>""))',
        "below_margin": "SUMPRODUCT(({roi.has_profit:all}=1)*({roi.solvable:all}=0))",
        "as_scored": "SUM({roi.edited:all})",
        "as_settings": "+".join(f"{{inputs.{name}_changed}}" for name in inputs),
    }


def check_counts(content: Content, rows: PlanRows, result: Result) -> dict[str, float]:
    """What each check counts in the workbook as it is written, by the engine."""
    roi, plan, run, cent = result.columns, rows.columns, content.run, TOLERANCES["tolerance"]
    ids = [name for name in plan["promotion_id"].tolist() if name]
    refused = [reason for reason in _reasons(content.rejects) if reason]
    chances = [plan["success_probability"], plan["probability_of_profit"]]
    gap = np.nansum(roi["profit_expected"]) - np.nansum(plan["incremental_profit_expected"])
    profit_known = roi["has_profit"] == 1
    named = np.array([bool(name) for name in plan["promotion_id"].tolist()])
    counts: dict[str, Any] = {
        "rows_balance": abs(run.rows_in - run.blank_rows - len(ids) - len(refused)),
        "ids_unique": roi["repeated"].sum(),
        "total_ties": abs(gap) > cent,
        "rows_tie": ((roi["profit_gap"] > cent) | (roi["cost_gap"] > cent)).sum(),
        "conventions_tie": (roi["convention_gap"] > cent).sum(),
        "verdicts_tie": roi["verdict_gap"].sum(),
        "lifts_tie": _off(roi, TOLERANCES["smallest_edit"]),
        "ladder_ties": (roi["ladder_gap"] > np.nan_to_num(content.ladder.measured.lift) + TOLERANCES["smallest_edit"]).sum(),
        "ladder_close": content.ladder.measured.lift > TOLERANCES["ladder_limit"],
        "no_errors": 0,
        "probabilities": sum(((chance < 0) | (chance > 1)).sum() for chance in chances),
        "lift_order": (plan["lift_low"] > plan["lift_high"]).sum(),
        "no_go_at_loss": ((roi["go"] == 1) & (roi["profit_expected"] <= 0)).sum(),
        "no_go_blind": 0 if content.card.evidence else result.go,
        "dates": (plan["scored_days"] < 1).sum(),
        "money_known": (~profit_known & named).sum(),
        "below_margin": (profit_known & (roi["solvable"] == 0)).sum(),
        "as_scored": 0,
        "as_settings": 0,
    }
    return {name: float(count) for name, count in counts.items()}


def _off(roi: Columns, within: float) -> int:
    return int(np.logical_or.reduce([roi[name] > within for name in ("lift_gap", "ends_gap", "chance_gap")]).sum())


def _reasons(rejects: Columns) -> list[Any]:
    return rejects["reason"].tolist() if length(rejects) else []


def state_words(template: Template, counts: dict[str, float], extra: Sequence[Check] = ()) -> str:
    """The summary every sheet repeats."""
    return state_of(template.checks, counts, _groups(extra))


def write_checks(page: Page, counts: dict[str, float], measured: Measured, extra: Sequence[Check] = ()) -> None:
    """Write every check as one cell of 0 or 1 with its count, and the summary."""
    spec = page.template.checks
    searched = [name for name, found in page.places.ranges.items() if "whole" in found]
    sources = check_formulas(page.template, searched) | {check.name: check.formula for check in extra}
    rows = spec.rows | {check.name: (check.title, check.counted) for check in extra}
    write_groups(page, spec, _groups(extra), rows, sources, counts)
    _measured_words(page, measured)


def _measured_words(page: Page, measured: Measured) -> None:
    """Print below the checks how far the ladder was from the model where it was tried."""
    spec, styles, cells = page.template.ladder, page.styles, page.places.cells["checks"]
    values = dict(zip(MEASURED, measured, strict=True))
    top = cells[f"ladder_{MEASURED[0]}"][0] - 1
    for at, words in enumerate((spec.facts, "", "", "")):
        page.words(top, MARGIN + at, words, "header left")
    for line in spec.facts_rows:
        if line.name in values:
            row, column = cells[f"ladder_{line.name}"]
            page.words(row, MARGIN, line.label, "label")
            page.formula(row, column, f"{{ladder.{line.name}}}", values[line.name], styles.cell("calc", line.kind))
            page.sheet.write_blank(row, column - 1, None, styles.word("label"))
            page.words(row, column + 1, line.unit, "note")


# ---------------------------------------------------------------------------------------------- Audit
def place_audit(places: Places, template: Template) -> None:
    place_facts(places, template.audit)


def write_audit(page: Page, content: Content, state: str) -> None:
    """Write where the figures come from, and a log with room for those who check."""
    facts = _facts(content, page.template)
    run = content.run
    first = (run.made_at, run.made_by, page.template.audit.log_first, facts["model_version"], facts["data_cut"])
    write_facts(page, page.template.audit, facts, [(*first, run.input_hash, run.run_id)], state)


def _facts(content: Content, template: Template) -> dict[str, Any]:
    run, card = content.run, content.card
    return {
        "run_id": run.run_id,
        "made_at": run.made_at,
        "made_by": run.made_by,
        "product_version": run.product_version,
        "template_version": template.book.version,
        "model_version": card.model_version,
        "data_cut": card.data_cut,
        "source": run.source,
        "input_hash": run.input_hash,
        "rows_in": run.rows_in,
        "blank_rows": run.blank_rows,
    }
