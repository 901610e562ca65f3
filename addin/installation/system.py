"""The machine as an installation sees it: its kind, its folders, its registry, and commands that it runs."""

from __future__ import annotations

import locale
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

Platform = Literal["windows", "macos", "linux"]
_PLATFORMS: dict[str, Platform] = {"win32": "windows", "darwin": "macos"}
PATIENCE = 1800.0
"""Seconds a command may take: packages come over slow lines."""


class Ran(NamedTuple):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


class System(Protocol):
    """What is asked of the machine. Files are read and written directly; everything else goes through here."""

    @property
    def platform(self) -> Platform: ...

    @property
    def environment(self) -> Mapping[str, str]: ...

    @property
    def home(self) -> Path: ...

    @property
    def python(self) -> Path:
        """The Python that runs now."""
        ...

    @property
    def code_page(self) -> str:
        """The encoding in which programs older than Unicode, such as VBA, read a text file."""
        ...

    def registry(self, key: str) -> dict[str, object] | None:
        r"""Return the values of a key such as ``HKCU\Software\...``; None where there is no such key. Raises OSError."""
        ...

    def program(self, name: str) -> Path | None:
        """Return where a program lies that can be called by its name."""
        ...

    def run(self, command: Sequence[str], folder: Path) -> Ran:
        """Run a command to its end in a folder. Raises OSError where it cannot be started."""
        ...


class ThisSystem:
    """The machine this runs on."""

    @property
    def platform(self) -> Platform:
        return _PLATFORMS.get(sys.platform, "linux")

    @property
    def environment(self) -> Mapping[str, str]:
        return os.environ

    @property
    def home(self) -> Path:
        return Path.home()

    @property
    def python(self) -> Path:
        return Path(sys.executable)

    @property
    def code_page(self) -> str:
        return locale.getencoding() if sys.platform == "win32" else "ascii"

    def registry(self, key: str) -> dict[str, object] | None:
        return _registry(key)

    def program(self, name: str) -> Path | None:
        found = shutil.which(name)
        return Path(found) if found else None

    def run(self, command: Sequence[str], folder: Path) -> Ran:
        # what the caller's own Python is told by these must not reach another one
        outside = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}
        try:
            done = subprocess.run(  # noqa: S603 - the programs are named by us, and no shell reads the line
                list(command), cwd=folder, env=outside, capture_output=True, text=True, errors="replace", timeout=PATIENCE,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Ran(1, "", f"it did not end within {PATIENCE:.0f} seconds")
        return Ran(done.returncode, done.stdout, done.stderr)


def _registry(key: str) -> dict[str, object] | None:
    if sys.platform == "win32":
        import winreg

        root, _, path = key.partition("\\")
        hive = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}[root]
        try:
            # Office of 64 bit writes what a Python of 32 bit would be shown elsewhere
            with winreg.OpenKey(hive, path, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened:
                values = [winreg.EnumValue(opened, at) for at in range(winreg.QueryInfoKey(opened)[1])]
        except FileNotFoundError:
            return None
        return {name: value for name, value, _ in values}
    return None
