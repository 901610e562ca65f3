"""One call of a worksheet function, from the arguments of a host to the cells of the answer. Every host takes this path.

Nothing that goes wrong leaves here as an exception: the cells say what it was, in words, and a bug leaves its trace in a file.
"""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from addin.arguments import Amounts, Array, read_amounts, read_argument
from addin.catalog import DESK, Argument, Function, functions
from addin.cells import Block, Cell, Problem, as_cell, is_blank, is_empty
from addin.session import Caller, Session, session
from scorer.errors import BadArgument, PromoError

Cells = list[list[Cell]]


class Table(NamedTuple):
    """An answer of several columns: rows of values, the first of them the headers where there are any."""

    rows: Sequence[Sequence[Any]]


class Figures(NamedTuple):
    """Figures of one shape, and why one of them is not available, in words for all or for each."""

    values: Any
    why: Any = "not available: a zero stands below the line"


def answer(name: str, given: Sequence[Block | None], caller: Caller | None = None, served_by: Session | None = None) -> Cells:
    """Answer one call.

    given: one block per argument in the order of the function, None where it is left out. Returns rows of cells of
    equal length: text, numbers, yes/no, dates; an empty text where nothing is to stand.
    """
    try:
        asked = functions()[name]
        desk = (served_by or session()).desk(caller)
        found = asked.work(**_arguments(asked, given), **({DESK: desk} if asked.needs_model else {}))
        return _cells(asked, found, given)
    except PromoError as refused:
        return [[Problem.because(str(refused))]]
    except Exception as bug:  # noqa: BLE001 - a cell must say what happened: the host would show nothing
        return [[Problem.because(_confession(bug))]]


def _arguments(asked: Function, given: Sequence[Block | None]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    padded = [*given, *(None,) * (len(asked.arguments) - len(given))]
    for argument, block in zip(asked.arguments, padded, strict=True):
        if block is None or (argument.optional and all(is_blank(row) for row in block.rows)):
            if not argument.optional:
                raise BadArgument.named(argument.name, "it is missing", f"Write {asked.signature}.")
            continue
        found[argument.name] = read_argument(argument.kind, argument.name, block)
    return _of_one_shape(asked, found)


def _of_one_shape(asked: Function, found: dict[str, Any]) -> dict[str, Any]:
    """See that ranges of numbers fit together, and let an empty cell of an optional one mean what leaving it out means."""
    amounts = {one.name: one for one in asked.arguments if one.kind is Array and one.name in found}
    try:
        np.broadcast_shapes(*(found[name].shape for name in amounts))
    except ValueError:
        sizes = ", ".join("{} {} x {}".format(name, *found[name].shape) for name in amounts)
        raise BadArgument.sizes(asked.name, sizes) from None
    for name, argument in amounts.items():
        if argument.optional:
            found[name] = np.where(np.isnan(found[name]), argument.default, found[name])
    return found


def _cells(asked: Function, found: Any, given: Sequence[Block | None]) -> Cells:
    if isinstance(found, Table):
        return _rectangle([[as_cell(value) for value in row] for row in found.rows])
    if isinstance(found, Figures):
        return _figures(asked, found, given)
    return [[as_cell(found)]]


def _rectangle(rows: Cells) -> Cells:
    width = max((len(row) for row in rows), default=0)
    return [[*row, *("",) * (width - len(row))] for row in rows] or [[""]]


def _figures(asked: Function, found: Figures, given: Sequence[Block | None]) -> Cells:
    values = np.asarray(found.values, dtype=np.float64)
    pairs = [(one, block) for one, block in zip(asked.arguments, given, strict=False) if block is not None and one.kind is Array]
    read = {one.name: read_amounts(one.name, block) for one, block in pairs}
    shape = np.broadcast_shapes(values.shape, *(amounts.values.shape for amounts in read.values()))
    values = np.broadcast_to(values, shape)
    why = np.broadcast_to(np.asarray(found.why, dtype=object), shape)
    optional = {one.name for one in asked.arguments if one.optional}
    missing = {name: np.broadcast_to(amounts.missing, shape) for name, amounts in read.items() if name not in optional}
    wrong = {name: _spread(amounts, shape) for name, amounts in read.items()}
    first = max((block.first_row for _, block in pairs if len(block.rows) > 1), default=1)
    nothing = np.logical_and.reduce(list(missing.values())) if missing else np.zeros(shape, dtype=bool)

    def cell(down: int, across: int) -> Cell:
        row = first + down if shape[0] > 1 else None
        told = next((words for text in wrong.values() if (words := text[down, across])), None)
        if told is not None:
            return Problem.because(str(told), row)
        if nothing[down, across]:
            return ""
        lacking = [name for name, mask in missing.items() if mask[down, across]]
        if lacking:
            return Problem.because(f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} missing", row)
        value = values[down, across]
        return as_cell(value) if np.isfinite(value) else Problem.because(_plain(str(why[down, across])), row)

    return [[cell(down, across) for across in range(shape[1])] for down in range(shape[0])]


def _spread(amounts: Amounts, shape: tuple[int, ...]) -> Any:
    words = np.full(amounts.values.shape, None, dtype=object)
    for at, told in amounts.wrong.items():
        words[at] = told
    return np.broadcast_to(words, shape)


def _plain(sentence: str) -> str:
    """Return a sentence as the middle of another one."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _confession(bug: Exception) -> str:
    what = f"this is a bug in Promo Planner, not a mistake of yours ({type(bug).__name__}: {bug})"
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="promo-bug-", suffix=".txt", delete=False) as file:
            traceback.print_exception(bug, file=file)
    except OSError:
        return what
    return f"{what}; the details are in {Path(file.name)}"


def argument_help(argument: Argument) -> str:
    """Return the help of an argument as the wizard shows it; what may be left out says so."""
    return f"{argument.help} (may be left out)" if argument.optional else argument.help


def is_given(block: Block | None) -> bool:
    """Whether an argument says anything."""
    return block is not None and not all(is_empty(cell) for row in block.rows for cell in row)
