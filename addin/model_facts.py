"""What is to be said of a model in a few lines: which one it is, what it knows, how well it foretold."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from addin.session import Served


class Fact(NamedTuple):
    """One line about a model."""

    label: str
    value: str | float | date


def facts(served: Served) -> list[Fact]:
    """Return the lines, the most needed first; figures are of promotions the model had not seen."""
    model, found = served.model, served.model.evaluation
    skill, rule, placebo = (found.get(name) or {} for name in ("out_of_time", "simple_rule", "placebo"))
    return [
        Fact("model", model.version),
        Fact("client", served.client.title),
        Fact("sales known up to", model.data_cut),
        Fact("evidence", "yes" if model.worth.evidence else "not enough: every verdict says so"),
        Fact("in words", model.worth.sentence),
        Fact("lift is of", "units" if model.in_units else "the amount paid"),
        *(
            Fact(f"{words}, {of}", float(part[name]))
            for name, words in (("r2_log_lift", "foreseen share of lift (R²)"), ("wape_sales", "error of units sold"))
            for of, part in (("model", skill), ("simple rule", rule), ("placebo", placebo))
            if part.get(name) is not None
        ),
        *([Fact("80 % interval held", float(skill["coverage_80"]))] if skill.get("coverage_80") is not None else []),
        Fact("learnt discounts", "{:.0%} to {:.0%}".format(*model.support.discount)),
        Fact("learnt lengths, days", "{:.0f} to {:.0f}".format(*model.support.duration)),
    ]
