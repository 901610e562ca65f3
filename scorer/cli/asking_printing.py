"""What-if, targets and scenarios for people: tables on the terminal, and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from rich.text import Text

from scorer.cli.figures import NOT_KNOWN, figure
from scorer.cli.screen import notes, row, say, screen, table

if TYPE_CHECKING:
    from rich.console import Console

    from scorer.columns import Columns
    from scorer.planning.scenario import Scenarios
    from scorer.planning.steps import Grid
    from scorer.planning.targets import Found, Targets
    from scorer.planning.what_if import WhatIf

BAR = 16
MOST_LINES = 8
LADDER = {
    "discount_percentage": "Discount",
    "duration_days": "Days",
    "success_probability": "Sales rise",
    "lift_expected": "Lift",
    "sales_units_expected": "Units",
    "promotion_cost_expected": "Cost",
    "incremental_profit_expected": "Profit",
    "roi_expected": "ROI",
    "probability_of_profit": "Profit likely",
    "verdict": "Verdict",
}
# From the deepest loss to the highest gain, apart also where there are 16 colours; the sign says the same without any.
HEAT = ("white on #af0000", "black on #ff5f5f", "red", "green", "black on #5fd75f", "white on #008700")
LEVERS = {
    "discount": "Discount",
    "budget": "Budget (cost)",
    "funding_share": "Partner's share",
    "fixed_cost": "Fixed cost",
    "list_price": "List price",
    "unit_cost": "Unit cost",
    "margin": "Margin",
    "lift": "Lift",
}


# ---------------------------------------------------------------------------------------------- what-if
def what_if(done: WhatIf) -> None:
    """Print the steps, or the grid; then the tornado where it was asked for, the finding, and what to be careful about."""
    to = screen()
    say(to, f"Promotion {done.promotion_id}")
    if done.grid is not None:
        _grid(to, done, done.grid)
    else:
        _steps(to, done)
    say(to, done.sentence, "bold")
    if done.tornado is not None:
        _tornado(to, done.tornado, float(done.planned["incremental_profit_expected"][0]))
    notes(to, done.notes)
    say(to, f"Scored by model {done.model_version}.")


def _steps(to: Console, done: WhatIf) -> None:
    from scorer.planning.changes import INPUTS, label

    ladder = done.ladder
    more = [name for name in ladder if name in INPUTS and name not in LADDER]
    shown = [*more, *(name for name in LADDER if name in ladder)]
    heads = [label(name).capitalize() for name in more] + [LADDER[name] for name in shown[len(more) :]]
    made = table(*heads, "", words=("Verdict", ""))
    for at in range(len(ladder["verdict"])):
        mark = "<- best" if at == done.best else "" if ladder["learnt"][at] else "outside"
        row(made, *(_cell(name, ladder[name][at]) for name in shown), mark, style="bold" if at == done.best else None)
    to.print(made)


def _cell(name: str, value: Any) -> str:
    from scorer.planning.changes import INPUTS, shown

    return shown(name, value) if name in INPUTS and name not in LADDER else figure(value, name)


def _grid(to: Console, done: WhatIf, grid: Grid) -> None:
    """Expected profit by two inputs, from red to green, with signs; the best cell is marked by words too."""
    from scorer.planning.changes import label, shown

    profit, learnt = done.ladder["incremental_profit_expected"], done.ladder["learnt"]
    known = [abs(float(value)) for value in profit if isfinite(value)]
    most = max(known, default=0.0) or 1.0
    say(to, f"Expected profit: {label(grid.down)} down, {label(grid.across)} across")
    made = table(f"{label(grid.down)} \\ {label(grid.across)}", *(shown(grid.across, value) for value in grid.across_values))
    for value, steps in zip(grid.down_values, grid.step.tolist(), strict=True):
        cells = [_heat(float(profit[at]), most, bool(learnt[at]), at == done.best) for at in steps]
        row(made, shown(grid.down, value), *cells)
    to.print(made)
    if not learnt.all():
        say(to, "In brackets: outside what was learnt.")


def _heat(profit: float, most: float, learnt: bool, best: bool) -> Text:
    if not isfinite(profit):
        return Text(NOT_KNOWN)
    words = f"{profit:+,.0f}"
    if not learnt:
        return Text(f"({words})", style="dim")
    depth = min(int(abs(profit) / most * 3), 2)
    style = HEAT[3 + depth] if profit > 0 else HEAT[2 - depth]
    return Text(f"best {words}" if best else words, style=f"bold {style}" if best else style)


def _tornado(to: Console, found: Columns, planned: float) -> None:
    say(to, "")
    say(to, f"What profit hangs on (as planned {planned:+,.0f}), one input moved at a time, the widest swing first:")
    made = table("Input", "Planned", "Down to", "Profit", "Up to", "Profit ", "Less │ more profit", words=("Less │ more profit",))
    widest = max((float(swing) for swing in found["swing"] if isfinite(swing)), default=0.0) or 1.0
    for at in range(len(found["input"])):
        effects = [float(found[f"effect_{end}"][at]) for end in ("low", "high")]
        mark = "" if found["learnt"][at] else " (outside what was learnt)"
        row(
            made,
            found["input"][at] + mark,
            found["planned"][at],
            found["low"][at],
            f"{found['profit_low'][at]:+,.0f}",
            found["high"][at],
            f"{found['profit_high'][at]:+,.0f}",
            _bar(effects, widest),
        )
    to.print(made)


def _bar(effects: Sequence[float], widest: float) -> Text:
    """Draw how far profit falls to the left of the line and rises to the right of it."""
    less, more = (max(0.0, *(sign * effect for effect in effects)) for sign in (-1, 1))
    left, right = (round(BAR * size / widest) for size in (less, more))
    return Text.assemble(" " * (BAR - left), ("█" * left, "red"), "│", ("█" * right, "green"))


def steps_as_data(done: WhatIf) -> dict[str, Any]:
    """Return a what-if for a program: its steps and swings one by one instead of column by column."""
    from scorer.columns import records

    tornado = None if done.tornado is None else records(done.tornado)
    (planned,) = records(done.planned)
    return {**done._asdict(), "ladder": records(done.ladder), "planned": planned, "tornado": tornado}


# ---------------------------------------------------------------------------------------------- targets
def target(done: Targets) -> None:
    """Print one line per lever: what it is, what it would have to be, and what stands in the way."""
    to = screen()
    now = done.planned
    say(to, f"Promotion {done.promotion_id}: what would {goal_words(done)} take?")
    say(
        to,
        f"As planned: discount {_percent(now['discount'])}, lift {_percent(now['lift'])}, profit {now['profit']:+,.0f}, "
        f"cost {now['promotion_cost']:,.0f}, ROI {_percent(now['roi'])}.",
    )
    made = table("One thing changed", "Now", "Needed", "Profit then", "ROI then", "", words=("",))
    for found in done.found:
        row(made, LEVERS[found.lever], *_lever(found), style=None if found.reached else "dim")
    to.print(made)
    notes(to, [*done.notes, "Tolerance: shares to 0.1 of a point, money to the cent, rounded so that the goal holds."])
    say(to, f"Scored by model {done.model_version}.")


def goal_words(done: Targets) -> str:
    """Say what is to be reached."""
    if done.goal.roi:
        return f"an ROI of {_percent(float(done.goal.roi))}"
    return f"a profit of {float(done.goal.profit):,.0f}" if done.goal.profit else "break-even"


def _lever(found: Found) -> tuple[str, ...]:
    is_share = found.lever in ("discount", "funding_share", "margin", "lift")
    unit = found.lever in ("list_price", "unit_cost")
    now, needed = (_percent(x) if is_share else _money(x, unit) for x in (found.now, found.needed))
    then = (_money(found.profit, signed=True), _percent(found.roi))
    if found.reached:
        return now, f"{found.direction} {needed}", *then, found.note
    bound, _, why = found.bound.partition(": ")
    words = f"not to be expected ({bound}): {why}" if found.direction else f"not possible ({bound}): {why}"
    closest = "" if found.direction or needed in (now, NOT_KNOWN) else f"; closest {needed}"
    more = f"; {found.note}" if found.note else ""
    return now, f"{found.direction} {needed}" if found.direction else "-", *then, words + closest + more


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if isfinite(share) else NOT_KNOWN


def _money(amount: float, unit: bool = False, signed: bool = False) -> str:
    if not isfinite(amount):
        return NOT_KNOWN
    if unit:
        return f"{amount:,.2f}"
    whole = round(amount) or 0  # never -0
    return f"{whole:+,}" if signed and whole else f"{whole:,}"


# ---------------------------------------------------------------------------------------------- scenarios
def scenarios(done: Scenarios) -> None:
    """Print the scenarios side by side, then for each the promotions whose profit it changes most."""
    to, found = screen(), done.summary
    say(to, f"{done.rows:,} promotions, {len(found['scenario']):,} scenarios")
    _side_by_side(to, found)
    _lift_cases(to, found)
    for at, name in enumerate(found["scenario"][1:], start=1):
        _most_changed(to, done, str(name), found, at)
    notes(to, done.notes)
    say(to, f"Scored by model {done.model_version}.")


def _side_by_side(to: Console, found: Columns) -> None:
    made = table(*_SIDE_BY_SIDE)
    for at, name in enumerate(found["scenario"].tolist()):
        apart = [_money(found[column][at], signed=True) for column in ("difference", *_EFFECTS)] if at else [""] * 5
        row(
            made,
            name,
            f"{found['promotions_changed'][at]:,.0f}",
            *(_money(found[column][at]) for column in ("incremental_units", "promotion_cost", "profit")),
            *apart,
            _percent(found["roi"][at]),
            f"{found['go'][at]:,.0f}",
        )
    to.print(made)


_SIDE_BY_SIDE = (
    "Scenario", "Changed", "Extra units", "Cost", "Profit", "vs plan", "by base", "by lift", "by price", "by cost", "ROI", "GO",
)  # fmt: skip
_EFFECTS = ("from_baseline", "from_lift", "from_price", "from_cost")


def _lift_cases(to: Console, found: Columns) -> None:
    made = table("Profit if lifts come", "all low", "as expected", "all high", "likely from", "to", "above 0", "above plan")
    for at, name in enumerate(found["scenario"].tolist()):
        row(
            made,
            name,
            *(_money(found[column][at]) for column in _PROFITS),
            *(_percent(found[column][at]) if found[column][at] == found[column][at] else "" for column in _CHANCES),
        )
    to.print(made)


_PROFITS = ("profit_all_low", "profit", "profit_all_high", "profit_low", "profit_high")
_CHANCES = ("probability_of_profit", "probability_of_more")


def _most_changed(to: Console, done: Scenarios, name: str, summary: Columns, at: int) -> None:
    import numpy as np

    lines = done.differences
    here = np.flatnonzero((lines["scenario"] == name) & (lines["changed"] != None))
    if not len(here):
        return
    order = here[np.argsort(-np.nan_to_num(np.abs(lines["difference"][here])), kind="stable")][:MOST_LINES]
    say(to, f"{name}: {_so_what(float(summary['difference'][at]))}", "bold")
    made = table("Promotion", "What changes", "Profit", "vs plan", "Verdict", words=("What changes", "Verdict"))
    for line in order.tolist():
        before, after = lines["verdict_planned"][line], lines["verdict"][line]
        row(
            made,
            lines["promotion_id"][line],
            lines["changed"][line],
            _money(lines["profit"][line]),
            _money(lines["difference"][line], signed=True),
            after if before == after else f"{before} → {after}",
        )
    to.print(made)
    if len(here) > len(order):
        say(to, f"  and {len(here) - len(order):,} more; --out FILE has them all.")


def _so_what(difference: float) -> str:
    if abs(difference) < 0.5:
        return "the list earns the same"
    return f"the list earns {abs(difference):,.0f} {'more' if difference > 0 else 'less'} than as planned; most changed:"


def scenarios_as_data(done: Scenarios) -> dict[str, Any]:
    """Return a comparison for a program: one record per scenario, one per scenario and promotion."""
    from scorer.columns import records

    return {
        "scenarios": records(done.summary),
        "differences": records(done.differences),
        "promotions": done.rows,
        "left_out": done.left_out,
        "notes": done.notes,
        "model_version": done.model_version,
    }
