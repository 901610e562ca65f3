"""How a refresh grows with its exports: ten times the sales and promotions should take ten times as long, no more memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from scorer import verbs
from scorer.benchmarks.material import CLIENT
from scorer.benchmarks.measure import Measure, against, in_a_process, peak_memory_mb, seconds
from scorer.benchmarks.sales import write_large_exports
from scorer.lake.cells import literal
from scorer.lake.engines.duckdb import connect
from scorer.saying import Say
from scorer.workspace import Workspace

SUMS = "DuckDB reading the same file and adding it up by item and day"
_HOME = "scorer.benchmarks.refreshing"


def growing(folder: str, sizes: tuple[tuple[int, int], ...], say: Say) -> Iterator[Measure]:
    """Measure a refresh of each size (sales rows, promotions), and one with nothing new, each in a process of its own."""
    for sales, promotions in sizes:
        client = f"grown{sales}"
        say(f"Writing {sales:,} sales rows and {promotions:,} promotions")
        file = in_a_process("written", _HOME, workspace=folder, client=client, sales=sales, promotions=promotions)["file"]
        say("Refreshing from them")
        found = in_a_process("refreshed", _HOME, workspace=folder, client=client, file=file)
        yield against("Refresh, growing exports", found["seconds"], SUMS, found["sums"], found["memory"], found["rows"])
        again = in_a_process("refreshed", _HOME, workspace=folder, client=client, file=file)
        yield against("Refresh, nothing new", again["seconds"], SUMS, again["sums"], again["memory"], again["rows"])


def written(workspace: str, client: str, sales: int, promotions: int) -> dict[str, Any]:
    """Write a client and its exports."""
    home = Workspace(Path(workspace))
    home.client_file(client).parent.mkdir(parents=True, exist_ok=True)
    home.client_file(client).write_text(CLIENT.format(name=client), encoding="utf-8")
    return {"file": str(write_large_exports(home.exports(client), sales, promotions))}


def refreshed(workspace: str, client: str, file: str) -> dict[str, Any]:
    """Refresh the lake of a client; the yardstick adds up the same file by item and day."""
    home = Workspace(Path(workspace))
    taken = seconds(lambda: verbs.refresh(home, client))
    memory = peak_memory_mb()
    with closing(connect(threads=2, memory_gb=4.0)) as con:
        sums_of = "product, store, sale_date, SUM(units) AS units, SUM(revenue) AS revenue"
        asked = f"SELECT {sums_of} FROM {literal(file)} GROUP BY ALL"
        sums = seconds(lambda: con.execute(f"SELECT COUNT(*), SUM(units), SUM(revenue) FROM ({asked})").fetchall())
        (rows,) = con.execute(f"SELECT COUNT(*) FROM {literal(file)}").fetchall()[0]
    return {"seconds": taken, "memory": memory, "sums": sums, "rows": rows}
