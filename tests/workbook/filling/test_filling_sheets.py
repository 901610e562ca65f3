"""Sheets in every spelling XML allows: cut into rows and joined again they are the same bytes, and cells are written right."""

from __future__ import annotations

import re
import string
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.errors import OutputRefused
from scorer.workbook.filling.cells import EMPTY, Value, Written, cells, some_cells, text_of, with_values
from scorer.workbook.filling.markup import elements, quoted, replaced
from scorer.workbook.filling.rows import Before, Row, flow, rewritten
from tests.workbook.filling import parts
from tests.workbook.filling.books import MAIN

COLUMNS = 12
SPACES = st.sampled_from(["", "\n", "\r\n   ", "\t"])
TEXT = st.text(alphabet=string.ascii_letters + "<>&'\" \n]_x0éß漢🙂", max_size=12)


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@st.composite
def sheets(draw):
    """A sheet as some program may write it: with or without places, prefixes, comments, CDATA, empty rows."""
    prefix = draw(st.sampled_from(["", "x:", "main:"]))
    places = draw(st.booleans())
    quote = draw(st.sampled_from(['"', "'"]))
    out, number = [], 0
    for _ in range(draw(st.integers(0, 6))):
        number += draw(st.integers(1, 3)) if places else 1
        told = f" r={quote}{number}{quote}" if places else ""
        if draw(st.integers(0, 5)) == 0:
            out.append(f"<{prefix}row{told} hidden='1'/>")
            continue
        body, column = [], 0
        for _ in range(draw(st.integers(0, 5))):
            column += draw(st.integers(1, 2)) if places else 1
            where = f" r={quote}{parts._letters(column)}{number}{quote}" if places else ""
            kind = draw(st.integers(0, 6))
            text = draw(TEXT)
            style = draw(st.sampled_from(["", " s='3'", ' s="0"']))
            body.append(draw(SPACES))
            body.append(
                [
                    f"<{prefix}c{where}{style}/>",
                    f"<{prefix}c{style}{where}><{prefix}v>{number}.5</{prefix}v></{prefix}c>",
                    f"<{prefix}c{where}{style} t='inlineStr'><{prefix}is><{prefix}t xml:space='preserve'>{escaped(text)}</{prefix}t></{prefix}is></{prefix}c>",
                    f"<{prefix}c{where}{style} t='str'><{prefix}f>A1&amp;\"&lt;c r=\"\"B1\"\"&gt;\"</{prefix}f><{prefix}v>{escaped(text)}</{prefix}v></{prefix}c>",
                    f"<{prefix}c{where} t='s' cm='1' vm='2'{style}><{prefix}v>7</{prefix}v></{prefix}c>",
                    f"<!-- </{prefix}row> <{prefix}c r='B1'/> --><{prefix}c{where}><{prefix}f><![CDATA[1<2]]></{prefix}f></{prefix}c>",
                    f"<{prefix}c{where} ></{prefix}c >",
                ][kind]
            )
        out += [draw(SPACES), f"<{prefix}row{told} spans='1:3'>", *body, f"</{prefix}row>"]
    named = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    rows = "".join(out)
    data = f"<{prefix}sheetData>{rows}</{prefix}sheetData>" if rows or draw(st.booleans()) else f"<{prefix}sheetData/>"
    head = f"<?xml version='1.0'?><!-- <sheetData> --><{prefix}worksheet {named}='{MAIN}'><{prefix}dimension ref='A1'/>"
    return prefix, f"{head}{data}<{prefix}mergeCells/></{prefix}worksheet>".encode()


def chunks(xml, size):
    return (xml[at : at + size] for at in range(0, len(xml), size))


@given(sheets(), st.integers(1, 400))
def test_a_sheet_that_flows_past_is_the_sheet(sheet, size):
    prefix, xml = sheet
    pieces = list(flow(chunks(xml, size), "book", "sheet"))
    assert b"".join(piece.raw for piece in pieces) == xml
    assert pieces[0].prefix == prefix.encode()
    rows = [piece for piece in pieces if isinstance(piece, Row)]
    numbers = []
    for row in parts._local(ET.fromstring(xml), "row"):
        numbers.append(int(row.get("r", (numbers or [0])[-1] + 1)))
    assert [row.number for row in rows] == numbers
    assert {f"{parts._letters(cell.column)}{row.number}" for row in rows for cell in cells(row, prefix.encode(), "book")} == set(parts.cells(xml))


VALUES = {"n": Value("n", "0.25"), "t": Value("inlineStr", " a<b>\n&"), "b": Value("b", "1"), "e": EMPTY}


@given(sheets(), st.dictionaries(st.integers(1, COLUMNS), st.sampled_from("ntbe"), max_size=4), st.integers(20, 400))
def test_only_what_is_written_changes(sheet, wanted, size):
    prefix, xml = sheet

    def change(row, found):
        assert found == prefix.encode()
        return with_values(row, found, {c: Written(VALUES[kind], fresh=5) for c, kind in wanted.items()}, "book") if wanted else row.raw

    new = b"".join(rewritten(chunks(xml, size), "book", "sheet", lambda before: before.raw, change))
    before, after = parts.cells(xml), parts.cells(new)
    rows = {int(re.sub(r"\D", "", place)) for place in before} | {
        piece.number for piece in flow([xml], "book", "sheet") if isinstance(piece, Row)
    }
    written = {f"{parts._letters(column)}{row}": VALUES[kind] for row in rows for column, kind in wanted.items()}
    assert {place: cell for place, cell in after.items() if place not in written} == {p: c for p, c in before.items() if p not in written}
    for place, value in written.items():
        if place not in after:
            assert value is EMPTY and place not in before
            continue
        held = ET.fromstring(after[place])
        assert held.get("cm") is None and held.get("vm") is None
        assert held.get("t") == {"": None, "n": None}.get(value.kind, value.kind)
        assert parts.value(after[place]) == {"n": 0.25, "b": 1.0, "": None, "inlineStr": " a<b>\n&"}[value.kind]
        old = ET.fromstring(before[place]).get("s") if place in before else None
        assert (held.get("s") or "0") == (old if old not in (None, "0") or value is EMPTY else "5") or held.get("s") == old
    assert new.partition(b"sheetData")[0] == xml.partition(b"sheetData")[0]
    if wanted:
        assert with_values_is_stable(new, prefix, wanted)


def with_values_is_stable(new, prefix, wanted):
    """Writing the same values again changes no byte."""

    def change(row, found):
        return with_values(row, found, {c: Written(VALUES[kind], fresh=5) for c, kind in wanted.items()}, "book")

    return b"".join(rewritten([new], "book", "sheet", lambda before: before.raw, change)) == new


@given(sheets(), st.sets(st.integers(1, COLUMNS), min_size=1))
def test_looking_at_some_cells_finds_what_looking_at_all_finds(sheet, columns):
    prefix, xml = sheet
    for row in flow([xml], "book", "sheet"):
        if isinstance(row, Row):
            every = [cell for cell in cells(row, prefix.encode(), "book") if cell.column in columns]
            some = some_cells(row, prefix.encode(), "book", frozenset(columns))
            assert [(c.column, text_of(c, prefix.encode())) for c in some] == [(c.column, text_of(c, prefix.encode())) for c in every]


@given(st.text(max_size=40))
def test_any_text_is_read_back_as_it_was(text):
    fit = "".join(c for c in text if c.isprintable() or c in "\n\t")
    row = Row(1, b'<row r="1"/>', b'<row r="1"/>')
    made = with_values(row, b"", {2: Written(Value("inlineStr", fit))}, "book")
    ET.fromstring(made)
    (cell,) = cells(Row(1, made, made), b"", "book")
    assert text_of(cell, b"") == fit


@pytest.mark.parametrize("text", ["_x0041_", "a\x01b", "\x00", "line\rfeed", "\ud800", "\ufffe"])
def test_characters_xml_has_no_place_for_are_coded(text):
    made = quoted(text)
    ET.fromstring(b"<t>" + made + b"</t>")
    row = Row(1, b'<row r="1"/>', b'<row r="1"/>')
    written = with_values(row, b"", {1: Written(Value("inlineStr", text))}, "book")
    (cell,) = cells(Row(1, written, written), b"", "book")
    assert text_of(cell, b"") == text


def test_a_text_longer_than_a_cell_holds_is_cut():
    row = Row(1, b'<row r="1"/>', b'<row r="1"/>')
    written = with_values(row, b"", {1: Written(Value("inlineStr", "é" * 40_000))}, "book")
    (cell,) = cells(Row(1, written, written), b"", "book")
    assert text_of(cell, b"") == "é" * 32_767


def test_a_row_says_how_far_its_cells_reach():
    raw = b'<row r="2" spans="1:3"><c r="A2"/></row>'
    assert b' spans="1:5"' in with_values(Row(2, raw, raw), b"", {5: Written(Value("n", "1"))}, "book")
    assert b' spans="1:3"' in with_values(Row(2, raw, raw), b"", {3: Written(Value("n", "1"))}, "book")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("<row r='2'/><row r='1'/>", "row 1 stands behind row 2"),
        ("<row r='2'/><row r='2'/>", "row 2 stands behind row 2"),
        ("<row r='1048577'/>", "row 1048577 stands behind"),
        ("<oddity/>", "no row"),
        ("<row r='1'></row ><row r='2'></row>", "unusual end"),
        ("words<row r='1'/>", "no row"),
    ],
)
def test_rows_in_disorder_are_refused(rows, why):
    xml = f"<worksheet xmlns='{MAIN}'><sheetData>{rows}</sheetData></worksheet>".encode()
    with pytest.raises(OutputRefused, match=why):
        list(flow([xml], "book", "sheet"))


@pytest.mark.parametrize("row", ["<c r='B1'/><c r='A1'/>", '<c r="B1"/><c r="A1"/>', '<c r="A1"/><c r="A1"/>'])
def test_cells_in_disorder_are_refused(row):
    raw = f"<row r='1'>{row}</row>".encode()
    with pytest.raises(OutputRefused, match="out of order"):
        some_cells(Row(1, raw, raw), b"", "book", frozenset([1, 2]))


@pytest.mark.parametrize(
    "xml",
    [
        f"<worksheet xmlns='{MAIN}'/>",
        f"<worksheet xmlns='{MAIN}'><sheetData><row r='1'>",
        f"<worksheet xmlns='{MAIN}' xmlns:x='{MAIN}'><sheetData/></worksheet>",
        "<worksheet><sheetData/></worksheet>",
        "<other/>",
    ],
)
def test_what_is_no_sheet_is_refused(xml):
    with pytest.raises(OutputRefused, match="cannot be filled safely"):
        list(flow([xml.encode()], "book", "sheet"))


def test_strict_sheets_are_understood():
    xml = b"<worksheet xmlns='http://purl.oclc.org/ooxml/spreadsheetml/main'><sheetData><row/></sheetData></worksheet>"
    before, row, *_ = flow([xml], "book", "sheet")
    assert isinstance(before, Before) and row.number == 1


def test_elements_know_where_their_bytes_stand():
    xml = '\ufeff<a x="1>2"><b/>é<c y=\'"\'>t</c ></a>'.encode()
    found = {one.name: one for one in elements(xml, "book", "part")}
    assert xml[found["c"].start : found["c"].end] == b"<c y='\"'>t</c >"
    assert xml[found["c"].inside : found["c"].close] == b"t"
    assert xml[found["b"].start : found["b"].end] == b"<b/>"
    assert xml[found["a"].start : found["a"].inside] == b'<a x="1>2">'
    assert found["c"].parents == ("a",) and found["a"].attributes == {"x": "1>2"}
    assert replaced(xml, [(found["b"].start, found["b"].end, b"")]) == xml.replace(b"<b/>", b"")
