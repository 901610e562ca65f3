"""One call of a worksheet function, from the arguments of a host to the cells of the answer. Every host takes this path.

Nothing that goes wrong leaves here as an exception: the cells say what it was, in words, and a bug leaves its trace in a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from addin.arguments import AMOUNTS, Amounts, read_amounts, read_argument
from addin.bugs import confession
from addin.catalog import DESK, Argument, Function, functions
from addin.cells import Block, Cell, Problem, as_cell, is_blank
from addin.session import Caller, Session, session
from scorer.errors import BadArgument, PromoError, listed, nearest

Cells = list[list[Cell]]
_TOO_LARGE = "not available: an amount is too large to reckon with"


class Table(NamedTuple):
    """An answer of several columns: rows of values, the first of them the headers where there are any."""

    rows: Sequence[Sequence[Any]]


class Figures(NamedTuple):
    """Figures of one shape, and why one of them is not available, in words for all or for each; no words: it is too large."""

    values: Any
    why: Any = ""


def answer(name: str, given: Sequence[Block | None], caller: Caller | None = None, served_by: Session | None = None) -> Cells:
    """Answer one call.

    given: one block per argument in the order of the function, None where it is left out. Returns rows of cells of
    equal length: text, numbers, yes/no, dates; an empty text where nothing is to stand.
    """
    try:
        asked = _asked(name)
        with np.errstate(all="ignore"):  # what overflows is told in its cell
            return _cells(asked, _worked(asked, _arguments(asked, given), caller, served_by), given)
    except PromoError as refused:
        return [[Problem.because(str(refused))]]
    except Exception as bug:  # noqa: BLE001 - a cell must say what happened: the host would show nothing
        return [[Problem.because(confession(bug))]]


def _asked(name: str) -> Function:
    known = functions()
    if name not in known:
        raise BadArgument.named(name, "there is no such function", nearest(name, known).strip() or f"There is {listed(known)}.")
    return known[name]


def _worked(asked: Function, arguments: dict[str, Any], caller: Caller | None, served_by: Session | None) -> Any:
    if not asked.needs_model:
        return asked.work(**arguments)
    serving = served_by or session()
    with serving.lock:  # a model is asked by one call at a time
        return asked.work(**arguments, **{DESK: serving.desk(caller)})


def _arguments(asked: Function, given: Sequence[Block | None]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if len(given) > len(asked.arguments):
        raise BadArgument.named(asked.name, f"{len(given)} arguments were given", f"Write {asked.signature}.")
    padded = [*given, *(None,) * (len(asked.arguments) - len(given))]
    for argument, block in zip(asked.arguments, padded, strict=True):
        if block is not None and _says(argument, block):
            found[argument.name] = read_argument(argument.kind, argument.name, block)
        elif not argument.optional:
            raise BadArgument.named(argument.name, "it is missing", f"Write {asked.signature}.")
    return _of_one_shape(asked, found)


def _says(argument: Argument, block: Block) -> bool:
    """Whether a block is to be read: an empty cell of what may be left out is left out, but keeps its place in a range."""
    if not block.width:
        return False
    return not argument.optional or argument.kind in AMOUNTS or not all(is_blank(row) for row in block.rows)


def _of_one_shape(asked: Function, found: dict[str, Any]) -> dict[str, Any]:
    """See that ranges of numbers fit together, and let an empty cell of an optional one mean what leaving it out means."""
    amounts = {one.name: one for one in asked.arguments if one.kind in AMOUNTS and one.name in found}
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
    width = max((len(row) for row in rows), default=1)
    return [[*row, *("",) * (width - len(row))] for row in rows] or [[""]]


class _Input(NamedTuple):
    """One range of numbers spread over the shape of the answer. wrong: words or None; first_row: None for a single row."""

    name: str
    optional: bool
    several: bool
    missing: NDArray[np.bool_]
    wrong: NDArray[np.object_]
    first_row: int | None


def _figures(asked: Function, found: Figures, given: Sequence[Block | None]) -> Cells:
    values = np.asarray(found.values, dtype=np.float64)
    read = [
        (one, block, read_amounts(one.name, block, one.kind))
        for one, block in zip(asked.arguments, given, strict=False)
        if block is not None and one.kind in AMOUNTS and block.width
    ]
    shape = np.broadcast_shapes(values.shape, *(amounts.values.shape for _, _, amounts in read))
    inputs = [_input(one, block, amounts, shape) for one, block, amounts in read]
    values, why = (np.broadcast_to(part, shape) for part in (values, np.asarray(found.why, dtype=object)))
    needed = [one for one in inputs if not one.optional]
    # a row is blank where its ranges are, whatever single cells go with every row
    telling = [one.missing for one in needed if one.several] or [one.missing for one in needed]
    blank = np.logical_and.reduce(telling)
    first = next((one.first_row for one in inputs if one.first_row is not None), None)

    def cell(down: int, across: int) -> Cell:
        here = (down, across)
        wrong = next((one for one in inputs if one.wrong[here] is not None), None)
        if wrong is not None:
            return Problem.because(wrong.wrong[here], _row(wrong.first_row, down))
        if blank[here]:
            return ""
        lacking = [one.name for one in needed if one.missing[here]]
        if lacking:
            return Problem.because(f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} missing", _row(first, down))
        if np.isfinite(values[here]):
            return as_cell(values[here])
        return Problem.because(_plain(str(why[here]) or _TOO_LARGE), _row(first, down))

    return [[cell(down, across) for across in range(shape[1])] for down in range(shape[0])]


def _input(argument: Argument, block: Block, amounts: Amounts, shape: tuple[int, ...]) -> _Input:
    words = np.full(amounts.values.shape, None, dtype=object)
    for at, told in amounts.wrong.items():
        words[at] = told
    missing, wrong = np.broadcast_to(amounts.missing, shape), np.broadcast_to(words, shape)
    first_row = block.first_row if len(block.rows) > 1 else None
    return _Input(argument.name, argument.optional, amounts.values.size > 1, missing, wrong, first_row)


def _row(first: int | None, down: int) -> int | None:
    return None if first is None else first + down


def _plain(sentence: str) -> str:
    """Return a sentence as the middle of another one."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")
