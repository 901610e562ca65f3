"""Cells in and out: what is empty, what is an error, which day a number means, and what may stand in an answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addin.cells import (
    LONGEST_TEXT,
    Block,
    Problem,
    as_cell,
    asks_the_clock,
    block_of,
    day_of,
    is_blank,
    is_empty,
    is_error,
    quoted,
)
from scorer.lake.cells import read_date


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        (None, ((None,),)),
        ("text", (("text",),)),
        ([1, 2], ((1, 2),)),
        ([[1], [2]], ((1,), (2,))),
        (((1, 2), (3,)), ((1, 2), (3,))),
        ([], ((),)),
        ([[]], ((),)),
    ],
)
def test_what_a_host_hands_over_is_rows(values: Any, rows: tuple[Any, ...]) -> None:
    block = block_of(values, first_row=7)
    assert (block.rows, block.first_row) == (rows, 7)
    assert block.width == max(len(row) for row in rows)
    assert Block(()).width == 0


@pytest.mark.parametrize("cell", [None, "", "  ", "\u00a0\t\n", "\u200b", "\ufeff", float("nan")])
def test_nothing(cell: Any) -> None:
    assert is_empty(cell)
    assert is_blank([cell, None])


@pytest.mark.parametrize("cell", [0, 0.0, False, "0", "-", date(2026, 1, 1), float("inf")])
def test_something(cell: Any) -> None:
    assert not is_empty(cell)
    assert not is_blank([None, cell])


def test_errors_of_the_spreadsheet_and_of_ours() -> None:
    for cell in ("#DIV/0!", "#N/A", "#NAME?", "#SPILL!", "Err:502", Problem.because("it is late"), Problem.because("", 3)):
        assert is_error(cell)
    for cell in ("#N/Apples", "# 1", "Err: 502", "Err:5021", "N/A", None, 0.0, "#n/a"):
        assert not is_error(cell)


def test_a_problem_names_its_row_and_fits_a_cell() -> None:
    assert Problem.because("why") == "#N/A why"
    assert Problem.because("why", 12) == "#N/A row 12: why"
    assert len(Problem.because("x" * 100_000)) == LONGEST_TEXT
    assert type(as_cell(Problem.because("why"))) is str


@settings(max_examples=25)
@given(day=st.dates(date(1960, 1, 1), date(2170, 1, 1)), part=st.floats(0, 0.999))
def test_serial_numbers_of_both_calendars(day: date, part: float) -> None:
    for epoch in (date(1899, 12, 30), date(1904, 1, 1), date(1900, 1, 1)):
        assert day_of((day - epoch).days + part, epoch) == day
        assert day_of((day - epoch).days, epoch) == day
    assert read_date(str(float((day - date(1899, 12, 30)).days))) == day  # as the scorer reads it


@given(cell=st.floats() | st.integers() | st.booleans() | st.none() | st.text(max_size=5), epoch=st.dates())
def test_any_cell_has_a_day_or_stays(cell: Any, epoch: date) -> None:
    found = day_of(cell, epoch)
    assert found is cell or isinstance(found, date) or found == cell


def test_days_keep_no_time() -> None:
    assert day_of(datetime(2026, 7, 6, 23, 59)) == date(2026, 7, 6)
    assert day_of(True) is True
    assert day_of(20_260_706.0) == 20_260_706.0  # year, month and day in one number: the scorer reads it


@pytest.mark.parametrize("formula", ["=TODAY()", "=now ()", "{=TODAY()}", "=A1+TODAY()", "=IF(A1,NOW(),1)"])
def test_formulas_that_change_by_themselves(formula: str) -> None:
    assert asks_the_clock(formula)


@pytest.mark.parametrize("formula", ["TODAY()", "=MYTODAY()", "=KNOW(1)", "=A1", "", None, 45_000.0, "=TODAYS"])
def test_formulas_that_do_not(formula: Any) -> None:
    assert not asks_the_clock(formula)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""), (float("nan"), ""), (float("inf"), ""), (np.float64("nan"), ""), (np.datetime64("NaT", "D"), ""),
        (np.datetime64("2026-07-06", "D"), date(2026, 7, 6)), (np.float32(0.5), 0.5), (np.int64(3), 3.0), (np.bool_(1), True),
        (np.str_("GO"), "GO"), (True, True), (7, 7.0), ("=1+1", "=1+1"), (0, 0.0), ("x" * 40_000, "x" * LONGEST_TEXT),
    ],
)  # fmt: skip
def test_what_an_answer_becomes(value: Any, cell: Any) -> None:
    found = as_cell(value)
    assert found == cell
    assert type(found) is type(cell)


def test_a_cell_is_quoted_in_a_sentence() -> None:
    assert quoted(0.1 + 0.2) == "'0.3'"
    assert quoted(None) == "'None'"
    assert len(quoted("x" * 40_000)) == 63
