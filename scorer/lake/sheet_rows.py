"""The rows of a sheet as XML, made by the database column by column, and put into a workbook that shows how.

A workbook writer asks the interpreter about every cell; a hundred thousand rows then take ten times as long.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from scorer.columns import DAY, Array, Columns, distinct, length, take_text_as_text
from scorer.contracts.table import Kind

SHEET = "xl/worksheets/sheet1.xml"
LONGEST_TEXT = 32_767
_FIRST_DAY = np.datetime64("1899-12-30", "D")  # the day numbered 0
_LARGEST = 1e308  # a sheet has no number beyond
_AT_ONCE = 5_000
_FAST = 1  # of zlib: a third of the time of its usual level, for a file a fifth larger
_STYLE = re.compile(rb'<c r="[A-Z]+2"(?: s="([0-9]+)")?')
_PATTERN_ROW = re.compile(rb'<row r="2".*?</row>', re.DOTALL)
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
# What XML cannot hold is written _x0001_, and what looks like that is kept from being read so.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9a-fA-F]{4}_)")


def fill(pattern: Path, target: Path, columns: Columns, kind_of: Mapping[str, Kind]) -> None:
    """Copy the workbook ``pattern``, whose second row shows each column's format, with the rows of ``columns`` in its place.

    Every other part is copied as it is. Raises OSError when ``target`` cannot be written.
    """
    with zipfile.ZipFile(pattern) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST) as made:
        for part in source.infolist():
            content = source.read(part)
            if part.filename != SHEET:
                made.writestr(_named(part), content)
                continue
            before, after, styles = _taken_apart(content, columns)
            with made.open(_named(part), "w", force_zip64=True) as sheet:
                sheet.write(before)
                for rows in _ahead(_rows(columns, kind_of, styles)):
                    sheet.write(rows)
                sheet.write(after)


def _named(part: zipfile.ZipInfo) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(part.filename, part.date_time)  # the pattern's: no clock
    made.compress_type = zipfile.ZIP_DEFLATED
    made._compresslevel = _FAST  # type: ignore[attr-defined]  # noqa: SLF001  # a public name has it only from Python 3.13 on
    made.external_attr = part.external_attr
    return made


def _taken_apart(sheet: bytes, columns: Columns) -> tuple[bytes, bytes, list[str]]:
    if not columns:
        return sheet, b"", []
    last = f"{letters(len(columns) - 1)}{length(columns) + 1}"
    sheet = _DIMENSION.sub(f'<dimension ref="A1:{last}"/>'.encode(), sheet, count=1)
    row = _PATTERN_ROW.search(sheet)
    assert row is not None, "the pattern has a second row"
    styles = [f' s="{style.decode()}"' if style else "" for style in _STYLE.findall(row.group())]
    return sheet[: row.start()], sheet[row.end() :], styles


def letters(place: int) -> str:
    """Return what a sheet calls a column.

    >>> letters(0), letters(25), letters(26), letters(16_383)
    ('A', 'Z', 'AA', 'XFD')
    """
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _ahead(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Hand the pieces on, while the next one is already being made: neither holds the interpreter for long."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        coming = worker.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = worker.submit(next, pieces, None)
            yield piece


def _rows(columns: Columns, kind_of: Mapping[str, Kind], styles: list[str]) -> Iterator[bytes]:
    cells = ", ".join(
        _cell(f"c{place}", f'<c r="{letters(place)}', style, columns[name])
        for place, (name, style) in enumerate(zip(columns, styles, strict=True))
    )
    with closing(duckdb.connect()) as con:
        con.execute("SET threads = 1")
        take_text_as_text(con)
        for start in range(0, length(columns), _AT_ONCE):
            cut = slice(start, start + _AT_ONCE)
            part = {
                f"c{place}": _readable(values[cut], kind_of[name], styles[place])
                for place, (name, values) in enumerate(columns.items())
            }
            line = np.arange(start + 2, start + 2 + length(part)).astype(str).astype(object)
            con.register("part", {"line": line, **part})
            made = con.execute(
                f"SELECT string_agg(concat('<row r=\"', line, '\">', {cells}, '</row>'), '') FROM (SELECT * FROM part)"
            ).fetchall()
            con.unregister("part")
            yield made[0][0].encode()


def _cell(name: str, opening: str, style: str, values: Array) -> str:
    """SQL of a cell's XML; '' for an empty one."""
    start = f"'{opening}', line, '\"{style}"
    if values.dtype.kind == "O":
        whole = f"concat('{opening}', line, '\"', {name})"
        return f"CASE WHEN {name} <> '' THEN {whole} ELSE '' END"
    if values.dtype.kind == "f":
        whole = f"{name} = trunc({name}) AND abs({name}) < 1e15"
        shown = f"CASE WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) ELSE CAST({name} AS VARCHAR) END"
        number = f"concat({start}><v>', {shown}, '</v></c>')"
        text = f"concat('{opening}', line, '\" t=\"inlineStr\"><is><t>', {name}, '</t></is></c>')"
        return f"CASE WHEN abs({name}) < {_LARGEST} THEN {number} WHEN NOT isnan({name}) THEN {text} ELSE '' END"
    if values.dtype.kind == "M":
        number = f"concat({start}><v>', CAST({name} AS BIGINT), '</v></c>')"
        return f"CASE WHEN NOT isnan({name}) THEN {number} ELSE '' END"
    if values.dtype.kind == "b":
        return f"concat('{opening}', line, '\" t=\"b\"><v>', CAST({name} AS INTEGER), '</v></c>')"
    return f"concat({start}><v>', {name}, '</v></c>')"


def _readable(values: Array, kind: Kind, style: str) -> Array:
    """A column as the database reads it: dates as their numbers, text and mixed cells as the rest of their XML."""
    if values.dtype.kind == "M":
        return np.asarray((values.astype("datetime64[D]") - _FIRST_DAY) / DAY)  # where there is no day, NaN
    if values.dtype.kind == "f":
        return values.astype(np.float64, copy=False)
    if values.dtype.kind != "O":
        return values
    cells = values.tolist()
    if set(map(type, cells)) <= {str, type(None)}:
        known, at = distinct(values)
        return _objects([_rest(cell, kind, style) for cell in known])[at]
    return _objects([_rest(cell, kind, style) for cell in cells])  # 1, 1.0 and True would count as one


def _objects(cells: list[str]) -> Array:
    made = np.empty(len(cells), dtype=object)
    made[:] = cells
    return made


def _rest(cell: Any, kind: Kind, style: str) -> str:
    """What follows the place of a cell that came as an object; '' for an empty one."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, bool):
        return f' t="b"><v>{cell:d}</v></c>'
    if isinstance(cell, date):
        day = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        return f"{style}><v>{(day.replace(tzinfo=None) - datetime(1899, 12, 30)).total_seconds() / 86_400!r}</v></c>"
    number = cell if isinstance(cell, int | float) else _as_number(str(cell)) if kind.numeric else None
    if number is not None and abs(number) < _LARGEST:
        return f"{style}><v>{number!r}</v></c>"
    return f' t="inlineStr"><is>{_in_xml(str(cell)[:LONGEST_TEXT])}</is></c>'


def _as_number(text: str) -> float | None:
    """A number that came as text ('0.25' in a csv) where the column is known to hold numbers."""
    plain = text.strip().lstrip("+-").replace(".", "", 1)
    return float(text) if plain.isascii() and plain.isdigit() else None


def _in_xml(text: str) -> str:
    escaped = _LOOKS_ESCAPED.sub("_x005F_", text)
    escaped = _NOT_IN_XML.sub(lambda sign: f"_x{ord(sign.group()):04X}_", escaped)
    escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    return f"<t{kept}>{escaped}</t>"
