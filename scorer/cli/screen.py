"""Tables and sentences on a terminal, or in a pipe, where lines have a fixed width."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

PIPED_WIDTH = 120


def screen() -> Console:
    """Return where answers for people go."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    return console


def table(*headers: str, words: Iterable[str] = ()) -> Table:
    """Return an empty table; the first column and those in ``words`` hold words, the others figures."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(box=SIMPLE_HEAD, pad_edge=False)
    of_words = set(words)
    for place, header in enumerate(headers):
        is_text = place == 0 or header in of_words
        made.add_column(header, justify="left" if is_text else "right", overflow="fold")
    return made


def row(to: Table, *cells: str | Text, style: str | None = None) -> None:
    """Add a row; plain text is shown as it is, whatever brackets it holds."""
    from rich.markup import escape
    from rich.text import Text

    to.add_row(*(cell if isinstance(cell, Text) else escape(cell) for cell in cells), style=style)


def say(to: Console, sentence: str, style: str | None = None) -> None:
    """Print a sentence, as long as it is."""
    from rich.markup import escape

    to.print(escape(sentence), style=style, soft_wrap=True)


def notes(to: Console, every: Iterable[str]) -> None:
    """Print each remark once."""
    for note in dict.fromkeys(every):
        say(to, f"- {note}")
