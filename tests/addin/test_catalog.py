"""The records of functions and buttons follow from decorators, docstrings and annotations."""

from __future__ import annotations

import inspect
import re

import pytest

from addin import functions as of_the_model
from addin import money
from addin.arguments import AMOUNTS, Names, Numbers
from addin.catalog import DESK, Function, buttons, functions, groups
from addin.cells import Block


def test_every_function_of_both_modules_is_recorded_once_in_order() -> None:
    written = [name for module in (of_the_model, money) for name, work in vars(module).items()
               if name.startswith("PROMO_") and inspect.isfunction(work)]  # fmt: skip
    assert list(functions()) == written
    assert functions() is functions()


@pytest.mark.parametrize("one", functions().values(), ids=functions())
def test_a_record_says_what_the_function_says(one: Function) -> None:
    parameters = inspect.signature(one.work).parameters
    assert [argument.name for argument in one.arguments] == [name for name in parameters if name != DESK]
    assert one.needs_model == (DESK in parameters)
    assert inspect.cleandoc(one.work.__doc__ or "").replace("\n", " ").startswith(one.help)
    for argument in one.arguments:
        assert argument.kind in (*AMOUNTS, Block, Numbers, Names, float, int, str, bool)
        assert argument.optional == (parameters[argument.name].default is not inspect.Parameter.empty)
    inside = re.fullmatch(rf"{one.name}\((.*)\)", one.signature)
    assert inside is not None
    assert inside[1].count("[") == sum(argument.optional for argument in one.arguments)


def test_the_name_of_a_function_is_no_address_of_a_cell() -> None:
    for name in functions():
        assert len(name) <= 31
        assert not re.fullmatch(r"[A-Za-z]{1,3}[0-9]+", name)


def test_a_signature_marks_what_may_be_left_out() -> None:
    assert functions()["PROMO_LIFT"].signature == "PROMO_LIFT(plan, [quantile])"
    assert functions()["PROMO_MODEL"].signature == "PROMO_MODEL()"


def test_the_buttons_stand_in_their_groups() -> None:
    assert {one.name: group for group, several in groups().items() for one in several} == {
        name: one.group for name, one in buttons().items()
    }
    for one in buttons().values():
        assert 0 < len(one.screen_tip) <= 255
        assert one.help
        assert one.command
        assert re.fullmatch(r"[A-Z0-9]{1,3}", one.keytip)
    assert len({one.keytip for one in buttons().values()}) == len(buttons())
