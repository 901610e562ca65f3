"""The rules of a choice, as a file or options state them: frozen, closed to unknown keys, numbers and names only."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from scorer.errors import BadSettings
from scorer.settings import Days, Section, Share, parse_settings

Money = Annotated[float, Field(ge=0, le=1e15)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Names = Annotated[tuple[str, ...], Field(min_length=2)]
Risk = Annotated[float, Field(gt=0, lt=0.5)]
Weeks = Annotated[int, Field(ge=-52, le=52)]


class Where(Section):
    """Which promotions a rule speaks of: those that match every name that is given; none given, all of them."""

    product_category: str | None = None
    product_subcategory: str | None = None
    product: str | None = None
    region: str | None = None
    store: str | None = None
    promotion_type: str | None = None

    @property
    def names(self) -> dict[str, str]:
        """Return the columns that are given, and the name each must have."""
        found = {name: getattr(self, name) for name in Where.model_fields}
        return {name: wanted for name, wanted in found.items() if wanted is not None}


class Blackout(Where):
    """No promotion on any of these days, both included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Blackout:
        if self.last < self.first:
            raise ValueError("the last day of a blackout is before its first")
        return self


class Concurrent(Where):
    """At most this many of these promotions in any one week, Monday to Sunday."""

    most: Count


class Frequency(Where):
    """At least and at most this many promotions of each of these items."""

    least: Count = 0
    most: Count | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Frequency:
        if self.most is not None and self.most < self.least:
            raise ValueError("the most is below the least")
        return self


class Allotment(Where):
    """At most this much promotion cost for these promotions, in currency."""

    most: Money


class Rules(Section):
    """Everything a choice of promotions must keep to; what is left out is no rule."""

    budget: Money | None = Field(default=None, description="Most promotion cost in all, in currency")
    budgets: tuple[Allotment, ...] = Field(default=(), description="Most promotion cost of a part, such as a category")
    most_promotions: Count | None = Field(default=None, description="Most promotions in all")
    minimum_units: Money | None = Field(default=None, description="Incremental units that are wanted in all")
    unit_penalty: Money | None = Field(
        default=None, description="What each missing unit costs, in currency; left out: the units must be reached"
    )
    minimum_probability_of_profit: Share = Field(default=0.0, description="Of every promotion that is chosen")
    max_concurrent: Count | None = Field(default=None, description="Most promotions of one category in any one week")
    concurrent: tuple[Concurrent, ...] = Field(default=(), description="The same for a part of them, together")
    least_per_item: Count = Field(default=0, description="Fewest promotions of each item on the list")
    most_per_item: Count | None = Field(default=None, description="Most promotions of each item")
    frequency: tuple[Frequency, ...] = Field(default=(), description="The same for some items")
    minimum_gap_weeks: Annotated[int, Field(ge=0, le=104)] = Field(
        default=0, description="Whole weeks between two promotions of the same item; 0: they only never run at once"
    )
    must_run: tuple[str, ...] = Field(default=(), description="promotion_ids that run whatever they earn")
    must_not_run: tuple[str, ...] = Field(default=(), description="promotion_ids that do not run")
    together: tuple[Names, ...] = Field(default=(), description="Groups of promotion_ids: all of a group or none")
    apart: tuple[Names, ...] = Field(default=(), description="Groups of promotion_ids: at most one of a group")
    blackouts: tuple[Blackout, ...] = Field(default=(), description="Days without promotions")
    risk: Risk | None = Field(
        default=None, description="Judge profit at this quantile of lift, such as 0.2; left out: by expected profit"
    )
    discounts: tuple[Share, ...] | None = Field(default=None, description="Discounts to try; left out: the client's steps")
    days: tuple[Days, ...] = Field(default=(), description="Lengths to try beside the planned one, in days")
    weeks: tuple[Weeks, ...] = Field(default=(), description="Starts to try beside the planned one, in weeks: -1, 1")
    overlap: bool = Field(default=True, description="Count what promotions at the same time cost one another, where learnt")
    time_limit: Annotated[float, Field(gt=0, le=86_400)] = Field(default=60.0, description="Seconds to look for better choices")

    @model_validator(mode="after")
    def _fits(self) -> Rules:
        if self.most_per_item is not None and self.most_per_item < self.least_per_item:
            raise ValueError("most_per_item is below least_per_item")
        both = sorted({*self.must_run} & {*self.must_not_run})
        if both:
            raise ValueError(f"{both[0]} stands in must_run and in must_not_run")
        if self.unit_penalty is not None and self.minimum_units is None:
            raise ValueError("unit_penalty needs minimum_units")
        return self


def read_rules(path: Path | None, **options: Any) -> Rules:
    """Read a rules file; options that are given (not None) go before what it says.

    Raises BadSettings for a file that is no TOML, an unknown key (naming the nearest known one) or a value out of range.
    """
    raw: dict[str, Any] = {}
    if path is not None:
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
            raise BadSettings(f"{path} is not a file of rules that can be read: {why}.") from why
    stated = {name: value for name, value in options.items() if value is not None}
    return parse_settings(Rules, {**raw, **stated}, path or "the rules")


STARTING_RULES = """\
# Rules for 'promo optimise LIST --rules FILE'. A line that begins with # is a comment: take the # away to use the rule.
# Shares and discounts are fractions (0.20 is 20 %), money is in the client's currency, first and last days are included.

# budget = 50000.0                       # most promotion cost in all: our part of the discount plus fixed cost
# most_promotions = 20                   # most promotions in all
# minimum_probability_of_profit = 0.6    # of every promotion that is chosen
# risk = 0.2                             # judge profit at a lift that only 1 in 5 falls short of, not at the expected one

# Incremental units that are wanted in all. With a penalty, each missing unit costs that much and may be worth it;
# without one the units must be reached.
# minimum_units = 20000.0
# unit_penalty = 0.5

# max_concurrent = 3                     # most promotions of one category in any week, Monday to Sunday
# minimum_gap_weeks = 2                  # weeks between two promotions of the same item; they never run at once anyway
# least_per_item = 0                     # fewest and most promotions of each item on the list
# most_per_item = 2

# must_run = ["P-17"]                    # run whatever they earn
# must_not_run = ["P-3", "P-4"]
# together = [["P-5", "P-6"]]            # all of a group or none
# apart = [["P-7", "P-8", "P-9"]]        # at most one of a group

# What may change, beside the planned step: discounts, lengths in days, weeks by which the start moves.
# discounts = [0.10, 0.15, 0.20]
# days = [7, 14]
# weeks = [-1, 1]
# overlap = true                         # count what promotions at the same time cost one another, where learnt
# time_limit = 60.0                      # seconds

# The same for a part of the promotions. Every rule below takes any of: product_category, product_subcategory, product,
# region, store, promotion_type. It may stand several times.
# [[blackouts]]
# first = 2026-12-20
# last = 2026-12-26
# product_category = "Snacks"

# [[budgets]]
# product_category = "Snacks"
# most = 10000.0

# [[concurrent]]
# region = "North"
# most = 5

# [[frequency]]
# product = "Cola"
# least = 1
# most = 3
"""
