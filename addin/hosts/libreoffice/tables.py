"""Excel's tables, which LibreOffice keeps as database ranges, as xlwings sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from addin.hosts.libreoffice.addresses import Block
from addin.hosts.libreoffice.formats import block_of


class Table(base_classes.Table):
    """One table of a sheet. LibreOffice draws no table styles: what a table looks like is in the cells' own formats."""

    def __init__(self, sheet: Any, area: Any) -> None:
        self._sheet = sheet
        self._area = area

    @property
    def api(self) -> Any:
        return self._area

    @property
    def parent(self) -> Any:
        return self._sheet

    @property
    def name(self) -> str:
        return str(self._area.getName())

    @name.setter
    def name(self, value: str) -> None:
        self._area.setName(value)

    @property
    def display_name(self) -> str:
        return self.name

    @display_name.setter
    def display_name(self, value: str) -> None:
        self.name = value

    @property
    def range(self) -> Any:
        return self._sheet.block_range(self._block)

    @property
    def header_row_range(self) -> Any | None:
        block = self._block
        return self._sheet.block_range(block._replace(rows=1)) if self.show_headers else None

    @property
    def data_body_range(self) -> Any | None:
        block, above, below = self._block, int(self.show_headers), int(self.show_totals)
        rows = block.rows - above - below
        return self._sheet.block_range(block._replace(row=block.row + above, rows=rows)) if rows > 0 else None

    @property
    def totals_row_range(self) -> Any | None:
        block = self._block
        return self._sheet.block_range(block._replace(row=block.last_row, rows=1)) if self.show_totals else None

    @property
    def insert_row_range(self) -> None:
        return None

    @property
    def show_headers(self) -> bool:
        return bool(self._area.ContainsHeader)

    @show_headers.setter
    def show_headers(self, value: bool) -> None:
        self._area.ContainsHeader = bool(value)

    @property
    def show_totals(self) -> bool:
        return bool(self._area.TotalsRow)

    @show_totals.setter
    def show_totals(self, value: bool) -> None:
        self._area.TotalsRow = bool(value)

    @property
    def show_autofilter(self) -> bool:
        return bool(self._area.AutoFilter)

    @show_autofilter.setter
    def show_autofilter(self, value: bool) -> None:
        self._area.AutoFilter = bool(value)

    def resize(self, range: Any) -> None:  # noqa: A002
        self._area.setDataArea(range.impl.api.getRangeAddress())

    @property
    def _block(self) -> Block:
        return block_of(self._area.getDataArea())


class Tables(base_classes.Tables):
    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    @property
    def api(self) -> Any:
        return self._sheet.book.api.DatabaseRanges

    @property
    def parent(self) -> Any:
        return self._sheet

    def __iter__(self) -> Iterator[Table]:
        every, here = self.api, self._sheet.index - 1
        for name in every.getElementNames():
            area = every.getByName(name)
            if area.getDataArea().Sheet == here:
                yield Table(self._sheet, area)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, key: str | int) -> bool:
        if isinstance(key, int):
            return 0 < key <= len(self)
        return any(table.name.casefold() == key.casefold() for table in self)

    def __call__(self, name_or_index: str | int) -> Table:
        if isinstance(name_or_index, int):
            return list(self)[name_or_index - 1]
        for table in self:
            if table.name.casefold() == name_or_index.casefold():
                return table
        raise KeyError(name_or_index)

    def add(
        self,
        source_type: str | None = None,
        source: Any = None,
        link_source: bool | None = None,
        has_headers: bool = True,
        destination: Any = None,
        table_style_name: str | None = None,
        name: str | None = None,
    ) -> Table:
        """Make a table of a range. Its style is taken and not drawn; Excel's other sources are refused."""
        del table_style_name
        if source_type is not None or link_source is not None or destination is not None:
            raise NotImplementedError("LibreOffice makes tables of cells only.")
        every = self.api
        if name is None:
            taken = {known.casefold() for known in every.getElementNames()}
            name = next(f"Table{at}" for at in range(1, len(taken) + 2) if f"table{at}" not in taken)
        if every.hasByName(name):
            raise ValueError(f"There is a table '{name}' in this workbook already.")
        every.addNewByName(name, source.impl.api.getRangeAddress())
        table = Table(self._sheet, every.getByName(name))
        table.show_headers = has_headers
        table.show_autofilter = has_headers
        return table
