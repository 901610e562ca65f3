"""Columns through Parquet and back."""

from __future__ import annotations

import numpy as np
import pytest

from scorer.artifacts.limits import Flaw
from scorer.artifacts.tables import columns_from, parquet_bytes
from scorer.columns import Columns, text


def _table() -> Columns:
    return {
        "region": text(["north", None, "süd"]),
        "price": np.array([1.5, np.nan, -0.0]),
        "units": np.array([1, 2, 3], dtype=np.int64),
        "day": np.array(["2026-01-01", "NaT", "2026-12-31"], dtype="datetime64[D]"),
        "promoted": np.array([True, False, True]),
        'odd "name"'.replace('"', "'"): text([None, None, None]),
    }


def test_every_kind_of_column_comes_back() -> None:
    found = columns_from(parquet_bytes(_table()))
    assert list(found) == list(_table())
    for name, column in _table().items():
        np.testing.assert_array_equal(found[name], column)
        assert found[name].dtype == column.dtype


def test_no_rows_come_back_as_no_rows() -> None:
    found = columns_from(parquet_bytes({name: column[:0] for name, column in _table().items()}))
    assert {name: (len(column), column.dtype) for name, column in found.items()} == {
        name: (0, column.dtype) for name, column in _table().items()
    }


def test_the_same_table_gives_the_same_bytes() -> None:
    large = {"a": np.arange(300_000, dtype=np.float64), "b": text(f"x{i % 97}" for i in range(300_000))}
    assert parquet_bytes(large) == parquet_bytes(large)
    np.testing.assert_array_equal(columns_from(parquet_bytes(large))["a"], large["a"])


@pytest.mark.parametrize("content", [b"", b"PAR1PAR1", b"PAR1" + bytes(20) + b"PAR1", b"x" * 100])
def test_what_is_not_parquet_is_a_flaw(content: bytes) -> None:
    with pytest.raises(Flaw):
        columns_from(content)
