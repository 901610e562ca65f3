"""Exports of any size, written by the database itself: as many daily sales as asked for, and promotions that lift them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from scorer.lake.cells import literal
from scorer.lake.engines.duckdb import connect

DAYS, STORES = 730, 10
FIRST_DAY = "DATE '2024-01-01'"


def write_large_exports(folder: Path, sales: int, promotions: int, threads: int = 2, memory_gb: float = 4.0) -> Path:
    """Write ``sales.parquet`` and ``promotions.parquet`` of about so many rows; returns the sales file.

    The figures come from hashes of product, store and day: the same sizes give the same figures anywhere.
    """
    folder.mkdir(parents=True, exist_ok=True)
    products = max(1, sales // (DAYS * STORES))
    with closing(connect(threads=threads, memory_gb=memory_gb)) as con:
        con.execute(f"SET temp_directory = {literal(str(folder / '.tmp'))}")
        con.execute(_promotions(promotions, products))
        con.execute(f"COPY ({_exported()}) TO {literal(str(folder / 'promotions.parquet'))} (FORMAT parquet)")
        con.execute(f"COPY ({_sales(products)}) TO {literal(str(folder / 'sales.parquet'))} (FORMAT parquet)")
    return folder / "sales.parquet"


def _promotions(rows: int, products: int) -> str:
    return f"""CREATE TABLE planned AS SELECT
        i, CAST(hash(i, 1) % {products} AS BIGINT) AS product, CAST(hash(i, 2) % {STORES} AS BIGINT) AS store,
        60 + CAST(hash(i, 3) % {DAYS - 80} AS BIGINT) AS first,
        [5, 7, 10, 14][1 + CAST(hash(i, 4) % 4 AS BIGINT)] AS days, (1 + CAST(hash(i, 5) % 8 AS BIGINT)) * 0.05 AS discount,
        ['Price cut', 'Multibuy', 'Display', 'Coupon'][1 + CAST(hash(i, 6) % 4 AS BIGINT)] AS kind
        FROM range({rows}) AS r(i)"""


def _exported() -> str:
    return f"""SELECT printf('P%07d', i) AS promotion_id, printf('Category %03d', product % 7) AS product_category,
        printf('Product %05d', product) AS product, printf('Store %03d', store) AS store, kind AS promotion_type,
        discount::DOUBLE AS discount_percentage, {FIRST_DAY} + first::INTEGER AS start_date,
        {FIRST_DAY} + (first + days - 1)::INTEGER AS end_date FROM planned ORDER BY i"""


def _sales(products: int) -> str:
    return f"""WITH promoted AS (
            SELECT product, store, day, max(discount) AS discount
            FROM (SELECT product, store, discount, first + unnest(range(days)) AS day FROM planned) GROUP BY ALL
        ), sold AS (
            SELECT d.i AS day, p.i AS product, s.i AS store, coalesce(q.discount, 0)::DOUBLE AS discount,
                20 * exp(1.5 * coalesce(q.discount, 0)) + CAST(hash(d.i, p.i, s.i) % 11 AS DOUBLE) - 5 AS units,
                2.0 + p.i % 9 AS price
            FROM range({DAYS}) AS d(i) CROSS JOIN range({products}) AS p(i) CROSS JOIN range({STORES}) AS s(i)
            LEFT JOIN promoted AS q ON q.product = p.i AND q.store = s.i AND q.day = d.i
        )
        SELECT {FIRST_DAY} + day::INTEGER AS sale_date, printf('Category %03d', product % 7) AS product_category,
            printf('Product %05d', product) AS product, printf('Store %03d', store) AS store, round(units)::BIGINT AS units,
            round(round(units) * price * (1 - discount), 2) AS revenue, 0.6 * price AS unit_cost
        FROM sold"""
