"""``promo restore``: a workbook as it was before it was filled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scorer.cli.answering import answer
from scorer.cli.options import PLAN, AsJson
from scorer.cli.progress import stages

if TYPE_CHECKING:
    from scorer.results import Restored

restoring_app = typer.Typer()


@restoring_app.command(rich_help_panel=PLAN, epilog="Example: promo restore mine.xlsx")
def restore(
    book: Annotated[
        Path, typer.Argument(metavar="BOOK", help="The workbook that was filled, not its backup.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Bring a workbook that was filled back to what it was before; done twice, it is as now again."""
    from scorer import verbs

    with stages(as_json) as say:
        done = verbs.restore(book, say)
    answer(done, as_json, shown)


def shown(done: Restored) -> None:
    """Say what is back, and where the workbook as it was until now lies."""
    typer.echo(f"{done.book} is again as {done.backup.name} has it.")
    if done.kept is not None:
        typer.echo(f"As it was until now: {done.kept} ('promo restore' once more brings it back)")
