"""What a worksheet function is handed: blocks of cells read as the kind of argument it declares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, NewType, TypeAlias

import numpy as np
from numpy.typing import NDArray

from addin.cells import Block, Cell, is_empty, is_error, quoted
from addin.written_numbers import Read, read_numbers
from scorer.errors import BadArgument

Numbers: TypeAlias = tuple[float, ...]
"""Numbers of a range, row by row, or of a text such as 10;20;30. An empty cell is NaN."""
Names: TypeAlias = tuple[str, ...]
"""Texts of a range or of one text that is cut at commas and semicolons; empty cells are left out."""
Array: TypeAlias = NDArray[np.float64]
"""Numbers of a range, shaped like it. What is missing or no number is NaN, and told where the answer is laid out."""
Share = NewType("Share", Array)
"""Such numbers that are fractions of a whole: what lies outside 0 to 1 is told like what is no number."""
AMOUNTS = (Array, Share)
"""The kinds of which ranges go together cell by cell."""
MOST_COUNTED = 1_000_000


class Amounts(NamedTuple):
    """A range read as numbers. missing: the cells where nothing stands; wrong: why a cell is no such number."""

    values: Array
    missing: NDArray[np.bool_]
    wrong: dict[tuple[int, int], str]


class _Wrong(NamedTuple):
    why: str
    remedy: str


def read_argument(kind: Any, name: str, block: Block) -> Any:
    """Read a block as one kind of argument. Raises BadArgument, which names the argument and the cell."""
    return _READERS[kind](name, block)


def read_amounts(name: str, block: Block, kind: Any = Array) -> Amounts:
    """Read a range as numbers, cell by cell; nothing is raised."""
    shape = _, width = len(block.rows), block.width
    cells = [cell for row in block.rows for cell in (*row, *(None,) * (width - len(row)))]
    found, wrong = np.full(len(cells), np.nan), dict[tuple[int, int], str]()
    missing = np.array([is_empty(cell) for cell in cells], dtype=bool)
    for at, read in enumerate(_read(cells)):
        if missing[at]:
            continue
        problem = _problem(cells[at], read, kind)
        if problem is None:
            found[at] = read.number
        else:
            wrong[divmod(at, width)] = f"{name}: {problem.why}; {problem.remedy[0].lower()}{problem.remedy[1:]}"
    return Amounts(found.reshape(shape), missing.reshape(shape), wrong)


def number_of(cell: Cell) -> float | None:
    """Return the number a cell means; None where it means none, or may mean one of two.

    >>> number_of(0.2), number_of("20 %"), number_of("12,5"), number_of("1,234"), number_of("soon")
    (0.2, 0.2, 12.5, None, None)
    """
    return _read([cell])[0].number


def _read(cells: Sequence[Cell]) -> list[Read]:
    written = [at for at, cell in enumerate(cells) if isinstance(cell, str) and not is_empty(cell)]
    read = dict(zip(written, read_numbers([str(cells[at]) for at in written]), strict=True))
    return [read.get(at) or Read(_plain_number(cell)) for at, cell in enumerate(cells)]


def _plain_number(cell: Cell) -> float | None:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    try:
        return float(cell) if math.isfinite(cell) else None
    except OverflowError:  # a whole number of more than 300 digits
        return None


def _problem(cell: Cell, read: Read, kind: Any = Array) -> _Wrong | None:
    if read.number is None:
        return _no_number(cell, read)
    if kind is Share and not 0 <= read.number <= 1:
        return _Wrong(f"{quoted(cell)} lies outside 0 to 1", "Write 0.2 or 20 %.")
    return None


def _no_number(cell: Cell, read: Read) -> _Wrong:
    if is_error(cell):
        return _Wrong(f"the cell holds an error ({quoted(cell)})", "Mend that cell first.")
    if read.unclear:
        return _Wrong(f"{quoted(cell)} is a text that can be read as two different numbers", "Make the cell a number.")
    return _Wrong(f"{quoted(cell)} is no number", "Write it like 12.5.")


def _one(name: str, block: Block) -> Cell:
    if len(block.rows) != 1 or block.width != 1:
        size = f"{len(block.rows)} x {block.width}"
        raise BadArgument.named(name, f"it is one cell or value, and {size} cells were given", "Give one cell.")
    cell = block.rows[0][0]
    if is_empty(cell):
        raise BadArgument.named(name, "the cell is empty", "Fill it in.")
    if is_error(cell):
        raise BadArgument.named(name, *_no_number(cell, Read(None)))
    return cell


def _number(name: str, block: Block) -> float:
    cell = _one(name, block)
    (read,) = _read([cell])
    if read.number is None:
        raise BadArgument.named(name, *_no_number(cell, read))
    return read.number


def _count(name: str, block: Block) -> int:
    found = _number(name, block)
    if not found.is_integer() or not 1 <= found <= MOST_COUNTED:
        raise BadArgument.named(name, f"{found:.15g} is no whole number from 1 to {MOST_COUNTED:,}", "Write it like 5.")
    return int(found)


def _text(name: str, block: Block) -> str:
    return _as_text(_one(name, block))


def _flag(name: str, block: Block) -> bool:
    from scorer.lake.cells import FALSE, TRUE

    cell = _one(name, block)
    word = _as_text(cell).lower()
    if word not in (*TRUE, *FALSE):
        raise BadArgument.named(name, f"{quoted(cell)} is neither true nor false", "Write TRUE or FALSE.")
    return word in TRUE


def _numbers(name: str, block: Block) -> Numbers:
    cells: list[Cell] = [cell for row in block.rows for cell in row]
    if len(cells) == 1 and isinstance(cells[0], str):
        cells = [part for part in cells[0].split(";") if not is_empty(part)]
    return tuple(_number_at(name, at, cell, read) for at, (cell, read) in enumerate(zip(cells, _read(cells), strict=True), 1))


def _number_at(name: str, place: int, cell: Cell, read: Read) -> float:
    if is_empty(cell):
        return float("nan")
    if read.number is None:
        wrong = _no_number(cell, read)
        raise BadArgument.named(name, f"at place {place}, {wrong.why}", wrong.remedy)
    return read.number


def _names(name: str, block: Block) -> Names:
    cells = [cell for row in block.rows for cell in row if not is_empty(cell)]
    wrong = next((cell for cell in cells if is_error(cell)), None)
    if wrong is not None:
        raise BadArgument.named(name, *_no_number(wrong, Read(None)))
    parts = [part.strip() for cell in cells for part in _as_text(cell).replace(";", ",").split(",")]
    if not any(parts):
        raise BadArgument.named(name, "no name stands there", "Write names, with a comma between them.")
    return tuple(part for part in parts if part)


def _as_text(cell: Cell) -> str:
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell).strip()


def _block(_: str, block: Block) -> Block:
    return block


def _amounts(kind: Any) -> Any:
    return lambda name, block: read_amounts(name, block, kind).values


_READERS: dict[Any, Any] = {
    Block: _block,
    Array: _amounts(Array),
    Share: _amounts(Share),
    Numbers: _numbers,
    Names: _names,
    float: _number,
    int: _count,
    str: _text,
    bool: _flag,
}
