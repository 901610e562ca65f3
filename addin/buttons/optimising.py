"""Optimise: which promotions to run, at which step, under the rules of a file or those everybody starts with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from addin.books import file_of
from addin.buttons.lists import hear, input_of, notes_in_words, plan_of_run, source_of
from addin.look import GAIN
from addin.new_sheets import Column, Page, Table, add_sheet, with_mark
from addin.run import Finished, Run
from scorer.contracts.table import Kind

if TYPE_CHECKING:
    from scorer.planning.optimise.result import Portfolio
    from scorer.results import Optimised

RULES_FILE = "rules.toml"
RUN, DO_NOT = "▲ run", "▼ do not run"


def choose(run: Run) -> Finished:
    """Choose from the plan of the active sheet, and add a sheet with every promotion and why."""
    from scorer import verbs
    from scorer.planning.optimise.rules import read_rules

    plan = plan_of_run(run)
    file = rules_of(run)
    rules = read_rules(file)
    done = verbs.optimise(run.desk.workspace, plan.cells, rules, client=run.desk.client.client, say=hear(run))
    kept = f"Rules: {file}" if file is not None else f"Rules: none beyond those every choice keeps; {RULES_FILE} adds yours"
    finding = _finding(done.portfolio)
    notes = [kept, *_binding(done.portfolio), done.portfolio.overlap.sentence, *done.notes]
    served = run.desk.served
    page = Page("Optimised", f"Best choice from {plan.place.name}", finding, notes, _tables(done))
    sheet = add_sheet(run, page, source_of(served, run))
    return Finished(
        words=f"{finding}\nEvery promotion and why is on sheet '{sheet.name}'.{notes_in_words(notes)}",
        model=done.model_version,
        data_cut=str(served.model.data_cut),
        input_hash=input_of(plan),
        rows_in=plan.body.rows,
        scored=len(done.portfolio.rows["chosen"]),
        rejected=done.rejected + len(plan.asked.refused),
    )


def rules_of(run: Run) -> Path | None:
    """Return the file of rules that counts for a workbook: beside it, else in the workspace; None where there is none."""
    file = file_of(run.book)
    folders = [*([file.parent] if file is not None else []), run.desk.workspace.root]
    return next((path for folder in folders if (path := folder / RULES_FILE).is_file()), None)


def _finding(found: Portfolio) -> str:
    best, planned = found.optimised, found.planned
    standing = f"{found.standing} " if found.standing else ""
    return (
        f"{standing}{best.promotions:,} of {planned.promotions:,} promotions are chosen: profit {best.profit:+,.0f} "
        f"{found.currency} at a cost of {best.cost:,.0f}; all as planned: {planned.profit:+,.0f} at {planned.cost:,.0f}."
    )


def _tables(done: Optimised) -> list[Table]:
    found, currency = done.portfolio.rows, done.portfolio.currency
    columns = (
        ("promotion_id", "Promotion", Kind.TEXT),
        ("planned_discount", "Planned discount", Kind.SHARE),
        ("planned_start", "Planned start", Kind.DATE),
        ("planned_days", "Planned days", Kind.COUNT),
        ("planned_profit", f"Planned profit, {currency}", GAIN),
        ("discount_percentage", "Discount", Kind.SHARE),
        ("start_date", "Start", Kind.DATE),
        ("duration_days", "Days", Kind.COUNT),
        ("promotion_cost", f"Cost, {currency}", Kind.MONEY),
        ("profit_expected", f"Profit, {currency}", GAIN),
        ("profit_low", f"Profit, low, {currency}", GAIN),
        ("probability_of_profit", "Chance of profit", Kind.SHARE),
    )
    figures = [Column(label, kind, found[name].tolist()) for name, label, kind in columns]
    chosen = Column("Choice", Kind.TEXT, [RUN if yes else DO_NOT for yes in found["chosen"].tolist()], width=15.0)
    verdict = Column("Verdict", Kind.TEXT, [with_mark(cell) for cell in found["verdict"].tolist()])
    why = Column("Why not", Kind.TEXT, found["why_not"].tolist(), width=44.0)
    columns_of_all = (figures[0], chosen, *figures[1:], verdict, why)
    return [Table("Every promotion: what was planned, and the step that is chosen or comes closest", columns_of_all)]


def _binding(found: Portfolio) -> list[str]:
    """Say which rules keep something out."""
    return [f"Rule: {one.words} keeps {one.keeps_out:,} out ({one.used:,.0f} of {one.limit:,.0f} used)." for one in found.binding]
