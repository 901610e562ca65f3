"""``promo optimise``: which promotions to run, at which step, to earn most under a budget and other rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scorer.cli import machine
from scorer.cli.lists import as_days, as_fractions, as_weeks
from scorer.cli.options import HERE, PLAN, AsJson, ClientName, Folder, LanguageName
from scorer.cli.progress import stages
from scorer.cli.screen import say, screen

if TYPE_CHECKING:
    from rich.console import Console

    from scorer.planning.optimise.result import Marginal, Portfolio, Totals
    from scorer.results import Optimised

MOST_RULES = 15

optimise_app = typer.Typer()

_EXAMPLE = (
    "Example: promo optimise upcoming.csv --budget 20000 --max-concurrent 3 --discounts 10,15,20 --days 7,14 --weeks 1 "
    "--out best.xlsx --list-out chosen.csv\n\n"
    "This spends at most 20,000 and runs at most three promotions of a category in any week; it tries 10, 15 and 20 %, one and "
    "two weeks, and a start a week later beside each promotion as planned. best.xlsx is the planning workbook of the choice, "
    "with the sheet Portfolio; promo score and promo workbook read chosen.csv."
)


@optimise_app.command(rich_help_panel=PLAN, epilog=_EXAMPLE)
def optimise(
    plan: Annotated[
        Path | None,
        typer.Argument(
            metavar="LIST", help="The planned promotions, one per row: a csv, xlsx or parquet file.", show_default=False
        ),
    ] = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="FILE", help="A file of rules; options given here go before what it says.")
    ] = None,
    write_rules: Annotated[
        Path | None, typer.Option("--write-rules", metavar="FILE", help="Write a file of rules to fill in, and do nothing else.")
    ] = None,
    budget: Annotated[float | None, typer.Option("--budget", metavar="AMOUNT", help="Most promotion cost in all.")] = None,
    max_concurrent: Annotated[
        int | None, typer.Option("--max-concurrent", metavar="N", help="Most promotions of one category in any week.")
    ] = None,
    risk: Annotated[
        float | None,
        typer.Option("--risk", metavar="SHARE", help="Judge profit at this quantile of lift, such as 0.2: cautious plans."),
    ] = None,
    discounts: Annotated[
        str | None,
        typer.Option("--discounts", metavar="LIST", help="Discounts to try, in percent; left out: the client's steps."),
    ] = None,
    days: Annotated[
        str | None, typer.Option("--days", metavar="LIST", help="Lengths to try beside the planned one, in days.")
    ] = None,
    weeks: Annotated[
        str | None, typer.Option("--weeks", metavar="LIST", help="Weeks to move the start by, such as -1,1; 0 is always tried.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option("--time-limit", metavar="SECONDS", help="How long to look for better choices; 60 if left out.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The choice: .xlsx is the planning workbook; .csv and .parquet are tables."),
    ] = None,
    list_out: Annotated[
        Path | None, typer.Option("--list-out", metavar="FILE", help="The chosen promotions as a list, ready to score.")
    ] = None,
    client: ClientName = None,
    workspace: Folder = HERE,
    language: LanguageName = None,
    as_json: AsJson = False,
) -> None:
    """Choose which promotions to run, at which discount, length and start, to earn most under a budget and other rules."""
    from scorer import verbs
    from scorer.planning.optimise.rules import read_rules
    from scorer.workspace import Workspace

    if write_rules is not None:
        typer.echo(f"Wrote {verbs.write_rules(write_rules)}. Take the # away from what you need.")
        return
    if plan is None:
        raise typer.BadParameter("name the list to choose from, or --write-rules FILE.", param_hint="LIST")
    asked = read_rules(
        rules,
        budget=budget,
        max_concurrent=max_concurrent,
        risk=risk,
        discounts=as_fractions(discounts),
        days=as_days(days),
        weeks=as_weeks(weeks),
        time_limit=time_limit,
    )
    with stages(as_json) as say:
        done = verbs.optimise(Workspace(workspace), plan, asked, out, list_out, client, say, language)
    if as_json:
        typer.echo(machine.to_json(as_data(done)))
    else:
        shown(done)


def as_data(done: Optimised) -> dict[str, Any]:
    """Return a choice for a program: its promotions one by one."""
    from scorer.columns import records

    found = done.portfolio
    told = {**found._asdict(), "rows": records(found.rows), "chosen": records(found.chosen)}
    told["rules"] = found.rules.model_dump(mode="json", exclude_none=True)
    return {**done._asdict(), "portfolio": told}


def shown(done: Optimised) -> None:
    """Print a choice for a person: what it is worth, what runs, which rules press, what they cost."""
    to, found = screen(), done.portfolio
    if found.standing:
        say(to, found.standing, "bold red")
    _chosen(to, found)
    _totals(to, found)
    _binding(to, found)
    for one in found.marginals:
        say(to, f"- {marginal_words(one, found.currency)}")
    say(to, f"- {found.overlap.sentence}")
    if found.missing_units > 0:
        say(to, f"- {found.missing_units:,.0f} wanted units are missing, at a penalty of {found.penalty:,.2f} {found.currency}.")
    for note in done.notes:
        say(to, f"- {note}")
    say(to, proof_words(found), "bold")
    for words, path in (("Written to", done.out), ("The chosen promotions as a list:", done.list_out)):
        if path is not None:
            say(to, f"{words} {path}", "bold")
    if found.standing:
        say(to, found.standing, "bold red")


def proof_words(found: Portfolio) -> str:
    """Say what was maximised, what it came to, and how good the choice is proven to be."""
    less = [words for words, amount in (("overlap", found.overlap.cost), ("missing units", found.penalty)) if amount]
    told = found.objective[:1].upper() + found.objective[1:] + (f", less {' and '.join(less)}" if less else "")
    if found.proven:
        how = "proven the best of all choices" + (f", to within {found.gap:.5%}" if found.gap > 0 else "")
    elif found.gap == float("inf"):
        how = "how much better another choice might be is not known"
    else:
        how = f"not proven the best: another choice might be {found.gap:.2%} better at most (--time-limit gives it longer)"
    return f"{told}: {found.worth:,.2f} {found.currency}, {how}; {found.candidates:,} steps, {found.seconds:.1f} s."


def marginal_words(one: Marginal, currency: str) -> str:
    """Say what moving a limit would bring.

    The gain is found by choosing again; the price per unit comes from the relaxation, in which promotions may run in part.
    """
    again = f"{one.gain:,.2f} {currency}" if one.gain == one.gain else "nothing that was found in time"
    sure = f" (at most {one.at_most:,.2f})" if one.gain < one.at_most < float("inf") else ""
    per = "unit" if one.kind == "units" else currency
    return f"{one.change} brings {again}{sure}; by the relaxation {one.per_unit:,.2f} {currency} for each {per}."


_MONEY = ("promotion_cost", "profit_expected", "profit_low", "profit_high")
_HEADS = ("Promotion", "Planned", "Chosen", "First day", "Days", "Cost", "Profit", "Low", "High", "Profit likely", "Verdict")


def _chosen(to: Console, found: Portfolio) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    from scorer.cli.figures import figure

    table = Table(box=SIMPLE_HEAD, pad_edge=False, title="Chosen promotions", title_justify="left")
    for head in _HEADS:
        table.add_column(head, justify="left" if head in ("Promotion", "Verdict") else "right")
    rows = found.rows
    for row in range(len(rows["chosen"])):
        if rows["chosen"][row]:
            cells = [
                str(rows["promotion_id"][row]),
                figure(rows["planned_discount"][row], "discount"),
                figure(rows["discount_percentage"][row], "discount"),
                str(rows["start_date"][row]),
                figure(rows["duration_days"][row]),
                *(figure(rows[name][row], "profit") for name in _MONEY),
                figure(rows["probability_of_profit"][row], "probability"),
                str(rows["verdict"][row]),
            ]
            table.add_row(*(escape(cell) for cell in cells))
    if found.optimised.promotions:
        to.print(table)
    else:
        say(to, "No promotion is worth running under these rules.", "bold")


def _totals(to: Console, found: Portfolio) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in ("In all", "Promotions", "Extra units", f"Cost, {found.currency}", f"Profit, {found.currency}", "At low lift"):
        table.add_column(head, justify="left" if head == "In all" else "right")
    for name, total in (("As planned", found.planned), ("Optimised", found.optimised)):
        table.add_row(name, *_total_cells(total))
    to.print(table)


def _total_cells(total: Totals) -> tuple[str, ...]:
    money = (f"{amount:,.2f}" for amount in (total.cost, total.profit, total.profit_low))
    return (f"{total.promotions:,}", f"{total.units:,.0f}", *money)


def _binding(to: Console, found: Portfolio) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    if not found.binding:
        say(to, "No rule keeps a profitable promotion out.")
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in ("Rules that press", "Used", "Limit", "Keeps out"):
        table.add_column(head, justify="left" if head == "Rules that press" else "right", overflow="fold")
    for one in found.binding[:MOST_RULES]:
        amounts = (f"{amount:,.2f}".removesuffix(".00") for amount in (one.used, one.limit))
        table.add_row(escape(one.words), *amounts, f"{one.keeps_out:,}")
    to.print(table)
    if len(found.binding) > MOST_RULES:
        say(to, f"and {len(found.binding) - MOST_RULES:,} more rules; --json names them all.")
