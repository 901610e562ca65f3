"""The model card, which is written in Markdown, as tables of a sheet."""

from __future__ import annotations

import re
from itertools import zip_longest

from addin.new_sheets import Column, Table
from scorer.contracts.table import Kind

_MARKS = re.compile(r"\*\*|`|^[-*] |^#+ ")


def card_tables(card: str) -> list[Table]:
    """Return the sections of a card, each as a table: those of the card with their columns, text as one column.

    >>> card_tables("# Card\\n\\n## Skill\\n\\n| figure | model |\\n|---|---|\\n| R² | 0.41 |\\n")[0].columns[1].values
    ['0.41']
    """
    tables: list[Table] = []
    for block in re.split(r"\n(?=#+ )", card.strip()):
        heading, _, body = block.partition("\n")
        title = plain(heading)
        for part in filter(None, (part.strip() for part in re.split(r"\n\s*\n", body))):
            made = _table(title, part) if part.startswith("|") else _text(title, part)
            if made is not None:
                tables.append(made)
            title = ""
    return tables


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


def _text(title: str, part: str) -> Table | None:
    lines = [plain(line) for line in part.splitlines() if not line.startswith("![")]
    return Table(title, (Column(lines[0], Kind.TEXT, lines[1:]),)) if lines else None


def _is_rule(line: str) -> bool:
    return not line.strip("|-: ")
