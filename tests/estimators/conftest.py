"""Promotions made of numbers, with a planted law of their lift, and everything fitted on them once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from scorer.columns import DAY, Columns, text
from scorer.settings import Training
from scorer.tasks import PROMOTION_LIFT, PROMOTION_SUCCESS
from scorer.training import Fitted, fit

SLOPES = {"Tea": 2.0, "Coffee": 0.5}
NOISE = 0.25
_TEXTS = {
    "product_category": tuple(SLOPES),
    "product_subcategory": ("One", "Two", "Three"),
    "product": (None,),
    "promotion_type": ("Cut", "Display"),
    "region": ("North", "South"),
    "store": (None,),
}


def _planted(rows: int = 1500, seed: int = 5) -> Columns:
    """log lift = slope of the category · discount - 0.2 + noise, whose width doubles for items with a wide spread."""
    random = np.random.default_rng(seed)
    names = dict.fromkeys((*PROMOTION_SUCCESS.features, *PROMOTION_LIFT.features, "baseline_observations"))
    made: Columns = {name: random.normal(size=rows) for name in names if name not in _TEXTS}
    made |= {name: text(random.choice(np.array(levels, dtype=object), rows)) for name, levels in _TEXTS.items()}
    made["discount_percentage"] = random.choice([0.05, 0.1, 0.2, 0.3, 0.4, 0.5], rows)
    made["baseline_spread"] = random.choice([0.1, 1.0], rows)
    made["has_campaign_overlap"] = random.random(rows) < 0.5
    slope = np.array([SLOPES[name] for name in made["product_category"]])
    width = NOISE * np.where(made["baseline_spread"] > 0.5, 2, 1)
    made["log_lift"] = slope * made["discount_percentage"] - 0.2 + width * random.normal(size=rows)
    made["simple_rule"] = np.full(rows, made["log_lift"].mean())
    made["start_date"] = np.datetime64("2024-01-01") + np.sort(random.integers(0, 700, rows))
    made["end_date"] = made["start_date"] + 6 * DAY
    made["event_key"] = text(f"event {at // 2}" for at in range(rows))
    return made


@pytest.fixture(scope="session")
def planted() -> Callable[..., Columns]:
    return _planted


@pytest.fixture(scope="session")
def rows() -> Columns:
    return _planted()


@pytest.fixture(scope="session")
def fitted(rows: Columns) -> Fitted:
    return fit(rows, Training())
