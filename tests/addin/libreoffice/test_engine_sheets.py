"""Sheets, ranges, tables and names, through xlwings' public interface."""

from __future__ import annotations

import pandas as pd
import pytest
import xlsxwriter

PLAN = [["sku", "units", "price"], ["a", 10, 1.5], ["b", 20, 2.5], ["c", 30, 3.5]]


@pytest.fixture
def plan(sheet):
    sheet.name = "Plan"
    sheet["B2"].value = PLAN
    return sheet


def test_sheets_are_added_found_moved_and_taken_away(book):
    first = book.sheets[0]
    last = book.sheets.add("Jo's notes", after=first)
    book.sheets.add(before=first)
    assert book.sheet_names == ["Sheet3", "Sheet1", "Jo's notes"]
    assert book.sheets.active.name == "Sheet3"
    assert book.sheets["jo's NOTES"] == last and "JO'S NOTES" in book.sheets and "Other" not in book.sheets
    assert (last.index, book.sheets(3).name, book.sheets[-1].name) == (3, "Jo's notes", "Jo's notes")
    last.move(before=book.sheets[0])
    last.activate()
    assert book.sheets.active == last and book.sheet_names[0] == "Jo's notes"
    last.delete()
    assert book.sheet_names == ["Sheet3", "Sheet1"]
    with pytest.raises(KeyError):
        book.sheets["Jo's notes"]
    with pytest.raises(ValueError, match="already present"):
        book.sheets.add("SHEET1")


def test_a_sheet_is_copied_hidden_and_renamed(plan):
    copied = plan.copy(name="Copy")
    assert copied["B2"].expand().value == plan["B2"].expand().value
    copied.visible = False
    assert not copied.visible and plan.visible
    copied.name = "Archive"
    assert plan.book.sheet_names == ["Plan", "Archive"]


def test_ranges_are_found_in_all_ways(plan):
    for found in (plan["B2:D3"], plan.range("B2", "D3"), plan.range((2, 2), (3, 4)), plan[1:3, 1:4], plan.range(plan["B2"], plan["D3"])):
        assert found.address == "$B$2:$D$3"
    assert plan["B2:D3"].shape == (2, 3) and plan["B2:D3"].size == 6
    assert plan["B2:D3"][1, 2].address == "$D$3" and plan["B2:D3"][-1, -1].address == "$D$3"
    assert plan["B2"].offset(1, 2).address == "$D$3"
    assert plan["B2"].resize(3, 2).address == "$B$2:$C$4"
    assert plan["B2:D3"].last_cell.address == "$D$3"
    assert [cell.address for cell in plan["B2:C3"]] == ["$B$2", "$C$2", "$B$3", "$C$3"]
    assert plan["B2"].get_address(row_absolute=False, column_absolute=False, include_sheetname=True) == "Plan!B2"
    assert plan["A:B"].shape == (1_048_576, 2) and plan["2:3"].address == "$2:$3"
    assert plan.used_range.address == "$B$2:$D$5"
    assert plan["C4"].current_region.address == "$B$2:$D$5"
    with pytest.raises(ValueError, match="'nonsense' is no address, name or table"):
        plan["nonsense"]


def test_expansion_stops_at_the_first_gap(plan):
    assert plan["B2"].expand().address == "$B$2:$D$5"
    assert plan["B2"].expand("down").address == "$B$2:$B$5"
    assert plan["B2:C2"].expand("down").address == "$B$2:$C$5"
    assert plan["B2"].expand("right").address == "$B$2:$D$2"
    plan["B4"].clear_contents()
    plan["C2"].value = '=""'
    assert plan["B2"].expand().address == "$B$2:$B$3"
    assert plan["H9"].expand().address == "$H$9"


def test_the_end_is_excels(plan):
    plan["B9"].value = "below"
    ends = {"down": "$B$5", "right": "$D$2", "up": "$B$1", "left": "$A$2"}
    assert {way: plan["B2"].end(way).address for way in ends} == ends
    assert plan["B5"].end("down").address == "$B$9"
    assert plan["B9"].end("down").address == "$B$1048576"
    assert plan["B9"].end("up").address == "$B$5"
    assert plan["B5"].end("up").address == "$B$2"
    assert plan["B1048576"].end("up").address == "$B$9"
    assert plan["D2"].end("right").address == "$XFD$2"


def test_cells_are_cleared(plan):
    plan["B3"].color = "#ff8000"
    plan["B3"].clear_contents()
    assert plan["B3"].value is None and plan["B3"].color == (255, 128, 0)
    plan["B3"].value = 1
    plan["B3"].clear_formats()
    assert plan["B3"].value == 1 and plan["B3"].color is None
    plan["B3:D5"].clear()
    assert plan.used_range.value == ["sku", "units", "price"]
    plan.clear()
    assert plan.used_range.address == "$A$1"


def test_looks(plan):
    head = plan["B2:D2"]
    head.font.bold = True
    head.font.italic = True
    head.font.size = 14
    head.font.color = (0, 0, 255)
    head.font.name = "Liberation Serif"
    head.color = 0x0080FF
    head.horizontal_alignment = "center"
    head.vertical_alignment = "top"
    head.wrap_text = True
    font = plan["C2"].font
    assert (font.bold, font.italic, font.size, font.color, font.name) == (True, True, 14, (0, 0, 255), "Liberation Serif")
    assert (head.color, head.horizontal_alignment, head.vertical_alignment, head.wrap_text) == ((255, 128, 0), "center", "top", True)
    mixed = plan["B2:B3"]
    assert (mixed.font.bold, mixed.color, mixed.number_format, mixed.wrap_text) == (None, None, "General", None)
    plain = plan["B3"]
    assert (plain.font.bold, plain.font.color, plain.vertical_alignment, plain.horizontal_alignment) == (False, (0, 0, 0), "bottom", "general")
    plan["B3"].number_format = "0.0%"
    assert plan["B2:B3"].number_format is None
    with pytest.raises(NotImplementedError, match="distributed"):
        head.horizontal_alignment = "distributed"


def test_sizes_and_what_is_hidden(plan):
    plan["B:C"].column_width = 20
    plan["2:2"].row_height = 30
    assert plan["B2:C2"].column_width == 20 and plan["A1:B1"].column_width is None
    assert plan["B2"].row_height == pytest.approx(30, abs=0.1)
    assert plan["B2"].height == pytest.approx(30, abs=0.1) and plan["B3"].top > plan["B2"].top
    plan["C:C"].columns.hidden = True
    assert plan["C1"].columns.hidden and not plan["B1"].columns.hidden and plan["B1:C1"].columns.hidden is None
    plan["B2"].value = "a much longer heading than there was before"
    plan["B:B"].autofit()
    assert plan["B2"].column_width > 20


def test_merged_cells(plan):
    plan["F2:H2"].merge()
    assert plan["G2"].merge_cells and plan["G2"].merge_area.address == "$F$2:$H$2" and not plan["F3"].merge_cells
    plan["F2:H2"].unmerge()
    assert not plan["F2"].merge_cells
    plan["F2:G3"].merge(across=True)
    assert plan["F3"].merge_area.address == "$F$3:$G$3"


def test_rows_and_cells_move(plan):
    plan["3:3"].insert("down")
    assert plan["B2:B6"].value == ["sku", None, "a", "b", "c"]
    plan["3:3"].delete()
    plan["B3"].insert("right")
    assert plan["B3:E3"].value == [None, "a", 10, 1.5]
    plan["B3"].delete("left")
    plan["B2:B3"].copy(plan["F1"])
    assert plan["F1:F2"].value == ["sku", "a"] and plan["B2"].expand().options(ndim=2).value == PLAN


def test_notes(plan):
    assert plan["B2"].note is None
    plan["B2"].add_note("what is sold")
    plan["D2"].add_note("in EUR")
    assert plan["B2"].note.text == "what is sold" and [note.location.address for note in plan.notes] == ["$B$2", "$D$2"]
    plan["B2"].note.text = "article"
    assert plan["B2"].note.text == "article"
    plan["B2"].note.delete()
    assert plan["B2"].note is None and len(plan.notes) == 1


def test_tables_of_a_file_and_new_ones(open_book, tmp_path):
    path = tmp_path / "plan.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        first = workbook.add_worksheet("Plan")
        workbook.add_worksheet("Other")
        columns = [{"header": name} for name in PLAN[0]]
        first.add_table("B2:D5", {"name": "tblPlan", "columns": columns, "data": PLAN[1:]})
    sheet = open_book(path).sheets["Plan"]
    table = sheet.tables["tblplan"]
    assert (table.name, table.range.address, table.parent) == ("tblPlan", "$B$2:$D$5", sheet)
    assert table.header_row_range.value == PLAN[0] and table.data_body_range.value == PLAN[1:]
    assert table.range.options(pd.DataFrame, index=False).value["units"].tolist() == [10, 20, 30]
    assert sheet["C3"].table == table and sheet["F3"].table is None and sheet["tblPlan"].address == "$B$3:$D$5"
    assert "tblPlan" in sheet.tables and "tblPlan" not in sheet.book.sheets["Other"].tables

    sheet["F2"].value = [["a", "b"], [1, 2]]
    added = sheet.tables.add(sheet["F2:G3"], name="tblNew")
    assert [one.name for one in sheet.tables] == ["tblNew", "tblPlan"] and sheet.tables.add(sheet["J1:J2"]).name == "Table1"
    assert added.show_headers and added.totals_row_range is None
    with pytest.raises(ValueError, match="a table 'tblPlan'"):
        sheet.tables.add(sheet["L1:L2"], name="tblPlan")
    with pytest.raises(KeyError):
        sheet.tables["absent"]


def test_a_table_grows_and_shrinks_with_a_frame(plan):
    table = plan.tables.add(plan["B2:D5"], name="tblPlan")
    table.update(pd.DataFrame({"sku": list("abcde"), "lift": [1.0, 2, 3, 4, 5]}), index=False)
    assert table.range.address == "$B$2:$C$7" and plan["D2:D5"].value == [None] * 4
    assert table.data_body_range.value[-1] == ["e", 5]
    table.update(pd.DataFrame({"sku": ["a"], "lift": [9.0]}), index=False)
    assert table.range.value == [["sku", "lift"], ["a", 9]] and plan["B4:C7"].value == [[None, None]] * 4
    table.resize(plan["B2:C4"])
    assert table.range.address == "$B$2:$C$4"
    table.name = "tblOther"
    assert "tblOther" in plan.tables and "tblPlan" not in plan.tables


def test_names_of_book_and_sheet(plan):
    book = plan.book
    other = book.sheets.add("My other", after=plan)
    plan["C3:C5"].name = "units"
    book.names.add("rate", "=0.25")
    other.names.add("local", "='My other'!$A$1")
    assert book.names["UNITS"].refers_to == "=Plan!$C$3:$C$5" and book.names["units"].refers_to_range == plan["C3:C5"]
    assert plan["units"].value == [10, 20, 30] and plan["C3:C5"].name.name == "units" and plan["C3"].name is None
    assert {name.name for name in book.names} == {"units", "rate", "'My other'!local"}
    assert [name.name for name in other.names] == ["'My other'!local"] and "local" not in book.names
    assert other["local"].address == "$A$1" and book.names["'My other'!local"].refers_to == "='My other'!$A$1"
    with pytest.raises(ValueError, match=r"0\.25, which is no range"):
        book.names["rate"].refers_to_range  # noqa: B018
    with pytest.raises(ValueError, match="not on sheet 'My other'"):
        other["units"]
    book.names["units"].refers_to = "=Plan!$C$3"
    assert plan["units"].address == "$C$3"
    del book.names["units"]
    assert "units" not in book.names


def test_print_area_and_frozen_panes(plan):
    assert plan.page_setup.print_area is None
    plan.page_setup.print_area = "A1:D9"
    assert plan.page_setup.print_area == "$A$1:$D$9"
    plan.page_setup.print_area = None
    assert plan.page_setup.print_area is None
    plan.freeze_panes.freeze_at("1:2")
    controller = plan.book.api.getCurrentController()
    assert controller.hasFrozenPanes() and (controller.getSplitColumn(), controller.getSplitRow()) == (0, 2)
    plan.freeze_panes.unfreeze()
    assert not controller.hasFrozenPanes()
