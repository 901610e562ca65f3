"""How a sheet is printed and looked at: print area, and panes that stay while the rest moves."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from addin.hosts.libreoffice.addresses import LAST_COLUMN, LAST_ROW, parsed
from addin.hosts.libreoffice.formats import block_of


class PageSetup(base_classes.PageSetup):
    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    @property
    def api(self) -> Any:
        return self._sheet.api

    @property
    def print_area(self) -> str | None:
        areas = self._sheet.api.getPrintAreas()
        return ",".join(block_of(area).address() for area in areas) or None

    @print_area.setter
    def print_area(self, value: str | None) -> None:
        addresses = [self._sheet.range(part).api.getRangeAddress() for part in value.split(",")] if value else []
        self._sheet.api.setPrintAreas(tuple(addresses))


class FreezePanes(base_classes.FreezePanes):
    """The panes of the sheet in front: to freeze those of another one brings it there for a moment."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    def freeze_at(self, frozen_range: str) -> None:
        """Keep these rows and columns in sight, such as ``1:2`` or ``A1:C4``."""
        block = parsed(frozen_range)
        if block is None:
            raise ValueError(f"'{frozen_range}' is no address.")
        columns = 0 if block.columns == LAST_COLUMN else block.last_column
        self._freeze(columns, 0 if block.rows == LAST_ROW else block.last_row)

    def unfreeze(self) -> None:
        self._freeze(0, 0)

    def _freeze(self, columns: int, rows: int) -> None:
        controller = self._sheet.book.controller
        in_front = controller.getActiveSheet()
        controller.setActiveSheet(self._sheet.api)
        controller.freezeAtPosition(columns, rows)
        controller.setActiveSheet(in_front)
