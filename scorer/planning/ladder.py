"""The ladder of a list: what the model answers at a grid of discounts and lengths, so that a workbook can flex by itself.

Only the centre of the forecast moves with the discount. Its scale and the baseline move with the length alone, so
one number per knot (the expected lift) and a few per promotion and length say everything: the ends of the interval
are the expected lift times a factor, and any chance follows from the scale and the shape.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.answer import answer, as_unit_lift
from scorer.columns import DAY, Array, Columns, Floats, length, take
from scorer.contracts.exports import PLAN
from scorer.economics.break_even import ROUNDING, probability_of_profit
from scorer.economics.lift_basis import net_value_lift_from_unit_lift
from scorer.economics.promotion import Terms
from scorer.estimators.distribution import Shape
from scorer.estimators.promotion_lift import DISCOUNT, Lift
from scorer.features import with_features
from scorer.model import PromotionModel
from scorer.planning.knots import DURATION, grid_of
from scorer.scoring import answer_plan
from scorer.settings import Client
from scorer.support import check_support

SPAN = 1000.0
"""A row's key is place * SPAN + days: no promotion is longer than a year."""
SLACK = 1e-7
"""A discount this far outside counts as the end itself."""
SAMPLED, POINTS = 40, 8
"""How many promotions are tried off the knots, and at how many points each."""

PER_LENGTH = ("baseline_units_per_day", "scale", "median", "low", "high", "inside")


class Measured(NamedTuple):
    """How far the ladder is from the engine between its knots: the largest gaps over ``points`` points that were tried.

    lift: as a ratio (0.01 is one point); probability: of profit; baseline: relative.
    """

    points: int
    lift: float
    probability: float
    baseline: float


class Ladder(NamedTuple):
    """What the model answers for every row of a list at every knot.

    ``rows`` has one line per promotion and length, in the order of place (its row in the list, from 1) and days:
    place, promotion_id, duration_days, and per length baseline_units_per_day; scale of log lift; median, low and high:
    1 + that lift over 1 + the expected one; inside: everything but discount and length lies within what was learnt.
    ``lift`` is the expected lift, ratio, of shape (lines, discounts), in the model's own basis: units, or the amount
    paid where sales have no units. ``success`` has the same shape where a classifier gives that probability, else None.
    ``own`` has one line per promotion: the same figures at its planned discount and length, and the lift there.
    """

    in_units: bool
    shape: Shape
    discount: tuple[float, float]
    duration: tuple[float, float]
    discounts: Floats
    rows: Columns
    lift: Floats
    success: Floats | None
    own: Columns
    measured: Measured


def ladders(plan: Columns, model: PromotionModel, client: Client) -> Ladder:
    """Score every row of a plan at every knot, and measure how good the ladder is between them."""
    discounts, days = grid_of(model, client, plan["discount_percentage"])
    asked = _asked(plan, days)
    ladder = _scored(plan, asked, discounts, model, client)
    return ladder._replace(measured=_measured(plan, ladder, model, client))


class Between(NamedTuple):
    """Where values lie among knots: the knots at or below and above, counted from 0, and the share of the way up."""

    below: Array
    above: Array
    share: Floats


class At(NamedTuple):
    """The ladder read at one point per promotion; the workbook's formulas take the same steps.

    on: the point lies within what was learnt; else lines and steps are the first, and lift and success are NaN.
    lift: the expected one, as the model says it; below and above: at the two lengths it lies between.
    """

    on: Array
    held: Floats
    lines: Between
    steps: Between
    lift_below: Floats
    lift_above: Floats
    lift: Floats
    success_below: Floats
    success_above: Floats
    success: Floats
    per_length: Columns


def read(ladder: Ladder, place: Array, discount: Array, days: Array) -> At:
    """Read the ladder by straight lines between knots; place counts the rows of the list from 1."""
    place, discount, days = (np.asarray(values, dtype=np.float64) for values in np.broadcast_arrays(place, discount, days))
    (low, high), (short, long) = ladder.discount, ladder.duration
    on = (discount >= low - SLACK) & (discount <= high + SLACK) & (days >= short) & (days <= long) & (place > 0)
    lines = _between(ladder.rows["key"], np.where(on, place * SPAN + days, ladder.rows["key"][0]))
    held = np.where(on, np.clip(discount, low, high), low)
    steps = _between(ladder.discounts, held, ROUNDING)

    def along(below: Array, above: Array) -> Floats:
        return np.asarray(below + lines.share * (above - below))

    def within(grid: Floats | None) -> tuple[Floats, Floats, Floats]:
        if grid is None:
            return (np.full(len(on), np.nan),) * 3
        ends = [grid[row, steps.below] + steps.share * (grid[row, steps.above] - grid[row, steps.below]) for row in lines[:2]]
        return ends[0], ends[1], np.where(on, along(*ends), np.nan)

    rows = ladder.rows
    per_length = {name: along(rows[name][lines.below], rows[name][lines.above]) for name in PER_LENGTH}
    per_length["inside"] = rows["inside"][lines.below]
    lift, success = within(ladder.lift), within(ladder.success)
    return At(on, held, lines, steps, *lift, *success, per_length)


def success_of(ladder: Ladder, lift: Array, median: Array, scale: Array) -> Floats:
    """Return the chance that sales rise, from the one predictive distribution."""
    return ladder.shape.chance_above(_centre(lift, median), np.asarray(scale, dtype=np.float64), np.zeros(len(lift)))


def chance_of_profit(ladder: Ladder, lift: Array, median: Array, scale: Array, terms: Terms, baseline: Array) -> Floats:
    """Return P(profit > 0) for a lift in the model's basis, from the one predictive distribution."""
    forecast = Lift(_centre(lift, median), np.asarray(scale, dtype=np.float64), ladder.shape)

    def above(unit_lift: Array) -> Floats:
        if ladder.in_units:
            return forecast.chance_above(unit_lift)
        asked = net_value_lift_from_unit_lift(unit_lift, terms.discount, terms.redemption_share)
        return forecast.chance_above(np.asarray(asked, dtype=np.float64))

    chance = np.asarray(probability_of_profit(terms, baseline, above), dtype=np.float64)
    return np.where(np.isnan(lift), np.nan, chance)


def unit_lifts(ladder: Ladder, lift: Array, factors: Columns, terms: Terms) -> dict[str, Floats]:
    """Return the low, expected and high lift in units."""
    ends = {"low": (1 + lift) * factors["low"] - 1, "expected": lift, "high": (1 + lift) * factors["high"] - 1}
    return {end: as_unit_lift(np.asarray(value), terms, ladder.in_units) for end, value in ends.items()}


def _between(knots: Floats, values: Floats, rounding: float = 0.0) -> Between:
    below = np.clip(np.searchsorted(knots, values + rounding, side="right") - 1, 0, len(knots) - 1)
    above = np.minimum(below + (values > knots[below]), len(knots) - 1)
    gap = knots[above] - knots[below]
    share = np.where(gap > 0, (values - knots[below]) / np.where(gap > 0, gap, 1), 0.0)
    return Between(below, above, share)


def _centre(lift: Array, median: Array) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.log((1 + lift) * median))


def _asked(plan: Columns, days: Floats) -> Columns:
    """Return one plan row per promotion and length, its own among them, and the row's place in the list."""
    own = plan[DURATION]
    lengths = [np.unique(np.append(days, one)) if one == one else days for one in own.tolist()]
    row = np.repeat(np.arange(len(own)), [len(some) for some in lengths])
    asked = take({name: plan[name] for name in PLAN.names}, row)
    asked[DURATION] = np.concatenate(lengths)
    asked["end_date"] = asked["start_date"] + (asked[DURATION].astype(np.int64) - 1) * DAY
    # campaigns that overlap are looked up anew for the new days, unless the plan itself gave their number
    return asked | {"given_campaigns": asked["num_overlapping_campaigns"], "place": row + 1.0}


def _scored(plan: Columns, asked: Columns, discounts: Floats, model: PromotionModel, client: Client) -> Ladder:
    """Score the grid; lengths that reach beyond the calendar of the model stay NaN."""
    features, position = with_features(asked, model)
    found = answer(features, model, client)
    lines = length(asked)
    tail = (1 - client.verdict.interval) / 2
    one_plus = 1 + found.forecast.expected

    def spread(values: Array) -> Floats:
        whole = np.full((lines, *np.shape(values)[1:]), np.nan)
        whole[position] = values
        return whole

    figures = {
        "baseline_units_per_day": found.baseline_units / features[DURATION],
        "scale": found.forecast.scale,
        "median": np.exp(found.forecast.centre) / one_plus,
        "low": (1 + found.forecast.quantile(tail)) / one_plus,
        "high": (1 + found.forecast.quantile(1 - tail)) / one_plus,
        "inside": check_support(_inside(features, discounts, model), model).inside.astype(np.float64),
    }
    rows: Columns = {name: asked[name] for name in ("place", "promotion_id", DURATION)}
    rows |= {"key": asked["place"] * SPAN + asked[DURATION]} | {name: spread(values) for name, values in figures.items()}
    at = model.lift.encoding.features.index(DISCOUNT)
    lift, success = np.empty((len(position), len(discounts))), []
    for column, discount in enumerate(discounts.tolist()):
        encoded = found.encoded.copy()
        encoded[:, at] = discount
        lift[:, column] = found.forecast._replace(centre=model.lift.centre(encoded)).expected
        if client.training.success_from == "classifier":
            success.append(model.success.predict({**features, DISCOUNT: np.full(len(position), discount)}))
    own = np.flatnonzero(rows[DURATION] == plan[DURATION][(rows["place"] - 1).astype(np.int64)])
    planned = take(rows, own) | {"lift": spread(found.forecast.expected)[own], "success": spread(found.success_probability)[own]}
    within = check_support(features, model).inside.astype(np.float64)
    return Ladder(
        in_units=model.in_units,
        shape=model.lift.shape,
        discount=model.support.discount,
        duration=model.support.duration,
        discounts=discounts,
        rows=rows,
        lift=spread(lift),
        success=spread(np.column_stack(success)) if success else None,
        own=planned | {"inside": spread(within)[own]},
        measured=Measured(0, 0.0, 0.0, 0.0),
    )


def _inside(features: Columns, discounts: Floats, model: PromotionModel) -> Columns:
    """Return the rows as if discount and length lay within what was learnt: what is left is said of item and baseline."""
    same = np.ones(length(features))
    return features | {DISCOUNT: same * discounts[0], DURATION: same * model.support.duration[0]}


def _measured(plan: Columns, ladder: Ladder, model: PromotionModel, client: Client) -> Measured:
    """Ask the engine at points off the knots, and compare."""
    rows = np.unique(np.linspace(0, length(plan) - 1, min(SAMPLED, length(plan))).astype(int))
    rows = np.repeat(rows, POINTS)
    rng = np.random.default_rng(7)
    days = np.floor(rng.uniform(np.ceil(ladder.duration[0]), np.floor(ladder.duration[1]) + 1, len(rows)))
    depths = rng.uniform(*ladder.discount, len(rows))
    tried = read(ladder, rows + 1.0, depths, days)
    known = ~np.isnan(tried.lift)
    rows, days, depths = rows[known], days[known], depths[known]
    if not len(rows):
        return Measured(0, np.nan, np.nan, np.nan)
    tried = read(ladder, rows + 1.0, depths, days)
    points = take({name: plan[name] for name in PLAN.names}, rows)
    points |= {"discount_percentage": depths, DURATION: days, "end_date": points["start_date"] + (days.astype(int) - 1) * DAY}
    engine = answer_plan(points, model, client)
    used = {name: engine[f"used_{name}"] for name in Terms._fields if f"used_{name}" in engine}
    terms = Terms(discount=depths, **used)
    lifts = unit_lifts(ladder, tried.lift, tried.per_length, terms)
    per_day, scale, median = (tried.per_length[name] for name in ("baseline_units_per_day", "scale", "median"))
    chance = chance_of_profit(ladder, tried.lift, median, scale, terms, per_day * days)
    return Measured(
        points=len(rows),
        lift=float(np.nanmax([_gap(lifts[end], engine[f"lift_{end}"]) for end in lifts])),
        probability=_gap(chance, engine["probability_of_profit"]),
        baseline=_gap(per_day / engine["baseline_units_per_day"], np.ones(len(rows))),
    )


def _gap(one: Array, other: Array) -> float:
    gaps = np.abs(one - other)
    return float(np.nanmax(gaps)) if not np.isnan(gaps).all() else 0.0
