"""VBA as text: literals, and the limits that the editor of Office sets to a line, a statement and an alphabet."""

from __future__ import annotations

from collections.abc import Iterable

from addin.catalog import Button, Group

ALPHABET = "cp1252"
"""The code page of the macros: what it lacks cannot be written in them."""
LONGEST_LINE = 1_023
MOST_CONTINUATIONS = 24

TAB_ID = "promo_tab"


def quoted(text: str) -> str:
    """Return a text as VBA writes it.

    >>> quoted('a "list" price')
    '"a ""list"" price"'
    """
    return '"' + text.replace('"', '""') + '"'


def source(lines: Iterable[str]) -> str:
    """Return lines as the source of a module: the editor of Office ends lines in its own way.

    >>> source(["Option Explicit", ""])
    'Option Explicit\\r\\n\\r\\n'
    """
    return "".join(f"{line}\r\n" for line in lines)


def comment(text: str) -> list[str]:
    """Return the lines of a remark.

    >>> comment("Made by a program.\\nDo not edit.")
    ["' Made by a program.", "' Do not edit."]
    """
    return [f"' {line}" for line in text.splitlines()]


def button_id(button: Button) -> str:
    """Return what a button is called in the ribbon."""
    return f"promo_{button.name}"


def group_id(group: Group) -> str:
    """Return what a group is called in the ribbon.

    >>> group_id("Finance")
    'promo_group_finance'
    """
    return f"promo_group_{group.lower()}"
