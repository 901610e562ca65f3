"""A sheet being written: cells by style, tables with bands and units, and the frame every sheet shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, cast

import numpy as np
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from scorer.columns import Array, as_python
from scorer.settings import Language
from scorer.workbook.breadth import SLACK, lines, needed
from scorer.workbook.layout import MARGIN, TOP_ROWS, Places, Table, absolute, area, columns_of, letters
from scorer.workbook.sentences import speaker
from scorer.workbook.styles import Styles
from scorer.workbook.template import Band, Column, Line, Sheet, TableSheet, Template

LINE_HEIGHT = 13.0
HEAD_LINES, HEAD_HEIGHT = 2, 30.0
WIDE_LETTERS = 0.95
"""Words are set a little narrower than the digits a column width counts."""
FIRST_DAY = np.datetime64("1899-12-30")
WORDS = ("text", "wrap")
PROTECTION = {"format_columns": True, "format_rows": True, "autofilter": True, "select_unlocked_cells": True}
LANDSCAPE_MARGINS = {"left": 0.4, "right": 0.4, "top": 0.7, "bottom": 0.6}


class PlainSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter's decorators hide its types
    """A worksheet whose formulas are written as they are, in a third of the time.

    XlsxWriter looks for thirty functions of recent Excel in every formula; no formula here uses one.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002
        return formula.removeprefix("=")


class Page:
    """One sheet of a workbook, with the places and styles of the whole."""

    def __init__(
        self,
        name: str,
        book: Workbook,
        sheet: Worksheet,
        template: Template,
        places: Places,
        styles: Styles,
        currency: str,
    ) -> None:
        self.name = name
        self.currency = currency
        self.book = book
        self.sheet = sheet
        self.template = template
        self.places = places
        self.styles = styles

    # ------------------------------------------------------------------ cells
    def words(self, row: int, column: int, words: str, style: str) -> None:
        """Write words as words, whatever they look like."""
        self.sheet.write_string(row, column, words, self.styles.word(style))

    def put(self, row: int, column: int, value: Any, style: Format) -> None:
        """Write one value: text, number, date, yes/no; an empty cell for None, NaN and NaT."""
        if value is None or value != value:
            self.sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, value, style)
        elif isinstance(value, bool | np.bool_):
            self.sheet.write_boolean(row, column, bool(value), style)
        else:
            self.sheet.write_number(row, column, serial(value), style)

    def formula(self, row: int, column: int, source: str, value: Any, style: Format) -> None:
        """Write a formula given with names, and the value it comes to."""
        self.sheet.write_formula(row, column, self.places.formula(self.name, source)(row), style, self.shown(value))

    def shown(self, value: Any) -> Any:
        """A value as a formula shows it: words where a figure is not available."""
        if value is None or value != value:
            return self.template.book.not_available
        return value if isinstance(value, str) else float(serial(value))

    def line(self, line: Line, left: int, source: str, value: Any) -> None:
        """Write a label from ``left`` on, beside it its formula where it was placed, and its unit."""
        row, column = self.places.cells[self.name][line.name]
        for at in range(left, column + 2):
            self.sheet.write_blank(row, at, None, self.styles.word("label"))
        self.words(row, left, line.label, "label")
        self.formula(row, column, source, value, self.styles.cell("calc", line.kind))
        self.words(row, column + 1, line.unit, "note")
        (self.marks if line.kind == "text" else self.negatives)(row, column, row, column)

    def finding_over(self, chart: Any, sheet: str, cell: str) -> None:
        """Let a chart's title be what a cell says: the finding, as long as the figures mean it."""
        look = self.styles.look
        font = {"name": look.font, "size": 12, "bold": True, "color": look.ink}
        name = "=" + self.places.of(sheet, cell)
        chart.set_title({"name": name, "name_font": font, "overlay": False, "layout": {"x": 0.02, "y": 0.03}})

    # ------------------------------------------------------------------ frame
    def frame(self, spec: Sheet, state: str | None = None) -> None:
        """Title, purpose, state of the checks; no gridlines, tab colour, protection, print set-up."""
        sheet, styles = self.sheet, self.styles
        sheet.hide_gridlines(2)
        sheet.set_tab_color(styles.look.tabs[spec.type])
        sheet.set_column(0, MARGIN - 1, 2)
        sheet.set_row(0, 26)
        self.words(0, MARGIN, spec.title, "title")
        self.words(1, MARGIN, f"{self.template.book.types[spec.type]} · {spec.purpose}", "purpose")
        if state is not None:
            self.formula(2, MARGIN, "{checks.state}", state, styles.word("state"))
            self.state_colours(2, MARGIN, 3)
        sheet.protect("", PROTECTION)

    def printing(
        self,
        paper: int,
        last_row: int,
        last_column: int,
        titles: tuple[int, int] | None = None,
        pages: int = 0,
    ) -> None:
        """One page wide, landscape, titles repeated, header and footer; pages: most in height, 0 for any."""
        sheet = self.sheet
        sheet.set_paper(paper)
        sheet.set_landscape()
        sheet.fit_to_pages(1, pages)
        sheet.set_margins(**LANDSCAPE_MARGINS)
        sheet.print_area(0, 0, last_row, last_column)
        if titles:
            sheet.repeat_rows(*titles)
        book = self.template.book
        sheet.set_header(f"&L&8{_plain(book.title)}&R&8&A")
        sheet.set_footer(f"&L&8{_plain(book.page_footer)}&R&8&P / &N")

    def state_colours(self, row: int, column: int, columns: int) -> None:
        """Colour the summary of the checks over the cells its words run across."""
        cell = absolute(row, column)
        for mark in self.styles.look.marks:
            rule = {
                "type": "formula",
                "criteria": f'=LEFT({cell},1)="{mark}"',
                "format": self.styles.mark(mark),
            }
            self.sheet.conditional_format(row, column, row, column + columns - 1, rule)

    def marks(self, row: int, column: int, last_row: int, last_column: int) -> None:
        """Colour verdicts by the mark they begin with; mark and words say the same without colour."""
        for mark in self.styles.look.marks:
            rule = {
                "type": "text",
                "criteria": "begins with",
                "value": mark,
                "format": self.styles.mark(mark),
            }
            self.sheet.conditional_format(row, column, last_row, last_column, rule)

    def negatives(self, row: int, column: int, last_row: int, last_column: int) -> None:
        """Losses in their own letters beside the minus sign; words instead of a figure in quiet italics."""
        look, corner = self.styles.look, f"{letters(column)}{row + 1}"
        rules = (
            (f"=AND(ISNUMBER({corner}),{corner}<0)", {"font_color": look.negative}),
            (f"=ISTEXT({corner})", {"font_color": look.quiet, "italic": True}),
        )
        for criteria, properties in rules:
            rule = {
                "type": "formula",
                "criteria": criteria,
                "format": self.styles.conditional(**properties),
            }
            self.sheet.conditional_format(row, column, last_row, last_column, rule)

    # ------------------------------------------------------------------ tables
    def table(
        self,
        name: str,
        bands: Sequence[Band],
        table: Table,
        values: Mapping[str, Array | list[Any]],
        formulas: Mapping[str, str],
        place: str | None = None,
    ) -> None:
        """Write an Excel table, bands and units above it: a formula where there is one, else the value.

        place: the short name its columns are found by; the sheet's own where there is no other.
        """
        values = {**values, **{column.name: self._said(column, values) for column in columns_of(bands) if column.said}}
        self._heads(bands, table)
        for column in columns_of(bands):
            at = table.columns[column.name]
            self.sheet.set_column(at, at, self.width(column))
            if column.name in formulas:
                write = self.places.formula(place or self.name, formulas[column.name])
                self._formulas(column, table, write, values[column.name])
            else:
                self._values(column, table, values[column.name])
        self._heights(bands, table, values)
        self._table_object(name, bands, table)
        self._conditions(bands, table)

    def say(self, group: str, english: str) -> str:
        """Return what the engine says in the language of the workbook; group: whose patterns it follows."""
        return speaker(cast("Language", self.template.book.language)).say(group, english)

    def _said(self, column: Column, values: Mapping[str, Array | list[Any]]) -> list[Any]:
        return [self.say(column.said, cell) if isinstance(cell, str) else cell for cell in _cells(values[column.name])]

    def _heads(self, bands: Sequence[Band], table: Table) -> None:
        band_row, unit_row = table.first - 3, table.first - 2
        style = self.styles.word("band")
        for band in bands:
            names = [column.name for column in band.columns]
            for name in names:
                self.sheet.write_blank(band_row, table.columns[name], None, style)
            self.sheet.write_string(band_row, table.columns[names[0]], band.title, style)
            for column in band.columns:
                place = "unit left" if column.kind in WORDS else "unit"
                self.words(unit_row, table.columns[column.name], column.unit, place)
        size = self.styles.look.size
        most = max(lines(c.label, self.width(c), size, bold=True, left=c.kind in WORDS) for c in columns_of(bands))
        self.sheet.set_row(table.first - 1, HEAD_HEIGHT + LINE_HEIGHT * max(most - HEAD_LINES, 0))

    def width(self, column: Column) -> float:
        """The width of a column: as given, or what its unit and the longest word of its header need in this language."""
        size, left = self.styles.look.size, column.kind in WORDS
        longest = max(needed(word, size, bold=True, left=left) for word in column.label.split(" "))
        least = max(longest, needed(column.unit, size - 1, left=left))
        return column.width if least <= column.width else round(least + SLACK / 2, 1)

    def _formulas(self, column: Column, table: Table, write: Callable[[int], str], values: Any) -> None:
        at, style = table.columns[column.name], self.styles.cell(column.role, column.kind, column.strong)
        for row, value in enumerate(_cells(values), start=table.first):
            self.sheet.write_formula(row, at, write(row), style, self.shown(value))

    def _values(self, column: Column, table: Table, values: Any) -> None:
        at, style = table.columns[column.name], self.styles.cell(column.role, column.kind, column.strong)
        missing = self.missing(column)
        for row, value in enumerate(_cells(values), start=table.first):
            self.put(row, at, missing if value is None or value != value else value, style)

    def _heights(self, bands: Sequence[Band], table: Table, values: Mapping[str, Any]) -> None:
        """Rows as high as their longest printed words need; the rest of the workings is one line high."""
        high = np.ones(table.rows)
        for column in columns_of([band for band in bands if band.printed]):
            if column.kind == "wrap":
                letters_of = [len(cell or "") for cell in _cells(values[column.name])]
                high = np.maximum(high, np.ceil(np.array(letters_of) * WIDE_LETTERS / column.width))
        for row in np.flatnonzero(high > 1).tolist():
            self.sheet.set_row(table.first + row, LINE_HEIGHT * high[row] + 2)

    def missing(self, column: Column) -> str | None:
        """What stands for a missing value: words for a figure of the model, nothing in an entry or a text."""
        if column.role == "model" and column.kind not in WORDS:
            return self.template.book.not_available
        return None

    def _table_object(self, name: str, bands: Sequence[Band], table: Table) -> None:
        columns = columns_of(bands)
        heads = [
            {
                "header": column.label,
                "header_format": self.styles.word("header left" if column.kind in WORDS else "header"),
            }
            for column in columns
        ]
        first, last = table.columns[columns[0].name], table.columns[columns[-1].name]
        options = {"name": name, "columns": heads, "style": None, "autofilter": table.first == TOP_ROWS}
        self.sheet.add_table(table.first - 1, first, table.last, last, options)

    def _conditions(self, bands: Sequence[Band], table: Table) -> None:
        for is_words, run in groupby(columns_of(bands), key=lambda column: column.kind in WORDS):
            places = [table.columns[column.name] for column in run]
            paint = self.marks if is_words else self.negatives
            paint(table.first, places[0], table.last, places[-1])

    def table_sheet(self, spec: TableSheet, bands: Sequence[Band], table: Table, state: str) -> None:
        """The frame of a sheet that is one table: panes, print area up to the last printed column."""
        self.frame(spec, state)
        self.sheet.freeze_panes(TOP_ROWS, spec.frozen)
        printed = [column for band in bands if band.printed for column in band.columns]
        look = self.styles.look
        paper = look.paper_tables if spec.paper == "tables" else look.paper_pages
        self.printing(paper, table.last, table.columns[printed[-1].name], (table.first - 3, table.first - 1))
        self.sheet.ignore_errors({"number_stored_as_text": area(table.first, 0, table.last, max(table.columns.values()))})


def serial(value: Any) -> Any:
    """A date as the number a spreadsheet keeps; any other value as it is.

    >>> serial(np.datetime64("2026-01-01"))
    46023
    """
    if isinstance(value, np.datetime64):
        return int((value.astype("datetime64[D]") - FIRST_DAY).astype(np.int64))
    if hasattr(value, "toordinal"):
        return value.toordinal() - 693594
    return value


def _cells(values: Any) -> list[Any]:
    return as_python(values) if isinstance(values, np.ndarray) else list(values)


def _plain(words: str) -> str:
    """Words for a page header, where a single & starts a code."""
    return words.replace("&", "&&")
