"""Choose promotions from a list under rules, and write the choice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scorer import atomic
from scorer.columns import Columns, length, text
from scorer.contracts.exports import PLAN
from scorer.contracts.table import Kind
from scorer.errors import NothingToWorkOn, OutputRefused
from scorer.lake.writing import write_table
from scorer.model import PromotionModel
from scorer.plan import Listing, Plan, read_plan
from scorer.results import Optimised
from scorer.saying import Say, quiet
from scorer.scoring import score as score_plan
from scorer.settings import Client, Language, speaking
from scorer.verbs.examining import health_beside
from scorer.verbs.scoring import doubts, spare
from scorer.verbs.serving import load
from scorer.verbs.workbooks import further_sheets, run_of
from scorer.workspace import Workspace

if TYPE_CHECKING:
    from scorer.planning.optimise.result import Portfolio
    from scorer.planning.optimise.rules import Rules

_MONEY = ("planned_cost", "planned_profit", "promotion_cost", "profit_low", "profit_expected", "profit_high", "overlap_loss")
_SHARES = ("planned_discount", "discount_percentage")
_KINDS = {name: Kind.MONEY for name in _MONEY} | {name: Kind.SHARE for name in _SHARES}  # noqa: C420 - no call at load


def optimise(
    workspace: Workspace,
    plan: Listing,
    rules: Rules,
    out: Path | None = None,
    list_out: Path | None = None,
    client: str | None = None,
    say: Say = quiet,
    language: Language | None = None,
) -> Optimised:
    """Choose which promotions of a list to run, and at which step, so that they earn most under the rules.

    ``out`` ends with .xlsx for the planning workbook of the choice, .csv or .parquet for a table of every promotion and why;
    ``list_out`` takes the chosen promotions as a list that can be scored. The workbook speaks ``language``, else the client's.

    Raises RulesClash for rules that cannot all be kept, NothingToWorkOn for a list without a usable row (or a workbook of no
    promotion), OutputRefused when a file cannot be written.
    """
    from scorer.planning.optimise.choose import optimise as choose

    for path in (out, list_out):
        if path is not None:
            spare(plan, path)
    say("Loading the model")
    model, chosen = load(workspace, client)
    if language is not None:
        chosen = speaking(chosen, language)
    say(f"Reading {plan}")
    read = read_plan(plan, chosen)
    if not read.rows:
        raise NothingToWorkOn.because(f"{plan} has no row that can be used", "promo score lists the reasons.")
    found = choose(read.columns, rules, model, chosen, say)
    picked, told = _picked(read, found), list[str]()
    if out is not None:
        say(f"Writing {out}")
        told = _write(out, plan, picked, found, model, chosen, workspace)
    if list_out is not None:
        say(f"Writing {list_out}")
        write_table(list_out, picked.given, PLAN.kinds)
    notes = [*read.notes, *found.notes, *told, *doubts(model)]
    if length(read.rejects):
        notes.append(f"{length(read.rejects):,} rows of {plan.name} cannot be used and were left out; promo score lists why.")
    rows_in = read.rows + length(read.rejects) + read.blank
    return Optimised(found, rows_in, length(read.rejects), read.blank, out, list_out, model.version, list(dict.fromkeys(notes)))


def write_rules(path: Path) -> Path:
    """Write a commented file of rules to start from. Raises OutputRefused when the file is there already."""
    from scorer.planning.optimise.rules import STARTING_RULES

    if path.exists():
        raise OutputRefused.because(path, "it is there already", "Edit it, or choose another name.")
    atomic.write_bytes(path, STARTING_RULES.encode("utf-8"))
    return path


def _picked(read: Plan, found: Portfolio) -> Plan:
    """Return the chosen promotions as a plan: the contract's columns that say something, and the list's own others."""
    at = {name: row for row, name in enumerate(read.columns["promotion_id"].tolist())}
    rows = np.array([at[name] for name in found.chosen["promotion_id"].tolist()], dtype=np.int64)
    filled = {name: found.chosen[name] for name in PLAN.names if _says_something(found.chosen, name)}
    own = {name: column[rows] for name, column in read.given.items() if not _is_ours(name, read)}
    if found.standing:
        own["standing"] = text([found.standing] * len(rows))
    return read._replace(columns=found.chosen, given={**filled, **own}, lines=read.lines[rows])


def _says_something(plan: Columns, name: str) -> bool:
    return name in ("promotion_id", "discount_percentage", "start_date", "end_date") or any(
        cell is not None and cell == cell for cell in plan[name].tolist()
    )


def _is_ours(header: str, read: Plan) -> bool:
    """Whether a header of the list is one of the contract's columns, by any of its names."""
    from scorer.lake.headers import match

    headers = list(read.given)
    return headers.index(header) in match(headers, PLAN, {}).found.values() or header in PLAN.names


def _write(
    out: Path, plan: Listing, picked: Plan, found: Portfolio, model: PromotionModel, client: Client, workspace: Workspace
) -> list[str]:
    """Write a choice in the form of the file's ending; return what is to be said about it."""
    if out.suffix.lower() == ".xlsx":
        return _write_workbook(out, plan, picked, found, model, client, workspace)
    rows = {**found.rows, "standing": text([found.standing] * length(found.rows))}
    write_table(out, rows if found.standing else found.rows, _KINDS)
    return []


def _write_workbook(
    out: Path, plan: Listing, picked: Plan, found: Portfolio, model: PromotionModel, client: Client, workspace: Workspace
) -> list[str]:
    from scorer.planning.ladder import ladders
    from scorer.planning.optimise.question import at_quantile
    from scorer.workbook.assemble import content_of
    from scorer.workbook.sheet_portfolio import PortfolioSheet
    from scorer.workbook.write import write_workbook

    if not picked.rows:
        raise NothingToWorkOn.because(
            "No promotion is worth running under these rules, so there is nothing to put into a workbook",
            "Loosen the rules, or write a .csv, which says why of every promotion.",
        )
    client = at_quantile(client, found.rules)  # low and high mean the same on every sheet
    scored = score_plan(picked, model, client)
    ladder = ladders(scored.plan, model, client)
    content = content_of(client, scored, ladder, model, run_of(plan, picked))
    further, told = further_sheets(content, scored, model, client, health_beside(workspace, client))
    write_workbook(out, content, [PortfolioSheet(found), *further])
    return told
