"""``promo what-if``, ``promo target`` and ``promo scenarios``: questions about promotions that have not run yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from scorer.cli import machine
from scorer.cli.lists import as_days, as_fractions
from scorer.cli.options import HERE, PLAN, AsJson, ClientName, Folder, PlanFile
from scorer.cli.progress import stages

asking_app = typer.Typer()

WhichPromotion = Annotated[
    str | None, typer.Option("--promotion", metavar="ID", help="Which row of the list; left out: the first.")
]
ScenarioFile = Annotated[
    Path | None,
    typer.Option("--scenarios", metavar="FILE", help="A TOML file of named changes, compared on a sheet of their own."),
]


@asking_app.command(
    "what-if",
    rich_help_panel=PLAN,
    epilog="Example: promo what-if upcoming.csv --promotion P-17 --grid discount,days --tornado",
)
def what_if(
    plan: PlanFile,
    promotion: WhichPromotion = None,
    discounts: Annotated[
        str | None, typer.Option("--discounts", metavar="LIST", help="Discounts to try, in percent, such as 10,15,20.")
    ] = None,
    days: Annotated[str | None, typer.Option("--days", metavar="LIST", help="Lengths to try, in days, such as 7,14.")] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--change",
            metavar="INPUT=LIST",
            help="Values to try of any other input: price=9.49,+5% or start=2026-07-06 or funding=30%; may be repeated.",
        ),
    ] = None,
    grid: Annotated[
        str | None, typer.Option("--grid", metavar="A,B", help="Two inputs against each other, such as discount,days.")
    ] = None,
    tornado: Annotated[bool, typer.Option("--tornado", help="Show what profit hangs on most, input by input.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write the steps: .csv, .xlsx or .parquet.")
    ] = None,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Try changes of one promotion: what each would sell, cost and earn, and which earns most."""
    from scorer import verbs
    from scorer.cli import asking_printing as show
    from scorer.workspace import Workspace

    steps, lengths, changes, pair = as_fractions(discounts), as_days(days), as_changes(change or ()), as_pair(grid)
    with stages(as_json) as say:
        done = verbs.what_if(
            Workspace(workspace), plan, promotion, client, steps, lengths, say,
            changes=changes, grid=pair, tornado=tornado, out=out,
        )  # fmt: skip
    if as_json:
        typer.echo(machine.to_json(show.steps_as_data(done)))
    else:
        show.what_if(done)
        _written(out)


@asking_app.command(rich_help_panel=PLAN, epilog="Example: promo target upcoming.csv --promotion P-17 --profit 1000")
def target(
    plan: PlanFile,
    promotion: WhichPromotion = None,
    profit: Annotated[
        float | None, typer.Option("--profit", metavar="AMOUNT", help="The profit to reach; without a goal: break-even.")
    ] = None,
    roi: Annotated[float | None, typer.Option("--roi", metavar="PERCENT", help="The ROI to reach, in percent: 20.")] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="LIST",
            help="Only some of discount, budget, funding_share, fixed_cost, list_price, unit_cost, margin, lift.",
        ),
    ] = None,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask backwards: which discount, budget, funding, price, cost or lift would break even, or reach a profit or an ROI."""
    from scorer import verbs
    from scorer.cli import asking_printing as show
    from scorer.workspace import Workspace

    levers = tuple(part.strip() for part in (by or "").split(",") if part.strip())
    wanted = None if roi is None else roi / 100
    with stages(as_json) as say:
        done = verbs.target(Workspace(workspace), plan, promotion, client, profit, wanted, levers, say)
    if as_json:
        typer.echo(machine.to_json({**done._asdict(), "found": [found._asdict() for found in done.found]}))
    else:
        show.target(done)


@asking_app.command(
    rich_help_panel=PLAN, epilog="Example: promo scenarios upcoming.csv --file scenarios.toml --out differences.xlsx"
)
def scenarios(
    plan: PlanFile,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="A TOML file of named changes; left out: the list as planned alone."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to write every difference by promotion: .csv, .xlsx or .parquet."),
    ] = None,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Compare named scenarios of the whole list with the plan: what changes, what each earns, and how sure that is."""
    from scorer import verbs
    from scorer.cli import asking_printing as show
    from scorer.workspace import Workspace

    with stages(as_json) as say:
        done = verbs.scenarios(Workspace(workspace), plan, file, client, out, say)
    if as_json:
        typer.echo(machine.to_json(show.scenarios_as_data(done)))
    else:
        show.scenarios(done)
        _written(out)


def as_changes(given: Sequence[str]) -> dict[str, list[str]]:
    """Read what is to change. Raises typer.BadParameter for anything that is no INPUT=VALUES.

    >>> as_changes(["price=9.49, 9.99", "start=+7 days"])
    {'price': ['9.49', '9.99'], 'start': ['+7 days']}
    """
    found: dict[str, list[str]] = {}
    for one in given:
        name, sign, values = one.partition("=")
        listed = [value.strip() for value in values.split(",") if value.strip()]
        if not sign or not name.strip() or not listed:
            raise typer.BadParameter(f"'{one}' does not say what becomes what; write price=9.49,9.99", param_hint="--change")
        found.setdefault(name.strip(), []).extend(listed)
    return found


def as_pair(given: str | None) -> tuple[str, str] | None:
    """Read two names. Raises typer.BadParameter for any other number of them.

    >>> as_pair("discount, days")
    ('discount', 'days')
    """
    if given is None:
        return None
    names = [name.strip() for name in given.split(",") if name.strip()]
    if len(names) != 2:
        raise typer.BadParameter(f"'{given}' is not two inputs; write discount,days", param_hint="--grid")
    return names[0], names[1]


def no_scenarios_into(into: Path | None, scenarios: Path | None) -> None:
    """Raise typer.BadParameter where scenarios are to go into a workbook of the user's own."""
    if into is not None and scenarios is not None:
        told = "they stand on sheets of the planning workbook; leave --into out, or use promo scenarios --out FILE"
        raise typer.BadParameter(told, param_hint="--scenarios")


def _written(out: Path | None) -> None:
    from scorer.cli.screen import say, screen

    if out is not None:
        say(screen(), f"Written to {out}", "bold")
