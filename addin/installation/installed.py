"""What an installation gives back."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Installed(NamedTuple):
    """Files that were written, files that were as they should be, the Python that answers, and what the user does next.

    notes: what went otherwise than usual, in whole sentences.
    """

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    python: Path | None
    next_step: str
    notes: tuple[str, ...] = ()
