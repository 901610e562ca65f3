"""The promotion What-if opens with: every figure the sheet shows of it, by the engine."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scorer.answer import thresholds_of
from scorer.columns import Array, Columns, Floats
from scorer.economics.promotion import Terms
from scorer.economics.verdict import is_go
from scorer.planning.ladder import SLACK, SPAN
from scorer.workbook.content import Content
from scorer.workbook.figures import highest, money
from scorer.workbook.figures_lift import chance_figures, lift_figures
from scorer.workbook.plan_rows import PlanRows
from scorer.workbook.sheets_in import TOLERANCES
from scorer.workbook.sheets_out import Result, opening_row
from scorer.workbook.template import Factor, WhatIf

MARGINS = 5
OWN, PLAN = 1, 0
"""The cases: the plan first, then the planner's own step, then each factor down and up."""


class Cases(NamedTuple):
    """What the cases on What-if vary: number of the factor, which way, and by how much."""

    turn: Array
    side: Array
    amount: Floats


def cases_of(factors: tuple[Factor, ...]) -> Cases:
    """Lay out the cases: plan, own step, then down and up for every factor."""
    turn = np.concatenate([[0, 0], np.repeat(np.arange(1, len(factors) + 1), 2)])
    side = np.concatenate([[0, 0], np.tile([-1, 1], len(factors))])
    swing = np.array([0.0, *(factor.swing for factor in factors)])[turn]
    return Cases(turn, side, side * swing)


class Chosen:
    """One promotion, its ladder, its grids and its cases."""

    def __init__(self, content: Content, rows: PlanRows, result: Result, spec: WhatIf) -> None:
        self.content, self.spec, self.ladder = content, spec, content.ladder
        self.position = opening_row(result.columns["profit"])
        self.row = {name: values[self.position] for name, values in result.columns.items()}
        self.plan = {name: values[self.position] for name, values in rows.columns.items()}
        self.stamps = {name: values[self.position] for name, values in rows.stamps.items()}
        self.name = str(self.row["promotion_id"] or "")
        self.steps = steps_of(content)
        self.figures = self.evaluated({"discount": self.steps, "days": self.row["days"]}, self._unit_terms())
        self.best = highest(self.figures["profit"])
        self.cases = self._cases()
        self.depths, self.lengths = self._depths(), self._lengths()
        self.grid = self._grid()

    def _unit_terms(self) -> Columns:
        names = ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share", "unit_adjustment")
        return {name: self.row[name] for name in names}

    def evaluated(self, point: Columns, terms: Columns, growth: Array | float = 1.0, side: Array | None = None) -> Columns:
        """Work out what the sheet's formulas come to at these discounts and lengths, and with these terms.

        side: -1, 0 or 1 for the low, the expected or the high lift.
        """
        many = np.broadcast_arrays(point["discount"], point["days"], growth, *terms.values())
        discount, days, growth, *values = (np.asarray(column, dtype=np.float64) for column in many)
        terms = dict(zip(terms, values, strict=True))
        moved = np.abs(np.nan_to_num(discount) - np.nan_to_num(self.plan["scored_discount"])) + np.abs(
            np.nan_to_num(days) - np.nan_to_num(self.plan["scored_days"])
        )
        moved = (moved > SLACK) * 1.0
        at = {"place": self.plan["ladder_place"], "discount": discount, "days": days, **terms}
        lift = lift_figures(self.ladder, at, moved, self.stamps)
        override = self.plan["baseline_override"]
        per_day = (lift["model_per_day"] if np.isnan(override) else np.full(len(days), override)) * growth
        baseline = per_day * days
        ends = (lift["lift_low"], lift["lift_expected"], lift["lift_high"])
        used = lift["lift_expected"] if side is None else np.choose(side.astype(int) + 1, ends)
        made = lift | money(Terms(discount=discount, **terms), baseline, *ends, lift=used)
        made |= chance_figures(self.ladder, lift, made, {"baseline_units": baseline})
        return made | terms | {"discount": discount, "days": days, "baseline_per_day": per_day, "baseline_units": baseline}

    def _cases(self) -> Columns:
        """The plan, the own step (at first the plan again), and one factor moved at a time."""
        turn, side, amount = cases_of(self.spec.factors)
        number = {factor.name: at for at, factor in enumerate(self.spec.factors, start=1)}

        def by(name: str) -> Floats:
            return np.where(turn == number[name], amount, 0.0)

        terms = self._unit_terms()
        for name, factor in (("list_price", "price"), ("unit_cost", "cost"), ("fixed_cost", "fixed")):
            terms[name] = terms[name] * (1 + by(factor))
        terms["funding_share"] = np.clip(terms["funding_share"] + by("funding"), 0, 1)
        point = {"discount": self.row["discount"] + by("discount"), "days": self.row["days"] + by("days")}
        made = self.evaluated(point, terms, 1 + by("baseline"), np.where(turn == number["lift"], side, 0))
        places = np.arange(len(turn))
        told = {"case": places + 1.0, "turn": turn * 1.0, "side": side * 1.0, "is_own": (places == OWN) * 1.0, "amount": amount}
        return made | told | {"change": made["profit"] - made["profit"][PLAN]}

    def factors(self) -> Columns:
        """How wide each factor is, and its rank."""
        count = len(self.spec.factors)
        change = self.cases["change"]
        down, up = change[2::2], change[3::2]
        reach = np.maximum(np.nan_to_num(np.fmax(down, up)), 0) - np.minimum(np.nan_to_num(np.fmin(down, up)), 0)
        size = np.floor(reach / TOLERANCES["tolerance"] + 0.5)
        rank = [float((size > one).sum() + ((size == one) & (np.arange(count) <= at)).sum()) for at, one in enumerate(size)]
        words = [factor.label + swing_words(factor) for factor in self.spec.factors]
        return {
            "number": np.arange(1.0, count + 1),
            "label": np.array([factor.label for factor in self.spec.factors], dtype=object),
            "format": np.array([factor.format for factor in self.spec.factors], dtype=object),
            "suffix": np.array([factor.suffix for factor in self.spec.factors], dtype=object),
            "down_case": 2 * np.arange(count) + 3.0,
            "up_case": 2 * np.arange(count) + 4.0,
            "what": np.array(words, dtype=object),
            "down": down,
            "up": up,
            "reach": reach,
            "size": size,
            "rank": np.array(rank),
        }

    def _grid(self) -> Floats:
        """Expected profit at every discount (lines) and length (columns) of the grid."""
        depths, lengths, row = self.depths, self.lengths, self.row
        line, column = lengths["line"], depths["column"].astype(int) - 1
        lift = np.full((len(column), len(line)), np.nan)
        there = ~np.isnan(line)
        lift[:, there] = self.ladder.lift[line[there].astype(int) - 1][:, column].T
        in_units = (lift + depths["shift"][:, None]) / depths["keep"][:, None]
        each = depths["left"][:, None] * in_units - depths["ours"][:, None] * row["redemption_share"]
        return np.asarray(lengths["baseline"] * each - row["fixed_cost"])

    def margins(self, step: float) -> tuple[Floats, Floats]:
        """The margins around the row's own, and the headroom at every discount (lines) and margin; NaN: it never pays."""
        depths, row = self.depths, self.row
        own = (row["list_price"] - row["unit_cost"]) / row["list_price"]
        margins = own + step * np.arange(-(MARGINS // 2), MARGINS // 2 + 1)
        left = margins * row["list_price"] + row["unit_adjustment"] - depths["ours"][:, None]
        needed = depths["given"][:, None] / (row["baseline_units"] * np.where(left > 0, left, np.nan))
        return margins, np.where(left > 0, depths["lift"][:, None] - needed, np.inf * (1 + 0 * left))

    def _depths(self) -> Columns:
        """What the discounts of the grids come to at the length on Plan."""
        row, ladder, discount = self.row, self.ladder, np.array(depths_of(self.content))
        column = np.searchsorted(ladder.discounts, discount, side="right")
        below, above, share = self.lines()
        in_money = 0.0 if ladder.in_units else 1.0
        ours = (1 - row["funding_share"]) * discount * row["list_price"]
        forecast = np.full(len(discount), np.nan)
        if not np.isnan(below):
            ends = ladder.lift[int(below) - 1, column - 1], ladder.lift[int(above) - 1, column - 1]
            forecast = ends[0] + share * (ends[1] - ends[0])
        shift, keep = in_money * discount * np.nan_to_num(row["redemption_share"]), 1 - in_money * discount
        return {
            "discount": discount,
            "column": column * 1.0,
            "ours": ours,
            "left": row["list_price"] - row["unit_cost"] + row["unit_adjustment"] - ours,
            "shift": shift,
            "keep": keep,
            "forecast": forecast,
            "lift": (forecast + shift) / keep,
            "given": row["baseline_units"] * ours * row["redemption_share"] + row["fixed_cost"],
        }

    def lines(self) -> tuple[float, float, float]:
        """The lines of Ladder the length on Plan lies between, counted from 1, and the share of the way."""
        days, place, ladder = self.row["days"], self.plan["ladder_place"], self.ladder
        short, long = ladder.duration
        if np.isnan(days) or np.isnan(place) or not short <= days <= long:
            return np.nan, np.nan, np.nan
        below = int(np.searchsorted(ladder.rows["key"], place * SPAN + days, side="right"))
        at = ladder.rows["duration_days"][below - 1]
        if days <= at:
            return float(below), float(below), 0.0
        return float(below), below + 1.0, float((days - at) / (ladder.rows["duration_days"][below] - at))

    def _lengths(self) -> Columns:
        """Where the lengths of the grid stand on Ladder, and the baseline over each."""
        days = np.array(lengths_of(self.content), dtype=np.float64)
        key = self.plan["ladder_place"] * SPAN + days
        at = np.searchsorted(self.ladder.rows["key"], key)
        at = np.where(np.isnan(key), 0, np.minimum(at, len(self.ladder.rows["key"]) - 1)).astype(int)
        found = self.ladder.rows["key"][at] == key
        override = self.plan["baseline_override"]
        per_day = np.where(np.isnan(override), self.ladder.rows["baseline_units_per_day"][at], override)
        line, baseline = np.where(found, at + 1.0, np.nan), np.where(found, per_day * days, np.nan)
        return {"days": days, "key": key, "line": line, "baseline": baseline}

    def own_step(self) -> dict[str, Any]:
        """The own step's figures and verdict; as long as nothing is entered, those of the plan."""
        case = {name: values[OWN] for name, values in self.cases.items()}
        learnt = float(self.row["learnt"])
        free = case["promotion_cost"] == 0
        judgeable = learnt * float(
            not np.isnan(case["profit"]) and not np.isnan(case["probability_of_profit"]) and (not np.isnan(case["roi"]) or free)
        )
        lines = thresholds_of(self.content.client)
        go = judgeable * float(is_go(case["probability_of_profit"], case["profit"], case["roi"], lines, costs_nothing=free))
        number = 1 + judgeable * (1 + max(float(self.row["remedy"]), go) + go)
        return {"case": case, "learnt": learnt, "judgeable": judgeable, "go": go, "number": number}


def steps_of(content: Content) -> Floats:
    """The discounts of the ladder, rising."""
    return np.unique(np.array(content.client.verdict.ladder, dtype=np.float64))


def depths_of(content: Content) -> list[float]:
    """The discounts of the grids: those the client tries, within what was learnt from."""
    low, high = content.ladder.discount
    return sorted({step for step in content.client.verdict.discount_steps if low <= step <= high}) or [low]


def lengths_of(content: Content) -> list[int]:
    """The lengths of the grid: those the client tries, within what was learnt from."""
    short, long = content.ladder.duration
    return sorted({step for step in content.client.verdict.duration_steps if short <= step <= long}) or [int(short)]


def swing_words(factor: Factor) -> str:
    """How far a factor moves, as the sheet's formula writes it."""
    if not factor.format:
        return ""
    shown = f"{factor.swing:.0%}" if factor.format.endswith("%") else f"{factor.swing:.0f}"
    return f" ± {shown}{factor.suffix}"
