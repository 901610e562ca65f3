"""Pages end between blocks: what fits on a page is never cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_pdf import pages
from workbook_office import Office
from xlsxwriter import Workbook

from scorer.workbook.page import LANDSCAPE_MARGINS
from scorer.workbook.paging import Block, blocks_of, keep_blocks_whole, page_starts


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(10, 60), st.integers(0, 5))
def test_no_block_that_fits_on_a_page_is_cut(lengths, room, repeated):
    blocks, row = [], 0
    for length in lengths:
        blocks.append(Block(row, row + length - 1))
        row += length + 1
    heights = [1.0] * row
    starts = page_starts(heights, blocks, room, repeated)
    assert list(starts) == sorted(set(starts)) and set(starts) <= {block.first for block in blocks}
    ends, begin = [], 0  # pages as a program lays them out: at every start, and where a page is full
    left = room
    for row in range(len(heights)):
        if row in starts or row - begin >= left:
            ends.append(row)
            begin, left = row, room - repeated
    for block in blocks:
        if block.last - block.first + 1 <= room - repeated:
            assert not [row for row in ends if block.first < row <= block.last], (block, starts, ends)


def book(path: Path, rows: int, tables: int, wide: bool = False) -> Path:
    with Workbook(str(path)) as made:
        sheet = made.add_worksheet("Blocks")
        row = 0
        for table in range(tables):
            for line in range(rows):
                sheet.write_string(row + line, 0, f"table{table} line{line}.")
            row += rows + 1
        if wide:
            sheet.set_column(0, 20, 20)
            sheet.write_string(0, 20, "wide")
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(**LANDSCAPE_MARGINS)
        sheet.print_area(0, 0, row - 2, 20 if wide else 3)
        keep_blocks_whole(sheet)
    return path


@pytest.mark.parametrize(("rows", "tables", "wide"), [(14, 5, False), (25, 3, False), (40, 6, True)])
def test_on_paper_every_table_stands_on_one_page(rows, tables, wide, tmp_path, office: Office):
    found = pages(office.pdf(book(tmp_path / "blocks.xlsx", rows, tables, wide)))
    assert len(found) > 1
    for table in range(tables):
        on = [at for at, page in enumerate(found) if f"table{table} line" in page]
        assert len(on) == 1, (table, on)
        assert all(f"table{table} line{line}." in found[on[0]] for line in range(rows))


def test_a_chart_is_a_block_and_sheets_fitted_to_pages_are_left_alone(tmp_path):
    with Workbook(str(tmp_path / "chart.xlsx")) as made:
        sheet = made.add_worksheet()
        sheet.write_string(0, 0, "title")
        sheet.write_blank(2, 0, None, made.add_format({"bold": True}))
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "=Sheet1!$A$1:$A$2"})
        chart.set_size({"width": 100, "height": 60})
        sheet.insert_chart(4, 0, chart)
        assert blocks_of(sheet, 20) == [Block(0, 0), Block(4, 6)]
        sheet.fit_to_pages(1, 1)
        sheet.set_paper(9)
        assert keep_blocks_whole(sheet) == ()
