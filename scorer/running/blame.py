"""Who is at fault when something fails: the machine, the list, or the product."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import NamedTuple

import duckdb

from scorer import atomic
from scorer.errors import EXIT_BUG, InputChanged, ModelUnavailable, OutputRefused, PromoError


class Fault(NamedTuple):
    """What went wrong, as a sentence and an exit code; passing: nothing is wrong with the input itself, so try again."""

    why: str
    code: int
    passing: bool


def fault(error: Exception) -> Fault:
    """Return whose fault an error is.

    >>> fault(OutputRefused.because("a.csv", "no space left", "Make room.")).code, fault(ValueError("x")).code
    (3, 1)
    """
    if isinstance(error, PromoError):
        passing = isinstance(error, InputChanged | ModelUnavailable) or is_the_machine(error)
        return Fault(str(error), error.exit_code, passing)
    if is_the_machine(error):
        return Fault(f"{error}. Check the disk and its rights.", OutputRefused.exit_code, True)
    return Fault(f"This is a bug in promo ({type(error).__name__}: {error}).", EXIT_BUG, False)


def is_the_machine(error: BaseException) -> bool:
    """Whether it is the disk or a right on it, not the list, that stands in the way."""
    at_heart = error.__cause__ if isinstance(error, OutputRefused) else error
    return isinstance(at_heart, OSError | duckdb.IOException)


def keep_trace(path: Path, error: Exception) -> None:
    """Write down where a bug happened. Raises OutputRefused."""
    atomic.write_text(path, "".join(traceback.format_exception(error)))
