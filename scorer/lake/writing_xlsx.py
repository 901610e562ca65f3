"""A table as a sheet: typed cells, number formats by kind, a header that stays in view, a filter."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from scorer.columns import Array, Columns, length
from scorer.contracts.table import Kind
from scorer.errors import OutputRefused
from scorer.lake.sheet_rows import fill

MOST_ROWS = 1_048_576  # of a sheet, its header included
MOST_COLUMNS = 16_384
LONGEST_TEXT = 32_767
_NARROWEST, _WIDEST, _LOOKED_AT = 9, 40, 200
# No clock: the same table gives the same bytes.
_CREATED = datetime(2000, 1, 1)
_FORMATS = {
    Kind.MONEY: "#,##0;-#,##0",
    Kind.SHARE: "0.0%",
    Kind.RATIO: "0.0%",
    Kind.COUNT: "#,##0",
    Kind.NUMBER: "#,##0.0",
    Kind.DATE: "yyyy-mm-dd",
}


def write_xlsx(target: Path, columns: Columns, kinds: Mapping[str, Kind], named: Path) -> None:
    """Write one sheet to ``target``; errors speak of ``named``.

    Text is written as text whatever it starts with; more than 32,767 characters of it do not fit a cell and are cut.
    Raises OutputRefused when the table is larger than a sheet, or the file system refuses it.
    """
    _must_fit(columns, named)
    kind_of = {name: kinds.get(name) or _kind(values) for name, values in columns.items()}
    with tempfile.TemporaryDirectory(prefix="promo-") as folder:
        pattern = Path(folder) / "pattern.xlsx"
        _write_pattern(pattern, columns, kind_of)
        try:
            fill(pattern, target, columns, kind_of)
        except OSError as why:
            raise OutputRefused.because(named, str(why), "Check the folder and the space left on the disk.") from why


def _write_pattern(path: Path, columns: Columns, kind_of: Mapping[str, Kind]) -> None:
    """Write the sheet with its header and, below, one cell of each column, which shows the column's format."""
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": _CREATED})
    sheet = book.add_worksheet("Table")
    head = book.add_format({"bold": True, "bg_color": "#DDE6F0", "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {kind: book.add_format({"num_format": shape}) for kind, shape in _FORMATS.items()}
    for place, (name, values) in enumerate(columns.items()):
        style = formats.get(kind_of[name])
        sheet.set_column(place, place, _width(name, values), style)
        sheet.write_string(0, place, name[:LONGEST_TEXT], head)
        sheet.write_number(1, place, 0, style)
    sheet.freeze_panes(1, 0)
    if columns:
        sheet.autofilter(0, 0, max(length(columns), 1), len(columns) - 1)
    try:
        book.close()
    except FileCreateError as why:
        raise OSError(str(why)) from why


def _must_fit(columns: Columns, named: Path) -> None:
    rows = length(columns) + 1
    if rows > MOST_ROWS:
        raise OutputRefused.because(
            named, f"it would have {rows:,} rows and a sheet holds {MOST_ROWS:,}", "Choose .csv or .parquet, or split the list."
        )
    if len(columns) > MOST_COLUMNS:
        raise OutputRefused.because(
            named, f"it would have {len(columns):,} columns", f"A sheet holds {MOST_COLUMNS:,}; choose .csv."
        )


def _kind(values: Array) -> Kind:
    return {"f": Kind.NUMBER, "i": Kind.COUNT, "u": Kind.COUNT, "M": Kind.DATE, "b": Kind.FLAG}.get(values.dtype.kind, Kind.TEXT)


def _width(name: str, values: Array) -> float:
    longest = max((len(str(cell)) for cell in values[:_LOOKED_AT].tolist() if cell is not None), default=0)
    if values.dtype.kind == "f":
        longest = min(longest, 12)
    return float(min(max(len(name) * 0.75, longest, _NARROWEST) + 2, _WIDEST))
