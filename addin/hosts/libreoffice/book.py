"""A workbook that is open in the office, as xlwings sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xlwings import base_classes

from addin.hosts.libreoffice import uno_bridge
from addin.hosts.libreoffice.names import Names
from addin.hosts.libreoffice.sheet import Sheets
from scorer.errors import OutputRefused, listed

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
    ".csv": "Text - txt - csv (StarCalc)",
}
_PDF = "calc_pdf_Export"
# how much of a picture stays, of 100
_QUALITY, _LEAST_QUALITY = 90, 50
_ONLY_READ_WHERE_MACROS_ARE = {".xlam": "Calc MS Excel 2007 VBA XML"}


class Book(base_classes.Book):
    """One open document. Two books are the same where their documents are, whatever they are called."""

    def __init__(self, app: Any, document: Any) -> None:
        self._app = app
        self._document = document

    @property
    def api(self) -> Any:
        return self._document

    @property
    def app(self) -> Any:
        return self._app

    @property
    def controller(self) -> Any:
        """UNO's view of the document, which knows the sheet in front and the selection."""
        return self._document.getCurrentController()

    @property
    def fullname(self) -> str:
        """Path of the file; of a book that was never saved, its title."""
        address = self._document.getURL()
        return str(uno_bridge.load().fileUrlToSystemPath(address) if address else self._document.getTitle())

    @property
    def name(self) -> str:
        return Path(self.fullname).name

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self)

    def activate(self) -> None:
        frame = self.controller.getFrame()
        frame.activate()
        frame.getContainerWindow().toFront()

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save under its own name or another one. Raises OutputRefused for an ending LibreOffice does not write.

        A book that was never saved goes into the working folder under its title, as in Excel.
        """
        if path is None and self._document.hasLocation() and not password:
            self._store(self.fullname, lambda _: self._document.store())
            return
        target = Path(path or (self.fullname if self._document.hasLocation() else f"{self.name}.xlsx")).absolute()
        save_filter = FILTERS.get(target.suffix.lower())
        if save_filter is None:
            raise OutputRefused.because(target, f"'{target.suffix}' is no ending of a workbook", f"Use {listed(FILTERS)}.")
        asked = uno_bridge.properties(FilterName=save_filter, Password=password, Overwrite=True)
        self._store(str(target), lambda address: self._document.storeAsURL(address, asked))

    def to_pdf(self, path: str, quality: str | None = None) -> None:
        """Print the visible sheets into a PDF. Raises OutputRefused where it cannot be written."""
        settings = uno_bridge.properties(Quality=_LEAST_QUALITY if quality == "minimum" else _QUALITY)
        asked = uno_bridge.properties(
            FilterName=_PDF, FilterData=uno_bridge.sequence("[]com.sun.star.beans.PropertyValue", settings), Overwrite=True
        )
        with _without_print_areas([sheet.api for sheet in self.sheets if not sheet.visible]):
            self._store(path, lambda address: self._document.storeToURL(address, asked))

    def close(self) -> None:
        self._app.forget(self._document)
        self._document.close(True)

    def _store(self, path: str, store: Any) -> None:
        folder = Path(path).absolute().parent
        if not folder.is_dir():
            raise OutputRefused.because(path, f"there is no folder {folder}", "Make the folder first, or name another one.")
        try:
            store(uno_bridge.load().systemPathToFileUrl(str(Path(path).absolute())))
        except uno_bridge.kind("io.IOException") as why:
            reason = "LibreOffice could not write there"
            raise OutputRefused.because(path, reason, "Look whether the folder is there and the file is free.") from why


@contextmanager
def _without_print_areas(sheets: Sequence[Any]) -> Iterator[None]:
    """Take the print areas off for a moment: LibreOffice prints a hidden sheet all the same where it has one."""
    areas = [sheet.getPrintAreas() for sheet in sheets]
    try:
        for sheet in sheets:
            sheet.setPrintAreas(())
        yield
    finally:
        for sheet, before in zip(sheets, areas, strict=True):
            sheet.setPrintAreas(before)


class Books(base_classes.Books):
    """The open workbooks, in the order in which they were opened."""

    def __init__(self, app: Any) -> None:
        self._app = app

    @property
    def app(self) -> Any:
        return self._app

    @property
    def api(self) -> Any:
        return self._app.api

    @property
    def active(self) -> Book:
        """The book in front. Raises KeyError where none is open."""
        document = self._app.active_document()
        if document is None:
            raise KeyError("No workbook is open.")
        return Book(self._app, document)

    def __iter__(self) -> Iterator[Book]:
        return (Book(self._app, document) for document in self._app.documents())

    def __len__(self) -> int:
        return len(self._app.documents())

    def __contains__(self, key: str) -> bool:
        return any(key.casefold() in {book.name.casefold(), book.fullname.casefold()} for book in self)

    def __call__(self, name_or_index: str | int) -> Book:
        """Return a book by its place, its path or its name; of several with one name, the one in front comes first."""
        every = list(self)
        if isinstance(name_or_index, int):
            return every[name_or_index - 1]
        wanted = name_or_index.casefold()
        found = [book for book in every if book.fullname.casefold() == wanted]
        found = found or [book for book in every if book.name.casefold() == wanted]
        if not found:
            raise KeyError(name_or_index)
        in_front = self._app.active_document()
        return next((book for book in found if book.api == in_front), found[0])

    def add(self) -> Book:
        return Book(self._app, self._app.office.new())

    def open(
        self,
        fullname: str,
        update_links: bool | None = None,
        read_only: bool | None = None,
        format: str | None = None,  # noqa: A002
        password: str | None = None,
        *_excel_only: Any,
        **_more_of_excel_only: Any,
    ) -> Book:
        """Open a workbook. Raises FileUnreadable for what LibreOffice does not open.

        Excel's questions about text files and converters have no meaning here and are not asked.
        """
        del format
        load = {
            "ReadOnly": read_only,
            "Password": password,
            "UpdateDocMode": None if update_links is None else 3 * bool(update_links),
            "FilterName": _ONLY_READ_WHERE_MACROS_ARE.get(Path(fullname).suffix.lower()),
        }
        return Book(self._app, self._app.office.open(fullname, **load))
