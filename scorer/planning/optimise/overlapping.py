"""What promotions at the same time cost one another in a choice: counted as it was chosen by, and asked again."""

from __future__ import annotations

import numpy as np

from scorer.columns import Array, Floats, take
from scorer.model import PromotionModel
from scorer.planning.optimise.candidates import OVERLAPS_TRIED, Candidates, cents
from scorer.planning.optimise.formulation import MATERIAL, Overlaps
from scorer.planning.optimise.result import OverlapEffect
from scorer.planning.optimise.rules import Rules
from scorer.scoring import answer_plan
from scorer.settings import Client


def counts_of(found: Candidates, chosen: Array) -> Floats:
    """Return, for every chosen step, how many of the chosen run beside it beyond what its answer allows for; else 0."""
    known, counts = found.known, np.zeros(len(found.row))
    new = chosen & ~known.listed.astype(bool)
    _, place = np.unique(known.place.astype(str), return_inverse=True)
    for step in np.flatnonzero(chosen).tolist():
        week = known.first_week[step]
        beside = new & (place == place[step]) & (known.first_week <= week) & (known.last_week >= week)
        allowed = 0.0 if known.exported[step] else float(known.promotions[step])
        counts[step] = max(float(beside.sum()) - float(new[step]) - allowed, 0.0)
    return counts


def lost(overlaps: Overlaps, counts: Floats) -> Floats:
    """Return what each step loses by its overlaps, to the cent: loss per overlap, times how many there are."""
    loss = np.zeros(len(counts))
    loss[overlaps.steps] = overlaps.loss * counts[overlaps.steps]
    return cents(loss)


def overlap_effect(
    found: Candidates,
    chosen: Array,
    counts: Floats,
    loss: Floats,
    overlaps: Overlaps,
    model: PromotionModel,
    client: Client,
    rules: Rules,
) -> OverlapEffect:
    """Say what overlaps cost this choice, and ask the model again with the chosen promotions side by side."""
    cost = round(float(loss.sum()), 2)
    again = _asked_again(found, chosen, counts, model, client)
    if not rules.overlap:
        return OverlapEffect(False, 0.0, again, f"Overlaps were not counted, as asked. {_asked_words(again, client)}")
    if not len(overlaps.steps):
        why = f"no step is answered with {MATERIAL:.0%} less profit for each promotion at the same time"
        return OverlapEffect(False, 0.0, again, f"Overlaps do not weigh here: {why}. {_asked_words(again, client)}")
    bounded = f" {overlaps.left_out:,} smaller ones were left out." if overlaps.left_out else ""
    sentence = (
        f"{len(overlaps.steps):,} steps lose by promotions of the same category and place that run when they begin "
        f"(even loss per promotion, learnt for up to {OVERLAPS_TRIED}); this choice loses {cost:,.2f} {client.currency} by it."
        f"{bounded} {_asked_words(again, client)}"
    )
    return OverlapEffect(True, cost, again, sentence)


def _asked_again(found: Candidates, chosen: Array, counts: Floats, model: PromotionModel, client: Client) -> float:
    """Return by how much the profit of the chosen falls when the model knows that they run side by side."""
    beside = np.flatnonzero(chosen & (counts > 0))
    if not len(beside):
        return 0.0
    asked = found.known.promotions[beside] + counts[beside]
    answered = answer_plan(take(found.plan, beside), model, client, overlapping=asked)
    return round(float(np.nansum(found.profit[beside] - cents(answered["incremental_profit_expected"]))), 2)


def _asked_words(again: float, client: Client) -> str:
    asked = "Asked again with the chosen promotions side by side, the model answers"
    if again == 0:
        return f"{asked} the same profit."
    return f"{asked} {abs(again):,.2f} {client.currency} {'less' if again > 0 else 'more'}."
