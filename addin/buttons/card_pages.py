"""The model card, which is written in Markdown, as parts of a sheet."""

from __future__ import annotations

import re
from itertools import zip_longest

from addin.new_sheets import Column, Lines, Table
from scorer.contracts.table import Kind

_MARKS = re.compile(r"\*\*|`|^[-*] |^#+ ")


def card_parts(card: str) -> list[Table | Lines]:
    """Return the sections of a card: its tables with their columns, its text as lines.

    >>> card_parts("# Card\\n\\n## Skill\\n\\n| figure | model |\\n|---|---|\\n| R² | 0.41 |\\n")[0].columns[1].values
    ['0.41']
    """
    parts: list[Table | Lines] = []
    for block in re.split(r"\n(?=#+ )", card.strip()):
        heading, _, body = block.partition("\n")
        title = plain(heading)
        for piece in filter(None, (piece.strip() for piece in re.split(r"\n\s*\n", body))):
            made = _table(title, piece) if piece.startswith("|") else _text(title, piece)
            if made is not None:
                parts.append(made)
            title = ""
    return parts


def plain(line: str) -> str:
    """Return a line without the signs of Markdown.

    >>> plain("## Skill on **later** promotions")
    'Skill on later promotions'
    """
    return _MARKS.sub("", line.strip())


def _table(title: str, part: str) -> Table:
    rows = [[plain(cell) for cell in line.strip().strip("|").split("|")] for line in part.splitlines() if not _is_rule(line)]
    columns = zip_longest(*rows, fillvalue="")
    return Table(title, tuple(Column(first, Kind.TEXT, list(values)) for first, *values in columns))


def _text(title: str, part: str) -> Lines | None:
    lines = [plain(line) for line in part.splitlines() if not line.startswith("![")]
    return Lines(title, lines) if lines else None


def _is_rule(line: str) -> bool:
    return not line.strip("|-: ")
