"""Many items are worked through in slices: the lake is the same, whoever is quicker."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scorer.columns import fetch
from scorer.lake import slices
from scorer.lake.engines.duckdb import connect
from scorer.lake.history import AFTER_ITEM_STEPS
from scorer.lake.refresh import refresh
from scorer.settings import Client
from tests.small_lakes import daily_sales, write_exports

CLIENT = Client(client="x")
ITEMS = [f"R{region},C{category}" for region in range(4) for category in range(3)]
TABLES = (*(table for table in slices.KEPT if table != "season_parts"), *AFTER_ITEM_STEPS, "training_rows", "ml_promo_effectiveness", "features")
NO_PLACE = {"plan_row"}


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(3)
    sales = ["date,region,product_category,units,revenue"]
    for where in ITEMS:
        sales += daily_sales("2024-01-01", random.poisson(20, 120).astype(float), where, price=3.33)
    promotions = ["promotion_id,region,product_category,discount_percentage,start_date,end_date"]
    promotions += [f"P{at},{where},0.2,2024-03-{4 + at},2024-03-{8 + at}" for at, where in enumerate(ITEMS)]
    return write_exports(tmp_path_factory.mktemp("slices") / "exports", promotions=promotions, sales=sales)


def built(exports: Path, name: str, monkeypatch: pytest.MonkeyPatch, rows: int) -> Path:
    monkeypatch.setattr(slices, "SLICE_ROWS", rows)
    lake = exports.parent / f"{name}.duckdb"
    refresh(CLIENT, exports, lake, full=True)
    return lake


def test_sliced_history_is_the_plain_one(exports, monkeypatch):
    plain, sliced = built(exports, "plain", monkeypatch, 10**9), built(exports, "sliced", monkeypatch, 300)
    with connect(plain, read_only=True) as one, connect(sliced, read_only=True) as other:
        for table in TABLES:
            kinds = [row[:2] for row in one.execute(f"DESCRIBE {table}").fetchall()]
            kinds = [told for told in kinds if told[0] in slices.COLUMNS.get(table, (told[0],))]
            assert kinds == [row[:2] for row in other.execute(f"DESCRIBE {table}").fetchall()]
            # sums of fractions may differ in their last bits, so rows are put in order by everything else
            order = ", ".join(name for name, kind in kinds if kind != "DOUBLE")
            names = ", ".join(name for name, _ in kinds)
            expected, found = (fetch(con, f"SELECT {names} FROM {table} ORDER BY {order}") for con in (one, other))
            for name in expected.keys() - NO_PLACE:
                if expected[name].dtype.kind == "f":
                    np.testing.assert_allclose(found[name], expected[name], rtol=1e-9, atol=1e-12, err_msg=f"{table}.{name}")
                else:
                    np.testing.assert_array_equal(found[name], expected[name], err_msg=f"{table}.{name}")


def test_slices_give_the_same_rows_in_the_same_order_every_time(exports, monkeypatch):
    first, second = built(exports, "first", monkeypatch, 300), built(exports, "second", monkeypatch, 300)
    with connect(first, read_only=True) as one, connect(second, read_only=True) as other:
        for table in TABLES:
            ask = f"SELECT * FROM {table}"
            assert [*map(repr, one.execute(ask).fetchall())] == [*map(repr, other.execute(ask).fetchall())], table
    assert not list(exports.parent.glob(".slices-*"))
