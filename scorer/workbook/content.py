"""What a planning workbook is made from: plain tables and named values, no cells yet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Columns, length
from scorer.errors import ColumnMissing, NothingToWorkOn, OutputRefused
from scorer.planning.ladder import Ladder
from scorer.settings import Client

NEEDED = (
    "promotion_id",
    "discount_percentage",
    "start_date",
    "lift_low",
    "lift_expected",
    "lift_high",
    "baseline_units",
    "probability_of_profit",
    "verdict",
)
MOST_ROWS = 200_000
"""More promotions than this, with their ladders and formulas, no spreadsheet opens with pleasure."""


class Card(NamedTuple):
    """The model card as the workbook shows it."""

    model_version: str
    data_cut: np.datetime64
    trained_rows: int
    events: int
    evidence: bool
    """The model beats the simple rule with its interval clear of zero."""
    evidence_sentence: str
    skill: Columns
    """measure, model, simple_rule, placebo, meaning: one row per measure; figures are numbers or text."""
    support: Columns
    """what, low, high, unit: the range of each figure the model has learnt from."""
    limits: tuple[str, ...]
    """What the model cannot know, one sentence each."""


class Run(NamedTuple):
    """The run that makes the workbook; its time is the only clock in it."""

    run_id: str
    made_at: str
    """UTC, as 2026-03-31T09:30:00Z."""
    made_by: str
    product_version: str
    input_hash: str
    source: str
    """Name of the list's file."""
    rows_in: int
    blank_rows: int = 0


class Content(NamedTuple):
    """Everything a planning workbook says."""

    client: Client
    scored: Columns
    """One row per scored promotion: the columns of the plan as it came, then those of contracts.scored."""
    rejects: Columns
    """promotion_id, file, line, column, reason, text: one row per refused row."""
    ladder: Ladder
    """The model's answer to every scored row at every discount and length."""
    card: Card
    choices: dict[str, list[str]]
    """What the model has seen, by plan column: known categories, regions, types."""
    run: Run


def check(content: Content) -> None:
    """Say no before anything is written.

    Raises NothingToWorkOn without a scored promotion or a step of the discount ladder, ColumnMissing where a column is not there,
    OutputRefused for more rows than a workbook can carry.
    """
    rows = length(content.scored)
    if not rows:
        refused = length(content.rejects)
        because = f": all {refused:,} rows were refused" if refused else ""
        raise NothingToWorkOn.because(
            f"There is no scored promotion to put into a workbook{because}",
            "Look at the rejects, correct the list and score it again.",
        )
    if not content.client.verdict.ladder:
        raise NothingToWorkOn.because(
            "The scored promotions came without a discount ladder",
            "Name at least one step under [verdict] ladder in the client file and score the list again.",
        )
    for name in NEEDED:
        if name not in content.scored:
            raise ColumnMissing.named(name, "the scored list", content.scored)
    if max(rows, length(content.ladder.rows)) > MOST_ROWS:
        raise OutputRefused.because(
            "the planning workbook",
            f"{rows:,} promotions with {length(content.ladder.rows):,} lines of the ladder are too many to work with",
            f"Score the list to Parquet and put at most {MOST_ROWS:,} rows into a workbook.",
        )
