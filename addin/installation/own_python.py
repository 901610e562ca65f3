"""The add-in's own Python, seen to: used where it stands, made where it does not, on record for every host it answers."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

from addin.installation import python_environment
from addin.installation.ledger import Host, Ledger
from addin.installation.origin import origin
from addin.installation.places import python_of
from addin.installation.system import System
from scorer import __version__
from scorer.errors import OutputRefused
from scorer.saying import Say, quiet


def provide(folder: Path, host: Host, ledger: Ledger, system: System, say: Say = quiet) -> None:
    """See that the environment in a folder is there and holds this version, and record that the host needs it.

    One that somebody else made is used as it is, is not recorded and so never removed; it must hold this version.
    Raises OutputRefused where it does not, where other things lie there and where none can be made; FileUnreadable.
    """
    if folder in ledger:
        ledger.claim(folder, host)
        _bring_up_to_date(folder, system, say)
    elif python_environment.is_environment(folder):
        _accept(folder, system)
    elif python_environment.may_be_made(folder):
        _begin(folder, host, ledger, system, say)
    else:
        raise OutputRefused.because(folder, "it holds other things than a Python environment", "Name an empty or new folder.")


def _bring_up_to_date(folder: Path, system: System, say: Say) -> None:
    """Put this version into an environment of ours; one of another Python, or that no longer runs, is made anew."""
    source = origin()
    if python_environment.is_environment(folder):
        found = _found(folder, system)
        if found is None or _release(found.python) != _release(platform.python_version()):
            _clear(folder)
        elif _is_right(found) and source.is_fixed:
            return
    python_environment.make(folder, source, system, say)


def _accept(folder: Path, system: System) -> None:
    found = python_environment.look(python_of(folder, system), system)
    if not _is_right(found):
        has = f"Promo Planner {found.promo}" if found.promo else "no Promo Planner"
        remedy = f"Install into it: {python_of(folder, system)} -m pip install '{origin().requirement}'"
        raise OutputRefused.because(folder, f"this environment has {has}, not {__version__} with the add-in", remedy)


def _begin(folder: Path, host: Host, ledger: Ledger, system: System, say: Say) -> None:
    source = origin()
    ledger.claim(folder, host)
    try:
        python_environment.make(folder, source, system, say)
    except OutputRefused:
        # what somebody puts there later is theirs
        ledger.release(folder, host)
        raise


def _found(folder: Path, system: System) -> python_environment.Look | None:
    try:
        return python_environment.look(python_of(folder, system), system)
    except OutputRefused:
        return None


def _is_right(found: python_environment.Look) -> bool:
    return found.promo == __version__ and found.xlwings is not None


def _release(version: str) -> list[str]:
    """Return the part of Python's version by which compiled packages differ: ``["3", "11"]``."""
    return version.split(".")[:2]


def _clear(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as why:
        remedy = "Close Excel and LibreOffice, then install again."
        raise OutputRefused.because(folder, f"it could not be made anew ({why.strerror})", remedy) from why
