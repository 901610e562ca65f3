"""Help: a sheet with every button and every worksheet function, made from the records they are made from."""

from __future__ import annotations

from addin.answering import argument_help
from addin.catalog import buttons, functions
from addin.new_sheets import Column, Page, Table, add_sheet
from addin.run import Finished, Run
from scorer.contracts.table import Kind


def add_help(run: Run) -> Finished:
    """Add the Help sheet."""
    page = Page(
        name="Promo help",
        title="Promo Planner: buttons and functions",
        finding=f"{len(buttons())} buttons and {len(functions())} worksheet functions; the command does the same in a terminal.",
        notes=[
            "Every function takes ranges: one call for a whole column is many times faster than one call for each row.",
            "A cell that cannot be answered begins with #N/A and says why.",
        ],
        parts=[_buttons(), _functions(), _arguments()],
    )
    sheet = add_sheet(run, page, "")
    return Finished(f"Buttons and functions are on sheet '{sheet.name}'.")


def _buttons() -> Table:
    every = list(buttons().values())
    return Table("Buttons", (
        Column("Button", Kind.TEXT, [one.label for one in every]),
        Column("Group", Kind.TEXT, [str(one.group) for one in every]),
        Column("What it does", Kind.TEXT, [f"{one.screen_tip}. {one.help}" for one in every], width=60.0),
        Column("Command", Kind.TEXT, [one.command for one in every]),
    ))  # fmt: skip


def _functions() -> Table:
    every = list(functions().values())
    return Table("Worksheet functions", (
        Column("Function", Kind.TEXT, [one.name for one in every]),
        Column("Gives", Kind.TEXT, [one.gives for one in every]),
        Column("What it does", Kind.TEXT, [one.help for one in every], width=60.0),
        Column("Call", Kind.TEXT, [one.signature for one in every]),
        Column("Example", Kind.TEXT, [one.example for one in every]),
    ))  # fmt: skip


def _arguments() -> Table:
    every = [(one, argument) for one in functions().values() for argument in one.arguments]
    return Table("Arguments of functions", (
        Column("Function", Kind.TEXT, [one.name for one, _ in every]),
        Column("Argument", Kind.TEXT, [argument.name for _, argument in every]),
        Column("Meaning", Kind.TEXT, [argument_help(argument) for _, argument in every], width=60.0),
    ))  # fmt: skip
