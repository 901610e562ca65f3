"""Committed promotions and what came of them, made up but repeatable, for tests of the post-event workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from scorer.planning.actuals import Actual
from scorer.planning.log.book import Entry, Event
from scorer.planning.log.life import Status
from scorer.planning.log.overrides import Override
from scorer.planning.post_event import PostEvent, compare
from scorer.planning.tracking import Tracking, tracking
from scorer.settings import Client, Log
from scorer.workbook.post_event.write import Made
from tests.planning.logged_plans import prediction

CLIENT = Client(client="demo", name="Demo retailer", log=Log(minimum_measured=8))
MADE = Made("20260401T093000Z-ab12", "2026-04-01T09:30:00Z", "Commercial planning", "0.1.0", "log/demo.db", "sales history")


def entry(frozen: Any, status: Status = Status.ACTUAL) -> Entry:
    return Entry(1, 1, frozen, "2026-02-20T09:00:00Z", Event(frozen.promotion_id, 1, 2, "", "", status, "", "", None), None)


def content(rows: int, seed: int = 7) -> tuple[PostEvent, Tracking]:
    """Random promotions: missing figures, overrides, late ones, losses, discounts above the margin; some still waiting."""
    rng = np.random.default_rng(seed)
    pairs = []
    for at in range(rows):
        name = f"P{at}"
        price = float(rng.lognormal(2, 1))
        cost = None if rng.random() < 0.1 else price * float(rng.uniform(0, 1.2))
        own = Override(lift=float(rng.uniform(-0.5, 2)), why="our own view") if rng.random() < 0.25 else None
        frozen = prediction(
            name, own, price=price, cost=cost, baseline=float(rng.lognormal(6, 1)), lift=float(rng.uniform(-0.4, 2)),
            discount=float(rng.choice([0, 0.1, 0.25, 0.5])), funding=float(rng.choice([0, 0.5, 1])),
            redemption=float(rng.choice([1, 0.3])), fixed=float(rng.choice([0, 250])), adjustment=float(rng.normal(0, 0.2)),
            mechanic=str(rng.choice(["Coupon", "Display", "coupon"])), category=str(rng.choice(["Tea", "Coffee"])),
            data_cut=date(2026, 3, 5) if rng.random() < 0.1 else date(2026, 2, 15), naive=float(rng.uniform(-0.2, 1)),
        )  # fmt: skip
        if rng.random() < 0.15:
            pairs.append((entry(frozen, Status.COMMITTED), Actual(name, False, "too early: its last day is after 2026-02-28, up to which sales are known")))
            continue
        baseline, lift = float(rng.lognormal(6, 1)), float(rng.uniform(-0.6, 2))
        figures = {
            "baseline_units": baseline, "lift": lift, "units": baseline * (1 + lift),
            "list_price": None if rng.random() < 0.05 else price * float(rng.uniform(0.9, 1.1)),
            "discount": float(rng.uniform(0, 0.5)), "unit_cost": None if cost is None else cost * float(rng.uniform(0.9, 1.2)),
            "funding_share": float(rng.choice([0, 0.5])), "fixed_cost": float(rng.choice([0, 300])),
            "redemption_share": float(rng.choice([1, 0.4])), "unit_adjustment": float(rng.normal(0, 0.2)),
        }  # fmt: skip
        note = "measured on 6 of 7 days; the rest has no sales row" if at % 5 == 0 else ""
        pairs.append((entry(frozen), Actual(name, True, note, figures, "sales history: units and baseline")))
    found = compare(pairs, CLIENT)
    return found, tracking([one for one, _ in pairs], _events(pairs), found.rows)


def _events(pairs: list[tuple[Entry, Actual]]) -> list[Event]:
    at = [f"2026-02-{day:02d}T09:00:00Z" for day in (2, 9, 23)]
    return [Event(one.promotion_id, 1, 1, at[n % 3], "ann", Status.DRAFT, "", "", None) for n, (one, _) in enumerate(pairs)]
