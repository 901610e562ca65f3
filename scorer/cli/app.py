"""The verbs of ``promo``: what each is called, asks for and says about itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scorer.cli import machine
from scorer.cli.answering import answer, at, complain, listed
from scorer.cli.asking import ScenarioFile, asking_app, no_scenarios_into
from scorer.cli.calendar import calendar_app
from scorer.cli.checking import ListToCheck, checked_list, list_as_data, refusal
from scorer.cli.filling import IntoBook, Overwrite, SheetName, filled, must_fit_together
from scorer.cli.health import health_app
from scorer.cli.log import log_app
from scorer.cli.looking import looking_app
from scorer.cli.models import models_app
from scorer.cli.optimise import optimise_app
from scorer.cli.options import HERE, LEARN, PLAN, AsJson, ClientName, Folder, LanguageName, PlanFile
from scorer.cli.pdf import pdf_app
from scorer.cli.progress import stages
from scorer.cli.restoring import restoring_app
from scorer.cli.run import run_app
from scorer.cli.verify import EngineOption, MasterOption, verify_app

PLAN_BOOK = Path("plan.xlsx")

app = typer.Typer(
    name="promo",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog="New here? Start with: promo demo",
)
app.add_typer(models_app, name="models", rich_help_panel=LEARN)
# the help lists the verbs in this order
PARTS = (health_app, asking_app, optimise_app, calendar_app, pdf_app, restoring_app, log_app, run_app, looking_app, verify_app)
for part in PARTS:
    app.add_typer(part)


def _print_version(asked: bool) -> None:
    if asked:
        from scorer import __version__

        typer.echo(f"promo {__version__}")
        raise typer.Exit


@app.callback()
def promo(
    version: Annotated[  # a callback of its own: typer asks for a verb before this function would run
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True, callback=_print_version)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the technical details when something breaks.")] = False,
) -> None:
    """Which promotions are worth running? Learn from past sales, score a list, write the planning workbook."""
    del version  # answered already
    del debug  # read where errors end up, also for errors before this line


@app.command(rich_help_panel=LEARN, epilog="Example: promo init --client acme")
def init(
    client: Annotated[
        str, typer.Option("--client", metavar="NAME", help="A short name: letters, digits, - and _.", show_default=False)
    ],
    workspace: Folder = HERE,
) -> None:
    """Start a client: write clients/NAME.toml to fill in, and a folder for its exports."""
    from scorer import verbs
    from scorer.cli import printing

    written = verbs.init(at(workspace), client)
    printing.started(written, at(workspace).exports(client))


@app.command(rich_help_panel=LEARN, epilog="Examples: promo check --client acme; promo check upcoming.csv")
def check(
    plan: ListToCheck = None, client: ClientName = None, workspace: Folder = HERE, as_json: AsJson = False
) -> None:
    """Look at the exports, or at a list, without changing anything: what was found, what is refused and why."""
    from scorer import verbs
    from scorer.cli import printing

    if plan is not None:
        with stages(as_json) as say:
            read = verbs.check_list(at(workspace), plan, client, say)
        answer(read, as_json, checked_list, list_as_data)
        complain(refusal(read))
        return
    with stages(as_json) as say:
        done = verbs.check(at(workspace), client, say)
    answer(done, as_json, printing.checked)


@app.command(rich_help_panel=LEARN, epilog="Example: promo refresh --client acme")
def refresh(
    client: ClientName = None,
    workspace: Folder = HERE,
    full: Annotated[
        bool, typer.Option("--full", help="Read all exports anew and take them as they are, whatever was known before.")
    ] = False,
    engine: EngineOption = None,
    master: MasterOption = None,
    as_json: AsJson = False,
) -> None:
    """Read the exports that have changed: clean them, build baselines, measure past promotions."""
    from scorer import verbs
    from scorer.cli import printing

    with stages(as_json) as say:
        done = verbs.refresh(at(workspace), client, say, full=full, engine=engine, master=master)
    answer(done, as_json, printing.refreshed)


@app.command(rich_help_panel=LEARN, epilog="Example: promo train --client acme")
def train(
    client: ClientName = None,
    workspace: Folder = HERE,
    promote: Annotated[
        bool | None,
        typer.Option("--promote/--no-promote", help="Put the new model in use, or not; left out: if it beats the one in use."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Learn from past promotions, test on later ones what that is worth, and use it if it is better. After 'promo refresh'."""
    from scorer import verbs
    from scorer.cli import printing

    with stages(as_json) as say:
        done = verbs.train(at(workspace), client, say, promote=promote)
    answer(done, as_json, printing.trained, machine.trained)


@app.command(rich_help_panel=PLAN, epilog="Example: promo score upcoming.csv --out scored.xlsx")
def score(
    plan: PlanFile,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Where to write: .csv, .xlsx or .parquet. Without it only a summary is shown."
        ),
    ] = None,
    client: ClientName = None,
    workspace: Folder = HERE,
    model: Annotated[
        str | None, typer.Option("--model", metavar="VERSION", help="Use this version instead of the one in use.")
    ] = None,
    reasons: Annotated[
        bool | None,
        typer.Option("--reasons/--no-reasons", help="Say what drives each figure; without it long lists are quicker."),
    ] = None,
    engine: EngineOption = None,
    master: MasterOption = None,
    as_json: AsJson = False,
) -> None:
    """Score a list of planned promotions: lift, profit, chances and a verdict for every row."""
    from scorer import verbs
    from scorer.cli import printing

    with stages(as_json) as say:
        done, refused = listed(
            lambda: verbs.score_elsewhere(
                at(workspace), plan, out, client, say, version=model, reasons=reasons, engine=engine, master=master
            )
        )
    answer(done, as_json, printing.scored)
    complain(refused)


@app.command(rich_help_panel=PLAN, epilog="Example: promo workbook upcoming.csv --out plan.xlsx")
def workbook(
    plan: PlanFile,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help=f"Where to write the workbook; left out: {PLAN_BOOK}.")
    ] = None,
    into: IntoBook = None,
    sheet: SheetName = None,
    overwrite: Overwrite = False,
    language: LanguageName = None,
    scenarios: ScenarioFile = None,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Score a list and write the planning workbook, or fill a workbook of your own (--into)."""
    from scorer import verbs
    from scorer.cli import printing

    must_fit_together(out, into, sheet, overwrite, language)
    no_scenarios_into(into, scenarios)
    if into is not None:
        with stages(as_json) as say:
            book, refused = listed(lambda: verbs.fill(at(workspace), plan, into, client, say, sheet, overwrite))
        answer(book, as_json, filled)
    else:
        with stages(as_json) as say:
            book_file = out or PLAN_BOOK
            done, refused = listed(lambda: verbs.workbook(at(workspace), plan, book_file, client, say, language, scenarios))
        answer(done, as_json, printing.scored)
    complain(refused)
