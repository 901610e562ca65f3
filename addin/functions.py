"""Worksheet functions that ask the model. One range in, one array out, row by row; nothing here touches a spreadsheet.

A function is one decorated function: its docstring's first paragraph is its help, ``Annotated`` gives each argument's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from addin.answer_rows import by_row, told_or_why
from addin.answering import Table
from addin.arguments import Names, Numbers
from addin.catalog import function
from addin.cells import Block, Cell, is_blank, is_error, quoted
from addin.plans import Asked, asked_of, plan_of
from addin.session import Desk
from scorer.contracts.scored import MOST_USEFUL, SCORED
from scorer.errors import BadArgument, NothingToWorkOn, listed, nearest
from scorer.lake.headers import key

PLAN_HELP = "Planned promotions: a range or table with its header row, or whole scored rows of the planning workbook's sheet Plan"
ROW_HELP = "One planned promotion: its row with the header row above it, or a scored row of the planning workbook's sheet Plan"
Plan = Annotated[Block, PLAN_HELP]
PlanRow = Annotated[Block, ROW_HELP]
MOST_LISTED = 5


@function(gives="the columns asked for, one row per promotion", example="=PROMO_SCORE(tblPlan[#All])")
def PROMO_SCORE(
    plan: Plan,
    columns: Annotated[Names, "Which figures, by the names of the scored list, such as lift_expected, verdict"] = MOST_USEFUL,
    *,
    desk: Desk,
) -> Table:
    """Score planned promotions: chance of success, lift, profit, ROI, chance of a profit, verdict, what would help, warnings."""
    names = [_figure_named(name) for name in columns]
    rows = desk.answered(asked_of(plan, desk.client), explain="reasons" in names)
    return Table(by_row(rows, names, lambda at: [rows.answer[name][at] for name in names]))


@function(gives="probability, 0 to 1", example="=PROMO_SUCCESS(A1:H20)")
def PROMO_SUCCESS(plan: Plan, *, desk: Desk) -> Table:
    """Chance that sales rise above the baseline, for each planned promotion."""
    return _figure(plan, "success_probability", desk)


@function(gives="ratio over the baseline: 0.35 is 35 % more units", example="=PROMO_LIFT(A1:H20, 0.1)")
def PROMO_LIFT(
    plan: Plan,
    quantile: Annotated[float, "0.1 gives the lift that is missed one time in ten; left out: the expected lift"] = float("nan"),
    *,
    desk: Desk,
) -> Table:
    """Lift of units over the baseline, for each planned promotion: the expected one, or a quantile of what is possible."""
    if np.isnan(quantile):
        return _figure(plan, "lift_expected", desk)
    if not 0 < quantile < 1:
        raise BadArgument.named("quantile", f"{quantile:g} does not lie between 0 and 1", "0.1 is the low end, 0.9 the high end.")
    from scorer.answer import as_unit_lift

    served = desk.served
    rows, seen = desk.outlook(asked_of(plan, served.client))
    if seen is None:
        return Table(by_row(rows, [f"lift_{quantile:g}"], lambda at: [None]))
    ratio = seen.found.forecast.quantile(_as_printed(quantile, served.client.verdict.interval))
    lift = as_unit_lift(ratio, seen.found.assumptions.terms, served.model.in_units)
    return Table(by_row(rows, [f"lift_{quantile:g}"], lambda at: [lift[at]]))


@function(gives="currency, incremental, after the cost of the promotion", example="=PROMO_PROFIT(A1:H20)")
def PROMO_PROFIT(plan: Plan, *, desk: Desk) -> Table:
    """What each planned promotion is expected to add to profit, after the discount on units that would have sold anyway."""
    return _figure(plan, "incremental_profit_expected", desk)


@function(gives="profit over promotion cost: 0 is break-even", example="=PROMO_ROI(A1:H20)")
def PROMO_ROI(plan: Plan, *, desk: Desk) -> Table:
    """Return on the cost of each planned promotion, at its expected lift."""
    return _figure(plan, "roi_expected", desk)


@function(gives="GO, OPTIMISE, DON'T LAUNCH or NOT ENOUGH EVIDENCE", example="=PROMO_VERDICT(A1:H20)")
def PROMO_VERDICT(plan: Plan, *, desk: Desk) -> Table:
    """Whether each planned promotion is worth running, by the client's thresholds; never GO where a loss is expected."""
    return _figure(plan, "verdict", desk)


@function(gives="a table, one row per step; the best one is marked", example="=PROMO_WHATIF(A1:H2, {0.1;0.2;0.3}, {7;14})")
def PROMO_WHATIF(
    plan: PlanRow,
    discounts: Annotated[Numbers, "Discounts to try, such as 0.1;0.2 or 10;20; left out: the client's ladder"] = (),
    durations: Annotated[Numbers, "Lengths to try, in days"] = (),
    *,
    desk: Desk,
) -> Table:
    """Try other discounts and lengths of one planned promotion: success, lift, cost, profit and verdict of every step."""
    from scorer.planning.what_if import OUTSIDE, what_if

    served, asked = desk.served, _one_row(plan, desk)
    found = what_if(
        _usable(asked, desk), 0, served.model, served.client, _fractions(discounts) or None, _days(durations) or None
    )
    names = [
        "discount_percentage", "duration_days", "success_probability", "lift_expected", "sales_units_expected",
        "promotion_cost_expected", "incremental_profit_expected", "roi_expected", "probability_of_profit", "verdict",
    ]  # fmt: skip
    ladder = found.ladder
    steps = range(len(ladder["discount_percentage"]))
    marks = ["◄ best" if step == found.best else "" if ladder["learnt"][step] else OUTSIDE for step in steps]
    return Table([[*names, "note"], *([*(told_or_why(ladder, name, step) for name in names), marks[step]] for step in steps)])


@function(gives="ratio over the baseline", example="=PROMO_BREAKEVEN(A1:H20)")
def PROMO_BREAKEVEN(plan: Plan, *, desk: Desk) -> Table:
    """The lift each planned promotion needs to pay for itself; a reason where no lift is enough."""
    return _figure(plan, "break_even_lift", desk)


@function(gives="a table: what, its effect on lift (ratio), its profit (currency)", example="=PROMO_EXPLAIN(A1:H2, 5)")
def PROMO_EXPLAIN(
    plan: PlanRow, how_many: Annotated[int, "How many reasons to list"] = MOST_LISTED, *, desk: Desk
) -> Table:
    """What drives the forecast of one planned promotion, the strongest first."""
    from scorer.scoring import explanation

    served, asked = desk.served, _one_row(plan, desk)
    (found,) = explanation(_usable(asked, desk).columns, served.model, served.client, how_many)
    told: list[Sequence[Any]] = [[one.words, one.lift, one.profit] for one in found]
    nothing = [["close to the average promotion", 0.0, 0.0]]
    return Table([["driver", "lift", f"profit {served.client.currency}"], *(told or nothing)])


@function(gives="a table: past promotions, the nearest first", example="=PROMO_SIMILAR(A1:H2, 5)")
def PROMO_SIMILAR(
    plan: PlanRow, how_many: Annotated[int, "How many past promotions to list"] = MOST_LISTED, *, desk: Desk
) -> Table:
    """The past promotions most like one planned promotion, and the lift each had."""
    from scorer.model import PAST_COLUMNS, nearest_past

    asked = _one_row(plan, desk)
    columns = _usable(asked, desk).columns
    found = nearest_past(desk.served.model, {name: column[0] for name, column in columns.items()}, how_many)
    names = [name for name in PAST_COLUMNS if name != "log_lift"]
    rows = [[*(found[name][at] for name in names), np.expm1(found["log_lift"][at])] for at in range(len(found["log_lift"]))]
    return Table([[*names, "lift"], *rows])


@function(gives="units a day", example="=PROMO_BASELINE(A1:H20)")
def PROMO_BASELINE(plan: Plan, *, desk: Desk) -> Table:
    """What each planned promotion's item would sell a day without the promotion."""
    return _figure(plan, "baseline_units_per_day", desk)


@function(gives="words; empty where nothing is to be said", example="=PROMO_WHY(A1:H20)")
def PROMO_WHY(plan: Plan, *, desk: Desk) -> Table:
    """Why a row cannot be scored, or what to be careful about: the reason behind an error or a verdict, for each row."""
    rows = desk.answered(asked_of(plan, desk.client))
    lines = [[rows.answer["flags"][rows.at[line]] if line in rows.at else rows.reasons.get(line)] for line in rows.asked.lines]
    return Table([["why"], *lines] if rows.asked.has_header else lines)


@function(gives="a count; 0 is good", example="=PROMO_PROBLEMS(J2:J20)")
def PROMO_PROBLEMS(cells: Annotated[Block, "Answers of Promo Planner, or any cells"]) -> float:
    """Count the cells that hold an error instead of a figure: put it beside every total, because SUM passes over them."""
    return float(sum(is_error(cell) for row in cells.rows for cell in row))


@function(gives="TRUE where the row has changed since it was scored", example="=PROMO_STALE(A1:H20, K1:K20)")
def PROMO_STALE(
    plan: Plan, fingerprints: Annotated[Block, "The column input_hash as it was scored: as many rows as the plan"], *, desk: Desk
) -> Table:
    """Whether planned promotions have changed since they were scored, told by their fingerprints."""
    rows = desk.answered(asked_of(plan, desk.client))
    header = rows.asked.has_header
    stamps = [row[0] if row else None for row in fingerprints.rows]
    if len(stamps) != len(plan.rows):
        raise BadArgument.named("fingerprints", f"it has {len(stamps)} rows and the plan {len(plan.rows)}", "Give both alike.")
    below = dict(zip(rows.asked.lines, stamps[header:], strict=True))
    places = {at: line for line, at in rows.at.items()}
    return Table(by_row(rows, ["stale"], lambda at: [not _is_stamp(below[places[at]], rows.answer["input_hash"][at])]))


@function(gives="a table: what, and its value", example="=PROMO_MODEL()")
def PROMO_MODEL(*, desk: Desk) -> Table:
    """Which model answers here: version, client, last day of sales it knows, how well it foretold, and whether to trust it."""
    from addin.model_facts import facts

    return Table([[one.label, one.value] for one in facts(desk.served)])


def _figure(plan: Block, name: str, desk: Desk) -> Table:
    rows = desk.answered(asked_of(plan, desk.client))
    return Table(by_row(rows, [name], lambda at: [rows.answer[name][at]]))


def _figure_named(name: str) -> str:
    """Return the figure of a scored list that a name means, however it is spaced and capitalised. Raises BadArgument.

    >>> _figure_named("Lift expected")
    'lift_expected'
    """
    known = {key(figure): figure for figure in SCORED.names}
    if key(name) not in known:
        remedy = nearest(name, SCORED.names).strip() or f"It has {listed(SCORED.names, most=6)}."
        raise BadArgument.named("columns", f"{quoted(name)} is no figure of a scored list", remedy)
    return known[key(name)]


def _as_printed(quantile: float, interval: float) -> float:
    """Return a quantile; one that means an end of the client's interval is exactly the one whose figures are printed.

    >>> _as_printed(0.1, 0.8) == (1 - 0.8) / 2 != 0.1
    True
    """
    tail = (1 - interval) / 2
    return next((end for end in (tail, 1 - tail) if math.isclose(quantile, end, rel_tol=0, abs_tol=1e-12)), quantile)


def _one_row(plan: Block, desk: Desk) -> Asked:
    """Read a range that holds one promotion. Raises BadArgument for several, NothingToWorkOn for a refused or empty one."""
    asked = asked_of(plan, desk.client)
    for line, why in asked.refused.items():
        raise NothingToWorkOn.because(f"Row {line}: {why}", "Correct the row.")
    filled = [row for row in asked.rows if not is_blank(row)]
    if len(filled) != 1:
        raise BadArgument.named("plan", f"it holds {len(filled)} promotions, and this function looks at one", "Give one row.")
    return asked


def _usable(asked: Asked, desk: Desk) -> Any:
    plan = plan_of(asked, desk.client)
    if plan is None or not plan.rows:
        refused = zip(plan.rejects["line"], plan.rejects["reason"], strict=True) if plan is not None else ()
        told = next((f"Row {line}: {reason}" for line, reason in refused), "The row is empty")
        raise NothingToWorkOn.because(told, "Correct the row.")
    return plan


def _fractions(discounts: Numbers) -> list[float]:
    """Read discounts: numbers above 1 are percent, and so is a 1 beside them.

    >>> _fractions((1.0, 10.0, 12.5)), _fractions((0.1, 1.0))
    ([0.01, 0.1, 0.125], [0.1, 1.0])
    """
    given = [one for one in discounts if not np.isnan(one)]
    least = 1 if any(one > 1 for one in given) else math.inf
    return [round(one / 100, 10) if one >= least else one for one in given]


def _days(durations: Numbers) -> list[int]:
    for one in durations:
        if not np.isnan(one) and (one < 1 or not one.is_integer()):
            raise BadArgument.named("durations", f"{one:.15g} is no whole number of days", "Write 7 or 14.")
    return [int(one) for one in durations if not np.isnan(one)]


def _is_stamp(cell: Cell, stamp: str) -> bool:
    """Whether a cell holds a fingerprint; one that looks like a number may have become one on its way through a file.

    >>> _is_stamp("00a4e1", "00a4e1"), _is_stamp(1234.0, "001234"), _is_stamp(None, "00a4e1")
    (True, True, False)
    """
    if isinstance(cell, str):
        return cell.strip() == stamp
    try:
        return float(stamp) == cell
    except ValueError:
        return False
