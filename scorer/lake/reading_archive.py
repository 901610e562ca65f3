"""What a workbook unfolds into, looked at before it is opened: a small file can become a huge one in memory.

The reader of workbooks keeps every string and the whole rectangle up to the last cell. So every part it would read is
unfolded once, piece by piece, counted and let go; sizes that an archive claims are checked on the way, not believed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, NamedTuple

from scorer.ahead import running_ahead
from scorer.errors import FileUnreadable
from scorer.lake.cell_places import Places, plainly_placed
from scorer.lake.cell_words import Gathering, Written

UNFOLDED_LIMIT = 2_000_000_000  # bytes of XML in all
PART_LIMIT = 200_000_000  # of a part that is no sheet; the reader keeps some three times that in memory
TEXTS_LIMIT = 20_000_000  # shared strings; each takes 24 bytes even where it is empty
CELLS_LIMIT = 150_000_000  # the rectangle up to the last cell
DENSE_LIMIT = 20_000_000  # a larger rectangle must be filled: at least one cell in twenty
MOST_PARTS = 20_000
_PIECE = 2_000_000
_SHEET = re.compile(r"xl/worksheets/[A-Za-z0-9_-]+\.xml")
_ROW_END = b"</row>"
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']([0-9]{1,7})["']""")
_ANY_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_PLACED = re.compile(rb"<(?:\w+:)?(?:c|row)[\s/][^>]*")
_STRING = re.compile(rb"<(?:\w+:)?si[\s>/]")
_REPEATED = re.compile(rb"""number-rows-repeated\s*=\s*["']([0-9]+)["']""")
_REPEATED_CELL = re.compile(rb"""<(?:\w+:)?table-cell\s[^>]*?number-columns-repeated\s*=\s*["']([0-9]+)["'][^>]*""")


class _Reach(NamedTuple):
    """How far the cells of a part reach, and how many cells, rows and shared texts it has so far."""

    column: int = 0
    row: int = 0
    cells: int = 0
    rows: int = 0
    texts: int = 0

    @property
    def rectangle(self) -> int:
        return self.column * max(self.row, self.rows)


def inspect(path: Path) -> None:
    """Raise FileUnreadable when the file is no zip archive or would unfold beyond what can be read safely."""
    _inspect(path, None)


def gathered(path: Path) -> dict[str, Written]:
    """Inspect a workbook; return, by the name of the part, the cells of those of its sheets that are plainly written.

    Raises FileUnreadable as ``inspect`` does.
    """
    sheets: dict[str, Gathering] = {}
    _inspect(path, sheets)
    return {name: written for name, sheet in sheets.items() if (written := sheet.end())}


def _inspect(path: Path, sheets: dict[str, Gathering] | None) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise _too_much(path, f"it has {len(parts):,} parts")
            if (total := sum(part.file_size for part in parts)) > UNFOLDED_LIMIT:
                raise _too_much(path, f"it unfolds into {total / 1e9:.1f} GB")
            for part in parts:
                sheet = None
                if sheets is not None and _SHEET.fullmatch(part.filename):
                    sheet = sheets[part.filename] = Gathering()
                if part.filename.lower().endswith((".xml", ".rels", ".bin")):
                    _inspect_part(path, archive, part, sheet)
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError, ValueError) as why:
        raise FileUnreadable.because(path, f"it is not a whole workbook ({why})", "Save it again as xlsx.") from why


def _inspect_part(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo, sheet: Gathering | None) -> None:
    reach, unfolded, tail = _Reach(), 0, b""
    with archive.open(part) as xml, _pieces(xml, part.file_size) as pieces:
        for piece in pieces:
            unfolded += len(piece)
            text, tail = _whole_rows(tail + piece) if sheet else _whole_tags(tail + piece)
            reach = _reached(path, reach, text, sheet)
            _must_fit(path, part.filename, reach, unfolded)
    reach = _reached(path, reach, tail, sheet)
    if reach.rectangle > DENSE_LIMIT and reach.rectangle > 20 * reach.cells:
        raise _stray(path, reach)


def _pieces(xml: IO[bytes], size: int) -> AbstractContextManager[Iterator[bytes]]:
    """The part piece by piece; of a long one the next is unfolded while this one is looked at."""

    def unfolded() -> Generator[bytes, None, None]:
        while piece := xml.read(_PIECE):
            yield piece

    return running_ahead(unfolded()) if size > _PIECE else nullcontext(unfolded())


def _whole_rows(text: bytes) -> tuple[bytes, bytes]:
    """Split behind the last row that ends in the text; where none does, before a tag that goes on."""
    at = text.rfind(_ROW_END) + len(_ROW_END)
    return (text[:at], text[at:]) if at >= len(_ROW_END) else _whole_tags(text)


def _whole_tags(text: bytes) -> tuple[bytes, bytes]:
    """Split before a tag that goes on in the next piece. Raises ValueError for one that is longer than any is."""
    at = text.rfind(b"<")
    if at < 0 or text.find(b">", at) >= 0:
        return text, b""
    if len(text) - at > _PIECE:
        raise ValueError("a tag has no end")
    return text[:at], text[at:]


def _must_fit(path: Path, name: str, reach: _Reach, unfolded: int) -> None:
    if not reach.cells and unfolded > PART_LIMIT:
        raise _too_much(path, f"its part {name} unfolds into more than {PART_LIMIT / 1e6:.0f} MB")
    if reach.texts > TEXTS_LIMIT:
        raise _too_much(path, f"it lists more than {TEXTS_LIMIT:,} texts")
    if reach.rectangle > CELLS_LIMIT:
        raise _stray(path, reach)


def _reached(path: Path, reach: _Reach, text: bytes, sheet: Gathering | None) -> _Reach:
    standing = plainly_placed(text)
    if sheet:
        sheet.add(text, standing)
    found = standing.places if standing else _placed_otherwise(text)
    if b"-repeated" in text:
        _must_not_multiply(path, text)
    return _Reach(
        max(reach.column, found.column),
        max(reach.row, found.row),
        reach.cells + found.cells,
        reach.rows + found.rows,
        reach.texts + (0 if found.cells else found.texts),
    )


def _placed_otherwise(text: bytes) -> Places:
    """Look at every tag in turn: for names with a namespace, cells that do not say where they stand, and the like."""
    placed = _CELL.findall(text)
    columns = {_number(letters) for letters in {letters for letters, _ in placed}}
    rows = {int(row) for row in {row for _, row in placed}}
    cells = len(_ANY_CELL.findall(text))
    if cells > len(placed):
        _must_be_plain(text)
        # a cell that does not say where it stands comes after the one before it
        columns.add(max(len(_ANY_CELL.findall(line)) for line in _ANY_ROW.split(text)))
        rows |= {int(row) for row in _ROW.findall(text)}
    lines, texts = len(_ANY_ROW.findall(text)), len(_STRING.findall(text))
    return Places(max(columns, default=0), max(rows, default=0), cells, lines, texts)


def _must_be_plain(text: bytes) -> None:
    """Raise ValueError for tags whose places are written so that they cannot be told without reading the XML."""
    if any(b"&" in tag or tag.count(b'"') % 2 or tag.count(b"'") % 2 for tag in _PLACED.findall(text)):
        raise ValueError("the places of its cells are written in no way a spreadsheet program does")


def _must_not_multiply(path: Path, text: bytes) -> None:
    """Raise FileUnreadable for rows and cells of an OpenDocument sheet that are repeated too often, with something in them."""
    for row in text.split(b":table-row")[1:]:
        often = max((int(rows) for rows in _REPEATED.findall(row)), default=1)
        filled = sum(int(cell[1]) for cell in _REPEATED_CELL.finditer(row) if b"value" in cell[0])
        filled += row.count(b"value-type")
        if often * filled > DENSE_LIMIT:
            raise _too_much(path, f"a row of {filled:,} cells is repeated {often:,} times")


def _number(letters: bytes) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return column


def _too_much(path: Path, why: str) -> FileUnreadable:
    return FileUnreadable.because(path, why, "Split it, or export csv or parquet.")


def _stray(path: Path, reach: _Reach) -> FileUnreadable:
    return FileUnreadable.because(
        path,
        f"a sheet reaches to row {max(reach.row, reach.rows):,} and column {reach.column:,}",
        "Delete the stray cells far below or to the right, or export csv.",
    )
