"""``promo calendar``: who runs when, what gets in each other's way, and what that costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scorer.cli import machine
from scorer.cli.options import HERE, PLAN, AsJson, ClientName, Folder, PlanFile
from scorer.cli.progress import stages
from scorer.cli.screen import screen

if TYPE_CHECKING:
    from rich.console import Console

    from scorer.planning.calendar import Calendar, Week
    from scorer.planning.clashes import Clashes

MOST_NAMED = 120
"""With more promotions than this the screen counts them; the file names them."""
MOST_CLASHES = 25
PADDING = 3

calendar_app = typer.Typer()


@calendar_app.command(rich_help_panel=PLAN, epilog="Example: promo calendar upcoming.csv --out calendar.xlsx")
def calendar(
    plan: PlanFile,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to write it: .csv, .xlsx or .parquet; the clashes go beside it."),
    ] = None,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show the planned promotions by week and category, the clashes among them, and what those cost."""
    from scorer import verbs
    from scorer.workspace import Workspace

    with stages(as_json) as say:
        done = verbs.calendar(Workspace(workspace), plan, out, client, say)
    if as_json:
        typer.echo(machine.to_json(as_data(done)))
    else:
        shown(done, out)


def as_data(done: Calendar) -> dict[str, Any]:
    """Return a calendar for a program: its tables row by row."""
    from scorer.columns import records

    clashes = done.clashes
    return {
        "weeks": [week._asdict() for week in done.weeks],
        "promotions": records(done.promotions),
        "cells": records(done.cells),
        "clashes": records(clashes.table),
        "same_item_price": clashes.same_item_price,
        "same_category_price": clashes.same_category_price,
        "learnt": clashes.learnt,
        "notes": clashes.notes,
        "refused": done.refused,
        "model_version": done.model_version,
    }


def shown(done: Calendar, out: Path | None) -> None:
    """Print a calendar for a person: as many weeks side by side as fit, then the clashes, the dearest first."""
    from rich.markup import escape

    from scorer.verbs.calendars import clashes_beside

    to = screen()
    cells = _cells(done)
    widest = max((len(line) for cell in cells.values() for line in cell.split("\n")), default=8)
    names = max(len(name) for name in done.categories)
    at_once = max((to.width - names - 3) // (max(widest, 7) + PADDING), 1)
    for start in range(0, len(done.weeks), at_once):
        _weeks(to, done, done.weeks[start : start + at_once], cells)
    to.print(_legend(done))
    _clashes(to, done.clashes)
    for note in done.clashes.notes:
        to.print(escape(f"- {note}"), soft_wrap=True)
    if done.refused:
        rows = f"{done.refused:,} rows were" if done.refused > 1 else "One row was"
        to.print(f"- {rows} refused and not shown; promo score writes the reasons to a file.", soft_wrap=True)
    to.print(escape(f"Scored by model {done.model_version}."), soft_wrap=True)
    if out is not None:
        to.print(escape(f"Written to {out}; the clashes: {clashes_beside(out)}"), style="bold", soft_wrap=True)


def _weeks(to: Console, done: Calendar, weeks: tuple[Week, ...], cells: dict[tuple[str, str], str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_lines=False)
    table.add_column("Category", no_wrap=True)
    for week in weeks:
        table.add_column(f"{week.name[5:]}\n{str(week.first)[5:]}{_day_marks(week)}", no_wrap=True)
    for category in done.categories:
        table.add_row(escape(category), *(escape(cells.get((week.name, category), "")) for week in weeks))
        table.add_section()
    to.print(f"Weeks from {weeks[0].first} to {weeks[-1].last}")
    to.print(table)


def _day_marks(week: Week) -> str:
    return ("*" if week.holidays else "") + ("s" if week.season else "")


def _cells(done: Calendar) -> dict[tuple[str, str], str]:
    """Return what stands in each cell, by week and category: who runs, one to a line, or how many, and a ! per clash."""
    from scorer.planning.calendar import running, who_runs

    table, promotions = done.cells, done.promotions
    is_short = len(promotions["promotion_id"]) <= MOST_NAMED
    lines: dict[tuple[str, str], list[str]] = {}
    for week in done.weeks if is_short else ():
        for row in running(promotions, week).tolist():
            lines.setdefault((week.name, promotions["category"][row]), []).append(who_runs(promotions, row))
    for row in range(len(table["week"])):
        cell = lines.setdefault((table["week"][row], table["category"][row]), [])
        cell += [] if is_short else [f"{int(table['promotions'][row])}"]
        clashes = int(table["clashes"][row])
        cell += [f"! {clashes} clash{'es' if clashes > 1 else ''}"] if clashes else []
    return {place: "\n".join(cell) for place, cell in lines.items()}


def _legend(done: Calendar) -> str:
    from scorer.planning.calendar import SHORT

    marks = "; ".join(f"{short} = {verdict.label}" for verdict, short in SHORT.items() if short != verdict.label)
    days = "; * a week with a holiday" if any(week.holidays for week in done.weeks) else ""
    season = "; s holiday season" if any(week.season for week in done.weeks) else ""
    return f"{marks}; ! promotions that clash{days}{season}"


def _clashes(to: Console, clashes: Clashes) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    from scorer.cli.figures import figure

    found = clashes.table
    count = len(found["first"])
    if not count:
        to.print("No two promotions of this list get in each other's way.", style="bold")
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for header in ("Clash", "Of", "Days both run", "Costs", "What to do"):
        table.add_column(header, justify="right" if header == "Costs" else "left", overflow="fold")
    for row in range(min(count, MOST_CLASHES)):
        days = f"{found['from_day'][row]} to {found['to_day'][row]}" if found["days"][row] > 1 else f"{found['from_day'][row]}"
        pair = f"{found['first'][row]} and {found['second'][row]}"
        price = figure(found["price"][row], "profit") if found["price"][row] == found["price"][row] else "not priced"
        table.add_row(*(escape(cell) for cell in (found["kind"][row], pair, days, price, found["advice"][row])))
    to.print(table)
    if count > MOST_CLASHES:
        to.print(f"and {count - MOST_CLASHES:,} more, which cost less; --out writes them all.")
    parts = [f"counted twice for the same item {figure(clashes.same_item_price, 'profit')}"]
    if clashes.same_category_price == clashes.same_category_price:
        parts.append(f"other items of a category beside each other {figure(clashes.same_category_price, 'profit')}")
    words = f"{count:,} clashes" if count > 1 else "One clash"
    to.print(f"{words}. What they cost together: {'; '.join(parts)}.", style="bold", soft_wrap=True)
