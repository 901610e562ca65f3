"""Where cells stand: letters, numbers and areas."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_CORNER = re.compile(r"\$?([A-Za-z]{0,3})\$?([0-9]{0,7})")


class Area(NamedTuple):
    """A rectangle of cells, its corners included; rows and columns count from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def meets(self, other: Area) -> bool:
        return not (
            self.bottom < other.top or other.bottom < self.top or self.right < other.left or other.right < self.left
        )

    @property
    def is_one_cell(self) -> bool:
        return self.top == self.bottom and self.left == self.right

    def __str__(self) -> str:
        first, last = address(self.top, self.left), address(self.bottom, self.right)
        return first if self.is_one_cell else f"{first}:{last}"


@cache
def column_number(letters: str) -> int:
    """Return the place of a column.

    >>> column_number("A"), column_number("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@cache
def column_letters(number: int) -> str:
    """Return what a column is called.

    >>> column_letters(28)
    'AB'
    """
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """Return what a cell is called.

    >>> address(3, 5)
    'E3'
    """
    return f"{column_letters(column)}{row}"


def area(reference: str) -> Area | None:
    """Read a reference; None when it is none. A side that is left out reaches to the edge of the sheet.

    >>> str(area("$B$2:D9")), area("A:B"), area("E3").is_one_cell, area("?")
    ('B2:D9', Area(top=1, left=1, bottom=1048576, right=2), True, None)
    """
    first, _, last = reference.strip().partition(":")
    corners = _CORNER.fullmatch(first), _CORNER.fullmatch(last or first)
    if corners[0] is None or corners[1] is None or not first:
        return None
    (left, top), (right, bottom) = corners[0].groups(), corners[1].groups()
    return Area(
        int(top or 1),
        column_number(left) if left else 1,
        int(bottom or LAST_ROW),
        column_number(right) if right else LAST_COLUMN,
    )
