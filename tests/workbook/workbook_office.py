"""A real spreadsheet for tests: LibreOffice recalculates a copy of a workbook, its cells are read back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

SECONDS = 180
# Recalculate every formula on load, whatever values the file carries.
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""


class Office:
    """LibreOffice with a profile of its own; every call is one process that ends or is ended."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")

    def recalculated(self, workbook: Path) -> Path:
        """Return a copy of the workbook with every formula worked out by LibreOffice."""
        return self.recalculated_all([workbook])[workbook]

    def recalculated_all(self, workbooks: Sequence[Path]) -> dict[Path, Path]:
        """Return a recalculated copy of each workbook, in one start; their names differ by more than the ending."""
        return self._converted(workbooks, "xlsx:Calc MS Excel 2007 XML")

    def pdf(self, workbook: Path) -> Path:
        return self._converted([workbook], "pdf:calc_pdf_Export")[workbook]

    def values(self, workbook: Path) -> dict[str, dict[str, Any]]:
        """Return what LibreOffice works out: sheet -> cell -> value, empty cells left out."""
        return values(self.recalculated(workbook))

    def _converted(self, workbooks: Sequence[Path], target: str) -> dict[Path, Path]:
        number = len(list(self._folder.iterdir()))
        asked, made = self._folder / f"in{number}", self._folder / f"out{number}"
        asked.mkdir()
        copies = [str(shutil.copy(workbook, asked / workbook.name)) for workbook in workbooks]
        command = [
            self._program,
            f"-env:UserInstallation={(self._folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--nologo",
            "--convert-to",
            target,
            "--outdir",
            str(made),
            *copies,
        ]
        self._run(command)
        found = {workbook: next(made.glob(f"{workbook.stem}.*"), None) for workbook in workbooks}
        nothing = [workbook.name for workbook, copy in found.items() if copy is None]
        assert not nothing, f"LibreOffice made nothing of {nothing}"
        return {workbook: copy for workbook, copy in found.items() if copy is not None}

    def _run(self, command: list[str]) -> None:
        outside = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
        environment = {name: value for name, value in os.environ.items() if name not in outside}
        # a session of its own, so that the launcher's child ends with it and nothing else does
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise


def values(workbook: Path) -> dict[str, dict[str, Any]]:
    """Return the values a file carries, without working anything out."""
    book = openpyxl.load_workbook(workbook, data_only=True)
    return {
        sheet.title: {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}
        for sheet in book
    }


def office_or_skip(folder: Path) -> Office:
    """Find LibreOffice; without it tests are skipped, but fail where everything must run."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        why = "LibreOffice (package libreoffice-calc) is not installed: nothing can recalculate workbooks"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(why)
        pytest.skip(why)
    return Office(program, folder)
