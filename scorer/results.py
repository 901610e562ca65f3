"""What the public verbs give back: values with names, to be printed, compared or handed on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from scorer.columns import Array, Columns
    from scorer.contest import Contest
    from scorer.evaluation import Evaluation
    from scorer.lake.refresh import Refreshed
    from scorer.planning.log.book import Filed
    from scorer.planning.optimise.result import Portfolio
    from scorer.planning.post_event import PostEvent
    from scorer.planning.tracking import Tracking


class Trained(NamedTuple):
    """A model that was trained: its version, whether it serves now, its skill, where its card lies.

    contest: how it did against the model that was in use until then.
    """

    version: str
    promoted: bool
    evaluation: Evaluation
    data_cut: date
    card: Path
    contest: Contest


class Signed(NamedTuple):
    """A model that was signed: with which key, where the signature lies, and what is to be said of the key file."""

    version: str
    key: str
    file: Path
    doubt: str | None


class KeyMade(NamedTuple):
    """A new key: its name, its file and, of a pair, the file of the half that only checks."""

    name: str
    file: Path
    public: Path | None


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


class CheckedList(NamedTuple):
    """A list that was read and not scored: rows in = usable + refused + blank.

    recognised: our name of each column that was found, and the header it stands under; absent: our columns without one;
    unknown: headers that are none of ours. rejects: promotion_id, file, line, column, reason, text; one row per refused row.
    limit: the share of rows, of those that are not blank, that the client lets be refused.
    """

    name: str
    rows_in: int
    usable: int
    refused: int
    blank: int
    recognised: dict[str, str]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    rejects: Columns
    notes: list[str]
    limit: float

    @property
    def too_many(self) -> bool:
        """Whether more rows were refused than the client allows."""
        return self.refused > 0 and self.refused / (self.usable + self.refused) > self.limit


class AnsweredList(NamedTuple):
    """A list that was scored and given back: row i of ``answer`` belongs to the row on line ``lines[i]``.

    done: the counts, totals and notes of the whole list; no file was written. answer: the columns of
    ``scorer.contracts.scored``. promotion_ids: as many as lines; a row without one is called by its line.
    rejects: promotion_id, file, line, column, reason, text; one row per refused row.
    """

    done: ScoredList
    answer: Columns
    lines: Array
    promotion_ids: Array
    rejects: Columns


class Demonstrated(NamedTuple):
    """The demo: what was made, found and written."""

    exports: Path
    refreshed: Refreshed
    trained: Trained
    scored: ScoredList
    workbook: Path


class Restored(NamedTuple):
    """A workbook that is as a backup had it; what it was until then is in ``kept``, or None when it was not there at all."""

    book: Path
    backup: Path
    kept: Path | None


class Committed(NamedTuple):
    """A list that was put into the plan log: what became of each row, and the planner's figures beside the model's."""

    rows_in: int
    filed: list[Filed]
    overridden: list[dict[str, Any]]
    rejects: Columns
    notes: list[str]
    model_version: str
    currency: str
    log: str


class Learnt(NamedTuple):
    """Plan against actual, and how planning goes; ``refused`` are rows of a file of actual figures, None without one."""

    compared: PostEvent
    tracking: Tracking
    refused: Columns | None
    notes: list[str]
    newly_measured: int
    out: Path | None
    currency: str


class Optimised(NamedTuple):
    """A choice of promotions from a list: rows in = those chosen from + rejected + blank, and what was written."""

    portfolio: Portfolio
    rows_in: int
    rejected: int
    blank: int
    out: Path | None
    list_out: Path | None
    model_version: str
    notes: list[str]
