"""Exports of a few rows, written by hand in a test, and the lake that comes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import duckdb
import numpy as np

from scorer.columns import DAY, Columns, fetch, records
from scorer.lake import refresh as lake
from scorer.lake.engines.duckdb import connect
from scorer.lake.refresh import Refreshed
from scorer.settings import Client

SALES_HEADER = "date,region,product_category,units,revenue"


class Lake(NamedTuple):
    """What a refresh said, and its tables."""

    refreshed: Refreshed
    con: duckdb.DuckDBPyConnection

    def columns(self, sql: str) -> Columns:
        return fetch(self.con, sql)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return records(fetch(self.con, sql))

    def one(self, sql: str) -> dict[str, Any]:
        (row,) = self.rows(sql)
        return row


def write_exports(folder: Path, **tables: str | Iterable[str]) -> Path:
    """Write each table as <name>.csv; a block of text is dedented, lines are joined."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        lines = dedent(text).strip() if isinstance(text, str) else "\n".join(text)
        (folder / f"{name}.csv").write_text(lines + "\n", encoding="utf-8")
    return folder


def refreshed(folder: Path, client: Client = Client(client="x"), **tables: str | Iterable[str]) -> Lake:
    """Write exports and refresh a lake from them."""
    path = folder / "x.duckdb"
    done = lake.refresh(client, write_exports(folder / "exports", **tables), path)
    return Lake(done, connect(path, read_only=True))


def cleaned(folder: Path, client: Client = Client(client="x"), **tables: str | Iterable[str]) -> duckdb.DuckDBPyConnection:
    """Write exports and clean them in memory; the connection holds the silver tables."""
    con = connect()
    lake._read_and_clean(con, client, write_exports(folder / "exports", **tables), lambda _: None)
    return con


def daily_sales(
    first: str, units: Iterable[float], where: str = "North,Tea", price: float | Mapping[int, float] = 10.0
) -> list[str]:
    """Sales lines of one item on consecutive days, at one price or at one by position; days of NaN have no line."""
    day = np.datetime64(first)
    prices = price if isinstance(price, Mapping) else {}
    usual = 10.0 if isinstance(price, Mapping) else price
    return [f"{day + at * DAY},{where},{sold:g},{sold * prices.get(at, usual):.2f}" for at, sold in enumerate(units) if sold == sold]
