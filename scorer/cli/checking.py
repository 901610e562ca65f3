"""``promo check LIST``: what a list holds, for people and for programs, before it is scored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from scorer.cli.figures import words
from scorer.cli.screen import notes, row, say, screen
from scorer.cli.screen import table as empty_table
from scorer.errors import TooManyRejects

if TYPE_CHECKING:
    from scorer.results import CheckedList

MOST_ROWS = 100
_HEADS = ("Line", "Promotion", "Column", "Refused because", "What stands there")

ListToCheck: TypeAlias = Annotated[
    Path | None,
    typer.Argument(
        metavar="LIST",
        help="A list of planned promotions to check: csv, xlsx or parquet. Left out, the exports are looked at.",
        show_default=False,
    ),
]


def checked_list(done: CheckedList) -> None:
    """Say how many rows can be used, what the headers were taken for, and row by row what was refused."""
    out = screen()
    say(out, f"{done.name}: {done.rows_in:,} rows: {done.usable:,} usable, {done.refused:,} refused, {done.blank:,} blank.")
    renamed = [f"{name} = '{header}'" for name, header in done.recognised.items() if name != header]
    for label, names in (("read as", renamed), ("not found", done.absent), ("not recognised", done.unknown)):
        if names:
            say(out, f"  {label}: {words(names)}")
    if done.refused:
        table = empty_table(*_HEADS, words=_HEADS)
        columns = (done.rejects[name].tolist() for name in ("line", "promotion_id", "column", "reason", "text"))
        for cells in list(zip(*columns, strict=True))[:MOST_ROWS]:
            row(table, *("" if cell is None else str(cell) for cell in cells))
        out.print(table)
    if done.refused > MOST_ROWS:
        say(out, f"and {done.refused - MOST_ROWS:,} more rows; --json names them all.")
    notes(out, done.notes)
    say(out, "Nothing was written. Next: promo score")


def list_as_data(done: CheckedList) -> dict[str, Any]:
    """Return a checked list for a program: its refused rows one by one."""
    from scorer.columns import records

    return {**done._asdict(), "rejects": records(done.rejects)}


def refusal(done: CheckedList) -> TooManyRejects | None:
    """Return what a command ends with when more rows were refused than the client allows."""
    rows = done.usable + done.refused
    return TooManyRejects.above(done.refused, rows, done.limit, "the table above", done) if done.too_many else None
