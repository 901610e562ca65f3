"""The log: one line of JSON per stage, for people with grep and for machines that collect logs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from scorer.errors import OutputRefused

Line: TypeAlias = dict[str, Any]
Tell: TypeAlias = Callable[[Line], None]


def untold(_: Line) -> None:
    """Tell nobody."""


def append(path: Path, line: Line) -> None:
    """Add one line, in one piece; half a line that a killed run left is closed first. Raises OutputRefused."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            text = json.dumps(line, ensure_ascii=False) + "\n"
            file.write(_closing(file) + text.encode("utf-8"))
    except OSError as why:
        remedy = "Check that you may write there, and the space on the disk."
        raise OutputRefused.because(path, why.strerror or str(why), remedy) from why


def _closing(file: Any) -> bytes:
    if file.seek(0, 2) == 0:
        return b""
    file.seek(-1, 2)
    return b"" if file.read(1) == b"\n" else b"\n"
