"""One running LibreOffice: started here with a profile of its own, or found running and joined through its pipe."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from addin.hosts.libreoffice import uno_bridge
from scorer.errors import FileUnreadable, HostMissing

START_SECONDS = 90.0
END_SECONDS = 15.0
CALC = "com.sun.star.sheet.SpreadsheetDocument"
NEW_BOOK = "private:factory/scalc"
# what a program of another Python would trip over
_OUTSIDE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
_NEVER, _ALWAYS_SILENTLY = 0, 4


class Office:
    """A connection to one LibreOffice; it ends the program only where it started it.

    Attributes
    ----------
    pipe
        Name of the pipe that the office listens on.
    pid
        Process id where it is known, else a number made from the pipe's name: it tells one office from another.
    desktop
        UNO's ``com.sun.star.frame.Desktop``.
    runs_macros
        Whether macros of a workbook may run when it is opened through here.
    """

    def __init__(self, pipe: str, context: Any, pid: int | None = None, *, runs_macros: bool = False) -> None:
        self.pipe = pipe
        self.context = context
        self.pid = zlib.crc32(pipe.encode()) if pid is None else pid
        self.runs_macros = runs_macros
        self.desktop = self.service("frame.Desktop")
        self._own: _Own | None = None

    @classmethod
    def start(
        cls, profile: Path | None = None, seconds: float = START_SECONDS, *, headless: bool = True, runs_macros: bool = False
    ) -> Self:
        """Start LibreOffice and connect to it; without a profile folder it gets a temporary one.

        Raises HostMissing where it is not installed, does not start or does not answer within ``seconds``.
        """
        uno_bridge.load()
        # nobody else can guess the name, so nobody else can drive this office
        pipe = f"promo{secrets.token_hex(16)}"
        own = _Own.start(pipe, profile, headless=headless)
        try:
            office = cls(pipe, _wait(pipe, own.process, seconds), own.process.pid, runs_macros=runs_macros)
        except BaseException:
            own.end(patience=0)
            raise
        office._own = own
        return office

    @classmethod
    def attach(cls, pipe: str, pid: int | None = None, *, runs_macros: bool = False) -> Self:
        """Join an office that already runs with ``--accept=pipe,name=…;urp;``. Raises HostMissing where none answers."""
        context = _connect(pipe)
        if context is None:
            raise HostMissing.not_answering(pipe)
        return cls(pipe, context, pid, runs_macros=runs_macros)

    def service(self, name: str, *arguments: Any) -> Any:
        """Return a new UNO service of this office, such as ``frame.Desktop``."""
        makes = self.context.ServiceManager
        full = f"com.sun.star.{name}"
        if arguments:
            return makes.createInstanceWithArgumentsAndContext(full, arguments, self.context)
        return makes.createInstanceWithContext(full, self.context)

    def is_alive(self) -> bool:
        try:
            self.desktop.getName()
        except _gone():
            return False
        return True

    def version(self) -> str:
        """Return the version, such as ``7.4.7.2``."""
        where = uno_bridge.properties(nodepath="/org.openoffice.Setup/Product")
        product = self.service("configuration.ConfigurationProvider").createInstanceWithArguments(
            "com.sun.star.configuration.ConfigurationAccess", where
        )
        return str(product.ooSetupVersionAboutBox)

    def documents(self) -> Iterator[Any]:
        """Yield the open spreadsheets, in no particular order."""
        every = self.desktop.getComponents().createEnumeration()
        while every.hasMoreElements():
            document = every.nextElement()
            if is_book(document):
                yield document

    def open(self, path: str | Path, **load: Any) -> Any:
        """Open a workbook and return its document; ``load`` is what UNO's MediaDescriptor knows, such as ``ReadOnly=True``.

        Raises FileUnreadable where LibreOffice does not open it as a spreadsheet.
        """
        file = Path(path).resolve()
        if not file.is_file():
            raise FileUnreadable.not_there(file)
        document = self._load(uno_bridge.load().systemPathToFileUrl(str(file)), load)
        if document is None or not is_book(document):
            if document is not None:
                document.close(True)
            raise FileUnreadable.because(file, "LibreOffice opens no spreadsheet there", "Open it by hand and save it again.")
        return document

    def new(self) -> Any:
        """Return the document of a new, empty workbook."""
        return self._load(NEW_BOOK, {})

    def close(self) -> None:
        """End the office if it was started here, and only then; a second time, and a dead office, do no harm."""
        own, self._own = self._own, None
        if own is None:
            return
        try:
            for document in list(self.documents()):
                document.close(True)
            self.desktop.terminate()
        except _gone():
            pass  # it ended by itself, which is what was wanted
        finally:
            own.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, where: TracebackType | None) -> None:
        self.close()

    def _load(self, url: str, load: dict[str, Any]) -> Any:
        macros = _ALWAYS_SILENTLY if self.runs_macros else _NEVER
        arguments = {"MacroExecutionMode": macros, **load}
        try:
            return self.desktop.loadComponentFromURL(url, "_blank", 0, uno_bridge.properties(**arguments))
        except (uno_bridge.kind("io.IOException"), uno_bridge.kind("lang.IllegalArgumentException")):
            return None


class _Own:
    """The process that was started here, and the profile folder that goes with it."""

    def __init__(self, process: subprocess.Popen[bytes], temporary: Path | None) -> None:
        self.process = process
        self._temporary = temporary

    @classmethod
    def start(cls, pipe: str, profile: Path | None, *, headless: bool) -> _Own:
        temporary = Path(tempfile.mkdtemp(prefix="promo-office-")) if profile is None else None
        folder = temporary or Path(str(profile))
        command = [
            str(uno_bridge.program()),
            *(["--headless"] if headless else []),
            "--norestore",
            "--nologo",
            "--nodefault",
            "--nolockcheck",
            "--nofirststartwizard",
            f"-env:UserInstallation={folder.absolute().as_uri()}",
            f"--accept=pipe,name={pipe};urp;",
        ]
        environment = {name: value for name, value in os.environ.items() if name not in _OUTSIDE}
        nowhere = subprocess.DEVNULL
        try:
            # a session of its own, so that the launcher's children end with it and nothing else does; no shell reads it
            process = subprocess.Popen(  # noqa: S603
                command, env=environment, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True
            )
        except OSError as why:
            raise HostMissing.not_started(command[0], why) from why
        return cls(process, temporary)

    def end(self, patience: float = END_SECONDS) -> None:
        """Wait for the process to end, end it where it does not, and take the temporary profile away."""
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self._kill()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _kill(self) -> None:
        if sys.platform == "win32":
            self.process.kill()
        else:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
        self.process.wait()


def is_book(document: Any) -> bool:
    """Whether a component of the office is a spreadsheet document."""
    return bool(hasattr(document, "supportsService") and document.supportsService(CALC))


def _wait(pipe: str, process: subprocess.Popen[bytes], seconds: float) -> Any:
    given_up = time.monotonic() + seconds
    while time.monotonic() < given_up:
        context = _connect(pipe)
        if context is not None:
            return context
        if process.poll() is not None:
            raise HostMissing.not_started(uno_bridge.program(), f"it ended with code {process.returncode}")
        time.sleep(0.1)
    raise HostMissing.not_started(uno_bridge.program(), f"it did not answer within {seconds:.0f} seconds")


def _connect(pipe: str) -> Any | None:
    here = uno_bridge.load().getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    try:
        return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
    except uno_bridge.kind("connection.NoConnectException"):
        return None


def _gone() -> tuple[Any, ...]:
    """What UNO raises when the other side is no longer there."""
    return uno_bridge.kind("lang.DisposedException"), uno_bridge.kind("uno.RuntimeException")
