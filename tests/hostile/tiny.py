"""The smallest client that can be trained, and one list for it: a verb takes a second or two."""

from __future__ import annotations

import os
from pathlib import Path

from scorer.demo import Size
from scorer.workspace import Workspace
from tests.factories import small_client

TINY = Size(categories=1, subcategories=3, regions=3, days=460, ahead=60)
CLIENT = "tiny"
QUICK = """
[training]
origins = 2
bootstrap = 100
threads = 1

[limits]
rejected_share = 1.0
"""
HEADER = "promotion_id,region,product_category,product_subcategory,discount_percentage,start_date,duration_days,note"


def tiny_exports(root: Path) -> Path:
    """Write the client file and its exports; returns its list of upcoming promotions."""
    made = small_client(root, client=CLIENT, size=TINY)
    with made.client_file.open("a", encoding="utf-8") as file:
        file.write(QUICK)
    assert made.upcoming is not None
    return made.upcoming.path


def tiny_workspace(root: Path) -> None:
    """Write the client, refresh its lake and train its model."""
    from scorer import verbs

    tiny_exports(root)
    verbs.refresh(Workspace(root))
    verbs.train(Workspace(root))


def linked(source: Path, target: Path) -> Path:
    """Copy a workspace in which nothing will be written but under new names: files are linked, not copied."""
    for folder, _, files in os.walk(source):
        here = target / Path(folder).relative_to(source)
        here.mkdir(parents=True, exist_ok=True)
        for name in files:
            if not name.endswith(".lock"):
                os.link(Path(folder, name), here / name)
    return target


def row(promotion_id: str = "A1", note: str = "", discount: str = "0.2", start: str = "2026-07-20", days: str = "7") -> str:
    """Return a line of a list under ``HEADER``."""
    return f"{promotion_id},North,Beverages,Juice,{discount},{start},{days},{note}"
