"""The gold tables keep what their contracts promise: columns in order, types, ranges."""

import numpy as np
import pytest

from scorer import demo
from scorer.columns import fetch
from scorer.contracts.gold import FEATURES, ML_PROMO_EFFECTIVENESS, TRAINING_ROWS
from scorer.contracts.table import Kind
from scorer.demo import Size
from scorer.lake.engines.duckdb import connect
from scorer.lake.refresh import refresh
from scorer.settings import read_client
from scorer.tasks import TASKS
from scorer.workspace import Workspace

CONTRACTS = (FEATURES, TRAINING_ROWS, ML_PROMO_EFFECTIVENESS)
SQL_TYPES = {Kind.TEXT: {"VARCHAR"}, Kind.DATE: {"DATE"}, Kind.FLAG: {"BOOLEAN"}}
NUMBERS = {"DOUBLE", "BIGINT", "HUGEINT", "INTEGER"}


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("gold"))
    made = demo.make(workspace, size=Size(categories=2, subcategories=2, regions=2, days=400, ahead=60))
    refresh(read_client(made.client_file), made.exports, workspace.lake(made.client))
    return connect(workspace.lake(made.client), read_only=True)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_the_sql_gives_exactly_the_columns_of_the_contract(gold, contract):
    told = gold.execute(f"DESCRIBE {contract.name}").fetchall()
    assert tuple(row[0] for row in told) == contract.names
    for column, (_, sql_type, *_) in zip(contract.columns, told, strict=True):
        assert sql_type in SQL_TYPES.get(column.kind, NUMBERS), column.name


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_values_lie_within_the_ranges_of_the_contract(gold, contract):
    table = fetch(gold, f"SELECT * FROM {contract.name}")
    for column in contract.columns:
        if column.kind.numeric:
            known = table[column.name][~np.isnan(table[column.name].astype(float))]
            assert len(known), column.name
            assert column.low is None or known.min() >= column.low - 1e-9, column.name
            assert column.high is None or known.max() <= column.high + 1e-9, column.name


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_every_number_has_a_unit_and_every_column_a_meaning(contract):
    assert [column.name for column in contract.columns if not column.meaning or (column.kind.numeric and not column.unit)] == []


def test_what_is_learnt_from_stands_in_the_contract():
    for task in TASKS.values():
        assert task.table == TRAINING_ROWS.name
        assert set(task.features) <= set(FEATURES.names)
        assert task.target in TRAINING_ROWS.names
        assert task.target not in FEATURES.names
