"""The steps of a what-if: every combination of the values that are tried, as plan rows; and two inputs as a grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from scorer.columns import Array, Columns, take
from scorer.contracts.table import Kind
from scorer.errors import BadQuestion
from scorer.model import PromotionModel
from scorer.planning.changes import INPUTS, Move, Moved, input_named, label, moved, read_move, with_changes
from scorer.settings import Client

DISCOUNT, DAYS = "discount_percentage", "duration_days"
MOST_STEPS = 2_000


class Grid(NamedTuple):
    """Two inputs against each other: their values, and which step stands where, as positions of shape (down, across)."""

    down: str
    across: str
    down_values: list[Any]
    across_values: list[Any]
    step: Array


def axes_of(
    discounts: Sequence[float] | None, durations: Sequence[int] | None, changes: Mapping[str, Sequence[Any]]
) -> dict[str, list[Move]]:
    """Every input that changes with its moves, in the order asked; discount and length first."""
    axes = {
        name: [read_move(name, value) for value in values]
        for name, values in ((DISCOUNT, discounts), (DAYS, durations))
        if values
    }
    for asked, values in changes.items():
        name = input_named(asked)
        if name in axes:
            raise BadQuestion.because(f"{label(name)} is asked for twice", "Give all its values at one place.")
        axes[name] = [read_move(name, value) for value in values]
        if not axes[name]:
            raise BadQuestion.bad_value(name, "", "there is no value to try")
    return axes


def ladder_axis(client: Client) -> dict[str, list[Move]]:
    return {DISCOUNT: [read_move(DISCOUNT, step) for step in client.verdict.ladder]}


def grid_axes(
    axes: dict[str, list[Move]], grid: tuple[str, str], now: Columns, model: PromotionModel, client: Client
) -> dict[str, list[Move]]:
    """The two inputs of a grid, the one that goes across first; whatever else changes has one value."""
    down, across = (input_named(name, "The grid") for name in grid)
    if down == across:
        raise BadQuestion.because(f"A grid of {label(down)} with itself is a list", "Name two different inputs.")
    many = [name for name, moves in axes.items() if len(moves) > 1 and name not in (down, across)]
    if many:
        raise BadQuestion.because(
            f"A grid has two inputs, and {label(many[0])} has several values too", "Give it one value, or leave the grid out."
        )
    both = {name: axes.get(name) or usual_values(name, now, model, client) for name in (across, down)}
    return both | {name: moves for name, moves in axes.items() if name not in both}


def usual_values(name: str, now: Columns, model: PromotionModel, client: Client) -> list[Move]:
    """Return the values of an input that a grid shows where none are given: the client's steps, or around what is in use."""
    kind, verdict = INPUTS[name].kind, client.verdict
    if name == DISCOUNT:
        given: Sequence[Any] = _within(verdict.discount_steps, model.support.discount)
    elif name == DAYS:
        given = _within(verdict.duration_steps, model.support.duration)
    elif name == "funding_share":
        given = [round(verdict.most_funding * part / 5, 4) for part in range(6)]
    elif kind is Kind.TEXT:
        given = model.support.levels.get(name, ())[:12]
    elif kind is Kind.DATE:
        given = [f"+{weeks} weeks" for weeks in range(5)]
    elif name == "num_overlapping_campaigns":
        given = [0, 1, 2, 3]
    elif kind in (Kind.SHARE, Kind.RATIO):
        given = ["-10 pp", "-5 pp", "+0 pp", "+5 pp", "+10 pp"]
    else:
        given = ["-10 %", "-5 %", "+0 %", "+5 %", "+10 %"]
    around = kind is not Kind.TEXT and kind is not Kind.DATE and isinstance(next(iter(given), None), str)
    if not given or (around and np.isnan(now[name][0])):
        raise BadQuestion.because(f"{label(name)} is not known for this promotion", f"Name its values: --change {name}=...")
    return [read_move(name, value) for value in given]


def steps_of(asked: Columns, now: Columns, axes: Mapping[str, Sequence[Move]]) -> tuple[Columns, Columns]:
    """Return the changed rows, and the values of what changes, row by row; the first input changes fastest."""
    sizes = [len(moves) for moves in axes.values()]
    count = prod(sizes)
    if count > MOST_STEPS:
        raise BadQuestion.because(
            f"{' x '.join(str(size) for size in sizes)} values make {count:,} steps, and {MOST_STEPS:,} can be looked at",
            "Try fewer values at once.",
        )
    values: Columns = {}
    apart = 1
    for name, moves in axes.items():
        each = np.concatenate([moved(move, now[name]) for move in moves])
        values[name] = each[(np.arange(count) // apart) % len(moves)]
        apart *= len(moves)
    rows, everywhere = np.zeros(count, dtype=np.int64), np.ones(count, dtype=bool)
    changes = {name: Moved(cells, everywhere) for name, cells in values.items()}
    return with_changes(take(asked, rows), take(now, rows), changes), values


def grid_of(asked: tuple[str, str], axes: Mapping[str, Sequence[Move]], values: Columns) -> Grid:
    down, across = (input_named(name) for name in asked)
    rows, columns = len(axes[down]), len(axes[across])
    step = np.arange(rows * columns).reshape(rows, columns)
    return Grid(down, across, values[down][step[:, 0]].tolist(), values[across][step[0]].tolist(), step)




def _within(steps: Sequence[float], learnt: tuple[float, float]) -> Sequence[float]:
    low, high = learnt
    return [step for step in steps if low <= step <= high] or steps
