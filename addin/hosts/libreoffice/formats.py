"""Number formats of a workbook: what kind of value a cell shows, and Excel's code for it whatever the office's language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from addin.hosts.libreoffice import uno_bridge
from addin.hosts.libreoffice.addresses import Block

GENERAL = "General"
GENERAL_KEY = 0
# the bits of com.sun.star.util.NumberFormat
DATE, TIME, TEXT, LOGICAL = 2, 4, 256, 1024
# every language has its formats in a block of this many numbers, and General stands first
_BLOCK = 10_000
_COLOUR = re.compile(r"\[(?:BLACK|BLUE|CYAN|GREEN|MAGENTA|RED|WHITE|YELLOW)\]", re.IGNORECASE)
_WORD = re.compile(r"\[[^\W\d_]+\]")
_SPARED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|AM/PM|A/P|General')


class Shown(NamedTuple):
    """Cells that share one number format: which they are, and the format's number and kind."""

    cells: Any
    key: int
    kind: int

    def blocks(self) -> Iterator[Block]:
        yield from map(block_of, self.cells.getRangeAddresses())

    @property
    def is_general(self) -> bool:
        return is_general(self.key)

    @property
    def is_date(self) -> bool:
        # a time of day alone is a plain number, as in Excel
        return bool(self.kind & DATE)

    @property
    def is_logical(self) -> bool:
        return bool(self.kind & LOGICAL)

    @property
    def is_plain_logical(self) -> bool:
        """Whether it is the format that LibreOffice gives to TRUE and FALSE, where Excel has none."""
        return self.kind == LOGICAL

    @property
    def is_text(self) -> bool:
        return bool(self.kind & TEXT)


def is_general(key: int) -> bool:
    return key % _BLOCK == 0


def block_of(address: Any) -> Block:
    """Return the block of UNO's ``table.CellRangeAddress``."""
    row, column = address.StartRow + 1, address.StartColumn + 1
    return Block(row, column, address.EndRow + 2 - row, address.EndColumn + 2 - column)


def shown_in(document: Any, cells: Any) -> list[Shown]:
    """Return the cells of a range by their number format; three calls for a range that has one format only."""
    groups = cells.getUniqueCellFormatRanges()
    kinds: dict[int, int] = {}
    found = []
    for at in range(groups.getCount()):
        group = groups.getByIndex(at)
        key = group.NumberFormat
        if key not in kinds:
            kinds[key] = 0 if is_general(key) else document.getNumberFormats().getByKey(key).Type
        found.append(Shown(group, key, kinds[key]))
    return found


def day_zero(document: Any) -> dt.datetime:
    """Return the day that counts as 0 in this workbook: 1899-12-30, or 1904-01-01 in books of the older Mac."""
    null = document.NullDate
    return dt.datetime(null.Year, null.Month, null.Day)


def code_of(document: Any, key: int) -> str:
    """Return Excel's English code of a number format."""
    if is_general(key):
        return GENERAL
    every = document.getNumberFormats()
    found = every.getByKey(key)
    if found.Type == LOGICAL:
        return GENERAL  # Excel shows truth as such without a format
    code = str(found.FormatString)
    if found.Locale.Language != "en":
        english = every.getByKey(every.addNewConverted(code, found.Locale, _english())).FormatString
        code = _with_colours_of(code, str(english))
    code = _COLOUR.sub(lambda colour: colour[0].title(), code)
    return _small_letters(code) if found.Type & (DATE | TIME) else code


def key_of(document: Any, code: str) -> int:
    """Return the number of Excel's English format code, kept in the user's language so that figures look as they do elsewhere.

    Raises ValueError for a code that LibreOffice cannot read.
    """
    if code == GENERAL:
        return GENERAL_KEY
    try:
        return int(document.getNumberFormats().addNewConverted(code, _english(), _of_the_user()))
    except uno_bridge.kind("util.MalformedNumberFormatException") as why:
        raise ValueError(f"'{code}' is no number format that LibreOffice can read.") from why


def key_for_days(document: Any) -> int:
    """Return the format that a date gets in a cell that has none: in the user's language, the year with four digits."""
    return _system_format(document, "DATE_SYS_DDMMYYYY")


def key_for_moments(document: Any) -> int:
    """Return the format that a date with a time of day gets."""
    return _system_format(document, "DATETIME_SYS_DDMMYYYY_HHMMSS")


def key_for_truth(document: Any) -> int:
    return int(document.getNumberFormats().getStandardFormat(LOGICAL, _of_the_user()))


def _system_format(document: Any, name: str) -> int:
    index = uno_bridge.load().getConstantByName(f"com.sun.star.i18n.NumberFormatIndex.{name}")
    return int(document.getNumberFormats().getFormatIndex(index, _of_the_user()))


def _of_the_user() -> Any:
    # formats of no language in particular also go into files without one
    return uno_bridge.struct("lang.Locale", "", "", "")


def _english() -> Any:
    return uno_bridge.struct("lang.Locale", "en", "US", "")


def _with_colours_of(code: str, translated: str) -> str:
    """Keep colours that were English already: LibreOffice translates those of the user's own language the wrong way.

    >>> _with_colours_of("#.##0;[RED]-#.##0", "#,##0;[ROT]-#,##0")
    '#,##0;[RED]-#,##0'
    """
    english = iter(_COLOUR.findall(code))
    return _WORD.sub(lambda word: next(english, word[0]), translated)


def _small_letters(code: str) -> str:
    """Write the letters of a date small, as Excel does; what stands for itself stays.

    >>> _small_letters('DD/MM/YYYY "Uhr" [HH]:MM AM/PM')
    'dd/mm/yyyy "Uhr" [HH]:mm AM/PM'
    """
    parts, at = [], 0
    for spared in _SPARED.finditer(code):
        parts += [code[at : spared.start()].lower(), spared[0]]
        at = spared.end()
    return "".join([*parts, code[at:].lower()])
