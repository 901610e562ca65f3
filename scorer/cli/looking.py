"""``promo demo`` and ``promo benchmarks``: see it at work, and see how fast."""

from __future__ import annotations

from typing import Annotated

import typer

from scorer.cli.answering import answer, at
from scorer.cli.options import HERE, LOOK, AsJson, Folder
from scorer.cli.progress import stages

looking_app = typer.Typer()


@looking_app.command(rich_help_panel=LOOK, epilog="Example: promo demo --workspace try-it")
def demo(workspace: Folder = HERE, as_json: AsJson = False) -> None:
    """See it all at work: invent a retailer, learn from its sales, score a list, write the workbook."""
    from scorer import verbs
    from scorer.cli import printing

    with stages(as_json) as say:
        done = verbs.demo(at(workspace), say)
    answer(done, as_json, printing.demonstrated)


@looking_app.command(rich_help_panel=LOOK, epilog="Example: promo benchmarks --only row,start")
def benchmarks(
    context: typer.Context,
    workspace: Folder = HERE,
    scale: Annotated[
        str, typer.Option("--scale", metavar="SIZE", help="full (minutes), largest (hours) or small (seconds).")
    ] = "full",
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="PARTS",
            help="Some of score, reasons, memory, xlsx-write, xlsx-read, row, start, optimise, refresh, first, cells, office; "
            "mlflow only if it is named, because it is downloaded. By commas.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how fast it is on this machine, each figure against a yardstick; kept in the folder benchmarks."""
    from rich.console import Console

    from scorer import benchmarks as bench

    with stages(as_json) as say:
        parts = tuple(part.strip() for part in only.split(",")) if only else ()
        found = bench.run(scale, say, parts, context.obj() if context.obj else {})
    bench.keep(found, workspace / "benchmarks")
    answer(found, as_json, lambda measures: Console().print(bench.show(measures)))
