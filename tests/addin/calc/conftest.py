"""LibreOffice as its user has it: the add-in installed in a profile, our process started by the first cell that asks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from addin.build.vba_ribbon import callback
from addin.configuration import FILE_NAMED, Configuration
from addin.hosts.libreoffice import installing, profile, uno_bridge
from addin.hosts.libreoffice.basic import BRIDGE, BUTTONS
from addin.hosts.libreoffice.bridge import PRESENCE
from addin.hosts.libreoffice.office import Office
from scorer.errors import HostMissing
from tests.conftest import Home

PATIENCE = 120
GERMAN = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
  <item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>de-DE</value></prop></item>
</oor:items>"""


class Calc:
    """One LibreOffice with the add-in; ``settings`` is the file of the user it belongs to."""

    def __init__(self, office: Office, settings: Path, pipe: str) -> None:
        self.office = office
        self.settings = settings
        self.pipe = pipe

    def new(self, rows: Sequence[Sequence[Any]] = ()) -> Any:
        """Return the document of a new workbook with these cells from A1 on."""
        document = self.office.new()
        if rows:
            self.put(document, rows)
        return document

    def put(self, document: Any, rows: Sequence[Sequence[Any]], sheet: int = 0) -> None:
        cells = document.Sheets.getByIndex(sheet).getCellRangeByPosition(0, 0, len(rows[0]) - 1, len(rows) - 1)
        cells.setDataArray(tuple(tuple("" if cell is None else cell for cell in row) for row in rows))

    def cell(self, document: Any, formula: str, place: str = "Z1", sheet: int = 0) -> Any:
        """Put a formula into one cell and return what it shows: a number, or a text."""
        cell = document.Sheets.getByIndex(sheet).getCellRangeByName(place)
        cell.setFormula(formula)
        return cell.getDataArray()[0][0]

    def array(self, document: Any, formula: str, rows: int, columns: int = 1, first: str = "Z1", sheet: int = 0) -> list[list[Any]]:
        """Put an array formula over rows and columns and return what they show."""
        every = document.Sheets.getByIndex(sheet)
        at = every.getCellRangeByName(first).getRangeAddress()
        block = every.getCellRangeByPosition(
            at.StartColumn, at.StartRow, at.StartColumn + columns - 1, at.StartRow + rows - 1
        )
        block.setArrayFormula(formula)
        return [list(row) for row in block.getDataArray()]

    def macro(self, module: str, name: str) -> Any:
        """Run one of the macros that were installed, as a menu does, and return what it gives back."""
        provider = self.office.service("script.provider.MasterScriptProviderFactory").createScriptProvider("")
        return provider.getScript(profile.macro(module, name)).invoke((), (), ())[0]

    def click(self, document: Any, button: str) -> None:
        """Click a button of the menu with this document in front."""
        document.CurrentController.Frame.activate()
        self.macro(BUTTONS, callback(button))

    def press(self, document: Any, button: str) -> str:
        """Click a button, wait until its work is done, and return what it said."""
        self.click(document, button)
        return self.said()

    def state(self) -> tuple[str, str, str]:
        """Return ``working`` or ``idle``, the button, and what it said last."""
        told = str(self.macro(BRIDGE, "PromoState")).split("\n", 2)
        return (told[0], told[1], told[2]) if len(told) == 3 else (told[0], "", "")

    def said(self) -> str:
        """Wait until no button is at work and return what the last one said."""
        given_up = time.monotonic() + PATIENCE
        while (state := self.state())[0] == "working":
            assert time.monotonic() < given_up, f"the button {state[1]} is still at work: {state[2]}"
            time.sleep(0.05)
        return state[2]

    def servers(self) -> list[int]:
        """Return the processes of ours that answer this office."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"addin.hosts.libreoffice" in words and self.pipe.encode() in words:
                found.append(int(process.name))
        return found

    def wait_for_somebody(self) -> None:
        """Wait until a process of ours answers this office."""
        context = self.office.context
        given_up = time.monotonic() + PATIENCE
        while context.ServiceManager.createInstanceWithContext(f"{PRESENCE}.0", context) is None:
            assert time.monotonic() < given_up, "nobody came"
            time.sleep(0.1)

    def kill_servers(self) -> None:
        for process in self.servers():
            os.kill(process, signal.SIGKILL)


@pytest.fixture(scope="session")
def uno() -> None:
    try:
        uno_bridge.load()
    except HostMissing as why:
        if os.environ.get("CI") == "true":
            pytest.fail(str(why))
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def begin(uno: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Calc]]:
    """Install the add-in for a workspace into a profile of its own and start LibreOffice with it."""
    started: list[Office] = []

    def start(workspace: Path, *, german: bool = False, **configured: Any) -> Calc:
        home = tmp_path_factory.mktemp("calc")
        folder, settings = home / "profile", home / "addin.toml"
        if german:
            (folder / "user").mkdir(parents=True)
            (folder / "user" / "registrymodifications.xcu").write_text(GERMAN, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(FILE_NAMED, str(settings))
            done = installing.install(Configuration(workspace=workspace, **configured), folder)
            assert done.settings == settings
        pipe = next(line.split("'")[1] for line in settings.read_text().splitlines() if line.startswith("pipe"))
        office = Office.start(folder)
        started.append(office)
        return Calc(office, settings, pipe)

    yield start
    for office in started:
        office.close()


@pytest.fixture(scope="session")
def calc(begin: Callable[..., Calc], demo_home: Home) -> Calc:
    """LibreOffice with the add-in and the example's model."""
    return begin(demo_home.workspace.root)


@pytest.fixture
def workspace(demo_home: Home, tmp_path: Path) -> Path:
    """A workspace with the example's client and model, to be changed at will."""
    root = tmp_path / "workspace"
    for part in ("clients", "models"):
        shutil.copytree(demo_home.workspace.root / part, root / part)
    return root


@pytest.fixture
def own_calc(begin: Callable[..., Calc], workspace: Path) -> Iterator[Calc]:
    """A LibreOffice of a test's own, whose workspace it may change and whose processes it may kill."""
    started = begin(workspace)
    yield started
    started.office.close()


@pytest.fixture
def obliging(own_calc: Calc) -> Iterator[Calc]:
    """The same, answered by a process that takes every question for a yes: an office without a window cannot be asked."""
    command = [sys.executable, "-m", "addin.hosts.libreoffice", "--pipe", own_calc.pipe, "--yes"]
    with subprocess.Popen([*command, "--settings", str(own_calc.settings)]) as process:
        # a cell that asks before it has come would have the office start another one
        own_calc.wait_for_somebody()
        yield own_calc
        process.terminate()


@pytest.fixture(scope="session")
def rows(demo_home: Home) -> list[list[Any]]:
    """The example's list of planned promotions as cells, header first, dates and numbers as a sheet holds them."""
    import csv

    with demo_home.upcoming.open(encoding="utf-8", newline="") as file:
        return [[cell or None for cell in row] for row in csv.reader(file)]
