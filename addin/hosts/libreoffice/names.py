"""Names of cells, of a whole book or of one sheet, as xlwings sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from addin.hosts.libreoffice import formulas, uno_bridge
from addin.hosts.libreoffice.addresses import Block, quoted
from addin.hosts.libreoffice.formats import block_of


class Name(base_classes.Name):
    """One name; that of a sheet is told with the sheet before it: ``Plan!budget``."""

    def __init__(self, book: Any, named: Any, home: Any, sheet: Any = None) -> None:
        self._book = book
        self._named = named
        self._home = home
        self._sheet = sheet

    @property
    def api(self) -> Any:
        return self._named

    @property
    def name(self) -> str:
        plain = str(self._named.getName())
        return plain if self._sheet is None else f"{quoted(self._sheet.name)}!{plain}"

    @name.setter
    def name(self, value: str) -> None:
        self._named.setName(value.rpartition("!")[2])

    @property
    def refers_to(self) -> str:
        return formulas.to_excel(f"={self._named.getContent()}")

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self._named.setContent(_content(value))

    @property
    def refers_to_range(self) -> Any:
        cells = self._named.getReferredCells()
        if cells is None:
            raise ValueError(f"The name '{self.name}' stands for {self.refers_to}, which is no range of cells.")
        address = cells.getRangeAddress()
        return self._book.sheets(address.Sheet + 1).block_range(block_of(address))

    def covers(self, sheet: Any, block: Block) -> bool:
        """Whether the name stands for exactly this block of this sheet."""
        cells = self._named.getReferredCells()
        if cells is None:
            return False
        address = cells.getRangeAddress()
        return bool(address.Sheet + 1 == sheet.index and block_of(address) == block)

    def delete(self) -> None:
        self._home.removeByName(self._named.getName())


class Names(base_classes.Names):
    """The names of a book with those of its sheets, or the names of one sheet alone."""

    def __init__(self, book: Any, sheet: Any = None) -> None:
        self._book = book
        self._sheet = sheet

    @property
    def api(self) -> Any:
        return (self._book if self._sheet is None else self._sheet).api.NamedRanges

    def __iter__(self) -> Iterator[Name]:
        yield from _names(self._book, self.api, self._sheet)
        if self._sheet is None:
            for sheet in self._book.sheets:
                yield from _names(self._book, sheet.api.NamedRanges, sheet)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, name_or_index: str | int) -> Name:
        if isinstance(name_or_index, int):
            return list(self)[name_or_index - 1]
        found = self.find(name_or_index)
        if found is None:
            raise KeyError(name_or_index)
        return found

    def contains(self, name_or_index: str | int) -> bool:
        if isinstance(name_or_index, int):
            return 0 < name_or_index <= len(self)
        return self.find(name_or_index) is not None

    def find(self, name: str) -> Name | None:
        """Return the name, whatever its capitals, or None."""
        before, mark, plain = name.rpartition("!")
        sheet = self._sheet if not mark else self._book.sheets(before.strip("'").replace("''", "'"))
        home = (self._book if sheet is None else sheet).api.NamedRanges
        known = next((each for each in home.getElementNames() if each.casefold() == plain.casefold()), None)
        return None if known is None else Name(self._book, home.getByName(known), home, sheet)

    def add(self, name: str, refers_to: str) -> Name:
        """Add a name, or give it a new meaning if it is there."""
        found = self.find(name)
        if found is not None:
            found.refers_to = refers_to
            return found
        before, mark, plain = name.rpartition("!")
        home = self.api if not mark else self._book.sheets(before.strip("'").replace("''", "'")).api.NamedRanges
        home.addNewByName(plain, _content(refers_to), uno_bridge.struct("table.CellAddress", 0, 0, 0), 0)
        return self(name)


def _names(book: Any, home: Any, sheet: Any) -> Iterator[Name]:
    for name in home.getElementNames():
        yield Name(book, home.getByName(name), home, sheet)


def _content(refers_to: str) -> str:
    formula = refers_to if refers_to.startswith("=") else f"={refers_to}"
    return formulas.to_calc(formula)[1:]
