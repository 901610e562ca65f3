"""A sheet's XML as it flows past: what stands before its rows, each row, what stands after them.

Rows are cut out of the bytes, never rebuilt: joined together again, the pieces are the part as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from scorer.errors import OutputRefused
from scorer.workbook.filling.addresses import LAST_ROW
from scorer.workbook.filling.markup import MAIN, attribute, first_incomplete, masked, must_be_utf8

LONGEST_ROW = 64_000_000  # bytes; a row has at most 16,384 cells
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?worksheet[\s>]")
_SPACES = b" \t\r\n"


class Row(NamedTuple):
    """One row: its number, its bytes, and the same bytes with comments and CDATA blanked out."""

    number: int
    raw: bytes
    seen: bytes

    @property
    def tag(self) -> bytes:
        start = self.seen.index(b"<")
        return self.raw[start : self.seen.index(b">", start) + 1]


class Before(NamedTuple):
    """The bytes up to the first row, and the prefix of every tag (with its colon)."""

    raw: bytes
    prefix: bytes


class After(NamedTuple):
    """The bytes behind the last row, or a piece of them."""

    raw: bytes


def flow(pieces: Iterable[bytes], where: object, part: str) -> Iterator[Before | Row | After]:
    """Cut a sheet into what stands before its rows, its rows and what stands after them.

    A row that does not say its number has the one after the row before it. Raises OutputRefused where the rows are
    out of order or the part is not one this code knows how to cut.
    """
    source = iter(pieces)
    before, rest = _before(source, where, part)
    yield before
    close, inner = b"</" + before.prefix + b"row>", _Opening(before.prefix, where, part)
    if before.raw.rstrip(_SPACES).endswith(b"/>"):  # <sheetData/>: there are no rows
        yield from (After(piece) for piece in _all(rest, source))
        return
    raw, number = rest, 0
    while True:
        seen = masked(raw)
        position, limit = 0, first_incomplete(seen)
        while (found := seen.find(close, position, limit)) >= 0:
            for row in inner.rows(raw, seen, position, found + len(close), number):
                number = row.number
                yield row
            position = found + len(close)
        raw = raw[position:]
        if len(raw) > LONGEST_ROW:
            raise _unknown(where, part, "a row has no end")
        piece = next(source, None)
        if _ends_here(masked(raw), before.prefix):
            break
        if piece is None:
            raise _unknown(where, part, "its rows have no end")
        raw += piece
    at = masked(raw).index(b"</" + before.prefix + b"sheetData")
    yield from inner.rows(raw, masked(raw), 0, at, number)
    yield After(raw[at:])
    yield from (After(more) for more in _all(piece or b"", source))


class _Opening:
    """Knows the start tags of rows, and cuts those that hold nothing off in front of one that does."""

    def __init__(self, prefix: bytes, where: object, part: str) -> None:
        self._begin = b"<" + prefix + b"row"
        self._tag = re.compile(rb"[ \t\r\n]*<" + re.escape(prefix) + rb'row(?: r="([0-9]+)")?((?:\s[^>]*?)?)(/?)>')
        self._where, self._part = where, part

    def rows(self, raw: bytes, seen: bytes, start: int, end: int, number: int) -> list[Row]:
        """Cut the bytes from ``start`` to ``end``, which hold whole rows; ``number`` is that of the row before them."""
        found = []
        while start < end:
            tag = self._tag.match(seen, start, end)
            if tag is None:
                if seen[start:end].strip(_SPACES):
                    raise _unknown(self._where, self._part, f"something stands behind row {number} that is no row")
                break
            until = tag.end() if tag[3] else end
            if until == end and seen.find(self._begin, tag.end(), end) >= 0:  # such as </row >
                raise _unknown(self._where, self._part, f"a row behind row {number} has an unusual end")
            told = tag[1] or (attribute(b"<r" + tag[2] + b">", "r") if tag[2] else None)
            following = int(told) if told else number + 1
            if not number < following <= LAST_ROW:
                raise _unknown(self._where, self._part, f"row {following} stands behind row {number}")
            number = following
            piece = raw[start:until]
            found.append(Row(number, piece, piece if raw is seen else seen[start:until]))
            start = until
        return found


def _before(source: Iterator[bytes], where: object, part: str) -> tuple[Before, bytes]:
    raw = b""
    for piece in source:
        raw += piece
        seen = masked(raw)
        root = _ROOT.search(seen)
        if root:
            prefix = root[1] + b":" if root[1] else b""
            data = re.search(rb"<" + prefix + rb"sheetData((?:\s[^>]*?)?)(/?)>", seen)
            if data and data.end() <= first_incomplete(seen):
                must_be_utf8(raw, where, part)
                if sum(seen[: data.end()].count(space.encode()) for space in MAIN) != 1:
                    raise _unknown(where, part, "its names are declared in an unusual way")
                return Before(raw[: data.end()], prefix), raw[data.end() :]
        if len(raw) > LONGEST_ROW:
            break
    raise _unknown(where, part, "it has no sheet data")


def _ends_here(seen: bytes, prefix: bytes) -> bool:
    at = seen.find(b"</" + prefix + b"sheetData")
    return 0 <= at < first_incomplete(seen)


def _all(first: bytes, source: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from source


def _unknown(where: object, part: str, why: str) -> OutputRefused:
    return OutputRefused.because(
        where,
        f"its part {part} is written in a way that cannot be filled safely ({why})",
        "Open it in your spreadsheet program, save it again and fill that one.",
    )


def rewritten(
    pieces: Iterable[bytes],
    where: object,
    part: str,
    before: Callable[[Before], bytes],
    change: Callable[[Row, bytes], bytes],
) -> Iterator[bytes]:
    """Yield the sheet with its head and rows passed through two functions; ``change`` also gets the prefix of tags."""
    prefix, waiting, size = b"", [], 0
    for one in flow(pieces, where, part):
        if isinstance(one, Before):
            prefix = one.prefix
            waiting.append(before(one))
        else:
            waiting.append(change(one, prefix) if isinstance(one, Row) else one.raw)
        size += len(waiting[-1])
        if size > 1 << 20:  # written in large pieces: many small ones would cost more than packing them
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
