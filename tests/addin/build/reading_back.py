"""Macros of a file as olevba finds them: another reader than the program that wrote them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls its own parser by old names
        from oletools.olevba import VBA_Parser

        parser = VBA_Parser(str(path))
        try:
            yield parser
        finally:
            parser.close()


def macros(path: Path) -> dict[str, str]:
    """Return the source of each module."""
    with opened(path) as parser:
        return {name.rpartition(".")[0]: bare(code) for _, _, name, code in parser.extract_macros()}


def bare(code: str) -> str:
    """Return VBA without attributes and without what readers tell differently: the ends of lines."""
    lines = code.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines if not line.startswith("Attribute ")).strip()


def runs_by_itself(path: Path) -> list[str]:
    """Return the names in the macros that make a program run them unasked."""
    with opened(path) as parser:
        return [keyword for kind, keyword, _ in parser.analyze_macros() if kind == "AutoExec"]
