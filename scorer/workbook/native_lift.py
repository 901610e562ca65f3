"""Lift and its chances in native formulas: the ladder read between its steps, and one distribution for every probability.

The same columns stand on ROI and on What-if. Words stand wherever there is no lift: nothing is extrapolated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NA = "{inputs.na}"
_NAME = re.compile(r"\{(\w+)\}")


def when(condition: str, value: str, otherwise: str = NA) -> str:
    """Write one IF; what is missing reads as words unless said otherwise."""
    return f"IF({condition},{value},{otherwise})"


def known(*names: str) -> str:
    """Write the test that all of these are numbers."""
    return "*".join(f"ISNUMBER({{{name}}})" for name in names)


def renamed(formulas: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Let formulas find some of their names elsewhere: the same arithmetic for another table."""

    def place(found: re.Match[str]) -> str:
        return names.get(found.group(1), found.group())

    return {name: _NAME.sub(place, source) for name, source in formulas.items()}


def _share(value: str, knots: str, below: str, above: str) -> str:
    low, high = (f"INDEX({{{knots}}},{{{at}}})" for at in (below, above))
    return when(f"{{{above}}}>{{{below}}}", f"({{{value}}}-{low})/({high}-{low})", "0")


def _across(grid: str, row: str) -> str:
    low, high = (f"INDEX({{{grid}}},{{{row}}},{{{column}}})" for column in ("column_below", "column_above"))
    return f"IFERROR({low}+{{depth_share}}*({high}-{low}),{NA})"


def _between_lengths(name: str) -> str:
    low, high = (f"INDEX({{ladder.{name}:all}},{{{row}}})" for row in ("row_below", "row_above"))
    return f"IFERROR({low}+{{days_share}}*({high}-{low}),{NA})"


ON_LADDER: dict[str, str] = {
    "on_ladder": when(
        known("place", "days", "discount") + "=1",
        "({days}>={ladder.shortest})*({days}<={ladder.longest})*({discount}>={ladder.smallest}-{inputs.smallest_edit})"
        "*({discount}<={ladder.largest}+{inputs.smallest_edit})",
        "0",
    ),
    "row_below": when("{on_ladder}=1", "MATCH({place}*{inputs.span}+{days},{ladder.key:all},1)", "1"),
    "row_above": "{row_below}+{on_ladder}*({days}>INDEX({ladder.duration_days:all},{row_below}))",
    "days_share": _share("days", "ladder.duration_days:all", "row_below", "row_above"),
    "held_discount": when("{on_ladder}=1", "MAX(MIN({discount},{ladder.largest}),{ladder.smallest})", "{ladder.smallest}"),
    # a step missed by the rounding of a subtraction is that step
    "column_below": "MATCH({held_discount}+{inputs.rounding},{ladder.knots},1)",
    "column_above": "{column_below}+({held_discount}>INDEX({ladder.knots},{column_below}))",
    "depth_share": _share("held_discount", "ladder.knots", "column_below", "column_above"),
    "lift_below": _across("ladder.lifts", "row_below"),
    "lift_above": _across("ladder.lifts", "row_above"),
    "ladder_lift": when(
        "{on_ladder}=1",
        f"IFERROR({{lift_below}}+{{days_share}}*({{lift_above}}-{{lift_below}}),{NA})",
        "{inputs.outside}",
    ),
    "success_below": _across("ladder.rises", "row_below"),
    "success_above": _across("ladder.rises", "row_above"),
}

# Each figure of a length: its name here, its column on Ladder, its stamp as scored.
PER_LENGTH = {
    "median": ("median", "stamp_median"),
    "low_over": ("low", "stamp_low"),
    "high_over": ("high", "stamp_high"),
    "scale": ("scale", "stamp_scale"),
    "model_per_day": ("baseline_units_per_day", "stamp_per_day"),
}


def _unit_lift(factor: str) -> str:
    return when("{basis_known}=1", f"((1+{{forecast}})*{factor}-1+{{shift}})/{{keep}}", "{no_lift}")


FORECAST: dict[str, str] = {
    "use_ladder": "{moved}*{on_ladder}",
    "forecast": when("{moved}=0", "{stamp_forecast}", "{ladder_lift}"),
    **{
        name: when("{use_ladder}=1", _between_lengths(column), f"{{{stamp}}}") for name, (column, stamp) in PER_LENGTH.items()
    },
    # where sales have no units the forecast is one of the amount paid: lift = (forecast + shift) / keep
    "shift": "(1-{ladder.in_units})*N({discount})*N({redemption_share})",
    "keep": "1-(1-{ladder.in_units})*N({discount})",
    "basis_known": "ISNUMBER({forecast})*MAX({ladder.in_units},ISNUMBER({discount})*ISNUMBER({redemption_share}))*({keep}>0)",
    "no_lift": when("ISTEXT({forecast})", "{forecast}"),
    "lift_low": _unit_lift("{low_over}"),
    "lift_expected": _unit_lift("1"),
    "lift_high": _unit_lift("{high_over}"),
}


def _held(error: str) -> str:
    return f"MAX(MIN({error},{{ladder.z_last}}),{{ladder.z_first}})"


def _below(error: str, row: str) -> str:
    p, z, rise = (f"INDEX({{shape.{name}:all}},{{{row}}})" for name in ("p", "z", "rise"))
    return f"({p}+({{{error}}}-{z})*{rise})"


CHANCE: dict[str, str] = {
    "crossing": when("ABS({slope_sign})=1", "{cost_at_zero}/({baseline_units}*{contribution})"),
    "crossing_basis": when("ISNUMBER({crossing})", "{crossing}*{keep}-{shift}"),
    # a lift of -100 % or less is always exceeded
    "reach": when("ISNUMBER({crossing_basis})", "({crossing_basis}>-1)*1", "0"),
    "error_needed": when(
        "{reach}=1",
        _held("LN((1+{crossing_basis})/((1+{forecast})*{median}))/{scale}"),
        "{ladder.z_first}",
    ),
    "shape_row": "MATCH({error_needed},{shape.z:all},1)",
    "miss": "{reach}*" + _below("error_needed", "shape_row"),
    # more lift, more profit: the chance of being above; the other way round where an extra unit loses
    "probability_of_profit": when("{has_profit}=1", "({slope_sign}=1)-{slope_sign}*{miss}"),
}

SUCCESS_FROM_SHAPE: dict[str, str] = {
    "success_error": when("ISNUMBER({forecast})", _held("-LN((1+{forecast})*{median})/{scale}"), "{ladder.z_first}"),
    "success_row": "MATCH({success_error},{shape.z:all},1)",
    "success_probability": when("ISNUMBER({forecast})", "1-" + _below("success_error", "success_row"), "{no_lift}"),
}
SUCCESS_FROM_LADDER: dict[str, str] = {
    # where there is no forecast there is no stamp either: words times 0 are an error, and that reads as words again
    "success_probability": "IFERROR("
    + when("{use_ladder}=1", "{success_below}+{days_share}*({success_above}-{success_below})", "{stamp_success}+0*{forecast}")
    + ",{no_lift})",
}

MOVED = {
    "moved": "(ABS(N({discount})-N({scored_discount}))+ABS(N({days})-N({scored_days}))>{inputs.smallest_edit})*1",
}


def lift_formulas(classifier: bool, moved: Mapping[str, str]) -> dict[str, str]:
    """Return the columns from a discount and a length to lift and probabilities; moved: what tells that they were edited."""
    success = SUCCESS_FROM_LADDER if classifier else SUCCESS_FROM_SHAPE
    return ON_LADDER | dict(moved) | FORECAST | CHANCE | success
