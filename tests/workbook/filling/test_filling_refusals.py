"""What cannot be filled without loss or danger is refused in words, and stays exactly as it was."""

from __future__ import annotations

import os
import re
import shutil
import struct
import zipfile

import pytest
import xlsxwriter

from scorer.errors import OutputRefused
from scorer.workbook.filling import package, rows, safety
from scorer.workbook.filling.fill import fill, open_to_fill
from tests.workbook.filling.answers import CLIENT, fill_all, made_up
from tests.workbook.filling.books import grid, raw_book
from tests.workbook.filling.parts import parts, repacked

PLAN = "xl/worksheets/sheet1.xml"
SHEET = grid(["promotion_id", "verdict"], ["P1", None], ["P2", None])


@pytest.fixture
def book(tmp_path):
    return raw_book(tmp_path / "mine.xlsx", SHEET)


def refused(path, why):
    """The workbook is refused in these words, and nothing in its folder changes."""
    before = {one.name: one.read_bytes() for one in path.parent.iterdir()}
    with pytest.raises(OutputRefused, match=why) as told:
        fill_all(path)
    assert {one.name: one.read_bytes() for one in path.parent.iterdir()} == before
    assert path.stem in str(told.value) and str(told.value).endswith(".")


def test_the_workbook_of_these_tests_can_be_filled(book):
    assert fill_all(book).counts["verdict"].filled == 2


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("mine.xls", "old xls format"),
        ("mine.xlsb", "binary xlsb"),
        ("mine.ods", "OpenDocument"),
        ("mine.xltx", "template"),
        ("mine.csv", "text file"),
        ("mine", "no workbook by its name"),
    ],
)
def test_other_formats(book, name, why):
    refused(book.rename(book.with_name(name)), why)


def test_a_workbook_that_is_not_there(tmp_path):
    refused(tmp_path / "none.xlsx", "no such workbook")


def test_a_folder_is_no_workbook(tmp_path):
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(OutputRefused, match="no such workbook"):
        fill_all(tmp_path / "folder.xlsx")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "password"),
        (b"id;discount\n1;2\n", "no workbook inside"),
        (b"", "no workbook inside"),
        (b"PK\x03\x04 and nothing more", "damaged"),
    ],
)
def test_other_things_under_the_name_of_a_workbook(tmp_path, content, why):
    path = tmp_path / "mine.xlsx"
    path.write_bytes(content)
    refused(path, why)


def test_an_open_document_renamed(tmp_path):
    path = tmp_path / "mine.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    refused(path, "no workbook")


def test_a_text_document_renamed(book, tmp_path):
    other = repacked(book, tmp_path / "other.xlsx", lambda name, content: content.replace(b"workbook", b"document") if name == "xl/workbook.xml" else content)
    refused(other, "another program")


def test_half_a_file(book):
    book.write_bytes(book.read_bytes()[:-60])
    refused(book, "damaged")


@pytest.mark.parametrize("part", [PLAN, "xl/workbook.xml", "_rels/.rels"])
def test_a_damaged_part(book, part):
    with zipfile.ZipFile(book) as archive:
        info = archive.getinfo(part)
    content = bytearray(book.read_bytes())
    at = info.header_offset + 30 + len(part) + info.compress_size // 2
    content[at] ^= 0xFF
    book.write_bytes(bytes(content))
    refused(book, "damaged|broken")


def test_a_part_that_is_damaged_elsewhere_stops_the_fill_before_the_workbook_is_replaced(book):
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/media/image1.png", bytes(range(256)) * 9)
    with zipfile.ZipFile(book) as archive:
        info = archive.getinfo("xl/media/image1.png")
    content = bytearray(book.read_bytes())
    content[info.header_offset + 30 + len(info.filename) + 5] ^= 0xFF
    book.write_bytes(bytes(content))
    held = book.read_bytes()
    with pytest.raises(OutputRefused, match="damaged"):
        fill_all(book)
    assert book.read_bytes() == held
    assert sorted(one.name for one in book.parent.iterdir()) == ["mine.backup-20260301T120000Z.xlsx", "mine.xlsx"]


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "xl/../../evil.xml", "C:/evil.xml", "xl\\..\\evil.xml"])
def test_parts_named_to_land_elsewhere(book, name):
    with zipfile.ZipFile(book, "a") as archive:
        info = zipfile.ZipInfo("placeholder")
        info.filename = info.orig_filename = name
        archive.writestr(info, b"x")
    refused(book, "outside")


def test_two_parts_of_one_name(book):
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("XL/workbook.xml", b"<x/>")
    refused(book, "same name")


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
REACHING = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declared", [BOMB, REACHING, "<!DOCTYPE x>"])
@pytest.mark.parametrize("part", [PLAN, "xl/workbook.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"])
def test_document_types(book, tmp_path, part, declared):
    other = repacked(book, tmp_path / "other.xlsx", lambda name, content: declared.encode() + content if name == part else content)
    refused(other, "document type")


def test_a_document_type_in_the_strings(tmp_path):
    book = tmp_path / "mine.xlsx"
    made = xlsxwriter.Workbook(str(book))
    made.add_worksheet("Plan").write_row(0, 0, ["promotion_id", "verdict"])
    made.close()
    other = repacked(book, tmp_path / "other.xlsx", lambda name, content: BOMB.encode() + content if name == "xl/sharedStrings.xml" else content)
    refused(other, "document type")


def test_what_unfolds_beyond_bounds(book, monkeypatch):
    monkeypatch.setattr(package, "UNFOLDED_LIMIT", 1000)
    refused(book, "unfolds into")


def test_a_part_that_unfolds_beyond_bounds(book, monkeypatch):
    monkeypatch.setattr(package, "WHOLE_PART_LIMIT", 100)
    refused(book, "unfolds into")


def test_a_row_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "LONGEST_ROW", 1000)
    monkeypatch.setattr(package, "PIECE", 500)
    refused(raw_book(tmp_path / "mine.xlsx", grid(["promotion_id", "verdict"], ["P1" * 2000, None])), "no end")


def test_a_part_that_says_it_is_smaller_than_it_is(book):
    content = bytearray(book.read_bytes())
    at = content.rindex(PLAN.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    content[at + 24 : at + 28] = struct.pack("<I", 40)
    book.write_bytes(bytes(content))
    refused(book, "damaged|broken")


@pytest.mark.parametrize("oddity", [b's="x"', b's=""', b't="s"', b'r="B2" s="7777777777"'])
def test_attributes_that_make_no_sense_end_in_no_bug(book, tmp_path, oddity):
    def written(name, content):
        return content.replace(b'<c r="A3" ', b"<c " + (b"" if b"r=" in oddity else b'r="A3" ') + oddity + b" ") if name == PLAN else content

    try:
        fill_all(repacked(book, tmp_path / "other.xlsx", written))
    except OutputRefused:
        assert parts(tmp_path / "other.xlsx")[PLAN] == written(PLAN, SHEET.encode())


def test_encrypted_parts(book):
    content = book.read_bytes()
    at = content.rindex(PLAN.encode()) - 46
    book.write_bytes(content[: at + 8] + b"\x01" + content[at + 9 :])
    refused(book, "encrypted")


def test_parts_packed_in_another_way(book):
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/more.xml", b"<x/>" * 100, zipfile.ZIP_BZIP2)
    refused(book, "packed")


def test_a_signed_workbook(book):
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("_xmlsignatures/sig1.xml", b"<x/>")
    refused(book, "signature")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "iso-8859-1"])
def test_parts_in_another_encoding(book, tmp_path, encoding):
    def written(name, content):
        if name != PLAN:
            return content
        return f"<?xml version='1.0' encoding='{encoding}'?>".encode(encoding) + content.decode().encode(encoding)

    refused(repacked(book, tmp_path / "other.xlsx", written), "UTF-8|cannot be filled safely|broken")


@pytest.mark.parametrize("part", [PLAN, "xl/styles.xml"])
def test_a_part_that_is_named_but_not_there(book, tmp_path, part):
    def written(name, content):
        if name == "xl/_rels/workbook.xml.rels":
            styles = b'<Relationship Id="rId9" Type="x/styles" Target="styles.xml"/></Relationships>'
            return content.replace(b"</Relationships>", styles)
        return None if name == part else content

    other = repacked(book, tmp_path / "other.xlsx", written)
    if part == PLAN:
        refused(other, "is missing")
    else:
        assert fill_all(other).counts["verdict"].filled == 2  # without styles there is none to keep


@pytest.mark.parametrize("broken", [b"</row><row", b"&nothing;", b"\xff\xfe", b"<c></d>"])
def test_broken_xml(book, tmp_path, broken):
    def written(name, content):
        return content.replace(b'<row r="3">', broken + b'<row r="3">') if name == PLAN else content

    refused(repacked(book, tmp_path / "other.xlsx", written), "broken|cannot be filled safely")


def test_a_workbook_without_its_main_part(book, tmp_path):
    refused(repacked(book, tmp_path / "other.xlsx", lambda name, content: None if name == "xl/workbook.xml" else content), "no workbook")


@pytest.mark.parametrize(("lock", "program"), [("~$mine.xlsx", "Excel"), (".~lock.mine.xlsx#", "LibreOffice")])
def test_a_workbook_that_is_open(book, lock, program):
    book.with_name(lock).write_bytes(b"Ann")
    refused(book, f"open in {program}")


def test_a_workbook_opened_after_it_was_looked_at(book):
    target = open_to_fill(book, CLIENT, None, own=False)
    book.with_name("~$mine.xlsx").touch()
    with pytest.raises(OutputRefused, match="open in Excel"):
        fill(target, made_up(target))
    assert parts(book)[PLAN] == SHEET.encode()


def test_a_workbook_saved_by_someone_else_meanwhile(book):
    target = open_to_fill(book, CLIENT, None, own=False)
    repacked(book, book.with_name("new.xlsx"), lambda name, content: content.replace(b"P2", b"P3"))
    os.replace(book.with_name("new.xlsx"), book)
    held = book.read_bytes()
    with pytest.raises(OutputRefused, match="saved by someone else"):
        fill(target, made_up(target))
    assert book.read_bytes() == held


def test_a_workbook_saved_while_it_is_written(book, monkeypatch):
    target = open_to_fill(book, CLIENT, None, own=False)
    taken = safety.back_up

    def saved_now(path, now=None):
        copy = taken(path, now)
        os.utime(path, (1, 1))
        return copy

    monkeypatch.setattr("scorer.workbook.filling.fill.back_up", saved_now)
    with pytest.raises(OutputRefused, match="saved by someone else"):
        fill(target, made_up(target))
    assert parts(book)[PLAN] == SHEET.encode()


def test_a_copy_that_cannot_be_written_beside_it(book):
    # as in a folder that may not be written, also for root: no file system takes so long a name for the copy
    refused(book.rename(book.with_name("x" * 235 + ".xlsx")), "not written")


def test_a_workbook_marked_as_read_only(book, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, right: right != os.W_OK)  # as for anyone but root
    refused(book, "read-only")


def test_a_disk_that_is_full(book, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(OutputRefused, match="No space left"):
        fill_all(book)
    assert [one.name for one in book.parent.iterdir()] == ["mine.xlsx"]
    assert parts(book)[PLAN] == SHEET.encode()


def test_a_refusal_says_what_to_do(book):
    book.with_name("~$mine.xlsx").touch()
    with pytest.raises(OutputRefused) as told:
        fill_all(book)
    assert re.search(r"Close it and run again.*delete ~\$mine\.xlsx", str(told.value))
