"""The feature SQL stays within what DuckDB, Spark, Databricks and Snowflake understand alike.

Every node of every syntax tree must be on a list. What is not listed either fails somewhere or, worse, means
something else there: weekdays, differences of months, casts of fractions to integers, logarithms of a base,
percentiles, regular expressions.
"""

from __future__ import annotations

import logging

import pytest
import sqlglot
from sqlglot import exp

from tests.architecture.source_tree import ROOT

LAKE = ROOT / "scorer" / "lake"
FILES = sorted([*LAKE.glob("silver/*.sql"), *LAKE.glob("gold/*.sql")])

SHAPE = {
    "Select", "From", "Join", "Where", "Group", "Order", "Ordered", "Union", "Subquery", "Table", "TableAlias", "Alias", "Star",
    "Column", "Identifier", "Distinct", "Paren", "Literal", "Null", "Boolean", "Cast", "DataType", "DType", "Window", "WindowSpec", "Case",
    "If", "Interval", "Var",
}  # fmt: skip
OPERATORS = {
    "Add", "Sub", "Mul", "Div", "Neg", "And", "Or", "Not", "EQ", "NEQ", "GT", "GTE", "LT", "LTE", "Is", "In", "Between", "DPipe",
}  # fmt: skip
FUNCTIONS = {
    "Sum", "Count", "Min", "Max", "Avg", "Coalesce", "Nullif", "Lower", "Ln", "Exp", "Sqrt", "RowNumber", "Lag",
}  # fmt: skip
TYPES = {"DOUBLE", "BIGINT", "DATE", "VARCHAR", "TEXT", "BOOLEAN"}
ENGINES = ("spark", "databricks", "snowflake")


def faults(sql: str) -> list[str]:
    """Return everything in a statement that is not in the portable subset."""
    found = []
    for statement in sqlglot.parse(sql, read="duckdb"):
        assert statement is not None
        found += [fault for node in statement.walk() if (fault := _fault(node))]
    return found


def _fault(node: exp.Expression) -> str:
    kind = type(node).__name__
    if isinstance(node, exp.Anonymous):
        return f"function {node.name}"
    if kind not in SHAPE | OPERATORS | FUNCTIONS:
        return f"{kind}: {node.sql('duckdb')}"
    if isinstance(node, exp.DataType) and node.this.name not in TYPES:
        return f"type {node.sql('duckdb')}"
    if isinstance(node, exp.Interval) and (str(node.unit).upper() != "DAY" or not isinstance(node.parent, exp.Add | exp.Sub)):
        return f"interval {node.sql('duckdb')}"
    if (
        isinstance(node, exp.Cast)
        and node.to.this.name == "BIGINT"
        and not isinstance(node.this, exp.Count | exp.Sum | exp.Column)
    ):
        return f"cast that may cut a fraction: {node.sql('duckdb')}"
    if isinstance(node, exp.Star) and any(node.args.values()):
        return f"star with changes: {node.sql('duckdb')}"
    if isinstance(node, exp.Join) and node.args.get("method"):
        return f"join {node.args['method']}"
    return ""


def translated(sql: str, engine: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Translate, treating what the translator only warns about as an error."""
    with caplog.at_level(logging.WARNING, logger="sqlglot"):
        texts = sqlglot.transpile(sql, read="duckdb", write=engine, unsupported_level=sqlglot.ErrorLevel.RAISE)
    assert caplog.records == []
    return texts


def test_there_is_sql_to_check():
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_sql_stays_in_the_portable_subset(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_sql_is_one_commented_query(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("-- One row per "), "the first sentence says the grain"
    assert len(sqlglot.parse(text, read="duckdb")) == 1


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_sql_translates_without_loss(path, engine, caplog):
    (text,) = translated(path.read_text(encoding="utf-8"), engine, caplog)
    assert sqlglot.parse_one(text, read=engine) is not None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ISODOW(d.day) FROM d",
        "SELECT DATE_DIFF('month', d.a, d.b) FROM d",
        "SELECT LOG(x) FROM d",
        "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x) FROM d",
        "SELECT MEDIAN(x) FROM d",
        "SELECT REGEXP_REPLACE(x, 'a', 'b') FROM d",
        "SELECT x FROM d QUALIFY ROW_NUMBER() OVER (ORDER BY x) = 1",
        "SELECT LIST(x) FROM d",
        "SELECT [1, 2] FROM d",
        "SELECT x // 2 FROM d",
        "SELECT x::INTEGER FROM d",
        "SELECT CAST(x / 2 AS BIGINT) FROM d",
        "SELECT DAYNAME(x) FROM d",
        "SELECT a + INTERVAL 1 MONTH FROM d",
        "SELECT * FROM a ASOF JOIN b ON a.x >= b.x",
        "SELECT * EXCLUDE (x) FROM d",
        "SELECT x FROM d WHERE x LIKE 'a%'",
        "SELECT CAST(x AS DECIMAL(9, 2)) FROM d",
        "SELECT MY_FUNCTION(x) FROM d",
    ],
)
def test_what_engines_read_differently_is_found(sql):
    assert faults(sql) != []
