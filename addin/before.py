"""What a workbook was before a button wrote into it: kept in memory while the button works, and on disk until it is restored.

A sheet that was written is told from one that somebody has changed since by a fingerprint of what the button left there.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from addin import blocks
from addin.blocks import GENERAL, Area, Held
from addin.look import Looks, looks_of, put_looks
from scorer import atomic

FORMAT = 1
MOST_PER_BOOK = 20
DAYS_KEPT = 30
_DAY = 86_400 * 10**9


class Written(NamedTuple):
    """A block of a sheet before it was written, and the fingerprint of what was left there. ``table`` was extended over it."""

    sheet: str
    area: Area
    rows: list[list[Held]]
    formats: list[tuple[Area, str]]
    looks: Looks | None
    table: tuple[str, Area] | None = None
    left: str = ""


class Added(NamedTuple):
    """A sheet that was added, and the fingerprint of what was left there."""

    sheet: str
    left: str = ""


class Image(NamedTuple):
    """What one run of a button changed in one workbook. ``order`` is its moment in nanoseconds: several fit into a second."""

    order: int
    run_id: str
    button: str
    at: str
    book: str
    written: tuple[Written, ...]
    added: tuple[Added, ...]


class BeforeImage:
    """Takes down what a run is about to change in its workbook, and can take it back."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self.written: list[Written] = []
        self.added: list[Added] = []

    def writes(self, sheet: Any, area: Area, table: Any = None) -> Written:
        """Take down a block that is to be written, and the table that is to be extended over it; return what is there."""
        over = (table.name, blocks.area_of(table.range)) if table is not None else None
        there = Written(
            sheet.name, area, blocks.held(sheet, area), blocks.formats(sheet, area), looks_of(sheet, area), over
        )
        self.written.append(there)
        return there

    def adds(self, sheet: Any) -> None:
        """Take down that a sheet was added."""
        self.added.append(Added(sheet.name))

    def take_back(self) -> None:
        """Put the workbook back to what it was before this run."""
        put_back(self._book, self.written)
        for added in self.added:
            remove(self._book, added)
        self.written.clear()
        self.added.clear()

    def sealed(self, run_id: str, button: str, at: str, book: str) -> Image | None:
        """Return the image with fingerprints of what the run leaves; None where nothing was changed."""
        if not self.written and not self.added:
            return None
        written = tuple(one._replace(left=fingerprint(self._book.sheets[one.sheet], one.area)) for one in self.written)
        added = tuple(one._replace(left=fingerprint_of_sheet(self._book.sheets[one.sheet])) for one in self.added)
        return Image(time.time_ns(), run_id, button, at, book, written, added)


def put_back(book: Any, written: Sequence[Written]) -> None:
    """Write blocks as they were before, the last first. Raises OutputRefused where a block cannot be written."""
    for one in reversed(written):
        sheet = sheet_called(book, one.sheet)
        if sheet is None:
            continue
        if one.table is not None and one.table[0] in [table.name for table in sheet.tables]:
            sheet.tables[one.table[0]].resize(one.table[1].of(sheet))
        blocks.write_back(sheet, one.area, one.rows)
        for area, code in one.formats:
            area.of(sheet).number_format = code
        if one.looks is not None:
            put_looks(sheet, one.area, one.looks)


def remove(book: Any, added: Added) -> None:
    """Remove a sheet that was added, if it is still there and not the only one."""
    sheet = sheet_called(book, added.sheet)
    if sheet is not None and len(book.sheets) > 1:
        sheet.delete()


def sheet_called(book: Any, name: str) -> Any | None:
    """Return a sheet by its name, or None."""
    return next((sheet for sheet in book.sheets if sheet.name.casefold() == name.casefold()), None)


def fingerprint(sheet: Any, area: Area) -> str:
    """Return what tells the content of a block from another: formulas and what is written, not what they come to."""
    return sha256(json.dumps(blocks.formulas(sheet, area)).encode()).hexdigest()[:16]


def fingerprint_of_sheet(sheet: Any) -> str:
    """Return what tells the content of a whole sheet from another."""
    return fingerprint(sheet, blocks.area_of(sheet.used_range))


# ---------------------------------------------------------------------------------------------- on disk
class Shelf:
    """The images of one client in a folder, one file each; of a workbook the newest comes first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, image: Image) -> None:
        """Write an image, and let go of those that are too many or too old. Raises OutputRefused."""
        self._folder.mkdir(parents=True, exist_ok=True)
        told = json.dumps({"format": FORMAT, **image._asdict()}).encode()
        atomic.write_bytes(self._place(image), gzip.compress(told, mtime=0))
        self._tidy(image)

    def of(self, book: str) -> Iterator[Image]:
        """Yield the images of a workbook, the newest first; a file that cannot be read is passed over."""
        for path in self._files(book):
            image = _read(path)
            if image is not None and image.book == book:
                yield image

    def drop(self, image: Image) -> None:
        """Let go of an image."""
        self._place(image).unlink(missing_ok=True)

    def _place(self, image: Image) -> Path:
        return self._folder / f"{image.order:020}.{_book_mark(image.book)}.json.gz"

    def _files(self, book: str) -> list[Path]:
        return sorted(self._folder.glob(f"*.{_book_mark(book)}.json.gz"), reverse=True)

    def _tidy(self, newest: Image) -> None:
        for path in self._files(newest.book)[MOST_PER_BOOK:]:
            path.unlink(missing_ok=True)
        oldest = newest.order - DAYS_KEPT * _DAY
        for path in self._folder.glob("*.json.gz"):
            if path.name.partition(".")[0].isdigit() and int(path.name.partition(".")[0]) < oldest:
                path.unlink(missing_ok=True)


def _book_mark(book: str) -> str:
    return sha256(book.encode()).hexdigest()[:12]


def _read(path: Path) -> Image | None:
    try:
        told = json.loads(gzip.decompress(path.read_bytes()))
        if told.pop("format") != FORMAT:
            return None
        written, added = (_written(one) for one in told["written"]), (Added(*one) for one in told["added"])
        return Image(**told | {"written": tuple(written), "added": tuple(added)})
    except (OSError, EOFError, ValueError, TypeError, KeyError):
        return None  # of another version, or cut short: the runs before it can still be taken back


def _written(told: Sequence[Any]) -> Written:
    sheet, area, rows, formats, looks, table, left = told
    return Written(
        sheet=sheet,
        area=Area(*area),
        rows=rows,
        formats=[(Area(*part), code or GENERAL) for part, code in formats],
        looks=None if looks is None else Looks(*looks),
        table=None if table is None else (table[0], Area(*table[1])),
        left=left,
    )
