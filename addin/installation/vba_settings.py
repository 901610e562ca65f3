"""The settings that xlwings' VBA reads: one quoted pair a line, as BASIC's ``Input #`` takes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from addin.installation.system import System
from scorer.errors import OutputRefused
from scorer.settings import Language

UDF_MODULE = "addin.hosts.excel"
# the script through which Excel on macOS starts Python puts the path into a shell line without quotes
_PLAIN = re.compile(r"[\w./+@,:-]+", re.ASCII)
_PAIR = re.compile(r'"([^"]*)","([^"]*)"')
_INTERPRETERS = {"windows": "INTERPRETER_WIN", "macos": "INTERPRETER_MAC"}


def settings(interpreter: str, system: System, language: Language | None = None) -> dict[str, str]:
    """Return what the VBA is told. Without a language the buttons speak that of Office.

    The folder of the workbook is kept off Python's path: a file beside a workbook must not take the place of a module.
    """
    said = {
        _INTERPRETERS[system.platform]: interpreter,
        "PYTHONPATH": "",
        "ADD_WORKBOOK_TO_PYTHONPATH": "false",
        "UDF MODULES": UDF_MODULE,
        "USE UDF SERVER": "True",
        "SHOW CONSOLE": "False",
    }
    return said if language is None else {**said, "PROMO_LANGUAGE": language}


def as_bytes(said: Mapping[str, str], path: Path, system: System) -> bytes:
    """Return the file as VBA reads it. Raises OutputRefused where VBA could not read a value, or not start it."""
    ends = "\r\n" if system.platform == "windows" else "\n"
    text = "".join(f'"{name}","{value}"{ends}' for name, value in said.items())
    interpreter = said[_INTERPRETERS[system.platform]]
    try:
        written = text.encode(system.code_page)
    except UnicodeEncodeError as why:
        raise _unusable(path, interpreter, f"Excel's VBA cannot read the sign '{text[why.start]}' in it", system) from None
    if '"' in interpreter:
        raise _unusable(path, interpreter, "it has a quotation mark", system)
    if system.platform == "macos" and not _PLAIN.fullmatch(interpreter):
        raise _unusable(path, interpreter, "Excel on macOS starts no Python in a folder with spaces or special signs", system)
    return written


def read(path: Path, system: System) -> dict[str, str]:
    """Return the settings of a file by name in capitals; lines that are no pair are passed over. Raises OSError."""
    text = path.read_bytes().decode(system.code_page, errors="replace")
    pairs = (_PAIR.fullmatch(line.strip()) for line in text.splitlines())
    return {found[1].upper(): found[2] for found in pairs if found}


def interpreter_in(said: Mapping[str, str], system: System) -> str | None:
    """Return the Python that the settings name."""
    return said.get(_INTERPRETERS[system.platform])


def _unusable(path: Path, interpreter: str, why: str, system: System) -> OutputRefused:
    example = "C:\\promo-planner" if system.platform == "windows" else "/Users/Shared/promo-planner"
    return OutputRefused.because(path, f"{interpreter}: {why}", f"Name a folder for Python: --environment {example}")
