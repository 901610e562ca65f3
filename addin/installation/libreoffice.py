"""Installing into LibreOffice, and taking it out again: its Python, our configuration, what the host keeps in its profile."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import NamedTuple

from addin.configuration import Configuration, configuration_file
from addin.installation import own_python, python_environment
from addin.installation.installed import Installed
from addin.installation.ledger import Host, Ledger, Undone
from addin.installation.places import environment_folder, excel_places, python_of, record_file
from addin.installation.system import System
from addin.installation.undoing import undo
from scorer.errors import FileUnreadable, HostMissing, OutputRefused
from scorer.saying import Say, quiet

_NEXT = "Start LibreOffice anew. 'promo addin doctor' says whether anything is in the way."
_FALLEN_BACK = (
    "LibreOffice is answered by the Python that promo itself runs in, which takes longer to start: "
    "the small one of its own cannot be used."
)


class Answering(NamedTuple):
    """The Python that is to answer, and in words why it is not the small one."""

    python: Path
    notes: tuple[str, ...] = ()


def usual_host(system: System) -> Host:
    """Return the program that is meant where none is named."""
    return "libreoffice" if excel_places(system) is None else "excel"


def install(configured: Configuration, system: System, environment: Path | None = None, say: Say = quiet) -> Installed:
    """See to the Python that answers, write the configuration and let the host install itself.

    Raises HostMissing, OutputRefused, FileUnreadable.
    """
    from addin.hosts.libreoffice import installing, uno_bridge

    # first what may be refused, then what takes its time
    uno_bridge.load()
    installing.closed_profile()
    ledger = Ledger(record_file(system))
    answers = answering(environment, ledger, system, say)
    say("Installing into LibreOffice")
    file = configuration_file(system.environment)
    before = file.read_bytes() if file.is_file() else b""
    # the host writes the file itself: it adds the name under which the two find each other
    with ledger.writing(file, "libreoffice"):
        done = installing.install(configured, python=answers.python)
    changed, same = ((file,), ()) if file.read_bytes() != before else ((), (file,))
    return Installed((*changed, done.profile), same, answers.python, _NEXT, answers.notes)


def answering(environment: Path | None, ledger: Ledger, system: System, say: Say = quiet) -> Answering:
    """Return the Python that is to answer: that of the small environment, else this one itself, which starts more slowly.

    A folder that is named is meant: then there is nothing else. Raises OutputRefused, FileUnreadable, HostMissing.
    """
    folder = environment_folder(system) if environment is None else environment.absolute()
    python = python_of(folder, system)
    try:
        own_python.provide(folder, "libreoffice", ledger, system, say)
        why_not = python_environment.why_no_uno(python, system)
        if why_not is not None:
            raise HostMissing(f"{python} cannot talk to LibreOffice. {why_not} {_of_this_python()}")
    except (OutputRefused, FileUnreadable, HostMissing) as why:
        if environment is not None:
            raise
        return Answering(system.python, (f"{_FALLEN_BACK} {why}",))
    return Answering(python)


def uninstall(system: System) -> Undone:
    """Remove what was written here, and let the host remove itself. Raises HostMissing, OutputRefused, FileUnreadable."""
    from addin.hosts.libreoffice import installing

    installing.closed_profile()
    # first our own: it goes also where LibreOffice itself is gone already
    undone = undo("libreoffice", "LibreOffice", system)
    installing.uninstall()
    return undone


def _of_this_python() -> str:
    return (
        f"The Python that runs now, {platform.python_version()}, can: make an environment with it, install "
        "promo-planner[addin] there, and name its folder: --environment FOLDER"
    )
