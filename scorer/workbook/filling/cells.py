"""The cells of a row: what stands in each, and how a new value is written into one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from scorer.errors import OutputRefused
from scorer.workbook.filling.addresses import address, column_letters, column_number
from scorer.workbook.filling.markup import attribute, decoded, plain, quoted, whole, whole_number
from scorer.workbook.filling.rows import Row

LONGEST_TEXT = 32_767
_GONE = re.compile(rb"""\s(?:t|cm|vm|s)\s*=\s*(?:"[^"]*"|'[^']*')""")
_GONE_BUT_STYLE = re.compile(rb"""\s(?:t|cm|vm)\s*=\s*(?:"[^"]*"|'[^']*')""")
_LAST_PLACE = re.compile(rb'<?c r="([A-Z]{1,3})[0-9]+"')
_SPANS = re.compile(rb"""(\sspans\s*=\s*["'])([0-9]+):([0-9]+)(["'])""")


class Cell(NamedTuple):
    """One cell of a row: its column, and where its bytes stand in the row; ``inside`` is empty for ``<c/>``."""

    column: int
    start: int
    end: int
    attributes: bytes
    inside: bytes

    @property
    def style(self) -> int | None:
        """The number of its style; None where it names none."""
        return whole_number(b"<c" + self.attributes + b">", "s") if b"s" in self.attributes else None

    @property
    def kind(self) -> str:
        """Its type: n, s (a shared string), str, inlineStr, b, e or d."""
        return (attribute(b"<c" + self.attributes + b">", "t") if b"t" in self.attributes else None) or "n"


class Value(NamedTuple):
    """What is written into a cell: its type (n, b, inlineStr, or '' to empty it) and the text of the value."""

    kind: str
    text: str


EMPTY = Value("", "")


class Written(NamedTuple):
    """A value for one cell. ``fresh`` is the style for a cell that has none; ``own`` trades styles a cell has for others."""

    value: Value
    fresh: int = 0
    own: Mapping[int, int] = MappingProxyType({})


@cache
def _pattern(prefix: bytes) -> re.Pattern[bytes]:
    name = re.escape(prefix) + b"c"
    return re.compile(
        rb"<" + name + rb'(?: r="([A-Z]{1,3})[0-9]+"(?=[\s/>]))?((?:\s[^>]*?)?)(?:/>|>(.*?)</' + name + rb"\s*>)", re.DOTALL
    )


def cells(row: Row, prefix: bytes, where: object) -> Iterator[Cell]:
    """Yield the cells of a row from left to right; one that does not say its column stands right of the one before.

    Raises OutputRefused where they are out of order.
    """
    before, masked = 0, row.seen is not row.raw
    for found in _pattern(prefix).finditer(row.seen):
        letters = found[1]
        if letters is None:
            told = attribute(b"<c" + found[2] + b">", "r")
            column = column_number("".join(filter(str.isalpha, told))) if told else before + 1
        else:
            column = _column(letters)
        if column <= before:
            raise _out_of_order(row, where)
        before = column
        inside = found[3] or b""
        if masked and inside:
            inside = row.raw[found.start(3) : found.end(3)]
        yield Cell(column, found.start(), found.end(), found[2], inside)


def _out_of_order(row: Row, where: object) -> OutputRefused:
    return OutputRefused.because(
        where,
        f"cells of row {row.number} stand out of order",
        "Open it in your spreadsheet program, save it again and fill that one.",
    )


@cache
def _wanted(prefix: bytes, columns: frozenset[int]) -> re.Pattern[bytes]:
    name = re.escape(prefix) + b"c"
    letters = "|".join(map(column_letters, sorted(columns))).encode()
    return re.compile(
        rb"<" + name + rb' r="(' + letters + rb')[0-9]+"((?:\s[^>]*?)?)(?:/>|>(.*?)</' + name + rb"\s*>)", re.DOTALL
    )


def some_cells(row: Row, prefix: bytes, where: object, columns: frozenset[int]) -> list[Cell]:
    """Return the cells of a row that stand in these columns, from left to right.

    Where every cell says its place first, as nearly all programs write it, the others are not even looked at.
    """
    if not is_usual(row, prefix):
        return [cell for cell in cells(row, prefix, where) if cell.column in columns]
    return _usual_cells(row, prefix, where, columns)


def _usual_cells(row: Row, prefix: bytes, where: object, columns: frozenset[int]) -> list[Cell]:
    found = [
        Cell(_column(one[1]), one.start(), one.end(), one[2], one[3] or b"")
        for one in _wanted(prefix, columns).finditer(row.seen)
    ]
    for left, right in pairwise(found):
        if left.column >= right.column:
            raise _out_of_order(row, where)
    return found


def is_usual(row: Row, prefix: bytes) -> bool:
    """Whether every cell of a row says its place, and says it first."""
    opening = b"<" + prefix + b"c"
    return row.seen is row.raw and row.seen.count(opening) == row.seen.count(opening + b' r="')


@cache
def _column(letters: bytes) -> int:
    return column_number(letters.decode())


@cache
def _tags(prefix: bytes, name: str) -> re.Pattern[bytes]:
    named = re.escape(prefix) + name.encode()
    return re.compile(rb"<" + named + rb"((?:\s[^>]*?)?)(?:/>|>(.*?)</" + named + rb"\s*>)", re.DOTALL)


def formula_of(cell: Cell, prefix: bytes) -> bytes | None:
    """Return the start tag of the cell's formula, or None."""
    if b"<" + prefix + b"f" not in cell.inside:
        return None
    found = _tags(prefix, "f").search(cell.inside)
    return b"<f" + found[1] + b">" if found else None


def text_of(cell: Cell, prefix: bytes) -> str | int:
    """Return what stands in a cell as text; a shared string as its number; '' for nothing."""
    if cell.kind == "inlineStr":
        return rich_text(cell.inside, prefix)
    found = _tags(prefix, "v").search(cell.inside)
    if found is None:
        return ""
    text = plain(found[2] or b"")
    if cell.kind == "s":
        number = whole(text)
        return "" if number is None else number
    return decoded(text) if cell.kind == "str" else text


def rich_text(xml: bytes, prefix: bytes) -> str:
    """Return the text of a string that may be put together of runs; how it is read aloud is left out."""
    bare = _tags(prefix, "rPh").sub(b"", xml) if b"rPh" in xml else xml
    return decoded("".join(plain(found[2] or b"") for found in _tags(prefix, "t").finditer(bare)))


def with_values(row: Row, prefix: bytes, wanted: Mapping[int, Written], where: object) -> bytes:
    """Return the bytes of a row with some cells written anew; all other bytes are as they were.

    ``wanted`` maps columns to values. Formulas and marks of rich values in a cell that is written go.
    """
    waiting = sorted(wanted)
    out: list[bytes] = []
    position, next_place = 0, 0
    for cell in _needed(row, prefix, where, waiting):
        while next_place < len(waiting) and waiting[next_place] < cell.column:
            column = waiting[next_place]
            out += [row.raw[position : cell.start], _new(row.number, column, prefix, wanted[column])]
            position, next_place = cell.start, next_place + 1
        if next_place == len(waiting):
            break
        if waiting[next_place] == cell.column:
            out += [row.raw[position : cell.start], _anew(row, cell, prefix, wanted[cell.column])]
            position, next_place = cell.end, next_place + 1
    behind = b"".join(_new(row.number, column, prefix, wanted[column]) for column in waiting[next_place:])
    if behind:
        close = row.seen.rfind(b"</" + prefix + b"row>")
        if close < 0:  # <row/>: opened up to take cells
            shut = row.seen.rindex(b"/>")
            out += [row.raw[position:shut], b">", behind, b"</" + prefix + b"row>"]
        else:
            out += [row.raw[position:close], behind, row.raw[close:]]
    else:
        out.append(row.raw[position:])
    return _spanning(b"".join(out), row, waiting)


def _needed(row: Row, prefix: bytes, where: object, waiting: list[int]) -> Iterable[Cell]:
    """Return the cells that must be known to write into these columns: only those themselves, where no gap is filled."""
    if not is_usual(row, prefix):
        return cells(row, prefix, where)
    told = _LAST_PLACE.match(row.seen, row.seen.rfind(b"<" + prefix + b"c ") + len(prefix) + 1)
    last = _column(told[1]) if told else 0
    if last < waiting[0]:
        return ()
    found = _usual_cells(row, prefix, where, frozenset(waiting))
    if len(found) < len(waiting) and min(set(waiting) - {cell.column for cell in found}) < last:
        return cells(row, prefix, where)
    return found


def _new(row: int, column: int, prefix: bytes, written: Written) -> bytes:
    if written.value is EMPTY:
        return b""
    style = b' s="%d"' % written.fresh if written.fresh else b""
    return _cell(b' r="' + address(row, column).encode() + b'"' + style, b"", prefix, written.value)


def _anew(row: Row, cell: Cell, prefix: bytes, written: Written) -> bytes:
    letters = _pattern(prefix).match(row.seen, cell.start)
    place = b' r="' + address(row.number, cell.column).encode() + b'"' if letters and letters[1] else b""
    style = cell.style or 0
    wanted = written.own.get(style, style) if style or written.value is EMPTY else written.fresh
    if wanted == style:
        attributes = _GONE_BUT_STYLE.sub(b"", cell.attributes)
    else:
        attributes = _GONE.sub(b"", cell.attributes) + b' s="%d"' % wanted
    extensions = _tags(prefix, "extLst").search(cell.inside)
    return _cell(place + attributes, extensions[0] if extensions else b"", prefix, written.value)


def _cell(attributes: bytes, behind: bytes, prefix: bytes, value: Value) -> bytes:
    name = prefix + b"c"
    if value is EMPTY and not behind:
        return b"<" + name + attributes + b"/>"
    kind = b"" if value.kind in ("", "n") else b' t="' + value.kind.encode() + b'"'
    return b"<" + name + attributes + kind + b">" + _content(value, prefix) + behind + b"</" + name + b">"


def _content(value: Value, prefix: bytes) -> bytes:
    if value.kind == "":
        return b""
    if value.kind != "inlineStr":
        return b"<" + prefix + b"v>" + value.text.encode() + b"</" + prefix + b"v>"
    text = value.text[:LONGEST_TEXT]
    keep = b' xml:space="preserve"' if text != text.strip() or "\n" in text else b""
    t = b"<" + prefix + b"t" + keep + b">" + quoted(text) + b"</" + prefix + b"t>"
    return b"<" + prefix + b"is>" + t + b"</" + prefix + b"is>"


def _spanning(raw: bytes, row: Row, columns: list[int]) -> bytes:
    """Let the row's note of its first and last column tell the truth."""
    if b"spans" not in row.raw:
        return raw
    tag = row.tag
    told = _SPANS.search(tag)
    if told is None or (int(told[2]) <= columns[0] and columns[-1] <= int(told[3])):
        return raw
    first, last = min(int(told[2]), columns[0]), max(int(told[3]), columns[-1])
    return raw.replace(tag, tag[: told.start()] + told[1] + b"%d:%d" % (first, last) + told[4] + tag[told.end() :], 1)
