"""The scored plan: every column of the plan as it came, then these."""

from __future__ import annotations

from scorer.contracts.table import Column, Contract, Kind
from scorer.economics.verdict import Verdict


def _range(name: str, kind: Kind, meaning: str, unit: str) -> tuple[Column, ...]:
    return tuple(
        Column(f"{name}_{end}", kind, f"{meaning}, {words}", unit)
        for end, words in (("low", "low end of the interval"), ("expected", "expected"), ("high", "high end of the interval"))
    )


SCORED = Contract(
    "scored",
    "one row per planned promotion that could be scored; refused rows are in the rejects",
    (
        Column("success_probability", Kind.SHARE, "Chance that sales rise above the baseline", "fraction", 0, 1),
        # where sales have no units, a unit is one unit of currency at list price
        *_range("lift", Kind.RATIO, "Lift of units over the baseline", "ratio"),
        Column("baseline_units_per_day", Kind.NUMBER, "Expected units a day without the promotion", "units/day", 0),
        Column("baseline_units", Kind.NUMBER, "Expected units over the promotion's days without it", "units", 0),
        Column("baseline_method", Kind.TEXT, "Whose history it is: item, product, category, all; override: from the plan"),
        Column("baseline_observations", Kind.NUMBER, "Clean weeks behind the baseline, averaged over weekdays", "weeks", 0),
        *_range("sales_units", Kind.NUMBER, "Units sold with the promotion", "units"),
        *_range("incremental_units", Kind.NUMBER, "Units above the baseline", "units"),
        *_range("incremental_revenue", Kind.MONEY, "Net revenue above the baseline's list value", "currency"),
        *_range("promotion_cost", Kind.MONEY, "Discount paid by us plus fixed cost", "currency"),
        *_range("incremental_profit", Kind.MONEY, "Profit above running no promotion", "currency"),
        *_range("roi", Kind.RATIO, "Incremental profit over promotion cost (0 is break-even)", "ratio"),
        Column("probability_of_profit", Kind.SHARE, "Chance that the incremental profit is above zero", "fraction", 0, 1),
        Column("break_even_lift", Kind.RATIO, "Unit lift at which the incremental profit is zero", "ratio"),
        Column("headroom", Kind.RATIO, "Expected lift minus break-even lift", "ratio"),
        Column("sales_multiple", Kind.RATIO, "Incremental list sales over discount given", "ratio"),
        Column("verdict", Kind.TEXT, "One of: " + ", ".join(verdict.label for verdict in Verdict)),
        Column("remedy", Kind.TEXT, f"For {Verdict.OPTIMISE.label}: the change that reaches {Verdict.GO.label}"),
        Column("reasons", Kind.TEXT, "What drives the figures, in the plan's words and in currency"),
        Column("flags", Kind.TEXT, "What to be careful about, separated by semicolons"),
        Column("used_list_price", Kind.MONEY, "List price the figures rest on", "currency/unit"),
        Column("used_unit_cost", Kind.MONEY, "Unit cost the figures rest on", "currency/unit"),
        Column("used_funding_share", Kind.SHARE, "Funding share the figures rest on", "fraction", 0, 1),
        Column("used_fixed_cost", Kind.MONEY, "Fixed cost the figures rest on", "currency"),
        Column("used_redemption_share", Kind.SHARE, "Redemption share the figures rest on", "fraction", 0, 1),
        Column("used_unit_adjustment", Kind.MONEY, "Cannibalisation, pull-forward and halo", "currency/incremental unit"),
        Column(
            "used_pulled_forward_share",
            Kind.SHARE,
            "Share of incremental units bought earlier instead of later; its money is part of used_unit_adjustment",
            "fraction",
            0,
            1,
        ),
        Column("money_sources", Kind.TEXT, "Where price and cost come from: plan, cost master, settings, sales history"),
        Column("model_version", Kind.TEXT, "Version of the model that made the figures"),
        Column("data_cut", Kind.DATE, "Last day of sales the model has seen"),
        Column("input_hash", Kind.TEXT, "Fingerprint of the plan row the figures belong to"),
    ),
)

# What is shown where nobody says which columns he wants, in this order.
MOST_USEFUL = (
    "success_probability",
    "lift_expected",
    "incremental_profit_expected",
    "roi_expected",
    "probability_of_profit",
    "verdict",
    "remedy",
    "flags",
)
