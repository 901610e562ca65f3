"""Asks a worksheet function as every host does, with blocks of cells, and sees that the answer can stand in cells."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from addin.answering import Cells, answer
from addin.cells import Block, block_of
from addin.configuration import Configuration
from addin.session import Caller, Session

Rows = list[list[Any]]
A_BUG = "this is a bug in Promo Planner"


def ask(serving: Session | None, name: str, *arguments: Any, caller: Caller | None = None) -> Cells:
    """Return the cells of an answer; an argument is a block, a value, rows of values, or None where it is left out."""
    blocks = [one if isinstance(one, Block) or one is None else block_of(one) for one in arguments]
    found = answer(name, blocks, caller, serving)
    fits_into_cells(found)
    return found


def value(serving: Session | None, name: str, *arguments: Any) -> Any:
    """Return the answer of a function that gives one cell."""
    ((found,),) = ask(serving, name, *arguments)
    return found


def column(serving: Session, name: str, plan: Any, *more: Any) -> list[Any]:
    """Return the answers below the header of a function that gives one column."""
    header, *below = ask(serving, name, plan, *more)
    assert len(header) == 1
    return [cell for (cell,) in below]


def fits_into_cells(found: Cells) -> None:
    """See that an answer is a rectangle of what cells hold, and no confession."""
    assert found
    assert found[0]
    for row in found:
        assert len(row) == len(found[0])
        for cell in row:
            assert isinstance(cell, str | bool | float | date), repr(cell)
            assert not isinstance(cell, float) or math.isfinite(cell)
            assert not isinstance(cell, str) or (len(cell) <= 32_767 and A_BUG not in cell), cell


def listed(path: Path) -> Rows:
    """Return a csv file as the cells of a sheet: its header and its rows, empty cells None."""
    with path.open(encoding="utf-8", newline="") as file:
        return [[cell or None for cell in row] for row in csv.reader(file)]


def without(rows: Rows, *headers: str) -> Rows:
    """Return rows under a header without some of their columns."""
    kept = [at for at, header in enumerate(rows[0]) if header not in headers]
    return [[row[at] for at in kept] for row in rows]


def renamed(rows: Rows, names: dict[str, str]) -> Rows:
    """Return rows with other headers."""
    return [[names.get(header, header) for header in rows[0]], *rows[1:]]


def same(found: Sequence[Any], wanted: Sequence[Any]) -> None:
    """See that answers are the figures of a scored list, to the last bit: words where a figure is not known."""
    assert len(found) == len(wanted)
    for at, (one, other) in enumerate(zip(found, wanted, strict=True)):
        if other is None:
            assert one == "", at
        elif isinstance(other, float) and math.isnan(other):
            assert str(one).startswith("#N/A "), at
        else:
            assert one == other, at


def serving_of(workspace: Path, client: str | None = None) -> Session:
    """Return a session of its own on a workspace."""
    return Session(Configuration(workspace=workspace, client=client))
