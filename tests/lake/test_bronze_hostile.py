"""Files that are broken, huge or malicious end in an error or a reject in words, never in a traceback of ours."""

import random
import zipfile

import duckdb
import pytest
import xlsxwriter

from scorer.errors import InputRefused
from scorer.lake.bronze import load
from scorer.settings import Client

HEADER = "sale_date,region,units,revenue\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "promotions.csv").write_text(
        "promotion_id,discount_percentage,start_date,end_date\nP1,0.2,2024-01-05,2024-01-11\n"
    )
    return tmp_path


def read(folder, name, content):
    (folder / name).write_bytes(content)
    with duckdb.connect() as con:
        tables = {table.table: table for table in load(con, Client(client="x"), folder)}
        rows = con.execute("SELECT region, units, revenue, unparsed FROM bronze_sales ORDER BY line").fetchall()
        rejects = con.execute("SELECT line, reason FROM bronze_rejects ORDER BY line").fetchall()
    return tables["sales"], rows, rejects


def workbook(folder, cells):
    path = folder / "made.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for (row, column), value in cells.items():
        sheet.write(row, column, value)
    book.close()
    content = path.read_bytes()
    path.unlink()
    return content


def noise(size):
    return random.Random(7).randbytes(size)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("sales.csv", b"", "empty"),
        ("sales.csv", b"\xef\xbb\xbf\n\n  \n", "empty"),
        ("sales.csv", noise(5000), "cannot be read"),
        ("sales.csv", HEADER.encode() + b"2024-01-05,a,1,2\n" + b"\0" * 500, "half written"),
        ("sales.csv", b"%PDF-1.7\n...", "PDF"),
        ("sales.csv", b"\x1f\x8b" + noise(100), "gzip"),
        ("sales.csv", (HEADER + "2024-01-05,a,1,2\n").encode("utf-16")[:-1], "utf-16"),
        ("sales.csv", b"units,units,sale_date,revenue\n1,2,2024-01-05,3\n", "several columns are called 'units'"),
        ("sales.csv", ",".join(f"c{i}" for i in range(10_000)).encode() + b"\n", "no column 'sale_date'"),
        ("sales.csv", ",".join(f"c{i}" for i in range(20_000)).encode() + b"\n", "20,000 columns"),
        ("sales.parquet", b"PAR1" + noise(200), "cannot be read"),
        ("sales.xlsx", b"PK\x03\x04" + noise(200), "not a whole workbook"),
        ("sales.xlsx", b"not a workbook", "not a whole workbook"),
        ("sales.xlsx", b"\xd0\xcf\x11\xe0" + noise(200), "not a whole workbook"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(folder, name, content, words):
    with pytest.raises(InputRefused, match=words):
        read(folder, name, content)


def test_a_workbook_cut_short(folder):
    content = workbook(folder, {(0, 0): "sale_date", (0, 1): "revenue"})
    with pytest.raises(InputRefused, match="not a whole workbook"):
        read(folder, "sales.xlsx", content[: len(content) // 2])


def test_a_workbook_that_unfolds_into_gigabytes(folder):
    path = folder / "sales.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 12_345)
    huge = (3_000_000_000).to_bytes(4, "little")  # what such a file says of itself
    with pytest.raises(InputRefused, match=r"unfolds into 3\.0 GB"):
        read(folder, "sales.xlsx", path.read_bytes().replace((12_345).to_bytes(4, "little"), huge))


def test_a_stray_cell_in_the_last_corner(folder):
    content = workbook(folder, {(0, 0): "sale_date", (0, 1): "revenue", (1_048_575, 16_383): "oops"})
    with pytest.raises(InputRefused, match="stray cells"):
        read(folder, "sales.xlsx", content)


def test_half_written_last_line_is_a_reject(folder):
    table, rows, rejects = read(folder, "sales.csv", (HEADER + "2024-01-05,a,1,2\n2024-01-06,b").encode())
    assert (table.rows, len(rows)) == (1, 1)
    assert rejects == [(3, "it has only 2 of 4 fields")]


def test_a_character_cut_in_half_at_the_end(folder):
    table, rows, _ = read(folder, "sales.csv", (HEADER + "2024-01-05,Süd,1,2\n2024-01-06,é").encode()[:-1])
    assert rows[0][0] == "Süd"
    assert any("cut off" in note for note in table.notes)


def test_emoji_right_to_left_and_endless_numbers(folder):
    content = HEADER + "2024-01-05,🙂 مرحبا,1e308,NaN\n2024-01-05,\u200fשלום\u200f,٣," + "9" * 500 + "\n"
    _, rows, rejects = read(folder, "sales.csv", content.encode())
    assert rows[0] == ("🙂 مرحبا", None, None, "units='1e308'")
    assert rows[1][:3] == ("שלום", None, None)
    assert rows[1][3].startswith("units='٣'; revenue='999")
    assert rejects == []


def test_a_line_of_a_million_characters(folder):
    content = HEADER + "2024-01-05,a,1,2\n" + "x" * 6_000_000 + "\n2024-01-06,b,1,2\n"
    _, rows, rejects = read(folder, "sales.csv", content.encode())
    assert [row[0] for row in rows] == ["a", "b"]
    assert [line for line, _ in rejects] == [3]
    assert "longer than" in rejects[0][1]


def test_thousands_of_columns_nobody_asked_for(folder):
    extra = ",".join(f"c{i}" for i in range(10_000))
    table, rows, _ = read(folder, "sales.csv", f"sale_date,revenue,{extra}\n2024-01-05,7,{extra}\n".encode())
    assert rows[0][2] == 7
    assert len(table.ignored) == 10_000


def test_signs_used_inside_the_reader_do_no_harm(folder):
    content = HEADER + '\x1d2024-01-05,a,1,2\n\x1c2024-01-05,"b\x1f",1,2\n2024-01-05,c\x01,1,2\n2024-01-05,d\x1e,1,2\n'
    table, rows, rejects = read(folder, "sales.csv", content.encode())
    assert [row[0] for row in rows] == ["a", "b", "c", "d"]
    assert (table.rows, rejects) == (4, [])


@pytest.mark.parametrize("seed", range(12))
def test_every_line_is_accounted_for_whatever_is_written(folder, seed):
    chance = random.Random(seed)
    signs = ['"', ",", ";", "\n", "\r\n", "a", "1", "é", " ", "'", '""', "\n\n"]
    body = "".join(chance.choice(signs) for _ in range(400))
    content = HEADER + "2024-01-05,a,1,2\n" + body.replace('"', "") + "\n"
    table, rows, rejects = read(folder, "sales.csv", content.encode())
    file = table.files[0]
    lines = content.replace("\r\n", "\n").count("\n")
    assert lines == 1 + len(rows) + len(rejects) + file.blank
    read(folder, "sales.csv", (HEADER + "2024-01-05,a,1,2\n" + body).encode())  # with quotes: no traceback
