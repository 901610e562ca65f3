"""Columns go into the database and come back as they were."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.columns import distinct, fetch, length, records, register, stack, take, text
from scorer.lake.engines.duckdb import connect

TABLE = {
    "name": text(["a", None, "Zürich"]),
    "all_missing": text([None, None, None]),
    "amount": np.array([1.5, np.nan, -0.1]),
    "count": np.array([1, 2, 3]),
    "day": np.array(["2026-01-05", "NaT", "1999-12-31"], dtype="datetime64[D]"),
    "yes": np.array([True, False, True]),
}


def round_trip(table):
    con = connect()
    register(con, "t", table)
    return fetch(con, "SELECT * FROM t")


def test_every_type_comes_back_as_it_went():
    found = round_trip(TABLE)
    assert list(found) == list(TABLE)
    for name, column in TABLE.items():
        assert found[name].dtype == column.dtype, name
    assert records(found) == records(TABLE)


def test_a_table_without_rows_keeps_its_types():
    empty = round_trip(take(TABLE, np.zeros(0, dtype=int)))
    assert length(empty) == 0
    assert {name: column.dtype.kind for name, column in empty.items()} == {
        name: column.dtype.kind for name, column in TABLE.items()
    }


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), min_size=1))
def test_any_text_comes_back(values):
    assert round_trip({"a": text(values)})["a"].tolist() == values


def test_counts_with_gaps_become_numbers():
    con = connect()
    assert fetch(con, "SELECT * FROM (VALUES (1), (NULL)) AS t(n)")["n"].tolist() == pytest.approx([1, np.nan], nan_ok=True)


def test_take_and_stack_undo_each_other():
    again = stack([take(TABLE, np.array([0])), take(TABLE, np.array([False, True, True]))])
    assert records(again) == records(TABLE)


def test_distinct_cells_and_where_they_stand():
    cells, position = distinct(np.array(["b", None, "b", "a"], dtype=object))
    assert (cells, position.tolist()) == (["b", None, "a"], [0, 1, 0, 2])
