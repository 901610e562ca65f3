"""What a worksheet function is handed: blocks of cells read as the kind of argument it declares."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from addin.cells import Block, Cell, is_empty, is_error
from scorer.errors import BadArgument

Numbers: TypeAlias = tuple[float, ...]
"""Numbers of a range, row by row, or of a text such as 10;20;30. An empty cell is NaN."""
Names: TypeAlias = tuple[str, ...]
"""Texts of a range or of one text that is cut at commas and semicolons; empty cells are left out."""


Array: TypeAlias = NDArray[np.float64]
"""Numbers of a range, shaped like it. What is missing or no number is NaN, and told where the answer is laid out."""


class Amounts(NamedTuple):
    """A range read as numbers. missing: the cells where nothing stands; wrong: why a cell is no number."""

    values: Array
    missing: NDArray[np.bool_]
    wrong: dict[tuple[int, int], str]


def read_argument(kind: Any, name: str, block: Block) -> Any:
    """Read a block as one kind of argument. Raises BadArgument, which names the argument and the cell."""
    return _READERS[kind](name, block)


def _one(name: str, block: Block) -> Cell:
    if len(block.rows) != 1 or block.width != 1:
        size = f"{len(block.rows)} x {block.width}"
        raise BadArgument.named(name, f"it is one cell or value, and {size} cells were given", "Give one cell.")
    cell = block.rows[0][0]
    if is_error(cell):
        raise BadArgument.named(name, f"the cell holds an error ({cell})", "Mend that cell first.")
    return cell


def _number(name: str, block: Block) -> float:
    found = number_of(_one(name, block))
    if found is None:
        raise BadArgument.named(name, f"'{block.rows[0][0]}' is no number", "Write it like 12.5.")
    return found


def _count(name: str, block: Block) -> int:
    found = _number(name, block)
    if not found.is_integer() or found < 1:
        raise BadArgument.named(name, f"{found:g} is no whole number of 1 or more", "Write it like 5.")
    return int(found)


def _text(name: str, block: Block) -> str:
    return str(_one(name, block)).strip()


def _flag(name: str, block: Block) -> bool:
    cell = _one(name, block)
    if isinstance(cell, bool) or (isinstance(cell, int | float) and cell in (0, 1)):
        return bool(cell)
    words = {"true": True, "yes": True, "false": False, "no": False}
    found = words.get(str(cell).strip().lower())
    if found is None:
        raise BadArgument.named(name, f"'{cell}' is neither true nor false", "Write TRUE or FALSE.")
    return found


def _numbers(name: str, block: Block) -> Numbers:
    cells: list[Cell] = [cell for row in block.rows for cell in row]
    if len(cells) == 1 and isinstance(cells[0], str):
        cells = [part for part in cells[0].split(";") if part.strip()]
    return tuple(_number_at(name, at, cell) for at, cell in enumerate(cells, start=1))


def _number_at(name: str, place: int, cell: Cell) -> float:
    if is_empty(cell):
        return float("nan")
    found = number_of(cell)
    if found is None:
        raise BadArgument.named(name, f"cell {place} holds '{cell}', which is no number", "Write it like 12.5 or nothing.")
    return found


def _names(name: str, block: Block) -> Names:
    cells = [cell for row in block.rows for cell in row if not is_empty(cell)]
    wrong = next((cell for cell in cells if is_error(cell)), None)
    if wrong is not None:
        raise BadArgument.named(name, f"a cell holds an error ({wrong})", "Mend that cell first.")
    parts = [part for cell in cells for part in str(cell).replace(";", ",").split(",")]
    return tuple(part.strip() for part in parts if part.strip())


def read_amounts(name: str, block: Block) -> Amounts:
    """Read a range as numbers, cell by cell; nothing is raised."""
    shape = (len(block.rows), block.width)
    values, missing, wrong = np.full(shape, np.nan), np.zeros(shape, dtype=bool), dict[tuple[int, int], str]()
    for down, row in enumerate(block.rows):
        for across in range(block.width):
            cell = row[across] if across < len(row) else None
            if is_empty(cell):
                missing[down, across] = True
                continue
            found = number_of(cell)
            if found is None:
                wrong[down, across] = f"{name}: '{cell}' is {'an error' if is_error(cell) else 'no number'}"
            else:
                values[down, across] = found
    return Amounts(values, missing, wrong)


def number_of(cell: Cell) -> float | None:
    """Return the number a cell means; None where it means none. Text is read as the exports are: 1.234,5 needs the comma.

    >>> number_of(0.2), number_of("20 %"), number_of("12,5"), number_of("soon")
    (0.2, 0.2, 12.5, None)
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if np.isfinite(cell) else None
    if not isinstance(cell, str):
        return None
    from scorer.lake.cells import Decimal, read_number

    text = cell.strip()
    percent = text.endswith("%")
    bare = text.removesuffix("%").rstrip()
    decimal: Decimal = "," if "," in bare and bare.rfind(",") > bare.rfind(".") else "."
    found = read_number(bare, decimal=decimal)
    return None if found is None else found / 100 if percent else found


def _block(_: str, block: Block) -> Block:
    return block


_READERS: dict[Any, Any] = {
    Block: _block,
    Array: lambda name, block: read_amounts(name, block).values,
    Numbers: _numbers,
    Names: _names,
    float: _number,
    int: _count,
    str: _text,
    bool: _flag,
}
