"""A range of cells, as xlwings sees it: where it is, what is in it, and what is done to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from addin.hosts.libreoffice import block_values, extents, formulas, uno_bridge
from addin.hosts.libreoffice.addresses import LAST_COLUMN, LAST_ROW, Block, quoted
from addin.hosts.libreoffice.cell_values import Grid
from addin.hosts.libreoffice.fonts import Font
from addin.hosts.libreoffice.formats import block_of
from addin.hosts.libreoffice.notes import Note
from addin.hosts.libreoffice.range_looks import RangeLooks

# com.sun.star.sheet.CellFlags
_VALUES = 1 | 2 | 4 | 16
_LOOKS = 32 | 64
_ALL = 1023


class Range(RangeLooks):
    """A block of cells of one sheet.

    Parameters
    ----------
    sheet
        The engine's sheet that the cells are on.
    block
        Which cells; a block without rows or columns is a range in which there is nothing to read, write or clear.
    typed
        The address it was asked for by, if by one.
    """

    # reading and writing go as one block whatever its size: nothing is cut into pieces
    max_cells_per_read = None
    max_cells_per_write = None
    options: dict[str, Any]

    def __init__(self, sheet: Any, block: Block, typed: str = "") -> None:
        super().__init__(sheet, block)
        self.arg1_input = typed
        self.options = {}

    @property
    def sheet(self) -> Any:
        return self._sheet

    @property
    def block(self) -> Block:
        return self._block

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        return self._sheet.name, *self._block

    @property
    def row(self) -> int:
        return self._block.row

    @property
    def column(self) -> int:
        return self._block.column

    @property
    def shape(self) -> tuple[int, int]:
        return self._block.rows, self._block.columns

    def __len__(self) -> int:
        return self._block.rows * self._block.columns

    # xlwings asks "is there a range?" by its truth, and an empty one is a range all the same
    def __bool__(self) -> bool:
        return True

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            down, across = divmod(row - 1, self._block.columns)
        else:
            down, across = row - 1, column - 1
        return Range(self._sheet, Block(self._block.row + down, self._block.column + across))

    @property
    def address(self) -> str:
        return self._block.address()

    def get_address(self, row_absolute: bool = True, col_absolute: bool = True, external: bool = False) -> str:
        address = self._block.address(row_absolute=row_absolute, column_absolute=col_absolute)
        if not external:
            return address
        sheet, book = self._sheet.name, self._sheet.book.name
        name = f"[{book}]{sheet}" if quoted(sheet) == sheet else "'" + f"[{book}]{sheet}".replace("'", "''") + "'"
        return f"{name}!{address}"

    @property
    def raw_value(self) -> Grid | None:
        if self._block.is_empty:
            return None
        named = bool(self.options.get("err_to_str"))
        return block_values.read(self._document, self.api, self._block, name_errors=named)

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        if not self._block.is_empty:
            block_values.write(self._document, self._editable, self._block, self._grid(value))

    @property
    def formula(self) -> str | tuple[tuple[str, ...], ...]:
        found = block_values.read_formulas(self.api)
        return found[0][0] if len(self) == 1 else found

    @formula.setter
    def formula(self, value: Any) -> None:
        block_values.write_formulas(self._document, self._editable, self._block, self._grid(value))

    # without dynamic arrays the two are one
    formula2 = formula

    @property
    def formula_array(self) -> str | None:
        if not self.has_array:
            return None
        # getArrayFormula answers in the user's language; the first cell does not
        return formulas.to_excel(self.api.getCellByPosition(0, 0).getFormula())

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        self._editable.setArrayFormula(formulas.to_calc(value))

    @property
    def has_array(self) -> bool:
        return bool(self.api.getArrayFormula())

    @property
    def font(self) -> Font:
        return Font(self.api)

    def clear(self) -> None:
        self._clear(_ALL)

    def clear_contents(self) -> None:
        self._clear(_VALUES)

    def clear_formats(self) -> None:
        self._clear(_LOOKS)

    def end(self, direction: str) -> Range:
        block, used = self._block, self._sheet.used_block
        row, column = block.row, block.column
        ways = {
            "down": (Block(row, column, max(used.last_row, row) - row + 1), LAST_ROW - row, (1, 0)),
            "up": (Block(1, column, row), row - 1, (-1, 0)),
            "right": (Block(row, column, 1, max(used.last_column, column) - column + 1), LAST_COLUMN - column, (0, 1)),
            "left": (Block(row, 1, 1, column), column - 1, (0, -1)),
        }
        seen, to_edge, (down, across) = ways[direction]
        filled = self._filled(seen)
        steps = extents.jump(filled if down + across > 0 else filled[::-1], to_edge)
        return Range(self._sheet, Block(row + down * steps, column + across * steps))

    def expand(self, mode: str = "table") -> Range:
        block, used = self._block, self._sheet.used_block
        rows, columns = block.rows, block.columns
        if mode in {"table", "vertical", "down", "d"}:
            below = block._replace(rows=max(used.last_row - block.row + 1, 1), columns=1)
            rows = extents.run_length(self._filled(below, by_value=True))
        if mode in {"table", "horizontal", "right", "r"}:
            beside = block._replace(rows=1, columns=max(used.last_column - block.column + 1, 1))
            columns = extents.run_length(self._filled(beside, by_value=True))
        return Range(self._sheet, block._replace(rows=rows, columns=columns))

    @property
    def current_region(self) -> Range:
        cursor = self._sheet.api.createCursorByRange(self.api)
        cursor.collapseToCurrentRegion()
        return Range(self._sheet, block_of(cursor.getRangeAddress()))

    def select(self) -> None:
        self._sheet.book.controller.select(self.api)

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Make room by moving cells; new cells look like those above or left of them, as LibreOffice does it."""
        del copy_origin
        self._sheet.api.insertCells(self._editable.getRangeAddress(), self._mode("CellInsertMode", shift or "down"))

    def delete(self, shift: str | None = None) -> None:
        way = shift or ("left" if self._block.rows > self._block.columns else "up")
        self._sheet.api.removeRange(self._editable.getRangeAddress(), self._mode("CellDeleteMode", way))

    def copy(self, destination: Any = None) -> None:
        """Copy to another place of the same book. Raises NotImplementedError without one: the clipboard stays the user's."""
        if destination is None or destination.impl.sheet.book.api != self._sheet.book.api:
            raise NotImplementedError("LibreOffice copies within one book, to a destination.")
        target = destination.impl.api.getCellByPosition(0, 0).getCellAddress()
        self._sheet.api.copyRange(target, self.api.getRangeAddress())

    @property
    def table(self) -> Any | None:
        return next((table for table in self._sheet.tables if table.range.block.meets(self._block)), None)

    @property
    def name(self) -> Any | None:
        return next((name for name in self._sheet.book.names if name.covers(self._sheet, self._block)), None)

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.book.names.add(value, f"={quoted(self._sheet.name)}!{self.address}")

    @property
    def note(self) -> Note | None:
        cell = self.api.getCellByPosition(0, 0)
        return Note(self, cell.getAnnotation()) if cell.getAnnotation().getString() else None

    def add_note(self, text: str) -> Note:
        cell = self.api.getCellByPosition(0, 0)
        self._sheet.api.getAnnotations().insertNew(cell.getCellAddress(), text)
        return Note(self, cell.getAnnotation())

    def _clear(self, flags: int) -> None:
        if not self._block.is_empty:
            self._editable.clearContents(flags)

    def _filled(self, block: Block, *, by_value: bool = False) -> list[bool]:
        """Tell which cells of one row or column are filled; by value, a formula that gives empty text fills none."""
        cells = Range(self._sheet, block).api
        rows = cells.getDataArray() if by_value else cells.getFormulaArray()
        return [value != "" for row in rows for value in row]

    def _grid(self, value: Any) -> list[list[Any]]:
        if formulas.is_formula(value) and len(self) > 1:
            # one formula for all: relative references move along, as they do in Excel
            columns = range(self._block.columns)
            return [[formulas.moved(value, down, across) for across in columns] for down in range(self._block.rows)]
        if not isinstance(value, list | tuple):
            return [[value] * self._block.columns for _ in range(self._block.rows)]
        return [list(row) for row in (value if isinstance(value[0], list | tuple) else [value])]

    def _mode(self, kind: str, shift: str) -> Any:
        whole = "ROWS" if self._block.columns == LAST_COLUMN else "COLUMNS" if self._block.rows == LAST_ROW else ""
        return uno_bridge.enum(f"sheet.{kind}", whole or shift.rpartition("_")[2].upper())

    def __iter__(self) -> Iterator[Range]:
        return (self(at) for at in range(1, len(self) + 1))
