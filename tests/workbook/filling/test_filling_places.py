"""Which rows and columns of a workbook are meant: by headers, never by place."""

from __future__ import annotations

import re

import openpyxl
import pytest
import xlsxwriter

from scorer.contracts.scored import MOST_USEFUL
from scorer.errors import FileUnreadable, OutputRefused
from scorer.settings import parse_client
from scorer.workbook.filling.fill import open_to_fill
from scorer.workbook.filling.places import planning_labels
from tests.workbook.filling.answers import CLIENT, fill_all
from tests.workbook.filling.books import grid, raw_book
from tests.workbook.filling.parts import cells, parts, repacked, value

PLAN = "xl/worksheets/sheet1.xml"


def sheet_of(path):
    return {place: value(cell) for place, cell in cells(parts(path)[PLAN]).items()}


def book(tmp_path, *rows, **more):
    return raw_book(tmp_path / "mine.xlsx", grid(*rows, **more))


def place_of(path, sheet=None, own=False, client=CLIENT):
    return open_to_fill(path, client, sheet, own=own).place


def test_headers_are_found_under_other_lines_and_by_other_names(tmp_path):
    path = book(tmp_path, ["Plan 2026"], [None, "Terms"], ["Promo ID", "Verdict", "Lift, expected"], ["P1"], ["P2"])
    fill_all(path)
    assert {place: held for place, held in sheet_of(path).items() if place[0] in "BC" and place[1] > "3"} == {
        "B4": "GO", "C4": 1 / 7, "B5": "DON'T LAUNCH", "C5": 2 / 7,
    }  # fmt: skip


def test_the_clients_own_names_for_headers_count(tmp_path):
    client = parse_client({"client": "x", "exports": {"promotions": {"files": ["p.csv"], "columns": {"promotion_id": "Aktionsnummer"}}}})
    assert place_of(book(tmp_path, ["Aktionsnummer", "verdict"], ["P1"]), client=client).known["promotion_id"] == 1


def test_labels_of_the_planning_workbook_are_understood(tmp_path):
    labels = {name: label for name, label in planning_labels().items() if " " in label}
    assert len(labels) > 15
    path = book(tmp_path, ["id", *list(labels.values())[:20]], ["P1"])
    assert place_of(path).targets == dict(zip(list(labels)[:20], range(2, 22), strict=True))


def test_a_label_of_one_word_may_mean_anything_in_a_workbook_that_is_not_ours(tmp_path):
    assert place_of(book(tmp_path, ["id", "Model", "Baseline", "verdict"], ["P1"])).targets == {"verdict": 4}


def test_columns_of_the_plan_are_never_filled(tmp_path):
    path = book(tmp_path, ["id", "cost", "price", "verdict"], ["P1", None, None, None])
    assert place_of(path).targets == {"verdict": 4}


def test_a_header_merged_over_two_lines(tmp_path):
    merged = '<mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>'
    path = book(tmp_path, ["promotion_id", "group"], [None, "verdict"], ["P1"], behind=merged)
    assert place_of(path).header_row == 2
    fill_all(path)
    assert sheet_of(path)["B3"] == "GO"


def test_cells_to_fill_that_are_merged_are_refused(tmp_path):
    merged = '<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="B3:B4"/></mergeCells>'
    path = book(tmp_path, ["Heading"], ["promotion_id", "verdict"], ["P1"], ["P2"], behind=merged)
    with pytest.raises(OutputRefused, match="B3:B4, which would be filled, are merged"):
        fill_all(path)


def test_merged_cells_elsewhere_do_not_matter(tmp_path):
    merged = '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="C3:D4"/></mergeCells>'
    path = book(tmp_path, ["Heading"], ["promotion_id", "verdict", "x"], ["P1"], ["P2"], behind=merged)
    assert fill_all(path).counts["verdict"].filled == 2


@pytest.mark.parametrize("wanted", ["Second", "second"])
def test_of_several_sheets_one_must_be_named(tmp_path, wanted):
    path = tmp_path / "mine.xlsx"
    made = openpyxl.Workbook()
    for name in ("First", "Second"):
        sheet = made.create_sheet(name)
        sheet.append(["promotion_id", "verdict"])
        sheet.append(["P1"])
    made.save(path)
    with pytest.raises(OutputRefused, match=r"sheet 'First', sheet 'Second'.*--sheet"):
        fill_all(path)
    fill_all(path, wanted)
    read = openpyxl.load_workbook(path)
    assert read["Second"]["B2"].value == "GO" and read["First"]["B2"].value is None


def test_of_several_sheets_the_one_with_columns_to_fill_is_meant(tmp_path):
    path = tmp_path / "mine.xlsx"
    made = openpyxl.Workbook()
    made.active.append(["promotion_id", "note"])
    made.active.append(["P1"])
    made.create_sheet("Scores").append(["promotion_id", "verdict"])
    made["Scores"].append(["P1"])
    made.save(path)
    assert place_of(path).survey.sheet.name == "Scores"


def test_a_table_is_named_like_a_sheet(tmp_path):
    path = two_tables(tmp_path)
    with pytest.raises(OutputRefused, match="table Left on sheet 'Plan', table Right on sheet 'Plan'"):
        fill_all(path)
    fill_all(path, "Right")
    found = sheet_of(path)
    assert found["G3"] == 1 / 7
    assert "C3" not in found


def two_tables(tmp_path):
    path = tmp_path / "mine.xlsx"
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet("Plan")
    for name, left in (("Left", 0), ("Right", 4)):
        columns = [{"header": "promotion_id", "total_string": "Total"}, {"header": "note"}, {"header": "lift_expected", "total_function": "sum"}]
        sheet.add_table(1, left, 5, left + 2, {"name": name, "columns": columns, "total_row": True, "data": [["P1"], ["P2"], ["P3"]]})
    made.close()
    return path


def test_a_row_of_totals_is_no_row_of_the_plan(tmp_path):
    path = two_tables(tmp_path)
    before = cells(parts(path)[PLAN])["G6"]
    target = open_to_fill(path, CLIENT, "Right", own=False)
    assert target.looked.numbers == [3, 4, 5]
    fill_all(path, "Right")
    assert cells(parts(path)[PLAN])["G6"] == before


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(tmp_path):
    with pytest.raises(OutputRefused, match=r"no sheet or table 'Plam'.*Plan.*Did you mean 'Plan'"):
        fill_all(book(tmp_path, ["id", "verdict"], ["P1"]), "Plam")


def test_a_sheet_without_the_headers_is_refused(tmp_path):
    path = book(tmp_path, ["name", "verdict"], ["P1"])
    with pytest.raises(OutputRefused, match=r"promotion_id is missing.*name, verdict"):
        fill_all(path)
    with pytest.raises(OutputRefused, match=r"Plan has not the headers"):
        fill_all(path, "Plan")


def test_a_workbook_that_is_scored_itself_needs_discounts_and_dates(tmp_path):
    path = book(tmp_path, ["id", "discount", "start", "verdict"], ["P1", 0.2, 46000])
    with pytest.raises(OutputRefused, match="end_date is missing"):
        place_of(path, own=True)
    path = book(tmp_path, ["discount", "start", "days", "verdict"], [0.2, 46000, 7])
    assert place_of(path, own=True).targets == {"verdict": 4}


def test_a_planning_workbook_is_written_anew_not_filled(tmp_path):
    path = tmp_path / "mine.xlsx"
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet("Plan")
    sheet.add_table("A1:B2", {"name": "tblPlan", "columns": [{"header": "promotion_id"}, {"header": "verdict"}]})
    made.add_worksheet("Mine").write_row(0, 0, ["promotion_id", "verdict"])
    made.close()
    with pytest.raises(OutputRefused, match=r"planning workbook.*--out"):
        place_of(path)
    assert place_of(path, "Mine").targets == {"verdict": 2}


def test_an_empty_workbook_is_refused(tmp_path):
    with pytest.raises(OutputRefused, match="promotion_id is missing"):
        fill_all(book(tmp_path))


@pytest.mark.parametrize("header", ["id", "verdict"])
def test_a_header_that_stands_there_twice_is_refused(tmp_path, header):
    with pytest.raises((OutputRefused, FileUnreadable), match=f"several columns.*called '{header}'"):
        fill_all(book(tmp_path, ["id", "verdict", "lift_expected", header], ["P1"]))


def test_two_headers_nobody_asks_for_may_be_alike(tmp_path):
    assert fill_all(book(tmp_path, ["id", "note", "note", "verdict"], ["P1"])).counts["verdict"].filled == 1


def test_columns_are_added_on_the_right_where_there_is_room(tmp_path):
    path = book(tmp_path, ["id", "note"], ["P1", "x"], ["P2", None])
    done = fill_all(path)
    assert done.added == MOST_USEFUL
    found = sheet_of(path)
    assert [found[f"{column}1"] for column in "CDEFGHIJ"] == list(MOST_USEFUL)
    assert (found["D3"], found["H3"], found["J2"]) == (2 / 7, "DON'T LAUNCH", "a; b & <c>")
    assert fill_all(path, overwrite=True).added == ()  # they are there now


def test_a_column_called_reason_alone_is_no_column_for_figures(tmp_path):
    path = book(tmp_path, ["id", "Reason"], ["P1", None])
    assert fill_all(path).added == MOST_USEFUL
    assert "B2" not in sheet_of(path)


@pytest.mark.parametrize(
    ("rows", "stands"),
    [
        ([["id"], ["P1", None, None, 5]], "D2"),
        ([["id"], ["P1", "<f>1+1</f>"]], "B2"),
        ([["id"], ["P1"], [None, None, "below"]], "C3"),
    ],
)
def test_columns_are_never_added_over_anything(tmp_path, rows, stands):
    path = book(tmp_path, *rows)
    with pytest.raises(OutputRefused, match=f"no room for new ones: {stands} is not empty"):
        fill_all(path)


def test_empty_texts_and_formatted_cells_are_room(tmp_path):
    path = book(tmp_path, ["id"], ["P1", '<c t="inlineStr"><is><t> </t></is></c>', "<c/>"])
    assert fill_all(path).counts["lift_expected"].filled == 1


def test_columns_are_not_added_over_a_table_on_the_right(tmp_path):
    path = tmp_path / "mine.xlsx"
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet("Plan")
    sheet.add_table("A1:A3", {"name": "Promos", "columns": [{"header": "promotion_id"}], "data": [["P1"], ["P2"]]})
    sheet.add_table("C1:C3", {"name": "Prices", "columns": [{"header": "item"}]})
    made.close()
    with pytest.raises(OutputRefused, match="C1:C3 stands where the new columns B to I would go"):
        fill_all(path)


@pytest.mark.parametrize("key", ["<v>17</v>", "<v>17.0</v>", '<c t="inlineStr"><is><t> 17 </t></is></c>', '<c t="str"><f>8+9</f><v>17</v></c>'])
def test_a_key_is_the_same_key_as_number_text_or_formula(tmp_path, key):
    target = open_to_fill(book(tmp_path, ["id", "verdict"], [key]), CLIENT, None, own=False)
    assert target.looked.keys == ["17"]


def test_shared_and_rich_strings_are_read(tmp_path):
    path = tmp_path / "mine.xlsx"
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet("Plan")
    sheet.write_row(0, 0, ["promotion_id", "verdict"])
    sheet.write_rich_string(1, 0, "P", made.add_format({"bold": True}), "1")
    sheet.write_row(2, 0, ["P2"])
    made.close()
    assert open_to_fill(path, CLIENT, None, own=False).looked.keys == ["P1", "P2"]


def test_headers_that_come_again_are_no_rows(tmp_path):
    path = book(tmp_path, ["id", "verdict"], ["P1"], ["ID", "Verdict"], ["P2"])
    target = open_to_fill(path, CLIENT, None, own=False)
    assert {target.looked.numbers[at] for at in target.looked.is_header} == {3}


def test_a_hidden_sheet_can_be_filled_and_a_protected_one_says_so(tmp_path):
    path = tmp_path / "mine.xlsx"
    made = openpyxl.Workbook()
    made.create_sheet("Hidden").append(["promotion_id", "verdict"])
    made["Hidden"].append(["P1"])
    made["Hidden"].sheet_state = "veryHidden"
    made["Hidden"].protection.enable()
    made.save(path)
    assert "The sheet is protected and stays so; its cells were filled all the same." in fill_all(path).notes


def test_added_columns_are_wide_enough_and_others_keep_their_width(tmp_path):
    path = book(tmp_path, ["id", "note"], ["P1"])
    wide = '<cols><col min="1" max="2" width="5"/><col min="4" max="4" width="7"/><col min="9" max="20" width="3"/></cols>'
    told = f'<dimension ref="A1:B2"/>{wide}<sheetData>'
    other = repacked(path, tmp_path / "wide.xlsx", lambda name, content: content.replace(b"<sheetData>", told.encode()))
    fill_all(other)
    head = parts(other)[PLAN].partition(b"<sheetData>")[0].decode()
    assert 'ref="A1:J2"' in head
    found = [(int(first), int(last), float(width)) for first, last, width in re.findall(r'min="(\d+)" max="(\d+)" width="(\d+)"', head)]
    assert found == sorted(found)
    assert [span for span in found if span[0] in {1, 4, 9}] == [(1, 2, 5), (4, 4, 7), (9, 20, 3)]
    assert {first for first, last, width in found if first == last and width >= len("verdict")} == {3, 4, 5, 6, 7, 8}
    fill_all(path)
    assert parts(path)[PLAN].count(b"<col ") == 8
