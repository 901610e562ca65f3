"""Shared strings: cells that hold text name it by its place in a list that is a part of its own."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from scorer.errors import OutputRefused
from scorer.workbook.filling.cells import rich_text
from scorer.workbook.filling.markup import Checker, first_incomplete, masked
from scorer.workbook.filling.package import Package

_LONGEST = 8_000_000  # bytes of one string with its runs
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?sst[\s>/]")


class Strings(NamedTuple):
    """The texts that were asked for by number, and the numbers of all strings that say nothing."""

    texts: dict[int, str]
    blank: frozenset[int]


def shared_strings(package: Package, part: str | None, wanted: Collection[int]) -> Strings:
    """Read the wanted strings of a workbook; the others flow past. Raises OutputRefused when the part is broken."""
    if part is None:
        return Strings({}, frozenset())
    texts: dict[int, str] = {}
    blank: set[int] = set()
    checker = Checker(package.path, part)
    raw, prefix, number = b"", None, 0
    for piece in package.stream(part):
        checker.feed(piece)
        raw += piece
        seen = masked(raw)
        if prefix is None:
            root = _ROOT.search(seen)
            if root is None:
                continue
            prefix = root[1] + b":" if root[1] else b""
        tag = re.escape(prefix)
        item = re.compile(rb"<" + tag + rb"si(?:\s[^>]*)?(?:/>|>(.*?)</" + tag + rb"si\s*>)", re.DOTALL)
        nothing = re.compile(rb"\s*(?:<" + tag + rb"t(?:\s[^>]*)?(?:/>|>\s*</" + tag + rb"t\s*>)\s*)?")
        position = 0
        for found in item.finditer(seen, 0, first_incomplete(seen)):
            inside = raw[found.start(1) : found.end(1)] if found[1] else b""
            if number in wanted:
                texts[number] = rich_text(inside, prefix)
            if nothing.fullmatch(inside):
                blank.add(number)
            number += 1
            position = found.end()
        raw = raw[position:]
        if len(raw) > _LONGEST + len(piece):
            raise OutputRefused.because(
                package.path, f"a text in its part {part} has no end", "Open it in your spreadsheet program and save it again."
            )
    checker.feed(b"", last=True)
    return Strings(texts, frozenset(blank))
