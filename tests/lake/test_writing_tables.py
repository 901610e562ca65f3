"""Tables become files whole or not at all, and nothing in them is run as a formula."""

import csv
import gc
import subprocess
import sys

import duckdb
import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.columns import text
from scorer.contracts.table import Kind
from scorer.errors import OutputRefused
from scorer.lake.writing import TableWriter, write_table
from scorer.lake.writing_xlsx import write_xlsx

TABLE = {
    "id": text(["=1+1", "-5", "+4,5 %", "@sum", "-a", None, 'é "q", 🙂\nx']),
    "price": np.array([1.0, np.nan, 0.1, 1e20, -3.5, 0.0, 7.0]),
    "day": np.array(["2024-01-05"] * 6 + ["NaT"], dtype="datetime64[D]"),
    "count": np.array([1, 2, np.nan, 4, 5, 6, 7.0]),
    "flag": np.array([True, False] * 3 + [True]),
    "n": np.arange(7),
}
KINDS = {"price": Kind.MONEY, "count": Kind.COUNT}
KILLED = """
import os, pathlib, sys
from scorer import atomic
with atomic.replacing(pathlib.Path(sys.argv[1])) as temporary:
    temporary.write_bytes(b"half")
    os._exit(9)
"""


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_csv_guards_formulas_and_keeps_numbers(tmp_path):
    write_table(tmp_path / "t.csv", {**TABLE, "=h": TABLE["n"]}, KINDS)
    rows = read_csv(tmp_path / "t.csv")
    assert rows[0] == ["id", "price", "day", "count", "flag", "n", "'=h"]
    assert [row[0] for row in rows[1:]] == ["'=1+1", "-5", "+4,5 %", "'@sum", "'-a", "", 'é "q", 🙂\nx']
    assert [row[3] for row in rows[1:]] == ["1", "2", "", "4", "5", "6", "7"]
    assert rows[2] == ["-5", "", "2024-01-05", "2", "false", "1", "1"]


def test_parquet_comes_back_equal(tmp_path):
    write_table(tmp_path / "t.parquet", TABLE, KINDS)
    got = duckdb.sql(f"SELECT * FROM '{tmp_path}/t.parquet'").fetchall()
    assert [row[0] for row in got] == TABLE["id"].tolist()
    assert [row[1] for row in got] == [None if np.isnan(v) else v for v in TABLE["price"].tolist()]
    assert [row[2] for row in got] == TABLE["day"].tolist()
    assert duckdb.sql(f"DESCRIBE SELECT * FROM '{tmp_path}/t.parquet'").fetchall()[4][1] == "BOOLEAN"


def test_xlsx_has_types_formats_a_header_in_view_and_no_formula(tmp_path):
    write_table(tmp_path / "t.xlsx", {**TABLE, "share": TABLE["price"]}, {**KINDS, "share": Kind.SHARE})
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert "f" not in {cell.data_type for row in sheet for cell in row}
    assert sheet["A2"].value == "=1+1"
    assert sheet["B2"].number_format == "#,##0;-#,##0"
    assert sheet["C2"].number_format == "yyyy-mm-dd"
    assert sheet["G4"].number_format == "0.0%"
    assert sheet["C2"].is_date
    assert sheet["B3"].value is None
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G8"
    assert sheet["A1"].font.bold


def test_numbers_that_came_as_text_are_numbers_where_the_kind_says_so(tmp_path):
    write_table(
        tmp_path / "t.xlsx", {"discount": text(["0.25", "15%", "=2"]), "id": text(["007", "1", "2"])}, {"discount": Kind.SHARE}
    )
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert [cell.value for cell in sheet["A"][1:]] == [0.25, "15%", "=2"]
    assert sheet["B2"].value == "007"


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_the_same_table_gives_the_same_bytes_and_leaves_nothing_else(tmp_path, ending):
    path = tmp_path / "new folder" / f"t.{ending}"
    write_table(path, TABLE, KINDS)
    first = path.read_bytes()
    write_table(path, TABLE, KINDS)
    assert path.read_bytes() == first
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_batches_make_the_same_rows(tmp_path, ending):
    whole, parts = tmp_path / f"whole.{ending}", tmp_path / f"parts.{ending}"
    write_table(whole, TABLE, KINDS)
    with TableWriter(parts, KINDS) as writer:
        for start in range(0, 7, 3):
            writer.write({name: values[start : start + 3] for name, values in TABLE.items()})
    assert writer.rows == 7
    assert duckdb.sql(f"SELECT * FROM '{parts}'").fetchall() == duckdb.sql(f"SELECT * FROM '{whole}'").fetchall()


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("before")
    with pytest.raises(RuntimeError), TableWriter(path) as writer:
        writer.write(TABLE)
        raise RuntimeError
    with pytest.raises(OutputRefused, match="different columns"), TableWriter(path) as writer:
        writer.write(TABLE)
        writer.write({"other": TABLE["n"]})
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]


def test_what_cannot_be_written_is_refused_in_words(tmp_path):
    with pytest.raises(OutputRefused, match=r"\.xls"):
        write_table(tmp_path / "t.xls", TABLE)
    with pytest.raises(OutputRefused, match="batches"):
        TableWriter(tmp_path / "t.xlsx")
    with pytest.raises(OutputRefused, match="1,048,577 rows"):
        write_table(tmp_path / "t.xlsx", {"a": np.zeros(1_048_576)})
    with pytest.raises(OutputRefused, match="16,385 columns"):
        write_table(tmp_path / "t.xlsx", {str(i): np.zeros(1) for i in range(16_385)})
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(OutputRefused, match="folder"):
        write_table(tmp_path / "folder.csv", TABLE)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputRefused):
        write_table(tmp_path / "file" / "t.csv", TABLE)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder.csv"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_sheet_that_the_file_system_refuses_is_refused_in_words(tmp_path):
    with pytest.raises(OutputRefused, match=r"t\.xlsx was not written"):
        write_xlsx(tmp_path / "absent" / "t.xlsx", TABLE, KINDS, tmp_path / "t.xlsx")
    gc.collect()  # XlsxWriter leaves its own temporary file open: that warning belongs here and to no other test


def test_what_a_killed_run_left_goes_with_the_next_table(tmp_path):
    left = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "t.csv")], check=False)
    assert left.returncode == 9 and len(list(tmp_path.iterdir())) == 1
    write_table(tmp_path / "other.csv", TABLE)
    assert [entry.name for entry in tmp_path.iterdir()] == ["other.csv"]


@settings(max_examples=25, deadline=None)
@given(
    cells=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10), min_size=1, max_size=8
    )
)
def test_no_csv_cell_starts_a_formula(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("w") / "t.csv"
    write_table(path, {"a": text(cells), "b": np.arange(len(cells))})
    rows = read_csv(path)[1:]
    assert len(rows) == len(cells)
    for row, cell in zip(rows, cells, strict=True):
        assert row[0].lstrip("'") == cell.lstrip("'")
        assert row[0][:1] not in ("=", "@") and not (row[0][:1] in ("+", "-") and not any(sign.isdigit() for sign in row[0]))


@pytest.mark.parametrize("batches", [2, 3, 30])
def test_what_fails_while_others_are_handed_over_ends_the_writing(tmp_path, batches):
    path = tmp_path / "t.parquet"
    path.write_text("what was there before")
    with pytest.raises(ValueError, match="could not convert"), TableWriter(path) as writer:
        writer.write({"x": np.array([1.0])})
        for _ in range(batches - 1):
            writer.write({"x": np.array(["no number"], dtype=object)})
    assert [file.name for file in tmp_path.iterdir()] == ["t.parquet"]
    assert path.read_text() == "what was there before"
