"""Reads a planning workbook back by what its columns and cells are called in the template."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from scorer.workbook.template import Template, read_template

TEMPLATE = read_template(currency="EUR", interval="80%", client="Demo retailer")
TABLES = {
    "Plan": TEMPLATE.plan.bands,
    "ROI": TEMPLATE.roi.bands,
    "What-if": TEMPLATE.what_if.bands,
    "Ladder": TEMPLATE.ladder.bands,
    "Rejects": TEMPLATE.rejects.bands,
}


def opened(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


def columns_in(sheet: Worksheet) -> dict[str, tuple[int, int, int]]:
    """Where each template column of a table sheet stands: name -> (column, first row, last row), from 1."""
    table = next(iter(sheet.tables.values()))  # the sheet's own comes first, its workings after it
    cells = sheet[table.ref]
    heads = {cell.value: cell for cell in cells[0]}
    found = {}
    for band in TABLES[sheet.title]:
        for column in band.columns:
            if column.label in heads:
                head = heads[column.label]
                found[column.name] = (head.column, head.row + 1, cells[-1][0].row)
    return found


def cell_of(sheet: Worksheet, column: str, row: int) -> Cell:
    """The cell of a table's column in a row counted from 0."""
    at, first, _ = columns_in(sheet)[column]
    return sheet.cell(first + row, at)


def read_table(book: Workbook, values: Mapping[str, Mapping[str, Any]], title: str) -> dict[str, list[Any]]:
    """The values of a table sheet by template column."""
    sheet = book[title]
    return {
        name: [values[title].get(sheet.cell(row, at).coordinate) for row in range(first, last + 1)]
        for name, (at, first, last) in columns_in(sheet).items()
    }


def beside(sheet: Worksheet, label: str, offset: int = 1) -> Cell:
    """The cell right of the one that carries this label."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == label:
                return sheet.cell(cell.row, cell.column + offset)
    raise AssertionError(f"{sheet.title} has no label {label!r}")


def input_cell(book: Workbook, name: str) -> Cell:
    """The entry of an assumption on Inputs."""
    labels = {line.name: line.label for section in TEMPLATE.inputs.sections for line in section.rows}
    return beside(book[TEMPLATE.inputs.sheet], labels[name])


__all__ = ["TEMPLATE", "Template", "beside", "cell_of", "columns_in", "input_cell", "opened", "read_table"]
