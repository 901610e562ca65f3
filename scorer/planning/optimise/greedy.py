"""A quick choice to begin with: step by step the one that earns most for its cost, as long as every limit holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scorer.columns import Array, Floats
from scorer.planning.optimise.constraints import Limit


def greedy(row: Array, value: Floats, cost: Floats, limits: Sequence[Limit]) -> Array:
    """Return a choice of steps (a mask) that breaks no upper limit; what must run is taken first.

    It may miss what is asked for at least, and it is no best choice: the solver begins with it, and benchmarks compare.

    Parameters
    ----------
    row : which promotion each step belongs to. value, cost : of each step, in currency.
    """
    at_step = _limits_of_steps(len(value), limits)
    left = np.array([limit.upper for limit in limits], dtype=np.float64)
    wanted = np.zeros(len(value), dtype=bool)
    for limit in limits:
        if limit.kind == "must_run":
            wanted[limit.columns] = True
    with np.errstate(divide="ignore", invalid="ignore"):
        per_cost = np.where(cost > 0, value / cost, np.inf)
    order = np.lexsort((-value, -per_cost, ~wanted))
    chosen, taken = np.zeros(len(value), dtype=bool), set[int]()
    for step in order.tolist():
        if row[step] in taken or not (value[step] > 0 or wanted[step]):
            continue
        which, amounts = at_step[step]
        if (amounts <= left[which] + 1e-9).all():
            left[which] -= amounts
            chosen[step] = True
            taken.add(int(row[step]))
    return chosen


def _limits_of_steps(steps: int, limits: Sequence[Limit]) -> list[tuple[Array, Floats]]:
    """Return for every step which limits it counts in, and how much."""
    if not limits:
        return [(np.zeros(0, dtype=np.int64), np.zeros(0))] * steps
    column = np.concatenate([limit.columns for limit in limits])
    limit_of = np.repeat(np.arange(len(limits)), [len(limit.columns) for limit in limits])
    amount = np.concatenate([limit.values for limit in limits])
    order = np.argsort(column, kind="stable")
    cuts = np.searchsorted(column[order], np.arange(1, steps))
    return list(zip(np.split(limit_of[order], cuts), np.split(amount[order], cuts), strict=True))
