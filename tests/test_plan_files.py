"""A plan from a file is the same plan whatever the file, and in pieces the same as whole."""

import numpy as np
import pytest

from scorer.columns import stack
from scorer.errors import FileUnreadable, NothingToWorkOn
from scorer.lake.writing import write_table
from scorer.plan import read_plan, stream_plan
from scorer.settings import Client

CLIENT = Client(client="x")
CSV = (
    "promotion_id,discount,start_date,duration,store,my note\n"
    'a,20,05/01/2025,7,12,"quoted, note"\n'
    "b,30,06/01/2025,7,12,\n"
    "\n"
    "a,30,07/01/2025,7,12,again\n"
    "c,30,31/01/2025,7\n"
    "d,1,31/01/2025,7,007,=cmd\n"
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(CSV)
    return path


def same(left, right):
    assert list(left) == list(right)
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


def test_a_csv(path):
    plan = read_plan(path, CLIENT)
    assert plan.columns["promotion_id"].tolist() == ["a", "b", "d"]
    assert plan.columns["discount_percentage"].tolist() == [0.2, 0.3, 0.01]
    assert [str(day) for day in plan.columns["end_date"]] == ["2025-01-11", "2025-01-12", "2025-02-06"]
    assert plan.given["my note"].tolist() == ["quoted, note", None, "=cmd"]
    assert plan.given["store"].tolist() == ["12", "12", "007"]
    assert plan.lines.tolist() == [2, 3, 7]
    assert plan.rejects["line"].tolist() == [5, 6]
    assert plan.rejects["promotion_id"].tolist() == ["a", "row-6"]
    assert "only 4 of 6 fields" in plan.rejects["reason"][1]
    assert plan.blank == 1
    assert plan.name == "list.csv"


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pieces_make_the_whole(path, size):
    whole, pieces = read_plan(path, CLIENT), list(stream_plan(path, CLIENT, size))
    same(stack([piece.columns for piece in pieces]), whole.columns)
    same(stack([piece.given for piece in pieces]), whole.given)
    same(stack([piece.rejects for piece in pieces]), whole.rejects)
    assert np.concatenate([piece.lines for piece in pieces]).tolist() == whole.lines.tolist()
    assert [note for piece in pieces for note in piece.notes] == whole.notes
    assert sum(piece.blank for piece in pieces) == whole.blank
    assert all(piece.rows <= size for piece in pieces)


def test_the_header_takes_no_room_in_a_piece(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("promotion_id,discount,start,days\n" + "".join(f"p{n},0.2,2025-01-05,7\n" for n in range(6)), encoding="utf-8")
    assert [piece.rows for piece in stream_plan(path, CLIENT, 3)] == [3, 3]


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_every_kind_of_file_gives_the_same_plan(path, tmp_path, ending):
    plan = read_plan(path, CLIENT)
    other = tmp_path / f"other.{ending}"
    keep = {name: values for name, values in plan.columns.items() if name != "end_date"}
    write_table(other, {**keep, "extra": plan.given["my note"]})
    again = read_plan(other, CLIENT)
    same(again.columns, plan.columns)
    assert list(again.given)[-1] == "extra"
    same(stack([piece.columns for piece in stream_plan(other, CLIENT, 2)]), plan.columns)


def test_the_sheet_with_the_plan_is_found(tmp_path):
    import xlsxwriter

    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("About").write(0, 0, "How to use this workbook")
    sheet = book.add_worksheet("Plan")
    sheet.write_row(2, 1, ["Discount", "Start", "Days"])
    sheet.write_row(4, 1, [20, "2025-01-05", 7])
    book.close()
    plan = read_plan(path, CLIENT)
    assert plan.columns["promotion_id"].tolist() == ["row-5"]
    assert plan.columns["discount_percentage"].tolist() == [0.2]
    assert plan.blank == 1


def test_files_that_are_no_plan(tmp_path):
    with pytest.raises(FileUnreadable, match=r"list\.csv"):
        read_plan(tmp_path / "list.csv", CLIENT)
    (tmp_path / "empty.csv").write_text("discount,start,end\n")
    with pytest.raises(NothingToWorkOn, match="no rows"):
        read_plan(tmp_path / "empty.csv", CLIENT)
    (tmp_path / "wide.csv").write_text("discount,start,end," + ",".join(f"c{i}" for i in range(10_000)) + "\n")
    with pytest.raises(FileUnreadable, match="10,003 columns"):
        read_plan(tmp_path / "wide.csv", CLIENT)
