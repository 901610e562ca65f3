"""Scored content for workbook tests, worked out by the engine from random but repeatable plans."""

from __future__ import annotations

from typing import Any

import numpy as np

from scorer.answer import as_unit_lift
from scorer.columns import Columns, length, text
from scorer.economics.break_even import break_even_lift, headroom, probability_of_profit
from scorer.economics.lift_basis import net_value_lift_from_unit_lift
from scorer.economics.promotion import Terms, interval, outcome
from scorer.economics.verdict import Thresholds, judge
from scorer.estimators.distribution import Shape, shape_of
from scorer.estimators.promotion_lift import Lift
from scorer.planning.ladder import SPAN, Ladder, Measured, read
from scorer.settings import Client, Money, Verdicts
from scorer.workbook import Card, Content, Run

CATEGORIES = {"Beverages": "Juice", "Snacks": "Crisps", "Dairy": "Yoghurt"}
REGIONS = ("North", "South", "West")
TYPES = ("Price cut", "Coupon", "Multi-buy")
DISCOUNTS = np.array([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6])
LENGTHS = np.arange(3.0, 29.0)
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


def shape() -> Shape:
    """The errors of an invented model: skewed, as real ones are."""
    errors = np.random.default_rng(3).gamma(4, 0.5, 400)
    return shape_of((errors - errors.mean()) / errors.std())


def forecast(plan: Columns, seed: int, wild: bool, depth: Any = None, days: Any = None) -> Lift:
    """An invented forecast of log lift: more with the discount, less with the length; its scale grows with the length."""
    rng, rows = np.random.default_rng(seed + 1), length(plan)
    noise, scale = rng.normal(-0.1, 0.2 if not wild else 1.0, rows), rng.uniform(0.1, 0.5, rows)
    depth = plan["discount_percentage"] if depth is None else depth
    days = own_days(plan) if days is None else days
    return Lift(2.2 * depth + noise - 0.01 * (days - 7), scale * (1 + 0.002 * days), shape())


def own_days(plan: Columns) -> Any:
    return (plan["end_date"] - plan["start_date"]).astype(np.float64) + 1


def per_day(plan: Columns, seed: int, days: Any = None) -> Any:
    """The invented baseline a day; one of the plan itself is used as it is."""
    usual = np.round(np.random.default_rng(seed + 2).uniform(5, 400, length(plan)), 2)
    days = own_days(plan) if days is None else days
    return np.where(np.isnan(plan["baseline_override"]), usual * (1 + 0.003 * days), plan["baseline_override"])


def inside(plan: Columns) -> Any:
    """Whether discount and length lie within what was learnt."""
    depth, days = plan["discount_percentage"], own_days(plan)
    return (depth >= DISCOUNTS[0]) & (depth <= DISCOUNTS[-1]) & (days >= LENGTHS[0]) & (days <= LENGTHS[-1])


def scored(plan: Columns, settings: Client, seed: int = 7, wild: bool = False, in_units: bool = True) -> Columns:
    """Score a plan with an invented forecast and the real engine."""
    rng, rows = np.random.default_rng(seed + 1), length(plan)
    made, terms = forecast(plan, seed, wild), used_terms(plan, settings)
    each = per_day(plan, seed)
    low, expected, high = (as_unit_lift(end, terms, in_units) for end in (made.quantile(0.1), made.expected, made.quantile(0.9)))
    columns = _money(terms, each * own_days(plan), low, expected, high, chance_above(made, terms, in_units))
    verdict = judge(
        columns["probability_of_profit"],
        columns["incremental_profit_expected"],
        columns["roi_expected"],
        True,
        inside(plan),
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
        "success_probability": made.chance_above(np.zeros(rows)),
        "lift_low": low,
        "lift_expected": expected,
        "lift_high": high,
        "baseline_units_per_day": each,
        "baseline_units": each * own_days(plan),
        "baseline_method": text(np.where(np.isnan(plan["baseline_override"]), "item", "override")),
        "baseline_observations": rng.integers(3, 9, rows),
        "verdict": text(verdict),
        "remedy": text(remedies),
        "reasons": text(["Depth of the discount +1,240 EUR; recent promotion -420 EUR"] * rows),
        "flags": text(["outside what was seen: discount" if not seen else None for seen in inside(plan)]),
        "money_sources": text(["price: plan; cost: plan"] * rows),
        "model_version": text(["20260102T090000Z-3f9c1a"] * rows),
        "data_cut": np.full(rows, CUT),
        "input_hash": text(f"{row * 7919:08x}" for row in range(rows)),
    }  # fmt: skip


def chance_above(made: Lift, terms: Terms, in_units: bool) -> Any:
    """P(lift > x) of a forecast, x in units."""

    def above(lift: Any) -> Any:
        if in_units:
            return made.chance_above(lift)
        return made.chance_above(np.asarray(net_value_lift_from_unit_lift(lift, terms.discount, terms.redemption_share)))

    return above


def _remedy(columns: Columns) -> Any:
    return (columns["headroom"] > -0.2) & (columns["probability_of_profit"] < 0.8)


def _money(terms: Terms, baseline: Any, low: Any, expected: Any, high: Any, exceeds: Any) -> Columns:
    ends, middle = interval(terms, baseline, low, high), outcome(terms, baseline, expected)
    at_low, at_high = outcome(terms, baseline, low), outcome(terms, baseline, high)

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


def ladder(
    plan: Columns, scored_plan: Columns, seed: int = 7, wild: bool = False, in_units: bool = True, classifier: bool = False
) -> Ladder:
    """The invented answer to every promotion at every discount and length; straight lines lie between them."""
    rows = length(plan)
    lines, count = np.repeat(np.arange(rows), len(LENGTHS)), rows * len(LENGTHS)
    days = np.tile(LENGTHS, rows)

    def every(depth: float) -> Lift:
        each = [forecast(plan, seed, wild, depth, length_) for length_ in LENGTHS]
        return Lift(np.array([one.centre for one in each]).T.ravel(), np.array([one.scale for one in each]).T.ravel(), shape())

    def factors(made: Lift) -> Columns:
        above = 1 + made.expected
        ends = {"low": (1 + made.quantile(0.1)) / above, "high": (1 + made.quantile(0.9)) / above}
        return {"scale": made.scale, "median": np.exp(made.centre) / above} | ends

    grid = [every(depth) for depth in DISCOUNTS.tolist()]
    own = forecast(plan, seed, wild)
    table = {
        "place": lines + 1.0,
        "promotion_id": plan["promotion_id"][lines],
        "duration_days": days,
        "key": (lines + 1) * SPAN + days,
        "baseline_units_per_day": np.array([per_day(plan, seed, day) for day in LENGTHS]).T.ravel(),
        "inside": np.ones(count),
    } | factors(grid[0])
    made = Ladder(
        in_units=in_units,
        shape=shape(),
        discount=(float(DISCOUNTS[0]), float(DISCOUNTS[-1])),
        duration=(float(LENGTHS[0]), float(LENGTHS[-1])),
        discounts=DISCOUNTS,
        rows=table,
        lift=np.column_stack([made.expected for made in grid]),
        success=np.column_stack([made.chance_above(np.zeros(count)) for made in grid]) if classifier else None,
        own={"place": np.arange(rows) + 1.0, "lift": own.expected, "inside": inside(plan) * 1.0,
             "success": scored_plan["success_probability"]} | factors(own),
        measured=Measured(0, 0.0, 0.0, 0.0),
    )  # fmt: skip
    off = np.abs(read(made, made.own["place"], plan["discount_percentage"], own_days(plan)).lift - own.expected)
    gap = float(np.nanmax(off, initial=0.0))
    return made._replace(measured=Measured(rows, 0.0 if gap < 1e-12 else gap, 0.0, 0.0))


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


def content(
    rows: int = 24,
    seed: int = 7,
    settings: Client | None = None,
    wild: bool = False,
    refused: int = 3,
    in_units: bool = True,
    classifier: bool = False,
) -> Content:
    """A whole content; the same arguments give the same content."""
    settings = settings or client(margin_rate=None, fixed_cost=100.0)
    planned = plan(rows, seed, wild)
    table = scored(planned, settings, seed, wild, in_units)
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
    return Content(settings, table, refusals, ladder(planned, table, seed, wild, in_units, classifier), card(), choices, run)


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
