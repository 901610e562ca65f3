"""What the expected profit of one promotion hangs on most: every input moved down and up by a stated amount.

The bars of a tornado diagram compare inputs, not chances: each is moved by the amount that stands beside it, one at a time,
and the lift to the two ends of its interval. Inputs that the promotion does not use (no fixed cost, say) are left out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, length, stack, take, text
from scorer.economics.promotion import Terms, outcome
from scorer.model import PromotionModel
from scorer.planning.changes import MARGIN, Moved, in_use, label, moved, read_move, shown, with_changes
from scorer.settings import Client

# Down and up: what a planner may decide by about a step, and what may come otherwise than assumed by about a usual error.
AMOUNTS = {
    "discount_percentage": ("-5 pp", "+5 pp"),
    "duration_days": ("-25 %", "+25 %"),
    "start_date": ("-7 days", "+7 days"),
    "num_overlapping_campaigns": ("-1", "+1"),
    "baseline_override": ("-15 %", "+15 %"),
    "list_price": ("-5 %", "+5 %"),
    "unit_cost": ("-5 %", "+5 %"),
    MARGIN: ("-5 pp", "+5 pp"),
    "funding_share": ("-10 pp", "+10 pp"),
    "fixed_cost": ("-20 %", "+20 %"),
    "redemption_share": ("-20 pp", "+20 pp"),
    "cannibalised_share": ("-10 pp", "+10 pp"),
    "pulled_forward_share": ("-10 pp", "+10 pp"),
    "halo_share": ("-10 pp", "+10 pp"),
}
LIFT = "lift"


class Ends(NamedTuple):
    """Rows to be scored, two for each input: moved down, moved up."""

    names: tuple[str, ...]
    rows: Columns
    values: list[tuple[str, ...]]
    """For each input its value as planned, moved down and moved up, in words."""


def ends_to_try(asked: Columns, now: Columns, model: PromotionModel, client: Client) -> Ends:
    """Return both ends of every input of one promotion that lie within the model's calendar; asked and now have one row."""
    unknown = {MARGIN} if model.in_units else {"list_price", "unit_cost"}
    here = np.array([True])
    names, rows, values = [], [take(asked, np.array([], dtype=np.int64))], []
    for name in (name for name in AMOUNTS if name not in unknown):
        each = [moved(read_move(name, amount), now[name]) for amount in AMOUNTS[name]]
        if not _differs(now[name], each):
            continue
        names.append(name)
        rows += [with_changes(asked, now, {name: Moved(end, here)}) for end in each]
        values.append(tuple(shown(name, cell[0]) for cell in (now[name], *each)))
    tried = stack(rows)
    placed = set(in_use(tried, model, client)[1].tolist()) if names else set()
    kept = [at for at in range(len(names)) if {2 * at, 2 * at + 1} <= placed]
    places = np.array([place for at in kept for place in (2 * at, 2 * at + 1)], dtype=np.int64)
    return Ends(tuple(names[at] for at in kept), take(tried, places), [values[at] for at in kept])


def _differs(now: Array, ends: list[Array]) -> bool:
    return any(bool(np.all(end == end)) and bool(np.any(end != now)) for end in ends)


def tornado(planned: Columns, ends: Ends, answered: Columns, inside: Array, client: Client) -> Columns:
    """Return one row per input, the widest swing of expected profit first.

    planned: the answer to the promotion as planned, one row; answered and inside: the answers to ``ends.rows``.
    Columns: input, planned, low, high (values in words), profit_low, profit_high and their effects over the profit as
    planned, swing (all in currency), learnt (both ends lie within what was learnt from).
    """
    profit = answered["incremental_profit_expected"].reshape(-1, 2)
    names = [LIFT, *ends.names]
    lifts = _at_lifts(planned)
    both = np.vstack([[lifts], profit])
    base = float(planned["incremental_profit_expected"][0])
    lift_words = tuple(f"{100 * float(planned[f'lift_{end}'][0]):.0f} %" for end in ("expected", "low", "high"))
    words = [lift_words, *ends.values]
    reach = np.column_stack([both, np.full(len(both), base)])
    table: Columns = {
        "input": text(f"lift ({client.verdict.interval:.0%} interval)" if name == LIFT else label(name) for name in names),
        "planned": text(word[0] for word in words),
        "low": text(word[1] for word in words),
        "high": text(word[2] for word in words),
        "profit_low": both[:, 0],
        "profit_high": both[:, 1],
        "effect_low": both[:, 0] - base,
        "effect_high": both[:, 1] - base,
        "swing": reach.max(axis=1) - reach.min(axis=1),
        "learnt": np.concatenate([[True], inside.reshape(-1, 2).all(axis=1)]) if length(answered) else np.array([True]),
    }
    return take(table, np.argsort(-np.nan_to_num(table["swing"], nan=-1.0), kind="stable"))


def _at_lifts(planned: Columns) -> list[float]:
    """Expected profit at the low and the high end of the lift."""
    used = {name: planned[f"used_{name}"] for name in Terms._fields if f"used_{name}" in planned}
    terms = Terms(discount=planned["discount_percentage"], **used)
    found = (outcome(terms, planned["baseline_units"], planned[f"lift_{end}"]).profit for end in ("low", "high"))
    return [float(np.asarray(profit)[0]) for profit in found]
