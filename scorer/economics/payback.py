"""When a promotion has paid for itself, week by week, the dip after it included.

Weeks are counted from the first day in steps of seven days. The money of a promotion falls into them as follows:

    its fixed cost                                  in week 1
    margin, discount and other side effects         evenly over its days
    units pulled forward: −s·ΔQ·m·P                 evenly over the days of the dip, which begins the day after its last

with s the share of incremental units that would have been bought later, ΔQ incremental units and m·P the margin of one.
The weeks add up to the profit Π of `outcome`: the dip is part of the adjustment A already, here it only gets its date.
"""

from typing import NamedTuple

import numpy as np

from scorer.economics.amounts import Amount, Array, known, plain
from scorer.economics.terms import Terms, align, our_discount, unit_margin

__all__ = ["WeeklyProfile", "payback", "payback_words", "weekly_profile", "weeks_needed"]

ROUNDING = 1e-12
"""A shortfall smaller than this part of the money moved so far is the rounding of an exact zero."""
DAYS_OF_A_WEEK = 7


class WeeklyProfile(NamedTuple):
    """The money of promotions by week: currency, one row per promotion, weeks along the last axis; costs are positive."""

    promotion_days: Array
    """Days of the week on which the promotion runs."""
    dip_days: Array
    """Days of the week on which units pulled forward are missing."""
    margin: Array
    """Incremental margin, before any cost."""
    discount: Array
    """The part of the discount nobody refunds us."""
    other_effects: Array
    """Cannibalisation, halo and other side effects: everything of A but the units pulled forward."""
    fixed_cost: Array
    dip: Array
    """Margin of the units pulled forward, positive where it is missing."""
    contribution: Array
    """margin + other_effects − discount − fixed_cost − dip; NaN where a figure is missing."""
    cumulative: Array


def weekly_profile(
    terms: Terms,
    baseline_units: Amount,
    unit_lift: Amount,
    days: Amount,
    pulled_forward_share: Amount = 0.0,
    dip_weeks: int = 4,
    weeks: int | None = None,
) -> WeeklyProfile:
    """Spread the profit of promotions over their weeks and those of the dip.

    baseline_units: over the promotion's days. days: its length, at least 1. pulled_forward_share: the part of
    terms.unit_adjustment that is lost later, as a share of incremental units. weeks: how many are shown; left out, as many
    as the longest promotion and its dip need. Fewer than that cut off the end.

    >>> terms = Terms(list_price=10, unit_cost=4, discount=0.15, fixed_cost=2_000, unit_adjustment=-0.2 * 6)
    >>> profile = weekly_profile(terms, 5_000, 0.60, days=14, pulled_forward_share=0.2, dip_weeks=2)
    >>> profile.contribution.round(6).tolist()
    [[1000.0, 3000.0, -1800.0, -1800.0]]
    >>> profile.cumulative.round(6).tolist()
    [[1000.0, 4000.0, 2200.0, 400.0]]
    """
    terms, amounts = align(terms, baseline_units, unit_lift, days, pulled_forward_share)
    baseline, lift, length, share = (np.atleast_1d(amount)[..., None] for amount in amounts)
    terms = Terms(*(np.atleast_1d(known(term))[..., None] for term in terms))
    end = DAYS_OF_A_WEEK * np.arange(1.0, (weeks or weeks_needed(length, dip_weeks)) + 1)
    promotion_days = _by_week(np.minimum(length, end))
    dip_days = _by_week(np.clip(end - length, 0.0, DAYS_OF_A_WEEK * dip_weeks))
    part, dip_part = promotion_days / length, dip_days / (DAYS_OF_A_WEEK * dip_weeks)
    extra, margin = baseline * lift, known(unit_margin(terms))
    pulled = np.where(share == 0, 0.0, share * extra * margin)
    given = known(our_discount(terms)) * terms.list_price * (terms.redemption_share * baseline + extra)
    effects = terms.fixed_adjustment + terms.unit_adjustment * extra + pulled
    first = np.where(end == DAYS_OF_A_WEEK, 1.0, 0.0)
    money = (part * extra * margin, part * given, part * effects, first * terms.fixed_cost, dip_part * pulled)
    earned, discount, other, fixed, dip = money
    contribution = earned + other - discount - fixed - dip
    return WeeklyProfile(promotion_days, dip_days, *money, contribution, np.asarray(contribution.cumsum(axis=-1)))


def weeks_needed(days: Amount, dip_weeks: int) -> int:
    """How many weeks the longest promotion and its dip reach into.

    >>> weeks_needed(10, dip_weeks=4)
    6
    """
    longest = float(np.nanmax(known(days))) if np.isfinite(known(days)).any() else 1.0
    return int(np.ceil(longest / DAYS_OF_A_WEEK)) + dip_weeks


def payback(contributions: Amount, *, lasting: bool = False) -> Amount:
    """The first period, counted from 1, whose cumulative incremental contribution is at least zero.

    contributions: currency per period along the last axis, all of them: costs in the period they fall due,
    the weeks of the promotion, and the dip afterwards (negative). A promotion may pay back and lose it
    again in the dip; with lasting the answer is the first period from which the total never falls below
    zero again. NaN where it never pays back, or where a missing period comes first.

    >>> payback([-2_000, 1_500, 1_500, -1_200, 400])
    3.0
    >>> payback([-2_000, 1_500, 1_500, -1_200, 400], lasting=True)
    5.0
    >>> payback([-2_000, 500, 500])
    nan
    """
    periods = np.atleast_1d(known(contributions))
    slack = ROUNDING * np.abs(periods).cumsum(axis=-1)
    paid = periods.cumsum(axis=-1) >= -slack
    if lasting:
        paid = np.logical_and.accumulate(paid[..., ::-1], axis=-1)[..., ::-1]
    if periods.shape[-1] == 0:
        return plain(np.full(periods.shape[:-1], np.nan))
    return plain(np.where(paid.any(axis=-1), paid.argmax(axis=-1) + 1.0, np.nan))


def payback_words(first: float, lasting: float, profit: float) -> str:
    """Say when a promotion pays back: first and lasting week as `payback` gives them, profit in currency.

    >>> payback_words(2.0, 2.0, 400.0), payback_words(1.0, 3.0, 50.0)
    ('pays back in week 2 and keeps it', 'pays back in week 1, falls below zero again, and for good in week 3')
    >>> payback_words(1.0, float("nan"), -20.0), payback_words(float("nan"), float("nan"), -20.0)
    ('pays back in week 1 and loses it again: never for good', 'never pays back')
    >>> payback_words(float("nan"), float("nan"), float("nan"))
    'not available'
    """
    if np.isnan(profit):
        return "not available"
    if np.isnan(first):
        return "never pays back"
    if np.isnan(lasting):
        return f"pays back in week {first:.0f} and loses it again: never for good"
    if first == lasting:
        return f"pays back in week {first:.0f} and keeps it"
    return f"pays back in week {first:.0f}, falls below zero again, and for good in week {lasting:.0f}"


def _by_week(so_far: Array) -> Array:
    return np.diff(so_far, axis=-1, prepend=0.0)
