"""The work a run calls, as functions: the verbs hand them over, tests hand over others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from scorer.running.alerts import Alert
from scorer.running.scored_list import Verb

if TYPE_CHECKING:
    from scorer.lake.refresh import Refreshed
    from scorer.results import Trained


class Work(NamedTuple):
    """Everything a run needs done for it; each raises as its verb does.

    refresh: rebuilds the lake. train: trains a model and decides whether it serves. score, workbook: a list into a file.
    examine: what the health checks found. product: the version of the product.
    """

    refresh: Callable[[], Refreshed]
    train: Callable[[], Trained]
    score: Verb
    workbook: Verb
    examine: Callable[[], list[Alert]]
    product: str
