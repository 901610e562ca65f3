"""Where everything of the add-in lies, by system. No place needs admin rights."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from addin.installation.system import System

PROJECT = "promo"
"""The name xlwings' VBA derives the place of its settings from."""
ADDIN = "promo.xlam"
FOLDER = "promo-planner"
_OFFICE = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
_CONTAINER = "Library/Containers/com.microsoft.Excel/Data"
_SCRIPTS = "Library/Application Scripts/com.microsoft.Excel"


class ExcelPlaces(NamedTuple):
    """Where Excel looks: the add-in in its start folder, the settings of xlwings' VBA, on macOS the folder of scripts."""

    addin: Path
    settings: Path
    scripts: Path | None


def excel_places(system: System) -> ExcelPlaces | None:
    r"""Return where Excel looks on this system; None where there is no Excel.

    On Windows the add-in goes into ``%APPDATA%\Microsoft\Excel\XLSTART``. Excel opens what lies there whenever it starts,
    and the folder is one of its trusted locations from the beginning. The other way, the folder AddIns and an ``OPEN``
    value in the registry, shows a tick in a dialog, but counts up over foreign entries and is no trusted location.
    """
    if system.platform == "windows":
        roaming = system.environment.get("APPDATA") or str(system.home / "AppData" / "Roaming")
        profile = Path(system.environment.get("USERPROFILE") or system.home)
        start = Path(roaming) / "Microsoft" / "Excel" / "XLSTART"
        return ExcelPlaces(start / ADDIN, profile / f".{PROJECT}" / f"{PROJECT}.conf", None)
    if system.platform == "macos":
        home = system.home
        return ExcelPlaces(home / _OFFICE / ADDIN, home / _CONTAINER / f"{PROJECT}.conf", home / _SCRIPTS)
    return None


def data_folder(system: System) -> Path:
    """Return where the add-in keeps its own Python and the record of what was written.

    On macOS that is a folder without a space in its name: the script through which Excel starts Python does not quote it.
    """
    if system.platform == "windows":
        return Path(system.environment.get("LOCALAPPDATA") or system.home / "AppData" / "Local") / FOLDER
    if system.platform == "macos":
        return system.home / f".{FOLDER}"
    return Path(system.environment.get("XDG_DATA_HOME") or system.home / ".local" / "share") / FOLDER


def environment_folder(system: System) -> Path:
    """Return where the Python of the add-in lies unless another place is named."""
    return data_folder(system) / "environment"


def record_file(system: System) -> Path:
    """Return the file that says what an installation wrote."""
    return data_folder(system) / "installed.json"


def python_of(environment: Path, system: System) -> Path:
    """Return the Python of an environment; it need not be there."""
    return environment / "Scripts" / "python.exe" if system.platform == "windows" else environment / "bin" / "python"
