"""LibreOffice as the other place for the add-in: whether it is there, what its profile holds, and the Python that answers it."""

from __future__ import annotations

from pathlib import Path

from addin.configuration import configuration_file, read_configuration
from addin.installation import python_environment
from addin.installation.checks.finding import Finding, ok, trouble, unseen, warning
from addin.installation.checks.libreoffice_profile import Kept, kept
from addin.installation.system import System
from scorer import __version__
from scorer.errors import BadSettings, FileUnreadable, HostMissing, OutputRefused

_NAME, _ADDIN, _PIPE, _PYTHON = "LibreOffice", "Add-in in LibreOffice", "Pipe of LibreOffice", "Python for LibreOffice"
_INSTALL = "Close LibreOffice and run: promo addin install --host libreoffice"


def libreoffice(system: System) -> list[Finding]:
    """Look for the program and its UNO files. Where Excel is at home, a missing LibreOffice is nothing to speak of."""
    from addin.hosts.libreoffice import uno_bridge

    try:
        program = uno_bridge.program()
    except HostMissing as why:
        return [warning(_NAME, "not found: nothing here shows the add-in", str(why))] if system.platform == "linux" else []
    found = ok(_NAME, str(program))
    try:
        uno_bridge.load()
    except HostMissing as why:
        state = trouble if system.platform == "linux" else warning
        return [found, state("UNO", str(why), "Without it the add-in does not work in LibreOffice."), *_installed(system)]
    return [found, ok("UNO", "Python can talk to LibreOffice"), *_installed(system)]


def _installed(system: System) -> list[Finding]:
    """Look into the profile of this user, and at the Python that its macros start."""
    from addin.hosts.libreoffice.installing import profile_folder

    try:
        pipe = read_configuration(system.environment).pipe
    except BadSettings:
        return []  # said where the configuration is looked at
    profile = profile_folder(system.environment, system.home)
    try:
        holds = kept(profile)
    except FileUnreadable as why:
        return [unseen(_ADDIN, why, _INSTALL)]
    if pipe is None and not holds.macros:
        return [warning(_ADDIN, "it was not installed", _INSTALL)] if system.platform == "linux" else []
    found = [_macros(holds, pipe, profile, system), _pipe(holds, pipe)]
    return found if holds.python is None else [*found, *_python(holds.python, system)]


def _macros(holds: Kept, pipe: str | None, profile: Path, system: System) -> Finding:
    if holds.missing:
        return trouble(_ADDIN, f"its macros {' and '.join(holds.missing)} are not in the profile {profile}", _INSTALL)
    if pipe is None:
        return unseen(_ADDIN, "whether this version wrote the macros, as the configuration names no pipe", _INSTALL)
    if not holds.is_of_this_version(pipe, configuration_file(system.environment)):
        return warning(_ADDIN, f"the macros in the profile {profile} were installed by another version", _INSTALL)
    return ok(_ADDIN, f"in the profile {profile}, as this version writes it")


def _pipe(holds: Kept, pipe: str | None) -> Finding:
    from addin.hosts.libreoffice.profile import connection

    if pipe is None:
        return trouble(_PIPE, "the configuration names none, so that Python does not find LibreOffice", _INSTALL)
    if holds.listens == connection(pipe):
        return ok(_PIPE, "LibreOffice waits on the one that the configuration names")
    waits = f"waits for something else ({holds.listens})" if holds.listens else "does not wait for Python"
    return trouble(_PIPE, f"LibreOffice {waits}", _INSTALL)


def _python(python: Path, system: System) -> list[Finding]:
    """Look at the Python that answers: whether it runs, holds this version and can talk to LibreOffice."""
    if not python.is_file():
        return [trouble(_PYTHON, f"{python} is not there", _INSTALL)]
    try:
        said = python_environment.look(python, system)
    except OutputRefused as why:
        return [trouble(_PYTHON, str(why), _INSTALL)]
    slower = "; promo itself runs in it, and its first answer takes longer" if python == system.python else ""
    found = [ok(_PYTHON, f"{said.python}, {said.bits} bit, {python}{slower}")]
    if said.promo != __version__:
        found.append(trouble("Promo Planner in it", f"{said.promo or 'not there'}, {__version__} is needed", _INSTALL))
    if (why_not := python_environment.why_no_uno(python, system)) is not None:
        found.append(trouble("UNO in it", why_not, _INSTALL))
    return found
