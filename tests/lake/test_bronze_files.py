"""Every way an export can be written gives the same bronze rows, each with its file and line."""

import codecs
import os
from datetime import date
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from scorer.errors import BadSettings, ColumnMissing, FileUnreadable, NothingToWorkOn
from scorer.lake.bronze import load
from scorer.settings import parse_client

PROMOTIONS = "promotion_id,discount_percentage,start_date,end_date,region\nP1,0.2,2024-01-05,2024-01-11,Nord\n"
SALES = "sale_date,region,units,revenue\n2024-01-05,Nord,3,12.50\n2024-01-16,Süd,-1,-4.25\n"
EXPECTED = [(date(2024, 1, 5), "Nord", 3.0, 12.5), (date(2024, 1, 16), "Süd", -1.0, -4.25)]


@pytest.fixture
def con():
    with duckdb.connect() as con:
        yield con


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "promotions.csv").write_text(PROMOTIONS, encoding="utf-8")
    return tmp_path


def read(con, folder, content=None, name="sales.csv", **exports):
    if content is not None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return {table.table: table for table in load(con, parse_client({"client": "x", "exports": exports}), folder)}


def sales(con, columns="sale_date, region, units, revenue"):
    return con.execute(f"SELECT {columns} FROM bronze_sales ORDER BY file, line").fetchall()


def rejects(con):
    return con.execute("SELECT line, reason, text FROM bronze_rejects ORDER BY line").fetchall()


@pytest.mark.parametrize(
    "content",
    {
        "plain": SALES.encode(),
        "windows line ends": SALES.replace("\n", "\r\n").encode(),
        "old mac line ends": SALES.replace("\n", "\r").encode(),
        "no last line end": SALES.rstrip().encode(),
        "bom": codecs.BOM_UTF8 + SALES.encode(),
        "utf-16": SALES.encode("utf-16"),
        "utf-16 without bom": SALES.encode("utf-16-le"),
        "latin": SALES.encode("latin-1"),
        "semicolons, decimal comma, day first": "sale_date;region;units;revenue\n05.01.2024;Nord;3;12,50\n16.01.2024;Süd;-1;-4,25\n".encode(),
        "tabs, month first": "Sale Date\tRÉGION\tUnits\tRevenue\n01/05/2024\tNord\t3\t$12.50\n01/16/2024\tSüd\t-1\t($4.25)\n".encode(),
        "pipes and quotes": '"sale_date"|"region"|"units"|"revenue"\n"2024-01-05"|"Nord"|"3"|"12.50"\n"2024-01-16"|"Süd"|-1|-4.25\n'.encode(),
        "aliases": SALES.replace("units", "QTY").replace("revenue", "Net Sales").replace("sale_date", "date").encode(),
        "sep line": ("sep=;\n" + SALES.replace(",", ";")).encode(),
        "trailing signs": SALES.replace("\n", ",,\n").replace("revenue,,", "revenue").encode(),
        "mixed line ends": SALES.replace("Nord,3,12.50\n", "Nord,3,12.50\r\n").encode(),
    }.items(),
    ids=lambda item: item[0],
)  # fmt: skip
def test_every_way_of_writing_gives_the_same_rows(con, folder, content):
    table = read(con, folder, content[1])["sales"]
    assert sales(con) == EXPECTED
    assert table.rejected == 0
    assert rejects(con) == []


def test_xlsx_and_parquet_give_the_same_rows(con, folder):
    book = xlsxwriter.Workbook(str(folder / "sales.xlsx"))
    sheet, dates = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(1, 0, ["Sale date", "Region", "Product", "Units", "Revenue"])
    for line, (day, region, units, revenue) in enumerate(EXPECTED, start=3):
        sheet.write_datetime(line, 0, day, dates)
        sheet.write_row(line, 1, [region, 1001, units, revenue])
    book.close()
    read(con, folder)
    assert sales(con) == EXPECTED
    assert sales(con, "product, line, unparsed") == [("1001", 4, None), ("1001", 5, None)]
    (folder / "sales.xlsx").unlink()
    con.execute(f"COPY (SELECT sale_date, region, units, revenue FROM bronze_sales ORDER BY line) TO '{folder}/sales.parquet'")
    read(con, folder)
    assert sales(con, "sale_date, region, units, revenue, line") == [(*row, i) for i, row in enumerate(EXPECTED, start=1)]


def test_lines_are_where_an_editor_shows_them(con, folder):
    content = (
        "sale_date,region,units,revenue\n2024-01-05,Nord,3,1\n\n"
        '2024-01-06,"two\nlines, ""said"" so",3,2\n2024-01-07,too,many,4,5\n2024-01-08,Nord,3\n,,,\n2024-01-09,12" pipe,3,6\n'
    )
    table = read(con, folder, content)["sales"]
    assert sales(con, "line, region, revenue") == [(2, "Nord", 1), (4, 'two\nlines, "said" so', 2), (9, '12" pipe', 6)]
    assert rejects(con) == [
        (6, "it has 5 fields, the header has 4", "2024-01-07,too,many,4,5"),
        (7, "it has only 3 of 4 fields", "2024-01-08,Nord,3"),
    ]
    file = table.files[0]
    assert (file.rows, file.rejected, file.blank) == (3, 2, 2)


def test_a_quotation_mark_never_closed_costs_one_line(con, folder):
    rows = "".join(f"2024-01-05,Nord,{i},{i}\n" for i in range(150))
    read(con, folder, f'sale_date,region,units,revenue\n2024-01-05,"Nord,3,1\n{rows}')
    assert len(sales(con)) == 150
    assert [(line, reason) for line, reason, _ in rejects(con)] == [(2, "a quotation mark is opened and never closed")]


def test_quoted_records_across_pieces_of_a_large_file(con, folder):
    n = 60_000
    rows = "".join(f'2024-01-05,"Nord, {"x" * 60}\n{i}",{i},1.5\n' for i in range(n))
    table = read(con, folder, "sale_date,region,units,revenue\n" + rows)["sales"]
    assert (table.rows, table.rejected) == (n, 0)
    assert con.execute("SELECT count(*) FROM bronze_sales WHERE line <> 2 + 2 * units").fetchone() == (0,)
    assert con.execute(
        "SELECT count(*) FROM bronze_sales WHERE region NOT LIKE '%' || chr(10) || CAST(CAST(units AS INT) AS VARCHAR)"
    ).fetchone() == (0,)


def test_unreadable_cells_are_kept_in_words(con, folder):
    read(con, folder, "sale_date,region,units,revenue,stock_out\n2024-13-13,Nord,abc,1e999,maybe\nn/a,Nord,-,NaN,\n")
    assert sales(con, "sale_date, units, revenue, unparsed") == [
        (None, None, None, "sale_date='2024-13-13'; units='abc'; revenue='1e999'; stock_out='maybe'"),
        (None, None, None, None),
    ]


def test_conventions_are_decided_by_evidence_and_said(con, folder):
    content = "date;region;units;revenue;unit_cost\n01/02/2024;a;1.234;1.234,50;1.500\n03/04/2024;b;2.000;7,5;2.250\n"
    file = read(con, folder, content)["sales"].files[0]
    assert sales(con, "sale_date, units, revenue, unit_cost") == [
        (date(2024, 2, 1), 1234, 1234.5, 1500), (date(2024, 4, 3), 2000, 7.5, 2250),
    ]  # fmt: skip
    assert (file.decimal, file.date_order) == (",", "dmy")
    sure = {c.column: c.sure for c in file.conventions}
    assert sure["revenue"] == "evidence"
    assert sure["units"] == "neighbours"
    assert sure["sale_date"] == "guess"
    assert any("sale_date" in note and "date_order" in note for note in file.notes)


def test_a_cell_against_the_majority_is_unread_not_misread(con, folder):
    read(con, folder, "date,region,units,revenue\n13/01/2024,a,1,2\n14/01/2024,a,1,2\n01/15/2024,a,1,2\n")
    assert sales(con, "sale_date, unparsed") == [
        (date(2024, 1, 13), None),
        (date(2024, 1, 14), None),
        (None, "sale_date='01/15/2024'"),
    ]


def test_settings_fix_headers_signs_and_order(con, folder):
    content = "Tag,Gebiet,Stk,Summe\n02/03/2024,Nord,1.000,2.500\n"
    read(con, folder, content, sales={
        "files": ["sales*"], "columns": {"sale_date": "Tag", "units": "stk", "revenue": "Summe"}, "decimal": ",", "date_order": "mdy",
    })  # fmt: skip
    assert sales(con) == [(date(2024, 2, 3), "Nord", 1000, 2500)]


def test_many_files_and_columns_found_missing_ignored(con, folder):
    (folder / "sales_1 [old].csv").write_text(SALES)
    (folder / "~$sales.xlsx").write_bytes(b"lock")
    (folder / "sales.docx").write_bytes(b"no table")
    table = read(con, folder, SALES.replace("region", "colour"), name="Sales_2.CSV")["sales"]
    assert [file.file for file in table.files] == ["Sales_2.CSV", "sales_1 [old].csv"]
    assert con.execute("SELECT file, count(*) FROM bronze_sales GROUP BY file ORDER BY file").fetchall() == [
        ("Sales_2.CSV", 2), ("sales_1 [old].csv", 2),
    ]  # fmt: skip
    assert table.found["region"] == "region"
    assert table.ignored == ("colour",)
    assert "store" in table.missing
    assert con.execute("SELECT count(*) FROM bronze_campaigns").fetchone() == (0,)


def test_parquet_types_are_taken_as_they_are(con, folder):
    con.execute(
        f"""COPY (SELECT TIMESTAMP '2024-01-05 10:00:00' AS date, 1001.0::DOUBLE AS product, 5::TINYINT AS units,
        CAST(x AS DOUBLE) AS revenue, true AS stock_out, CAST(1.5 AS DECIMAL(18,2)) AS unit_cost
        FROM (VALUES ('1.5'), ('nan'), ('inf')) v(x)) TO '{folder}/sales.parquet'"""
    )
    read(con, folder)
    assert sales(con, "sale_date, product, units, revenue, stock_out, unit_cost, unparsed") == [
        (date(2024, 1, 5), "1001", 5, 1.5, True, 1.5, None),
        (date(2024, 1, 5), "1001", 5, None, True, 1.5, None),
        (date(2024, 1, 5), "1001", 5, None, True, 1.5, "revenue='inf'"),
    ]


def test_header_below_a_title(con, folder):
    table = read(con, folder, "Report of sales\nmade in March\n\n" + SALES)["sales"]
    assert sales(con) == EXPECTED
    assert sales(con, "line") == [(5,), (6,)]
    assert [line for line, *_ in rejects(con)] == [1, 2]
    assert any("above the header" in note for note in table.notes)


def test_absent_files_and_columns(con, folder):
    with pytest.raises(FileUnreadable, match="sales"):
        read(con, folder)
    with pytest.raises(ColumnMissing, match="revenue"):
        read(con, folder, "sale_date,units\n2024-01-05,3\n")
    with pytest.raises(ColumnMissing, match="Umsatz netto"):
        read(con, folder, SALES, sales={"files": ["sales*"], "columns": {"revenue": "Umsatz netto"}})
    with pytest.raises(BadSettings, match="revenue"):
        read(con, folder, SALES, sales={"files": ["sales*"], "columns": {"revenu": "revenue"}})
    with pytest.raises(FileUnreadable, match="outside"):
        read(con, folder, sales={"files": ["../other/sales*"]})
    with pytest.raises(NothingToWorkOn, match="no row"):
        read(con, folder, "sale_date,revenue\n")


def test_real_exports_lose_no_line(con):
    data = Path(os.environ.get("PROMO_SHARED_DATA", Path(__file__).parents[2].parent / "shared" / "data")) / "orange_juice"
    if not data.is_dir():
        pytest.skip("the orange juice data is not here; PROMO_SHARED_DATA names its folder")
    for table in load(con, parse_client({"client": "x"}), data)[:2]:
        lines = table.files[0].path.read_bytes().count(b"\n")
        assert table.rows == lines - 1
        assert table.notes == ()
        assert con.execute(f"SELECT count(*), count(DISTINCT line), max(line) FROM bronze_{table.table} WHERE unparsed IS NULL").fetchone() == (
            lines - 1, lines - 1, lines,
        )  # fmt: skip
