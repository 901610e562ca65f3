"""What is chosen from, and by which limits: everything the solver needs to know, before anything is solved."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, Floats, text
from scorer.model import PromotionModel
from scorer.planning.optimise.candidates import Candidates, Steps, cents
from scorer.planning.optimise.constraints import Limit, Listed, limits_of
from scorer.planning.optimise.formulation import Overlaps, Programme, no_overlaps, overlaps_of, programme
from scorer.planning.optimise.rules import Rules
from scorer.settings import Client


class Question(NamedTuple):
    """A list, its candidates and the limits on them.

    value: what each step is worth, in currency to the cent. penalty: what a missing unit costs; None: units must be reached.
    """

    listed: Listed
    found: Candidates
    value: Floats
    limits: list[Limit]
    overlaps: Overlaps
    penalty: float | None

    @property
    def rows(self) -> int:
        return len(self.listed.item)

    def programme(self) -> Programme:
        return programme(self.rows, np.nan_to_num(self.value), self.limits, self.penalty, self.overlaps)


def at_quantile(client: Client, rules: Rules) -> Client:
    """Return the client with the interval whose low end is the quantile that the rules judge by."""
    if rules.risk is None:
        return client
    return client.model_copy(update={"verdict": client.verdict.model_copy(update={"interval": 1 - 2 * rules.risk})})


def steps_of(rules: Rules, client: Client) -> Steps:
    """Return what is tried beside each planned step."""
    return Steps(rules.discounts or client.verdict.discount_steps, rules.days, rules.weeks)


def ask(plan: Columns, rules: Rules, found: Candidates, model: PromotionModel, client: Client) -> Question:
    """Put the question: values, limits and overlaps of candidates that have been answered."""
    listed = Listed(plan, _items(plan, model), client.currency, tuple(str(name) for name in plan["promotion_id"].tolist()))
    limits = limits_of(rules, listed, found)
    value = found.profit if rules.risk is None else cents(found.answer["incremental_profit_low"])
    is_open = np.ones(len(value), dtype=bool)
    for limit in limits:
        if limit.bans:
            is_open[limit.columns] = False
    overlaps = overlaps_of(found, is_open) if rules.overlap else no_overlaps()
    return Question(listed, found, value, limits, overlaps, rules.unit_penalty)


def _items(plan: Columns, model: PromotionModel) -> Array:
    keys = model.matching.keys or ("product_category",)
    parts = zip(*(plan[key].tolist() for key in keys), strict=True)
    return text(" / ".join("?" if part is None else part for part in item) for item in parts)
