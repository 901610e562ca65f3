"""Named scenarios: sets of changes over a whole list, read from a TOML file; the README shows one.

A scenario is a table called by its name. Its keys are inputs of a promotion, with the value to set (200), the amount to add
("+5 pp", "+100", "-3 days") or the factor ("+10 %"); ``only`` chooses the promotions they are for, ``note`` says what it is
about. Several changes for promotions of their own are a list of tables called ``part``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from scorer.columns import Array, Columns, distinct, length
from scorer.contracts.exports import PLAN
from scorer.contracts.table import Kind
from scorer.errors import BadQuestion, FileUnreadable, listed, nearest
from scorer.lake.headers import key
from scorer.planning.changes import INPUTS, Move, Moved, input_named, moved, read_move

AS_PLANNED = "As planned"
MOST = 20
FILTERS = tuple(column.name for column in PLAN.columns if column.kind is Kind.TEXT)
_WORDS = ("note", "only", "part")


class Part(NamedTuple):
    """Changes, and which promotions they are for: by column, the texts one of which must stand there; none: all."""

    moves: tuple[Move, ...]
    only: dict[str, tuple[str, ...]]


class Scenario(NamedTuple):
    """A named set of changes. Where two parts change the same input of a promotion, the later one counts."""

    name: str
    note: str
    parts: tuple[Part, ...]


def read_scenarios(path: Path) -> list[Scenario]:
    """Read a file of scenarios, in its order.

    Raises FileUnreadable where there is none; BadQuestion for what is no TOML, an unknown input (naming the nearest), a value
    it cannot have, a scenario without a change, or more than 20 of them.
    """
    if not path.is_file():
        raise FileUnreadable.because(path, "there is no such file", "Give the TOML file that names the scenarios.")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
        told = f"{path} is not a file of scenarios that can be read: {why}"
        raise BadQuestion.because(told, 'A scenario begins with its name in brackets and quotes: ["Price war"]') from why
    return parse_scenarios(raw, path)


def parse_scenarios(raw: Mapping[str, Any], path: object = "scenarios") -> list[Scenario]:
    """Read scenarios that are already in memory; errors name ``path``.

    >>> parse_scenarios({"Shorter": {"duration_days": 7}})[0].parts[0].moves[0].words
    '7'
    """
    if not raw:
        raise BadQuestion.because(f"{path} names no scenario", 'Write one: ["Shorter"] and below it duration_days = 7')
    if len(raw) > MOST:
        raise BadQuestion.because(f"{path} names {len(raw)} scenarios", f"{MOST} can be compared at a time.")
    return [_scenario(str(name), found, path) for name, found in raw.items()]


def _scenario(name: str, found: Any, path: object) -> Scenario:
    where = f"{path}, scenario '{name}'"
    if not isinstance(found, dict):
        told = f"{path}: {name} = {found!r} belongs to no scenario"
        raise BadQuestion.because(told, 'A scenario begins with its name in brackets and quotes, above it: ["Price war"]')
    if name.casefold() == AS_PLANNED.casefold():
        raise BadQuestion.because(f"{where}: that is what the list itself is called", "Choose another name.")
    parts = found.get("part", [])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise BadQuestion.because(f"{where}: part is no list of changes", f'Write [["{name}".part]] above each.')
    own = {word: value for word, value in found.items() if word not in ("note", "part")}
    every = [*([own] if set(own) - {"only"} else []), *parts]
    if not every:
        raise BadQuestion.because(f"{where} changes nothing", "Give it at least one change, such as fixed_cost = 200")
    return Scenario(name, str(found.get("note", "")), tuple(_part(part, where) for part in every))


def _part(found: Mapping[str, Any], where: str) -> Part:
    moves = tuple(_move(word, value, where) for word, value in found.items() if word != "only")
    if not moves:
        raise BadQuestion.because(f"{where}: a part of it changes nothing", "Give it at least one change.")
    return Part(moves, _only(found.get("only", {}), where))


def _move(word: str, value: Any, where: str) -> Move:
    try:
        input_named(word, where)
    except BadQuestion:
        if any(f"'{known}'" in nearest(word, (*INPUTS, *_WORDS)) for known in _WORDS):
            raise BadQuestion.unknown_input(word, (*INPUTS, *_WORDS), where) from None
        raise
    if isinstance(value, dict | list):
        raise BadQuestion.bad_value(word, value, "it has one value", where)
    return read_move(word, value, where)


def _only(found: Any, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(found, dict):
        raise BadQuestion.bad_value("only", found, 'write it like only = { product_category = "Snacks" }', where)
    chosen = {}
    for word, value in found.items():
        name = "promotion_id" if key(word) in map(key, ("promotion_id", "promo_id", "id")) else _filter(word, where)
        texts = value if isinstance(value, list) else [value]
        chosen[name] = tuple(str(text) for text in texts)
    return chosen


def _filter(word: str, where: str) -> str:
    try:
        name = input_named(word)
    except BadQuestion:
        name = word
    if name not in FILTERS:
        told = f"{where}: promotions cannot be chosen by '{word}'.{nearest(word, FILTERS)}"
        raise BadQuestion.because(told, f"Choose by {listed(FILTERS, 20)}.")
    return name


# ---------------------------------------------------------------------------------------------- over a list
def changes_of(scenario: Scenario, plan: Columns, now: Columns) -> dict[str, Moved]:
    """Return the new values of every input a scenario changes, and for which rows; now: what ``in_use`` gave for them."""
    found: dict[str, Moved] = {}
    for part in scenario.parts:
        where = chosen(part.only, plan)
        for move in part.moves:
            values = moved(move, now[move.name])
            earlier = found.get(move.name)
            if earlier is not None:
                found[move.name] = Moved(np.where(where, values, earlier.values), where | earlier.where)
            else:
                found[move.name] = Moved(values, where)
    return found


def chosen(only: Mapping[str, tuple[str, ...]], plan: Columns) -> Array:
    """Return which rows a part is for; names are compared without case."""
    where = np.ones(length(plan), dtype=bool)
    for name, texts in only.items():
        wanted = {text.casefold() for text in texts}
        known, at = distinct(plan[name])
        where &= np.array([cell is not None and str(cell).casefold() in wanted for cell in known], dtype=bool)[at]
    return where


def missing_names(scenario: Scenario, plan: Columns) -> list[str]:
    """Return a sentence for every name a scenario chooses by that stands nowhere in the list."""
    told = []
    for part in scenario.parts:
        for name, texts in part.only.items():
            known = {str(cell).casefold(): str(cell) for cell in distinct(plan[name])[0] if cell is not None}
            told += [
                f"Scenario '{scenario.name}': no promotion of the list has {name} '{text}'.{nearest(text, known.values())}"
                for text in texts
                if text.casefold() not in known
            ]
    return told
