"""Predictions made by hand for tests of the plan log: what is frozen needs no model to be kept, decided and measured."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from scorer.economics.promotion import outcome
from scorer.planning.log.book import Frozen, Signature
from scorer.planning.log.freeze import MONEY, overridden, used_terms
from scorer.planning.log.overrides import Override

START = date(2026, 3, 2)


def signed(who: str = "ann", at: str = "2026-02-20T09:00:00Z", why: str = "agreed", run: str = "run-1") -> Signature:
    return Signature(who, at, why, run)


def prediction(promotion: str = "P1", own: Override | None = None, **said: Any) -> Frozen:
    """A frozen prediction: 1,000 units of baseline in a week, lift 50 % [30 %, 70 %], price 10, 20 % off, cost 5, fixed 100.

    ``said`` replaces any of its plain figures; ``input_hash`` tells inputs apart.
    """
    start = said.get("start_date", START)
    days = said.get("days", 7)
    inputs = {
        "promotion_id": promotion,
        "product_category": said.get("category", "Tea"),
        "product_subcategory": None,
        "product": None,
        "region": said.get("region", "North"),
        "store": None,
        "promotion_type": said.get("mechanic", "Coupon"),
        "discount_percentage": said.get("discount", 0.2),
        "start_date": start.isoformat(),
        "end_date": (start + timedelta(days=days - 1)).isoformat(),
        "duration_days": float(days),
        "own": {},
    }
    lift = said.get("lift", 0.5)
    figures: dict[str, Any] = {
        "baseline_units": said.get("baseline", 1000.0),
        "lift_low": said.get("low", lift - 0.2),
        "lift_expected": lift,
        "lift_high": said.get("high", lift + 0.2),
        "naive_lift": said.get("naive", 0.3),
        "used_list_price": said.get("price", 10.0),
        "used_unit_cost": said.get("cost", 5.0),
        "used_funding_share": said.get("funding", 0.0),
        "used_fixed_cost": said.get("fixed", 100.0),
        "used_redemption_share": said.get("redemption", 1.0),
        "used_unit_adjustment": said.get("adjustment", 0.0),
        "verdict": "GO",
    }
    known = {name: float("nan") if figures[name] is None else figures[name] for name in ("baseline_units", "lift_expected")}
    money = outcome(used_terms(figures, inputs), *known.values())
    figures |= {name: _none(getattr(money, part)) for name, part in MONEY.items()}
    return Frozen(
        promotion_id=promotion,
        start_date=start,
        end_date=start + timedelta(days=days - 1),
        input_hash=said.get("input_hash", "0" * 16),
        inputs=inputs,
        figures=figures,
        override=None if own is None else overridden(own, inputs, figures),
        interval=said.get("interval", 0.8),
        currency="EUR",
        model_version=said.get("model_version", "20260201T000000Z-00000000"),
        data_cut=said.get("data_cut", date(2026, 2, 15)),
        product_version="0.1.0",
        settings_hash="aaaaaaaaaaaa",
        source="list.csv",
        source_hash="bbbbbbbbbbbb",
    )


def _none(value: float) -> float | None:
    return None if value != value else float(value)
