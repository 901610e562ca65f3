"""How wide words are, in the digits a column's width counts: estimated, because no font is at hand when a workbook is written."""

from __future__ import annotations

BASIS = 11
"""Points of the font whose digits a column width counts."""
PADDING = 0.5
INDENT = 1.4
SLACK = 0.8
"""What an estimate may be off."""
_NARROW = frozenset("fijlrtI.,:;'’!|()[]/-· \u00a0\u202f")
_BROAD = frozenset("mwMWGOQ%@…—")


def breadth(words: str, points: float, bold: bool = False) -> float:
    """Return the width of words set in one line.

    >>> round(breadth("1234", 11), 1), breadth("will", 10) < breadth("wood", 10)
    (3.9, True)
    """
    letters = sum(0.6 if sign in _NARROW else 1.5 if sign in _BROAD else 1.15 if sign.isupper() else 0.98 for sign in words)
    return letters * points / BASIS * (1.03 if bold else 1.0)


def needed(words: str, points: float, bold: bool = False, left: bool = False) -> float:
    """Return the column width in which words stand in one line; ``left``: they stand indented."""
    return breadth(words, points, bold) + PADDING + (INDENT if left else 0)


def lines(words: str, width: float, points: float, bold: bool = False, left: bool = False) -> int:
    """Return over how many lines words run in a column of this width.

    >>> lines("Extra cost of goods", 10, 10, bold=True)
    2
    """
    count, line = 1, ""
    for word in words.split(" "):
        longer = f"{line} {word}" if line else word
        if line and needed(longer, points, bold, left) > width + SLACK:
            count, line = count + 1, word
        else:
            line = longer
    return count
