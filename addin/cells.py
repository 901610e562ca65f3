"""Cells ↔ values: what a host hands over for an argument, and what an answer becomes in cells. Nothing is computed here.

Every host hands over the same: text, numbers, yes/no, dates, and None for an empty cell. A cell that cannot be answered
becomes a text that begins with ``#N/A`` and says why: never 0, and never an error without a reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

from scorer.lake.cells import BLANKS

Cell: TypeAlias = object
Row: TypeAlias = tuple[Cell, ...]

NOT_AVAILABLE = "#N/A"
LONGEST_TEXT = 32_767
"""A cell of a spreadsheet holds no more characters than this."""
_EPOCH = date(1899, 12, 30)
# The serial numbers that are read as days wherever the scorer reads one: 1954 to 2173.
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 99_999
_LONGEST_QUOTE = 60
# What hosts call an error that stands in a cell; LibreOffice has further ones with a number: Err:502.
ERRORS = (
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#BLOCKED!",
    "#BUSY!", "#CONNECT!", "#EXTERNAL!", "#FIELD!", "#PYTHON!", "#TIMEOUT!", "#UNKNOWN!",
)  # fmt: skip
_NUMBERED_ERROR = re.compile(r"Err:\d{3}")
_CLOCK = re.compile(r"\b(TODAY|NOW)\s*\(", re.IGNORECASE)


class Block(NamedTuple):
    """A range or array as a host hands it over: rows of cells, and where it stands, if it stands anywhere.

    formulas gives the formulas of the same cells, or None for an array that was worked out; epoch is day 0 of its dates.
    """

    rows: tuple[Row, ...]
    place: str = ""
    first_row: int = 1
    formulas: Callable[[], Sequence[Sequence[str]]] | None = None
    epoch: date = _EPOCH

    @property
    def width(self) -> int:
        """How many columns it has."""
        return max((len(row) for row in self.rows), default=0)


class Problem(str):
    """Why one cell cannot be answered, as the cell shows it."""

    __slots__ = ()

    @classmethod
    def because(cls, why: str, row: int | None = None) -> Problem:
        """Make the text of a cell: the row it speaks of, where it speaks of one, and the reason.

        >>> str(Problem.because("the unit cost is not known", row=7))
        '#N/A row 7: the unit cost is not known'
        """
        where = "" if row is None else f" row {row}"
        return cls(f"{NOT_AVAILABLE}{where}{':' if where else ''} {why}"[:LONGEST_TEXT])


def block_of(values: Any, **about: Any) -> Block:
    """Return whatever a host hands over for one argument as a block: one cell, one row, or rows.

    >>> block_of(0.2).rows, block_of([["a", 1.0], [None, 2.0]]).rows
    (((0.2,),), (('a', 1.0), (None, 2.0)))
    """
    if not isinstance(values, list | tuple):
        return Block(((values,),), **about)
    if not values or not isinstance(values[0], list | tuple):
        return Block((tuple(values),), **about)
    return Block(tuple(tuple(row) for row in values), **about)


def is_empty(cell: Cell) -> bool:
    """Whether nothing stands in a cell; blanks count as nothing.

    >>> [is_empty(cell) for cell in (None, " ", float("nan"), 0.0, False)]
    [True, True, True, False, False]
    """
    if isinstance(cell, str):
        return not cell.strip(BLANKS)
    return cell is None or cell != cell


def is_blank(row: Iterable[Cell]) -> bool:
    """Whether nothing stands in a row."""
    return all(is_empty(cell) for cell in row)


def is_error(cell: Cell) -> bool:
    """Whether a cell holds an error, of the spreadsheet or of ours.

    >>> is_error("#DIV/0!"), is_error("#N/A row 7: the price is missing"), is_error("#1 in sales")
    (True, True, False)
    """
    if not isinstance(cell, str):
        return False
    return cell in ERRORS or cell.startswith(f"{NOT_AVAILABLE} ") or _NUMBERED_ERROR.fullmatch(cell) is not None


def quoted(cell: Cell) -> str:
    """Return what stands in a cell as a sentence quotes it; a long text is cut.

    >>> quoted("soon"), quoted(7.0), quoted("x" * 100)[-4:]
    ("'soon'", "'7'", "xx…'")
    """
    text = f"{cell:.15g}" if isinstance(cell, float) else str(cell)
    return f"'{text}'" if len(text) <= _LONGEST_QUOTE else f"'{text[:_LONGEST_QUOTE]}…'"


def day_of(cell: Cell, epoch: date = _EPOCH) -> Cell:
    """Return the day that a cell of a date column means: a serial number is the day it counts to; all else stays.

    >>> day_of(45747.0), day_of("2025-03-31"), day_of(datetime(2025, 3, 31, 12))
    (datetime.date(2025, 3, 31), '2025-03-31', datetime.date(2025, 3, 31))
    >>> day_of(44285.0, date(1904, 1, 1)), day_of(7.0)
    (datetime.date(2025, 3, 31), 7.0)
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        serial = cell + (epoch - _EPOCH).days
        if _FIRST_SERIAL <= serial <= _LAST_SERIAL:
            return _EPOCH + timedelta(days=math.floor(serial))
    return cell


def asks_the_clock(formula: object) -> bool:
    """Whether a formula gives another day tomorrow; that of an array stands in braces.

    >>> asks_the_clock("=TODAY()+7"), asks_the_clock("{=NOW()}"), asks_the_clock("=DATE(2026,3,1)")
    (True, True, False)
    """
    return isinstance(formula, str) and formula.startswith(("=", "{=")) and _CLOCK.search(formula) is not None


def cell_words(cell: Cell) -> str:
    """Return what a cell says as the scorer reads text: whole numbers without a point, nothing as empty.

    >>> cell_words(17.0), cell_words(" U1 "), cell_words(None)
    ('17', 'U1', '')
    """
    from scorer.lake.cells import NUMBER_MARK, as_text

    return (as_text(cell) or "").lstrip(NUMBER_MARK).strip()


def as_cell(value: Any) -> Cell:
    """Return a value as a cell takes it: days are dates, text is cut at what a cell holds.

    None and what is no finite number leave it empty: whoever has a reason to tell hands over a ``Problem``.

    >>> as_cell(float("nan")), as_cell("GO"), as_cell(True), as_cell(2)
    ('', 'GO', True, 2.0)
    """
    if hasattr(value, "item"):  # numbers and days of numpy
        value = value.item()
    if isinstance(value, str):
        return str(value)[:LONGEST_TEXT]
    if isinstance(value, bool | date):
        return value
    return "" if value is None or not math.isfinite(value) else float(value)
