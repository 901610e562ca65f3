"""The money in native formulas: the same steps as economics.promotion, written for a spreadsheet.

Every formula stands once for its whole column. `SHARED` is used by ROI and by What-if, where the same names
lead to other cells. The only numbers in them are 0 and 1; whatever can be missing is asked for first, so a
missing input reads as words and never becomes 0 or an error.
"""

from __future__ import annotations

from collections.abc import Iterable

from scorer.workbook.native_lift import known, lift_formulas, renamed, when


def _profit_at(lift: str) -> str:
    return when("{has_profit}=1", f"{{baseline_units}}*{{contribution}}*{{{lift}}}-{{cost_at_zero}}")


def _cost_at(lift: str) -> str:
    extra = f"(1-{{funding_share}})*{{discount}}*{{list_price}}*{{baseline_units}}*{{{lift}}}"
    return when("{has_sales}=1", f"{{cost_at_zero}}+{extra}")


def _return(profit: str, cost: str) -> str:
    return when(f"{{has_profit}}*({{{cost}}}>0)=1", f"{{{profit}}}/{{{cost}}}")


def _either(function: str, one: str, other: str, known: str) -> str:
    return when(f"{known}=1", f"{function}({{{one}}},{{{other}}})")


SHARED: dict[str, str] = {
    "has_volume": known("baseline_units", "lift_low", "lift_expected", "lift_high"),
    "has_sales": "{has_volume}*" + known("list_price", "discount", "funding_share", "fixed_cost", "redemption_share"),
    "has_profit": "{has_sales}*" + known("unit_cost", "unit_adjustment"),
    "lift": when("{has_volume}=1", "CHOOSE({inputs.case},{lift_low},{lift_expected},{lift_high})"),
    "incremental_units": when("{has_volume}=1", "{baseline_units}*{lift}"),
    "units": when("{has_volume}=1", "{baseline_units}+{incremental_units}"),
    "discount_given": when(
        "{has_sales}=1",
        "{discount}*{list_price}*({redemption_share}*{baseline_units}+{incremental_units})",
    ),
    "partner_pays": when("{has_sales}=1", "{funding_share}*{discount_given}"),
    "promotion_cost": when("{has_sales}=1", "{discount_given}-{partner_pays}+{fixed_cost}"),
    "net_sales": when("{has_sales}=1", "{units}*{list_price}-{discount_given}"),
    "incremental_margin": when("{has_profit}=1", "{incremental_units}*({list_price}-{unit_cost})"),
    "side_effects": when("{has_volume}*ISNUMBER({unit_adjustment})=1", "{incremental_units}*{unit_adjustment}"),
    "profit": when("{has_profit}=1", "{incremental_margin}+{side_effects}-{promotion_cost}"),
    "roi": _return("profit", "promotion_cost"),
    "cost_at_zero": when(
        "{has_sales}=1",
        "(1-{funding_share})*{discount}*{list_price}*{redemption_share}*{baseline_units}+{fixed_cost}",
    ),
    "contribution": when(
        "{has_profit}=1",
        "{list_price}-{unit_cost}+{unit_adjustment}-(1-{funding_share})*{discount}*{list_price}",
    ),
    # a contribution smaller than this is the rounding of an exact zero
    "no_contribution": when("{has_profit}=1", "{inputs.rounding}*(ABS({list_price})+ABS({unit_cost})+ABS({unit_adjustment}))"),
    "slope_sign": when(
        "{has_profit}=1",
        "({baseline_units}>0)*(({contribution}>{no_contribution})-({contribution}<-{no_contribution}))",
        "0",
    ),
    "solvable": "({slope_sign}=1)*1",
    "profit_at_low": _profit_at("lift_low"),
    "profit_at_high": _profit_at("lift_high"),
    "profit_low": _either("MIN", "profit_at_low", "profit_at_high", "{has_profit}"),
    "profit_high": _either("MAX", "profit_at_low", "profit_at_high", "{has_profit}"),
    "break_even_lift": when("{solvable}=1", "{crossing}"),
}

_TERMS: dict[str, str] = {
    "promotion_id": '{plan.promotion_id}&""',
    "baseline_per_day": when("ISNUMBER({plan.baseline_override})", "{plan.baseline_override}", "{model_per_day}"),
    "days": when(known("plan.start_date", "plan.end_date") + "=1", "{plan.end_date}-{plan.start_date}+1"),
    "baseline_units": when(known("baseline_per_day", "days") + "=1", "{baseline_per_day}*{days}"),
    "list_price": when("ISNUMBER({plan.list_price})", "{plan.list_price}"),
    "cost_from_margin": when(known("list_price", "inputs.margin_rate") + "=1", "{list_price}*(1-{inputs.margin_rate})"),
    "unit_cost": when("ISNUMBER({plan.unit_cost})", "{plan.unit_cost}", "{cost_from_margin}"),
    "discount": when("ISNUMBER({plan.discount_percentage})", "{plan.discount_percentage}"),
    **{
        name: when(f"ISNUMBER({{plan.{name}}})", f"{{plan.{name}}}", f"{{inputs.{name}}}")
        for name in ("funding_share", "fixed_cost", "redemption_share")
    },
    "unit_adjustment": when("ISNUMBER({plan.unit_adjustment})", "{plan.unit_adjustment}"),
}

_CONVENTIONS: dict[str, str] = {
    "incremental_list_sales": when("{has_sales}=1", "{incremental_units}*{list_price}"),
    "incremental_net_sales": when("{has_sales}=1", "{incremental_list_sales}-{discount_given}"),
    "goods_cost": when("{has_volume}*ISNUMBER({unit_cost})=1", "{incremental_units}*{unit_cost}"),
    "profit_b": when(
        "{has_profit}=1",
        "{incremental_net_sales}+{partner_pays}-{goods_cost}+{side_effects}-{fixed_cost}",
    ),
    "roi_b": _return("profit_b", "fixed_cost"),
}

_INTERVAL: dict[str, str] = {
    "cost_at_low": _cost_at("lift_low"),
    "cost_at_expected": _cost_at("lift_expected"),
    "cost_at_high": _cost_at("lift_high"),
    "profit_expected": _profit_at("lift_expected"),
    "roi_at_low": _return("profit_at_low", "cost_at_low"),
    "roi_expected": _return("profit_expected", "cost_at_expected"),
    "roi_at_high": _return("profit_at_high", "cost_at_high"),
    "roi_low": _either("MIN", "roi_at_low", "roi_at_high", known("roi_at_low", "roi_at_high")),
    "roi_high": _either("MAX", "roi_at_low", "roi_at_high", known("roi_at_low", "roi_at_high")),
    "headroom": when("{solvable}=1", "{lift_expected}-{break_even_lift}"),
    "has_multiple": when(
        "{has_volume}*" + known("discount", "redemption_share") + "=1",
        "({baseline_units}>0)*({discount}*({redemption_share}+{lift})>0)",
        "0",
    ),
    "sales_multiple": when("{has_multiple}=1", "{lift}/({discount}*({redemption_share}+{lift}))"),
}

# A verdict's number is its place in the list on Inputs: 1 no evidence, then don't launch, optimise, go.
_VERDICT: dict[str, str] = {
    # the model is worth a verdict, and this row, as it stands now, lies within what it learnt from
    "learnt": when("{use_ladder}=1", "INDEX({ladder.inside:all},{row_below})", "{plan.can_be_judged}*(1-{moved})")
    + "*{model.evidence}*(1-{waits})",
    "judgeable": when(
        "{has_profit}*ISNUMBER({probability_of_profit})=1",
        "{learnt}*MAX(ISNUMBER({roi_expected})*1,({cost_at_expected}=0)*1)",
        "0",
    ),
    "hurdle_met": when("ISNUMBER({roi_expected})", "({roi_expected}>={inputs.hurdle_roi})*1", "1"),
    "go": when(
        "{judgeable}=1",
        "({profit_expected}>0)*({probability_of_profit}>={inputs.minimum_probability})*{hurdle_met}",
        "0",
    ),
    # what scoring found still helps where nothing but depth or length was edited and no threshold was raised
    "way_kept": "(MAX({changed_item},{changed_start},{changed_baseline}:{changed_unit_adjustment})=0)"
    "*({inputs.minimum_probability}<={inputs.minimum_probability_settings})*({inputs.hurdle_roi}<={inputs.hurdle_roi_settings})",
    "remedy": "MAX((LEN({plan.remedy})>0)*1,({plan.verdict_scored}=INDEX({inputs.verdicts},ROWS({inputs.verdicts})))*1)"
    "*{way_kept}",
    "verdict_number": "1+{judgeable}+{judgeable}*MAX({remedy},{go})+{judgeable}*{go}",
    "verdict": "INDEX({inputs.verdicts},{verdict_number})",
}


def _changed(now: str, scored: str) -> str:
    gap = f"ABS(N({{{now}}})-N({{{scored}}}))"
    unlike = f"ABS(ISNUMBER({{{now}}})-ISNUMBER({{{scored}}}))"
    return f"({gap}+{unlike}>{{inputs.smallest_edit}})*1"


def _gap(now: str, scored: str) -> str:
    unlike = f"ABS(ISNUMBER({{{now}}})-ISNUMBER({{{scored}}}))"
    apart = when(known(now, scored) + "=1", f"ABS({{{now}}}-{{{scored}}})", unlike)
    return f"(1-{{edited}})*{apart}"


_EDITS: dict[str, str] = {
    "changed_item": "({item}<>{plan.scored_item})*1",
    "changed_discount": _changed("discount", "plan.scored_discount"),
    "changed_start": _changed("plan.start_date", "plan.scored_start"),
    "changed_days": _changed("days", "plan.scored_days"),
    "changed_baseline": _changed("baseline_per_day", "model_per_day"),
    **{
        f"changed_{name}": _changed(name, f"plan.used_{name}")
        for name in (
            "list_price",
            "unit_cost",
            "funding_share",
            "fixed_cost",
            "redemption_share",
            "unit_adjustment",
        )
    },
    "edited": "MAX({changed_item}:{changed_unit_adjustment})",
    "waits": "MAX({changed_item},{changed_start})",
    # 1 as scored, 2 money edited, 3 read from Ladder, 4 beyond it, 5 another promotion
    "state": "1+{edited}+(1-{waits})*{moved}*(1+1-{on_ladder})+{waits}*(1+1+1)",
}

_STAMPS = {
    "place": "{plan.ladder_place}",
    "stamp_forecast": "{plan.forecast}",
    "stamp_median": "{plan.forecast_median}",
    "stamp_low": "{plan.forecast_low}",
    "stamp_high": "{plan.forecast_high}",
    "stamp_scale": "{plan.forecast_scale}",
    "stamp_per_day": "{plan.baseline_units_per_day}",
    "stamp_success": "{plan.success_probability}",
}
_EDITED_LIFT = {"moved": "MAX({changed_discount},{changed_days})"}

_TIES: dict[str, str] = {
    "convention_gap": when("{has_profit}=1", "ABS({profit}-{profit_b})", "0"),
    "profit_gap": _gap("profit_expected", "plan.incremental_profit_expected"),
    "cost_gap": _gap("cost_at_expected", "plan.promotion_cost_expected"),
    "lift_gap": _gap("lift_expected", "plan.lift_expected"),
    "ends_gap": f"MAX({_gap('lift_low', 'plan.lift_low')},{_gap('lift_high', 'plan.lift_high')})",
    "chance_gap": _gap("probability_of_profit", "plan.probability_of_profit"),
    "ladder_gap": when(
        "(1-{moved})*{on_ladder}*" + known("ladder_lift", "plan.forecast") + "=1", "ABS({ladder_lift}-{plan.forecast})", "0"
    ),
    "verdict_gap": "(1-{edited})*({verdict}<>{plan.verdict_scored})",
    "repeated": "(MATCH({promotion_id},{promotion_id:all},0)<>ROW({promotion_id})-ROW({promotion_id:top}))*1",
}

REASONS: dict[str, str] = {
    name: f"ISNUMBER({{{name}}})" for name in ("list_price", "unit_cost", "baseline_units", "lift_expected", "discount")
} | {"no_break_even": "{has_profit}={solvable}"}


def roi_formulas(item: Iterable[str], classifier: bool = False) -> dict[str, str]:
    """The formulas of ROI by column; item: the plan columns that say what is promoted; classifier: it says the rise."""
    joined = '&" | "&'.join(f"{{plan.{name}}}" for name in item) or '""'
    reason = "&".join(f'IF({test},"",{{inputs.reason_{name}}})' for name, test in REASONS.items())
    named = {"item": joined, "reason": reason}
    lifts = renamed(lift_formulas(classifier, _EDITED_LIFT), _STAMPS)
    return lifts | _TERMS | SHARED | _CONVENTIONS | _INTERVAL | _VERDICT | _EDITS | _TIES | named


def _to_the_cent(name: str) -> str:
    return when(f"ISNUMBER({{{name}}})", f"ROUND({{{name}}}/{{smallest}},0)*{{smallest}}")


def portfolio_formulas() -> dict[str, str]:
    """The formulas of Portfolio by column: the money of ROI at the expected lift, to the cent, and what is accepted of it."""
    of_roi = (
        "has_volume", "has_sales", "has_profit", "cost_at_zero", "contribution",
        "profit_at_low", "profit_at_high", "profit_low", "profit_high", "cost_at_expected", "profit_expected",
    )  # fmt: skip
    known = SHARED | _INTERVAL
    money = {"cost": "cost_at_expected", "low": "profit_low", "profit": "profit_expected", "high": "profit_high"}
    scored = "+".join(f"ABS({{{name}}}-{{{name}_scored}})" for name in ("cost", "low", "profit"))
    return {
        **{name: known[name] for name in of_roi},
        **{name: _to_the_cent(source) for name, source in money.items()},
        "net": when("ISNUMBER({profit})", "{profit}-{overlap_loss}"),
        "extra_units": when("{has_volume}=1", "{baseline_units}*{lift_expected}"),
        "accepted_row": "({accept}={yes})*1",
        "accepted_cost": when("{has_sales}=1", "{accepted_row}*{cost}", "0"),
        "accepted_net": when("{has_profit}=1", "{accepted_row}*{net}", "0"),
        "running_cost": "SUM({accepted_cost:top}:{accepted_cost})",
        "running_net": "SUM({accepted_net:top}:{accepted_net})",
        "gap": when("{has_profit}=1", scored, "0"),
    }


def scenario_line_formulas() -> dict[str, str]:
    """The formulas of Scenario lines by column: the money of ROI over the terms of each scenario."""
    return SHARED | {
        "profit_expected": _profit_at("lift_expected"),
        "counted": "{in_all}*{has_profit}",
        "group": "{counted}*{number}",
        "gap": when(known("profit_expected", "profit_scored") + "=1", "ABS({profit_expected}-{profit_scored})", "0"),
    }
