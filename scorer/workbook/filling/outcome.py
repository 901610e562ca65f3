"""What filling a workbook gives back."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from scorer.workbook.filling.decisions import Count


class RowOfBook(NamedTuple):
    """A row of the workbook by its number, with what was not done there and why."""

    row: int
    promotion_id: str
    reason: str


class FilledBook(NamedTuple):
    """A workbook that was filled. rows = matched + refused + repeated + without_answer; nothing is lost unsaid.

    backup: the workbook as it was, None where nothing was written. columns: what became of the cells, by answer.
    added: answers that got a new column. scored, rejected: rows of the list. not_in_workbook: promotion_ids of the
    list that no row of the workbook has.
    """

    into: Path
    place: str
    backup: Path | None
    rows: int
    matched: int
    columns: dict[str, Count]
    added: list[str]
    scored: int
    rejected: int
    refused: list[RowOfBook]
    repeated: list[RowOfBook]
    without_answer: list[RowOfBook]
    not_in_workbook: list[str]
    model_version: str
    verdicts: dict[str, int]
    notes: list[str]
