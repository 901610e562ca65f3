"""Lengths: Excel's points and characters, and LibreOffice's hundredths of a millimetre."""

from __future__ import annotations

_PER_POINT = 2540 / 72
_PER_PIXEL = 2540 / 96
# Excel's default font: 7 pixels a character, and 5 pixels of margin
_CHARACTER, _MARGIN = 7, 5


def points(hundredths: float) -> float:
    """Return points.

    >>> points(2540)
    72.0
    """
    return round(hundredths / _PER_POINT, 2)


def from_points(value: float) -> int:
    return round(value * _PER_POINT)


def characters(hundredths: float) -> float:
    """Return a column's width in characters of Excel's default font.

    >>> characters(from_characters(12.5))
    12.5
    """
    return round(max(hundredths / _PER_PIXEL - _MARGIN, 0) / _CHARACTER, 2)


def from_characters(value: float) -> int:
    return round((value * _CHARACTER + _MARGIN) * _PER_PIXEL)
