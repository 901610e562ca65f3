"""The words of buttons, groups and functions in English, German and French.

English is what the records say; the other languages stand in ``words/<language>.toml``, by the names of what they describe.
A word that has no translation stays English, so a new button works before it is translated; a test names what is missing.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from addin.catalog import Argument, Button, Function, Group
from scorer.settings import Language

TAB = "Promo"
LEFT_OUT = "(may be left out)"
OPEN_A_BOOK = "Open a workbook first."
_FOLDER = Path(__file__).with_suffix("")


class Words(NamedTuple):
    """What a button shows: its label, the line beside the pointer, the paragraph below it, and its key."""

    label: str
    screen_tip: str
    help: str
    keytip: str


class FunctionWords(NamedTuple):
    """What the function wizard and the Help sheet show: the function, what it gives back, its arguments by name."""

    help: str
    gives: str
    arguments: dict[str, str]


def tab_label(language: Language = "en") -> str:
    """Return the name of the tab.

    >>> tab_label("fr")
    'Promo'
    """
    return str(translations(language).get("tab", TAB))


def open_a_book(language: Language = "en") -> str:
    """Return what a button says where no workbook is open."""
    return str(translations(language).get("open_a_book", OPEN_A_BOOK))


def group_words(group: Group, language: Language = "en") -> str:
    """Return the label of a group of buttons.

    >>> group_words("Plan", "de"), group_words("Finance")
    ('Planung', 'Finance')
    """
    return str(_part(language, "groups").get(group, group))


def button_words(button: Button, language: Language = "en") -> Words:
    """Return what a button shows in a language."""
    english = Words(button.label, button.screen_tip, button.help, button.keytip)
    return english._replace(**_part(language, "buttons").get(button.name, {}))


def function_words(function: Function, language: Language = "en") -> FunctionWords:
    """Return the help of a function in a language; an argument that may be left out says so."""
    known = _part(language, "functions").get(function.name, {})
    return FunctionWords(
        help=known.get("help", function.help),
        gives=known.get("gives", function.gives),
        arguments={one.name: _argument_words(one, known, language) for one in function.arguments},
    )


def sheet_word(english: str, language: Language = "en") -> str:
    """Return what the Help sheet says, by what it says in English.

    >>> sheet_word("Button", "de"), sheet_word("Button")
    ('Schaltfläche', 'Button')
    """
    return str(_part(language, "sheet").get(english, english))


def _argument_words(argument: Argument, known: dict[str, Any], language: Language) -> str:
    """Return the help of an argument: the function's own words, else those that all functions share."""
    shared = _part(language, "arguments").get(argument.name, argument.help)
    said = str(known.get("arguments", {}).get(argument.name, shared))
    return f"{said} {translations(language).get('left_out', LEFT_OUT)}" if argument.optional else said


def _part(language: Language, name: str) -> dict[str, Any]:
    found: dict[str, Any] = translations(language).get(name, {})
    return found


@cache
def translations(language: Language) -> dict[str, Any]:
    """Return the file of a language as it is written; English has none."""
    if language == "en":
        return {}
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
