"""A scored list on its way to disk: piece by piece where the form of the file allows it, the refused rows beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from scorer.columns import Columns, length, stack
from scorer.contracts.exports import PLAN
from scorer.contracts.scored import SCORED
from scorer.contracts.table import Kind
from scorer.lake.writing import TableWriter, write_table

# Takes the plan's own columns, the answer to them, and the refused rows.
Write: TypeAlias = Callable[[Columns, Columns, Columns], None]
KINDS = PLAN.kinds | SCORED.kinds


@contextmanager
def scored_files(out: Path) -> Iterator[Write]:
    """Hand out what writes a piece of a scored list to ``out``; the files appear, whole, when the block ends well.

    Refused rows go to ``rejects_beside(out)``; where none is refused, no such file is left from an earlier run.
    """
    rejects = rejects_beside(out)
    refused = 0
    with _table(out, KINDS) as add, _table(rejects, {"line": Kind.COUNT}) as refuse:

        def write(given: Columns, answer: Columns, rejected: Columns) -> None:
            nonlocal refused
            add({**_apart(given), **answer})
            if length(rejected):
                refuse(rejected)
                refused += length(rejected)

        yield write
    if not refused:
        rejects.unlink(missing_ok=True)


def rejects_beside(out: Path) -> Path:
    """Return where the refused rows of a list written to ``out`` go."""
    return out.with_name(f"{out.stem}_rejects.csv")


@contextmanager
def _table(path: Path, kinds: Mapping[str, Kind]) -> Iterator[Callable[[Columns], None]]:
    if path.suffix.lower() != ".xlsx":
        with TableWriter(path, kinds) as writer:
            yield writer.write
        return
    parts: list[Columns] = []  # a sheet is written in one go, and holds about a million rows at most
    yield parts.append
    if parts:
        write_table(path, stack(parts), kinds)


def _apart(given: Columns) -> Columns:
    """Keep the plan's own columns; one that is called like an answer is kept as ``given_<name>``."""
    return {f"given_{name}" if name in SCORED.names else name: column for name, column in given.items()}
