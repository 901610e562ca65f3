"""The planned promotions as a calendar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scorer.columns import length
from scorer.contracts.table import Kind
from scorer.errors import NothingToWorkOn
from scorer.lake.writing import write_table
from scorer.plan import Listing, read_plan
from scorer.saying import Say, quiet
from scorer.scoring import score as score_plan
from scorer.verbs.scoring import spare
from scorer.verbs.serving import by_model, load
from scorer.workspace import Workspace

if TYPE_CHECKING:
    from scorer.planning.calendar import Calendar

_KINDS = {
    "price": Kind.MONEY,
    "one_price_saves": Kind.MONEY,
    "move_gain": Kind.MONEY,
    "double_units": Kind.NUMBER,
    "days": Kind.COUNT,
}


def calendar(
    workspace: Workspace, plan: Listing, out: Path | None = None, client: str | None = None, say: Say = quiet
) -> Calendar:
    """Lay out a list by week and category, and find and price its clashes; written to ``out`` and ``clashes_beside(out)``.

    Raises NothingToWorkOn for a list without a row that can be scored, InputRefused for one too long to be read,
    OutputRefused when a file cannot be written.
    """
    from scorer.planning.calendar import calendar_of

    if out is not None:
        spare(plan, out, clashes_beside(out))
    say("Loading the model")
    model, chosen = load(workspace, client)
    say(f"Reading {plan}")
    read = read_plan(plan, chosen)
    say(f"Scoring {read.rows:,} promotions")
    scored = score_plan(read, model, chosen, explain=False)
    if not length(scored.answer):
        raise NothingToWorkOn.because(
            f"No row of {plan} could be scored", "Look at the reasons: promo score writes them to a file."
        )
    say("Looking for clashes")
    made = calendar_of(scored, model, chosen)._replace(model_version=model.version)
    if out is not None:
        say(f"Writing {out}")
        write_table(out, by_model(made.cells, model.version), {})
        write_table(clashes_beside(out), by_model(made.clashes.table, model.version), _KINDS)
    return made


def clashes_beside(out: Path) -> Path:
    """Return where the clashes of a calendar written to ``out`` go.

    >>> clashes_beside(Path("calendar.csv")).name
    'calendar_clashes.csv'
    """
    return out.with_name(f"{out.stem}_clashes{out.suffix}")
