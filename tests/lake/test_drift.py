"""Exports that are no longer what they were: the refresh stops with file, column, likely cause and remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scorer.errors import SchemaDrift
from scorer.lake.refresh import refresh
from scorer.settings import Client, parse_client
from tests.small_lakes import write_exports

CLIENT = Client(client="x")
WARNED = parse_client({"client": "x", "health": {"drift": "warn"}})
PROMOTIONS = """
promotion_id,region,product_category,discount_percentage,start_date,end_date
P1,North,Tea,0.2,2024-02-05,2024-02-08
"""
HEADER = "date,region,product_category,units,revenue,unit_cost"


def sales(month: int, region: Callable[[int], str] = lambda _: "North", units: str = "5", rows: int = 28) -> list[str]:
    return [HEADER, *(f"2024-{month:02}-{day:02},{region(day)},Tea,{units},50.00,4" for day in range(1, rows + 1))]


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = write_exports(tmp_path / "exports", promotions=PROMOTIONS, sales_1=sales(1), sales_2=sales(2))
    refresh(CLIENT, folder, tmp_path / "x.duckdb")
    return folder


def stopped(exports: Path, client: Client = CLIENT) -> str:
    lake = exports.parent / "x.duckdb"
    before = lake.read_bytes()
    with pytest.raises(SchemaDrift) as told:
        refresh(client, exports, lake)
    assert lake.read_bytes() == before
    assert sorted(path.name for path in exports.parent.iterdir()) == ["exports", "x.duckdb"]
    return str(told.value)


def renamed(lines: list[str], old: str, new: str) -> list[str]:
    return [lines[0].replace(old, new), *lines[1:]]


def test_a_file_like_the_others_is_no_drift(exports):
    write_exports(exports, sales_3=sales(3))
    assert not refresh(CLIENT, exports, exports.parent / "x.duckdb").unchanged


def test_a_renamed_column_is_suggested(exports):
    write_exports(exports, sales_3=renamed(sales(3), "unit_cost", "unit_costs_net"))
    told = stopped(exports)
    assert "sales_3.csv, unit_cost: the column 'unit_cost' is gone; it may be called 'unit_costs_net' now" in told
    assert 'unit_cost = "unit_costs_net" under [exports.sales.columns]' in told


def test_a_column_that_is_gone(exports):
    write_exports(exports, sales_3=[line.rpartition(",")[0] for line in sales(3)])
    assert "sales_3.csv, unit_cost: the column 'unit_cost' is gone. Export it again with that column" in stopped(exports)


def test_a_column_of_another_type(exports):
    write_exports(exports, sales_3=sales(3, units="five"))
    told = stopped(exports)
    assert "sales_3.csv, units: 28 cells (100%) cannot be read as" in told
    assert "before 0% could not" in told


def test_a_column_that_became_empty(exports):
    write_exports(exports, sales_3=[line.removesuffix("4") for line in sales(3)])
    assert "sales_3.csv, unit_cost: 100% of its cells are empty, before 0% were" in stopped(exports)


def test_a_flood_of_new_names(exports):
    write_exports(exports, sales_3=sales(3, lambda day: f"R{day:04}"))
    told = stopped(exports)
    assert "sales_3.csv, region: 28 names such as 'r0001' were never seen before and stand in 100% of the rows" in told
    assert "codes instead of names" in told


def test_a_new_region_among_known_ones_is_no_flood(exports):
    write_exports(exports, sales_3=sales(3, lambda day: "South" if day % 2 else "North"))
    assert refresh(CLIENT, exports, exports.parent / "x.duckdb").reads[1].again == ("sales_3.csv",)


def test_another_delimiter_and_another_encoding(exports):
    text = "\n".join(sales(3)).replace(",", ";").replace("Tea", "Thé")
    (exports / "sales_3.csv").write_text(text, encoding="cp1252")
    told = stopped(exports)
    assert "sales_3.csv: fields are set apart by ';', before it was ','" in told
    assert "sales_3.csv: the encoding is 'cp1252', before it was 'utf-8'" in told


def test_a_file_that_lost_most_of_its_rows_was_probably_cut_off(exports):
    write_exports(exports, sales_2=sales(2, rows=10))
    assert "sales_2.csv: it has 10 rows, before it had 28: it may have been cut off" in stopped(exports)


def test_a_full_refresh_takes_the_exports_as_they_are(exports):
    write_exports(exports, sales_3=sales(3, lambda day: f"R{day:04}"))
    done = refresh(CLIENT, exports, exports.parent / "x.duckdb", full=True)
    assert len(done.reads[1].again) == 3
    assert refresh(CLIENT, exports, exports.parent / "x.duckdb").unchanged


def test_a_client_may_go_on_with_a_warning(exports):
    write_exports(exports, sales_3=renamed(sales(3), "unit_cost", "unit_costs_net"))
    done = refresh(WARNED, exports, exports.parent / "x.duckdb")
    assert any("unit_costs_net" in note for note in done.notes)


@pytest.mark.parametrize(("setting", "value"), [("unreadable_change", 1), ("new_levels", 1), ("null_change", 1)])
def test_thresholds_are_the_clients_own(exports, setting, value):
    changed = {"unreadable_change": sales(3, units="five"), "new_levels": sales(3, lambda day: f"R{day}")}
    write_exports(exports, sales_3=changed.get(setting, [line.removesuffix("4") for line in sales(3)]))
    client = parse_client({"client": "x", "health": {setting: value}})
    assert refresh(client, exports, exports.parent / "x.duckdb").reads[1].again == ("sales_3.csv",)
