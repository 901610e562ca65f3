"""Help: a sheet with every button and every worksheet function, made from the records they are made from, in three languages."""

from __future__ import annotations

from addin.catalog import buttons, functions
from addin.new_sheets import Column, Page, Table, add_sheet
from addin.run import Finished, Run
from addin.words import button_words, function_words, group_words, sheet_word
from scorer.contracts.table import Kind
from scorer.settings import Language

TITLE = "Promo Planner: buttons and functions"
FINDING = "{buttons} buttons and {functions} worksheet functions; the command does the same in a terminal."
NOTES = (
    "Every function takes ranges: one call for a whole column is many times faster than one call for each row.",
    "A cell that cannot be answered begins with #N/A and says why.",
)
HEADINGS = (
    "Buttons", "Button", "Group", "What it does", "Command",
    "Worksheet functions", "Function", "Gives", "Call", "Example",
    "Arguments of functions", "Argument", "Meaning",
)  # fmt: skip


def add_help(run: Run) -> Finished:
    """Add the Help sheet, in the language of the buttons."""
    language = run.desk.language
    page = Page(
        name="Promo help",
        title=sheet_word(TITLE, language),
        finding=sheet_word(FINDING, language).format(buttons=len(buttons()), functions=len(functions())),
        notes=[sheet_word(note, language) for note in NOTES],
        parts=[_buttons(language), _functions(language), _arguments(language)],
    )
    sheet = add_sheet(run, page, "")
    return Finished(f"Buttons and functions are on sheet '{sheet.name}'.")


def _buttons(language: Language) -> Table:
    every = [(one, button_words(one, language)) for one in buttons().values()]
    return _table("Buttons", language, {
        "Button": [words.label for _, words in every],
        "Group": [group_words(one.group, language) for one, _ in every],
        "What it does": [f"{words.screen_tip}. {words.help}" for _, words in every],
        "Command": [one.command for one, _ in every],
    })  # fmt: skip


def _functions(language: Language) -> Table:
    every = [(one, function_words(one, language)) for one in functions().values()]
    return _table("Worksheet functions", language, {
        "Function": [one.name for one, _ in every],
        "Gives": [words.gives for _, words in every],
        "What it does": [words.help for _, words in every],
        "Call": [one.signature for one, _ in every],
        "Example": [one.example for one, _ in every],
    })  # fmt: skip


def _arguments(language: Language) -> Table:
    every = [(one.name, *said) for one in functions().values() for said in function_words(one, language).arguments.items()]
    return _table("Arguments of functions", language, {
        "Function": [name for name, _, _ in every],
        "Argument": [argument for _, argument, _ in every],
        "Meaning": [meaning for _, _, meaning in every],
    })  # fmt: skip


def _table(title: str, language: Language, columns: dict[str, list[str]]) -> Table:
    """Lay columns out; the third of each table holds whole sentences."""
    widths: list[float | None] = [None, None, 60.0, None, None]
    made = [
        Column(sheet_word(name, language), Kind.TEXT, cells, width=width)
        for (name, cells), width in zip(columns.items(), widths, strict=False)
    ]
    return Table(sheet_word(title, language), tuple(made))
