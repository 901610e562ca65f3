"""What the cells of plainly written sheets say: told by the reader of workbooks, of every different cell once.

It is given the workbook anew, with sheets in which nothing stands twice. So what is a date, a text shared by many cells, the
result of a formula or an error stays its business; only plain text, which most of the different cells are, is read here.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from itertools import chain, repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from scorer.lake.cell_words import Written
from scorer.lake.cells import as_text, says_something
from scorer.lake.sheet_grid import Grid, Said, laid_out

_COPIED = (".xml", ".rels", ".bin")
# Tidy text of plain letters and signs, between its tags; '' of anything else. Behind each word stands a zero byte.
_PLAIN = re.compile(
    rb' (?:s="[0-9]+" )?t="inlineStr"(?: s="[0-9]+")?><is><t(?: xml:space="preserve")?>'
    rb"([!-%'-;=-~](?:[ -%'-;=-~]*[!-%'-;=-~])?)(?<![.]0)</t></is></c>\0|[^\0]*\0"
)
# Cells of which the reader of workbooks says '': those that are not there for it, and texts without letters and errors.
_ABSENT = re.compile(rb'(?: s="[0-9]+")?(?: t="n")?(?:/>|></c>)')
_SILENT = re.compile(rb'(?: s="[0-9]+")? t="(?:str|e)"(?: s="[0-9]+")?>(?:<f[^<>]*>[^<]*</f>)?<v>[^<]*</v></c>')
# One cell, whatever is in it; then nothing but blanks.
_ONE_CELL = re.compile(rb"[^<>]*(?:/>|>(?:[^<]|<(?!/?(?:c|row|sheetData)[\s>/]|[!?]))*</c>)\s*")
_LETTERS_OF_A_DAY = 10  # 2024-01-05
_TIDY = re.compile(r"[!-~](?:.*[!-~])?(?<![.]0)", re.DOTALL)
_MOST_ASKED = 1_000_000
_NAMED = b'<row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row>'
_END = b"</sheetData></worksheet>"


class Words(NamedTuple):
    """The words of a sheet: what those say that are plain text, and the places of the others, which are to be asked about."""

    written: Written
    plain: list[str | None]
    asked: list[int]


def to_ask(written: Written) -> Words | None:
    """Tell the words that are plain text from the others; None when one of those is not one whole cell."""
    found = _PLAIN.findall(b"\0".join([*written.words, b""]))
    if len(found) != len(written.words):
        return None
    plain = [text if text and "_x" not in text else None for text in b"\0".join(found).decode("ascii").split("\0")]
    asked = [place for place, text in enumerate(plain) if text is None]
    whole = len(asked) <= _MOST_ASKED and all(_ONE_CELL.fullmatch(written.words[place]) for place in asked)
    return Words(written, plain, asked) if whole else None


def asking(path: Path, sheets: Mapping[str, Words]) -> BytesIO:
    """Make the workbook anew: each of these sheets is one column, its own name and below it the words that are asked about."""
    made = BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w") as target:
        for part in source.infolist():
            if part.filename in sheets:
                target.writestr(part.filename, _column(part.filename, sheets[part.filename]))
            elif part.filename.lower().endswith(_COPIED):
                target.writestr(part.filename, source.read(part))
    made.seek(0)
    return made


def told(answers: list[list[Any]], sheets: Mapping[str, Words]) -> Grid | None:
    """Return the cells of the sheet these are the answers of; None where that cannot be told."""
    words = sheets.get(str(answers[0][0])) if answers else None
    if words is None:
        return None
    said = _as_plain(words.plain)
    for place, (value,) in zip(words.asked, chain(answers[1:], repeat([""])), strict=False):
        said.texts[place] = text = as_text(value)
        said.speaks[place], said.tidy[place] = says_something(value), not text or bool(_TIDY.fullmatch(text))
        if value == "":
            said.there[place] = bool(_SILENT.fullmatch(words.written.words[place]))
            if not (said.there[place] or _ABSENT.fullmatch(words.written.words[place])):
                return None
        elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            said.numbers[place] = value + 0.0  # as text there is no minus before 0 either
        elif isinstance(value, date) and text and len(text) == _LETTERS_OF_A_DAY:
            said.days[place] = np.datetime64(text)
    return laid_out(words.written, said)


def _as_plain(texts: list[str | None]) -> Said:
    """What words say that are all plain text, and the word of cells that are not there."""
    there = np.arange(len(texts) + 1) < len(texts)
    numbers = np.full(len(there), np.nan)
    return Said([*texts, None], numbers, numbers.astype("datetime64[D]"), there, there.copy(), np.ones(len(there), dtype=bool))


def _column(name: str, words: Words) -> bytes:
    rows = (b'<row r="%d"><c r="A%d"%s</row>' % (at, at, words.written.words[place]) for at, place in enumerate(words.asked, 2))
    return words.written.head + _NAMED % name.encode() + b"".join(rows) + _END
