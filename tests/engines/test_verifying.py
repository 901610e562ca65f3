"""promo verify: a right engine passes, a wrong one is told by table, column and row."""

from __future__ import annotations

import json

import numpy as np
import pytest

from scorer.columns import Columns, as_python, fetch, length
from scorer.lake.engines.duckdb import connect
from scorer.lake.engines.embedded import DuckDBEngine
from scorer.lake.engines.engine import Table
from scorer.lake.engines.warehouse import column_of
from scorer.lake.refresh import refresh
from scorer.lake.steps import EXPORTED
from scorer.verification.comparing import compare
from scorer.verification.exports import CLIENT, ROWS, write_exports
from scorer.verification.steps import ANSWERS, INPUTS, verify
from scorer.verification.stored import FOLDER, make_answers, make_inputs, read_answers, read_inputs
from tests.promo_command import promo


@pytest.fixture(scope="module")
def inputs():
    return read_inputs()


@pytest.fixture(scope="module")
def answers():
    return read_answers()


def same(made: dict[str, Table], stored: dict[str, Table]) -> list[str]:
    return [f"{name}: {found.fault}" for name in stored if (found := compare(name, made[name].columns, stored[name])).fault]


def test_stored_rows_and_answers_are_those_of_today(inputs, answers):
    made = make_inputs()
    assert same(made, inputs) == [], "python -m scorer.verification writes them anew"
    assert same(make_answers(inputs), answers) == [], "python -m scorer.verification writes them anew"
    assert {path.stem for path in FOLDER.glob("*.parquet")} == {*INPUTS, *ANSWERS}


def test_there_are_a_thousand_rows_and_every_kind_of_dirt(inputs, answers):
    assert sum(length(inputs[name].columns) for name in EXPORTED) == sum(ROWS[name] for name in ("sales", "promotions", "campaigns"))
    assert sum(ROWS[name] for name in ("sales", "promotions", "campaigns")) == 1_000
    assert len(set(answers["rejects"].columns["reason"].tolist())) >= 10
    assert set(answers["features"].columns["baseline_method"].tolist()) >= {"item", "product", "all"}
    assert all(length(answers[name].columns) for name in ANSWERS)


def test_answers_are_what_a_refresh_makes(answers, tmp_path):
    write_exports(tmp_path / "exports")
    refresh(CLIENT, tmp_path / "exports", tmp_path / "lake.duckdb")
    con = connect(tmp_path / "lake.duckdb", read_only=True)
    for name in ("promotions", "rejects", "item_asof", "season_index", "features", "training_rows", "ml_promo_effectiveness"):
        assert compare(name, fetch(con, f"SELECT * FROM {name}"), answers[name]).fault == ""
    con.close()


class Wrong(DuckDBEngine):
    """An engine that counts weekdays from Sunday."""

    def take_from(self, con, name: str) -> None:
        if name == "date_table":
            con.execute("UPDATE date_table SET day_of_week = (day_of_week + 1) % 7")
        super().take_from(con, name)


def test_an_engine_that_reads_something_otherwise_is_told(inputs, answers):
    engine = Wrong()
    done = verify(engine, "here", inputs, answers)
    engine.close()
    assert done.faults
    assert "slot" in done.faults[0]
    assert {table.table for table in done.tables if table.agrees} >= {"promotions", "sales_by_period"}


def test_promo_verify_says_what_was_compared(tmp_path):
    ended = promo(tmp_path, "verify", "--engine", "duckdb")
    assert ended.code == 0, ended.err
    assert "1,000 rows sent" in ended.out
    assert "training_rows" in ended.out
    assert "differ by at most" in ended.out
    found = json.loads(promo(tmp_path, "verify", "--json").out)
    assert (found["engine"], found["agrees"], len(found["tables"])) == ("duckdb", True, len(ANSWERS))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n": np.array([1, 3])}, "n differs in 1 of 2 rows"),
        ({"x": np.array([0.5, 2.0 + 1e-8])}, "x differs in 1 of 2 rows"),
        ({"t": np.array(["a", None], dtype=object)}, "t differs in 1 of 2 rows"),
        ({"d": np.array(["2026-01-01", "NaT"], dtype="datetime64[D]")}, "d differs"),
        ({"y": np.array([True, True])}, "y differs"),
    ],
)
def test_each_kind_of_cell_is_compared(change: Columns, said: str):
    cells = {
        "n": np.array([1, 2]),
        "x": np.array([0.5, 2.0]),
        "t": np.array(["a", "b"], dtype=object),
        "d": np.array(["2026-01-01", "2026-01-02"], dtype="datetime64[D]"),
        "y": np.array([True, False]),
    }
    answer = Table(cells, {"n": "BIGINT", "x": "DOUBLE", "t": "VARCHAR", "d": "DATE", "y": "BOOLEAN"})
    assert compare("t", cells | {"x": cells["x"] * (1 + 1e-12)}, answer).agrees
    assert said in compare("t", cells | change, answer).fault
    assert "1 rows instead of 2" in compare("t", {name: column[:1] for name, column in cells.items()}, answer).fault
    assert "columns" in compare("t", {name: column for name, column in cells.items() if name not in change}, answer).fault


def test_cells_that_come_back_from_a_warehouse_are_those_that_went_there(inputs):
    for name, table in inputs.items():
        cells = {column: as_python(table.columns[column]) for column in table.types}
        assert compare(name, {column: column_of(back) for column, back in cells.items()}, table).fault == ""
