"""Sheets of a workbook on paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from scorer.saying import Say, quiet


class Printed(NamedTuple):
    """A PDF that was made: where it lies, of which workbook, and which sheets are in it, in order."""

    out: Path
    workbook: Path
    sheets: tuple[str, ...]


def pdf(workbook: Path, sheets: Sequence[str] = (), out: Path | None = None, say: Say = quiet) -> Printed:
    """Print sheets of a workbook into a PDF, by default all that can be seen, into a file beside it.

    Raises FileUnreadable, InputRefused for a sheet that is not there, OutputRefused where nothing can print or write.
    """
    from scorer.workbook.pdf import write_pdf

    place = out or workbook.with_suffix(".pdf")
    return Printed(place, workbook, write_pdf(workbook, place, sheets, say=say))
