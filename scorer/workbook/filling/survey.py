"""A first look over the sheets: what could be headers, what is merged, which tables stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from scorer.errors import OutputRefused
from scorer.workbook.filling.addresses import Area, area
from scorer.workbook.filling.book import Book, Sheet
from scorer.workbook.filling.cells import cells, text_of
from scorer.workbook.filling.markup import Checker, attribute, masked, whole_number
from scorer.workbook.filling.package import WHOLE_PART_LIMIT, Package
from scorer.workbook.filling.rows import After, Before, Row, flow
from scorer.workbook.filling.strings import shared_strings
from scorer.workbook.filling.tables import Table, tables_of

HEAD_ROWS = 25  # as far down as headers are looked for


# Before they are looked up, shared strings are numbers.
_RawHeads: TypeAlias = dict[int, dict[int, str | int]]


class Span(NamedTuple):
    """Neighbouring columns and the style their empty cells take."""

    first: int
    last: int
    style: int


class Survey(NamedTuple):
    """One sheet from above. ``heads``: row → column → text, of its first rows."""

    sheet: Sheet
    heads: dict[int, dict[int, str]]
    merges: tuple[Area, ...]
    tables: tuple[Table, ...]
    column_styles: tuple[Span, ...]
    dimension: Area | None
    is_protected: bool
    last_row: int


class Surveyed(NamedTuple):
    """The sheets that can be filled, the strings that say nothing, and the refusals of sheets that cannot."""

    sheets: tuple[Survey, ...]
    blank_strings: frozenset[int]
    refused: tuple[OutputRefused, ...]


def survey(package: Package, book: Book) -> Surveyed:
    """Look over every sheet of a workbook. A sheet that cannot be read safely only matters where it is the one to fill."""
    seen: list[tuple[Survey, _RawHeads]] = []
    refused = []
    for sheet in book.sheets:
        try:
            seen.append(_survey(package, sheet))
        except OutputRefused as why:
            refused.append(why)
    wanted = {cell for _, raw in seen for row in raw.values() for cell in row.values() if isinstance(cell, int)}
    strings = shared_strings(package, book.strings, wanted)
    return Surveyed(
        tuple(one._replace(heads=_headers(one, raw, strings.texts)) for one, raw in seen), strings.blank, tuple(refused)
    )


def _survey(package: Package, sheet: Sheet) -> tuple[Survey, _RawHeads]:
    checker, before = Checker(package.path, sheet.part), Before(b"", b"")
    heads: _RawHeads = {}
    tail: list[bytes] = []
    last = size = 0

    def checked() -> Iterable[bytes]:
        for piece in package.stream(sheet.part):
            checker.feed(piece)
            yield piece
        checker.feed(b"", last=True)

    for one in flow(checked(), package.path, sheet.part):
        if isinstance(one, Row):
            last = one.number
            if one.number <= HEAD_ROWS:
                every = cells(one, before.prefix, package.path)
                heads[one.number] = {cell.column: text_of(cell, before.prefix) for cell in every}
        elif isinstance(one, After):
            size += len(one.raw)
            if size > WHOLE_PART_LIMIT:
                raise OutputRefused.because(
                    package.path, f"what stands behind the rows of sheet '{sheet.name}' is too large", "Split the workbook."
                )
            tail.append(one.raw)
        else:
            before = one
    behind = masked(b"".join(tail))
    found = Survey(
        sheet,
        {},
        tuple(_areas(behind, before.prefix)),
        tables_of(package, sheet.part),
        tuple(_column_styles(masked(before.raw), before.prefix)),
        _dimension(masked(before.raw), before.prefix),
        _is_protected(behind, before.prefix),
        last,
    )
    return found, heads


def _headers(one: Survey, raw: _RawHeads, texts: dict[int, str]) -> dict[int, dict[int, str]]:
    """Look up shared strings; a header merged over several rows stands in the last of them too."""
    heads = {
        row: {column: texts.get(cell, "") if isinstance(cell, int) else cell for column, cell in said.items()}
        for row, said in raw.items()
    }
    for merge in one.merges:
        words = heads.get(merge.top, {}).get(merge.left, "")
        if words and merge.left == merge.right and merge.bottom <= HEAD_ROWS:
            heads.setdefault(merge.bottom, {})[merge.left] = words
    stripped = {row: {column: words.strip() for column, words in said.items()} for row, said in sorted(heads.items())}
    return {row: {column: words for column, words in said.items() if words} for row, said in stripped.items()}


def _areas(behind: bytes, prefix: bytes) -> Iterable[Area]:
    for tag in re.finditer(rb"<" + re.escape(prefix) + rb"mergeCell\s[^>]*>", behind):
        merged = area(attribute(tag[0], "ref") or "")
        if merged is not None:
            yield merged


def _column_styles(before: bytes, prefix: bytes) -> Iterable[Span]:
    for tag in re.finditer(rb"<" + re.escape(prefix) + rb"col\s[^>]*>", before):
        first, last, style = (whole_number(tag[0], name) for name in ("min", "max", "style"))
        if first and last and style:
            yield Span(first, last, style)


def _dimension(before: bytes, prefix: bytes) -> Area | None:
    tag = re.search(rb"<" + re.escape(prefix) + rb"dimension\s[^>]*>", before)
    return area(attribute(tag[0], "ref") or "") if tag else None


def _is_protected(behind: bytes, prefix: bytes) -> bool:
    tag = re.search(rb"<" + re.escape(prefix) + rb"sheetProtection\s[^>]*>", behind)
    return tag is not None and attribute(tag[0], "sheet") in ("1", "true")
