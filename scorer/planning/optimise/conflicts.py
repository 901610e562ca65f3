"""Rules that cannot all be kept → a smallest set of them that already cannot, with the numbers that clash.

QuickXplain (Junker, AAAI 2004): a conflict set of which every part, on its own, can be kept. Each question is whether some
choice keeps a few limits, asked of the same programme without its profits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from scorer.columns import Array
from scorer.planning.optimise.constraints import Limit
from scorer.planning.optimise.formulation import programme
from scorer.planning.optimise.solve import is_feasible, solve

SECONDS = 10.0
"""For one question; a conflict that is not settled in that time counts as none."""
_MEASURED = ("budget", "budgets", "most_promotions", "concurrent", "frequency", "units")


class Clash(NamedTuple):
    """One rule of a conflict: what it says, what the others need of it (None: nothing to measure), how to lift it."""

    kind: str
    words: str
    needed: str | None
    relax: str


def conflict(steps: int, rows: int, limits: Sequence[Limit], fixed: Sequence[Limit]) -> list[Clash]:
    """Return what a smallest set of rules says that cannot be kept together; an empty list where all can."""
    found = smallest_conflict(steps, rows, limits, fixed)
    return [_clash(limit, found, steps, rows, fixed) for limit in found]


def smallest_conflict(steps: int, rows: int, limits: Sequence[Limit], fixed: Sequence[Limit]) -> list[Limit]:
    """Return a smallest set of limits that cannot be kept together; an empty list where all can.

    ``fixed`` always hold (one step per promotion). No part of the set that is returned is a conflict by itself.
    """
    asked = _that_matter(limits)

    def holds(some: Sequence[Limit]) -> bool:
        return is_feasible(programme(rows, np.zeros(steps), _narrowed([*fixed, *some])), SECONDS)

    if holds(asked):
        return []
    # what forces comes last, so that it is kept in sight: the first found are the limits it breaks against
    ordered = sorted(asked, key=lambda limit: limit.forces)
    return _smallest(ordered, holds)


def _that_matter(limits: Sequence[Limit]) -> list[Limit]:
    """Leave out limits on promotions that nothing forces to run: they can all stay away, and their limits are kept."""
    reached: set[int] = set()
    for limit in limits:
        if limit.forces:
            reached.update(limit.columns.tolist())
    ties = [limit for limit in limits if limit.kind == "together"]
    grown = True
    while grown:
        before = len(reached)
        for limit in ties:
            if not reached.isdisjoint(limit.columns.tolist()):
                reached.update(limit.columns.tolist())
        grown = len(reached) > before
    kept = []
    for limit in limits:
        within = np.isin(limit.columns, np.fromiter(reached, dtype=np.int64, count=len(reached)))
        if within.any():
            kept.append(limit._replace(columns=limit.columns[within], values=limit.values[within]))
        elif limit.forces or limit.upper < 0:  # it asks for steps that there are not
            kept.append(limit)
    return kept


def _narrowed(limits: Sequence[Limit]) -> list[Limit]:
    return [limit for limit in limits if len(limit.columns) or limit.forces]


def _smallest(limits: Sequence[Limit], holds: Callable[[Sequence[Limit]], bool]) -> list[Limit]:
    """QuickXplain: which of ``limits``, that do not hold together, make a conflict of which no part is one."""

    def explain(background: list[Limit], grown: bool, some: Sequence[Limit]) -> list[Limit]:
        if grown and not holds(background):
            return []
        if len(some) == 1:
            return list(some)
        half = len(some) // 2
        left, right = some[:half], some[half:]
        late = explain([*background, *left], bool(left), right)
        early = explain([*background, *late], bool(late), left)
        return [*early, *late]

    return explain([], False, limits)


def _clash(limit: Limit, found: Sequence[Limit], steps: int, rows: int, fixed: Sequence[Limit]) -> Clash:
    """Say what the other rules of a conflict need of this one."""
    if limit.kind not in _MEASURED:
        return Clash(limit.kind, limit.words, None, limit.relax)
    others = [*fixed, *(other for other in found if other is not limit)]
    worth = np.zeros(steps)
    sign = 1.0 if limit.forces else -1.0
    worth[limit.columns] = sign * limit.values
    best = solve(programme(rows, worth, _narrowed(others)), SECONDS)
    if best.v is None:
        return Clash(limit.kind, limit.words, None, limit.relax)
    reached = float(limit.values[_chosen(best.v, limit.columns)].sum())
    figure = f"{reached:,.2f} {limit.unit}" if limit.unit else f"{reached:,.0f}"
    needed = f"at most {figure} can be reached" if limit.forces else f"the others need at least {figure}"
    return Clash(limit.kind, limit.words, needed, limit.relax)


def _chosen(v: Array, columns: Array) -> Array:
    return np.asarray(v[columns] > 0.5)


def in_words(clashes: Sequence[Clash]) -> str:
    """Say a conflict in one sentence per rule, and what to relax."""
    lines = [f"{clash.words} ({clash.needed})" if clash.needed else clash.words for clash in clashes]
    remedies = ", or ".join(dict.fromkeys(clash.relax for clash in clashes if clash.relax))
    told = "; ".join(lines)
    return f"{told[:1].upper()}{told[1:]}. One of these has to give way: {remedies}."
