"""Questions about a plan: what if something were different, what would reach a goal, how do scenarios compare?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scorer.columns import length
from scorer.contracts.exports import PLAN
from scorer.contracts.scored import SCORED
from scorer.contracts.table import Kind
from scorer.errors import BadQuestion, NothingToWorkOn, PromotionUnknown
from scorer.lake.writing import write_table
from scorer.plan import Listing, Plan, read_plan
from scorer.saying import Say, quiet
from scorer.settings import Client
from scorer.verbs.scoring import spare
from scorer.verbs.serving import by_model, load
from scorer.workspace import Workspace

if TYPE_CHECKING:
    from scorer.planning.scenario import Scenarios
    from scorer.planning.targets import Targets
    from scorer.planning.what_if import WhatIf

_KINDS = PLAN.kinds | SCORED.kinds
_MONEY_OF_DIFFERENCES = ("profit_planned", "profit", "difference", "promotion_cost_planned", "promotion_cost")


def what_if(
    workspace: Workspace,
    plan: Listing,
    promotion_id: str | None = None,
    client: str | None = None,
    discounts: tuple[float, ...] | None = None,
    durations: tuple[int, ...] | None = None,
    say: Say = quiet,
    *,
    changes: Mapping[str, Sequence[Any]] | None = None,
    grid: tuple[str, str] | None = None,
    tornado: bool = False,
    out: Path | None = None,
) -> WhatIf:
    """Try changes of one promotion of a list, the first unless one is named; the steps are written to ``out``.

    discounts: fractions; durations: days; changes: values of any other input, by its name: numbers, dates, texts, or
    "+10 %", "+5 pp", "-7 days". grid: two inputs to set against each other. tornado: what profit hangs on most.
    Raises NothingToWorkOn for a list without a usable row, InputRefused when it has no such promotion, BadQuestion for an
    unknown input or a value it cannot have.
    """
    from scorer.planning.what_if import what_if as ask

    if out is not None:
        spare(plan, out)
    say("Loading the model")
    model, chosen = load(workspace, client)
    read, row = _one(plan, chosen, promotion_id)
    say(f"Trying changes of {read.columns['promotion_id'][row]}")
    found = ask(read, row, model, chosen, discounts, durations, changes, grid, tornado)._replace(model_version=model.version)
    if out is not None:
        say(f"Writing {out}")
        write_table(out, by_model(found.ladder, model.version), _KINDS)
    return found


def target(
    workspace: Workspace,
    plan: Listing,
    promotion_id: str | None = None,
    client: str | None = None,
    profit: float | None = None,
    roi: float | None = None,
    levers: tuple[str, ...] = (),
    say: Say = quiet,
) -> Targets:
    """Find what one promotion of a list would need to break even, or to reach a profit (currency) or an ROI (fraction).

    levers: of ``scorer.planning.targets.LEVERS``; none: all. Each is answered alone, and scored before it is told.
    Raises NothingToWorkOn for a list without a usable row, or a promotion without a profit figure; InputRefused when there
    is no such promotion; BadQuestion for an unknown lever, both goals at once, or an ROI of -100 % or less.
    """
    from scorer.economics.targets import Goal
    from scorer.planning.targets import targets as ask

    if profit is not None and roi is not None:
        raise BadQuestion.because("Both a profit and an ROI are asked for", "Name one of them.")
    if roi is not None and roi <= -1:
        told = f"An ROI of {roi:.0%} is no goal: nothing loses more than all it costs"
        raise BadQuestion.because(told, "Ask for more, such as an ROI of 20 %.")
    say("Loading the model")
    model, chosen = load(workspace, client)
    read, row = _one(plan, chosen, promotion_id)
    say(f"Looking for what {read.columns['promotion_id'][row]} would need")
    return ask(read, row, Goal(profit or 0.0, roi or 0.0), model, chosen, levers)._replace(model_version=model.version)


def scenarios(
    workspace: Workspace,
    plan: Listing,
    file: Path | None = None,
    client: str | None = None,
    out: Path | None = None,
    say: Say = quiet,
) -> Scenarios:
    """Compare a list as planned with the scenarios a TOML file names; the differences are written to ``out``.

    Without a file there is the plan alone: conservative, base and optimistic lift, and the interval of its total.
    Raises NothingToWorkOn for a list without a usable row, FileUnreadable and BadQuestion for the file of scenarios.
    """
    from scorer.planning.scenario import scenarios as compare
    from scorer.planning.scenario_file import read_scenarios

    if out is not None:
        spare(plan, out)
    named = read_scenarios(file) if file is not None else []
    if out is not None and not named:
        raise BadQuestion.because("Without scenarios there are no differences to write", "Name some with --file.")
    say("Loading the model")
    model, chosen = load(workspace, client)
    say(f"Reading {plan}")
    read = _usable(plan, chosen)
    say(f"Scoring {read.rows:,} promotions in {len(named) + 1} scenarios")
    found = compare(read, named, model, chosen)._replace(model_version=model.version)
    out_of = length(read.rejects) + read.rows - found.rows
    if out_of:
        told = f"{out_of:,} rows of the list were refused and are in no figure; promo score lists the reasons."
        found = found._replace(notes=[told, *found.notes])
    if out is not None:
        say(f"Writing {out}")
        write_table(out, by_model(found.differences, model.version), _KINDS | _difference_kinds(list(found.differences)))
    return found


def _difference_kinds(names: list[str]) -> dict[str, Kind]:
    """Money by name; returns and chances as shares."""
    money = {name: Kind.MONEY for name in names if name in _MONEY_OF_DIFFERENCES or name.startswith("from_")}
    return money | {name: Kind.RATIO for name in names if name.startswith(("roi", "probability"))}


def _one(source: Listing, client: Client, promotion_id: str | None) -> tuple[Plan, int]:
    """Return a list and the place of the promotion that is asked about: the first, unless one is named."""
    read = _usable(source, client)
    ids = [str(name) for name in read.columns["promotion_id"]]
    asked = promotion_id or ids[0]
    if asked not in ids:
        raise PromotionUnknown.named(asked, source, ids)
    return read, ids.index(asked)


def _usable(source: Listing, client: Client) -> Plan:
    read = read_plan(source, client)
    if not read.rows:
        raise NothingToWorkOn.because(f"{source} has no row that can be used", "promo score lists the reasons.")
    return read
