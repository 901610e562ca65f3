"""Which columns tie a promotion to sales: the only place where a client's settings shape SQL.

Every keyed table gets ``item_key`` (what sales and promotions are matched by), ``product_key`` (the same without
the place), ``category_key`` and, for promotions, ``event_key`` (promotions that are one decision, however many
stores or regions ran it). The expressions hold column names only and stay in the portable subset.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scorer.errors import NothingToWorkOn
from scorer.settings import MATCHING_KEYS, Client

PLACES = ("region", "store")
KEYED = ("keyed_sales", "keyed_promotions_all", "keyed_promotions")
"""The keyed tables, in an order in which each finds what it reads."""


class Matching(NamedTuple):
    """The resolved matching keys of one client."""

    keys: tuple[str, ...]
    event: tuple[str, ...]
    sales_have_category: bool = True
    cost_keys: tuple[str, ...] = ()

    @property
    def product_keys(self) -> tuple[str, ...]:
        return tuple(key for key in self.keys if key not in PLACES)

    @property
    def place_keys(self) -> tuple[str, ...]:
        return tuple(key for key in self.keys if key in PLACES)

    @property
    def notes(self) -> list[str]:
        """Say aloud what the match cannot see."""
        if self.product_keys:
            return []
        return [
            f"Sales carry no product column, so promotions are matched by {' and '.join(self.keys) or 'nothing'} only: "
            "all products of a place share one outcome."
        ]


def resolve(
    client: Client, in_promotions: Iterable[str], in_sales: Iterable[str], in_costs: Iterable[str] = ()
) -> Matching:
    """Choose the matching keys: the client's own, or every key that both exports fill.

    Raises NothingToWorkOn when a key that the client names is empty in one of the exports.
    """
    shared = set(in_promotions) & set(in_sales)
    keys = client.matching.keys
    if keys == "auto":
        keys = tuple(key for key in MATCHING_KEYS if key in shared)
    for key in keys:
        if key not in shared:
            raise NothingToWorkOn.because(
                f"The client file matches sales to promotions by '{key}', but that column is empty in one of the exports",
                f"Filled in both: {', '.join(sorted(shared)) or 'none'}. Change matching.keys, or name the header under columns.",
            )
    return Matching(
        tuple(keys),
        _event_keys(client, tuple(keys)),
        "product_category" in shared,
        tuple(key for key in MATCHING_KEYS if key in set(in_costs) & set(in_promotions)),
    )


def key_sql(alias: str, keys: Sequence[str]) -> str:
    """Return the SQL of a key: the lower-cased columns joined by a bar, '*' where there are none.

    >>> key_sql("p", ["region", "product"])
    "COALESCE(LOWER(p.region), '?') || '|' || COALESCE(LOWER(p.product), '?')"
    """
    return " || '|' || ".join(f"COALESCE(LOWER({alias}.{key}), '?')" for key in keys) or "'*'"


def keyed_sql(table: str, matching: Matching) -> str:
    """Return the SELECT that puts the keys beside a table's columns.

    ``category_key`` is the category as far as sales know it; ``promotion_category_key`` is the promotion's own.
    """
    category = ["product_category"] if matching.sales_have_category else []
    return (
        f"SELECT t.*, {key_sql('t', matching.keys)} AS item_key, "
        f"{key_sql('t', matching.product_keys)} AS product_key, "
        f"{key_sql('t', matching.place_keys)} AS place_key, "
        f"{key_sql('t', category)} AS category_key, "
        f"{key_sql('t', ['product_category'])} AS promotion_category_key FROM {table} AS t"
    )


def cost_key_sql(alias: str, matching: Matching) -> str:
    """Return the SQL of the key by which the cost master is found: the matching columns it fills."""
    return key_sql(alias, matching.cost_keys)


def cost_master_sql(matching: Matching) -> str:
    """Return the SELECT of the cost master with one row per cost key; the last row of a key counts."""
    return (
        # a price of nothing is how exports say that none is known
        "SELECT k.* FROM (SELECT t.* REPLACE (NULLIF(t.list_price, 0) AS list_price), "
        f"{cost_key_sql('t', matching)} AS cost_key, "
        f"ROW_NUMBER() OVER (PARTITION BY {cost_key_sql('t', matching)} ORDER BY t.file DESC, t.line DESC) AS copy_number "
        "FROM bronze_costs AS t) AS k WHERE k.copy_number = 1"
    )


def event_sql(table: str, matching: Matching) -> str:
    """Return the SELECT that adds ``event_key`` to a keyed promotions table joined to the date table."""
    # a promotion that began before the calendar of sales does, or long after, has its own start for a week
    week = "COALESCE(d.week_start, k.start_date)"
    return (
        f"SELECT k.*, {key_sql('k', matching.event)} || '|' || CAST({week} AS VARCHAR) AS event_key "
        f"FROM {table} AS k LEFT JOIN date_table AS d ON k.start_date = d.day"
    )


def keyed_tables(matching: Matching) -> dict[str, str]:
    """Return the tables of ``KEYED`` with their SELECTs."""
    sales, every, events = KEYED
    return {sales: keyed_sql("sales", matching), every: keyed_sql("promotions", matching), events: event_sql(every, matching)}


def _event_keys(client: Client, keys: tuple[str, ...]) -> tuple[str, ...]:
    # promotions that are tied to the same sales share their luck, whatever they are called: they are one event
    if client.matching.event != "auto":
        return client.matching.event
    return tuple(key for key in keys if key not in PLACES)
