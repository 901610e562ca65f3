"""What every refresh left behind, one row each: the lake's own diary, handed on from lake to lake."""

from __future__ import annotations

import duckdb

from scorer.lake.engines.duckdb import declared

MOST_KEPT = 400
REFRESHES = {
    "made_at": "TIMESTAMP",
    "data_cut": "DATE",
    "sales": "BIGINT",
    "promotions": "BIGINT",
    "rejected": "BIGINT",
    "files": "BIGINT",
}
"""The columns of the diary."""


def keep_history(con: duckdb.DuckDBPyConnection, older: str) -> None:
    """Make the table ``refreshes``: those of the older lake (attached under that name, '' for none), and this one."""
    con.execute(f"CREATE TABLE refreshes ({declared(REFRESHES)})")
    if older:
        told = f"SELECT * FROM {older}.main.refreshes ORDER BY made_at DESC LIMIT {MOST_KEPT}"
        con.execute(f"INSERT INTO refreshes SELECT * FROM ({told}) ORDER BY made_at")
    con.execute(
        "INSERT INTO refreshes SELECT CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP), (SELECT MAX(a.data_cut) FROM about AS a), "
        "(SELECT COUNT(*) FROM sales), (SELECT COUNT(*) FROM promotions), (SELECT COUNT(*) FROM rejects), "
        "(SELECT COUNT(*) FROM exports)"
    )
