"""Machines of other kinds, below a folder: their files are real, their registry is a table, their commands are few."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from platform import python_version

from addin.installation.places import python_of
from addin.installation.system import Platform, Ran
from scorer import __version__

XLWINGS = "0.37.8"


class Machine:
    """One user's machine. ``refuses`` names a program that fails; ``broken`` makes the registry unreadable, ``talks`` is about UNO."""

    def __init__(self, root: Path, platform: Platform, user: str = "jo", code_page: str = "cp1252") -> None:
        self.platform: Platform = platform
        self.home = root / ("Users" if platform != "linux" else "home") / user
        self.home.mkdir(parents=True)
        self.python = root / "bin" / "python"
        self.code_page = code_page if platform == "windows" else "ascii"
        self.keys: dict[str, dict[str, object]] = {}
        self.programs: dict[str, Path] = {"uv": root / "bin" / "uv"}
        self.commands: list[Sequence[str]] = []
        self.refuses = ""
        self.broken = False
        self.quarantined = False
        self.talks = True
        self.release = python_version()
        self.holds = {"promo": __version__, "xlwings": XLWINGS}
        self.environment: Mapping[str, str] = self._environment()

    def _environment(self) -> dict[str, str]:
        named = {"PROMO_ADDIN_FILE": str(self.home / ".config" / "addin.toml")}
        if self.platform == "windows":
            roaming, local = self.home / "AppData" / "Roaming", self.home / "AppData" / "Local"
            roaming.mkdir(parents=True)
            local.mkdir(parents=True)
            named |= {"APPDATA": str(roaming), "LOCALAPPDATA": str(local), "USERPROFILE": str(self.home)}
        return named

    def registry(self, key: str) -> dict[str, object] | None:
        if self.broken:
            raise PermissionError(5, "Access is denied")
        return self.keys.get(key)

    def program(self, name: str) -> Path | None:
        return self.programs.get(name)

    def run(self, command: Sequence[str], folder: Path) -> Ran:
        self.commands.append(command)
        words = set(command)
        if self.refuses and self.refuses in words:
            return Ran(1, "", f"error: {self.refuses} went wrong")
        if "venv" in words:
            self.make_environment(Path(command[-1]))
        elif any("uno_bridge" in word for word in words):
            return Ran(0 if self.talks else 1, "", "" if self.talks else "The UNO files do not load in Python 3.13.")
        elif "-B" in words:
            return self._look(Path(command[0]))
        elif "com.apple.quarantine" in words:
            return Ran(0 if self.quarantined else 1, "", "")
        return Ran(0, "", "")

    def make_environment(self, folder: Path) -> None:
        """What venv and an installer leave behind."""
        python = python_of(folder, self)
        python.parent.mkdir(parents=True)
        python.touch()
        (folder / "pyvenv.cfg").touch()
        for bits in (32, 64):
            (folder / f"xlwings{bits}-{XLWINGS}.dll").touch()

    def _look(self, python: Path) -> Ran:
        if not python.is_file():
            raise FileNotFoundError(2, "No such file", str(python))
        said = {"python": self.release, "bits": 64, "prefix": str(python.parent.parent), **self.holds}
        return Ran(0, json.dumps(said), "")

    def files(self) -> dict[str, bytes]:
        """Every file and folder of the user; a folder is told by its last sign."""
        found = {}
        for path in sorted(self.home.rglob("*")):
            name = str(path.relative_to(self.home))
            found[f"{name}{os.sep}" if path.is_dir() else name] = b"" if path.is_dir() else path.read_bytes()
        return found
