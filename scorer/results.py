"""What the public verbs give back: values with names, to be printed, compared or handed on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from scorer.evaluation import Evaluation
    from scorer.lake.refresh import Refreshed


class Trained(NamedTuple):
    """A model that was trained: its version, whether it serves now, its skill, and where its card lies."""

    version: str
    promoted: bool
    evaluation: Evaluation
    data_cut: date
    card: Path


class ScoredList(NamedTuple):
    """A list that was scored: rows in = scored + rejected + blank."""

    rows_in: int
    scored: int
    rejected: int
    blank: int
    out: Path | None
    rejects: Path | None
    model_version: str
    verdicts: dict[str, int]
    totals: dict[str, float]
    notes: list[str]


class Demonstrated(NamedTuple):
    """The demo: what was made, found and written."""

    exports: Path
    refreshed: Refreshed
    trained: Trained
    scored: ScoredList
    workbook: Path
