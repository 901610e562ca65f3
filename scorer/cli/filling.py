"""``promo workbook --into``: the options that fill a workbook of the user's own, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from scorer.cli.figures import words
from scorer.cli.screen import notes, row, say, screen
from scorer.cli.screen import table as empty_table

if TYPE_CHECKING:
    from scorer.workbook.filling.outcome import FilledBook, RowOfBook

MOST_ROWS = 12

IntoBook: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--into",
        metavar="BOOK",
        help="Fill this workbook of yours (.xlsx, .xlsm) in place of writing a new one: only cells to be filled change, "
        "and a copy of it as it was is kept beside it. BOOK may be LIST itself.",
    ),
]
SheetName: TypeAlias = Annotated[
    str | None,
    typer.Option("--sheet", metavar="NAME", help="With --into: the sheet or Excel table to fill, where several could be meant."),
]
Overwrite: TypeAlias = Annotated[
    bool, typer.Option("--overwrite", help="With --into: also write over cells that are not empty, formulas too.")
]


def must_fit_together(out: Path | None, into: Path | None, sheet: str | None, overwrite: bool, language: str | None) -> None:
    """Raise typer.BadParameter for options that contradict each other or would be without effect."""
    if into is not None and out is not None:
        raise typer.BadParameter("the workbook is either filled (--into) or written anew (--out).", param_hint="--out")
    if into is not None and language is not None:
        raise typer.BadParameter("a workbook that is filled keeps its own words.", param_hint="--language")
    if into is None and (sheet is not None or overwrite):
        alone = "--sheet" if sheet is not None else "--overwrite"
        raise typer.BadParameter("it says how a workbook is filled; name that workbook with --into.", param_hint=alone)


def filled(done: FilledBook) -> None:
    """Say what was filled, what was left alone and why, and where the workbook as it was lies."""
    out = screen()
    say(out, f"Rows of {done.place}: {done.rows:,}, of which {done.matched:,} have an answer.")
    table = empty_table("Column", "Filled", "Written over", "Emptied", "Kept", "Nothing to say")
    for count in done.columns.values():
        row(table, count.header, *(f"{number:,}" for number in count[1:]))
    out.print(table)
    if done.verdicts:
        say(out, "Verdicts: " + words(f"{verdict} {rows:,}" for verdict, rows in done.verdicts.items()))
    for told in (
        _rows("refused", done.refused),
        _rows("left alone, because their promotion_id stands there more than once", done.repeated),
        _rows("without an answer, because the list has no such promotion", done.without_answer, reasons=False),
        _absent(done.not_in_workbook),
    ):
        for line in told:
            say(out, line)
    kept = sum(count.kept for count in done.columns.values())
    if kept:
        cells = "One cell was" if kept == 1 else f"{kept:,} cells were"
        say(out, f"{cells} not empty and kept; --overwrite writes over what stands there.")
    notes(out, done.notes)
    say(out, f"Scored by model {done.model_version}.")
    if done.backup is None:
        say(out, f"Nothing was written: {done.into} is as it was.", "bold")
    else:
        say(out, f"Filled {done.into}", "bold")
        say(out, f"As it was before: {done.backup}")


def _rows(what: str, rows: Sequence[RowOfBook], *, reasons: bool = True) -> list[str]:
    if not rows:
        return []
    shown = [f"  row {row.row} ({row.promotion_id})" + (f": {row.reason}" if reasons else "") for row in rows[:MOST_ROWS]]
    more = [f"  and {len(rows) - MOST_ROWS:,} more"] if len(rows) > MOST_ROWS else []
    return [f"{len(rows):,} rows {what}:", *shown, *more]


def _absent(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    more = f" and {len(names) - MOST_ROWS:,} more" if len(names) > MOST_ROWS else ""
    return [f"{len(names):,} rows of the list are not in the workbook: {words(names[:MOST_ROWS])}{more}"]
