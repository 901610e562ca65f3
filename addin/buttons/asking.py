"""What-if: one promotion at other discounts, on a sheet of its own, the best step marked."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from addin.buttons.lists import hear, input_of, notes_in_words, plan_of_run, source_of
from addin.cells import cell_words
from addin.look import GAIN
from addin.new_sheets import Column, Page, Table, add_sheet, with_mark
from addin.plan_sheets import PlanOnSheet, chosen_line
from addin.plans import cell_at
from addin.run import Finished, Run
from scorer.contracts.table import Kind
from scorer.plan import matched_headers
from scorer.settings import Client

if TYPE_CHECKING:
    from scorer.columns import Columns
    from scorer.planning.what_if import WhatIf

BAR = 20
BEST, OUTSIDE = "▲ best", "outside what was learnt"
_SHOWN = (
    ("discount_percentage", "Discount", Kind.SHARE),
    ("duration_days", "Days", Kind.COUNT),
    ("success_probability", "Chance that sales rise", Kind.SHARE),
    ("lift_expected", "Lift", Kind.RATIO),
    ("sales_units_expected", "Units", Kind.COUNT),
    ("promotion_cost_expected", "Cost, {currency}", Kind.MONEY),
    ("incremental_profit_low", "Profit, low, {currency}", GAIN),
    ("incremental_profit_expected", "Profit, {currency}", GAIN),
    ("incremental_profit_high", "Profit, high, {currency}", GAIN),
    ("roi_expected", "ROI", Kind.RATIO),
    ("probability_of_profit", "Chance of profit", Kind.SHARE),
    ("verdict", "Verdict", Kind.TEXT),
)


def try_changes(run: Run) -> Finished:
    """Try the client's discounts for the promotion of the selected row, or the first of the plan."""
    from scorer import verbs

    plan, client = plan_of_run(run), run.desk.client
    asked = _selected_promotion(run, plan, client)
    found = verbs.what_if(run.desk.workspace, plan.cells, asked, client.client, say=hear(run))
    served = run.desk.served
    name = f"What-if {found.promotion_id}"
    tables = [
        Table("Steps", (*_columns(found.ladder, client), *_marks(found)), strong=found.best),
        Table("As planned", _columns(found.planned, client)),
    ]
    page = Page(name, f"What if: promotion {found.promotion_id}", found.sentence, found.notes, tables)
    sheet = add_sheet(run, page, source_of(served, run))
    return Finished(
        words=f"{found.sentence}\nThe steps are on sheet '{sheet.name}'.{notes_in_words(found.notes)}",
        model=served.model.version,
        data_cut=str(served.model.data_cut),
        input_hash=input_of(plan),
        rows_in=plan.body.rows,
        scored=1,
    )


def _selected_promotion(run: Run, plan: PlanOnSheet, client: Client) -> str | None:
    """Return the promotion_id of the selected row; None leaves the choice to the verb, which takes the first."""
    line = chosen_line(run.book, plan)
    if line is None:
        return None
    at = matched_headers(plan.asked.headers, client).found.get("promotion_id")
    own = "" if at is None else cell_words(cell_at(plan.asked.rows[line - plan.asked.first_line], at))
    return own or f"row-{line}"


def _columns(steps: Columns, client: Client) -> tuple[Column, ...]:
    return tuple(
        Column(
            label.format(currency=client.currency),
            kind,
            [with_mark(cell) for cell in steps[name].tolist()] if name == "verdict" else steps[name].tolist(),
        )
        for name, label, kind in _SHOWN
    )


def _marks(found: WhatIf) -> tuple[Column, ...]:
    steps = range(len(found.ladder["verdict"]))
    marks = [BEST if at == found.best else "" if found.ladder["learnt"][at] else OUTSIDE for at in steps]
    losses, gains = bars(found.ladder["incremental_profit_expected"].tolist())
    return (
        Column("", Kind.TEXT, marks, width=22.0),
        Column("Loss", Kind.TEXT, losses, width=BAR + 6.0, right=True),
        Column("Gain", Kind.TEXT, gains, width=BAR + 6.0),
    )


def bars(amounts: list[Any]) -> tuple[list[str], list[str]]:
    """Draw amounts as bars of letters: losses, to be read from the right, and gains; with a sign for who sees no colours.

    >>> bars([-10.0, 20.0])
    (['▼██████████│', '│'], ['', '████████████████████▲'])
    """
    known = [amount if isfinite(amount) else 0.0 for amount in amounts]
    widest = max(map(abs, known), default=0.0) or 1.0
    sizes = [round(BAR * abs(amount) / widest) for amount in known]
    pairs = list(zip(known, sizes, strict=True))
    return (
        [f"▼{'█' * size}│" if amount < 0 else "│" for amount, size in pairs],
        [f"{'█' * size}▲" if amount > 0 else "" for amount, size in pairs],
    )
