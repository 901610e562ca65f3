"""Small choices made by chance, and what they come to when every one of them is tried: no solver, no model."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from scorer.columns import DAY, text
from scorer.overlap import KnownOverlap
from scorer.planning.optimise.candidates import Candidates, cents
from scorer.planning.optimise.constraints import Listed, limits_of
from scorer.planning.optimise.formulation import overlaps_of
from scorer.planning.optimise.question import Question
from scorer.planning.optimise.rules import Rules

MONDAY = date(2026, 1, 5)
ITEMS, CATEGORIES, REGIONS = ("cola", "chips", "soap"), ("food", "care"), ("north", "south")


class Step(NamedTuple):
    """One step of one promotion, in plain numbers; days are counted from a Monday."""

    row: int
    start: int
    days: int
    profit: float
    low: float
    cost: float
    units: float
    chance: float
    inside: bool
    loss: float  # per promotion at the same time, beyond the usual ones
    usual: float
    exported: bool = False  # the exported calendar reaches its first week: nothing is usual there, it is known
    listed: bool = False  # and the item stands in it, so the answers of the others allow for it


class Instance(NamedTuple):
    """A list and its steps; category follows from the item as it would on a list."""

    items: tuple[str, ...]
    regions: tuple[str, ...]
    steps: tuple[Step, ...]
    rules: Rules

    @property
    def rows(self) -> int:
        return len(self.items)

    def category(self, row: int) -> str:
        return CATEGORIES[self.items[row] == "soap"]

    def own(self, row: int) -> list[int]:
        return [at for at, step in enumerate(self.steps) if step.row == row]


def name_of(row: int) -> str:
    return f"P{row}"


def plan_of(instance: Instance) -> dict[str, np.ndarray]:
    rows = range(instance.rows)
    nothing = text([None] * instance.rows)
    return {
        "promotion_id": text(map(name_of, rows)),
        "product_category": text(map(instance.category, rows)),
        "product_subcategory": nothing,
        "product": text(instance.items),
        "region": text(instance.regions),
        "store": nothing,
        "promotion_type": nothing,
    }


def question_of(instance: Instance) -> Question:
    """Put an instance the way a list with a model would be put."""
    found, rules = candidates_of(instance), instance.rules
    plan = plan_of(instance)
    listed = Listed(plan, plan["product"], "EUR", tuple(map(name_of, range(instance.rows))))
    limits = limits_of(rules, listed, found)
    is_open = np.ones(len(found.row), dtype=bool)
    for limit in limits:
        if limit.bans:
            is_open[limit.columns] = False
    value = found.profit if rules.risk is None else cents(found.answer["incremental_profit_low"])
    return Question(listed, found, value, limits, overlaps_of(found, is_open), rules.unit_penalty)


def candidates_of(instance: Instance) -> Candidates:
    steps = instance.steps

    def column(name: str) -> np.ndarray:
        return np.array([getattr(step, name) for step in steps], dtype=np.float64)

    start = np.datetime64(MONDAY, "D") + column("start").astype(int) * DAY
    end = start + (column("days").astype(int) - 1) * DAY
    first, last = ((day - np.datetime64(MONDAY, "D")).astype(int) // 7 for day in (start, end))
    place = text(f"{instance.regions[step.row]}|{instance.category(step.row)}" for step in steps)
    known = KnownOverlap(
        place=place,
        item=text(f"{instance.regions[step.row]}|{instance.items[step.row]}" for step in steps),
        first_week=first,
        last_week=last,
        promotions=column("usual"),
        exported=np.array([step.exported for step in steps]),
        listed=np.array([step.listed for step in steps]),
    )
    answer = {
        "incremental_profit_expected": column("profit"),
        "incremental_profit_low": column("low"),
        "incremental_units_expected": column("units"),
        "promotion_cost_expected": column("cost"),
        "probability_of_profit": column("chance"),
    }
    row = np.array([step.row for step in steps])
    planned = np.array([at == 0 or row[at] != row[at - 1] for at in range(len(steps))])
    inside = np.array([step.inside for step in steps])
    plan = {"start_date": start, "end_date": end}
    overlapped = column("profit") - column("loss")
    return Candidates(row, plan, answer, inside, planned, known, np.where(column("loss") > 0, 1.0, 0.0), overlapped)


# ------------------------------------------------------------------------------------------ tried one by one
def choices(instance: Instance):
    """Yield every choice: for each promotion a step or None."""
    yield from product(*([None, *instance.own(row)] for row in range(instance.rows)))


def worth_of(instance: Instance, choice: tuple[int | None, ...]) -> float | None:
    """Return what a choice is worth by the words of the rules, None where it breaks one."""
    rules, steps = instance.rules, instance.steps
    run = {row: steps[at] for row, at in enumerate(choice) if at is not None}
    if not (_fit(instance, run) and _named(rules, run) and _by_item(instance, run) and _in_time(instance, run)):
        return None
    cost = sum(step.cost for step in run.values())
    if rules.budget is not None and cost > rules.budget + 1e-9:
        return None
    for part in rules.budgets:
        if sum(s.cost for row, s in run.items() if instance.category(row) == part.product_category) > part.most + 1e-9:
            return None
    if rules.most_promotions is not None and len(run) > rules.most_promotions:
        return None
    missing = max((rules.minimum_units or 0.0) - sum(step.units for step in run.values()), 0.0)
    if rules.unit_penalty is None and missing > 1e-9:
        return None
    value = sum(step.profit if rules.risk is None else step.low for step in run.values())
    return value - missing * (rules.unit_penalty or 0.0) - sum(_lost(instance, run, row) for row in run)


def _fit(instance: Instance, run: dict[int, Step]) -> bool:
    rules = instance.rules
    return all(
        step.inside
        and (step.profit > 0 or name_of(row) in rules.must_run)
        and step.chance >= rules.minimum_probability_of_profit
        for row, step in run.items()
    )


def _named(rules: Rules, run: dict[int, Step]) -> bool:
    names = {name_of(row) for row in run}
    return (
        set(rules.must_run) <= names
        and not set(rules.must_not_run) & names
        and all(len(names & set(group)) in (0, len(group)) for group in rules.together)
        and all(len(names & set(group)) <= 1 for group in rules.apart)
    )


def _by_item(instance: Instance, run: dict[int, Step]) -> bool:
    rules = instance.rules
    for item in set(instance.items):
        own = [step for row, step in run.items() if instance.items[row] == item]
        if len(own) < rules.least_per_item or len(own) > (rules.most_per_item if rules.most_per_item is not None else len(own)):
            return False
        for asked in rules.frequency:
            if asked.product == item and not asked.least <= len(own) <= (asked.most if asked.most is not None else len(own)):
                return False
        ordered = sorted(own, key=lambda step: step.start)
        for one, other in pairwise(ordered):
            if other.start - (one.start + one.days) < 7 * rules.minimum_gap_weeks:
                return False
    return True


def _in_time(instance: Instance, run: dict[int, Step]) -> bool:
    rules = instance.rules
    for blackout in rules.blackouts:
        first, last = (blackout.first - MONDAY).days, (blackout.last - MONDAY).days
        for row, step in run.items():
            spoken_of = blackout.region in (None, instance.regions[row])
            if spoken_of and step.start <= last and step.start + step.days - 1 >= first:
                return False
    for week in range(20):
        there = [row for row, step in run.items() if step.start // 7 <= week <= (step.start + step.days - 1) // 7]
        if rules.max_concurrent is not None:
            for category in CATEGORIES:
                if sum(instance.category(row) == category for row in there) > rules.max_concurrent:
                    return False
        for part in rules.concurrent:
            if sum(instance.regions[row] == part.region for row in there) > part.most:
                return False
    return True


def _lost(instance: Instance, run: dict[int, Step], row: int) -> float:
    step = run[row]
    if not (step.loss >= 0.01 and step.loss >= 0.01 * abs(step.profit)) or not instance.rules.overlap:
        return 0.0
    week = step.start // 7
    beside = [
        other
        for other, at in run.items()
        if other != row
        and not at.listed
        and instance.regions[other] == instance.regions[row]
        and instance.category(other) == instance.category(row)
        and at.start // 7 <= week <= (at.start + at.days - 1) // 7
    ]
    return step.loss * max(len(beside) - (0.0 if step.exported else step.usual), 0.0)


# ------------------------------------------------------------------------------------------ made by chance
def euros(low: int, high: int):
    return st.integers(low * 100, high * 100).map(lambda amount: amount / 100)


@st.composite
def instances(draw, most_rows: int = 5, most_steps: int = 3) -> Instance:
    rows = draw(st.integers(1, most_rows))
    items = tuple(draw(st.sampled_from(ITEMS)) for _ in range(rows))
    regions = tuple(draw(st.sampled_from(REGIONS)) for _ in range(rows))
    steps = tuple(draw(a_step(row)) for row in range(rows) for _ in range(draw(st.integers(1, most_steps))))
    return Instance(items, regions, steps, draw(some_rules(rows)))


# One kind of rule at a time, drawn so that it presses: what stands in a rules file for it.
ONE_RULE: dict[str, st.SearchStrategy[dict[str, object]]] = {
    "budget": euros(10, 120).map(lambda most: {"budget": most}),
    "budgets": euros(5, 60).map(lambda most: {"budgets": ({"product_category": "food", "most": most},)}),
    "most_promotions": st.integers(0, 3).map(lambda most: {"most_promotions": most}),
    "units": st.integers(40, 120).map(lambda units: {"minimum_units": float(units)}),
    "units at a price": st.integers(40, 200).map(lambda units: {"minimum_units": float(units), "unit_penalty": 1.5}),
    "probability": st.sampled_from((0.5, 0.6, 0.9)).map(lambda least: {"minimum_probability_of_profit": least}),
    "max_concurrent": st.integers(0, 2).map(lambda most: {"max_concurrent": most}),
    "concurrent": st.integers(0, 2).map(lambda most: {"concurrent": ({"region": "north", "most": most},)}),
    "most_per_item": st.integers(0, 2).map(lambda most: {"most_per_item": most}),
    "least_per_item": st.just({"least_per_item": 1}),
    "frequency": st.integers(0, 1).map(lambda low: {"frequency": ({"product": "cola", "least": low, "most": low + 1},)}),
    "gap": st.integers(0, 2).map(lambda weeks: {"minimum_gap_weeks": weeks}),
    "must_run": st.just({"must_run": ("P0",)}),
    "must_not_run": st.just({"must_not_run": ("P0",)}),
    "together": st.just({"together": (("P0", "P1", "P2"),)}),
    "apart": st.just({"apart": (("P0", "P1", "P2"),)}),
    "blackout": st.integers(0, 20).map(
        lambda day: {"blackouts": ({"first": MONDAY + timedelta(days=day), "last": MONDAY + timedelta(days=day + 2)},)}
    ),
    "risk": st.just({"risk": 0.2}),
    "overlap": st.just({}),
}


@st.composite
def pressed(draw, kind: str) -> Instance:
    """Four promotions side by side in one region, and rules of one kind."""
    items = tuple(draw(st.sampled_from(ITEMS[:2])) for _ in range(4))
    if kind in ("max_concurrent", "concurrent", "overlap"):  # promotions of one item never run at once anyway
        items = ("cola", "chips", "cola", "chips")
    losing = kind == "overlap"
    steps = tuple(draw(a_step(row, last_start=13, often_losing=losing)) for row in range(4) for _ in range(draw(st.integers(1, 2))))
    return Instance(items, ("north",) * 4, steps, Rules(**draw(ONE_RULE[kind])))


@st.composite
def a_step(draw, row: int, last_start: int = 27, *, often_losing: bool = False) -> Step:
    profit = draw(euros(1 if often_losing else -40, 100))
    return Step(
        row=row,
        start=draw(st.integers(0, last_start)),
        days=draw(st.sampled_from((3, 7, 14))),
        profit=profit,
        low=round(profit - draw(euros(0, 60)), 2),
        cost=draw(euros(1, 60)),
        units=float(draw(st.integers(0, 50))),
        chance=draw(st.sampled_from((0.3, 0.5, 0.6, 0.9))),
        inside=draw(st.integers(0, 9)) > 0,
        loss=draw(st.sampled_from((2.5, 12.75, 40.0) if often_losing else (0.0, 0.0, 2.5, 12.75))),
        usual=draw(st.sampled_from((0.0, 0.0, 0.4, 1.0))),
        exported=(known := draw(st.integers(0, 3)) == 0),
        listed=known and draw(st.booleans()),
    )


@st.composite
def some_rules(draw, rows: int) -> Rules:
    def maybe(strategy, otherwise=None):
        return draw(strategy) if draw(st.integers(0, 2)) == 0 else otherwise

    names = [name_of(row) for row in range(rows)]
    some = st.lists(st.sampled_from(names), unique=True, max_size=2).map(tuple)
    group = st.lists(st.sampled_from(names), unique=True, min_size=2, max_size=3).map(tuple)
    groups = group.map(lambda one: (one,)) if rows > 1 else st.just(())
    must = maybe(some, ())
    first = MONDAY + timedelta(days=draw(st.integers(0, 27)))
    blackout = {"first": first, "last": first + timedelta(days=draw(st.integers(0, 6))), "region": maybe(st.sampled_from(REGIONS))}
    wanted = maybe(st.integers(10, 150).map(float))
    least = maybe(st.integers(0, 1), 0)
    return Rules(
        budget=maybe(euros(10, 120)),
        budgets=maybe(euros(5, 60).map(lambda most: ({"product_category": "food", "most": most},)), ()),
        most_promotions=maybe(st.integers(0, 3)),
        minimum_units=wanted,
        unit_penalty=maybe(st.sampled_from((0.25, 2.0)), 0.5) if wanted is not None and draw(st.booleans()) else None,
        minimum_probability_of_profit=maybe(st.sampled_from((0.5, 0.8)), 0.0),
        max_concurrent=maybe(st.integers(0, 2)),
        concurrent=maybe(st.integers(0, 2).map(lambda most: ({"region": "north", "most": most},)), ()),
        least_per_item=least,
        most_per_item=maybe(st.integers(least, 2)),
        frequency=maybe(st.integers(0, 1).map(lambda low: ({"product": "cola", "least": low, "most": low + 1},)), ()),
        minimum_gap_weeks=maybe(st.integers(0, 2), 0),
        must_run=must,
        must_not_run=tuple(name for name in maybe(some, ()) if name not in must),
        together=maybe(groups, ()),
        apart=maybe(groups, ()),
        blackouts=maybe(st.just((blackout,)), ()),
        risk=maybe(st.just(0.2)),
    )
