"""Which cells of a plan take its figures, what each is to hold, and what stands there now: decided before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from addin import blocks
from addin.blocks import Area, Held
from addin.cells import as_cell
from addin.plan_sheets import PlanOnSheet
from scorer.columns import Columns
from scorer.errors import OutputRefused
from scorer.plan import matched_headers
from scorer.settings import Client

HASH = "input_hash"
OWN = "Put the headers you want (verdict, roi_expected …) into columns of the plan and press again."


class Targets(NamedTuple):
    """The columns to fill, by the name of the answer; added ones stand on the right of the plan and have no header yet."""

    columns: dict[str, int]
    added: bool

    def area(self, body: Area, first: int, count: int) -> Area:
        """Return the cells of neighbouring columns beside the rows of the plan."""
        return Area(body.row, first, body.rows, count)


class Answers(NamedTuple):
    """What is to be written: for each line the place of its answer in ``columns``, or why there is none."""

    columns: Columns
    at: Mapping[int, int]
    reasons: Mapping[int, str]

    def lines(self, line: int) -> bool:
        """Whether a line is written: blank ones are not."""
        return line in self.at or line in self.reasons


class Piece(NamedTuple):
    """One block to be written, and what it is to hold."""

    area: Area
    rows: list[list[Any]]


def targets_of(plan: PlanOnSheet, client: Client) -> Targets:
    """Find the columns to fill as filling a closed workbook does; where there are none, take free ones on the right.

    Raises OutputRefused for two columns of one name, and where nothing is free.
    """
    from scorer.contracts.scored import MOST_USEFUL
    from scorer.workbook.filling.places import REASON, columns_to_fill

    left = plan.place.area.column
    headers = {left + at: words for at, words in enumerate(plan.place.headers) if words}
    taken = {left + at for at in matched_headers(plan.asked.headers, client).found.values()}
    found = columns_to_fill(headers, taken)
    if set(found) - {REASON}:
        _must_be_clear(plan, headers, found)
        return Targets(found, added=False)
    names = (*MOST_USEFUL, HASH)
    first = plan.place.area.right + 1
    if first + len(names) - 1 > blocks.LAST_COLUMN:
        raise OutputRefused.because(plan.place.name, "there is no room for columns on the right of the plan", OWN)
    _must_be_free(plan, Area(plan.place.area.row, first, plan.place.area.rows, len(names)))
    return Targets(found | dict(zip(names, range(first, first + len(names)), strict=True)), added=True)


def neighbours(targets: Targets) -> list[tuple[int, list[str]]]:
    """Return the columns to fill in blocks of neighbours: the first column of each, and its names from left to right.

    >>> neighbours(Targets({"verdict": 4, "flags": 9, "roi_expected": 5}, added=False))
    [(4, ['verdict', 'roi_expected']), (9, ['flags'])]
    """
    by_column = {column: name for name, column in targets.columns.items()}
    runs = blocks.runs(sorted(by_column))
    return [(first, [by_column[column] for column in range(first, first + count)]) for first, count in runs]


def value_of(answers: Answers, name: str) -> Callable[[int], Any]:
    """Return what tells the value of a line in the column of an answer; None leaves the cell empty."""
    from scorer.workbook.filling.decisions import REASON_COLUMNS

    known = answers.columns.get(name)
    cells = [as_cell(cell) for cell in known.tolist()] if known is not None else None

    def value(line: int) -> Any:
        at = answers.at.get(line)
        if at is not None:
            return None if cells is None or cells[at] == "" else cells[at]
        return f"refused: {answers.reasons[line]}" if name in REASON_COLUMNS and line in answers.reasons else None

    return value


def occupied(area: Area, held: Sequence[Sequence[Held]], answers: Answers) -> list[int]:
    """Count, for each column of a block, the cells that hold something and would be written over."""
    counts = [0] * area.columns
    for down, row in enumerate(held):
        if answers.lines(area.row + down):
            for across, cell in enumerate(row):
                counts[across] += cell is not None
    return counts


def pieces(area: Area, names: Sequence[str], held: Sequence[Sequence[Held]], answers: Answers) -> list[Piece]:
    """Cut a block into what is written at once: rows without an answer that hold something stay as they are."""
    values = [value_of(answers, name) for name in names]
    free = (
        down for down, row in enumerate(held) if answers.lines(area.row + down) or all(cell is None for cell in row)
    )
    found = []
    for first, count in blocks.runs(free):
        lines = range(area.row + first, area.row + first + count)
        rows = [[value(line) for value in values] for line in lines]
        found.append(Piece(area._replace(row=area.row + first, rows=count), rows))
    return found


def _must_be_clear(plan: PlanOnSheet, headers: Mapping[int, str], found: Mapping[str, int]) -> None:
    from scorer.lake.headers import key

    every = [key(words) for words in headers.values()]
    for column in found.values():
        if every.count(key(headers[column])) > 1:
            raise OutputRefused.because(
                plan.place.name, f"several of its columns are called '{headers[column]}'", "Rename or remove all but one of them."
            )


def _must_be_free(plan: PlanOnSheet, area: Area) -> None:
    """Raise where columns would be added over something. What is used of the sheet ends where nothing follows."""
    right, bottom = min(area.right, plan.used.right), min(area.bottom, plan.used.bottom)
    if right < area.column or bottom < area.row:
        return
    looked = area._replace(rows=bottom - area.row + 1, columns=right - area.column + 1)
    for down, row in enumerate(blocks.held(plan.sheet, looked)):
        for across, cell in enumerate(row):
            if cell is not None:
                where = Area(looked.row + down, looked.column + across, 1, 1).address
                raise OutputRefused.because(
                    plan.place.name, f"it has none of the columns to fill, and {where}, where one would go, is not empty", OWN
                )
