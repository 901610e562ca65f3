"""The verbs of ``promo addin``: what each is called, asks for and says about itself."""

from __future__ import annotations

import typer

from scorer.cli.answering import answer
from scorer.cli.options import AsJson

addin_app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode="rich", help="The spreadsheet add-in: build, install and examine it, list its functions."
)


@addin_app.command(epilog="Example: promo addin functions")
def functions(as_json: AsJson = False) -> None:
    """List the worksheet functions: how each is called, what it does and what it gives back."""
    from addin import catalog
    from addin.cli import printing

    answer(catalog.functions(), as_json, printing.functions, printing.functions_as_data)
