"""What the verbs of ``promo addin`` say on the screen, and as data for a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from addin.catalog import Function
from scorer.cli.screen import row, screen, table


def functions(every: Mapping[str, Function]) -> None:
    """Print the worksheet functions, one row each."""
    shown = table("Function", "What it does", "What it gives", words=("What it does", "What it gives"))
    for one in every.values():
        row(shown, one.signature, one.help, one.gives)
    screen().print(shown)


def functions_as_data(every: Mapping[str, Function]) -> list[dict[str, Any]]:
    """Return the worksheet functions for a program."""
    return [
        {
            "name": one.name,
            "signature": one.signature,
            "help": one.help,
            "gives": one.gives,
            "example": one.example,
            "arguments": [{"name": of.name, "help": of.help, "optional": of.optional} for of in one.arguments],
        }
        for one in every.values()
    ]
