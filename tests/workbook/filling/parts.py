"""Workbooks taken apart: their parts, and the cells of a sheet as a reader of its own sees them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def parts(path: Path) -> dict[str, bytes]:
    """Return the parts of a workbook by name, in their order."""
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def entries(path: Path) -> list[tuple[object, ...]]:
    """Return what the archive says of each part beside its bytes."""
    with zipfile.ZipFile(path) as archive:
        return [
            (one.filename, one.date_time, one.compress_type, one.external_attr, one.create_system, one.comment, one.extra)
            for one in archive.infolist()
        ]


def changed(before: Path, after: Path) -> set[str]:
    """Return the names of the parts that differ, that came or that went."""
    old, new = parts(before), parts(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def repacked(source: Path, target: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """Write a workbook again with each part passed through ``change``; None leaves it out. ``more`` are parts to add."""
    held = parts(source)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            new = change(name, content)
            if new is not None:
                archive.writestr(zipfile.ZipInfo(name, (2024, 5, 17, 8, 30, 2)), new, zipfile.ZIP_DEFLATED)
        for name, content in more.items():
            archive.writestr(name, content)
    return target


def cells(sheet: bytes) -> dict[str, str]:
    """Return each cell of a sheet as canonical XML, by its place; cells without a place are counted through."""
    found, row_number = {}, 0
    for row in _local(ET.fromstring(sheet), "row"):
        row_number = int(row.get("r", row_number + 1))
        column = 0
        for cell in _local(row, "c"):
            told = cell.get("r")
            column = _number(re.sub(r"[0-9]", "", told)) if told else column + 1
            cell.tail = None
            found[f"{_letters(column)}{row_number}"] = ET.canonicalize(ET.tostring(cell, encoding="unicode"))
    return found


def value(cell: str) -> object:
    """Return what stands in a cell: a number, a text, None for nothing."""
    element = ET.fromstring(cell)
    if element.get("t") == "inlineStr":
        return "".join(text.text or "" for text in _local(element, "t"))
    held = next(iter(_local(element, "v")), None)
    if held is None or held.text is None:
        return None
    return held.text if element.get("t") in ("s", "str", "e") else float(held.text)


def around(sheet: bytes) -> tuple[bytes, bytes]:
    """Return what stands before the rows of a sheet and what stands behind them."""
    before, _, rest = sheet.partition(b"sheetData>")
    return before, rest.rpartition(b"sheetData>")[2]


def _local(element: ET.Element, name: str) -> list[ET.Element]:
    return [one for one in element.iter() if one.tag.rpartition("}")[2] == name]


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    return (_letters((number - 1) // 26) if number > 26 else "") + chr(65 + (number - 1) % 26)
