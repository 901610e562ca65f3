"""A range of a sheet as a plan: its headers found, or the planning workbook's own order, and its rows kept by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from addin.cells import Block, Cell, Row, asks_the_clock, day_of, is_blank
from addin.planning_rows import names_of, planning_labels
from scorer.contracts.exports import PLAN
from scorer.contracts.table import Kind
from scorer.errors import NothingToWorkOn
from scorer.lake.headers import key
from scorer.settings import Client

if TYPE_CHECKING:
    from scorer.plan import Plan

NEEDED = ("discount_percentage", "start_date")
_DATES = tuple(column.name for column in PLAN.columns if column.kind is Kind.DATE)


class Asked(NamedTuple):
    """A range read as a plan: its rows under headers the scorer knows, each on its line; and rows refused already.

    refused: for each such line the reason; these rows are handed on as blank ones. has_header: the first row of the range
    is no promotion but says what stands where.
    """

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    first_line: int
    has_header: bool
    refused: dict[int, str]
    name: str

    @property
    def lines(self) -> range:
        """The lines of the rows, as the sheet counts them."""
        return range(self.first_line, self.first_line + len(self.rows))


def asked_of(block: Block, client: Client) -> Asked:
    """Read a range as a plan: with a header row, or rows in the order of the planning workbook's sheet Plan.

    Raises NothingToWorkOn when it is neither.
    """
    headers, has_header = _headers(block, client)
    body = block.rows[1:] if has_header else block.rows
    first = block.first_row + has_header
    dates = date_columns(headers, client)
    refused = _clocked(block, dates, headers, has_header, first)
    rows = tuple(
        (None,) * len(row) if first + at in refused else _with_days(row, dates, block) for at, row in enumerate(body)
    )
    return Asked(headers, rows, first, has_header, refused, block.place or "the range")


def plan_of(asked: Asked, client: Client) -> Plan | None:
    """Return the plan of a range that was read; None when all its rows are blank or refused.

    Raises ColumnMissing and FileUnreadable for headers that cannot be those of a plan.
    """
    if all(is_blank(row) for row in asked.rows):
        return None
    from scorer.plan import plan_from_cells

    return plan_from_cells(asked.headers, asked.rows, client, asked.name, asked.first_line)


def _headers(block: Block, client: Client) -> tuple[tuple[str, ...], bool]:
    first = tuple("" if cell is None else str(cell) for cell in block.rows[0]) if block.rows else ()
    if _columns(first, client).keys() >= set(NEEDED):
        return first, True  # what the planning workbook calls its columns, in three languages, need not be read
    named = in_contract_names(first, client)
    if len(_columns(named, client)) > 1:
        return named, True  # even where something is lacking: the scorer says what
    names = names_of(block.rows, client)
    if names is not None or all(is_blank(row) for row in block.rows):
        return names or (), False
    raise NothingToWorkOn.because(
        f"{block.place or 'The range'} has no header row with names such as discount, start_date and end_date",
        "Include the header row; only whole scored rows of the planning workbook's sheet Plan can do without.",
    )


def in_contract_names(headers: Sequence[str], client: Client) -> tuple[str, ...]:
    """Call the columns by our names where a header is what the planning workbook calls one, in any of its languages."""
    found = set(_columns(headers, client))
    ours = planning_labels()
    named = []
    for header in headers:
        name = ours.get(key(header))
        named.append(name if name and name not in found else header)
    return tuple(named)


def _columns(headers: Sequence[str], client: Client) -> dict[str, int]:
    """Return where the columns of a plan stand among headers."""
    from scorer.plan import matched_headers  # it brings the database, which functions of money can do without

    return matched_headers(headers, client).found


def date_columns(headers: Sequence[str], client: Client) -> dict[int, str]:
    """Return which columns of a plan hold days, and what each is called."""
    found = _columns(headers, client)
    return {found[name]: name for name in _DATES if name in found}


def _with_days(row: Row, dates: dict[int, str], block: Block) -> Row:
    if not dates:
        return row
    return tuple(day_of(cell, block.epoch) if at in dates else cell for at, cell in enumerate(row))


def _clocked(block: Block, dates: dict[int, str], headers: Sequence[str], has_header: bool, first: int) -> dict[int, str]:
    """Find the rows whose dates come from the clock: their figures would change from day to day without anybody's doing."""
    if block.formulas is None or not dates:
        return {}
    found: dict[int, str] = {}
    for at, formulas in enumerate(tuple(block.formulas())[has_header : len(block.rows)]):
        for column in dates:
            if column < len(formulas) and asks_the_clock(formulas[column]):
                told = f"{headers[column]} comes from TODAY() or NOW() and would change every day; write the date as a value"
                found[first + at] = told
    return found


def cell_at(row: Row, column: int) -> Cell:
    """Return a cell of a row that may be shorter than others."""
    return row[column] if column < len(row) else None
