"""Limits and candidates → a mixed-integer programme in sparse matrices: one yes-or-no column per step.

    maximise   sum of value·x  −  penalty·missing  −  sum of loss·overlaps
    where      x of a step is 0 or 1, and every limit holds

What promotions at the same time cost one another: for each place and week, ``running`` counts the chosen promotions; a step
that is chosen there sees ``overlaps`` >= running − itself − what its answer allows for already. One row and one column per
step instead of one per pair of steps; with x binary it is exact for a loss that grows evenly with the number of overlaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Floats
from scorer.planning.optimise.candidates import Candidates
from scorer.planning.optimise.constraints import Limit

TIE = 0.004
"""Less than half a cent in all: of two choices that earn the same, the one further up in the list is taken."""
MOST_OVERLAPS = 20_000
MATERIAL = 0.01
"""A loss by overlap below this share of a step's expected profit is noise."""


class Programme(NamedTuple):
    """Minimise cost·v where row_lower <= A·v <= row_upper and lower <= v <= upper.

    A is given row by row (starts, column, value). The first ``steps`` columns are the candidates, yes or no; then what is
    missing of the wanted units, if that has a price; then overlaps and running counts.
    """

    steps: int
    cost: Floats
    lower: Floats
    upper: Floats
    integer: Array
    starts: Array
    column: Array
    value: Floats
    row_lower: Floats
    row_upper: Floats


class Overlaps(NamedTuple):
    """The steps that lose by promotions at the same time: position, loss per overlap in currency, how many are allowed for.

    groups: the place and week each step begins in, as a number; members: the steps that run in each of them and count.
    most: how many promotions that can be. own: 1 where the step itself is among them. left_out: material ones beyond the bound.
    """

    steps: Array
    loss: Floats
    allowed: Floats
    groups: Array
    members: list[Array]
    most: Floats
    own: Floats
    left_out: int


def no_overlaps() -> Overlaps:
    """Return that nothing is lost by promotions at the same time."""
    whole, figures = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Overlaps(whole, figures, figures, whole, [], figures, figures, 0)


def overlaps_of(found: Candidates, open_steps: Array) -> Overlaps:
    """Return the material losses by overlap among the steps that may be chosen, the largest first up to a bound."""
    with np.errstate(invalid="ignore", divide="ignore"):
        loss = np.where(found.overlaps > 0, (found.profit - found.overlapped) / found.overlaps, 0.0)
        material = open_steps & (loss >= 0.01) & (loss >= MATERIAL * np.abs(found.profit))
    steps = np.flatnonzero(material)
    order = np.argsort(-loss[steps] * found.overlaps[steps], kind="stable")
    kept = np.sort(steps[order[:MOST_OVERLAPS]])
    if not len(kept):
        return no_overlaps()
    _, place = np.unique(found.known.place.astype(str), return_inverse=True)
    keys, groups = np.unique(np.stack([place[kept], found.known.first_week[kept]]), axis=1, return_inverse=True)
    counts = open_steps & ~found.known.listed.astype(bool)
    members = [_running(found, place, counts, int(at), int(week)) for at, week in keys.T]
    groups = groups.ravel()
    own = np.array([float(np.isin(step, members[group])) for step, group in zip(kept, groups, strict=True)])
    allowed = np.where(found.known.exported[kept], 0.0, found.known.promotions[kept])
    most = np.array([float(len(np.unique(found.row[running]))) for running in members])
    return Overlaps(kept, loss[kept], allowed, groups, members, most, own, len(steps) - len(kept))


def _running(found: Candidates, place: Array, counts: Array, at: int, week: int) -> Array:
    return np.flatnonzero(counts & (place == at) & (found.known.first_week <= week) & (found.known.last_week >= week))


def programme(
    rows: int, value: Floats, limits: Sequence[Limit], penalty: float | None = None, overlaps: Overlaps | None = None
) -> Programme:
    """Put limits and values into one programme.

    Parameters
    ----------
    rows : how many promotions the steps belong to. value : what each step is worth, in currency.
    penalty : what a missing unit costs; None: units must be reached.
    """
    overlaps = overlaps or no_overlaps()
    n = len(value)
    soft = any(limit.kind == "units" for limit in limits) and penalty is not None
    first = n + soft  # the first column after steps and missing units
    k, groups = len(overlaps.steps), len(overlaps.members)
    parts = [(limit.columns, limit.values, limit.lower, limit.upper) for limit in limits]
    if soft:
        parts = [_softened(part, n) if limit.kind == "units" else part for part, limit in zip(parts, limits, strict=True)]
    for group, members in enumerate(overlaps.members):
        column = np.append(members, first + k + group)
        parts.append((column, np.append(np.ones(len(members)), -1.0), 0.0, 0.0))
    for at in range(k):
        step, group = overlaps.steps[at], overlaps.groups[at]
        spared = overlaps.own[at] + overlaps.allowed[at]
        most = max(overlaps.most[group] - spared, 0.0)
        # overlaps - running - most·x >= -spared - most: it binds where the step is chosen
        columns = np.array([first + at, first + k + group, step])
        parts.append((columns, np.array([1.0, -1.0, -most]), -spared - most, np.inf))
    lengths = [len(part[0]) for part in parts]
    extra = soft + k + groups
    tie = TIE * np.arange(n) / max(rows * n, 1)
    return Programme(
        steps=n,
        cost=np.concatenate([tie - value, np.full(int(soft), penalty or 0.0), overlaps.loss, np.zeros(groups)]),
        lower=np.zeros(n + extra),
        upper=np.concatenate([np.ones(n), np.full(extra, np.inf)]),
        integer=np.concatenate([np.ones(n, dtype=bool), np.zeros(extra, dtype=bool)]),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        column=np.concatenate([part[0] for part in parts]).astype(np.int32) if parts else np.zeros(0, dtype=np.int32),
        value=np.concatenate([part[1] for part in parts]) if parts else np.zeros(0),
        row_lower=np.array([part[2] for part in parts], dtype=np.float64),
        row_upper=np.array([part[3] for part in parts], dtype=np.float64),
    )


def _softened(part: tuple[Array, Floats, float, float], missing: int) -> tuple[Array, Floats, float, float]:
    columns, values, lower, upper = part
    return np.append(columns, missing), np.append(values, 1.0), lower, upper


def activity(limit: Limit, chosen: Array) -> float:
    """Return the sum that a limit limits, for a choice of steps (a mask)."""
    return float(limit.values[chosen[limit.columns]].sum())
