"""Where the pages of a sheet end: never within a block of rows that fits on one page.

Spreadsheets cut a page after whatever row is last on it. A block is a run of rows without an empty one between them (a
table with its heads, a list under its title), or the rows a chart lies over. One that would be cut moves to the next page
as a whole; one longer than a page runs on, and its titles are repeated if the sheet says so. So does a table whose titles
are repeated where it would leave a page behind that is nearly empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from xlsxwriter.worksheet import Worksheet

PIXELS_PER_INCH = 96.0
PAPERS = {8: (16.54, 11.69), 9: (11.69, 8.27)}
"""Width and height, in inches, of the papers a template knows, in landscape: A3 and A4."""
SAFE = 0.96
"""Programs measure rows a little differently: so much of a page is counted on."""


LONELY = 1 / 3
"""A page filled less than this is not left behind for the sake of a table that may run on."""


class Block(NamedTuple):
    """Rows that belong together: the first and the last of them, from 0."""

    first: int
    last: int


def keep_blocks_whole(sheet: Worksheet) -> tuple[int, ...]:
    """Set page breaks on a written sheet so that no block that fits on a page is cut; return the rows that begin a page.

    Sheets that are fitted to a number of pages, or scaled by hand, stay as they are.
    """
    if not sheet.fit_page or sheet.fit_height or sheet.paper_size not in PAPERS:
        return ()
    last_row, last_column = _printed(sheet)
    heights = [_height(sheet, row) for row in range(last_row + 1)]
    titles = _titles(sheet)
    repeated = sum(heights[row] for row in titles)
    found = page_starts(heights, blocks_of(sheet, last_row), _room(sheet, last_column), repeated, titles)
    if found:
        sheet.set_h_pagebreaks(list(found))
    return found


def page_starts(
    heights: Sequence[float], blocks: Iterable[Block], room: float, repeated: float = 0.0, titles: Sequence[int] = ()
) -> tuple[int, ...]:
    """Return the rows before which a page must end.

    heights, room: in the same unit. titles: the rows repeated on later pages; repeated: their height.

    >>> page_starts([10.0] * 12, [Block(0, 3), Block(5, 9)], room=80)
    (5,)
    >>> page_starts([10.0] * 12, [Block(0, 1), Block(3, 11)], room=80)
    ()
    >>> page_starts([10.0] * 12, [Block(0, 1), Block(3, 10)], room=80, repeated=10, titles=range(3, 4))
    ()
    >>> page_starts([10.0] * 40, [Block(0, 30), Block(32, 33)], room=80)
    (32,)
    """
    so_far = [0.0]
    for height in heights:
        so_far.append(so_far[-1] + height)
    starts: list[int] = []
    begin, left, ran_on = 0, room, False
    for block in blocks:
        if ran_on:  # where the last one ended on its page is the program's secret: what follows begins a page
            starts.append(block.first)
            begin, left, ran_on = block.first, room - repeated, False
        if so_far[block.last + 1] - so_far[begin] <= left:
            continue
        may_run_on = len(titles) > 0 and block.first <= titles[0] <= block.last
        stays = may_run_on and so_far[block.first] - so_far[begin] < LONELY * room
        if block.first > begin and not stays and so_far[block.last + 1] - so_far[block.first] <= room - repeated:
            starts.append(block.first)
            begin, left = block.first, room - repeated
            continue
        while so_far[block.last + 1] - so_far[begin] > left:  # it runs on: find where the program itself will end pages
            fits = next(row for row in range(len(heights), begin, -1) if so_far[row] - so_far[begin] <= left or row == begin + 1)
            begin, left, ran_on = fits, room - repeated, True
    return tuple(starts)


def blocks_of(sheet: Worksheet, last_row: int) -> list[Block]:
    """Return the blocks of a written sheet from top to bottom, charts included."""
    filled = {row for row, cells in sheet.table.items() if row <= last_row and any(map(_says_something, cells.values()))}
    for first, _, chart, _, _, _, scale, *_ in sheet.charts:
        row, left = first, chart.height * scale
        while left > 0 and row <= last_row:
            filled.add(row)
            left -= _height(sheet, row)
            row += 1
    rows = sorted(filled)
    if not rows:
        return []
    edges = [0, *(at for at, (one, other) in enumerate(pairwise(rows), start=1) if other > one + 1), len(rows)]
    return [Block(rows[first], rows[last - 1]) for first, last in pairwise(edges)]


def _says_something(cell: Any) -> bool:
    return type(cell).__name__ != "Blank"


def _room(sheet: Worksheet, last_column: int) -> float:
    """Return the height of a page in pixels of the sheet, as small as it is drawn to fit the paper's width."""
    width, height = PAPERS[sheet.paper_size]
    across = (width - sheet.margin_left - sheet.margin_right) * PIXELS_PER_INCH
    down = (height - sheet.margin_top - sheet.margin_bottom) * PIXELS_PER_INCH
    total = sum(_width(sheet, column) for column in range(last_column + 1))
    return float(down * max(total / across, 1.0) * SAFE)


def _height(sheet: Worksheet, row: int) -> float:
    return float(sheet.row_sizes[row][0]) if row in sheet.row_sizes else float(sheet.default_row_height)


def _width(sheet: Worksheet, column: int) -> float:
    return float(sheet.col_info[column].width) if column in sheet.col_info else 64.0


def _titles(sheet: Worksheet) -> range:
    found = [int(number) - 1 for number in sheet.repeat_row_range.replace("$", "").split("!")[-1].split(":") if number]
    return range(found[0], found[-1] + 1) if found else range(0)


def _printed(sheet: Worksheet) -> tuple[int, int]:
    from xlsxwriter.utility import xl_cell_to_rowcol

    row, column = xl_cell_to_rowcol(sheet.print_area_range.split("!")[-1].split(":")[-1].replace("$", ""))
    return int(row), int(column)

