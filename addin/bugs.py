"""What is said of a bug of ours: that it is one, and where its details lie."""

from __future__ import annotations

import tempfile
import traceback
from pathlib import Path


def confession(bug: Exception) -> str:
    """Return what to tell a person of a bug; its trace is written to a file, where that can be done."""
    what = f"this is a bug in Promo Planner, not a mistake of yours ({type(bug).__name__}: {bug})"
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="promo-bug-", suffix=".txt", delete=False) as file:
            traceback.print_exception(bug, file=file)
    except OSError:
        return what
    return f"{what}; the details are in {Path(file.name)}"
