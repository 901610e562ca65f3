"""The material for choosing: a list of known items and rules of ten kinds that press on it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from scorer.benchmarks.material import SEED
from scorer.model import PromotionModel
from scorer.plan import Plan
from scorer.planning.optimise.rules import Rules

STEPS = (0.05, 0.10, 0.15, 0.20, 0.25, 0.30)


def ten_kinds(plan: Plan, model: PromotionModel) -> Rules:
    """Return rules of ten kinds for a plan: budget, units, probability, concurrency, frequency, gap, names, blackout."""
    rows = plan.rows
    ids = plan.columns["promotion_id"].tolist()
    order = np.random.default_rng(SEED).permutation(rows).tolist()
    categories = sorted({name for name in plan.columns["product_category"].tolist() if name is not None})
    some = iter([ids[row] for row in order])
    first = model.data_cut + timedelta(days=40)
    return Rules.model_validate(
        {
            "discounts": STEPS,
            "budget": 75.0 * rows,
            "minimum_units": 100.0 * rows,
            "unit_penalty": 0.5,
            "minimum_probability_of_profit": 0.5,
            "max_concurrent": max(rows // 250, 2),
            "most_per_item": 6,
            "minimum_gap_weeks": 2,
            "must_not_run": [next(some) for _ in range(max(rows // 100, 1))],
            "together": [[next(some), next(some)] for _ in range(max(rows // 500, 1))],
            "apart": [[next(some), next(some), next(some)] for _ in range(max(rows // 500, 1))],
            "blackouts": [{"first": first, "last": first + timedelta(days=6), "product_category": categories[0]}],
            "budgets": [{"product_category": categories[-1], "most": 5.0 * rows}],
        }
    )
