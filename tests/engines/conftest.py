"""Java, without which there is no Spark; a cluster; and lists to score there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from scorer.columns import length, text
from scorer.lake.writing import write_table
from tests.conftest import Home
from tests.engines.spark_cluster import Cluster, cluster

# run in an environment of its own, which has what this one lacks
collect_ignore = ["snowflake_emulated.py"]


@pytest.fixture(scope="session")
def java() -> str:
    """The Java program; without it the test is skipped, or fails where everything has to be there."""
    found = shutil.which("java")
    if found is None:
        why = "no Java on this machine (on Debian and Ubuntu: apt install openjdk-17-jre-headless); Spark needs it"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return found


@pytest.fixture(scope="module")
def spark_cluster(java: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


def list_of(home: Home, rows: int, path: Path) -> Path:
    """Write many promotions with gaps, flaws, own columns and days beyond the calendar, cut from the list of the example."""
    plan = home.plan().columns
    at, number = np.arange(rows) % length(plan), np.arange(rows)
    names = ("region", "product_category", "product_subcategory", "promotion_type")
    columns = {
        "promotion_id": text(f"N{row}" for row in range(rows)),
        **{name: plan[name][at] for name in names},
        "discount": np.where(number % 50 == 7, -0.5, plan["discount_percentage"][at]),
        "start": plan["start_date"][at] + np.where(number % 400 == 310, 20_000, 0),
        "days": plan["duration_days"][at],
        "note": text("=1+1" if row % 333 == 0 else None for row in range(rows)),
        "own number": np.where(number % 3 == 0, np.nan, number),
    }
    write_table(path, columns)
    return path
