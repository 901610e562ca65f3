"""A file that cannot be used is set aside with its reason; the others are used, and nothing is lost in silence."""

from __future__ import annotations

import zipfile
from pathlib import Path

import duckdb
import pytest

from scorer.errors import ColumnMissing, FileUnreadable, NothingToWorkOn
from scorer.lake import bronze
from scorer.lake.engines.duckdb import connect
from scorer.lake.refresh import check, refresh
from scorer.settings import Client
from tests.small_lakes import SALES_HEADER, daily_sales, write_exports

CLIENT = Client(client="x")
PROMOTIONS = """
promotion_id,region,product_category,discount_percentage,start_date,end_date
P1,North,Tea,0.2,2024-01-20,2024-01-22
"""


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    return write_exports(tmp_path / "exports", promotions=PROMOTIONS, sales_1=[SALES_HEADER, *daily_sales("2024-01-01", [5.0] * 30)])


def parquet(path: Path) -> bytes:
    with duckdb.connect() as con:
        sold = "SELECT DATE '2024-02-01' + i::INTEGER AS date, 'North' AS region, 'Tea' AS product_category, hash(i)::DOUBLE AS units"
        con.execute(f"COPY ({sold}, i * 1.5 AS revenue FROM range(5000) AS r(i)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return path.read_bytes()


def half_a_parquet(path: Path) -> None:
    path.write_bytes(parquet(path)[:-200])


def a_parquet_with_a_broken_page(path: Path) -> None:
    content = bytearray(parquet(path))
    content[4:4000] = b"\xff" * 3996
    path.write_bytes(content)


def a_picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))


def half_a_workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook>" * 50)
    path.write_bytes(path.read_bytes()[:-30])


def several_columns_of_one_name(path: Path) -> None:
    path.write_text("date,region,product_category,units,units,revenue\n2024-02-01,North,Tea,1,2,3\n", encoding="utf-8")


def nothing(path: Path) -> None:
    path.write_bytes(b"")


BROKEN = [
    ("sales_2.parquet", half_a_parquet),
    ("sales_2.parquet", a_parquet_with_a_broken_page),
    ("sales_2.csv", a_picture),
    ("sales_2.xlsx", half_a_workbook),
    ("sales_2.csv", several_columns_of_one_name),
    ("sales_2.csv", nothing),
]


@pytest.mark.parametrize(("name", "spoil"), BROKEN, ids=lambda one: getattr(one, "__name__", one))
def test_a_broken_file_is_set_aside_and_the_others_are_used(exports, name, spoil):
    spoil(exports / name)
    write_exports(exports, sales_3=[SALES_HEADER, *daily_sales("2024-01-31", [6.0] * 5)])
    lake = exports.parent / "x.duckdb"
    done = refresh(CLIENT, exports, lake)
    (aside,) = done.aside
    assert (aside.table, aside.file) == ("sales", name)
    assert name in aside.why
    assert any(note.startswith(f"{name} was set aside") for note in done.notes)
    with connect(lake, read_only=True) as con:
        assert con.execute("SELECT file, COUNT(*) FROM sales GROUP BY file ORDER BY file").fetchall() == [
            ("sales_1.csv", 30),
            ("sales_3.csv", 5),
        ]
        ((file, line, reason),) = con.execute("SELECT file, line, reason FROM rejects WHERE table_name = 'sales'").fetchall()
    assert (file, line) == (name, 0)
    assert reason.startswith("the file was set aside")
    (sales,) = [one for one in done.counts if one.table == "sales"]
    assert (sales.rows, sales.used, sales.rejected) == (35, 35, 0)
    again = refresh(CLIENT, exports, lake)
    assert again.unchanged and again.aside == done.aside


def test_check_names_it_too(exports):
    a_picture(exports / "sales_2.csv")
    assert [aside.file for aside in check(CLIENT, exports).aside] == ["sales_2.csv"]


def test_a_file_that_was_mended_is_read(exports):
    a_picture(exports / "sales_2.csv")
    refresh(CLIENT, exports, exports.parent / "x.duckdb")
    write_exports(exports, sales_2=[SALES_HEADER, *daily_sales("2024-01-31", [6.0] * 5)])
    done = refresh(CLIENT, exports, exports.parent / "x.duckdb")
    assert done.aside == ()
    assert done.reads[1].again == ("sales_2.csv",)


def test_a_broken_file_of_a_table_that_may_be_missing_stops_nothing(exports):
    half_a_workbook(exports / "costs.xlsx")
    assert [aside.table for aside in refresh(CLIENT, exports, exports.parent / "x.duckdb").aside] == ["costs"]


def test_without_a_row_of_a_required_table_the_refresh_stops(exports):
    a_picture(exports / "sales_1.csv")
    with pytest.raises(FileUnreadable, match=r"sales_1\.csv cannot be read: it is a picture"):
        refresh(CLIENT, exports, exports.parent / "x.duckdb")
    nothing(exports / "sales_2.csv")
    with pytest.raises(NothingToWorkOn, match=r"None of the 2 files can be used.*a picture.*empty"):
        refresh(CLIENT, exports, exports.parent / "x.duckdb")
    assert not (exports.parent / "x.duckdb").exists()


def test_a_missing_column_is_no_broken_file(exports):
    write_exports(exports, sales_2="date,region\n2024-02-01,North")
    with pytest.raises(ColumnMissing):
        refresh(CLIENT, exports, exports.parent / "x.duckdb")


def test_a_full_memory_or_disk_is_no_fault_of_the_file(tmp_path):
    rows = [f"2024-01-{1 + at % 28:02},R{at},Tea,5,50.00" for at in range(200_000)]
    exports = write_exports(tmp_path / "exports", promotions=PROMOTIONS, sales_1=[SALES_HEADER, *rows])
    with connect() as con:
        con.execute("SET memory_limit = '12MB'; SET max_temp_directory_size = '0KB'")
        with pytest.raises(duckdb.OutOfMemoryException):
            bronze.load(con, CLIENT, exports)


def test_a_day_that_no_calendar_has_is_refused_as_in_text(exports):
    with duckdb.connect() as con:
        days = "SELECT CASE WHEN i < 3 THEN DATE '2024-02-01' + i::INTEGER WHEN i = 3 THEN DATE '290000-01-01' ELSE 'infinity'::DATE END"
        sold = f"{days} AS date, 'North' AS region, 'Tea' AS product_category, 5.0 AS units, 50.0 AS revenue FROM range(5) AS r(i)"
        con.execute(f"COPY ({sold}) TO '{exports}/sales_2.parquet' (FORMAT parquet)")
    refresh(CLIENT, exports, exports.parent / "x.duckdb")
    with connect(exports.parent / "x.duckdb", read_only=True) as con:
        assert con.execute("SELECT COUNT(*) FROM sales WHERE file = 'sales_2.parquet'").fetchone() == (3,)
        assert con.execute("SELECT reason, COUNT(*) FROM rejects WHERE table_name = 'sales' GROUP BY 1").fetchall() == [
            ("sale_date is missing or not a date", 2)
        ]
