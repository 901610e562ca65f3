"""Blocks of cells read as what a function declares: numbers, counts, words, yes or no."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addin.arguments import Array, Names, Numbers, Share, number_of, read_amounts, read_argument
from addin.cells import block_of
from addin.written_numbers import decimal_sign, read_numbers
from scorer.errors import BadArgument


def read(kind: Any, cells: Any) -> Any:
    return read_argument(kind, "given", block_of(cells))


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (7, 7.0), (0.25, 0.25), ("7", 7.0), ("12,5", 12.5), ("12.5", 12.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5),
        ("1,234,567", 1_234_567.0), ("1.234.567", 1_234_567.0), ("0,125", 0.125), ("0.125", 0.125), ("1234,567", 1234.567),
        ("20 %", 0.2), ("20%", 0.2), ("-12,5 %", -0.125), ("(5)", -5.0), ("5-", -5.0), ("€ 9,99", 9.99), ("9.99 EUR", 9.99),
        ("1 234,5", 1234.5), ("1'234.50", 1234.5), (" 7\u00a0", 7.0), ("1e3", 1000.0),
        ("1,234", None), ("1.234", None), ("-1.234 €", None), ("soon", None), ("1,2,3", None), (True, None), (None, None),
        ("", None), (float("inf"), None), (float("nan"), None), ("nan", None), ("#N/A", None), (10**400, None), ("\x1f12", 12.0),
    ],
)  # fmt: skip
def test_the_number_a_cell_means(cell: Any, number: float | None) -> None:
    assert number_of(cell) == (None if number is None else pytest.approx(number, rel=1e-15))


def test_texts_that_can_be_read_in_two_ways_follow_their_range() -> None:
    assert [one.number for one in read_numbers(["1,234", "0,5"])] == [1.234, 0.5]
    assert [one.number for one in read_numbers(["1,234", "0.5"])] == [1234.0, 0.5]
    assert [one.unclear for one in read_numbers(["1,234", "0.5", "0,5"])] == [True, False, False]
    assert [one.unclear for one in read_numbers(["1,234", "7"])] == [True, False]
    assert read_numbers([]) == []


@settings(max_examples=40)
@given(st.text(max_size=20))
def test_any_text_has_a_sign_and_at_most_one_number(text: str) -> None:
    assert decimal_sign(text) in (".", ",", None)
    ((number, unclear),) = read_numbers([text])
    assert number is None or (math.isfinite(number) and not unclear)


@settings(max_examples=25)
@given(st.floats(-1e15, 1e15, allow_subnormal=False))
def test_what_python_writes_is_read_back_with_either_sign(number: float) -> None:
    text = f"{number:.2f}"
    assert number_of(text) == float(text)
    assert number_of(text.replace(".", ",")) == float(text)


def test_amounts_keep_the_shape_and_tell_what_is_wrong() -> None:
    found = read_amounts("price", block_of([[1, None], ["x"], ["1,5", "#REF!"]]))
    np.testing.assert_array_equal(found.values, [[1, np.nan], [np.nan, np.nan], [1.5, np.nan]])
    assert found.missing.tolist() == [[False, True], [False, True], [False, False]]
    assert found.wrong == {
        (1, 0): "price: 'x' is no number; write it like 12.5.",
        (2, 1): "price: the cell holds an error ('#REF!'); mend that cell first.",
    }
    share = read_amounts("funding", block_of([[0.0, 1.0, 1.5]]), Share)
    assert share.wrong == {(0, 2): "funding: '1.5' lies outside 0 to 1; write 0.2 or 20 %."}
    assert read(Array, [[1, 2]]).shape == (1, 2)


@pytest.mark.parametrize(
    ("kind", "cells", "wanted"),
    [
        (float, "10 %", 0.1), (int, "5", 5), (int, 5.0, 5), (str, 12.0, "12"), (str, " West ", "West"),
        (bool, True, True), (bool, 0.0, False), (bool, "WAHR", True), (bool, "non", False), (bool, "yes", True),
        (Numbers, "10; 20 ;30", (10.0, 20.0, 30.0)), (Numbers, "0,1;0,2", (0.1, 0.2)), (Numbers, [[1], [2]], (1.0, 2.0)),
        (Names, "a, b;c", ("a", "b", "c")), (Names, [["a", None], ["b,c", 7.0]], ("a", "b", "c", "7")),
    ],
)  # fmt: skip
def test_what_is_read(kind: Any, cells: Any, wanted: Any) -> None:
    assert read(kind, cells) == wanted


def test_an_empty_place_among_numbers_is_not_a_number() -> None:
    assert np.isnan(read(Numbers, [[1, None, 2]])[1])


@pytest.mark.parametrize(
    ("kind", "cells", "told"),
    [
        (float, [[1, 2]], "given: it is one cell or value, and 1 x 2 cells were given. Give one cell."),
        (float, None, "given: the cell is empty. Fill it in."),
        (float, "#N/A row 2: x", "given: the cell holds an error ('#N/A row 2: x'). Mend that cell first."),
        (float, "soon", "given: 'soon' is no number. Write it like 12.5."),
        (float, "1,234", "given: '1,234' is a text that can be read as two different numbers. Make the cell a number."),
        (int, 2.5, "given: 2.5 is no whole number from 1 to 1,000,000. Write it like 5."),
        (int, 0, "given: 0 is no whole number from 1 to 1,000,000. Write it like 5."),
        (int, 1e9, "given: 1000000000 is no whole number from 1 to 1,000,000. Write it like 5."),
        (str, "", "given: the cell is empty. Fill it in."),
        (bool, "maybe", "given: 'maybe' is neither true nor false. Write TRUE or FALSE."),
        (Numbers, "1;x", "given: at place 2, 'x' is no number. Write it like 12.5."),
        (Names, ",;", "given: no name stands there. Write names, with a comma between them."),
        (Names, [["a", "#REF!"]], "given: the cell holds an error ('#REF!'). Mend that cell first."),
    ],
)
def test_what_cannot_be_read_is_told_with_a_remedy(kind: Any, cells: Any, told: str) -> None:
    with pytest.raises(BadArgument) as refused:
        read(kind, cells)
    assert str(refused.value) == told
