"""A sheet of a workbook, as xlwings sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from addin.hosts.libreoffice.addresses import WHOLE_SHEET, Block, parsed
from addin.hosts.libreoffice.formats import block_of
from addin.hosts.libreoffice.names import Names
from addin.hosts.libreoffice.notes import Note
from addin.hosts.libreoffice.page import FreezePanes, PageSetup
from addin.hosts.libreoffice.ranges import Range
from addin.hosts.libreoffice.tables import Tables


class Sheet(base_classes.Sheet):
    def __init__(self, book: Any, sheet: Any) -> None:
        self._book = book
        self._sheet = sheet

    @property
    def api(self) -> Any:
        return self._sheet

    @property
    def book(self) -> Any:
        return self._book

    @property
    def name(self) -> str:
        return str(self._sheet.getName())

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.setName(value)

    @property
    def index(self) -> int:
        return int(self._sheet.getRangeAddress().Sheet) + 1

    def is_same(self, other: Sheet) -> bool:
        """Whether another sheet is this one. UNO hands out a new object each time, so it is told by book and place."""
        return bool(other.book.api == self._book.api) and other.index == self.index

    @property
    def names(self) -> Names:
        return Names(self._book, self)

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def cells(self) -> Range:
        return Range(self, WHOLE_SHEET)

    @property
    def used_block(self) -> Block:
        """The block with everything in it that is filled or formatted; ``A1`` on an empty sheet."""
        cursor = self._sheet.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return block_of(cursor.getRangeAddress())

    @property
    def used_range(self) -> Range:
        return Range(self, self.used_block)

    def block_range(self, block: Block) -> Range:
        return Range(self, block)

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        """Return the range from one corner to the other, or the one that an address, a name or a table stands for.

        Raises ValueError for what is no range of this sheet.
        """
        if isinstance(arg1, tuple) and len(arg1) == 4:
            return Range(self, Block(*arg1))
        first = self._corner(arg1)
        if arg2 is None:
            return first
        return Range(self, first.block.around(self._corner(arg2).block))

    def activate(self) -> None:
        self._book.controller.setActiveSheet(self._sheet)

    select = activate

    def clear(self) -> None:
        self.cells.clear()

    def clear_contents(self) -> None:
        self.cells.clear_contents()

    def clear_formats(self) -> None:
        self.cells.clear_formats()

    def autofit(self, axis: str | None = None) -> None:
        self.used_range.autofit(axis)

    def delete(self) -> None:
        self._book.api.Sheets.removeByName(self.name)

    def copy(self, before: Sheet | None = None, after: Sheet | None = None) -> None:
        """Copy within the book. Raises NotImplementedError for another book."""
        beside, place = self._place(before, after)
        if beside.book.api != self._book.api:
            raise NotImplementedError("LibreOffice copies a sheet within one book.")
        every = self._book.api.Sheets
        at = 2
        while every.hasByName(f"{self.name} ({at})"):
            at += 1
        every.copyByName(self.name, f"{self.name} ({at})", place)

    def move(self, before: Sheet | None = None, after: Sheet | None = None) -> None:
        self._book.api.Sheets.moveByName(self.name, self._place(before, after)[1])

    @property
    def visible(self) -> bool:
        return bool(self._sheet.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self._sheet.IsVisible = bool(value)

    @property
    def notes(self) -> list[Note]:
        every = self._sheet.getAnnotations()
        found = (every.getByIndex(at) for at in range(every.getCount()))
        return [Note(Range(self, Block(note.getPosition().Row + 1, note.getPosition().Column + 1)), note) for note in found]

    @property
    def freeze_panes(self) -> FreezePanes:
        return FreezePanes(self)

    @property
    def page_setup(self) -> PageSetup:
        return PageSetup(self)

    def _corner(self, place: Any) -> Range:
        if isinstance(place, Range):
            if not self.is_same(place.sheet):
                raise ValueError(f"{place.sheet.name}!{place.address} is not on sheet '{self.name}'.")
            return place
        if isinstance(place, tuple):
            row, column = place
            if row < 1 or column < 1:
                raise IndexError("Rows and columns of a sheet are counted from 1.")
            return Range(self, Block(row, column))
        block = parsed(place)
        return Range(self, block, place) if block else self._called(place)

    def _called(self, name: str) -> Range:
        found = self.names.find(name) or self._book.names.find(name)
        if found is not None:
            there: Range = found.refers_to_range
            return self._corner(there)
        if name in self.tables:
            body = self.tables(name).data_body_range
            if body is not None:
                return Range(self, body.block)
        raise ValueError(f"'{name}' is no address, name or table on sheet '{self.name}'.")

    def _place(self, before: Sheet | None, after: Sheet | None) -> tuple[Sheet, int]:
        if before is not None:
            return before, before.index - 1
        assert after is not None, "xlwings gives one of the two"
        return after, after.index


class Sheets(base_classes.Sheets):
    def __init__(self, book: Any) -> None:
        self._book = book

    @property
    def api(self) -> Any:
        return self._book.api.Sheets

    @property
    def active(self) -> Sheet:
        return Sheet(self._book, self._book.controller.getActiveSheet())

    def __len__(self) -> int:
        return int(self.api.getCount())

    def __iter__(self) -> Iterator[Sheet]:
        every = self.api
        return (Sheet(self._book, every.getByIndex(at)) for at in range(every.getCount()))

    def __contains__(self, key: str | int) -> bool:
        if isinstance(key, int):
            return 0 < key <= len(self)
        return self._known(key) is not None

    def __call__(self, name_or_index: str | int) -> Sheet:
        every = self.api
        if isinstance(name_or_index, int):
            if not 0 < name_or_index <= every.getCount():
                raise IndexError(name_or_index)
            return Sheet(self._book, every.getByIndex(name_or_index - 1))
        known = self._known(name_or_index)
        if known is None:
            raise KeyError(name_or_index)
        return Sheet(self._book, every.getByName(known))

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """Add a sheet, before the active one if nothing else is said, and make it the active one; both as Excel does."""
        every = self.api
        place = after.index if after is not None else (before or self.active).index - 1
        if name is None:
            at = every.getCount() + 1
            while every.hasByName(f"Sheet{at}"):
                at += 1
            name = f"Sheet{at}"
        every.insertNewByName(name, place)
        added = Sheet(self._book, every.getByName(name))
        added.activate()
        return added

    def _known(self, name: str) -> str | None:
        """Return the name as the book writes it, whatever the capitals."""
        return next((each for each in self.api.getElementNames() if each.casefold() == name.casefold()), None)
