"""Small workbooks that unfold into huge ones are refused before they take memory: measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.hostile.lists import cells, repacked, sheet
from tests.promo_command import ROOT

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MEGABYTES = 450  # what a reader may take in all; Python, numpy and the database take some 120 of it
READ = """
import sys
from pathlib import Path
from scorer.errors import PromoError
from scorer.plan import read_plan
from scorer.settings import Client
try:
    plan = read_plan(Path(sys.argv[1]), Client(client="x"))
    print(plan.rows, len(plan.rejects["line"]), plan.blank)
except PromoError as refused:
    print(refused)
# not getrusage: it begins with the peak of the process that started this one
told = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
print(int(told) // 1024)
"""


def read(path: Path) -> tuple[str, int]:
    """Read a list in a process of its own; returns what it said and the most memory it took (MB)."""
    run = subprocess.run([sys.executable, "-c", READ, str(path)], cwd=ROOT, capture_output=True, timeout=200, check=True)
    said, peak = run.stdout.decode().rsplit("\n", 2)[:2]
    return said, int(peak)


def with_part(path: Path, name: str, pieces: Iterable[bytes], claimed: int | None = None) -> None:
    """Put a part into a workbook, and let the archive claim another size of it."""
    sheet(path, [cells("A1")])
    with zipfile.ZipFile(path) as old:
        kept = {part: old.read(part) for part in old.namelist() if part != name}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for part, content in kept.items():
            new.writestr(part, content)
        with new.open(name, "w") as out:
            for piece in pieces:
                out.write(piece)
    if claimed is not None:
        with zipfile.ZipFile(path) as archive:
            really = archive.getinfo(name).file_size.to_bytes(4, "little")
        path.write_bytes(path.read_bytes().replace(really, claimed.to_bytes(4, "little")))


def texts(piece: bytes, times: int) -> Iterable[bytes]:
    yield f'<?xml version="1.0"?><sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>'.encode()
    yield from (piece for _ in range(times))
    yield b"</t></si></sst>"


def rows(inside: str) -> bytes:
    header = "".join(f'<c r="{letter}1" t="inlineStr"><is><t>{name}</t></is></c>' for letter, name in zip("ABC", ("discount", "start", "days"), strict=True))
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData><row r="1">{header}</row>{inside}</sheetData></worksheet>'.encode()


SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
FAR = {
    "a cell in the last corner": rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "in other quotation marks": rows("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"),
    "in a namespace": rows('<x:row r="1048576"><x:c r="XFD1048576"><v>1</v></x:c></x:row>'),
    "few cells, far down": rows('<row r="1048576"><c r="CZ1048576"><v>1</v></c></row>'),
    "columns by counting": rows("<row>" + "<c/>" * 16_000 + '</row><row r="1048576"><c><v>1</v></c></row>'),
    "places in disguise": rows('<row r="1048576"><c s=">" r="XFD1048576"><v>1</v></c></row>'),
    "places in entities": rows('<row r="1048576"><c r="&#88;FD1048576"><v>1</v></c></row>'),
}  # fmt: skip


@pytest.mark.parametrize("content", FAR.values(), ids=FAR)
def test_a_sheet_that_reaches_far(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "far.xlsx"
    repacked(path, {SHEET: content})
    said, peak = read(path)
    assert "cannot be read: " in said
    assert "row 1,048,576" in said or "the places of its cells" in said
    assert peak < MEGABYTES


@pytest.mark.parametrize(
    ("name", "pieces", "claimed", "words"),
    [
        (STRINGS, texts(b"a" * 1_000_000, 220), None, "more than 200 MB"),
        (STRINGS, texts(b"<si/>" * 200_000, 103), None, "lists more than 20,000,000 texts"),
        (STRINGS, texts(b"a" * 1_000_000, 220), 900, "not a whole workbook"),
        ("xl/styles.xml", texts(b"<xf/>" * 200_000, 210), None, "more than 200 MB"),
    ],
    ids=["one long text", "many texts of nothing", "a size that is a lie", "styles"],
)  # fmt: skip
def test_a_part_that_unfolds_far(tmp_path: Path, name: str, pieces: Iterable[bytes], claimed: int | None, words: str) -> None:
    path = tmp_path / "bomb.xlsx"
    with_part(path, name, pieces, claimed)
    assert path.stat().st_size < 6_000_000
    said, peak = read(path)
    assert words in said
    assert peak < MEGABYTES


def test_an_opendocument_row_that_is_repeated(tmp_path: Path) -> None:
    path = tmp_path / "bomb.ods"
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="1000"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f'<office:document-content><table:table table:name="a"><table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row></table:table></office:document-content>')
    said, peak = read(path)
    assert "repeated 1,000,000 times" in said
    assert peak < MEGABYTES


def test_a_million_blank_rows_are_blank_rows(tmp_path: Path) -> None:
    """Rows that are formatted and say nothing: the list is what stands above them."""
    path = tmp_path / "blank.xlsx"
    blank = "".join(f'<row r="{row}"><c r="A{row}" s="0"/><c r="B{row}" s="0"/><c r="H{row}" s="0"/></row>' for row in range(3, 1_048_577))
    repacked(path, {SHEET: rows(f'<row r="2"><c r="A2"><v>0.2</v></c><c r="B2"><v>46223</v></c><c r="C2"><v>7</v></c></row>{blank}')})
    said, peak = read(path)
    assert said == "1 0 0"
    assert peak < 2 * MEGABYTES
