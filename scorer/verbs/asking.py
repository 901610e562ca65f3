"""Questions about a plan: what if something were different?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scorer.errors import InputRefused, NothingToWorkOn, nearest
from scorer.plan import read_plan
from scorer.saying import Say, quiet
from scorer.verbs.serving import load
from scorer.workspace import Workspace

if TYPE_CHECKING:
    from scorer.planning.what_if import WhatIf


def what_if(
    workspace: Workspace,
    plan: Path,
    promotion_id: str | None = None,
    client: str | None = None,
    discounts: tuple[float, ...] | None = None,
    durations: tuple[int, ...] | None = None,
    say: Say = quiet,
) -> WhatIf:
    """Try other discounts (fractions) and durations (days) for one promotion of a list, the first unless one is named.

    Raises NothingToWorkOn for a list without a usable row, InputRefused when it has no such promotion.
    """
    from scorer.planning.what_if import what_if as ask

    say("Loading the model")
    model, chosen = load(workspace, client)
    read = read_plan(plan, chosen)
    if not read.rows:
        raise NothingToWorkOn.because(f"{plan} has no row that can be used", "promo score lists the reasons.")
    ids = [str(name) for name in read.columns["promotion_id"]]
    asked = promotion_id or ids[0]
    say(f"Trying changes of {asked}")
    if asked not in ids:
        raise InputRefused(f"{plan} has no usable promotion '{asked}'.{nearest(asked, ids)} It has {len(ids):,} others.")
    return ask(read, ids.index(asked), model, chosen, discounts, durations)
