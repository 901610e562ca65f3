"""``promo pdf``: the sheets to be shown, as pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scorer.cli import machine
from scorer.cli.options import PLAN, AsJson
from scorer.cli.progress import stages

pdf_app = typer.Typer()


@pdf_app.command(rich_help_panel=PLAN, epilog="Example: promo pdf plan.xlsx --sheets ROI,What-if --out roi.pdf")
def pdf(
    workbook: Annotated[
        Path, typer.Argument(metavar="WORKBOOK", help="The workbook to print; it is not changed.", show_default=False)
    ],
    sheets: Annotated[
        str | None, typer.Option("--sheets", metavar="LIST", help="Which sheets, such as ROI,What-if; left out: all of them.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write the PDF; left out: beside the workbook.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print sheets of a workbook into a PDF, with LibreOffice, as their print set-up says."""
    from scorer import verbs

    names = tuple(name.strip() for name in sheets.split(",") if name.strip()) if sheets else ()
    with stages(as_json) as say:
        done = verbs.pdf(workbook, names, out, say)
    if as_json:
        typer.echo(machine.to_json(done))
    else:
        typer.echo(f"Written to {done.out}: {', '.join(done.sheets)}")
