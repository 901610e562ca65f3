"""How a range of cells looks: number format, colour, alignment, sizes, merged cells."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from addin.hosts.libreoffice import colours, formats, lengths, uno_bridge
from addin.hosts.libreoffice.addresses import Block
from addin.hosts.libreoffice.formats import block_of
from scorer.errors import OutputRefused

_HORIZONTAL = {
    "general": "STANDARD",
    "left": "LEFT",
    "center": "CENTER",
    "right": "RIGHT",
    "justify": "BLOCK",
    "fill": "REPEAT",
}
# com.sun.star.table.CellVertJustify2; 0 is the standard, which is the bottom
_VERTICAL = {"top": 1, "center": 2, "bottom": 3, "justify": 4}


class RangeLooks(base_classes.Range):
    """The half of a range that is about looks; what is None differs from cell to cell."""

    def __init__(self, sheet: Any, block: Block) -> None:
        self._sheet = sheet
        self._block = block
        self._cells: Any = None

    @property
    def api(self) -> Any:
        """UNO's range; None for a block without cells."""
        if self._cells is None and not self._block.is_empty:
            block = self._block
            self._cells = self._sheet.api.getCellRangeByPosition(
                block.column - 1, block.row - 1, block.last_column - 1, block.last_row - 1
            )
        return self._cells

    @property
    def _editable(self) -> Any:
        """UNO's range, to be changed. Raises OutputRefused where LibreOffice would do nothing, silently or without a reason."""
        if self._document.isReadonly():
            raise OutputRefused.because(
                self._sheet.book.fullname,
                "it is open for reading only",
                "Close it where else it is open; if it is open nowhere, remove the file that begins with '.~lock.' beside it.",
            )
        if self._sheet.api.isProtected():
            protection = uno_bridge.shared(self.api, "CellProtection")
            if protection is None or protection.IsLocked:
                raise OutputRefused.because(
                    f"{self._sheet.name}!{self._block.address()}",
                    "the sheet is protected and cells of it are locked",
                    "Take the protection off, or write into unlocked cells only.",
                )
        return self.api

    @property
    def _document(self) -> Any:
        return self._sheet.book.api

    @property
    def number_format(self) -> str | None:
        keys = {shown.key for shown in formats.shown_in(self._document, self.api)}
        return formats.code_of(self._document, keys.pop()) if len(keys) == 1 else None

    @number_format.setter
    def number_format(self, code: str) -> None:
        if not self._block.is_empty:
            self._editable.NumberFormat = formats.key_of(self._document, code)

    @property
    def color(self) -> colours.Rgb | None:
        return colours.to_rgb(uno_bridge.shared(self.api, "CellBackColor"))

    @color.setter
    def color(self, value: colours.Rgb | str | int | None) -> None:
        if not self._block.is_empty:
            self._editable.CellBackColor = colours.to_calc(value)

    @property
    def wrap_text(self) -> bool | None:
        wrapped = uno_bridge.shared(self.api, "IsTextWrapped")
        return None if wrapped is None else bool(wrapped)

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self._editable.IsTextWrapped = bool(value)

    @property
    def horizontal_alignment(self) -> str | None:
        found = uno_bridge.shared(self.api, "HoriJustify")
        return None if found is None else next((name for name, member in _HORIZONTAL.items() if member == found.value), None)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        if value not in _HORIZONTAL:
            raise NotImplementedError(f"LibreOffice has no alignment '{value}'.")
        self._editable.HoriJustify = uno_bridge.enum("table.CellHoriJustify", _HORIZONTAL[value])

    @property
    def vertical_alignment(self) -> str | None:
        found = uno_bridge.shared(self.api, "VertJustify")
        return None if found is None else next((name for name, number in _VERTICAL.items() if number == (found or 3)), None)

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        if value not in _VERTICAL:
            raise NotImplementedError(f"LibreOffice has no alignment '{value}'.")
        self._editable.VertJustify = _VERTICAL[value]

    @property
    def column_width(self) -> float | None:
        widths = {self.api.Columns.getByIndex(at).Width for at in range(self._block.columns)}
        return lengths.characters(widths.pop()) if len(widths) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        self._editable.Columns.Width = lengths.from_characters(value)

    @property
    def row_height(self) -> float | None:
        heights = {self.api.Rows.getByIndex(at).Height for at in range(self._block.rows)}
        return lengths.points(heights.pop()) if len(heights) == 1 else None

    @row_height.setter
    def row_height(self, value: float) -> None:
        self._editable.Rows.Height = lengths.from_points(value)

    @property
    def column_hidden(self) -> bool | None:
        return _all_alike(not self.api.Columns.getByIndex(at).IsVisible for at in range(self._block.columns))

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        self._editable.Columns.IsVisible = not value

    @property
    def row_hidden(self) -> bool | None:
        return _all_alike(not self.api.Rows.getByIndex(at).IsVisible for at in range(self._block.rows))

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self._editable.Rows.IsVisible = not value

    @property
    def width(self) -> float:
        return lengths.points(self.api.Size.Width)

    @property
    def height(self) -> float:
        return lengths.points(self.api.Size.Height)

    @property
    def left(self) -> float:
        return lengths.points(self.api.Position.X)

    @property
    def top(self) -> float:
        return lengths.points(self.api.Position.Y)

    def autofit(self, axis: str | None = None) -> None:
        if axis in {None, "columns", "c"}:
            self._editable.Columns.OptimalWidth = True
        if axis in {None, "rows", "r"}:
            self._editable.Rows.OptimalHeight = True

    @property
    def merge_cells(self) -> bool:
        return bool(self.api.getIsMerged()) or self._merged_block != self._block

    @property
    def merge_area(self) -> Any:
        return type(self)(self._sheet, self._merged_block)

    def merge(self, across: bool = False) -> None:
        parts = range(self._block.rows) if across else [None]
        for row in parts:
            cells = self._editable if row is None else self._editable.getCellRangeByPosition(0, row, self._block.columns - 1, row)
            cells.merge(True)

    def unmerge(self) -> None:
        self._editable.merge(False)

    @property
    def _merged_block(self) -> Block:
        cursor = self._sheet.api.createCursorByRange(self.api)
        cursor.collapseToMergedArea()
        return block_of(cursor.getRangeAddress())


def _all_alike(flags: Any) -> bool | None:
    found = set(flags)
    return found.pop() if len(found) == 1 else None
