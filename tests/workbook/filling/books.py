"""Workbooks with everything in them that must survive, by different writers, and what no writer here can write."""

from __future__ import annotations

import struct
import zipfile
import zlib
from datetime import date
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from tests.workbook.filling.parts import parts, repacked

IDS = [f"P{number}" for number in range(1, 9)]
HEADERS = ["promotion_id", "product_category", "discount_percentage", "start_date", "duration_days", "lift_expected", "ROI expected", "verdict", "note"]
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def row(number: int) -> list[object]:
    """Return a row of the plan; its columns to fill are empty."""
    return [f"P{number}", "Snacks" if number % 2 else "Dairy", 0.05 * number, date(2026, 3, number), 7.0, None, None, None, "mine"]


def picture() -> bytes:
    """Return a small red picture (PNG)."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    lines = b"".join(b"\0" + b"\xc8\x1e\x1e" * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def by_xlsxwriter(folder: Path) -> Path:
    """A macro workbook with nearly everything Excel knows; the plan is the Excel table Promos on sheet Plan."""
    path, image, project = folder / "written.xlsm", folder / "logo.png", folder / "vbaProject.bin"
    image.write_bytes(picture())
    project.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 2040)
    book = xlsxwriter.Workbook(str(path))
    book.add_vba_project(str(project))
    book.set_custom_property("Owner", "Marketing")
    book.define_name("Categories", "=Lists!$A$1:$A$3")
    book.define_name("Half", "=LAMBDA(x,x/2)")
    bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "red"})
    day, percent = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "0.0%", "bg_color": "#FFF8E1"})
    plan, lists, dash = (book.add_worksheet(name) for name in ("Plan", "Lists", "Dash"))
    book.define_name("Plan!LocalRate", "=0.25")
    formats = [None, None, percent, day, None, percent, percent, None, None]
    for number in range(1, 9):
        for column, (cell, look) in enumerate(zip(row(number), formats, strict=True)):
            if isinstance(cell, date):
                plan.write_datetime(number, column, cell, look)
            elif cell is not None or look is not None:
                plan.write(number, column, cell, look)
    plan.add_table("A1:I9", {"name": "Promos", "columns": [{"header": header} for header in HEADERS]})
    lists.write_column("A1", ["Snacks", "Dairy", "Frozen"])
    plan.data_validation("B2:B9", {"validate": "list", "source": "=Categories", "input_message": "Pick one"})
    plan.data_validation("C2:C9", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1})
    plan.conditional_format("F2:F9", {"type": "data_bar", "data_bar_2010": True, "bar_negative_color": "#FF0000"})
    plan.conditional_format("G2:G9", {"type": "icon_set", "icon_style": "3_traffic_lights"})
    plan.conditional_format("C2:C9", {"type": "3_color_scale"})
    plan.conditional_format("H2:H9", {"type": "cell", "criteria": "==", "value": '"GO"', "format": red})
    plan.write_formula("K1", "=SUM(Promos[lift_expected])", None, 0)
    plan.write_dynamic_array_formula("K2:K3", "=SORT(UNIQUE(Promos[product_category]))", None, "Dairy")
    plan.write_array_formula("L2:L3", "{=C2:C3*2}", None, 0.1)
    plan.write_formula("M2", '=XLOOKUP("P1",Promos[promotion_id],Promos[note])', None, "mine")
    plan.add_sparkline("N2", {"range": "C2:E2", "type": "column", "markers": True})
    plan.write_comment("A1", "a note of mine")
    plan.write_rich_string("O1", "plain ", bold, "bold ", red, "red")
    plan.write_url("O2", "https://example.com", string="link")
    plan.insert_image("P12", str(image), {"description": "logo"})
    plan.embed_image("P2", str(image))
    plan.insert_textbox("R12", "A text box")
    plan.insert_checkbox("Q2", True)
    plan.insert_button("P20", {"macro": "ScoreNow", "caption": "Score"})
    plan.freeze_panes(1, 1)
    plan.set_column("A:A", 18)
    plan.set_column("N:P", None, None, {"level": 1})
    plan.set_row(3, 24)
    plan.print_area("A1:I9")
    plan.repeat_rows(0)
    plan.set_landscape()
    plan.set_header("&L&G", {"image_left": str(image)})
    plan.ignore_errors({"number_stored_as_text": "A1:A9"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "=Plan!$A$2:$A$9", "values": "=Plan!$F$2:$F$9", "trendline": {"type": "linear"}})
    line = book.add_chart({"type": "line"})
    line.add_series({"values": "=Plan!$G$2:$G$9", "y2_axis": True})
    chart.combine(line)
    dash.insert_chart("B2", chart)
    dash.write_formula("A1", "=SUM(Plan!F2:F9)", None, 0)
    dash.write_formula("A2", '=COUNTIF(Plan!H2:H9,"GO")', None, 0)
    dash.write_formula("A3", "=SUM(Promos[ROI expected])", None, 0)
    dash.protect("")
    pie = book.add_chart({"type": "pie"})
    pie.add_series({"values": "=Plan!$F$2:$F$9"})
    book.add_chartsheet("Big").set_chart(pie)
    book.close()
    return _with_what_no_writer_writes(path, folder / "everything.xlsm")


def by_openpyxl(folder: Path) -> Path:
    """A plain workbook by another writer; the plan stands below two lines of heading on sheet Plan."""
    path = folder / "other.xlsx"
    book = openpyxl.Workbook()
    plan = book.active
    plan.title = "Plan"
    plan["A1"] = "Promotions 2026"
    plan.merge_cells("A1:D1")
    plan["C2"] = "Terms"
    plan.merge_cells("C2:E2")
    for column, header in enumerate(HEADERS, start=1):
        plan.cell(3, column, header)
    for number in range(1, 9):
        for column, cell in enumerate(row(number), start=1):
            if cell is not None:
                plan.cell(number + 3, column, cell)
        plan.cell(number + 3, 6).number_format = "0.00%"
    plan["K4"] = "=SUM(F4:F11)"
    plan["K5"] = "=G4*2"
    plan["B5"].comment = Comment("look here", "Ann")
    plan.conditional_formatting.add("F4:F11", ColorScaleRule(start_type="min", start_color="FFFFFF", end_type="max", end_color="00FF00"))
    check = DataValidation(type="list", formula1='"Snacks,Dairy"')
    check.add("B4:B11")
    plan.add_data_validation(check)
    plan.freeze_panes = "B4"
    plan.auto_filter.ref = "A3:I11"
    plan.row_dimensions[6].hidden = True
    plan.print_title_rows = "3:3"
    chart = BarChart()
    chart.add_data(Reference(plan, min_col=6, min_row=3, max_row=11), titles_from_data=True)
    plan.add_chart(chart, "M3")
    other = book.create_sheet("Other")
    other["A1"] = "=Plan!K4+1"
    other.append(["x", "y"])
    other.append([1, 2])
    other.add_table(Table(displayName="Small", ref="A2:B3"))
    book.defined_names["Rate"] = DefinedName("Rate", attr_text="0.2")
    book.save(path)
    return path


def _with_what_no_writer_writes(source: Path, target: Path) -> Path:
    """Put in ribbons, customXml, slicers, threaded comments, a pivot table, x14 rules, a calculation chain and more."""
    table_id = parts(source)["xl/tables/table1.xml"].split(b' id="')[1].split(b'"')[0].decode()
    added = _added_parts(table_id)
    ties = {
        "_rels/.rels": [
            ("http://schemas.microsoft.com/office/2006/relationships/ui/extensibility", "customUI/customUI.xml"),
            ("http://schemas.microsoft.com/office/2007/relationships/ui/extensibility", "customUI/customUI14.xml"),
        ],
        "xl/_rels/workbook.xml.rels": [
            (f"{OFFICE}/customXml", "../customXml/item1.xml"),
            ("http://schemas.microsoft.com/office/2007/relationships/slicerCache", "slicerCaches/slicerCache1.xml"),
            ("http://schemas.microsoft.com/office/2017/10/relationships/person", "persons/person.xml"),
            (f"{OFFICE}/pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"),
            (f"{OFFICE}/calcChain", "calcChain.xml"),
        ],
        "xl/worksheets/_rels/sheet1.xml.rels": [
            ("http://schemas.microsoft.com/office/2007/relationships/slicer", "../slicers/slicer1.xml"),
            ("http://schemas.microsoft.com/office/2017/10/relationships/threadedComment", "../threadedComments/threadedComment1.xml"),
            (f"{OFFICE}/printerSettings", "../printerSettings/printerSettings1.bin"),
        ],
        "xl/worksheets/_rels/sheet2.xml.rels": [(f"{OFFICE}/pivotTable", "../pivotTables/pivotTable1.xml")],
    }

    def change(name: str, content: bytes) -> bytes:
        if name in ties:
            return content.replace(b"</Relationships>", _ties(ties[name]) + b"</Relationships>")
        if name == "[Content_Types].xml":
            return content.replace(b"</Types>", _content_types() + b"</Types>")
        if name == "xl/workbook.xml":
            # as Excel saves it: XlsxWriter asks for a calculation on loading by itself
            content = content.replace(b' fullCalcOnLoad="1"', b"")
            return content.replace(b"</workbook>", _PIVOT_CACHES + _SLICER_CACHES + b"</workbook>")
        if name == "xl/worksheets/sheet1.xml":
            assert b"</extLst></worksheet>" in content
            return content.replace(b"</extLst></worksheet>", _SLICER_LIST + _ICON_SET + b"</extLst></worksheet>")
        return content

    held = parts(source)
    fresh = {name: _relations(of) for name, of in ties.items() if name not in held}
    return repacked(source, target, change, **added, **fresh)


def _ties(every: list[tuple[str, str]]) -> bytes:
    return "".join(
        f'<Relationship Id="rIdMore{number}" Type="{kind}" Target="{place}"/>' for number, (kind, place) in enumerate(every)
    ).encode()


def _relations(every: list[tuple[str, str]]) -> bytes:
    return f'<Relationships xmlns="{PACKAGE}">'.encode() + _ties(every) + b"</Relationships>"


def _content_types() -> bytes:
    kinds = {
        "/xl/slicers/slicer1.xml": "application/vnd.ms-excel.slicer+xml",
        "/xl/slicerCaches/slicerCache1.xml": "application/vnd.ms-excel.slicerCache+xml",
        "/xl/persons/person.xml": "application/vnd.ms-excel.person+xml",
        "/xl/threadedComments/threadedComment1.xml": "application/vnd.ms-excel.threadedcomments+xml",
        "/customXml/itemProps1.xml": "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
        "/xl/pivotCache/pivotCacheDefinition1.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheDefinition+xml",
        "/xl/pivotCache/pivotCacheRecords1.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheRecords+xml",
        "/xl/pivotTables/pivotTable1.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotTable+xml",
        "/xl/printerSettings/printerSettings1.bin": "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings",
        "/xl/calcChain.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml",
    }
    return "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds.items()).encode()


_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_PIVOT_CACHES = f'<pivotCaches><pivotCache cacheId="7" xmlns:r="{OFFICE}" r:id="rIdMore3"/></pivotCaches>'.encode()
_SLICER_CACHES = (
    '<extLst><ext uri="{46BE6895-7355-4a93-B00E-2C351335B9C9}" xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main">'
    f'<x15:slicerCaches xmlns:x14="{_X14}"><x14:slicerCache r:id="rIdMore1"/></x15:slicerCaches></ext></extLst>'
).encode()
_SLICER_LIST = (
    f'<ext uri="{{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}}" xmlns:x14="{_X14}">'
    '<x14:slicerList><x14:slicer r:id="rIdMore0"/></x14:slicerList></ext>'
).encode()
_ICON_SET = (
    f'<ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{_X14}"><x14:conditionalFormattings>'
    '<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<x14:cfRule type="iconSet" priority="9" id="{44444444-4444-4444-4444-444444444444}"><x14:iconSet iconSet="3Stars">'
    + "".join(f'<x14:cfvo type="percent"><xm:f>{at}</xm:f></x14:cfvo>' for at in (0, 33, 67))
    + "</x14:iconSet></x14:cfRule><xm:sqref>G2:G9</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
).encode()


def _added_parts(table_id: str) -> dict[str, bytes]:
    def ribbon(year: str) -> str:
        return (
            f'<customUI xmlns="http://schemas.microsoft.com/office/{year}/customui"><ribbon><tabs><tab id="t" label="Promo">'
            '<group id="g" label="Score"><button id="b" label="Score" onAction="ScoreNow"/></group></tab></tabs></ribbon></customUI>'
        )

    person, comment = "{22222222-2222-2222-2222-222222222222}", "{33333333-3333-3333-3333-333333333333}"
    threads = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    written = {
        "customUI/customUI.xml": ribbon("2006/01"),
        "customUI/customUI14.xml": ribbon("2009/07"),
        "customXml/item1.xml": '<promo xmlns="urn:acme"><v>1</v></promo>',
        "customXml/itemProps1.xml": '<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
        'ds:itemID="{11111111-1111-1111-1111-111111111111}"/>',
        "customXml/_rels/item1.xml.rels": _relations([(f"{OFFICE}/customXmlProps", "itemProps1.xml")]).decode(),
        "xl/slicerCaches/slicerCache1.xml": f'<slicerCacheDefinition xmlns="{_X14}" xmlns:x="{MAIN}" name="Slicer_Category" '
        'sourceName="product_category"><extLst><x:ext uri="{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}" '
        'xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main">'
        f'<x15:tableSlicerCache tableId="{table_id}" column="2"/></x:ext></extLst></slicerCacheDefinition>',
        "xl/slicers/slicer1.xml": f'<slicers xmlns="{_X14}"><slicer name="Category" cache="Slicer_Category" caption="Category" '
        'rowHeight="241300"/></slicers>',
        "xl/persons/person.xml": f'<personList xmlns="{threads}"><person displayName="Ann" id="{person}" userId="ann" providerId="None"/></personList>',
        "xl/threadedComments/threadedComment1.xml": f'<ThreadedComments xmlns="{threads}"><threadedComment ref="A1" '
        f'dT="2026-01-01T00:00:00.00" personId="{person}" id="{comment}"><text>hi</text></threadedComment></ThreadedComments>',
        "xl/calcChain.xml": f'<calcChain xmlns="{MAIN}"><c r="K1" i="1"/><c r="K2" a="1"/><c r="A1" i="3"/><c r="A2"/><c r="A3"/></calcChain>',
        "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": _relations(
            [(f"{OFFICE}/pivotCacheRecords", "pivotCacheRecords1.xml")]
        ).decode(),
        "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{OFFICE}" r:id="rIdMore0" recordCount="2">'
        '<cacheSource type="worksheet"><worksheetSource ref="B1:C3" sheet="Plan"/></cacheSource><cacheFields count="2">'
        '<cacheField name="product_category"><sharedItems count="2"><s v="Snacks"/><s v="Dairy"/></sharedItems></cacheField>'
        '<cacheField name="discount_percentage"><sharedItems containsSemiMixedTypes="0" containsString="0" containsNumber="1" '
        'minValue="0.05" maxValue="0.1"/></cacheField></cacheFields></pivotCacheDefinition>',
        "xl/pivotCache/pivotCacheRecords1.xml": f'<pivotCacheRecords xmlns="{MAIN}" count="2"><r><x v="0"/><n v="0.05"/></r>'
        '<r><x v="1"/><n v="0.1"/></r></pivotCacheRecords>',
        "xl/pivotTables/_rels/pivotTable1.xml.rels": _relations(
            [(f"{OFFICE}/pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml")]
        ).decode(),
        "xl/pivotTables/pivotTable1.xml": f'<pivotTableDefinition xmlns="{MAIN}" name="Pivot" cacheId="7" dataCaption="Values">'
        '<location ref="E3:F6" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/><pivotFields count="2">'
        '<pivotField axis="axisRow" showAll="0"><items count="3"><item x="0"/><item x="1"/><item t="default"/></items></pivotField>'
        '<pivotField dataField="1" showAll="0"/></pivotFields><rowFields count="1"><field x="0"/></rowFields>'
        '<dataFields count="1"><dataField name="Sum" fld="1"/></dataFields></pivotTableDefinition>',
    }
    return {name: text.encode() for name, text in written.items()} | {
        "xl/printerSettings/printerSettings1.bin": bytes(range(256))
    }


def raw_book(path: Path, sheet: str, **more: bytes) -> Path:
    """Write the smallest workbook there is around the XML of one sheet."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        "</Types>"
    )
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Plan" sheetId="1" r:id="rIdMore0"/></sheets></workbook>'
    written = {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": _relations([(f"{OFFICE}/officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": book.encode(),
        "xl/_rels/workbook.xml.rels": _relations([(f"{OFFICE}/worksheet", "worksheets/sheet1.xml")]),
        "xl/worksheets/sheet1.xml": sheet.encode(),
        **more,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in written.items():
            archive.writestr(name, content)
    return path


def grid(*rows: list[object], behind: str = "", attributes: str = "") -> str:
    """Return a sheet of rows from the top; text that starts with '<' is the XML inside the cell, None is no cell."""
    out = []
    for number, row in enumerate(rows, start=1):
        out.append(f'<row r="{number}"{attributes}>')
        for column, cell in enumerate(row):
            place = f"{chr(65 + column)}{number}"
            if isinstance(cell, str) and cell.startswith("<c"):
                out.append(cell.replace("<c", f'<c r="{place}"', 1))
            elif isinstance(cell, str) and cell.startswith("<"):
                out.append(f'<c r="{place}">{cell}</c>')
            elif isinstance(cell, str):
                out.append(f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>')
            elif cell is not None:
                out.append(f'<c r="{place}"><v>{cell}</v></c>')
        out.append("</row>")
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData>{"".join(out)}</sheetData>{behind}</worksheet>'
