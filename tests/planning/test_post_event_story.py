"""The whole circle: committed before anything is sold, too early, then sold with a planted lift, refreshed and measured."""

from __future__ import annotations

import csv
import shutil
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scorer import verbs
from scorer.errors import TooManyRejects
from scorer.planning.log.book import Entry
from scorer.workspace import Workspace
from tests.conftest import Home

LIFT = 0.5
FIRST, LAST = date(2026, 7, 1), date(2026, 8, 15)


@pytest.fixture
def home(demo_home: Home, tmp_path: Path) -> Workspace:
    """A workspace of its own: the example as it stands at the end of its sales."""
    root = tmp_path / "home"
    root.mkdir()
    for name in ("clients", "exports", "lake", "models"):
        shutil.copytree(demo_home.workspace.root / name, root / name)
    return Workspace(root)


def item(entry: Entry) -> tuple[str, ...]:
    return tuple(entry.frozen.inputs[name] for name in ("region", "product_category", "product_subcategory"))


def alone(entries: list[Entry]) -> list[Entry]:
    """Committed promotions that end in time, one per item: what is sold on their days is theirs."""
    chosen: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        if entry.frozen.end_date <= LAST and entry.frozen.figures["baseline_method"] == "item":
            chosen.setdefault(item(entry), entry)
    return list(chosen.values())[:4]


def sold(entry: Entry) -> list[dict[str, Any]]:
    """Every day at the usual level and price; on the promotion's days half as much again, at its discount."""
    figures, inputs = entry.frozen.figures, entry.frozen.inputs
    rows = []
    for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
        runs = entry.frozen.start_date <= day <= entry.frozen.end_date
        units = figures["baseline_units_per_day"] * (1 + LIFT * runs)
        price = figures["used_list_price"] * (1 - inputs["discount_percentage"] * runs)
        keys = dict(zip(("region", "product_category", "product_subcategory"), item(entry), strict=True))
        amounts = {"units": f"{units:.4f}", "revenue": f"{units * price:.4f}", "unit_cost": figures["used_unit_cost"]}
        rows.append({"sale_date": day.isoformat(), **keys, **amounts, "transactions": 10, "stock_out": 0})
    return rows


def test_a_planted_lift_is_measured_once_newer_exports_are_refreshed(home: Workspace, demo_home: Home) -> None:
    with suppress(TooManyRejects):  # the list of the example has planted mistakes
        verbs.commit(home, demo_home.upcoming, status="approved", why="agreed")
    chosen = alone(verbs.plans(home))
    names = [entry.promotion_id for entry in chosen]
    verbs.decide(home, "commit", names, "printed")
    early = verbs.post_event(home).compared
    assert early.waiting["promotion_id"].tolist() == names
    assert all(why.startswith("too early") for why in early.waiting["why"])

    rows = [row for entry in chosen for row in sold(entry)]
    with (home.exports("demo") / "sales_2026_later.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    verbs.refresh(home, "demo")
    done = verbs.post_event(home)
    found = done.compared.rows
    assert done.newly_measured == len(names) == len(found["promotion_id"])
    assert found["foretold"].all()
    assert done.compared.coverage.measured == len(names)
    # the baseline of a promotion is what its days would sell: weekday and season move it a little around the daily mean
    assert found["actual_lift"] == pytest.approx(np.full(len(names), LIFT), abs=0.1)
    units = {entry.promotion_id: sum(float(row["units"]) for row in sold(entry) if _runs(entry, row)) for entry in chosen}
    assert found["actual_units"].tolist() == pytest.approx([units[name] for name in found["promotion_id"]], rel=1e-4)
    assert found["actual_discount"] == pytest.approx(found["planned_discount"], abs=1e-3)
    assert {str(entry.status) for entry in verbs.plans(home) if entry.promotion_id in names} == {"actual"}


def _runs(entry: Entry, row: dict[str, Any]) -> bool:
    return entry.frozen.start_date.isoformat() <= row["sale_date"] <= entry.frozen.end_date.isoformat()
