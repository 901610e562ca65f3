"""The whole job on an invented client."""

from __future__ import annotations

from collections.abc import Callable

from scorer.errors import TooManyRejects
from scorer.results import Demonstrated, ScoredList
from scorer.saying import Say, quiet
from scorer.verbs.learning import train
from scorer.verbs.preparing import refresh
from scorer.verbs.scoring import score
from scorer.verbs.workbooks import workbook
from scorer.workspace import Workspace


def demo(workspace: Workspace, say: Say = quiet) -> Demonstrated:
    """Make an example client with a planted truth, then do the whole job on it."""
    from scorer import demo as example

    made = example.make(workspace, say=say)
    client = made.client
    upcoming = made.upcoming.path if made.upcoming else workspace.root / "upcoming.csv"
    refreshed = refresh(workspace, client, say)
    trained = train(workspace, client, say)
    folder = workspace.outputs(client, "demo")
    scored = _tolerant(lambda: score(workspace, upcoming, folder / "scores.csv", client, say))
    book = folder / "plan.xlsx"
    _tolerant(lambda: workbook(workspace, upcoming, book, client, say))
    return Demonstrated(workspace.exports(client), refreshed, trained, scored, book)


def _tolerant(verb: Callable[[], ScoredList]) -> ScoredList:
    """Run a verb; a list with many refused rows is fine here, because the demo plants them."""
    try:
        return verb()
    except TooManyRejects as told:
        found = told.done
        if not isinstance(found, ScoredList):
            raise
        return found
