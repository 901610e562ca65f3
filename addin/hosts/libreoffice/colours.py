"""Colours: xlwings' ways to say one, and the number that LibreOffice keeps."""

from __future__ import annotations

Rgb = tuple[int, int, int]
NONE = -1


def to_calc(colour: Rgb | list[int] | str | int | None) -> int:
    """Return the number for red, green and blue, ``#rrggbb`` or Excel's own number, in which blue comes first.

    >>> to_calc((255, 128, 0)) == to_calc("#ff8000") == to_calc(0x0080FF) == 0xFF8000
    True
    """
    if colour is None:
        return NONE
    if isinstance(colour, str):
        return int(colour.removeprefix("#"), 16)
    if isinstance(colour, int):
        return (colour & 0xFF) << 16 | (colour & 0xFF00) | (colour >> 16) & 0xFF
    red, green, blue = colour
    return red << 16 | green << 8 | blue


def to_rgb(number: int | None) -> Rgb | None:
    """Return red, green and blue; None where there is no colour, or several.

    >>> to_rgb(0xFF8000), to_rgb(NONE)
    ((255, 128, 0), None)
    """
    if number is None or number == NONE:
        return None
    return number >> 16 & 0xFF, number >> 8 & 0xFF, number & 0xFF
