"""What the formulas of lift and chance must come to: every working column beside `native_lift`, by the engine."""

from __future__ import annotations

import numpy as np

from scorer.columns import Array, Columns, Floats
from scorer.planning.ladder import Ladder, read, success_of
from scorer.workbook.native_lift import PER_LENGTH

STAMPS = ("forecast", "median", "low", "high", "scale", "per_day", "success")


def lift_figures(ladder: Ladder, point: Columns, moved: Array, stamps: Columns) -> Columns:
    """Return the columns from a discount and a length to the lift.

    point: place, discount, days, redemption_share; stamps: the figures as scored, by STAMPS; arrays of one shape.
    """
    at = read(ladder, point["place"], point["discount"], point["days"])
    use = moved * at.on
    columns: Columns = {
        "on_ladder": at.on * 1.0,
        "row_below": at.lines.below + 1.0,
        "row_above": at.lines.above + 1.0,
        "days_share": at.lines.share,
        "held_discount": at.held,
        "column_below": at.steps.below + 1.0,
        "column_above": at.steps.above + 1.0,
        "depth_share": at.steps.share,
        "lift_below": at.lift_below,
        "lift_above": at.lift_above,
        "ladder_lift": at.lift,
        "moved": moved * 1.0,
        "use_ladder": use * 1.0,
        "forecast": np.where(moved == 0, stamps["forecast"], at.lift),
    }
    for name, (column, stamp) in PER_LENGTH.items():
        columns[name] = np.where(use == 1, at.per_length[column], stamps[stamp.removeprefix("stamp_")])
    columns["learnt_there"] = at.per_length["inside"]
    if ladder.success is not None:
        columns |= {"success_below": at.success_below, "success_above": at.success_above}
        columns["success_probability"] = np.where(use == 1, at.success, stamps["success"] + 0 * columns["forecast"])
    return columns | _in_units(ladder, columns, point)


def _in_units(ladder: Ladder, columns: Columns, point: Columns) -> Columns:
    money = 0.0 if ladder.in_units else 1.0
    discount, redemption = (np.nan_to_num(point[name]) for name in ("discount", "redemption_share"))
    said = np.isfinite(point["discount"]) & np.isfinite(point["redemption_share"])
    shift, keep = money * discount * redemption, 1 - money * discount
    known = np.isfinite(columns["forecast"]) & (said | ladder.in_units) & (keep > 0)

    def lift(factor: Floats | float) -> Floats:
        return np.where(known, ((1 + columns["forecast"]) * factor - 1 + shift) / np.where(keep > 0, keep, 1), np.nan)

    return {
        "shift": shift,
        "keep": keep,
        "basis_known": known * 1.0,
        "lift_low": lift(columns["low_over"]),
        "lift_expected": lift(1.0),
        "lift_high": lift(columns["high_over"]),
    }


def without_lift(columns: Columns, missing: str, outside: str) -> Columns:
    """Put the words for a lift that is not there: one nobody learnt reads differently from one that is missing."""
    beyond = (columns["moved"] == 1) & (columns["on_ladder"] == 0)
    words = np.where(beyond, outside, missing).astype(object)
    made: Columns = {"no_lift": words}
    for name in ("forecast", "lift_low", "lift_expected", "lift_high", "success_probability"):
        made[name] = _worded(columns[name], words)
    made["ladder_lift"] = _worded(columns["ladder_lift"], np.where(columns["on_ladder"] == 1, missing, outside).astype(object))
    return made


def _worded(values: Array, words: Array) -> Array:
    cells = np.asarray(values, dtype=np.float64).astype(object)
    gone = np.isnan(np.asarray(values, dtype=np.float64))
    cells[gone] = words[gone]
    return cells


def chance_figures(ladder: Ladder, lifts: Columns, money: Columns, point: Columns) -> Columns:
    """Return the columns from the line of profit to its probability, and the chance that sales rise."""
    shape, sign = ladder.shape, money["slope_sign"]
    spread = np.where(sign != 0, point["baseline_units"] * money["contribution"], np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        crossing = money["cost_at_zero"] / spread
        basis = crossing * lifts["keep"] - lifts["shift"]
        reach = basis > -1
        middle = (1 + lifts["forecast"]) * lifts["median"]
        error = np.log((1 + basis) / middle) / lifts["scale"]
        rise = -np.log(middle) / lifts["scale"]
    needed = np.where(reach & ~np.isnan(error), np.clip(error, shape.z[0], shape.z[-1]), shape.z[0])
    at = np.searchsorted(shape.z, needed, side="right")
    miss = reach * np.interp(needed, shape.z, shape.p)
    columns: Columns = {
        "crossing": crossing,
        "crossing_basis": basis,
        "reach": reach * 1.0,
        "error_needed": needed,
        "shape_row": at * 1.0,
        "miss": miss,
        "probability_of_profit": np.where(money["has_profit"] == 1, (sign == 1) - sign * miss, np.nan),
    }
    if ladder.success is None:
        held = np.where(np.isnan(rise), shape.z[0], np.clip(rise, shape.z[0], shape.z[-1]))
        columns |= {
            "success_error": held,
            "success_row": np.searchsorted(shape.z, held, side="right") * 1.0,
            "success_probability": np.where(
                np.isnan(lifts["forecast"]), np.nan, success_of(ladder, lifts["forecast"], lifts["median"], lifts["scale"])
            ),
        }
    return columns


__all__ = ["STAMPS", "chance_figures", "lift_figures", "without_lift"]
