"""Answers for programs: plain JSON, where nothing is rounded and what is not known is null."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from math import isfinite
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from scorer.tasks import PROMOTION_LIFT, PROMOTION_SUCCESS

if TYPE_CHECKING:
    from scorer.evaluation import Evaluation, Skill
    from scorer.results import Trained

MISLEADING = (
    "rows of one promotion event stand on both sides of a random split, so these figures flatter; "
    "they are shown as a warning only"
)


def to_json(answer: object) -> str:
    """Return an answer as JSON text in plain ASCII, which every console and pipe passes on unharmed."""
    return json.dumps(plain(answer), indent=2, allow_nan=False)


def plain(value: Any) -> Any:
    """Return a value made of dictionaries, lists, text and numbers only.

    Named tuples become dictionaries, tables lists of columns, dates and paths text; NaN and infinity become None.

    >>> plain((1.5, float("nan"), date(2026, 3, 31)))
    [1.5, None, '2026-03-31']
    """
    if isinstance(value, float):
        return value if isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Enum):
        return value.name
    if hasattr(value, "tolist"):  # numpy arrays and numbers
        return plain(value.tolist())
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value)


def trained(done: Trained) -> dict[str, Any]:
    """Return one entry per task: its figures on later promotions, beside the simple rule, the placebo and a random split."""
    found = done.evaluation
    return {
        PROMOTION_LIFT.name: {**_task(done, found.out_of_time), "intervals": {"r2_log_lift": found.r2_interval}},
        PROMOTION_SUCCESS.name: _task(done, found.classifier),
    }


def _task(done: Trained, out_of_time: Skill) -> dict[str, Any]:
    found: Evaluation = done.evaluation
    return {
        "version": done.version,
        "promoted": done.promoted,
        "contest": done.contest,
        "data_cut": done.data_cut,
        "card": done.card,
        "rows": found.rows,
        "events": found.events,
        "tested_rows": found.tested_rows,
        "tested_events": found.tested_events,
        "test_from": found.test_from,
        "out_of_time": out_of_time,
        "simple_rule": found.simple_rule,
        "placebo": found.placebo,
        "random_split": {"misleading": MISLEADING, **found.random_split._asdict()},
        "evidence": found.evidence.found,
        "evidence_sentence": found.evidence.sentence,
    }
