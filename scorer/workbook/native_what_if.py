"""What-if in native formulas: the ladder, one thing moved at a time, and the grids, over the same money as ROI."""

from __future__ import annotations

from scorer.workbook.native import SHARED
from scorer.workbook.native_lift import MOVED, known, lift_formulas, renamed, when


def what_if_formulas(classifier: bool = False) -> dict[str, str]:
    """The formulas of the ladder on What-if by column; its terms are single cells of the same names."""
    mark = when("{has_profit}*({profit}={best_profit})*({best_profit}>0)=1", "{best}", '""')
    return lift_formulas(classifier, MOVED) | SHARED | {"mark": mark}


_BY_CASE: dict[str, str] = {
    # what moves has a number; what does not stays as it stands on Plan
    "amount": "{side}*IFERROR(IF({turn}>0,INDEX({what_if.swings},{turn})+0,0),0)",
    "discount": "IFERROR(" + when("{is_own}=1", "{what_if.own_discount_used}", "{what_if.planned_discount}")
    + "+({turn}={what_if.turn_discount})*{amount},{inputs.na})",
    "days": "IFERROR(" + when("{is_own}=1", "{what_if.own_days_used}", "{what_if.days}")
    + "+({turn}={what_if.turn_days})*{amount},{inputs.na})",
    "list_price": "IFERROR({what_if.list_price}*(1+({turn}={what_if.turn_price})*{amount}),{inputs.na})",
    "unit_cost": "IFERROR({what_if.unit_cost}*(1+({turn}={what_if.turn_cost})*{amount}),{inputs.na})",
    "funding_share": "IFERROR(MAX(0,MIN(1,{what_if.funding_share}+({turn}={what_if.turn_funding})*{amount})),{inputs.na})",
    "fixed_cost": "IFERROR({what_if.fixed_cost}*(1+({turn}={what_if.turn_fixed})*{amount}),{inputs.na})",
    "redemption_share": "{what_if.redemption_share}",
    "unit_adjustment": "{what_if.unit_adjustment}",
    "baseline_per_day": "IFERROR(" + when("ISNUMBER({what_if.override})", "{what_if.override}", "{model_per_day}")
    + "*(1+({turn}={what_if.turn_baseline})*{amount}),{inputs.na})",
    "baseline_units": when(known("baseline_per_day", "days") + "=1", "{baseline_per_day}*{days}"),
    "lift": when(
        "{has_volume}=1", "CHOOSE(1+1+({turn}={what_if.turn_lift})*{side},{lift_low},{lift_expected},{lift_high})"
    ),
    "change": "IFERROR({profit}-INDEX({profit:all},1),{inputs.na})",
}
_STAMP_CELLS = ("forecast", "median", "low", "high", "scale", "per_day", "success")


def case_formulas(classifier: bool = False) -> dict[str, str]:
    """The formulas of What-if's cases by column: the plan, the planner's own step, and one thing moved at a time."""
    cells = {f"stamp_{name}": f"{{what_if.stamp_{name}}}" for name in _STAMP_CELLS}
    cells |= {name: f"{{what_if.{name}}}" for name in ("place", "scored_discount", "scored_days")}
    return renamed(lift_formulas(classifier, MOVED), cells) | SHARED | _BY_CASE


FACTORS: dict[str, str] = {
    "what": '{label}&IF(LEN({format})>0," ± "&TEXT(INDEX({what_if.swings},{number}),{format})&{suffix},"")',
    "down": "INDEX({cases.change:all},{down_case})",
    "up": "INDEX({cases.change:all},{up_case})",
    "reach": "MAX(N({down}),N({up}),0)-MIN(N({down}),N({up}),0)",
    # widths that are equal to half a cent keep their order
    "size": "ROUND({reach}/{inputs.tolerance},0)",
    "rank": "SUMPRODUCT(({size:all}>{size})*1)+SUMPRODUCT(({size:all}={size})*({number:all}<={number}))",
}
SORTED: dict[str, str] = {
    name: f"INDEX({{factors.{name}:all}},MATCH({{no}},{{factors.rank:all}},0))" for name in ("what", "down", "up", "reach")
}

DEPTHS: dict[str, str] = {
    "column": "MATCH({discount},{ladder.knots},1)",
    "ours": "IFERROR((1-{what_if.funding_share})*{discount}*{what_if.list_price},{inputs.na})",
    "left": "IFERROR({what_if.list_price}-{what_if.unit_cost}+{what_if.unit_adjustment}-{ours},{inputs.na})",
    "shift": "(1-{ladder.in_units})*{discount}*N({what_if.redemption_share})",
    "keep": "1-(1-{ladder.in_units})*{discount}",
    "forecast": "IFERROR(INDEX({ladder.lifts},{what_if.line_below},{column})+{what_if.line_share}"
    "*(INDEX({ladder.lifts},{what_if.line_above},{column})-INDEX({ladder.lifts},{what_if.line_below},{column})),{inputs.na})",
    "lift": "IFERROR(({forecast}+{shift})/{keep},{inputs.na})",
    "given": "IFERROR({what_if.baseline_units}*{ours}*{what_if.redemption_share}+{what_if.fixed_cost},{inputs.na})",
}
LENGTHS: dict[str, str] = {
    "key": "{what_if.place}*{inputs.span}+{days}",
    "line": "IFERROR(MATCH({key},{ladder.key:all},0),{inputs.na})",
    "baseline": "IFERROR("
    + when("ISNUMBER({what_if.override})", "{what_if.override}", "INDEX({ladder.baseline_units_per_day:all},{line})")
    + "*{days},{inputs.na})",
}


def grid_formula(at: int) -> str:
    """Expected profit at a discount (the line) and the length number ``at`` (the column)."""
    lift = f"(INDEX({{ladder.lifts}},{{lengths.line_{at}}},{{depths.column}})+{{depths.shift}})/{{depths.keep}}"
    each = f"{{depths.left}}*{lift}-{{depths.ours}}*{{what_if.redemption_share}}"
    return f"IFERROR({{lengths.baseline_{at}}}*({each})-{{what_if.fixed_cost}},{{inputs.na}})"


def margin_formula(at: int) -> str:
    """Expected less break-even lift at a discount (the line) and the margin number ``at`` (the column)."""
    left = f"({{what_if.margin_{at}}}*{{what_if.list_price}}+{{what_if.unit_adjustment}}-{{depths.ours}})"
    needed = f"{{depths.given}}/({{what_if.baseline_units}}*{left})"
    return f"IFERROR(IF({left}>0,{{depths.lift}}-{needed},{{what_if.never}}),{{inputs.na}})"
