"""The add-in as Excel has it: the file, whether Excel lets it run, and on macOS the script that starts Python."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import NamedTuple

from addin.installation.checks.finding import INSTALL, Finding, ok, trouble, unseen, warning
from addin.installation.excel import built, starting_script
from addin.installation.places import ADDIN, ExcelPlaces
from addin.installation.system import System
from scorer.errors import PromoError

_EXCEL = "HKCU\\Software\\Microsoft\\Office\\16.0\\Excel"
_POLICY = "HKCU\\Software\\Policies\\Microsoft\\Office\\16.0\\Excel\\Security"
_RULES = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Defender\\Windows Defender Exploit Guard\\ASR\\Rules"
# rules of Microsoft Defender against Office that stop what the add-in does: start Python, and load a library for that
_STOPPING = {
    "D4F940AB-401B-4EFC-AADC-AD5F3C50688A": "Office may start no other program",
    "92E97FA1-2EDF-4476-BDD6-9DD0B4DDDC7B": "macros may not call Windows itself",
}
_ASK_IT = "Ask your IT department; 'For IT' in addin/README.md says what they need to know."
_MACROS = {1: "all macros run", 2: "Excel asks before macros run", 3: "only signed macros run", 4: "no macros run"}


class AddinFile(NamedTuple):
    """What was found about the file, and the version of xlwings that its macros belong to, where it could be read."""

    findings: list[Finding]
    xlwings: str | None


def addin_file(places: ExcelPlaces) -> AddinFile:
    """Look whether the add-in is where Excel opens it, and is the one that this version builds."""
    name, path = "Add-in file", places.addin
    if not path.is_file():
        return AddinFile([trouble(name, f"{path} is not there", INSTALL)], None)
    try:
        found, parts = path.read_bytes(), zipfile.ZipFile(path).namelist()
    except (OSError, zipfile.BadZipFile) as why:
        return AddinFile([trouble(name, f"{path} cannot be read: {why}", INSTALL)], None)
    version = _xlwings_in(path)
    if any("signature" in part.lower() for part in parts):
        return AddinFile([ok(name, f"{path}, signed; whether this version built it was not looked at")], version)
    try:
        is_ours = found == built()
    except PromoError as why:
        found_out = unseen(name, f"whether this version built {path} ({why})", "Compare it with what promo addin build writes.")
        return AddinFile([found_out], version)
    if is_ours:
        return AddinFile([ok(name, str(path))], version)
    return AddinFile([warning(name, f"{path} is not the one that this version builds", INSTALL)], version)


def on_windows(places: ExcelPlaces, system: System) -> list[Finding]:
    """Look at what keeps Excel on Windows from running the add-in."""
    looks = {
        "Disabled add-ins": _disabled,
        "Add-ins that Excel opens": _opened_twice,
        "Macros": _macros,
        "Rules of Defender": _rules,
    }
    found = [_from_download(places.addin)]
    for name, look in looks.items():
        try:
            found.append(look(name, system))
        except OSError as why:
            found.append(unseen(name, f"the registry does not answer ({why})", _ASK_IT))
    return found


def on_macos(places: ExcelPlaces, system: System) -> list[Finding]:
    """Look at the script that starts Python, and at the mark that macOS puts on downloaded files."""
    assert places.scripts is not None
    name, script = "Script that starts Python", starting_script()
    place = places.scripts / script.name
    if not place.is_file():
        found = trouble(name, f"{place} is not there", INSTALL)
    elif place.read_bytes() != script.read_bytes():
        found = warning(name, f"{place} is not the one of this xlwings", INSTALL)
    else:
        found = ok(name, str(place))
    return [found, _quarantine(places.addin, system)]


def _from_download(path: Path) -> Finding:
    """Look for the mark of the web: a second stream of the file, which a build on this machine does not have."""
    name = "Mark of a download"
    try:
        mark = Path(f"{path}:Zone.Identifier").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ok(name, "the file has none")
    if "ZoneId=3" not in mark and "ZoneId=4" not in mark:
        return ok(name, "the file is not from the internet")
    remedy = f'Unblock it in its properties, or in PowerShell: Unblock-File "{path}"'
    return warning(name, f"{path} is marked as downloaded: Excel may block its macros", remedy)


def _quarantine(path: Path, system: System) -> Finding:
    name = "Mark of a download"
    try:
        ran = system.run(["/usr/bin/xattr", "-p", "com.apple.quarantine", str(path)], path.parent)
    except OSError as why:
        return unseen(name, why, "Look with: xattr -l")
    if ran.code:
        return ok(name, "the file has none")
    return warning(name, f"{path} is marked as downloaded", f'Remove the mark: xattr -d com.apple.quarantine "{path}"')


def _disabled(name: str, system: System) -> Finding:
    values = (system.registry(f"{_EXCEL}\\Resiliency\\DisabledItems") or {}).values()
    texts = [value.decode("utf-16-le", errors="replace") for value in values if isinstance(value, bytes)]
    if any(ADDIN in text.lower() for text in texts):
        remedy = "In Excel: File, Options, Add-ins, Manage: Disabled Items, Go; enable promo.xlam; start Excel again."
        return trouble(name, "Excel switched the add-in off after a crash or a slow start", remedy)
    return ok(name, "the add-in is not among them")


def _opened_twice(name: str, system: System) -> Finding:
    options = system.registry(f"{_EXCEL}\\Options") or {}
    named = [value for value, said in options.items() if value.upper().startswith("OPEN") and ADDIN in str(said).lower()]
    if named:
        remedy = "In Excel: File, Options, Add-ins, Manage: Excel Add-ins, Go; untick promo."
        return warning(name, f"the add-in is ticked in the dialog too ({', '.join(named)}) and would be opened twice", remedy)
    return ok(name, "once, from its start folder")


def _macros(name: str, system: System) -> Finding:
    policy = system.registry(_POLICY) or {}
    own = system.registry(f"{_EXCEL}\\Security") or {}
    closed = (system.registry(f"{_POLICY}\\Trusted Locations") or {}).get("AllLocationsDisabled")
    closed = closed or (system.registry(f"{_EXCEL}\\Security\\Trusted Locations") or {}).get("AllLocationsDisabled")
    level = policy.get("VBAWarnings", own.get("VBAWarnings", 2))
    said = _MACROS.get(level if isinstance(level, int) else 0, f"a level that is not known ({level})")
    if not closed:
        return ok(name, f"{said}; the start folder is trusted, so those of the add-in run")
    if level == 1:
        return ok(name, said)
    blocks = " and blocks files from the internet" if policy.get("blockcontentexecutionfrominternet") else ""
    words = f"trusted folders are switched off{blocks}, and {said}"
    return trouble(name, words, f"The add-in must be signed by a trusted publisher. {_ASK_IT}")


def _rules(name: str, system: System) -> Finding:
    said = {key.upper(): str(value) for key, value in (system.registry(_RULES) or {}).items()}
    stopping = [words for rule, words in _STOPPING.items() if said.get(rule) == "1"]
    if stopping:
        return trouble(name, "; ".join(stopping), f"The add-in needs an exception from it. {_ASK_IT}")
    return ok(name, "group policy sets none that stops the add-in; other ways to set them were not looked at")


def _xlwings_in(path: Path) -> str | None:
    """Return the version of xlwings that the macros say they are of."""
    try:
        from pyopenvba import ExcelFile, PyOpenVBAError
    except ImportError:
        return None
    try:
        with ExcelFile(path) as book:
            texts = book.vba_modules().values()
    except (PyOpenVBAError, OSError):
        return None
    found = (re.search(r'XLWINGS_VERSION As String = "([\d.]+)"', text) for text in texts)
    return next((one[1] for one in found if one), None)
