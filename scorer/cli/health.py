"""``promo health``: whether exports and lake are what they should be, for people and for those who watch machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from scorer.cli.answering import answer, at
from scorer.cli.figures import figure
from scorer.cli.options import HERE, LEARN, AsJson, ClientName, Folder
from scorer.cli.screen import notes, row, say, screen
from scorer.cli.screen import table as empty_table

if TYPE_CHECKING:
    from scorer.lake.health import Examined

TROUBLE = 3
MOST_EXPORTS = 20  # shown; more would push the checks off the screen
_HEADS = ("Check", "State", "Measured", "Threshold", "What it means")
_EXPORT_HEADS = ("Export", "File", "Rows", "Lines not read", "Written", "Newest row")
_SIGNS = {"ok": "✓ ok", "warning": "▲ warning", "trouble": "✗ trouble"}

health_app = typer.Typer()


@health_app.command(rich_help_panel=LEARN, epilog="Example: promo health --client acme --json")
def health(client: ClientName = None, workspace: Folder = HERE, as_json: AsJson = False) -> None:
    """Examine the lake: freshness, files set aside, refused rows, empty cells, drift. Ends with 3 when there is trouble."""
    from scorer import verbs

    done = verbs.health(at(workspace), client)
    answer(done, as_json, shown)
    if done.state == "trouble":
        raise typer.Exit(TROUBLE)


def shown(done: Examined) -> None:
    """Print the checks and the exports as tables, and below them what to do about what is not in order."""
    from scorer.lake.seen import foremost

    out = screen()
    table = empty_table(*_HEADS, words=("State", "What it means"))
    for finding in done.findings:
        row(
            table,
            finding.name.replace("_", " "),
            _SIGNS[finding.state],
            figure(finding.measured),
            figure(finding.threshold),
            finding.words,
        )
    out.print(table)
    exports = empty_table(*_EXPORT_HEADS, words=("Export", "File", "Written", "Newest row"))
    for export in foremost(done.exports, MOST_EXPORTS):
        days = (str(day or "–") for day in (export.written, export.newest))
        row(exports, export.table, export.file, figure(export.rows), figure(export.rejected), *days)
    out.print(exports)
    if len(done.exports) > MOST_EXPORTS:
        say(out, f"Further files: {len(done.exports) - MOST_EXPORTS:,}. --json lists them all.")
    notes(out, (f"{finding.name.replace('_', ' ')}: {finding.remedy}" for finding in done.findings if finding.remedy))
    say(out, f"Client {done.client} on {done.day}: {_SIGNS[done.state]}", "bold")
