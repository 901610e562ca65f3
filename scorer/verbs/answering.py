"""Score a list and give the answers back, row by row, with word of how far it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scorer.columns import stack
from scorer.errors import UsageError
from scorer.model import PromotionModel
from scorer.plan import Listing, Plan, read_plan
from scorer.results import AnsweredList
from scorer.saying import Say, quiet
from scorer.scoring import Scored
from scorer.scoring import score as score_plan
from scorer.settings import Client
from scorer.verbs import scoring
from scorer.verbs.serving import load
from scorer.workspace import Workspace

LINE = "line"


def answer_list(
    workspace: Workspace,
    plan: Listing,
    client: str | None = None,
    say: Say = quiet,
    reasons: bool | None = None,
    piece_rows: int = 5_000,
) -> AnsweredList:
    """Score a list as ``score`` does and give the columns of the answer back, each row with the line it stands on.

    After every ``piece_rows`` rows ``say`` hears how many are done; what it raises ends the run, and nothing is left behind.
    ``reasons=None`` leaves the reasons out of lists above 100,000 rows. Where more rows were refused than the client allows,
    the notes say so: TooManyRejects is not raised. Raises ModelNotFound, BundleRefused, and whatever ``read_plan`` raises.
    """
    if piece_rows < 1:
        raise UsageError(f"A list is scored in pieces of at least 1 row, not {piece_rows:,}.")
    say("Loading the model")
    model, chosen = load(workspace, client)
    say(f"Reading {plan}")
    read = read_plan(plan, chosen)
    is_long = read.rows > scoring.LONG_LIST
    explain = not is_long if reasons is None else reasons
    say(f"Scoring {read.rows:,} promotions")
    found = _stacked(read, list(_answered(read, model, chosen, explain, piece_rows, say)))
    done = scoring.summary(model, read, found, None)
    left_out = [f"{scoring.without_reasons()}."] if is_long and reasons is None else []
    complaint = scoring.too_many(done, chosen, "the list of refused rows")
    done = done._replace(notes=[*done.notes, *left_out, *scoring.doubts(model), *([str(complaint)] if complaint else [])])
    return AnsweredList(done, found.answer, found.given[LINE], found.plan["promotion_id"], found.rejects)


def _answered(
    read: Plan, model: PromotionModel, client: Client, explain: bool, piece_rows: int, say: Say
) -> Iterator[Scored]:
    # the line of a row travels with it where its cells would: names may stand for two rows, lines cannot
    lined = read._replace(given={LINE: read.lines})
    for start in range(0, max(read.rows, 1), piece_rows):
        until = min(start + piece_rows, read.rows)
        yield score_plan(lined.only(np.arange(start, until)), model, client, explain=explain)
        say(f"Scored {until:,} of {read.rows:,} promotions")


def _stacked(read: Plan, pieces: list[Scored]) -> Scored:
    """Put the pieces under one another; what the list itself refused comes before what the model could not place."""
    refused = stack([read.rejects, *(piece.rejects for piece in pieces)])
    tables = {name: stack(getattr(piece, name) for piece in pieces) for name in ("plan", "given", "answer")}
    return Scored(**tables, rejects=refused, blank=read.blank)
