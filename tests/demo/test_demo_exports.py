"""The exports tie with what was planted: every row, every flaw, and the same bytes for the same seed."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from scorer import demo
from scorer.contracts.exports import CAMPAIGNS, COSTS, EXPORTS, PLAN, PROMOTIONS, SALES
from scorer.demo import Demo, Flaw, Size, Sort
from scorer.demo.flaws import euro_text
from scorer.settings import read_client
from scorer.workspace import Workspace

TINY = Size(categories=2, subcategories=3, regions=3, days=500, ahead=60)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return demo.make(Workspace(tmp_path_factory.mktemp("whole")))


def read(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.splitlines()[0] else ","))


def sales(whole: Demo) -> list[dict[str, str]]:
    return [row for path in sorted(whole.exports.glob("sales_*.csv")) for row in read(path)]


def contents(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


def number(cell: str) -> float | None:
    plain = cell.strip(" €")
    plain = plain.replace(".", "").replace(",", ".") if "," in plain else plain
    try:
        return float(plain)
    except ValueError:
        return None


def is_day(cell: str) -> bool:
    try:
        date.fromisoformat("-".join(reversed(cell.split("."))) if "." in cell else cell)
    except ValueError:
        return False
    return True


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for copy in ("one", "two"):
        demo.make(Workspace(tmp_path / copy), size=TINY)
        demo.pure_noise(Workspace(tmp_path / copy))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    demo.make(Workspace(tmp_path / "three"), seed=8, size=TINY)
    name = "exports/demo/promotions.csv"
    assert contents(tmp_path / "one")[name] != contents(tmp_path / "three")[name]


def test_the_files_of_a_whole_demo(whole: Demo) -> None:
    assert sorted(path.name for path in whole.exports.iterdir()) == [
        "campaigns.csv",
        "costs.xlsx",
        "promotions.csv",
        "sales_2024.csv",
        "sales_2025.csv",
        "sales_2026.csv",
    ]
    client = read_client(whole.client_file)
    assert (client.currency, client.calendar.country) == ("EUR", "DE")
    assert client.matching.keys == ("region", "product_category", "product_subcategory")


def test_every_header_is_a_column_of_its_contract(whole: Demo) -> None:
    for name, contract in (("promotions", PROMOTIONS), ("campaigns", CAMPAIGNS), ("sales_2025", SALES)):
        assert set(read(whole.exports / f"{name}.csv")[0]) <= set(contract.names)
    assert set(read(whole.upcoming.path)[0]) - set(PLAN.names) == {"leaflet_week"}  # type: ignore[union-attr]
    assert set(costs(whole)[0]) <= set(COSTS.names)
    assert set(whole.tallies) == set(EXPORTS)


def test_promotions_tie(whole: Demo) -> None:
    rows, tally = read(whole.exports / "promotions.csv"), whole.tallies["promotions"]
    assert len(rows) == tally.rows
    found = Counter(flaw for row in rows if (flaw := _flaw_of_promotion(row)))
    ids = Counter(row["promotion_id"] for row in rows if row["promotion_id"])
    found[Flaw.SUPERSEDED] = sum(times - 1 for times in ids.values())
    assert found == tally.refused
    assert tally.usable == len(whole.world.truth["promotion_id"])


def test_the_later_of_two_rows_is_the_right_one(whole: Demo) -> None:
    last = {row["promotion_id"]: row for row in read(whole.exports / "promotions.csv")}
    planned = whole.world.promotions
    for name, depth in zip(planned["promotion_id"], planned["discount"], strict=True):
        written = float(last[name]["discount_percentage"])
        assert depth == pytest.approx(written / 100 if written > 1 else written)


def test_what_is_ugly_but_usable_ties(whole: Demo) -> None:
    rows = [row for row in read(whole.exports / "promotions.csv") if not _flaw_of_promotion(row)]
    kept = whole.tallies["promotions"].kept
    assert sum((number(row["discount_percentage"]) or 0) > 1 for row in rows) == kept[Flaw.PERCENT]
    ids = {row["promotion_id"] for row in rows if row["promotion_type"] == ""}
    assert len(ids) == kept[Flaw.TYPE_BLANK]
    ids = {row["promotion_id"] for row in rows if row["region"] != row["region"].strip()}
    assert len(ids) == kept[Flaw.SPACES]


def test_sales_tie(whole: Demo) -> None:
    rows, tally = sales(whole), whole.tallies["sales"]
    assert len(rows) == tally.rows
    seen: set[tuple[str, ...]] = set()
    found: Counter[Flaw] = Counter()
    good = []
    for row in rows:
        flaw = Flaw.REPEATED if tuple(row.values()) in seen else _flaw_of_sale(row)
        seen.add(tuple(row.values()))
        if flaw:
            found[flaw] += 1
        else:
            good.append(row)
    assert found == tally.refused
    refunds = [row for row in good if int(row["units"]) < 0]
    assert len(refunds) == tally.kept[Flaw.REFUND]
    assert sum(" € " in row["revenue"] for row in good) == tally.kept[Flaw.MONEY_AS_TEXT]
    assert sum(int(row["units"]) for row in good if int(row["units"]) > 0) == whole.world.units.sum()
    assert len(good) - len(refunds) == np.count_nonzero(whole.world.units)


def test_revenue_is_units_at_the_price_paid(whole: Demo) -> None:
    world = whole.world
    row = next(
        r for r in read(whole.exports / "sales_2026.csv") if r["stock_out"] == "1" and int(r["units"]) > 0
    )
    names = world.items.names
    keys = ("region", "product_category", "product_subcategory")
    item = np.flatnonzero(np.all([names[key] == row[key] for key in keys], axis=0))[0]
    day = np.flatnonzero(world.days == np.datetime64(row["sale_date"]))[0]
    paid = round(world.items.list_price[item, day] * (1 - world.promoted[item, day]), 2)
    assert float(row["revenue"]) == pytest.approx(int(row["units"]) * paid, abs=0.006)
    assert world.units[item, day] == int(row["units"]) and world.stock_out[item, day]


def test_campaigns_tie(whole: Demo) -> None:
    rows, tally = read(whole.exports / "campaigns.csv"), whole.tallies["campaigns"]
    bad = Counter(
        Flaw.BUDGET_NOT_POSITIVE if number(row["budget"]) <= 0 else Flaw.REACH_NEGATIVE  # type: ignore[operator]
        for row in rows
        if number(row["budget"]) <= 0 or int(row["reach"]) < 0  # type: ignore[operator]
    )
    assert bad == tally.refused
    assert tally.usable == len(whole.world.campaigns["campaign_id"])
    assert sum(float(row["conversion_rate"]) > 1 for row in rows) == tally.kept[Flaw.RATE_OUT_OF_RANGE]
    assert max(row["end_date"] for row in rows) > str(whole.world.cut)


def test_costs_tie(whole: Demo) -> None:
    rows, tally = costs(whole), whole.tallies["costs"]
    assert len(rows) == tally.rows == len(whole.world.items.names["line"])
    assert sum(row["unit_cost"] == "" for row in rows) == tally.kept[Flaw.CELL_BLANK]
    assert sum(isinstance(row["list_price"], str) for row in rows) == tally.kept[Flaw.MONEY_AS_TEXT]
    assert 0 < sum(float(row["funding_share"]) > 0 for row in rows) < len(rows)  # type: ignore[arg-type]


def test_refused_rows_stay_within_what_a_client_allows(whole: Demo, tmp_path: Path) -> None:
    limit = read_client(whole.client_file).limits.rejected_share
    small = demo.make(Workspace(tmp_path), size=TINY)
    for tally in (*whole.tallies.values(), *small.tallies.values()):
        assert sum(tally.refused.values()) < limit * tally.rows


def test_the_upcoming_list_holds_every_sort_after_the_cut(whole: Demo) -> None:
    upcoming = whole.upcoming
    assert upcoming is not None
    rows = read(upcoming.path)
    assert [row["promotion_id"] for row in rows] == list(upcoming.sorts)
    assert set(upcoming.sorts.values()) == set(Sort)
    assert 55 <= len(rows) <= 65
    assert all(row["start_date"] > str(whole.world.cut) for row in rows if row["start_date"])
    truth = upcoming.truth
    assert (truth["profit"][truth["sort"] == Sort.GOOD] > 0).all()
    assert (truth["profit"][truth["sort"] == Sort.LOSING] < 0).all()
    assert Counter(flaw for row in rows if (flaw := _flaw_of_promotion(row))) == upcoming.tally.refused
    subcategories = set(whole.world.items.names["product_subcategory"])
    unknown = [row for row in rows if row["product_subcategory"] not in subcategories]
    assert {upcoming.sorts[row["promotion_id"]] for row in unknown} == {Sort.UNKNOWN_SUBCATEGORY}


def test_exports_without_dirt_have_no_flaw(tmp_path: Path) -> None:
    clean = demo.make(Workspace(tmp_path), size=TINY, dirt=False)
    assert all(tally.usable == tally.rows for tally in clean.tallies.values())
    assert not any(_flaw_of_promotion(row) for row in read(clean.exports / "promotions.csv"))
    assert not any(_flaw_of_sale(row) for row in sales(clean))


def test_the_contaminated_client_is_written_without_dirt(tmp_path: Path) -> None:
    written = demo.contaminated(Workspace(tmp_path))
    assert written.upcoming is None
    assert read_client(written.client_file).client == "contaminated"
    assert all(tally.usable == tally.rows for tally in written.tallies.values())
    assert len(read(written.exports / "promotions.csv")) == len(written.world.truth["log_lift"])


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    demo.make(Workspace(tmp_path), size=TINY, say=told.append)
    assert len(told) == 4


def test_euro_text() -> None:
    assert euro_text(1234567.5) == " € 1.234.567,50 "


def costs(whole: Demo) -> list[dict[str, object]]:
    header, *rows = (
        CalamineWorkbook.from_path(str(whole.exports / "costs.xlsx")).get_sheet_by_index(0).to_python()
    )
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def _flaw_of_promotion(row: dict[str, str]) -> Flaw | None:
    depth = number(row["discount_percentage"])
    if not row["promotion_id"]:
        return Flaw.ID_MISSING
    if row["region"].strip() in ("0", "1"):
        return Flaw.REGION_JUNK
    if not (is_day(row["start_date"]) and is_day(row["end_date"])):
        return Flaw.DATE_UNREADABLE
    if row["end_date"] < row["start_date"]:
        return Flaw.END_BEFORE_START
    if depth is None:
        return Flaw.DISCOUNT_UNREADABLE
    return None if 0 <= depth <= 100 else Flaw.DISCOUNT_OUT_OF_RANGE


def _flaw_of_sale(row: dict[str, str]) -> Flaw | None:
    revenue = number(row["revenue"])
    if row["region"] in ("0", "1"):
        return Flaw.REGION_JUNK
    if not is_day(row["sale_date"]):
        return Flaw.DATE_UNREADABLE
    if revenue is None:
        return Flaw.AMOUNT_MISSING
    return Flaw.AMOUNT_NOT_POSITIVE if revenue <= 0 < int(row["units"]) else None
