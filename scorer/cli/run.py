"""``promo run`` and ``promo recipes``: work that nobody watches, and how it is started every night."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scorer.cli import machine
from scorer.cli.answering import at
from scorer.cli.options import HERE, AsJson, ClientName, Folder
from scorer.cli.progress import stages

if TYPE_CHECKING:
    from rich.console import Console

    from scorer.running.alerts import Alert
    from scorer.running.journal import Listed
    from scorer.running.run import Ran

AUTOMATE = "Leave it to the machine"
run_app = typer.Typer()


@run_app.command(rich_help_panel=AUTOMATE, epilog="Example: promo run --client acme")
def run(
    client: ClientName = None,
    workspace: Folder = HERE,
    day: Annotated[
        datetime | None,
        typer.Option("--date", metavar="DAY", formats=["%Y-%m-%d"], help="The day the run counts as, such as 2026-11-26."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Do everything that is due: refresh, train, score every list in inbox/CLIENT, alert, tidy up. Run it again at any time."""
    from scorer import verbs

    with stages(as_json) as say:
        done = verbs.run(at(workspace), client, _day(day), say, _to_stderr if as_json else _unheard)
    code = _code(done)
    if as_json:
        typer.echo(machine.to_json({"runs": done, "code": code}))
    else:
        for one in done:
            shown(one)
    raise typer.Exit(code)


@run_app.command(rich_help_panel=AUTOMATE, epilog="Example: promo recipes cron --client acme")
def recipes(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="airflow, cron, dagster, docker or windows.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write it; left out: on the screen.", show_default=False)
    ] = None,
    client: ClientName = None,
    workspace: Folder = HERE,
) -> None:
    """Show how a scheduler starts 'promo run' every night, filled in for this workspace; without a name: which there are."""
    from scorer import verbs
    from scorer.recipes.render import RECIPES

    if name is None:
        for known, recipe in RECIPES.items():
            typer.echo(f"{known:9}{recipe.what}")
        return
    text = verbs.recipe(at(workspace), name, client)
    if out is None:
        typer.echo(text, nl=False)
    else:
        from scorer import atomic

        atomic.write_text(out, text)
        typer.echo(f"Written to {out}")


def shown(done: Ran) -> None:
    """Say what a run did: its stages, its lists, and what somebody should look at."""
    from scorer.cli.screen import notes, say, screen
    from scorer.running.alerts import alarms

    out = screen()
    if done.manifest is None and not done.stages:
        say(out, f"Nothing to do for {done.client} on {done.date}.")
    else:
        say(out, f"Run {done.run}{' (finished what was cut short)' if done.resumed else ''}", style="bold")
        _stages(out, done)
        _lists(out, done.lists)
        if done.manifest is not None:
            say(out, f"What went in and came out: {done.manifest}")
    _alerts(out, alarms(done.alerts))
    notes(out, [f"{alert.about}: {alert.sentence}" for alert in done.alerts if alert.level == "warning"])


def _stages(out: Console, done: Ran) -> None:
    from scorer.cli.screen import row, table

    made = table("Stage", "State", "Seconds", "Why", words=("State", "Why"))
    for stage in done.stages:
        row(made, stage.name, stage.state, f"{stage.seconds:.1f}", stage.why)
    out.print(made)


def _lists(out: Console, lists: tuple[Listed, ...]) -> None:
    from scorer.cli.screen import row, table

    if not lists:
        return
    made = table("List", "State", "Rows", "Scored", "Refused", "Blank", "What became of it", words=("State", "What became of it"))
    for one in lists:
        told = one.why or (f"as before, in {one.where}" if one.where else one.folder)
        row(made, one.name, one.state, *(f"{count:,}" for count in (one.rows_in, one.scored, one.rejected, one.blank)), told)
    out.print(made)


def _alerts(out: Console, found: list[Alert]) -> None:
    from scorer.cli.screen import say

    for alert in found:
        say(out, f"! {alert.about}: {alert.sentence}", style="bold red")


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _code(done: tuple[Ran, ...]) -> int:
    from scorer.running.stages import worst

    return worst(one.code for one in done)


def _to_stderr(line: dict[str, Any]) -> None:
    print(json.dumps(line), file=sys.stderr, flush=True)


def _unheard(_: dict[str, Any]) -> None:
    """People read the tables; the log keeps the lines."""
