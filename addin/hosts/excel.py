"""What xlwings serves to Excel: the worksheet functions, each made when it is first asked for, and the buttons' clicks.

The names of the functions are attributes of this module, so that ``xlwings.udfs`` finds them as it finds written ones. Their
work is ``addin.answering.answer``; here a range becomes a block, and the cell that asks becomes the workbook it stands in.
"""

from __future__ import annotations

import inspect
import time
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import xlwings as xw
from xlwings.conversion import Accessor, ValueAccessor

from addin.answering import Cells, answer
from addin.blocks import area_of, formulas
from addin.catalog import Function, functions
from addin.cells import Block, Cell, Problem
from addin.session import Caller
from addin.words import function_words
from scorer.errors import PromoError

CATEGORY = "Promo Planner"
CALLER = "caller"
"""xlwings hands the cell that asks to an argument of this name; the worksheet function does not have it."""
_OLD_EPOCH, _MAC_EPOCH = date(1899, 12, 30), date(1904, 1, 1)
_SECONDS_KEPT = 1.0
_MOST_CELLS = 100_000


def __getattr__(name: str) -> Any:
    if name in functions():
        return served(name)
    raise AttributeError(f"{__name__} has no {name}")


def __dir__() -> list[str]:
    return [*globals(), *functions()]


@cache
def served(name: str) -> Any:
    """Return a worksheet function as xlwings serves it: one argument per argument of the record, and the caller."""
    function = functions()[name]
    made = _asking(function)
    for argument, words in function_words(function).arguments.items():
        made = xw.arg(argument, BlockOf, ndim=2, doc=words)(made)
    made = xw.ret(CellsOf)(made)
    # Excel runs no function while it is being written in the wizard, and none again that did not change
    return xw.func(made, category=CATEGORY, call_in_wizard=False, volatile=False)


def click(button: str) -> None:
    """Press a button of the ribbon for the workbook it was clicked in."""
    from addin.press import press

    forget()
    press(button, caller_book())


def caller_book() -> Any:
    """Return the workbook that runs Python, else the one in front."""
    try:
        return xw.Book.caller()
    except Exception:  # xlwings raises nothing finer where Python was not started by Excel
        if xw.books.active is None:
            raise
        return xw.books.active


class BlockOf(Accessor):
    """An argument read whole: a range with the place it stands in, or an array that was worked out.

    Days arrive as days, errors by their names, empty cells as None, amounts in a currency format as numbers. Of whole
    columns and rows the cells in use are read.
    """

    @classmethod
    def reader(cls, options: Any) -> Any:
        exact = {**options, "ndim": 2, "dates": datetime, "empty": None, "err_to_str": True}
        stages = ValueAccessor.reader(exact)  # type: ignore[no-untyped-call]
        return stages.prepend_stage(_in_use).append_stage(_as_block)


class CellsOf(Accessor):
    """An answer written whole: rows of cells of equal length."""

    @classmethod
    def router(cls, value: Any, rng: Any, options: Any) -> Any:  # noqa: ARG003 - xlwings' own signature
        return cls

    @classmethod
    def writer(cls, options: Any) -> Any:
        return ValueAccessor.writer(options).prepend_stage(_as_plain)  # type: ignore[no-untyped-call]


class About(NamedTuple):
    """What is known of an open workbook: who asks when it asks, and the first day of its calendar."""

    caller: Caller
    epoch: date


class _Known:
    """What was found out lately, by the name of the workbook: names tell the open workbooks of one Excel apart."""

    about: dict[str, tuple[float, About]] = {}  # noqa: RUF012 - one for the process, and emptied by forget


def about(book: Any) -> About:
    """Return what is known of a workbook, found out at most once a second: asking Excel takes longer than answering."""
    from addin.books import client_of, full_name

    now = time.monotonic()
    when, known = _Known.about.get(book.name, (now, None))
    if known is None or now - when > _SECONDS_KEPT:
        known = About(Caller(full_name(book), client_of(book)), _MAC_EPOCH if book.api.Date1904 else _OLD_EPOCH)
        _Known.about[book.name] = (now, known)
    return known


def forget() -> None:
    """Let go of what is known of workbooks: the next call finds it out anew."""
    _Known.about.clear()


def _asking(function: Function) -> Any:
    """Return a Python function with the signature that xlwings is to see."""

    def ask(*given: Any) -> Cells:
        *blocks, caller = given
        try:
            who = about(caller.sheet.book).caller
        except PromoError as refused:
            return [[Problem.because(str(refused))]]
        return answer(function.name, blocks, who)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    empty = inspect.Parameter.empty
    parameters = [inspect.Parameter(one.name, kind, default=None if one.optional else empty) for one in function.arguments]
    # the caller is always given; it takes a default only where one before it has one, as Python wants it
    last = None if any(one.optional for one in function.arguments) else empty
    ask.__signature__ = inspect.Signature([*parameters, inspect.Parameter(CALLER, kind, default=last)])  # type: ignore[attr-defined]
    ask.__name__ = ask.__qualname__ = function.name
    ask.__doc__ = function.help
    ask.__annotations__ = {}
    return ask


def _in_use(context: Any) -> None:
    """Cut a range of very many cells at the last row and column in which its sheet holds anything."""
    asked = context.range
    if asked is None or asked.shape[0] * asked.shape[1] <= _MOST_CELLS:
        return
    area, used = area_of(asked), area_of(asked.sheet.used_range)
    rows, columns = max(used.bottom - area.row + 1, 1), max(used.right - area.column + 1, 1)
    context.range = area._replace(rows=min(rows, area.rows), columns=min(columns, area.columns)).of(asked.sheet)


def _as_block(context: Any) -> None:
    rows = tuple(tuple(_plain_number(cell) for cell in row) for row in context.value)
    cells = context.range
    if cells is None:
        context.value = Block(rows)
        return
    area = area_of(cells)
    context.value = Block(
        rows,
        place=f"{cells.sheet.name}!{area.address}",
        first_row=area.row,
        formulas=lambda: formulas(cells.sheet, area),
        epoch=about(cells.sheet.book).epoch,
    )


def _plain_number(cell: Cell) -> Cell:
    # a cell in a currency format arrives as a decimal number of four places
    return float(cell) if isinstance(cell, Decimal) else cell


def _as_plain(context: Any) -> None:
    context.value = [[str(cell) if isinstance(cell, str) else cell for cell in row] for row in context.value]
