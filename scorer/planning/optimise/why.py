"""Why a promotion is not chosen: which rule it would break, or what else stands against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Floats
from scorer.planning.optimise.candidates import Candidates
from scorer.planning.optimise.constraints import Limit
from scorer.planning.optimise.formulation import activity
from scorer.planning.optimise.result import Binding

SLACK = 0.005
_BANNED = {
    "support": "lies outside what the model has learnt from",
    "unknown": "has no profit figure",
    "loss": "is expected to lose money",
    "probability": "is too unlikely to earn",
    "must_not_run": "must not run",
    "blackout": "touches a blackout",
}
_BROKEN_AT_MOST = 2  # more rules than this are not named for one promotion


class Why(NamedTuple):
    """For each promotion the step that is shown (a position among the candidates) and why it is not chosen ('' if it is).

    barred: that step may not be chosen, whatever else is. bound: the rules that keep something out.
    """

    shown: Array
    barred: Array
    words: list[str]
    bound: tuple[Binding, ...]


def why(
    found: Candidates, rows: int, value: Floats, limits: Sequence[Limit], chosen: Array, *, proven: bool, at_risk: bool
) -> Why:
    """Explain a choice (a mask over the candidates), promotion by promotion."""
    rules = [limit for limit in limits if limit.kind != "step"]
    barred = _barred(len(value), rules)
    open_rules = [limit for limit in rules if not limit.bans]
    used = [activity(limit, chosen) for limit in open_rules]
    shown, words, keeps_out = np.zeros(rows, dtype=np.int64), [""] * rows, Counter[int]()
    at_step = _positions(len(value), open_rules)
    for row in range(rows):
        own = np.flatnonzero(found.row == row)
        picked = own[chosen[own]]
        if len(picked):
            shown[row] = picked[0]
            continue
        shown[row] = step = _closest(own, value, found.profit, barred)
        if barred[step]:
            words[row] = _all_barred(own, barred)
            continue
        broken = [at for at, amount in at_step[step] if _breaks(open_rules[at], used[at], amount)]
        keeps_out.update(broken)
        words[row] = _against(step, [open_rules[at] for at in broken], value, proven=proven, at_risk=at_risk)
    bound = [
        Binding(limit.kind, limit.words, used[at], limit.upper if limit.upper < np.inf else limit.lower, keeps_out[at])
        for at, limit in enumerate(open_rules)
        if keeps_out[at] or (limit.forces and limit.kind not in {"must_run", "together"} and used[at] <= limit.lower + SLACK)
    ]
    is_barred = np.array([bool(barred[step]) for step in shown.tolist()], dtype=bool)
    return Why(shown, is_barred, words, tuple(sorted(bound, key=lambda one: -one.keeps_out)))


def _barred(steps: int, rules: Sequence[Limit]) -> list[list[str]]:
    """Return for every step the kinds of rules that forbid it outright."""
    barred: list[list[str]] = [[] for _ in range(steps)]
    for limit in rules:
        if limit.bans:
            for step in limit.columns.tolist():
                barred[step].append(limit.kind)
    return barred


def _positions(steps: int, rules: Sequence[Limit]) -> list[list[tuple[int, float]]]:
    at_step: list[list[tuple[int, float]]] = [[] for _ in range(steps)]
    for at, limit in enumerate(rules):
        for step, amount in zip(limit.columns.tolist(), limit.values.tolist(), strict=True):
            at_step[step].append((at, amount))
    return at_step


def _closest(own: Array, value: Floats, profit: Floats, barred: Sequence[Sequence[str]]) -> int:
    """Return the step that comes closest to being chosen: allowed before barred, then by its worth."""
    allowed = np.array([-len(barred[step]) for step in own.tolist()])
    best = np.lexsort((-own, np.nan_to_num(profit[own], nan=-np.inf), np.nan_to_num(value[own], nan=-np.inf), allowed))
    return int(own[best[-1]])


def _all_barred(own: Array, barred: Sequence[Sequence[str]]) -> str:
    kinds = Counter(barred[step][0] for step in own.tolist())
    if len(kinds) == 1:
        kind = next(iter(kinds))
        return _BANNED[kind].capitalize() if len(own) == 1 or kind == "must_not_run" else f"Every step {_BANNED[kind]}"
    parts = [f"{count} {'step' if count == 1 else 'steps'}: {_BANNED[kind]}" for kind, count in kinds.most_common()]
    return f"No step is left ({'; '.join(parts)})"


def _breaks(limit: Limit, used: float, amount: float) -> bool:
    """Whether choosing the step as well would go beyond the limit."""
    return used + amount > limit.upper + SLACK or (limit.kind == "together" and used + amount < limit.lower - SLACK)


def _against(step: int, broken: Sequence[Limit], value: Floats, *, proven: bool, at_risk: bool) -> str:
    if not value[step] > 0:
        return "Loses money at the lift it is judged by" if at_risk else "Earns nothing"
    if broken:
        first_of_kind = list({limit.kind: limit.words for limit in reversed(broken)}.values())[::-1]
        named = "; ".join(first_of_kind[:_BROKEN_AT_MOST])
        more = len(broken) - min(len(first_of_kind), _BROKEN_AT_MOST)
        return f"Rule: {named}" + (f"; and {more} more" if more > 0 else "")
    if not proven:
        return "Fits, but the search ended before it was weighed: give it longer (--time-limit)"
    return "Would cost the others more, by running at the same time, than it earns"
