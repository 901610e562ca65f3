"""How far filled cells reach: Excel's jump to the end of a run, and xlwings' expansion. Knows no office."""

from __future__ import annotations

from collections.abc import Sequence


def jump(filled: Sequence[bool], to_edge: int) -> int:
    """Return how many cells Ctrl and an arrow key go, from the first cell onwards.

    ``filled`` tells of the cells from the start on, as far as any is filled; ``to_edge`` is the way to the sheet's end.

    >>> jump([True, True, True, False, True], 99), jump([True, False, True], 99), jump([False, False, True, True], 99)
    (2, 2, 2)
    >>> jump([True, False, False], 99)
    99
    """
    padded = [*filled, False]
    if padded[0] and len(padded) > 1 and padded[1]:
        return padded.index(False) - 1
    later = (at for at, flag in enumerate(padded) if flag and at > 0)
    return next(later, to_edge)


def run_length(filled: Sequence[bool]) -> int:
    """Return how many cells an expansion covers: the first one, filled or not, and those that follow without a gap.

    >>> run_length([True, True, False, True]), run_length([False, True]), run_length([True])
    (2, 2, 1)
    """
    length = 1
    while length < len(filled) and filled[length]:
        length += 1
    return length
