"""Staged cells as the contract's columns: one SELECT in three layers: trim, read, say what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import duckdb

from scorer.contracts.table import Column, Contract, Kind
from scorer.lake import cells
from scorer.lake.conventions import Conventions, Habits, decide
from scorer.lake.reading import Staged

_FRACTIONS = ("DOUBLE", "FLOAT")
_NUMERIC = (*_FRACTIONS, "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")


class Spelling(NamedTuple):
    """How unreadable cells are written down: ``units='abc'; discount='x'``."""

    opening: str = "='"
    closing: str = "'"
    between: str = "; "


PLAINLY = Spelling()


def conventions(
    con: duckdb.DuckDBPyConnection, staged: Staged, found: Mapping[str, int], contract: Contract, habits: Habits
) -> Conventions:
    """Decide decimal signs and date orders of the text columns of a staged file."""
    columns = {column.name: column for column in contract.columns}
    text = {name: f"c{i}" for name, i in found.items() if staged.types[i] == "VARCHAR"}
    return decide(con, staged.table, text, columns, habits)


def select(
    staged: Staged, found: Mapping[str, int], contract: Contract, said: Conventions, spelling: Spelling = PLAINLY, extra: str = ""
) -> str:
    """SQL giving every contract column by name, then ``line``, then ``unread`` (VARCHAR, NULL when all is well).

    ``extra`` columns of the staged table (each with a comma before it) come last.
    """
    read = {name: _read(column, staged, found[name], said) for name, column in _present(contract, found)}
    typed = ", ".join(
        f"v_{c.name} AS {c.name}" if c.name in read else f"CAST(NULL AS {cells.sql_type(c.kind)}) AS {c.name}"
        for c in contract.columns
    )
    values = "".join(f", {sql} AS v_{name}" for name, sql in read.items())
    trimmed = "".join(f", {_trimmed(staged, i)} AS t{i}" for i in sorted(set(found.values())))
    unread = _unread(contract, found, staged, spelling)
    return f"SELECT {typed}, line, {unread} AS unread{extra} FROM (SELECT *{values} FROM (SELECT *{trimmed} FROM {staged.table}))"


def _present(contract: Contract, found: Mapping[str, int]) -> list[tuple[str, Column]]:
    return [(column.name, column) for column in contract.columns if column.name in found]


def _trimmed(staged: Staged, place: int) -> str:
    untidy = staged.types[place] == "VARCHAR" and place not in staged.tidy
    return cells.trimmed(f"c{place}") if untidy else f"c{place}"


def _read(column: Column, staged: Staged, place: int, said: Conventions) -> str:
    if column.kind is Kind.TEXT and place in staged.tidy:
        return f"t{place}"
    return _value(column, staged.types[place], f"t{place}", said)


def _value(column: Column, sql_type: str, cell: str, said: Conventions) -> str:
    if sql_type in _NUMERIC and column.kind.numeric:
        if sql_type not in _FRACTIONS:
            return f"CAST({cell} AS DOUBLE)"
        return f"CASE WHEN isfinite(CAST({cell} AS DOUBLE)) THEN CAST({cell} AS DOUBLE) END"
    if sql_type in ("DATE", "TIMESTAMP") and column.kind is Kind.DATE:
        day = f"TRY_CAST({cell} AS DATE)"
        return f"CASE WHEN {day} BETWEEN DATE '1900-01-01' AND DATE '2199-12-31' THEN {day} END"  # as for dates in text
    if sql_type == "BOOLEAN" and column.kind is Kind.FLAG:
        return cell
    cell = cell if sql_type == "VARCHAR" else f"CAST({cell} AS VARCHAR)"
    return cells.value(cell, column, said.decimal.get(column.name, "."), said.order.get(column.name, "dmy"))


def _unread(contract: Contract, found: Mapping[str, int], staged: Staged, spelling: Spelling) -> str:
    parts = [
        f"CASE WHEN v_{name} IS NULL THEN CASE WHEN {fault} THEN "
        f"{cells.literal(name + spelling.opening)} || "
        f"left(translate(CAST(t{found[name]} AS VARCHAR), chr(30) || chr(31), ''), 100) || "
        f"{cells.literal(spelling.closing)} END END"
        for name, column in _present(contract, found)
        if (fault := _fault(column, staged.types[found[name]], f"t{found[name]}", f"v_{name}"))
    ]
    return f"NULLIF(concat_ws({cells.literal(spelling.between)}, {', '.join(parts)}), '')" if parts else "CAST(NULL AS VARCHAR)"


def _fault(column: Column, sql_type: str, cell: str, value: str) -> str:
    """SQL that is true for a cell that says something and has no value; empty where that cannot be.

    A column that came with the type it should have is never turned into text to find out.
    """
    if column.kind is Kind.TEXT or (column.kind, sql_type) == (Kind.FLAG, "BOOLEAN"):
        return ""
    if column.kind is Kind.DATE and sql_type in ("DATE", "TIMESTAMP"):
        return f"{cell} IS NOT NULL"
    if column.kind.numeric and sql_type in _NUMERIC:
        return f"isinf({cell})" if sql_type in _FRACTIONS else ""
    return cells.unreadable(cell if sql_type == "VARCHAR" else f"CAST({cell} AS VARCHAR)", value)
