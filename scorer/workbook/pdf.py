"""Pages of a workbook as PDF, drawn by a spreadsheet program: the chosen sheets only, the workbook itself untouched.

A copy is printed, in which all other sheets are hidden: their cells stay, so formulas across sheets still work out. The
program that draws is behind ``Printer``; here it is LibreOffice, with a profile, a folder and a time limit of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Protocol

from scorer import atomic
from scorer.errors import FileUnreadable, InputRefused, OutputRefused, listed, nearest

SECONDS = 180
ENDINGS = (".xlsx", ".xlsm")
PROGRAMS = ("soffice", "libreoffice")
USUAL_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "{ProgramFiles}/LibreOffice/program/soffice.exe",
    "{ProgramFiles(x86)}/LibreOffice/program/soffice.exe",
    "/usr/bin/soffice",
    "/usr/local/bin/soffice",
    "/opt/libreoffice/program/soffice",
    "/snap/bin/libreoffice",
)
_BOOK = "xl/workbook.xml"
_SHEET = re.compile(r"<sheet\b[^>]*/>")
_NAME = re.compile(r'\bname="([^"]*)"')
_STATE = re.compile(r'\s*\bstate="[^"]*"')
_AREA = re.compile(
    r'<definedName\b(?=[^>]*\bname="_xlnm\.Print_Area")[^>]*\blocalSheetId="(\d+)"[^>]*>.*?</definedName>', re.DOTALL
)
_VIEW = re.compile(r"<workbookView\b[^>]*/>")
_FIRST = re.compile(r'\s*\b(?:activeTab|firstSheet)="\d+"')
# what a program of another Python would trip over
_OUTSIDE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


class Printer(Protocol):
    """A program that draws all visible sheets of a workbook, as its print set-up says."""

    def pdf(self, workbook: Path, folder: Path) -> Path:
        """Draw a workbook into a folder and return the file. Raises OutputRefused."""
        ...


class LibreOffice:
    """LibreOffice without a window: one process per workbook, which ends or is ended."""

    def __init__(self, program: Path, seconds: float = SECONDS) -> None:
        self._program = program
        self._seconds = seconds

    def pdf(self, workbook: Path, folder: Path) -> Path:
        """Draw a workbook into a folder. Raises OutputRefused when the program takes too long or makes nothing."""
        profile = folder / "profile"
        command = [
            str(self._program),
            f"-env:UserInstallation={profile.absolute().as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nologo",
            "--convert-to",
            "pdf:calc_pdf_Export",
            "--outdir",
            str(folder),
            str(workbook),
        ]
        self._run(command, workbook)
        made = folder / f"{workbook.stem}.pdf"
        if not made.exists():
            raise OutputRefused.because(
                made.name, f"{self._program} ended without drawing a page", "Open the workbook there once and look what it says."
            )
        return made

    def _run(self, command: list[str], workbook: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in _OUTSIDE}
        nowhere = subprocess.DEVNULL
        try:
            # a session of its own, so that the launcher's children end with it and nothing else does; no shell reads it
            process = subprocess.Popen(  # noqa: S603
                command, env=environment, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True
            )
        except OSError as why:
            raise OutputRefused.because("The PDF", f"{command[0]} does not start: {why}", "Install LibreOffice again.") from why
        try:
            process.wait(self._seconds)
        except subprocess.TimeoutExpired as late:
            raise OutputRefused.because(
                f"The PDF of {workbook.name}",
                f"LibreOffice had not finished after {self._seconds:.0f} seconds and was ended",
                "Print fewer sheets, or open the workbook and print it by hand.",
            ) from late
        finally:
            _end(process)


def find_printer(seconds: float = SECONDS) -> Printer:
    """Return the program that prints. Raises OutputRefused where none is installed."""
    return LibreOffice(find_libreoffice(), seconds)


def find_libreoffice() -> Path:
    """Return LibreOffice: what the search path finds, else the usual places of each system.

    Raises OutputRefused where there is none.
    """
    for place in _places():
        if place.is_file():
            return place
    raise OutputRefused.because(
        "The PDF",
        "LibreOffice, which draws the pages, was not found",
        "Install it from libreoffice.org (on Debian and Ubuntu: apt install libreoffice-calc), "
        "or open the workbook in your spreadsheet program and save the sheets as PDF there.",
    )


def _places() -> Iterator[Path]:
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            yield Path(found)
    for place in USUAL_PLACES:
        folder = re.match(r"\{(.*?)\}", place)
        if folder is None:
            yield Path(place)
        elif folder[1] in os.environ:
            yield Path(place.replace(folder[0], os.environ[folder[1]]))


def write_pdf(
    workbook: Path, out: Path, sheets: Sequence[str] = (), printer: Printer | None = None, say: Callable[[str], None] = print
) -> tuple[str, ...]:
    """Print sheets of a workbook into a PDF, in the order they stand there, and return their names; none named: all of them.

    Raises FileUnreadable for a file that is no workbook, InputRefused for a sheet it does not have, OutputRefused when no
    program can print it or the PDF cannot be written.
    """
    if out.suffix.lower() != ".pdf":
        raise OutputRefused.because(out, f"'{out.suffix or out.name}' is no ending of a PDF", "Use .pdf.")
    names = sheets_of(workbook)
    chosen = _chosen(names, sheets, workbook)
    program = printer or find_printer()
    with tempfile.TemporaryDirectory(prefix="promo-pdf-") as folder:
        copy = Path(folder) / f"{out.stem}{workbook.suffix.lower()}"
        say(f"Drawing {listed(chosen)}")
        copy.write_bytes(with_only(workbook, chosen))
        made = program.pdf(copy, Path(folder))
        say(f"Writing {out}")
        atomic.write_bytes(out, made.read_bytes())
    return chosen


def sheets_of(workbook: Path) -> dict[str, bool]:
    """Return the sheets of a workbook from left to right, and whether each can be seen.

    Raises FileUnreadable for a file that is not there or is no workbook.
    """
    book = _book(workbook)
    return {unescape(_name(sheet)): _STATE.search(sheet) is None for sheet in _SHEET.findall(book)}


def with_only(workbook: Path, sheets: Sequence[str]) -> bytes:
    """Return the workbook with these sheets visible and all others hidden; no other part of it changes by a byte."""
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            body = old.read(part)
            if part.filename == _BOOK:
                body = _shown_only(body.decode("utf-8"), frozenset(sheets)).encode("utf-8")
            new.writestr(part, body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _shown_only(book: str, sheets: frozenset[str]) -> str:
    tags = _SHEET.findall(book)
    hidden = {str(at) for at, tag in enumerate(tags) if unescape(_name(tag)) not in sheets}
    # LibreOffice prints a hidden sheet all the same where it has a print area
    book = _AREA.sub(lambda area: "" if area[1] in hidden else area[0], book)
    first = next(at for at, tag in enumerate(tags) if unescape(_name(tag)) in sheets)
    for tag in tags:
        bare = _STATE.sub("", tag)
        shown = bare if unescape(_name(tag)) in sheets else bare.replace("<sheet ", '<sheet state="hidden" ', 1)
        book = book.replace(tag, shown, 1)

    def looked_at(view: re.Match[str]) -> str:
        # a hidden sheet may not be the one in front
        return _FIRST.sub("", view[0]).replace("<workbookView", f'<workbookView firstSheet="{first}" activeTab="{first}"', 1)

    return _VIEW.sub(looked_at, book)


def _chosen(names: dict[str, bool], asked: Sequence[str], workbook: Path) -> tuple[str, ...]:
    known = {name.casefold(): name for name in names}
    for name in asked:
        if name.casefold() not in known:
            raise InputRefused(f"{workbook} has no sheet '{name}'.{nearest(name, names)} It has: {listed(names, 30)}.")
    wanted = {known[name.casefold()] for name in asked}
    return tuple(name for name, is_visible in names.items() if (name in wanted if asked else is_visible))


def _book(workbook: Path) -> str:
    if workbook.suffix.lower() not in ENDINGS:
        raise FileUnreadable.because(workbook, "it is no Excel workbook", f"Give a file that ends with {' or '.join(ENDINGS)}.")
    try:
        with zipfile.ZipFile(workbook) as package:
            return package.read(_BOOK).decode("utf-8")
    except FileNotFoundError as why:
        raise FileUnreadable.because(workbook, "there is no such file", "'promo workbook LIST' writes a workbook.") from why
    except (OSError, KeyError, zipfile.BadZipFile, UnicodeDecodeError) as why:
        raise FileUnreadable.because(workbook, "it is no Excel workbook", "Open it in Excel and save it again.") from why


def _name(sheet: str) -> str:
    found = _NAME.search(sheet)
    return found[1] if found else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what this process started and has not ended: the program and its children, and nobody else's."""
    if sys.platform == "win32":
        if process.poll() is None:
            ender = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.run(ender, capture_output=True, check=False)  # noqa: S603
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
    process.wait()
