"""Formulas: those in cells to fill stay unless told otherwise, none is torn apart, all are worked out on opening."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.errors import OutputRefused
from scorer.workbook.filling.book import calculated_on_load, serial
from scorer.workbook.filling.decisions import number_value
from scorer.workbook.filling.fill import fill, open_to_fill
from scorer.workbook.filling.looks import Look, Looks
from tests.workbook.filling.answers import CLIENT, fill_all, made_up
from tests.workbook.filling.books import MAIN, OFFICE, grid, raw_book
from tests.workbook.filling.parts import cells, changed, parts, repacked, value

PLAN = "xl/worksheets/sheet1.xml"
HEAD = ["promotion_id", "lift_expected", "verdict"]


def book(tmp_path, *rows, **more):
    return raw_book(tmp_path / "mine.xlsx", grid(HEAD, *rows), **more)


def sheet(path):
    return cells(parts(path)[PLAN])


def test_values_and_formulas_are_kept_unless_told_otherwise(tmp_path):
    path = book(tmp_path, ["P1", "<f>1+1</f><v>2</v>", "mine"], ["P2", None, None], ["P3", 0.5, "<f>A1</f>"])
    before = sheet(path)
    done = fill_all(path)
    assert {name: (count.filled, count.kept) for name, count in done.counts.items()} == {"lift_expected": (1, 2), "verdict": (1, 2)}
    after = sheet(path)
    assert {place for place in after if after[place] != before.get(place)} == {"B3", "C3"}


def test_what_stands_there_is_written_over_when_asked(tmp_path):
    path = book(tmp_path, ["P1", "<f>1+1</f><v>2</v>", "mine"], ["P2", 0.5, '<c t="e" vm="1" cm="1"><v>#VALUE!</v></c>'])
    done = fill_all(path, overwrite=True)
    assert {name: (count.filled, count.replaced) for name, count in done.counts.items()} == {"lift_expected": (0, 2), "verdict": (0, 2)}
    assert "1 formulas were written over." in done.notes
    assert [value(sheet(path)[place]) for place in ("B2", "C2", "B3", "C3")] == [1 / 7, "GO", 2 / 7, "DON'T LAUNCH"]
    assert b"<f>" not in parts(path)[PLAN] and b"vm=" not in parts(path)[PLAN]


def test_a_figure_that_is_not_known_leaves_the_cell_alone_and_empties_an_old_value_when_asked(tmp_path):
    path = book(tmp_path, ["P1", None, "old"], ["P2", 0.25, "old"], ["P3", "<f>1</f>", "old"])
    unknown = {"lift_expected": np.full(3, np.nan)}
    done = fill_all(path, **unknown)
    assert done.backup is None
    done = fill_all(path, overwrite=True, **unknown)
    assert done.counts["lift_expected"][1:] == (0, 0, 1, 1, 1)  # filled, replaced, cleared, kept, open
    found = sheet(path)
    assert value(found["B3"]) is None and "B2" not in found and ":f>" in found["B4"]


CHAIN = f'<calcChain xmlns="{MAIN}"><c r="B2" i="1"/></calcChain>'.encode()


def with_chain(path):
    def change(name, content):
        if name == "[Content_Types].xml":
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
            return content.replace(b"</Types>", f'<Override PartName="/xl/calcChain.xml" ContentType="{kind}"/></Types>'.encode())
        if name == "xl/_rels/workbook.xml.rels":
            return content.replace(b"</Relationships>", f'<Relationship Id="rId9" Type="{OFFICE}/calcChain" Target="calcChain.xml"/></Relationships>'.encode())
        return content

    return repacked(path, path.with_name("chain.xlsx"), change, **{"xl/calcChain.xml": CHAIN})


def test_the_chain_of_calculation_goes_when_a_formula_does(tmp_path):
    path = with_chain(book(tmp_path, ["P1", "<f>1+1</f>", None]))
    before = path.with_name("before.xlsx")
    before.write_bytes(path.read_bytes())
    fill_all(path)
    assert changed(before, path) == {PLAN, "xl/workbook.xml"}
    fill_all(path, overwrite=True)
    assert changed(before, path) == {PLAN, "xl/workbook.xml", "xl/calcChain.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
    held = parts(path)
    assert "xl/calcChain.xml" not in held
    assert not any(b"calcChain" in content for content in held.values())


SHARED = '<f t="shared" ref="B2:B4" si="0">ROW()</f><v>2</v>'
MEMBER = '<f t="shared" si="0"/><v>3</v>'


def test_a_formula_that_cells_share_may_go_as_a_whole(tmp_path):
    path = book(tmp_path, ["P1", SHARED], ["P2", MEMBER], ["P3", MEMBER])
    assert fill_all(path, overwrite=True).counts["lift_expected"].replaced == 3


def test_a_cell_that_uses_a_shared_formula_may_go_alone(tmp_path):
    path = book(tmp_path, [None, SHARED], ["P2", MEMBER], ["P3", MEMBER])
    assert fill_all(path, overwrite=True).counts["lift_expected"].replaced == 2
    assert "shared" in sheet(path)["B2"]


@pytest.mark.parametrize(
    "rows",
    [
        ([["P1", SHARED], [None, MEMBER], ["P3", MEMBER]]),
        ([["P1", SHARED.replace("B2:B4", "B2:D4")], ["P2", MEMBER], ["P3", MEMBER]]),
    ],
)
def test_the_text_of_a_shared_formula_stays_while_others_need_it(tmp_path, rows):
    path = book(tmp_path, *rows)
    held = path.read_bytes()
    with pytest.raises(OutputRefused, match=r"B2 holds a formula that .* share"):
        fill_all(path, overwrite=True)
    assert path.read_bytes() == held
    assert fill_all(path).counts["lift_expected"].kept == 3 - (rows[1][0] is None)


@pytest.mark.parametrize("kind", ["array", "dataTable"])
@pytest.mark.parametrize("ref", ["B2:B3", "B2:C3", "A2:C4"])
def test_a_formula_that_fills_several_cells_is_never_torn_apart(tmp_path, kind, ref):
    formula = f'<f t="{kind}" ref="{ref}">A2:A3</f><v>1</v>'
    rows = [[formula, None], ["P2", None], ["P3", None]] if ref[0] == "A" else [["P1", formula], ["P2", None], ["P3", None]]
    path = book(tmp_path, *rows)
    held = sheet(path)
    kept = fill_all(path).counts["lift_expected"].kept
    assert kept == (3 if ref.endswith("4") else 2)
    assert {place: sheet(path)[place] for place in held if place[0] == "B"} == {place: cell for place, cell in held.items() if place[0] == "B"}
    with pytest.raises(OutputRefused, match=r"B[23] belongs to one formula that fills several cells"):
        fill_all(path, overwrite=True)


def test_an_array_formula_in_one_cell_is_a_formula_like_others(tmp_path):
    path = book(tmp_path, ["P1", '<c cm="1"><f t="array" ref="B2">SUM(1)</f><v>1</v></c>'])
    assert fill_all(path).counts["lift_expected"].kept == 1
    assert fill_all(path, overwrite=True).counts["lift_expected"].replaced == 1
    assert "cm=" not in sheet(path)["B2"]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<sheets/><calcPr calcId='9'/>", "<sheets/><calcPr calcId='9' fullCalcOnLoad=\"1\"/>"),
        ("<sheets/><calcPr fullCalcOnLoad='0' calcMode='manual'/>", "<sheets/><calcPr fullCalcOnLoad=\"1\" calcMode='manual'/>"),
        ("<sheets/><calcPr fullCalcOnLoad='1'/>", "<sheets/><calcPr fullCalcOnLoad='1'/>"),
        ("<sheets><sheet/></sheets><pivotCaches/>", '<sheets><sheet/></sheets><calcPr fullCalcOnLoad="1"/><pivotCaches/>'),
        ("<sheets/><definedNames><x/></definedNames>", '<sheets/><definedNames><x/></definedNames><calcPr fullCalcOnLoad="1"/>'),
        ("<sheets/><!-- <calcPr/> -->", '<sheets/><calcPr fullCalcOnLoad="1"/><!-- <calcPr/> -->'),
    ],
)
def test_every_formula_is_worked_out_on_opening(xml, expected):
    def framed(inner):
        return f"<workbook xmlns='{MAIN}'>{inner}</workbook>".encode()

    assert calculated_on_load(framed(xml), "book", "part") == framed(expected)


def test_a_workbook_part_with_a_prefix():
    xml = f"<x:workbook xmlns:x='{MAIN}'><x:sheets/></x:workbook>".encode()
    assert b"<x:sheets/><x:calcPr fullCalcOnLoad" in calculated_on_load(xml, "book", "part")


def test_a_workbook_that_calculates_by_hand_says_so(tmp_path):
    path = book(tmp_path, ["P1"])
    by_hand = repacked(path, tmp_path / "hand.xlsx", lambda name, content: content.replace(b"</sheets>", b'</sheets><calcPr calcMode="manual"/>'))
    assert "The workbook calculates by hand: its formulas follow once, when it is opened." in fill_all(by_hand).notes


@pytest.mark.parametrize(("settings", "expected"), [("", 46081), ('<workbookPr date1904="1"/>', 44619)])
def test_days_are_counted_as_the_workbook_counts_them(tmp_path, settings, expected):
    path = raw_book(tmp_path / "mine.xlsx", grid(["id", "data cut"], ["P1", None]))
    other = repacked(path, tmp_path / "other.xlsx", lambda name, content: content.replace(b"<sheets>", settings.encode() + b"<sheets>"))
    fill_all(other)
    assert value(sheet(other)["B2"]) == expected
    assert serial(date(2026, 2, 28), bool(settings)) == expected


STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><cellXfs count="3"><xf numFmtId="0" fontId="0"/>'
    '<xf numFmtId="9" applyNumberFormat="1"><alignment horizontal="left"/></xf><xf numFmtId="0" fillId="4"/></cellXfs></styleSheet>'
)


def test_a_date_in_a_cell_without_a_format_is_shown_as_a_date(tmp_path):
    rows = [["P1", "<c/>"], ["P2", '<c s="1"/>'], ["P3", '<c s="2"/>'], ["P4"]]
    path = raw_book(tmp_path / "mine.xlsx", grid(["id", "data_cut"], *rows))

    def styled(name, content):
        if name == "xl/_rels/workbook.xml.rels":
            return content.replace(b"</Relationships>", f'<Relationship Id="rId9" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'.encode())
        return content

    other = repacked(path, tmp_path / "other.xlsx", styled, **{"xl/styles.xml": STYLES.encode()})
    fill_all(other)
    shapes = re.findall(rb'<xf numFmtId="(\d+)"', parts(other)["xl/styles.xml"])
    used = {place: int(re.search(r' s="(\d+)"', cell)[1]) for place, cell in sheet(other).items() if place[0] == "B" and place != "B1"}
    assert {place: shapes[number] for place, number in used.items()} == {"B2": b"9", "B3": b"9", "B4": b"14", "B5": b"9"}
    assert parts(other)["xl/styles.xml"].startswith(STYLES.encode()[: STYLES.index("<cellXfs")])
    assert len(shapes) == 4  # one style more, because one is needed


def test_styles_stay_as_they_are_where_none_is_needed(tmp_path):
    path = raw_book(tmp_path / "mine.xlsx", grid(["id", "data_cut", "verdict"], ["P1", '<c s="1"/>'], ["P2"]))
    tie = f'<Relationship Id="rId9" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'.encode()
    other = repacked(path, tmp_path / "other.xlsx", lambda name, content: content.replace(b"</Relationships>", tie) if name.startswith("xl/") else content, **{"xl/styles.xml": STYLES.encode()})
    fill_all(other)
    assert parts(other)["xl/styles.xml"] == STYLES.encode()


def test_styles_are_appended_once_each_and_formats_by_name():
    looks = Looks(STYLES.encode(), "book", "styles")
    assert looks.number(Look(1, "0%")) == 1
    assert looks.number(Look(0, "0.0%")) == looks.number(Look(0, "0.0%")) == 3
    assert looks.number(Look(1, "0.0%")) == 4
    assert looks.number(Look(2, 14)) == 5
    xml = looks.xml.decode()
    assert '<numFmts count="1"><numFmt numFmtId="164" formatCode="0.0%"/></numFmts><fonts' in xml
    assert xml.count("<xf ") == 6 and '<cellXfs count="6">' in xml
    assert '<xf numFmtId="164" applyNumberFormat="1"><alignment horizontal="left"/></xf>' in xml
    again = Looks(looks.xml, "book", "styles")
    assert again.number(Look(0, "0.0%")) == 6 and b'<numFmts count="1">' in again.xml


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_back_as_the_same_number(number):
    assert float(number_value(number).text) == number


def test_formulas_of_the_plan_that_were_never_worked_out_are_spoken_of(tmp_path):
    head = ["id", "discount", "start", "days", "verdict"]
    path = raw_book(tmp_path / "mine.xlsx", grid(head, ["P1", "<f>0.1+0.1</f>", 46000, "<f>7</f><v>7</v>"], ["P2", "<f>1</f><v/>", 46000, 7]))
    target = open_to_fill(path, CLIENT, None, own=True)
    assert fill(target, made_up(target)).notes[0].startswith("2 formulas of the plan have no stored value")


def test_rows_that_were_refused_say_why_where_there_is_a_column_for_it(tmp_path):
    path = raw_book(tmp_path / "mine.xlsx", grid(["id", "verdict", "Reason", "flags"], ["P1"], ["P2"]))
    target = open_to_fill(path, CLIENT, None, own=False)
    answers = made_up(target)
    fill(target, answers._replace(rows={2: 0}, reasons={3: "start_date is empty"}))
    found = {place: value(cell) for place, cell in sheet(path).items()}
    assert (found["C3"], found["D3"], found.get("B3"), found["B2"], found.get("C2")) == ("refused: start_date is empty",) * 2 + (None, "GO", None)
