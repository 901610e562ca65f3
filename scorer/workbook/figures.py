"""What the formulas must come to, worked out by the engine: the values a fresh workbook carries."""

from __future__ import annotations

from typing import Any

import numpy as np

from scorer.columns import Array, Columns, Floats
from scorer.economics.amounts import known
from scorer.economics.break_even import ROUNDING, contribution_per_extra_unit
from scorer.economics.promotion import (
    Terms,
    break_even_lift,
    contra_revenue,
    interval,
    outcome,
    return_on,
)
from scorer.economics.terms import align
from scorer.economics.verdict import Thresholds, Verdict, judge


def money(terms: Terms, baseline: Array, low: Array, expected: Array, high: Array, lift: Array) -> Columns:
    """Every amount of ROI and What-if for these promotions, NaN where it is not available.

    lift: the lift of the chosen scenario; baseline in units; lifts as ratios; amounts in currency.
    """
    terms, (baseline, low, expected, high, lift) = align(terms, baseline, low, expected, high, lift)
    at, contra = outcome(terms, baseline, lift), contra_revenue(terms, baseline, lift)
    ends = interval(terms, baseline, low, high)
    at_low, at_expected, at_high = (outcome(terms, baseline, case) for case in (low, expected, high))
    needed = break_even_lift(terms, baseline)
    figures: dict[str, Any] = {
        "lift": lift,
        "incremental_units": at.incremental_units,
        "units": at.units,
        "incremental_list_sales": at.incremental_list_sales,
        "incremental_margin": at.incremental_margin,
        "side_effects": at.adjustment,
        "discount_given": at.discount_cost,
        "partner_pays": contra.partner_funding,
        "promotion_cost": at.promotion_cost,
        "net_sales": at.net_sales,
        "profit": at.profit,
        "roi": at.roi,
        "incremental_net_sales": contra.incremental_net_sales,
        "goods_cost": contra.incremental_goods_cost,
        "profit_b": contra.profit,
        "roi_b": contra.roi,
        "profit_low": ends.profit_low,
        "profit_expected": at_expected.profit,
        "profit_high": ends.profit_high,
        "roi_low": ends.roi_low,
        "roi_expected": at_expected.roi,
        "roi_high": ends.roi_high,
        "break_even_lift": needed,
        "headroom": expected - needed,
        "sales_multiple": at.sales_multiple,
        "cost_at_zero": outcome(terms, baseline, 0.0).promotion_cost,
        "contribution": contribution_per_extra_unit(terms),
        "cost_at_low": at_low.promotion_cost,
        "cost_at_expected": at_expected.promotion_cost,
        "cost_at_high": at_high.promotion_cost,
        "profit_at_low": at_low.profit,
        "profit_at_high": at_high.profit,
        "roi_at_low": at_low.roi,
        "roi_at_high": at_high.roi,
    }
    figures |= _flags(terms, baseline, low, expected, high)
    columns = {name: np.atleast_1d(known(values)) for name, values in figures.items()}
    # the line of profit is drawn where there is a lift to put into it
    for flagged, names in (("has_sales", ("cost_at_zero",)), ("has_profit", ("contribution", "break_even_lift", "headroom"))):
        for name in names:
            columns[name] = np.where(columns[flagged] == 1, columns[name], np.nan)
    columns["no_contribution"] = np.where(columns["has_profit"] == 1, _rounding(terms), np.nan)
    columns["slope_sign"] = np.where(columns["has_profit"] == 1, (baseline > 0) * np.sign(columns["contribution"]), 0.0)
    columns["solvable"] = flag(columns["slope_sign"] == 1)
    columns["has_multiple"] = flag(~np.isnan(columns["sales_multiple"]))
    return columns


def _rounding(terms: Terms) -> Floats:
    size = np.abs(known(terms.list_price)) + np.abs(known(terms.unit_cost)) + np.abs(known(terms.unit_adjustment))
    return np.asarray(ROUNDING * size)


def _flags(terms: Terms, baseline: Array, *lifts: Array) -> dict[str, Floats]:
    volume = _all_known(baseline, *lifts)
    sales = volume & _all_known(terms.list_price, terms.discount, terms.funding_share, terms.fixed_cost, terms.redemption_share)
    profit = sales & _all_known(terms.unit_cost, terms.unit_adjustment)
    return {"has_volume": flag(volume), "has_sales": flag(sales), "has_profit": flag(profit)}


def verdicts(figures: Columns, chance: Array, can_be_judged: Array, remedy: Array, lines: Thresholds) -> Columns:
    """The verdict's workings: can be judged, hurdle met, is a GO, number of the verdict, label."""
    free = known(figures["cost_at_expected"]) == 0
    labels = judge(
        chance,
        figures["profit_expected"],
        figures["roi_expected"],
        can_be_judged == 1,
        True,
        remedy == 1,
        lines,
        costs_nothing=free,
    )
    money_known = _all_known(chance, figures["profit_expected"]) & (~np.isnan(figures["roi_expected"]) | free)
    worth = np.isnan(figures["roi_expected"]) | (figures["roi_expected"] >= lines.hurdle_roi)
    labels = np.atleast_1d(np.asarray(labels, dtype=object))
    return {
        "judgeable": flag(money_known & (can_be_judged == 1)),
        "hurdle_met": flag(worth),
        "go": flag(labels == Verdict.GO.label),
        "remedy": remedy,
        "label": labels,
    }


def highest(profit: Floats) -> int | None:
    """The place of the highest profit, gain or loss, counted from 0; None where none is known.

    >>> highest(np.array([np.nan, -3.0, 2.0]))
    2
    """
    return None if np.isnan(profit).all() else int(np.nanargmax(profit))


def total_return(profit: Floats, cost: Floats, counted: Array) -> float:
    """The return of a total: sum over sum, of the rows that count; NaN where nothing is spent."""
    return float(return_on(profit[counted].sum(), cost[counted].sum()))


def flag(condition: Any) -> Floats:
    """1 where true, 0 where not."""
    return np.asarray(condition, dtype=np.float64)


def _all_known(*amounts: Any) -> Any:
    return ~np.logical_or.reduce(np.broadcast_arrays(*(np.isnan(known(amount)) for amount in amounts)))
