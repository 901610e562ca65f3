"""Every function is called as its help shows it; one without an example here fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from addin.catalog import functions
from addin.session import Session
from tests.addin.functions.asking import Rows, ask, value

MONEY = {
    "PROMO_COST": ((10, 0.2, 5000, 0.15), 11_500),
    "PROMO_MARGIN": ((10, 6, 5000, 0.15), 3_000),
    "PROMO_GAIN": ((10, 6, 0.2, 5000, 0.15), -8_500),
    "PROMO_RETURN": ((10, 6, 0.2, 5000, 0.15), -8_500 / 11_500),
    "PROMO_NEEDED": ((10, 6, 0.2, 5000), 1.0),
    "PROMO_FUNDING": ((10, 6, 0.2, 5000, 0.15), 8_500 / 11_500),
    "PROMO_MULTIPLE": ((0.2, 0.15), 0.15 / 0.23),
    "PROMO_UNITLIFT": ((0.15, 0.2), 0.4375),
    "PROMO_PAYBACK": (([[-3_000, 2_000, 1_500]],), 3),
}
Arguments = Callable[[Rows], tuple[Any, ...]]
# What a function of the model is asked, and how many rows and columns it answers.
ASKED: dict[str, tuple[Arguments, tuple[int, int]]] = {
    "PROMO_SCORE": (lambda rows: (rows[:5],), (5, 8)),
    "PROMO_SUCCESS": (lambda rows: (rows[:5],), (5, 1)),
    "PROMO_LIFT": (lambda rows: (rows[:5], 0.1), (5, 1)),
    "PROMO_PROFIT": (lambda rows: (rows[:5],), (5, 1)),
    "PROMO_ROI": (lambda rows: (rows[:5],), (5, 1)),
    "PROMO_VERDICT": (lambda rows: (rows[:5],), (5, 1)),
    "PROMO_WHATIF": (lambda rows: (rows[:2], [[0.1], [0.2], [0.3]], [[7], [14]]), (7, 11)),
    "PROMO_BREAKEVEN": (lambda rows: (rows[:5],), (5, 1)),
    "PROMO_EXPLAIN": (lambda rows: (rows[:2], 5), (6, 3)),
    "PROMO_SIMILAR": (lambda rows: (rows[:2], 5), (6, 11)),
    "PROMO_BASELINE": (lambda rows: (rows[:5],), (5, 1)),
    "PROMO_WHY": (lambda rows: (rows[:5],), (5, 1)),
    "PROMO_PROBLEMS": (lambda rows: ([["#N/A row 2: the price is missing"], [1.0], [None]],), (1, 1)),
    "PROMO_STALE": (lambda rows: (rows[:5], [["input_hash"], ["a"], ["b"], [None], ["c"]]), (5, 1)),
    "PROMO_MODEL": (lambda rows: (), (15, 2)),
}


@pytest.mark.parametrize("name", functions())
def test_every_function_answers_its_example(name: str, serving: Session, rows: Rows) -> None:
    if name in MONEY:
        arguments, wanted = MONEY[name]
        assert value(None, name, *arguments) == pytest.approx(wanted, rel=1e-9)
        return
    give, shape = ASKED[name]
    found = ask(serving, name, *give(rows))
    assert (len(found), len(found[0])) == shape
    assert not [cell for row in found for cell in row if str(cell).startswith("#N/A")]


def test_no_example_is_of_a_function_that_is_gone() -> None:
    assert {*MONEY, *ASKED} == set(functions())


@pytest.mark.parametrize("name", functions())
def test_what_is_recorded_fits_the_function_wizard(name: str) -> None:
    one = functions()[name]
    assert re.fullmatch(r"PROMO_[A-Z]{3,25}", name)
    assert one.help.endswith(".")
    assert 0 < len(one.help) <= 255
    assert one.gives
    assert one.example.startswith(f"={name}(")
    assert one.example.endswith(")")
    assert len(one.arguments) <= 60
    for argument in one.arguments:
        assert 0 < len(argument.help) <= 255 - len(" (may be left out)")
        assert re.fullmatch(r"[a-z_]{3,}", argument.name)
    # what may be left out stands behind what may not
    assert sorted(one.arguments, key=lambda argument: argument.optional) == list(one.arguments)


@pytest.mark.parametrize("name", ["PROMO_COST", "PROMO_LIFT", "PROMO_SCORE", "PROMO_PROBLEMS"])
def test_what_is_missing_or_too_much_is_said_with_the_call_as_it_should_be(name: str, serving: Session) -> None:
    one = functions()[name]
    first = one.arguments[0].name
    assert value(serving, name) == f"#N/A {first}: it is missing. Write {one.signature}."
    assert value(serving, name, None) == value(serving, name, []) == value(serving, name, [[], []]) == value(serving, name)
    too_many = (1.0,) * (len(one.arguments) + 1)
    assert value(serving, name, *too_many) == f"#N/A {name}: {len(too_many)} arguments were given. Write {one.signature}."


def test_a_function_there_is_not_names_the_nearest() -> None:
    assert value(None, "PROMO_LFT") == "#N/A PROMO_LFT: there is no such function. Did you mean 'PROMO_LIFT'?"
    assert value(None, "SUM").startswith("#N/A SUM: there is no such function. There is PROMO_SCORE, ")
