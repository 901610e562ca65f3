"""A refresh reads what has changed, and comes to the same lake as one that reads everything."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from scorer.columns import fetch
from scorer.lake.engines.duckdb import connect
from scorer.lake.history import BASELINE_STEPS, FEATURE_STEPS, HISTORY_STEPS, OUTCOME_STEPS, TRAINING_STEPS
from scorer.lake.refresh import UNCHANGED, Refreshed, refresh
from scorer.model import parquet_bytes
from scorer.settings import Client, parse_client
from tests.small_lakes import daily_sales, write_exports

CLIENT = Client(client="x")
PROMOTIONS = ["promotion_id,region,product_category,discount_percentage,start_date,end_date,promotion_type"]
PROMOTIONS += [f"P{week},North,Tea,0.2,2024-0{1 + week // 3}-{3 + 7 * (week % 3):02},2024-0{1 + week // 3}-{6 + 7 * (week % 3):02},Coupon" for week in range(12)]
HEADER = "date,region,product_category,units,revenue"
GOLD = (*HISTORY_STEPS, *BASELINE_STEPS, *OUTCOME_STEPS, *FEATURE_STEPS, *TRAINING_STEPS)


def month(number: int, where: str = "North,Tea", units: float = 10.0) -> list[str]:
    return [HEADER, *daily_sales(f"2024-{number:02}-01", [units + day % 3 for day in range(28)], where)]


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    return write_exports(tmp_path / "exports", promotions=PROMOTIONS, **{f"sales_{at}": month(at) for at in (1, 2, 3)})


def refreshed(exports: Path, client: Client = CLIENT, full: bool = False, name: str = "x.duckdb") -> Refreshed:
    return refresh(client, exports, exports.parent / name, full=full)


def read_again(done: Refreshed) -> list[str]:
    return [file for read in done.reads for file in read.again]


def rows_of(lake: Path, tables: tuple[str, ...]) -> dict[str, list[tuple[object, ...]]]:
    with connect(lake, read_only=True) as con:
        return {table: [*map(repr, con.execute(f"SELECT * FROM {table}").fetchall())] for table in tables}


def gold_bytes(lake: Path) -> dict[str, bytes]:
    with connect(lake, read_only=True) as con:
        return {table: parquet_bytes(fetch(con, f"SELECT * FROM {table} ORDER BY ALL")) for table in GOLD}


def test_nothing_new_is_nothing_to_do(exports):
    first, before = refreshed(exports), (exports.parent / "x.duckdb").stat().st_mtime_ns
    second = refreshed(exports)
    assert second.unchanged and not first.unchanged
    assert (exports.parent / "x.duckdb").stat().st_mtime_ns == before
    assert second.notes[0] == UNCHANGED
    assert second._replace(notes=first.notes, unchanged=False, reads=first.reads) == first
    assert [(read.files, read.found) for read in second.reads] == [(read.files, read.found) for read in first.reads]


def test_a_file_whose_time_changed_but_not_its_bytes_is_the_same(exports):
    refreshed(exports)
    os.utime(exports / "sales_2.csv")
    assert refreshed(exports).unchanged


def test_other_settings_build_the_lake_anew_without_reading_files_again(exports):
    refreshed(exports)
    done = refreshed(exports, parse_client({"client": "x", "baseline": {"observations": 6}}))
    assert not done.unchanged
    assert read_again(done) == []


@pytest.mark.parametrize("change", ["added last", "added in the middle", "changed", "removed"])
def test_what_changed_is_read_alone_and_the_lake_is_that_of_a_full_refresh(exports, change):
    middle = exports / "sales_2.csv"
    content = middle.read_text(encoding="utf-8")
    if change == "added in the middle":
        middle.unlink()
    refreshed(exports)
    expected = []
    if change == "added last":
        write_exports(exports, sales_4=month(4))
        expected = ["sales_4.csv"]
    elif change == "removed":
        middle.unlink()
    else:
        middle.write_text(content.replace(",10,", ",14,"), encoding="utf-8")
        expected = ["sales_2.csv"]
    done = refreshed(exports)
    assert read_again(done) == expected
    lake, anew = exports.parent / "x.duckdb", exports.parent / "anew.duckdb"
    full = refreshed(exports, full=True, name="anew.duckdb")
    assert done.counts == full.counts
    silver = ("bronze_sales", "bronze_rejects", "sales", "sales_judged", "keyed_promotions", "rejects", "plan")
    assert rows_of(lake, (*silver, *GOLD)) == rows_of(anew, (*silver, *GOLD))
    assert gold_bytes(lake) == gold_bytes(anew)


def test_a_rebuild_gives_the_same_bytes(exports):
    refreshed(exports)
    before = gold_bytes(exports.parent / "x.duckdb")
    assert not refreshed(exports, full=True).unchanged
    assert gold_bytes(exports.parent / "x.duckdb") == before


def test_a_later_file_corrects_totals_by_key_and_period_and_says_how_many(exports):
    write_exports(exports, sales_4=[HEADER, "2024-02-05,North,Tea,99,990.00", "2024-02-06,North,Tea,98,980.00"])
    done = refreshed(exports)
    with connect(exports.parent / "x.duckdb", read_only=True) as con:
        rows = con.execute("SELECT units, file FROM sales WHERE sale_date IN ('2024-02-05', '2024-02-06') ORDER BY 1").fetchall()
        lost = con.execute("SELECT COUNT(*) FROM rejects WHERE reason LIKE 'a later file%'").fetchone()
    assert rows == [(98.0, "sales_4.csv"), (99.0, "sales_4.csv")]
    assert lost == (2,)
    assert any(note.startswith("2 sales totals were replaced") for note in done.notes)


def test_a_client_whose_files_hold_different_sales_adds_them(exports):
    write_exports(exports, sales_4=[HEADER, "2024-02-05,North,Tea,99,990.00"])
    refreshed(exports, parse_client({"client": "x", "sales": {"later_files": "add"}}))
    with connect(exports.parent / "x.duckdb", read_only=True) as con:
        assert con.execute("SELECT COUNT(*), MAX(units) FROM sales WHERE sale_date = '2024-02-05'").fetchone() == (2, 99.0)


def test_a_later_file_with_a_faulty_total_corrects_nothing(exports):
    write_exports(exports, sales_4=[HEADER, "2024-02-05,North,Tea,99,"])
    refreshed(exports)
    with connect(exports.parent / "x.duckdb", read_only=True) as con:
        assert con.execute("SELECT file FROM sales WHERE sale_date = '2024-02-05'").fetchall() == [("sales_2.csv",)]


def test_a_later_promotion_replaces_the_earlier_one_of_its_id(exports):
    write_exports(exports, promotions_2=[PROMOTIONS[0], PROMOTIONS[3].replace("0.2", "0.4")])
    refreshed(exports)
    with connect(exports.parent / "x.duckdb", read_only=True) as con:
        assert con.execute("SELECT discount_percentage FROM promotions WHERE promotion_id = 'P2'").fetchall() == [(0.4,)]


def test_what_a_killed_refresh_left_is_cleared_away(exports):
    refreshed(exports)
    lake = exports.parent / "x.duckdb"
    left = [lake.with_name(f".{lake.name}.building"), lake.with_name(f".{lake.name}.building.wal")]
    for path in left:
        shutil.copy(lake, path)
    lake.with_name(".slices-dead").mkdir()
    (exports / "sales_3.csv").unlink()
    assert not refreshed(exports).unchanged
    assert sorted(path.name for path in exports.parent.iterdir()) == ["exports", "x.duckdb"]


def test_a_lake_that_cannot_be_opened_is_built_anew(exports):
    lake = exports.parent / "x.duckdb"
    lake.write_bytes(b"half a lake")
    assert len(read_again(refreshed(exports))) == 4
