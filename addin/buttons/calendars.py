"""Calendar: the plan by week and category, and the clashes between its promotions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from addin.buttons.lists import hear, input_of, notes_in_words, plan_of_run, source_of
from addin.new_sheets import Column, Page, Table, add_sheet
from addin.run import Finished, Run
from scorer.contracts.table import Kind

if TYPE_CHECKING:
    from scorer.columns import Columns
    from scorer.planning.calendar import Calendar

_WEEKS = (
    ("week", "Week", Kind.TEXT),
    ("first_day", "First day", Kind.DATE),
    ("holidays", "Holidays", Kind.TEXT),
    ("category", "Category", Kind.TEXT),
    ("promotions", "Promotions", Kind.COUNT),
    ("clashes", "Clashes", Kind.COUNT),
    ("who", "Which, at which discount", Kind.TEXT),
)
_CLASHES = (
    ("first", "Promotion", Kind.TEXT),
    ("from_day", "From", Kind.DATE),
    ("second", "With", Kind.TEXT),
    ("kind", "Kind", Kind.TEXT),
    ("days", "Days", Kind.COUNT),
    ("price", "Costs, {currency}", Kind.MONEY),
    ("advice", "Advice", Kind.TEXT),
)


def lay_out(run: Run) -> Finished:
    """Lay out the plan of the active sheet on a sheet of its own."""
    from scorer import verbs

    plan, client, served = plan_of_run(run), run.desk.client, run.desk.served
    made = verbs.calendar(run.desk.workspace, plan.cells, client=client.client, say=hear(run))
    finding, notes = _finding(made, client.currency), list(made.clashes.notes)
    if made.refused:
        rows = "One row was refused and is" if made.refused == 1 else f"{made.refused:,} rows were refused and are"
        notes.insert(0, f"{rows} in no week; Check data says why.")
    money = client.currency
    tables = [
        Table("Weeks", _columns(_WEEKS, made.cells, money)),
        Table("Clashes, the dearest first", _columns(_CLASHES, made.clashes.table, money)),
    ]
    page = Page("Promotion calendar", f"Calendar of {plan.place.name}", finding, notes, tables)
    sheet = add_sheet(run, page, source_of(served, run))
    return Finished(
        words=f"{finding}\nThe calendar is on sheet '{sheet.name}'.{notes_in_words(notes)}",
        model=served.model.version,
        data_cut=str(served.model.data_cut),
        input_hash=input_of(plan),
        rows_in=plan.body.rows,
        scored=len(made.promotions["promotion_id"]),
        rejected=made.refused + len(plan.asked.refused),
    )


def _columns(shown: tuple[tuple[str, str, Kind], ...], table: Columns, currency: str) -> tuple[Column, ...]:
    return tuple(Column(label.format(currency=currency), kind, table[name].tolist()) for name, label, kind in shown)


def _finding(made: Calendar, currency: str) -> str:
    clashes = len(made.clashes.table["first"])
    planned = f"{_counted(len(made.promotions['promotion_id']), 'promotion')} in {_counted(len(made.weeks), 'week')}"
    if not clashes:
        return f"▲ {planned}, and none gets in another's way."
    price = made.clashes.same_item_price
    dear = f" Those of one item cost {price:,.0f} {currency}." if price > 0 else ""
    return f"▼ {planned}, with {_counted(clashes, 'clash', 'clashes')}.{dear}"


def _counted(many: int, one: str, several: str = "") -> str:
    return f"{many:,} {one if many == 1 else several or one + 's'}"
