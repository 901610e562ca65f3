"""The archive a workbook is: looked through before it is read, written again with a few parts changed."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, TypeAlias

from scorer.errors import OutputRefused
from scorer.lake.reading_archive import UNFOLDED_LIMIT
from scorer.workbook.filling.markup import Checker, elements

WHOLE_PART_LIMIT = 64_000_000  # of a part that is read in one go; sheets and strings are read as streams
MOST_PARTS = 20_000
PIECE = 1 << 20
WORKBOOKS = (".xlsx", ".xlsm")
CONTENT_TYPES = "[Content_Types].xml"
_OTHERS = {
    ".xls": "the old xls format",
    ".xlsb": "the binary xlsb format",
    ".ods": "an OpenDocument sheet",
    ".xltx": "a template",
    ".xltm": "a template",
    ".csv": "a text file",
}
_SAVE_AS = "Save it as .xlsx or .xlsm in your spreadsheet program and fill that one."
_ABSOLUTE = re.compile(r"^(?:[/\\]|[A-Za-z]:)")
_ZIP64_EXTRA = b"\x01\x00"

# What a part becomes: its new bytes, or what turns its bytes into new ones as they flow past.
Change: TypeAlias = bytes | Callable[[Iterator[bytes]], Iterable[bytes]]


class Relation(NamedTuple):
    """A tie between two parts: its kind is the last word of its type; the target is the name of a part."""

    id: str
    kind: str
    target: str


class Package:
    """An open workbook: its parts by name. Nothing is ever unpacked to disk."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self._archive = archive
        self._infos = {info.filename: info for info in archive.infolist()}
        self._open: list[IO[bytes]] = []
        self._by_case = {name.lower(): name for name in self._infos}

    @property
    def names(self) -> list[str]:
        return list(self._infos)

    def known(self, name: str) -> str | None:
        """Return a part's name as the archive spells it: names of parts differ by more than case."""
        return self._by_case.get(name.lower())

    def read(self, name: str) -> bytes:
        """Return a part that is small by its nature. Raises OutputRefused when it is not, or is not there."""
        if (size := self._info(name).file_size) > WHOLE_PART_LIMIT:
            raise _unsound(self.path, f"its part {name} unfolds into {size:,} bytes")
        return b"".join(self.stream(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield a part in pieces. Raises OutputRefused when it is damaged or not there."""
        with _soundness(self.path), self._archive.open(self._info(name)) as part:
            self._open.append(part)
            while piece := part.read(PIECE):
                yield piece

    def _info(self, name: str) -> zipfile.ZipInfo:
        spelled = self.known(name)
        if spelled is None:
            raise _unsound(self.path, f"its part {name} is missing")
        return self._infos[spelled]

    def close(self) -> None:
        """Let go of the file: a stream that was not read to its end would hold it, and keep it from being replaced."""
        for part in self._open:
            part.close()

    def relations(self, of: str) -> dict[str, Relation]:
        """Return what a part points to inside the workbook, by id; '' stands for the workbook itself."""
        folder, name = posixpath.split(of)
        there = self.known(posixpath.join(folder, "_rels", f"{name}.rels"))
        if there is None:
            return {}
        found = {}
        for element in elements(self.read(there), self.path, there):
            told = element.attributes
            if element.name == "Relationship" and told.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, told.get("Target", "")))[1:]
                found[told.get("Id", "")] = Relation(told.get("Id", ""), told.get("Type", "").rpartition("/")[2], target)
        return found

    def rewritten(self, target: Path, changes: Mapping[str, Change], without: Collection[str] = ()) -> None:
        """Write the workbook to ``target``: parts in their order, with their dates; those in ``changes`` anew.

        Every part that is not changed keeps its bytes. Changed parts are checked to be sound as they are written.
        """
        with zipfile.ZipFile(target, "w") as out:
            out.comment = self._archive.comment
            for name, info in self._infos.items():
                if name not in without:
                    self._copy(out, info, changes.get(name))

    def _copy(self, out: zipfile.ZipFile, info: zipfile.ZipInfo, change: Change | None) -> None:
        entry = zipfile.ZipInfo(info.filename, info.date_time)
        entry.compress_type, entry.external_attr, entry.internal_attr = info.compress_type, info.external_attr, info.internal_attr
        entry.comment, entry.create_system = info.comment, info.create_system
        entry.extra = b"" if info.extra.startswith(_ZIP64_EXTRA) else info.extra
        checker = Checker(self.path, info.filename) if change is not None else None
        with out.open(entry, "w", force_zip64=info.file_size > UNFOLDED_LIMIT // 2) as part:
            for piece in self._pieces(info.filename, change):
                part.write(piece)
                if checker:
                    checker.feed(piece)
        if checker:
            checker.feed(b"", last=True)

    def _pieces(self, name: str, change: Change | None) -> Iterable[bytes]:
        if change is None:
            return self.stream(name)
        return [change] if isinstance(change, bytes) else change(self.stream(name))


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """Open a workbook to be filled.

    Raises OutputRefused for anything but a whole, unencrypted .xlsx or .xlsm that unfolds within bounds.
    """
    _must_be_a_workbook(path)
    with _soundness(path):
        archive = zipfile.ZipFile(path)
    with archive:
        _must_be_safe(path, archive)
        package = Package(path, archive)
        if package.known(CONTENT_TYPES) is None:
            raise _unsound(path, "it is a zip archive, but no workbook")
        if any(name.startswith("_xmlsignatures/") for name in package.names):
            raise OutputRefused.because(
                path, "it carries a digital signature, which any change would break", "Remove the signature, or fill a copy."
            )
        try:
            yield package
        finally:
            package.close()


def _must_be_a_workbook(path: Path) -> None:
    if not path.is_file():
        raise OutputRefused.because(path, "there is no such workbook", "Check the name behind --into.")
    ending = path.suffix.lower()
    if ending not in WORKBOOKS:
        raise OutputRefused.because(path, f"it is {_OTHERS.get(ending, 'no workbook by its name')}", _SAVE_AS)
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as why:
        raise OutputRefused.because(path, why.strerror or str(why), "Check that you may read it.") from why
    if start == bytes.fromhex("D0CF11E0A1B11AE1"):
        raise OutputRefused.because(
            path, "it is protected by a password, or in an old format", "Save it as .xlsx without a password and fill that."
        )
    if not start.startswith(b"PK"):
        raise OutputRefused.because(path, "it is no workbook inside, whatever its name says", _SAVE_AS)


def _must_be_safe(path: Path, archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    if len(infos) > MOST_PARTS:
        raise _unsound(path, f"it has {len(infos):,} parts")
    if (total := sum(info.file_size for info in infos)) > UNFOLDED_LIMIT:
        raise _unsound(path, f"it unfolds into {total / 1e9:.1f} GB")
    names = [info.filename for info in infos]
    if len({name.lower() for name in names}) < len(names):
        raise _unsound(path, "it holds two parts of the same name")
    for info in infos:
        # zipfile turns backslashes and cuts at NUL; what was really written there is in orig_filename
        if _ABSOLUTE.match(info.orig_filename) or ".." in re.split(r"[/\\]", info.orig_filename) or "\0" in info.orig_filename:
            raise _unsound(path, "one of its parts is named to land outside of it")
        if info.flag_bits & 1:
            raise OutputRefused.because(path, "its parts are encrypted", "Save it without a password and fill that.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _unsound(path, f"its part {info.filename} is packed in a way spreadsheet programs do not read")


@contextmanager
def _soundness(path: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError) as why:
        raise _unsound(path, f"it is damaged ({why})") from why


def _unsound(path: Path, why: str) -> OutputRefused:
    return OutputRefused.because(path, why, "Open it in your spreadsheet program, save it again and fill that one.")
