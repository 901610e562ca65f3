"""The life of a plan: draft, planned, approved, committed, actual; or rejected on the way. Who may go where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from scorer.errors import DecisionRefused, UsageError, nearest


class Status(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"
    PLANNED = "planned"
    APPROVED = "approved"
    REJECTED = "rejected"
    COMMITTED = "committed"
    ACTUAL = "actual"


FORWARD = (Status.DRAFT, Status.PLANNED, Status.APPROVED, Status.COMMITTED)
"""The way of a plan that is carried out, before its sales are known."""
DECIDED = (Status.APPROVED, Status.COMMITTED, Status.REJECTED)
"""What somebody answers for: it is never written down without a reason."""
ADOPTED = (Status.APPROVED, Status.COMMITTED, Status.ACTUAL)

_NEXT = {
    Status.DRAFT: (Status.PLANNED, Status.REJECTED),
    Status.PLANNED: (Status.APPROVED, Status.REJECTED),
    Status.APPROVED: (Status.COMMITTED, Status.REJECTED),
    Status.REJECTED: (Status.PLANNED,),
    Status.COMMITTED: (Status.ACTUAL, Status.REJECTED),
    Status.ACTUAL: (),
}
DECISIONS = {"plan": Status.PLANNED, "approve": Status.APPROVED, "commit": Status.COMMITTED, "reject": Status.REJECTED}
"""The words of a person who decides, and where each leads; actual figures come from sales, not from a decision."""


def decision(word: str) -> Status:
    """Return the status a decision leads to. Raises UsageError for a word that is none.

    >>> decision("approve")
    <Status.APPROVED: 'approved'>
    """
    if word not in DECISIONS:
        raise UsageError(f"'{word}' is no decision.{nearest(word, DECISIONS)} Decisions are: {', '.join(DECISIONS)}.")
    return DECISIONS[word]


def starting_status(word: str) -> Status:
    """Return how far a list goes when it is put into the log. Raises UsageError for a word that says nothing of it."""
    if word not in FORWARD:
        raise UsageError(f"'{word}' is not how a plan enters the log.{nearest(word, FORWARD)} Say one of: {', '.join(FORWARD)}.")
    return Status(word)


def step(promotion: str, now: Status, wanted: Status, starts: date, today: date) -> None:
    """Raise DecisionRefused when a plan cannot go from here to there.

    What was committed may be taken back until its first day only: a promotion that ran must be measured.
    """
    if wanted not in _NEXT[now]:
        raise DecisionRefused.from_here(promotion, now, wanted, _NEXT[now])
    if now is Status.COMMITTED and wanted is Status.REJECTED and starts <= today:
        ways = [way for way in _NEXT[now] if way is not wanted]
        raise DecisionRefused.from_here(promotion, now, wanted, ways, f"It began on {starts}; 'promo post-event' measures it.")


def way_forward(now: Status | None, wanted: Status) -> Sequence[Status]:
    """Return the steps between two points of the way of a plan; none when it is that far already, or off the way.

    >>> [str(status) for status in way_forward(Status.PLANNED, Status.COMMITTED)]
    ['approved', 'committed']
    """
    if now is None:
        return FORWARD[: FORWARD.index(wanted) + 1]
    if now not in FORWARD:
        return ()
    return FORWARD[FORWARD.index(now) + 1 : FORWARD.index(wanted) + 1]
