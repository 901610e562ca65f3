"""The Python that answers cells: an environment of its own, with the core and the add-in and nothing that slows its start.

The first question waits until Python and its packages are loaded. The packages that only training needs are left out,
and everything is compiled beforehand, as Excel starts Python in a way that keeps nothing it compiles.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from addin.installation.origin import Origin, pins
from addin.installation.places import data_folder, python_of
from addin.installation.system import System
from scorer import atomic
from scorer.errors import OutputRefused
from scorer.saying import Say, quiet

_LOOK = """
import importlib.util, json, struct, sys
from importlib import metadata
def version(name):
    try: return metadata.version(name)
    except metadata.PackageNotFoundError: return None
print(json.dumps({
    "python": sys.version.split()[0], "bits": struct.calcsize("P") * 8, "prefix": sys.prefix,
    "promo": version("promo-planner"), "xlwings": version("xlwings"),
}))
"""
_TRY = """
import sys
import scorer.scoring, scorer.verbs.serving
from addin.answering import answer
from addin.cells import Block
((cell,),) = answer("PROMO_COST", [Block(((value,),)) for value in (10.0, 0.2, 5000.0, 0.15)])
sys.exit(None if isinstance(cell, float) else str(cell))
"""
_TALK = """
import sys
from addin.hosts.libreoffice import uno_bridge
from scorer.errors import HostMissing
try: uno_bridge.load()
except HostMissing as why: sys.exit(str(why))
"""


class Look(NamedTuple):
    """What an environment says about itself; a package that is not in it is None."""

    python: str
    bits: int
    prefix: Path
    promo: str | None
    xlwings: str | None


def look(python: Path, system: System) -> Look:
    """Ask a Python about itself. Raises OutputRefused where it does not answer."""
    try:
        ran = system.run([str(python), "-B", "-c", _LOOK], python.parent)
        said = json.loads(ran.out)
    except (OSError, ValueError) as why:
        raise OutputRefused.because(python, f"it does not run ({why})", "Run 'promo addin install' to make it anew.") from why
    return Look(said["python"], said["bits"], Path(said["prefix"]), said["promo"], said["xlwings"])


def why_no_uno(python: Path, system: System) -> str | None:
    """Return in words why a Python cannot talk to LibreOffice; None where it can."""
    try:
        ran = system.run([str(python), "-W", "ignore", "-c", _TALK], python.parent)
    except OSError as why:
        return f"It does not run ({why})."
    if not ran.code:
        return None
    # files made for another version may end the process without a word
    return ran.err.strip().rpartition("\n")[2] or f"Loading its UNO files ended Python with code {ran.code}."


def is_environment(folder: Path) -> bool:
    """Say whether a folder is a Python environment."""
    return (folder / "pyvenv.cfg").is_file()


def may_be_made(folder: Path) -> bool:
    """Say whether an environment may be made in a folder: it is empty or not there."""
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def make(folder: Path, origin: Origin, system: System, say: Say = quiet) -> None:
    """Make the environment, or bring one that was made here up to date; leave nothing half made.

    uv is used where it is installed, else Python's own venv and pip. Raises OutputRefused with what the installer said.
    """
    is_new = not is_environment(folder)
    try:
        if is_new:
            say("Making an environment for Python")
            _ran(_making(folder, system), folder.parent, system)
        say(f"Installing {origin.words}")
        _install(folder, origin, system)
        say("Compiling")
        compile_all(folder, system)
    except OutputRefused:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def compile_all(folder: Path, system: System) -> None:
    """Compile every package, then answer one question: that loads, and so compiles, what Python itself brings along."""
    python = python_of(folder, system)
    # a package may carry a file for another Python, which does not compile: that is no failure of ours
    system.run([str(python), "-m", "compileall", "-q", "-j", "0", str(folder)], folder)
    _ran([str(python), "-W", "ignore", "-c", _TRY], folder, system)


def _making(folder: Path, system: System) -> Sequence[str]:
    if (uv := system.program("uv")) is not None:
        return [str(uv), "venv", "--no-project", "--python", str(system.python), str(folder)]
    return [str(system.python), "-m", "venv", str(folder)]


def _install(folder: Path, origin: Origin, system: System) -> None:
    python = python_of(folder, system)
    constraints = data_folder(system) / "constraints.txt"
    atomic.write_text(constraints, "\n".join(pins()) + "\n")
    asked = ["--constraint", str(constraints), origin.requirement]
    try:
        # ours is always put in anew: the same version may come from a folder that has changed since
        if (uv := system.program("uv")) is not None:
            again = ["--reinstall-package", "promo-planner", "--refresh-package", "promo-planner"]
            _ran([str(uv), "pip", "install", "--quiet", "--python", str(python), *again, *asked], folder, system)
        else:
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _ran([*pip, *asked], folder, system)
            _ran([*pip, "--force-reinstall", "--no-deps", origin.requirement], folder, system)
    finally:
        constraints.unlink(missing_ok=True)


def _ran(command: Sequence[str], folder: Path, system: System) -> None:
    try:
        ran = system.run(command, folder)
    except OSError as why:
        raise OutputRefused.because(folder, f"{command[0]} could not be started ({why})", _REMEDY) from why
    if ran.code:
        last = " ".join((ran.err or ran.out).split())[-600:].rstrip(".")
        raise OutputRefused.because("The environment", f"{Path(command[0]).name} said: {last}", _REMEDY)


_REMEDY = (
    "Check the connection to the package index, or make an environment with promo-planner[addin] elsewhere "
    "and name its folder: --environment FOLDER"
)
