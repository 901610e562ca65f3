"""The verbs of ``promo addin``: what each is called, asks for and says about itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from scorer.cli.answering import answer
from scorer.cli.options import AsJson, ClientName
from scorer.cli.progress import stages
from scorer.errors import EXIT_DONE, InputRefused

ADDIN = Path("promo.xlam")
HostName: TypeAlias = Annotated[
    Literal["excel", "libreoffice"] | None,
    typer.Option("--host", help="Which spreadsheet program; left out: Excel where there is one.", show_default=False),
]

addin_app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help="The add-in: install it into a spreadsheet program, examine it, list its functions.",
)


@addin_app.command(epilog="Example: promo addin install --workspace . --client acme")
def install(
    host: HostName = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", metavar="FOLDER", help="Folder that holds clients and models; left out: as before, or this."),
    ] = None,
    client: ClientName = None,
    language: Annotated[
        Literal["en", "de", "fr"] | None,
        typer.Option("--language", help="Language of the buttons; left out, the one in the client file.", show_default=False),
    ] = None,
    environment: Annotated[
        Path | None,
        typer.Option(
            "--environment",
            metavar="FOLDER",
            help="Where the Python lies, or is made, that answers cells and buttons; left out: a folder of yours.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Install the add-in for yourself, without admin rights; again to bring it up to date."""
    from addin.cli import printing
    from addin.installation import excel, libreoffice
    from addin.installation.configuring import settled
    from addin.installation.system import ThisSystem

    system = ThisSystem()
    configured = settled(system.environment, workspace, client, language)
    with stages(as_json) as say:
        part = excel if (host or libreoffice.usual_host(system)) == "excel" else libreoffice
        done = part.install(configured, system, environment, say)
    answer(done, as_json, printing.installed)


@addin_app.command(epilog="Example: promo addin uninstall")
def uninstall(host: HostName = None, as_json: AsJson = False) -> None:
    """Remove what 'promo addin install' wrote, and nothing else."""
    from addin.cli import printing
    from addin.installation import excel, libreoffice
    from addin.installation.system import ThisSystem

    system = ThisSystem()
    part = excel if (host or libreoffice.usual_host(system)) == "excel" else libreoffice
    answer(part.uninstall(system), as_json, printing.uninstalled)


@addin_app.command(epilog="Example: promo addin doctor")
def doctor(as_json: AsJson = False) -> None:
    """Look whether everything is there that the add-in needs; ends with 3 where something is in the way."""
    from addin import doctor as examination
    from addin.cli import printing

    with stages(as_json) as say:
        say("Looking")
        found = examination.examine()
    answer(found, as_json, lambda every: printing.findings(every, examination.not_looked_at()))
    raise typer.Exit(InputRefused.exit_code if examination.worst(found) == "trouble" else EXIT_DONE)


@addin_app.command(epilog="Example: promo addin functions")
def functions(as_json: AsJson = False) -> None:
    """List the worksheet functions: how each is called, what it does and what it gives back."""
    from addin import catalog
    from addin.cli import printing

    answer(catalog.functions(), as_json, printing.functions, printing.functions_as_data)


@addin_app.command(epilog="Example: promo addin build --out promo.xlam")
def build(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the add-in.")] = ADDIN,
    as_json: AsJson = False,
) -> None:
    """Write the add-in's file, for an IT department that signs and distributes it."""
    from addin.build import package
    from addin.cli import printing

    answer(package.build(out), as_json, printing.built, printing.built_as_data)


@addin_app.command(epilog="Example: promo addin serve")
def serve(
    answers_yes: Annotated[
        bool,
        typer.Option("--yes", help="Answer every question of a button with yes: an office without a window cannot be asked."),
    ] = False,
) -> None:
    """Answer LibreOffice until it ends; LibreOffice starts this by itself when it is needed."""
    from addin.hosts.libreoffice import serving

    with stages(quiet=False) as say:
        serving.serve(say=say, answers_yes=answers_yes)
