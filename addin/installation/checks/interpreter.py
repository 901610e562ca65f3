"""The Python that answers Excel: whether the settings name one, whether it runs, and what it holds."""

from __future__ import annotations

from pathlib import Path

from addin.installation import python_environment, vba_settings
from addin.installation.checks.finding import INSTALL, Finding, ok, trouble, unseen
from addin.installation.places import ExcelPlaces
from addin.installation.python_environment import Look
from addin.installation.system import System
from scorer import __version__
from scorer.errors import OutputRefused

_OFFICE = "HKLM\\SOFTWARE\\Microsoft\\Office"


def interpreter(places: ExcelPlaces, system: System) -> tuple[list[Finding], Look | None]:
    """Return what is found about the Python that Excel starts, and what it says about itself where it runs."""
    name = "Settings for Excel"
    try:
        said = vba_settings.read(places.settings, system)
    except FileNotFoundError:
        return [trouble(name, f"{places.settings} is not there: Excel knows no Python", INSTALL)], None
    except OSError as why:
        remedy = "Check that you may read the file, then look again."
        return [unseen(name, f"{places.settings} cannot be read ({why.strerror})", remedy)], None
    named = vba_settings.interpreter_in(said, system)
    if not named:
        return [trouble(name, f"{places.settings} names no Python", INSTALL)], None
    python = Path(named)
    if not python.is_file():
        return [trouble("Python", f"{python} is not there", INSTALL)], None
    try:
        found = python_environment.look(python, system)
    except OutputRefused as why:
        return [trouble("Python", str(why), INSTALL)], None
    return [
        ok(name, str(places.settings)),
        ok("Python", f"{found.python}, {found.bits} bit, {python}"),
        _version("Promo Planner in it", found.promo, __version__),
        *_libraries(python, found, system),
    ], found


def xlwings_fits(in_addin: str | None, found: Look) -> Finding:
    """Compare xlwings in the add-in's macros with xlwings in Python: they talk to each other and must be the same."""
    name = "xlwings"
    if in_addin is None:
        return unseen(name, "its version could not be read from the add-in", INSTALL)
    return _version(name, found.xlwings, in_addin)


def _version(name: str, found: str | None, wanted: str) -> Finding:
    if found == wanted:
        return ok(name, found)
    return trouble(name, f"{found or 'not there'}, {wanted} is needed", INSTALL)


def _libraries(python: Path, found: Look, system: System) -> list[Finding]:
    """Look for the library that Excel itself loads. Its bits are Excel's, whatever those of Python are."""
    if system.platform != "windows" or found.xlwings is None:
        return []
    bits = _bits_of_excel(system)
    # as the VBA looks for it: beside Python, or one folder above in an environment
    folders = (python.parent, python.parent.parent)
    missing = [
        name
        for size in ([bits] if bits else [32, 64])
        if not any((folder / (name := f"xlwings{size}-{found.xlwings}.dll")).is_file() for folder in folders)
    ]
    name = "Library for Excel"
    excel = f"Excel has {bits} bit" if bits else "how many bits Excel has could not be told"
    if not missing:
        return [ok(name, excel if bits else f"there for 32 and 64 bit; {excel}")]
    remedy = "Run: promo addin install; if it goes missing again, ask whether antivirus software takes it away."
    return [trouble(name, f"{' and '.join(missing)} not in {folders[1]}; {excel}", remedy)]


def _bits_of_excel(system: System) -> int | None:
    try:
        office = system.registry(f"{_OFFICE}\\ClickToRun\\Configuration") or {}
        outlook = system.registry(f"{_OFFICE}\\16.0\\Outlook") or {}
    except OSError:
        return None
    said = office.get("Platform") or outlook.get("Bitness")
    return {"x64": 64, "x86": 32}.get(str(said))
