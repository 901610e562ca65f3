"""A filled workbook is the workbook as it was, but for the cells that were to be filled. Shown part by part."""

from __future__ import annotations

import re
import shutil
import zipfile

import pytest

from scorer.workbook.filling.package import opened
from tests.workbook.filling.answers import WORDS, fill_all
from tests.workbook.filling.books import HEADERS, by_openpyxl, by_xlsxwriter
from tests.workbook.filling.parts import around, cells, changed, entries, parts, repacked, value

PLAN = "xl/worksheets/sheet1.xml"
TARGETS = {f"{column}{row}" for column in "FGH" for row in range(2, 10)}


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    return by_xlsxwriter(tmp_path_factory.mktemp("everything"))


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    return by_openpyxl(tmp_path_factory.mktemp("other"))


@pytest.fixture
def filled(everything, tmp_path):
    book = shutil.copy(everything, tmp_path / "mine.xlsm")
    fill_all(book)
    return book


# What must be in the workbook for the tests to mean anything: a part's name, and what its bytes say.
FEATURES = {
    "a chart of two kinds": (r"xl/charts/chart1", b"<c:lineChart>"),
    "a trend line": (r"xl/charts/", b"trendline"),
    "a chart sheet": (r"xl/chartsheets/", b"chartsheet"),
    "a picture": (r"xl/drawings/drawing", b"<xdr:pic>"),
    "a text box": (r"xl/drawings/drawing", b"A text box"),
    "a picture in a cell": (r"xl/richData/rdrichvalue\.xml", b"<rv "),
    "a picture in the header": (PLAN, b"legacyDrawingHF"),
    "a button": (r"vmlDrawing", b"Button"),
    "check boxes": (r"featurePropertyBag", b"Checkbox"),
    "an Excel table": (r"xl/tables/", b"Promos"),
    "validations": (PLAN, b"<dataValidation "),
    "conditional formats": (PLAN, b"<cfRule "),
    "x14 data bars": (PLAN, b"x14:dataBar"),
    "x14 icon sets": (PLAN, b"3Stars"),
    "sparklines": (PLAN, b"sparklineGroup "),
    "a slicer": (r"xl/slicers/", b"slicer "),
    "its cache": (r"xl/slicerCaches/", b"tableSlicerCache"),
    "the slicer on its sheet": (PLAN, b"slicerList"),
    "names": (r"xl/workbook\.xml", b"Categories"),
    "a name of one sheet": (r"xl/workbook\.xml", b"localSheetId"),
    "a LAMBDA": (r"xl/workbook\.xml", b"LAMBDA"),
    "a dynamic array": (PLAN, b' cm="1"'),
    "its metadata": (r"xl/metadata\.xml", b"XLDAPR"),
    "an array formula": (PLAN, b't="array"'),
    "stored values of formulas": (PLAN, b"</f><v>"),
    "a note": (r"xl/comments", b"a note of mine"),
    "a conversation": (r"threadedComments/", b"<text>hi"),
    "who takes part in it": (r"persons/", b"Ann"),
    "rich text": (r"sharedStrings", b"<rPr>"),
    "a link": (PLAN, b"<hyperlink "),
    "print set-up": (PLAN, b"landscape"),
    "a print area and titles": (r"xl/workbook\.xml", b"Print_Titles"),
    "the printer's own settings": (r"printerSettings", b"\x00\x01\x02"),
    "frozen panes": (PLAN, b"<pane "),
    "outlines": (PLAN, b"outlineLevel"),
    "accepted oddities": (PLAN, b"ignoredErrors"),
    "protection": (r"sheet3\.xml", b"sheetProtection"),
    "a pivot table": (r"pivotTables/", b"Pivot"),
    "its cache of records": (r"pivotCacheRecords", b"<r>"),
    "macros": (r"vbaProject\.bin", b"\xd0\xcf\x11\xe0"),
    "a ribbon": (r"customUI14", b"ScoreNow"),
    "an old ribbon": (r"customUI\.xml", b"ScoreNow"),
    "the tie to the ribbon": (r"^_rels/\.rels", b"ui/extensibility"),
    "custom XML": (r"customXml/item1\.xml", b"urn:acme"),
    "custom properties": (r"docProps/custom", b"Owner"),
    "a theme": (r"xl/theme/", b"<a:theme"),
    "a calculation chain": (r"calcChain", b"K1"),
}


@pytest.mark.parametrize("feature", FEATURES)
def test_the_workbook_of_these_tests_has(everything, filled, feature):
    where, what = FEATURES[feature]

    def found(book):
        return [content.count(what) for name, content in parts(book).items() if re.search(where, name)]

    assert sum(found(everything)) > 0
    assert found(filled) == found(everything)


def test_only_the_sheet_and_the_order_to_recalculate_change(everything, filled):
    assert changed(everything, filled) == {PLAN, "xl/workbook.xml"}
    old, new = parts(everything), parts(filled)
    assert new["xl/workbook.xml"] == old["xl/workbook.xml"].replace(b'<calcPr calcId="124519"/>', b'<calcPr calcId="124519" fullCalcOnLoad="1"/>')


def test_parts_keep_their_order_packing_and_dates(everything, filled):
    assert entries(filled) == entries(everything)


def test_in_the_sheet_only_the_cells_to_fill_change(everything, filled):
    old, new = parts(everything)[PLAN], parts(filled)[PLAN]
    assert around(new) == around(old)
    before, after = cells(old), cells(new)
    assert after.keys() == before.keys() | TARGETS
    assert {place for place in after if after[place] != before.get(place)} == TARGETS
    for number in range(1, 9):
        row = [value(after[f"{column}{number + 1}"]) for column in "FGH"]
        assert row == [number / 7, number / 3 - 1, WORDS[(number - 1) % 3]]


def test_filled_cells_keep_their_style_and_new_ones_take_that_of_their_column(everything, tmp_path):
    def one_without(name, content):
        return re.sub(rb'<c r="F5" s="\d+"/>', b"", content) if name == PLAN else content

    book = repacked(everything, tmp_path / "mine.xlsm", one_without)
    fill_all(book)
    before, after = cells(parts(everything)[PLAN]), cells(parts(book)[PLAN])

    def style(cell):
        return re.search(r' s="(\d+)"', cell)[1]

    assert {style(after[f"F{row}"]) for row in range(2, 10)} == {style(before["F2"])}


def test_a_workbook_by_another_writer(other, tmp_path):
    book = shutil.copy(other, tmp_path / "mine.xlsx")
    done = fill_all(book)
    assert changed(other, book) == {PLAN}  # openpyxl asks for a calculation on loading by itself
    old, new = parts(other)[PLAN], parts(book)[PLAN]
    assert around(new) == around(old)
    before, after = cells(old), cells(new)
    wanted = {f"{column}{row}" for column in "FGH" for row in range(4, 12)}
    assert {place for place in after if after[place] != before.get(place)} == wanted
    assert "1 of the rows filled are hidden or filtered out." in done.notes


FAMILIES = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def strict(name, content):
    for transitional, other in FAMILIES.items():
        content = content.replace(transitional, other)
    return content


def prefixed(name, content):
    """Every name of the main family with a prefix, as some writers do."""
    if not name.endswith(".xml") or not name.startswith("xl/") or b"spreadsheetml/2006/main" not in content:
        return content
    declared = content.replace(b' xmlns="http://schemas.openxmlformats.org/spreadsheetml', b' xmlns:s="http://schemas.openxmlformats.org/spreadsheetml')
    return re.sub(rb"<(/?)([A-Za-z]+)(?=[\s/>])", rb"<\1s:\2", declared)


@pytest.mark.parametrize("spelling", [strict, prefixed])
@pytest.mark.parametrize("columns_are_there", [True, False])
def test_other_spellings_of_the_same_workbook(other, tmp_path, spelling, columns_are_there):
    def spelled(name, content):
        if not columns_are_there:
            content = content.replace(b"lift_expected", b"own").replace(b"ROI expected", b"more").replace(b"verdict", b"words")
            content = re.sub(rb'<c r="K[45]".*?</c>', b"", content)
        return spelling(name, content)

    book = repacked(other, tmp_path / "mine.xlsx", spelled)
    before = shutil.copy(book, tmp_path / "before.xlsx")
    done = fill_all(book)
    assert len(done.added) == (0 if columns_are_there else 8)
    assert changed(before, book) == ({PLAN} if columns_are_there else {PLAN, "xl/styles.xml"})
    assert done.counts["lift_expected"].filled == 8
    old, new = cells(parts(before)[PLAN]), cells(parts(book)[PLAN])
    assert old.keys() <= new.keys()
    assert value(new["F4" if columns_are_there else "K4"]) == 1 / 7


def test_added_columns_change_the_table_the_styles_and_nothing_else(everything, tmp_path):
    def without_targets(name, content):
        if name in {"xl/tables/table1.xml", "xl/sharedStrings.xml"}:
            for header in HEADERS[5:8]:
                content = content.replace(header.encode(), b"own " + header[:3].encode())
        # room on the right of the table
        return re.sub(rb'<c r="[K-Q][1-9]"[^>]*?(/>|>.*?</c>)', b"", content) if name == PLAN else content

    book = repacked(everything, tmp_path / "mine.xlsm", without_targets)
    before = shutil.copy(book, tmp_path / "before.xlsm")
    done = fill_all(book)
    assert len(done.added) == 8
    assert changed(before, book) == {PLAN, "xl/workbook.xml", "xl/styles.xml", "xl/tables/table1.xml"}
    old, new = parts(before), parts(book)
    table = new["xl/tables/table1.xml"]
    assert b'ref="A1:Q9"' in table and table.count(b'ref="A1:Q9"') == 2
    assert b'<tableColumns count="17">' in table
    assert re.findall(rb' name="([^"]+)"/?>', table)[9:17] == [name.encode() for name in done.added]
    assert len(set(re.findall(rb'<tableColumn id="(\d+)"', table))) == 17
    before_cells, after_cells = cells(old[PLAN]), cells(new[PLAN])
    fresh = {f"{column}{row}" for column in "JKLMNOPQ" for row in range(1, 10)}
    assert {place for place in after_cells if after_cells[place] != before_cells.get(place)} <= fresh
    assert [value(after_cells[f"{column}1"]) for column in "JKLMNOPQ"] == list(done.added)
    assert value(after_cells["L2"]) == 1000.5


def test_the_styles_that_were_there_stay_where_they_are(other, tmp_path):
    def without_targets(name, content):
        return content.replace(b"lift_expected", b"own").replace(b"ROI expected", b"more").replace(b"verdict", b"words")

    book = repacked(other, tmp_path / "mine.xlsx", without_targets)
    before = parts(book)["xl/styles.xml"]
    # K4 and K5 of that workbook hold formulas
    moved = repacked(book, tmp_path / "moved.xlsx", lambda name, content: re.sub(rb'<c r="K[45]".*?</c>', b"", content) if name == PLAN else content)
    fill_all(moved)
    after = parts(moved)["xl/styles.xml"]
    styles = re.compile(rb"<cellXfs[^>]*>(.*)</cellXfs>", re.DOTALL)
    old, new = styles.search(before)[1], styles.search(after)[1]
    assert new.startswith(old) and len(new) > len(old)
    assert new.count(b"<xf ") == int(re.search(rb'<cellXfs count="(\d+)"', after)[1])
    for code in (b'"0.0%;-0.0%;0.0%"', b'"#,##0;-#,##0;0"'):
        number = re.search(rb'numFmtId="(\d+)" formatCode=' + re.escape(code), after)[1]
        assert b'numFmtId="' + number + b'"' in new
    outside = styles.sub(b"", re.sub(rb"<numFmts.*?</numFmts>", b"", after))
    assert outside == styles.sub(b"", re.sub(rb"<numFmts.*?</numFmts>", b"", before))


def test_a_copy_of_the_workbook_lies_beside_it_under_a_name_of_its_own(everything, tmp_path):
    book = shutil.copy(everything, tmp_path / "mine.xlsm")
    first = fill_all(book)
    assert first.backup == tmp_path / "mine.backup-20260301T120000Z.xlsm"
    assert first.backup.read_bytes() == everything.read_bytes()
    held = book.read_bytes()
    again = fill_all(book, overwrite=True)
    assert again.backup == tmp_path / "mine.backup-20260301T120000Z-2.xlsm"
    assert again.backup.read_bytes() == held
    assert first.backup.read_bytes() == everything.read_bytes()


def test_filling_again_changes_nothing_and_keeps_no_copy(filled):
    held = filled.read_bytes()
    done = fill_all(filled)
    assert done.backup is None
    assert {count.kept for count in done.counts.values()} == {8}
    assert filled.read_bytes() == held


def test_a_clean_refill_is_the_same_workbook(everything, filled, tmp_path):
    """What is written twice over is written as at once."""
    twice = shutil.copy(filled, tmp_path / "twice.xlsm")
    fill_all(twice, overwrite=True)
    assert changed(filled, twice) == set()
    assert zipfile.ZipFile(twice).testzip() is None
    with opened(twice) as package:
        assert package.names == list(parts(everything))


def test_the_file_keeps_its_rights(everything, tmp_path):
    book = shutil.copy(everything, tmp_path / "mine.xlsm")
    book.chmod(0o640)
    fill_all(book)
    assert book.stat().st_mode & 0o777 == 0o640


def test_a_link_still_leads_to_the_workbook(everything, tmp_path):
    (tmp_path / "deep").mkdir()
    book = shutil.copy(everything, tmp_path / "deep" / "real.xlsm")
    link = tmp_path / "link.xlsm"
    link.symlink_to(book)
    done = fill_all(link)
    assert link.is_symlink()
    assert done.path == book.resolve()
    assert changed(everything, link) == {PLAN, "xl/workbook.xml"}
