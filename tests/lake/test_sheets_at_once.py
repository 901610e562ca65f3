"""The cells of a sheet that are told all at once say what they say one by one, or are told one by one."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.lake.reading import Ask, stage, stage_rows
from scorer.lake.reading_archive import gathered, inspect
from scorer.lake.reading_xlsx import _all_at_once, _row_by_row
from scorer.lake.writing import write_table
from scorer.plan import Cells, read_plan
from scorer.settings import Client
from tests.hostile.lists import repacked

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET, STRINGS, STYLES, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"
HEADER = ("promotion_id", "discount_percentage", "start_date", "duration_days", "note")
# What stands behind the place of a cell. The third style is that of a date.
PLAIN = (
    "><v>1</v></c>", ' s="1"><v>0.25</v></c>', ' t="n"><v>1e5</v></c>', ' s="2"><v>46223</v></c>', ' s="2"><v>46223.5</v></c>',
    ' t="inlineStr"><is><t>North</t></is></c>', ' t="inlineStr"><is><t>a </t></is></c>', ' s="1" t="inlineStr"><is><t>b</t></is></c>',
    ' t="inlineStr"><is><t xml:space="preserve"> x </t></is></c>', ' t="s"><v>0</v></c>', ' t="s"><v>1</v></c>', "/>", ' s="1"/>',
    ' t="b"><v>1</v></c>', ' t="e"><v>#N/A</v></c>', ' t="str"><f>A1</f><v>x</v></c>', '><f t="shared" si="0"/><v>3</v></c>',
    ' t="inlineStr"><is><r><t>a </t></r><r><t> b</t></r></is></c>', ' t="inlineStr"><is><t>caf\u00e9 &amp; &lt;x&gt;</t></is></c>',
    ' t="inlineStr"><is><t>a_x0041_</t></is></c>', ' t="inlineStr"><is><t>one\ntwo</t></is></c>', ' t="inlineStr"><is><t>0.0</t></is></c>',
    ' t="d"><v>2026-07-20</v></c>', "><v>-0</v></c>", "><v>inf</v></c>", "><v>NaN</v></c>", ' t="str"><v>  </v></c>', ' t="n"></c>',
    ' t="str"><v></v></c>', ' t="str"><f>IF(A1,1,"")</f><v></v></c>', ' s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
)  # fmt: skip
BY_ITSELF = (
    ' t="inlineStr"><is><t></t></is></c>', ' t="s"/>', "><!-- <c/> --><v>1</v></c>", "><v><![CDATA[5]]></v></c>", "><v>1</v></c><!-- -->",
    "><v>1</v></c><other/>", '><v>1</v></c><c r="A1"><v>5</v></c>', "><v>1</v></c ><c><v>2</v></c>", " t='zz'><v>1</v></c>",
)  # fmt: skip
ODD = (
    *BY_ITSELF, "><v>1</v></c>\n", '><v>1</v></c></row><row r="9" ht="2"/><row>', '><v>1</v></c></row><row r="9">\n',
    " x='>'><v>1</v></c>", " x='</c>'><v>1</v></c>",
)  # fmt: skip
CELLS = st.lists(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=6), max_size=6)
ODD_CELLS = st.lists(st.lists(st.sampled_from(PLAIN + ODD), min_size=1, max_size=6), max_size=6)


def hand_written(path: Path, rows: Sequence[Sequence[str]], dates: str = "") -> None:
    """Write a workbook whose sheet has these cells below a header."""
    lines = [[f' t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER], *rows]
    body = "".join(
        f'<row r="{line}">' + "".join(f'<c r="{"ABCDEF"[at]}{line}"{cell}' for at, cell in enumerate(cells)) + "</row>"
        for line, cells in enumerate(lines, start=2)
    )
    repacked(path, {SHEET: f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'.encode()})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts = "<si><t>shared</t></si><si><r><t>rich </t></r><r><t>text</t></r></si>"
    parts[STRINGS] = f'<?xml version="1.0"?><sst xmlns="{MAIN}">{texts}</sst>'.encode()
    parts[STYLES] = parts[STYLES].replace(b"</cellXfs>", b'<xf numFmtId="9"/><xf numFmtId="14"/></cellXfs>')
    parts[BOOK] = parts[BOOK].replace(b"<workbookPr ", f"<workbookPr {dates} ".encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def known(headers: Sequence[str]) -> int:
    return len({"promotion_id", "start_date"} & set(headers))


def at_once(path: Path) -> bool:
    return _all_at_once(path, gathered(path), None, known, search=False) is not None


def staged_one_by_one(path: Path) -> list[Any]:
    inspect(path)
    sheet = _row_by_row(path, None, known, search=False)[0]
    with closing(duckdb.connect()) as con:
        counts = stage_rows(con, "staged", range(len(sheet.header.names)), sheet.rows)
        return [sheet.header, counts, con.execute("SELECT * FROM staged ORDER BY line").fetchall()]


def staged(path: Path) -> list[Any]:
    with closing(duckdb.connect()) as con:
        found = stage(con, "staged", path, Ask(known, lambda headers: range(len(headers))))
        rows = con.execute("SELECT * FROM staged ORDER BY line").fetchall()
    return [found.headers, (found.rows, found.blank), rows]


def refusal_or(read: Any, path: Path) -> Any:
    try:
        return read(path)
    except Exception as refused:  # noqa: BLE001 - the reader of workbooks raises what it likes
        return type(refused).__name__


@settings(max_examples=150, deadline=None)
@given(rows=CELLS, dates=st.sampled_from(["", 'date1904="1"']))
def test_plain_cells_are_told_at_once_and_say_the_same(tmp_path_factory, rows: list[list[str]], dates: str) -> None:
    path = tmp_path_factory.getbasetemp() / "plain.xlsx"
    hand_written(path, rows, dates)
    assert at_once(path)
    header, *others = staged_one_by_one(path)
    assert staged(path) == [header.names, *others]


@settings(max_examples=150, deadline=None)
@given(rows=ODD_CELLS)
def test_odd_cells_say_the_same_or_are_refused_alike(tmp_path_factory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "odd.xlsx"
    hand_written(path, rows)
    one_by_one = refusal_or(staged_one_by_one, path)
    if isinstance(one_by_one, str):
        assert refusal_or(staged, path) == "FileUnreadable"
    else:
        header, *others = one_by_one
        assert staged(path) == [header.names, *others]


@pytest.mark.parametrize("odd", BY_ITSELF)
def test_of_what_is_no_plain_cell_nothing_is_said_at_once(tmp_path: Path, odd: str) -> None:
    hand_written(tmp_path / "odd.xlsx", [["><v>1</v></c>", odd]])
    assert not at_once(tmp_path / "odd.xlsx")


ROWS: list[list[Any]] = [
    ["P1", 0.2, date(2026, 7, 20), 7, "North"],
    ["P2", 0.25, date(2026, 8, 3), 14, None],
    [3.0, 0.3, date(2026, 8, 3), 7, 1e16],
    ["P4", None, date(2250, 1, 1), 7, True],
    ["P1", 0.1, None, 7, "North "],
]
TIDY_ROWS: list[list[Any]] = [["P1", 0.2, date(2026, 7, 20), 7, "North"], ["P2", -0.0, date(2026, 8, 3), 14, "Café au lait"]]
ALMOST_TIDY: list[list[Any]] = [["5.0", 0.2, date(2026, 7, 20), 7, "\u00a0North"], ["P2", None, None, None, None]]
ODD_ROWS: list[list[Any]] = [
    *ROWS, ["P6", "20%", "2026-07-20", 7, "x"], ["P7", 0.2, 20260720, "7", date(2026, 1, 1)], ["P8", 0.2, datetime(2026, 7, 20, 9), 7, "y"]
]  # fmt: skip


@pytest.mark.parametrize("rows", [ROWS, TIDY_ROWS, ALMOST_TIDY, ODD_ROWS], ids=["of one kind", "tidy", "almost tidy", "mixed"])
@pytest.mark.parametrize("shared", [True, False], ids=["shared texts", "texts in cells"])
def test_a_list_is_the_same_from_a_sheet_and_from_cells(tmp_path: Path, rows: list[list[Any]], shared: bool) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": not shared, "default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([list(HEADER), *rows]):
            sheet.write_row(at, 0, row)
    assert at_once(path)
    client = Client(client="x")
    ours, theirs = read_plan(path, client), read_plan(Cells(HEADER, rows, name=path.name), client)
    for from_sheet, from_cells in zip(ours, theirs, strict=True):
        np.testing.assert_equal(from_sheet, from_cells)


def test_what_other_programs_write_is_told_at_once(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(HEADER))
    book.active.append(ROWS[0])
    book.save(tmp_path / "openpyxl.xlsx")
    write_table(tmp_path / "ours.xlsx", {"promotion_id": np.array(["P1"], dtype=object), "start_date": np.array(["2026-07-20"], "M8[D]")})
    assert at_once(tmp_path / "openpyxl.xlsx")
    assert at_once(tmp_path / "ours.xlsx")
