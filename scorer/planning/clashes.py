"""Promotions of one list that get in each other's way: which, what that costs, and what moving one of them would earn.

Two kinds of clash, both for promotions that share days:

    same item                  the same matching keys. Each row is scored as if it ran alone, so what both would sell on the
                               days they share is counted twice. Sold once is the larger of the two increments; the price is
                               the margin, with side effects, of the smaller one on the common days. Discounts stay as
                               planned: both are paid on what is sold.
    same category and place    other items beside each other. The price is the model's: its profit for both without each
                               other less its profit for both with, their other neighbours unchanged. A client's share of
                               cannibalised units is in every profit already, overlap or not, and is not added again.

Prices of pairs do not add up to the price of all overlaps where three promotions meet; both are given.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns, take, text
from scorer.model import PromotionModel
from scorer.overlap import known_overlap
from scorer.planning.double_count import counted_twice
from scorer.planning.neighbours import Asked, Neighbours, Pair, pairs_of
from scorer.scoring import Scored
from scorer.settings import Client

SAME_ITEM, SAME_CATEGORY = "same item", "same category and place"
OVERLAP_FEATURE = "num_overlapping_promotions"
MOST_MOVED = 50
"""So many clashes, the dearest first, are tried with other dates."""
WORTH_A_MOVE = 0.05
"""A move is worth the trouble when it earns this part of what the promotion that moves costs."""


class Clashes(NamedTuple):
    """All clashes of a list, the dearest first, and what they cost together. Currency; NaN is not priced.

    table: kind, first, second (promotion ids), from_day, to_day, days, price (positive: what the overlap costs), double_units
    (same item: units counted twice), one_price_saves (same item: discount saved if only the better price is given on the
    common days), move, move_to, move_gain (what the move earns in all), advice.
    """

    table: Columns
    same_item_price: float
    same_category_price: float
    learnt: bool
    """The model distinguishes by the number of overlapping promotions; else overlaps in a category are not priced."""
    notes: tuple[str, ...]


class _Priced(NamedTuple):
    """What one clash costs, and the two figures that explain a clash of one item."""

    price: float
    double_units: float = np.nan
    one_price_saves: float = np.nan


class _Move(NamedTuple):
    """One promotion of a clash moved by whole weeks, and what that earns."""

    row: int
    weeks: int
    gain: float


def find_clashes(scored: Scored, model: PromotionModel, client: Client) -> Clashes:
    """Find and price the clashes of a scored list.

    Raises InputRefused for a list with more overlaps than anyone could read.
    """
    hood = Neighbours(scored.plan, known_overlap(scored.plan, model))
    pairs = pairs_of(hood)
    learnt = is_learnt(model)
    asked = Asked(hood, model, client)
    if learnt:
        for row in sorted({row for pair in pairs if not pair.same_item for row in (pair.a, pair.b)}):
            for count in {hood.count(row), max(hood.count(row) - 1, 0), hood.alone(row)}:
                asked.want(row, 0, count)
    asked.answer()
    priced = [_same_item(scored, pair) if pair.same_item else _same_category(hood, asked, pair, learnt) for pair in pairs]
    order = sorted(range(len(pairs)), key=lambda at: (np.isnan(priced[at].price), -priced[at].price, at))
    pairs, priced = [pairs[at] for at in order], [priced[at] for at in order]
    free = [_costs_nothing(pair, one) for pair, one in zip(pairs, priced, strict=True)]
    moves = _moves(scored, hood, pairs[:MOST_MOVED], free[:MOST_MOVED], model, client)
    return Clashes(
        _table(scored, pairs, priced, moves, client),
        counted_twice(scored.plan, scored.answer, hood.items).cost,
        _together(hood, asked, pairs, learnt),
        learnt,
        _notes(scored, hood, pairs, priced, model, client, learnt),
    )


def is_learnt(model: PromotionModel) -> bool:
    """Whether any tree of the lift model asks how many promotions overlap."""
    features = model.lift.encoding.features
    if OVERLAP_FEATURE not in features:
        return False
    return f"f{features.index(OVERLAP_FEATURE)}" in model.lift.booster.get_score(importance_type="weight")


def _same_item(scored: Scored, pair: Pair) -> _Priced:
    both = np.array([pair.a, pair.b])
    plan, answer = take(scored.plan, both), take(scored.answer, both)
    found = counted_twice(plan, answer, [[0, 1]])
    days = plan["duration_days"]
    units = (answer["used_redemption_share"] * answer["baseline_units"] / days + found.smaller_per_day) * pair.days
    ours = plan["discount_percentage"] * (1 - answer["used_funding_share"]) * answer["used_list_price"] * units
    return _Priced(found.cost, found.units, float(np.min(ours)))


def _same_category(hood: Neighbours, asked: Asked, pair: Pair, learnt: bool) -> _Priced:
    if not learnt:
        return _Priced(np.nan)
    price = 0.0
    for row, other in ((pair.a, pair.b), (pair.b, pair.a)):
        with_it = hood.count(row)
        if hood.counts_through(row, other) and with_it > 0:
            price += asked.profit(row, 0, with_it - 1) - asked.profit(row, 0, with_it)
    return _Priced(price)


def _together(hood: Neighbours, asked: Asked, pairs: list[Pair], learnt: bool) -> float:
    """Return what all overlaps in categories cost: every row alone less every row with its neighbours."""
    rows = sorted({row for pair in pairs if not pair.same_item for row in (pair.a, pair.b)})
    if not learnt and rows:
        return np.nan
    return float(np.nansum([asked.profit(row, 0, hood.alone(row)) - asked.profit(row, 0, hood.count(row)) for row in rows]))


# ---------------------------------------------------------------------------------------------- moves
def _moves(
    scored: Scored, hood: Neighbours, pairs: list[Pair], costs_nothing: list[bool], model: PromotionModel, client: Client
) -> list[_Move | None]:
    """Return, for each clash, its better move: the later promotion later, or the earlier one earlier, by whole weeks."""
    tried = [
        (at, row, weeks) for at, (pair, free) in enumerate(zip(pairs, costs_nothing, strict=True)) if not free
        for row, weeks in hood.ways_out(pair)
    ]  # fmt: skip
    if not tried:
        return [None] * len(pairs)
    moved = hood.moved([(row, weeks) for _, row, weeks in tried], model)
    asked, wanted = Asked(hood, model, client), []
    for (_, row, weeks), base in zip(tried, moved, strict=True):
        states = None if base is None else hood.after_move(row, weeks, base)
        for state in states or ():
            asked.want(*state)
            asked.want(state[0], 0, hood.count(state[0]))
        wanted.append(states)
    asked.answer()
    best: list[_Move | None] = [None] * len(pairs)
    for (at, row, weeks), states in zip(tried, wanted, strict=True):
        if states is None:
            continue
        gain = sum(asked.profit(*state) - asked.profit(state[0], 0, hood.count(state[0])) for state in states)
        gain += _twice_less(scored, hood, asked, row, weeks, states[0])
        rival = best[at]
        if gain == gain and (rival is None or gain > rival.gain):
            best[at] = _Move(row, weeks, gain)
    return best


def _twice_less(scored: Scored, hood: Neighbours, asked: Asked, row: int, weeks: int, state: tuple[int, int, float]) -> float:
    """Return by how much less is counted twice among the promotions of an item when one of them moves."""
    group = np.array(hood.rows_of_item(row))
    if len(group) < 2:
        return 0.0
    plan, answer = take(scored.plan, group), take(scored.answer, group)
    before = counted_twice(plan, answer, [list(range(len(group)))]).cost
    at = int(np.flatnonzero(group == row)[0])
    for name in ("start_date", "end_date"):
        plan[name][at] += weeks * 7 * DAY
    answer["incremental_units_expected"][at] = asked.units(*state)
    return before - counted_twice(plan, answer, [list(range(len(group)))]).cost


# ---------------------------------------------------------------------------------------------- the list
def _table(scored: Scored, pairs: list[Pair], priced: list[_Priced], moves: list[_Move | None], client: Client) -> Columns:
    ids, start, cost = scored.plan["promotion_id"], scored.plan["start_date"], scored.answer["promotion_cost_expected"]
    moves = moves + [None] * (len(pairs) - len(moves))
    to = [start[move.row] + move.weeks * 7 * DAY if move else np.datetime64("NaT", "D") for move in moves]
    worth = [move is not None and bool(move.gain > WORTH_A_MOVE * abs(cost[move.row])) for move in moves]
    parts = zip(pairs, priced, moves, to, worth, strict=True)
    return {
        "kind": text(SAME_ITEM if pair.same_item else SAME_CATEGORY for pair in pairs),
        "first": text(ids[pair.a] for pair in pairs),
        "second": text(ids[pair.b] for pair in pairs),
        "from_day": np.array([pair.from_day for pair in pairs], dtype="datetime64[D]"),
        "to_day": np.array([pair.to_day for pair in pairs], dtype="datetime64[D]"),
        "days": np.array([pair.days for pair in pairs], dtype=np.float64),
        "price": np.array([one.price for one in priced], dtype=np.float64),
        "double_units": np.array([one.double_units for one in priced], dtype=np.float64),
        "one_price_saves": np.array([one.one_price_saves for one in priced], dtype=np.float64),
        "move": text(ids[move.row] if move else None for move in moves),
        "move_to": np.array(to, dtype="datetime64[D]"),
        "move_gain": np.array([move.gain if move else np.nan for move in moves], dtype=np.float64),
        "advice": text(_advice(pair, one, move, ids, day, good, client.currency) for pair, one, move, day, good in parts),
    }


def _advice(
    pair: Pair, priced: _Priced, move: _Move | None, ids: Array, to: np.datetime64, is_worth_it: bool, currency: str
) -> str:
    if _costs_nothing(pair, priced):
        return "Leave it: the model expects no loss from it."
    if move is not None and is_worth_it:
        return f"Move {ids[move.row]} {_weeks(move.weeks)} (to {to}): {move.gain:+,.0f} {currency} in all."
    saves = priced.one_price_saves
    if pair.same_item and saves > 0:
        return f"Give only the better price on these days: saves about {saves:,.0f} {currency} of discount."
    if move is not None:
        return f"Leave it: moving {ids[move.row]} {_weeks(move.weeks)} would bring {move.gain:+,.0f} {currency}."
    return "Decide which of the two is to run." if pair.same_item else "Have an eye on it."


def _notes(
    scored: Scored,
    hood: Neighbours,
    pairs: list[Pair],
    priced: list[_Priced],
    model: PromotionModel,
    client: Client,
    learnt: bool,
) -> tuple[str, ...]:
    notes = []
    if hood.not_compared:
        notes.append(f"{hood.not_compared:,} promotions do not say what they promote, or where: they are compared with no other.")
    if any(pair.same_item for pair in pairs):
        notes.append("Same item: what both promotions would sell on common days is counted once; both discounts are paid.")
    if any(not pair.same_item for pair in pairs):
        notes += _about_the_model(scored, pairs, priced, model, client, learnt)
    return tuple(notes)


def _about_the_model(
    scored: Scored, pairs: list[Pair], priced: list[_Priced], model: PromotionModel, client: Client, learnt: bool
) -> list[str]:
    """Say what prices of overlaps in a category rest on, and how far they stand out from the uncertainty of the profits."""
    notes = []
    if not learnt:
        notes.append("The model learnt nothing from the number of overlapping promotions: those in a category are not priced.")
    else:
        low, high = (scored.answer[f"incremental_profit_{end}"] for end in ("low", "high"))
        half = (high - low) / 2
        parts = [
            abs(one.price) / (half[pair.a] + half[pair.b]) for pair, one in zip(pairs, priced, strict=True) if not pair.same_item
        ]
        most = max((part for part in parts if part == part), default=np.nan)
        if most == most:
            notes.append(
                "Same category: the difference of two forecasts; minus means that the model expects more beside each other. "
                f"The largest is {most:.0%} of the uncertainty of the profits it belongs to."
            )
    if learnt and not model.worth.evidence:
        notes.append("The model has not shown that it beats a simple rule: prices of overlaps in a category are a hint at most.")
    if client.money.cannibalised_share:
        share = f"{client.money.cannibalised_share:.0%}"
        notes.append(f"The client's {share} of cannibalised units are in every profit already, and not added again.")
    return notes


def _costs_nothing(pair: Pair, priced: _Priced) -> bool:
    return not pair.same_item and priced.price <= 0


def _weeks(weeks: int) -> str:
    return f"{abs(weeks)} week{'s' if abs(weeks) > 1 else ''} {'later' if weeks > 0 else 'earlier'}"
