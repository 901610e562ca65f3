"""``promo verify``: does another engine give the stored answers?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from scorer.cli.answering import answer, at, complain
from scorer.cli.options import HERE, LOOK, AsJson, ClientName, Folder
from scorer.cli.progress import stages
from scorer.cli.screen import row, say, screen
from scorer.cli.screen import table as empty_table
from scorer.errors import EngineUnusable
from scorer.settings import EngineName

if TYPE_CHECKING:
    from scorer.verification.steps import Verified

EngineOption: TypeAlias = Annotated[
    EngineName | None,
    typer.Option("--engine", help="Where to run; left out, what the client file says.", show_default=False),
]
MasterOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--master", metavar="ADDRESS", help="The Spark master (spark://...) or Spark Connect (sc://...).", show_default=False
    ),
]

verify_app = typer.Typer()


@verify_app.command(rich_help_panel=LOOK, epilog="Example: promo verify --engine spark --master spark://head:7077")
def verify(
    engine: EngineOption = None,
    master: MasterOption = None,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Send a thousand stored rows to another engine and compare what its SQL makes of them with the stored answers."""
    from scorer import verbs

    with stages(as_json) as tell:
        done = verbs.verify(at(workspace), engine, master, client, tell)
    answer(done, as_json, verified, verified_as_data)
    complain(EngineUnusable.disagrees(done.engine, done.faults[0]) if done.faults else None)


def verified(done: Verified) -> None:
    """Say what was compared, table by table, and the largest gap."""
    out = screen()
    table = empty_table("Table", "Rows", "Cells", "Largest gap", "Trouble", words=("Trouble",))
    for one in done.tables:
        row(table, one.table, f"{one.rows:,}", f"{one.cells:,}", f"{one.gap:.1e}" if one.gap else "0", one.fault)
    out.print(table)
    cells = sum(one.cells for one in done.tables)
    say(out, f"{done.engine} ({done.where}): {done.rows_sent:,} rows sent, {len(done.tables)} tables made of them.")
    if done.faults:
        say(out, f"{len(done.faults)} of them are not the stored ones.", "bold")
    else:
        say(out, f"All {cells:,} cells are the stored ones; numbers differ by at most {done.gap:.1e} of their size.", "bold")


def verified_as_data(done: Verified) -> dict[str, Any]:
    """Return the comparison for a program."""
    tables = [one._asdict() for one in done.tables]
    return {**done._asdict(), "tables": tables, "gap": done.gap, "agrees": not done.faults}
