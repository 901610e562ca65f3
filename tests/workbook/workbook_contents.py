"""Scored content for workbook tests, worked out by the engine from random but repeatable plans."""

from __future__ import annotations

from typing import Any

import numpy as np

from scorer.columns import Columns, length, stack, take, text
from scorer.economics.break_even import break_even_lift, headroom, probability_of_profit
from scorer.economics.promotion import Terms, interval, outcome
from scorer.economics.verdict import Thresholds, judge
from scorer.settings import Client, Money, Verdicts
from scorer.workbook import Card, Content, Run

CATEGORIES = {"Beverages": "Juice", "Snacks": "Crisps", "Dairy": "Yoghurt"}
REGIONS = ("North", "South", "West")
TYPES = ("Price cut", "Coupon", "Multi-buy")
SPREAD = 0.25
CUT = np.datetime64("2025-12-31")


def client(**money: Any) -> Client:
    return Client(client="demo", name="Demo retailer", money=Money(**money), verdict=Verdicts(hurdle_roi=0.05))


def plan(rows: int, seed: int = 7, wild: bool = False) -> Columns:
    """Plan rows; wild ones roam over every corner the contract allows, missing prices and costs included."""
    rng = np.random.default_rng(seed)
    category = rng.choice(list(CATEGORIES), rows)
    days = rng.integers(3, 29, rows)
    start = CUT + rng.integers(20, 120, rows)
    price = np.round(rng.uniform(0.5, 40, rows), 2)
    margin = rng.uniform(0.1, 0.7, rows)
    columns: Columns = {
        "promotion_id": text(f"U{row:04d}" for row in range(1, rows + 1)),
        "product_category": text(category),
        "product_subcategory": text(CATEGORIES[name] for name in category),
        "region": text(rng.choice(REGIONS, rows)),
        "promotion_type": text(rng.choice(TYPES, rows)),
        "discount_percentage": np.round(rng.choice([0.1, 0.15, 0.2, 0.25, 0.3, 0.4], rows), 2),
        "start_date": start,
        "end_date": start + (days - 1),
        "leaflet_week": text(f"week {1 + row % 52}" for row in range(rows)),
        "list_price": price,
        "unit_cost": np.round(price * (1 - margin), 2),
        "funding_share": np.round(rng.choice([np.nan, 0, 0.3, 0.5], rows), 2),
        "fixed_cost": rng.choice([np.nan, 0, 250, 1200], rows),
        "redemption_share": rng.choice([np.nan, 1, 0.4], rows),
        "unit_adjustment": np.round(rng.choice([0, 0, -0.2, 0.1], rows), 2),
        "baseline_override": np.where(rng.random(rows) < 0.1, np.round(rng.uniform(5, 300, rows), 1), np.nan),
    }
    return columns | (_wild(rng, rows) if wild else {})


def _wild(rng: np.random.Generator, rows: int) -> Columns:
    def missing(values: Any, share: float) -> Any:
        return np.where(rng.random(rows) < share, np.nan, values)

    price = rng.lognormal(2, 1.5, rows)
    return {
        "discount_percentage": rng.choice([0, 0.05, 0.333, 0.5, 1, *rng.random(5)], rows),
        "list_price": missing(price, 0.05),
        "unit_cost": missing(price * rng.uniform(0, 1.3, rows), 0.15),
        "funding_share": missing(rng.choice([0, 1, *rng.random(4)], rows), 0.2),
        "fixed_cost": missing(rng.choice([0, 1e6, *rng.lognormal(6, 2, 4)], rows), 0.2),
        "redemption_share": missing(rng.choice([0, 1, *rng.random(4)], rows), 0.2),
        "unit_adjustment": rng.choice([0, *rng.normal(0, 1, 4)], rows),
    }


def used_terms(plan: Columns, settings: Client) -> Terms:
    """The terms in use: the row's own, else the settings'."""
    money = settings.money
    margin = np.nan if money.margin_rate is None else money.margin_rate

    def own(name: str, other: Any) -> Any:
        return np.where(np.isnan(plan[name]), other, plan[name])

    price = plan["list_price"]
    return Terms(
        price,
        own("unit_cost", price * (1 - margin)),
        plan["discount_percentage"],
        own("funding_share", money.funding_share),
        own("fixed_cost", money.fixed_cost),
        own("redemption_share", money.redemption_share),
        unit_adjustment=plan["unit_adjustment"],
    )


def scored(plan: Columns, settings: Client, seed: int = 7, wild: bool = False) -> Columns:
    """Score a plan with an invented lift and the real engine."""
    rng, rows = np.random.default_rng(seed + 1), length(plan)
    days = (plan["end_date"] - plan["start_date"]).astype(np.float64) + 1
    per_day = np.where(np.isnan(plan["baseline_override"]), np.round(rng.uniform(5, 400, rows), 2), plan["baseline_override"])
    centre = _lift(plan["discount_percentage"], rng.normal(0, 0.2 if not wild else 1.0, rows))
    low, high = centre - SPREAD, centre + SPREAD * 1.2
    columns = _money(used_terms(plan, settings), per_day * days, low, centre, high)
    chance = columns["probability_of_profit"]
    in_support = plan["discount_percentage"] <= 0.6
    verdict = judge(
        chance,
        columns["incremental_profit_expected"],
        columns["roi_expected"],
        True,
        in_support,
        _remedy(columns),
        Thresholds(settings.verdict.minimum_probability_of_profit, settings.verdict.hurdle_roi),
        costs_nothing=columns["promotion_cost_expected"] == 0,
    )
    remedies = [
        "20.0 % discount would reach GO" if helps and word == "OPTIMISE" else None
        for helps, word in zip(_remedy(columns), verdict, strict=True)
    ]
    drop = ("unit_adjustment",)
    return {name: cells for name, cells in plan.items() if name not in drop} | columns | {
        "success_probability": np.clip(0.5 + centre, 0.02, 0.98),
        "lift_low": low,
        "lift_expected": centre,
        "lift_high": high,
        "baseline_units_per_day": per_day,
        "baseline_units": per_day * days,
        "baseline_method": text(np.where(np.isnan(plan["baseline_override"]), "item", "override")),
        "baseline_observations": rng.integers(3, 9, rows),
        "verdict": text(verdict),
        "remedy": text(remedies),
        "reasons": text(["Depth of the discount +1,240 EUR; recent promotion -420 EUR"] * rows),
        "flags": text(["outside what was seen: discount" if not seen else None for seen in in_support]),
        "money_sources": text(["price: plan; cost: plan"] * rows),
        "model_version": text(["20260102T090000Z-3f9c1a"] * rows),
        "data_cut": np.full(rows, CUT),
        "input_hash": text(f"{row * 7919:08x}" for row in range(rows)),
    }  # fmt: skip


def _lift(depth: Any, noise: Any) -> Any:
    return np.round(np.expm1(2.2 * depth + noise) * 0.9, 6)


def _remedy(columns: Columns) -> Any:
    return (columns["headroom"] > -0.2) & (columns["probability_of_profit"] < 0.8)


def _money(terms: Terms, baseline: Any, low: Any, expected: Any, high: Any) -> Columns:
    ends, middle = interval(terms, baseline, low, high), outcome(terms, baseline, expected)
    at_low, at_high = outcome(terms, baseline, low), outcome(terms, baseline, high)

    def exceeds(lift: Any) -> Any:
        return np.clip((high - lift) / (high - low), 0, 1)

    used = {f"used_{name}": value for name, value in terms._asdict().items() if name not in ("discount", "fixed_adjustment")}
    return used | {
        "incremental_revenue_expected": middle.incremental_net_sales,
        "promotion_cost_low": at_low.promotion_cost,
        "promotion_cost_expected": middle.promotion_cost,
        "promotion_cost_high": at_high.promotion_cost,
        "incremental_profit_low": ends.profit_low,
        "incremental_profit_expected": middle.profit,
        "incremental_profit_high": ends.profit_high,
        "roi_low": ends.roi_low,
        "roi_expected": middle.roi,
        "roi_high": ends.roi_high,
        "probability_of_profit": probability_of_profit(terms, baseline, exceeds),
        "break_even_lift": break_even_lift(terms, baseline),
        "headroom": headroom(terms, baseline, expected),
        "sales_multiple": middle.sales_multiple,
    }  # fmt: skip


def ladder(plan: Columns, scored_plan: Columns, steps: tuple[float, ...] = (0.1, 0.15, 0.2, 0.25, 0.3)) -> Columns:
    """The invented lift of every promotion at every step."""
    noise = np.log1p(scored_plan["lift_expected"] / 0.9) - 2.2 * plan["discount_percentage"]
    tables = []
    for step in steps:
        centre = _lift(step, np.nan_to_num(noise))
        tables.append(
            {
                "promotion_id": plan["promotion_id"],
                "discount_percentage": np.full(length(plan), step),
                "success_probability": np.clip(0.5 + centre, 0.02, 0.98),
                "lift_low": centre - SPREAD,
                "lift_expected": centre,
                "lift_high": centre + SPREAD * 1.2,
            }
        )
    whole = stack(tables)
    return take(whole, np.lexsort((whole["discount_percentage"], whole["promotion_id"].astype(str))))


def rejects(rows: int = 3) -> Columns:
    reasons = ("the last day lies before the first", "the discount is no number", "the first day is missing")
    return {
        "promotion_id": text(f"X{row}" for row in range(rows)),
        "file": text(["upcoming.csv"] * rows),
        "line": np.arange(rows) + 60,
        "column": text(["end_date", "discount_percentage", "start_date"][row % 3] for row in range(rows)),
        "reason": text(reasons[row % 3] for row in range(rows)),
        "text": text(["2026-01-15", "=1+1", None][row % 3] for row in range(rows)),
    }


def card() -> Card:
    measures = {
        "R² of log lift": (
            0.31,
            0.12,
            -0.01,
            "Share of the ups and downs of lift that is foretold; 1 is all",
        ),
        "Mean error of log lift": (0.18, 0.24, 0.29, "How far the foretold lift is off, on average"),
        "AUC of profit": (
            0.74,
            0.63,
            0.50,
            "Chance that a profitable promotion is ranked above a losing one",
        ),
        "Coverage of the 80 % interval": (
            0.81,
            None,
            0.79,
            "Share of promotions that fell into their interval",
        ),
    }
    return Card(
        model_version="20260102T090000Z-3f9c1a",
        data_cut=CUT,
        trained_rows=1874,
        events=412,
        evidence=True,
        evidence_sentence="On later promotions the model errs a quarter less than the simple rule.",
        skill={
            "measure": text(measures),
            **{
                name: np.array([row[at] for row in measures.values()], dtype=np.float64)
                for at, name in enumerate(("model", "simple_rule", "placebo"))
            },
            "meaning": text(row[3] for row in measures.values()),
        },
        support={
            "what": text(["Discount", "Length"]),
            "low": np.array([0.05, 1.0]),
            "high": np.array([0.6, 28.0]),
            "unit": text(["of list price", "days"]),
        },
        limits=(
            "It has seen promotions, not experiments: what came with deep discounts is part of their lift.",
            "It knows nothing of competitors, weather or empty shelves after the data cut.",
            "Beyond the ranges above it says so and gives no GO.",
        ),
    )  # fmt: skip


def content(rows: int = 24, seed: int = 7, settings: Client | None = None, wild: bool = False, refused: int = 3) -> Content:
    """A whole content; the same arguments give the same content."""
    settings = settings or client(margin_rate=None, fixed_cost=100.0)
    planned = plan(rows, seed, wild)
    table = scored(planned, settings, seed, wild)
    refusals = rejects(refused) if refused else {}
    choices = {
        "product_category": sorted(CATEGORIES),
        "product_subcategory": sorted(CATEGORIES.values()),
        "region": list(REGIONS),
        "promotion_type": list(TYPES),
    }
    run = Run(
        "20260105T101500Z-demo",
        "2026-01-05T10:15:00Z",
        "Commercial planning",
        "0.1.0",
        "9f31c2",
        "upcoming.csv",
        rows + refused + 1,
        1,
    )
    return Content(settings, table, refusals, ladder(planned, table), card(), choices, run)


def with_missing_cost(rows: int = 24, every: int = 7) -> Content:
    """Content in which every seventh promotion has no unit cost and no margin rate to fall back on."""
    settings = client(margin_rate=None, fixed_cost=100.0)
    planned = plan(rows)
    planned["unit_cost"] = np.where(np.arange(rows) % every == every - 1, np.nan, planned["unit_cost"])
    table = scored(planned, settings)
    return content(rows)._replace(scored=table, ladder=ladder(planned, table))


def terms_of(content: Content) -> Terms:
    """The terms every figure of a content rests on."""
    used = content.scored
    return Terms(
        used["used_list_price"],
        used["used_unit_cost"],
        used["discount_percentage"],
        used["used_funding_share"],
        used["used_fixed_cost"],
        used["used_redemption_share"],
        unit_adjustment=used["used_unit_adjustment"],
    )


def row_terms(content: Content, row: int) -> Terms:
    """The terms of one promotion."""
    return Terms(*(float(np.asarray(term)[row]) if np.ndim(term) else term for term in terms_of(content)))
