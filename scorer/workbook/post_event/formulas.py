"""The formulas of the post-event workbook: economics.promotion and economics.variance, written for a spreadsheet.

Every formula stands once for its whole column. The only numbers in them are 0 and 1; the weights of the split stand on
Inputs. Whatever can be missing is asked for first, so that a missing figure reads as words.
"""

from __future__ import annotations

NA = "{inputs.na}"
GIVEN = ("baseline", "lift", "price", "discount", "funding", "redemption", "unit_cost", "adjustment", "fixed")
"""The figures of each case that are values; everything else follows from them."""


def _if(condition: str, value: str, otherwise: str = NA) -> str:
    return f"IF({condition},{value},{otherwise})"


def _known(*names: str) -> str:
    return "*".join(f"ISNUMBER({{{name}}})" for name in names)


def _case(case: str) -> dict[str, str]:
    """Profit and cost of one case, planned or actual, step by step."""
    known = f"{{{case}_known}}=1"
    formulas = {
        "known": _known(*(f"{case}_{name}" for name in GIVEN)),
        "ours": _if(known, "(1-{funding})*{discount}*{price}"),
        "kept": _if(known, "{price}-{ours}"),
        "left": _if(known, "{kept}-{unit_cost}+{adjustment}"),
        "given": _if(known, "{ours}*{redemption}"),
        "units": _if(_known(f"{case}_baseline", f"{case}_lift") + "=1", f"{{{case}_baseline}}*(1+{{{case}_lift}})"),
        "cost": _if(known, "{baseline}*{given}+{baseline}*{lift}*{ours}+{fixed}"),
        "profit": _if(known, "{baseline}*{lift}*{left}-{baseline}*{given}-{fixed}"),
        "roi": _if(f"{{{case}_known}}*({{{case}_cost}}>0)=1", "{profit}/{cost}"),
    }
    own = {*GIVEN, *formulas}
    return {f"{case}_{name}": _of_case(source, case, own) for name, source in formulas.items()}


def _of_case(source: str, case: str, own: set[str]) -> str:
    for name in own:
        source = source.replace(f"{{{name}}}", f"{{{case}_{name}}}")
    return source


def _weighed(one: str, other: str) -> str:
    """The product of two factors as it is met on average while a third one changes."""
    together = f"{{planned_{one}}}*{{planned_{other}}}+{{actual_{one}}}*{{actual_{other}}}"
    crossed = f"{{planned_{one}}}*{{actual_{other}}}+{{actual_{one}}}*{{planned_{other}}}"
    return _if("{both}=1", f"{{inputs.third}}*({together})+{{inputs.sixth}}*({crossed})")


def _moved(name: str) -> str:
    return f"({{actual_{name}}}-{{planned_{name}}})"


EFFECTS = ("baseline", "lift", "price", "cost")
_SUM = "+".join(f"{{effect_{name}}}" for name in EFFECTS)

POST_EVENT: dict[str, str] = {
    **_case("planned"),
    **_case("actual"),
    "both": "{planned_known}*{actual_known}",
    "margin": _weighed("lift", "left"),
    "volume": _weighed("baseline", "left"),
    "extra": _weighed("baseline", "lift"),
    "effect_baseline": _if(
        "{both}=1", f"{_moved('baseline')}*({{margin}}-{{inputs.half}}*({{planned_given}}+{{actual_given}}))"
    ),
    "effect_lift": _if("{both}=1", f"{_moved('lift')}*{{volume}}"),
    "effect_price": _if(
        "{both}=1",
        f"{_moved('kept')}*{{extra}}-{_moved('given')}*{{inputs.half}}*({{planned_baseline}}+{{actual_baseline}})",
    ),
    "effect_cost": _if("{both}=1", f"({_moved('adjustment')}-{_moved('unit_cost')})*{{extra}}-{_moved('fixed')}"),
    "variance": _if("{both}=1", "{actual_profit}-{planned_profit}"),
    "reason": _if("{both}=1", '""', "{inputs.missing}"),
    "effects_gap": _if("{both}=1", f"ABS({_SUM}-{{variance}})", "0"),
    "lift_judged": "{foretold}*" + _known("lift_low", "lift_high", "actual_lift"),
    "inside_count": _if("{lift_judged}=1", "({actual_lift}>={lift_low})*({actual_lift}<={lift_high})", "0"),
    "inside": _if("{lift_judged}=1", "{inside_count}"),
    "judged": "{foretold}*" + _known("actual_units", "model_units", "naive_units"),
    "sold": _if("{judged}=1", "{actual_units}", "0"),
    "model_error": _if("{judged}=1", "ABS({model_units}-{actual_units})", "0"),
    "naive_error": _if("{judged}=1", "ABS({naive_units}-{actual_units})", "0"),
    "model_lean": _if("{judged}=1", "{model_units}-{actual_units}", "0"),
    "own_known": "{overridden}*{both}*ISNUMBER({model_profit})",
    "planner_gap": _if("{own_known}=1", "ABS({planned_profit}-{actual_profit})", "0"),
    "model_gap": _if("{own_known}=1", "ABS({model_profit}-{actual_profit})", "0"),
    "profit_gap": _if(
        "{both}=1",
        "ABS({planned_profit}-{engine_planned_profit})+ABS({actual_profit}-{engine_actual_profit})",
        _known("engine_planned_profit", "engine_actual_profit"),
    ),
    "split_gap": _if(
        "{both}=1",
        "+".join(f"ABS({{effect_{name}}}-{{engine_{name}}})" for name in EFFECTS),
        _known("engine_baseline"),
    ),
    "repeated": _if(
        '{promotion_id}<>""', "(MATCH({promotion_id},{promotion_id:all},0)<>ROW({promotion_id})-ROW({promotion_id:top}))*1", "0"
    ),
}

BRIDGE: dict[str, str] = {
    "amount": "CHOOSE({number},{post_event.total_planned_profit},"
    + ",".join(f"{{post_event.total_effect_{name}}}" for name in EFFECTS)
    + ",{post_event.total_actual_profit})",
    "is_first": "({number}=MIN({number:all}))*1",
    "is_last": "({number}=MAX({number:all}))*1",
    "to": "SUMPRODUCT(({number:all}<={number})*(1-{is_last:all})*{amount:all})",
    "from": _if("{is_first}+{is_last}>0", "0", "{to}-{amount}"),
    "size": "ABS({amount})*(1-{is_first})*(1-{is_last})",
    "base_above": "MAX(0,MIN({from},{to}))",
    "base_below": "MIN(0,MAX({from},{to}))",
    "bar_above": "MAX(0,{from},{to})-{base_above}",
    "bar_below": "MIN(0,{from},{to})-{base_below}",
    **{f"total_{side}": f"({{is_first}}+{{is_last}})*{{bar_{side}}}" for side in ("above", "below")},
    **{f"up_{side}": f"(1-{{is_first}})*(1-{{is_last}})*({{amount}}>=0)*{{bar_{side}}}" for side in ("above", "below")},
    **{f"down_{side}": f"(1-{{is_first}})*(1-{{is_last}})*({{amount}}<0)*{{bar_{side}}}" for side in ("above", "below")},
    "label": '{step}&": "&FIXED({amount},0)',
}
BRIDGE_LINES: dict[str, str] = {
    "known": "SUM({post_event.both:all})",
    "left_out": 'SUMPRODUCT(({post_event.promotion_id:all}<>"")*({post_event.both:all}=0))',
    "variance": "{post_event.total_variance}",
    "largest": "MATCH(MAX({size:all}),{size:all},0)",
    "finding": "1+({known}>0)*(1+({variance}>=0))",
}

TRACKING_LINES: dict[str, str] = {
    "undecided": "{made}-{adopted}-{rejected}",
    "adoption_rate": _if("{adopted}+{rejected}>0", "{adopted}/({adopted}+{rejected})"),
    "weeks": "SUMPRODUCT(ISNUMBER({week:all})*1)",
    "plans_a_week": _if("{weeks}>0", "{made}/{weeks}"),
    "measured": 'SUMPRODUCT(({post_event.promotion_id:all}<>"")*1)',
    "with_profit": "SUM({post_event.actual_known:all})",
    "successes": "SUMPRODUCT(ISNUMBER({post_event.actual_profit:all})*({post_event.actual_profit:all}>0))",
    "success_rate": _if("{with_profit}>={inputs.minimum}", "{successes}/{with_profit}"),
    "actual_profit": "SUMIF({post_event.actual_known:all},1,{post_event.actual_profit:all})",
    "actual_cost": "SUMIF({post_event.actual_known:all},1,{post_event.actual_cost:all})",
    "average_roi": _if("{actual_cost}>0", "{actual_profit}/{actual_cost}"),
}

COVERAGE_LINES: dict[str, str] = {
    "judged": "SUM({post_event.lift_judged:all})",
    "inside": "SUM({post_event.inside_count:all})",
    "promised": _if("{judged}>0", "SUMPRODUCT({post_event.lift_judged:all}*{post_event.interval:all})/{judged}"),
    "share": _if("{judged}>0", "{inside}/{judged}"),
    "square": _if("{judged}>0", "{inputs.z}*{inputs.z}/{judged}"),
    # to the power of one half: the square root, without another function
    "spread": _if(
        "{judged}>0",
        "{inputs.z}/(1+{square})*({share}*(1-{share})/{judged}+{square}*{inputs.half}*{inputs.half}/{judged})^{inputs.half}",
    ),
    "low": _if("{judged}>0", "MAX(0,({share}+{square}*{inputs.half})/(1+{square})-{spread})"),
    "high": _if("{judged}>0", "MIN(1,({share}+{square}*{inputs.half})/(1+{square})+{spread})"),
    # 1: too few, 2: too narrow, 3: too wide, 4: as promised
    "state": "1+({judged}>={inputs.minimum})*(1+({high}>={promised})*(1+({low}<={promised})))",
}
OVERRIDE_LINES: dict[str, str] = {
    "own_count": "SUM({post_event.own_known:all})",
    "own_closer": "SUMPRODUCT(({post_event.planner_gap:all}<{post_event.model_gap:all})*1)",
    "own_planner": "SUM({post_event.planner_gap:all})",
    "own_model": "SUM({post_event.model_gap:all})",
}

_CHOSEN = (
    "(({post_event.mechanic:all}={group})*({by}={inputs.by_type})"
    "+({post_event.category:all}={group})*({by}={inputs.by_category})+({by}={inputs.by_all}))"
)


def _rate(column: str) -> str:
    return _if("{enough}=1", f"SUMPRODUCT({{post_event.{column}:all}}*{_CHOSEN})/{{sold}}")


ACCURACY: dict[str, str] = {
    "promotions": f"SUMPRODUCT({{post_event.judged:all}}*{_CHOSEN})",
    "sold": f"SUMPRODUCT({{post_event.sold:all}}*{_CHOSEN})",
    "enough": "({promotions}>={inputs.minimum})*({sold}>0)",
    "model_error": _rate("model_error"),
    "naive_error": _rate("naive_error"),
    "model_lean": _rate("model_lean"),
    "closer": _if(
        "{enough}=1", "CHOOSE(1+({model_error}<{naive_error}),{inputs.closer_rule},{inputs.closer_model})", "{inputs.few}"
    ),
}

CHECKS: dict[str, str] = {
    "rows_balance": 'ABS({audit.committed}-{tracking.measured}-SUMPRODUCT(({waiting.promotion_id:all}<>"")*1))',
    "ids_unique": "SUM({post_event.repeated:all})",
    "effects_sum": "SUMPRODUCT(({post_event.effects_gap:all}>{inputs.tolerance})*1)",
    "profits_tie": "SUMPRODUCT(({post_event.profit_gap:all}>{inputs.tolerance})*1)",
    "effects_tie": "SUMPRODUCT(({post_event.split_gap:all}>{inputs.tolerance})*1)",
    "bridge_ties": "(ABS(SUMPRODUCT({bridge.is_last:all}*({bridge.to:all}-{bridge.amount:all})))>{inputs.tolerance})*1",
    "weeks_tie": "ABS({tracking.made}-SUM({tracking.week_made:all}))",
    "no_errors": "+".join(
        f"SUMPRODUCT(ISERROR({{{name}.whole}})*1)" for name in ("bridge", "post_event", "tracking", "accuracy")
    ),
    "lift_order": "SUMPRODUCT(ISNUMBER({post_event.lift_low:all})*ISNUMBER({post_event.lift_high:all})"
    "*({post_event.lift_low:all}>{post_event.lift_high:all}))",
    "variance_known": "{bridge.left_out}",
    "all_foretold": "{tracking.measured}-SUM({post_event.foretold:all})",
    "all_measured": 'SUMPRODUCT(({waiting.promotion_id:all}<>"")*1)',
}
INTEGRITY = (
    "rows_balance", "ids_unique", "effects_sum", "profits_tie", "effects_tie", "bridge_ties", "weeks_tie", "no_errors",
    "lift_order",
)  # fmt: skip
ATTENTION = ("variance_known", "all_foretold", "all_measured")
