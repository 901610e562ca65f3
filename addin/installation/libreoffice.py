"""Installing into LibreOffice, and taking it out again: our configuration, and what the host keeps in its profile."""

from __future__ import annotations

from addin.configuration import Configuration, configuration_file
from addin.installation.installed import Installed
from addin.installation.ledger import Host, Ledger, Undone
from addin.installation.places import excel_places, record_file
from addin.installation.system import System
from scorer.saying import Say, quiet

_NEXT = "Start LibreOffice anew. 'promo addin doctor' says whether anything is in the way."


def usual_host(system: System) -> Host:
    """Return the program that is meant where none is named."""
    return "libreoffice" if excel_places(system) is None else "excel"


def install(configured: Configuration, system: System, say: Say = quiet) -> Installed:
    """Write the configuration and let the host install itself. Raises HostMissing, OutputRefused, FileUnreadable."""
    from addin.hosts.libreoffice import installing

    say("Installing into LibreOffice")
    file = configuration_file(system.environment)
    before = file.read_bytes() if file.is_file() else b""
    # the host writes the file itself: it adds the name under which the two find each other
    with Ledger(record_file(system)).writing(file, "libreoffice"):
        done = installing.install(configured)
    changed, same = ((file,), ()) if file.read_bytes() != before else ((), (file,))
    return Installed((*changed, done.profile), same, system.python, _NEXT)


def uninstall(system: System) -> Undone:
    """Remove what was written here, and let the host remove itself. Raises HostMissing, OutputRefused, FileUnreadable."""
    from addin.hosts.libreoffice import installing

    # first our own: it goes also where LibreOffice itself is gone already
    undone = Ledger(record_file(system)).undo("libreoffice")
    installing.uninstall()
    return undone
