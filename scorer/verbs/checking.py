"""Read a list without scoring it: which rows can be used, and why not the others."""

from __future__ import annotations

from scorer.columns import length, stack
from scorer.contracts.exports import PLAN
from scorer.plan import Headers, Listing, stream_plan
from scorer.results import CheckedList
from scorer.saying import Say, quiet
from scorer.verbs.scoring import BATCH
from scorer.workspace import Workspace


def check_list(workspace: Workspace, plan: Listing, client: str | None = None, say: Say = quiet) -> CheckedList:
    """Say which rows of a list can be used, which are refused and why, and what its headers were taken for.

    No model is needed, so dates outside the calendar of a model are not found here: scoring refuses them. Nothing is written,
    and TooManyRejects is not raised: ``too_many`` of what is given back says when more rows are refused than the client allows.
    Raises whatever ``read_plan`` raises.
    """
    chosen = workspace.choose(client)
    say(f"Reading {plan}")
    usable = blank = 0
    headers, rejects, notes = Headers(frozenset(), (), {}), [], list[str]()
    for piece in stream_plan(plan, chosen, BATCH):
        usable, blank = usable + piece.rows, blank + piece.blank
        headers = piece.headers or headers
        rejects.append(piece.rejects)
        notes += piece.notes
        say(f"Read {usable + sum(map(length, rejects)) + blank:,} rows")
    refused = stack(rejects)
    return CheckedList(
        name=plan.name,
        rows_in=usable + length(refused) + blank,
        usable=usable,
        refused=length(refused),
        blank=blank,
        recognised=headers.recognised,
        absent=tuple(name for name in PLAN.names if name in headers.absent),
        unknown=headers.unknown,
        rejects=refused,
        notes=notes,
        limit=chosen.limits.rejected_share,
    )
