"""Rules → limits on the steps that are chosen, one by one: each with its words, so that a conflict can name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns, Floats
from scorer.errors import InputRefused, nearest
from scorer.planning.optimise.candidates import Candidates
from scorer.planning.optimise.rules import Rules, Where

WEEK = 7
MONDAY = np.datetime64("1970-01-05", "D")  # any Monday does


class Limit(NamedTuple):
    """lower <= sum of ``values`` over the chosen of ``columns`` <= upper, and why.

    kind: which sort of rule. words: the rule, as part of a sentence. relax: what would lift it. unit: of the sum ('' where it
    counts promotions). name: what is limited, where it is an amount. columns: positions among the candidates.
    """

    kind: str
    words: str
    relax: str
    columns: Array
    values: Floats
    lower: float
    upper: float
    unit: str = ""
    name: str = ""

    @property
    def forces(self) -> bool:
        """Whether it asks for something to be chosen; the others only forbid."""
        return self.lower > 0

    @property
    def bans(self) -> bool:
        """Whether nothing of ``columns`` may be chosen."""
        return self.upper == 0 and self.lower == -np.inf


class Listed(NamedTuple):
    """The list whose promotions are chosen from: its columns, the item each is of in words, the currency, and the ids."""

    plan: Columns
    item: Array
    currency: str
    ids: tuple[str, ...]


def limits_of(rules: Rules, listed: Listed, found: Candidates) -> list[Limit]:
    """Return every limit that the rules put on the candidates of a list.

    Raises InputRefused for a rule that names a promotion which is not on the list.
    """
    at = _positions(rules, listed)
    book = _Book(rules, listed, found, at)
    return [
        *_one_step_each(book),
        *_unfit(book),
        *_named(book),
        *_blackouts(book),
        *_groups(book),
        *_per_item(book),
        *_gaps(book),
        *_concurrent(book),
        *_amounts(book),
    ]


def without_matches(rules: Rules, listed: Listed) -> list[str]:
    """Return a sentence for every rule that speaks of a part of the list in which there is nothing."""
    parts: dict[str, tuple[Where, ...]] = {
        "blackouts": rules.blackouts,
        "budgets": rules.budgets,
        "concurrent": rules.concurrent,
        "frequency": rules.frequency,
    }
    return [
        f"A rule under [[{name}]] speaks of {_scope(where)}, of which the list has nothing."
        for name, wheres in parts.items()
        for where in wheres
        if where.names and not matching(where, listed.plan).any()
    ]


def matching(where: Where, plan: Columns) -> Array:
    """Return which rows a rule speaks of; capitals do not matter."""
    found = np.ones(len(plan["promotion_id"]), dtype=bool)
    for name, wanted in where.names.items():
        found &= np.array([cell is not None and cell.lower() == wanted.lower() for cell in plan[name].tolist()], dtype=bool)
    return found


def week_of(days: Array) -> Array:
    """Return the number of the week, Monday to Sunday, that each day lies in."""
    return np.asarray((days - MONDAY).astype(np.int64) // WEEK)


class _Book(NamedTuple):
    rules: Rules
    listed: Listed
    found: Candidates
    at: dict[str, int]

    def of_rows(self, rows: Array | list[int]) -> Array:
        """Return the candidates of these rows of the list."""
        return np.flatnonzero(np.isin(self.found.row, rows))

    def tally(self, kind: str, words: str, relax: str, columns: Array, lower: float, upper: float) -> Limit:
        return Limit(kind, words, relax, columns, np.ones(len(columns)), lower, upper)

    def ban(self, kind: str, words: str, relax: str, columns: Array) -> Limit:
        return self.tally(kind, words, relax, columns, -np.inf, 0)


def _positions(rules: Rules, listed: Listed) -> dict[str, int]:
    at = {name: row for row, name in enumerate(listed.ids)}
    groups = (rules.must_run, rules.must_not_run, *rules.together, *rules.apart)
    for name in (name for group in groups for name in group):
        if name not in at:
            raise InputRefused(f"A rule names promotion '{name}', which is not on the list or was refused.{nearest(name, at)}")
    return at


def _one_step_each(book: _Book) -> Iterator[Limit]:
    """At most one step of each promotion: no rule of anybody's, but what a step is."""
    for row, columns in _by(book.found.row):
        yield book.tally("step", f"one step of {book.listed.ids[row]}", "", columns, -np.inf, 1)


def _by(key: Array, within: Array | None = None) -> Iterator[tuple[int, Array]]:
    """Yield each value of ``key`` with the positions that have it, in order."""
    where = np.arange(len(key)) if within is None else within
    if not len(where):
        return
    order = np.argsort(key[where], kind="stable")
    values, starts = np.unique(key[where][order], return_index=True)
    yield from zip(values.tolist(), np.split(where[order], starts[1:]), strict=True)


def _unfit(book: _Book) -> Iterator[Limit]:
    """Steps that are never chosen: outside what was learnt, without a profit figure, at a loss, too unlikely to earn."""
    found, rules = book.found, book.rules
    profit = found.profit
    chance = found.answer["probability_of_profit"]
    spared = np.isin(found.row, [book.at[name] for name in rules.must_run])
    unknown = np.isnan(profit)
    kinds = (
        ("support", ~found.inside, "lies outside what the model has learnt from", "plan steps it has seen"),
        ("unknown", unknown, "has no profit figure", "give its price and unit cost"),
        ("loss", ~unknown & (profit <= 0) & ~spared, "is expected to lose money", "name it in must_run if it has to run"),
    )
    for kind, unfit, words, relax in kinds:
        for row, columns in _by(found.row, np.flatnonzero(unfit)):
            yield book.ban(kind, f"{_steps_of(book, row, columns)} {words}", relax, columns)
    least = rules.minimum_probability_of_profit
    if least > 0:
        for row, columns in _by(found.row, np.flatnonzero(~(chance >= least))):
            words = f"{_steps_of(book, row, columns)} is less than {least:.0%} likely to earn"
            yield book.ban("probability", words, "lower minimum_probability_of_profit", columns)


def _steps_of(book: _Book, row: int, columns: Array) -> str:
    name = book.listed.ids[row]
    return f"every step of {name}" if len(columns) == np.count_nonzero(book.found.row == row) else f"a step of {name}"


def _named(book: _Book) -> Iterator[Limit]:
    for name in book.rules.must_run:
        yield book.tally("must_run", f"{name} must run", f"take {name} out of must_run", book.of_rows([book.at[name]]), 1, np.inf)
    for name in book.rules.must_not_run:
        yield book.ban("must_not_run", f"{name} must not run", f"take {name} out of must_not_run", book.of_rows([book.at[name]]))


def _blackouts(book: _Book) -> Iterator[Limit]:
    found = book.found
    for blackout in book.rules.blackouts:
        first, last = np.datetime64(blackout.first, "D"), np.datetime64(blackout.last, "D")
        inside = matching(blackout, book.listed.plan)[found.row]
        hit = inside & (found.plan["start_date"] <= last) & (found.plan["end_date"] >= first)
        for row, columns in _by(found.row, np.flatnonzero(hit)):
            part = f" of {_scope(blackout)}" if blackout.names else ""
            words = f"{_steps_of(book, row, columns)} touches the blackout{part} from {blackout.first} to {blackout.last}"
            yield book.ban("blackout", words, "shorten the blackout", columns)


def _groups(book: _Book) -> Iterator[Limit]:
    for group in book.rules.apart:
        columns = book.of_rows([book.at[name] for name in group])
        words = f"at most one of {', '.join(group)} may run"
        yield book.tally("apart", words, "take one out of the group in apart", columns, -np.inf, 1)
    for group in book.rules.together:
        for one, other in pairwise(group):
            left, right = book.of_rows([book.at[one]]), book.of_rows([book.at[other]])
            values = np.concatenate([np.ones(len(left)), -np.ones(len(right))])
            words = f"{one} and {other} run together or not at all"
            yield Limit("together", words, f"take {one} or {other} out of together", np.concatenate([left, right]), values, 0, 0)


def _per_item(book: _Book) -> Iterator[Limit]:
    rules, item = book.rules, book.listed.item
    everything = np.ones(len(item), dtype=bool)
    asked = [(everything, rules.least_per_item, rules.most_per_item, "least_per_item", "most_per_item")]
    named = ("least under frequency", "most under frequency")
    asked += [(matching(some, book.listed.plan), some.least, some.most, *named) for some in rules.frequency]
    for rows, least, most, least_name, most_name in asked:
        if least == 0 and most is None:
            continue
        for name in dict.fromkeys(item[rows].tolist()):
            own = np.flatnonzero(rows & (item == name))
            columns = book.of_rows(own)
            if least:
                words = f"{name} must be promoted at least {_times(least)}"
                yield book.tally("frequency", words, f"lower {least_name}", columns, least, np.inf)
            if most is not None and len(own) > most:
                words = f"{name} may be promoted at most {_times(most)}"
                yield book.tally("frequency", words, f"raise {most_name}", columns, -np.inf, most)


def _gaps(book: _Book) -> Iterator[Limit]:
    """Promotions of an item, each made longer by the gap, may not meet: at most one covers any first day of one of them."""
    found, weeks = book.found, book.rules.minimum_gap_weeks
    item = book.listed.item[found.row]
    names = list(dict.fromkeys(item.tolist()))
    number = {name: at for at, name in enumerate(names)}
    start = (found.plan["start_date"] - MONDAY).astype(np.int64)
    until = (found.plan["end_date"] - MONDAY).astype(np.int64) + WEEK * weeks
    gap = f"{weeks} {'week' if weeks == 1 else 'weeks'} must lie between" if weeks else "no day may be shared by"
    for at, own in _by(np.array([number[name] for name in item.tolist()], dtype=np.int64)):
        if len(np.unique(found.row[own])) < 2:
            continue
        covering = ((day, own[(start[own] <= day) & (until[own] >= day)]) for day in np.unique(start[own]).tolist())
        for day, columns in _largest(covering):
            rows = np.unique(found.row[columns])
            if len(rows) > 1:
                ids = ", ".join(book.listed.ids[row] for row in rows.tolist())
                words = f"{gap} promotions of {names[at]} ({ids} about {day * DAY + MONDAY})"
                yield book.tally("gap", words, "lower minimum_gap_weeks or move one of them", columns, -np.inf, 1)


def _largest(sets: Iterable[tuple[int, Array]]) -> list[tuple[int, Array]]:
    """Leave out every set of steps that lies within another: it asks for nothing more."""
    kept: list[tuple[int, Array, set[int]]] = []
    for day, columns in sets:
        members = set(columns.tolist())
        if any(members <= other for _, _, other in kept):
            continue
        kept = [one for one in kept if not one[2] <= members]
        kept.append((day, columns, members))
    return [(day, columns) for day, columns, _ in kept]


def _concurrent(book: _Book) -> Iterator[Limit]:
    rules, plan = book.rules, book.listed.plan
    asked = []
    if rules.max_concurrent is not None:
        category = plan["product_category"]
        for name in dict.fromkeys(category.tolist()):
            rows = np.array([cell == name for cell in category.tolist()], dtype=bool)
            asked.append((rows, rules.max_concurrent, name or "promotions without a category", "max_concurrent"))
    asked += [(matching(c, plan), c.most, _scope(c), "most under concurrent") for c in rules.concurrent]
    first, last = week_of(book.found.plan["start_date"]), week_of(book.found.plan["end_date"])
    for rows, most, name, setting in asked:
        own = np.flatnonzero(rows[book.found.row])
        for week in np.unique(first[own]).tolist():  # wherever most run at once, one of them has just begun
            columns = own[(first[own] <= week) & (last[own] >= week)]
            if len(np.unique(book.found.row[columns])) > most:
                monday = MONDAY + week * WEEK * DAY
                words = f"at most {most} of {name} may run in the week of {monday}"
                yield book.tally("concurrent", words, f"raise {setting}", columns, -np.inf, most)


def _amounts(book: _Book) -> Iterator[Limit]:
    rules, found, currency = book.rules, book.found, book.listed.currency
    every = np.arange(len(found.row))
    cost, units = np.nan_to_num(found.cost), np.nan_to_num(found.answer["incremental_units_expected"])
    if rules.budget is not None:
        words = f"promotion cost may reach {rules.budget:,.2f} {currency} (budget)"
        yield Limit("budget", words, "raise the budget", every, cost, -np.inf, rules.budget, currency, "budget")
    for part in rules.budgets:
        columns = np.flatnonzero(matching(part, book.listed.plan)[found.row])
        words = f"promotion cost of {_scope(part)} may reach {part.most:,.2f} {currency}"
        named = f"budget of {_scope(part)}"
        yield Limit("budgets", words, "raise that budget", columns, cost[columns], -np.inf, part.most, currency, named)
    if rules.most_promotions is not None:
        words = f"at most {rules.most_promotions:,} of all promotions may run"
        yield book.tally("most_promotions", words, "raise most_promotions", every, -np.inf, rules.most_promotions)
    if rules.minimum_units is not None:
        words = f"{rules.minimum_units:,.0f} incremental units are wanted"
        relax = "lower minimum_units or give unit_penalty"
        yield Limit("units", words, relax, every, units, rules.minimum_units, np.inf, "units")


def _scope(where: Where) -> str:
    return " / ".join(where.names.values()) or "all promotions"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
