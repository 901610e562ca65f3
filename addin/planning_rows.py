"""The planning workbook's sheet Plan as functions meet it: what its columns are called, and its rows without their header.

The workbook leaves out optional columns that a list has no values for, so the place of a column is told from what stands in
a whole row: the fingerprint at its end, the days and the discount at its beginning. What is not certain is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from addin.cells import Cell, Row, day_of, is_blank, is_empty
from scorer.contracts.exports import PLAN
from scorer.lake.headers import key
from scorer.settings import Client

_LANGUAGES = ("de", "fr")
_DAY = re.compile(r"[0-9]{1,4}[-/.][0-9A-Za-z]{1,9}[-/.][0-9]{2,4}")
_STAMP = re.compile(r"[0-9a-f]{12}")


@cache
def template_columns() -> tuple[tuple[str, str], ...]:
    """Return the columns of the sheet from left to right: name and English label."""
    return tuple((column["name"], column["label"]) for column in _template_cells())


@cache
def planning_labels() -> dict[str, str]:
    """Return what the workbook calls the inputs of a plan, in every language, as headers are compared."""
    from scorer.workbook.template_files import as_written

    inputs = [cell for cell in _template_cells() if cell["role"] in ("key", "input")]
    english = {cell["label"]: cell["name"] for cell in inputs if cell["name"] in PLAN.names}
    found = {key(label): name for label, name in english.items()}
    for language in _LANGUAGES:
        words = as_written(f"words/{language}")["words"]
        found |= {key(words[label]): name for label, name in english.items() if label in words}
    return found


def names_of(rows: Sequence[Row], client: Client) -> tuple[str, ...] | None:
    """Return the names of the columns of whole rows without their header; None where they cannot be told for certain."""
    filled = [row for row in rows if not is_blank(row)]
    fitting = [names for names in _layouts(client) if _fits(names, filled)]
    if len(fitting) != 1:
        return None
    (names,) = fitting
    width = max(len(row) for row in filled)
    return (*names, *(f"column {at + 1}" for at in range(len(names), width)))


def _layouts(client: Client) -> Iterator[tuple[str, ...]]:
    """Name the columns in each way the workbook may have laid them out for this client."""
    names = [name for name, _ in template_columns()]
    optional = {column["name"] for column in _template_cells() if column.get("optional")}
    campaigns = "num_overlapping_campaigns"
    items = optional - {campaigns}
    own = {*client.matching.keys, "promotion_type"} if client.matching.keys != "auto" else items
    for kept in {frozenset(items), frozenset(own)}:
        for more in (frozenset({campaigns}), frozenset[str]()):
            yield tuple(name for name in names if name not in optional or name in kept | more)


def _fits(names: tuple[str, ...], rows: Sequence[Row]) -> bool:
    at = {name: place for place, name in enumerate(names)}
    if not rows or any(len(row) <= at["input_hash"] for row in rows):
        return False
    stamps = [str(row[at["input_hash"]]) for row in rows if not is_empty(row[at["input_hash"]])]
    days = [row[at[name]] for row in rows for name in ("start_date", "end_date")]
    depths = [row[at["discount_percentage"]] for row in rows]
    return (
        bool(stamps)
        and all(_STAMP.fullmatch(stamp) for stamp in stamps)
        and all(is_empty(cell) or _is_day(cell) for cell in days)
        and not any(_is_day(cell) for cell in depths)
    )


def _is_day(cell: Cell) -> bool:
    return isinstance(day_of(cell), date) or (isinstance(cell, str) and _DAY.search(cell) is not None)


@cache
def _template_cells() -> tuple[dict[str, Any], ...]:
    from scorer.workbook.template_files import as_written

    return tuple(column for band in as_written("planning")["plan"]["bands"] for column in band["columns"])
