"""LibreOffice as the other place for the add-in: whether it is there, and whether Python can talk to it."""

from __future__ import annotations

from addin.configuration import read_configuration
from addin.installation.checks.finding import Finding, ok, trouble, warning
from addin.installation.system import System
from scorer.errors import BadSettings, HostMissing

_NAME = "LibreOffice"


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
        return [found, state("UNO", str(why), "Without it the add-in does not work in LibreOffice.")]
    return [found, ok("UNO", "Python can talk to LibreOffice"), *_installed(system)]


def _installed(system: System) -> list[Finding]:
    name = "Add-in in LibreOffice"
    try:
        pipe = read_configuration(system.environment).pipe
    except BadSettings:
        return []  # said where the configuration is looked at
    if pipe is not None:
        return [ok(name, "it was installed; whether it is still in the profile was not looked at")]
    remedy = "Run: promo addin install --host libreoffice"
    return [warning(name, "it was not installed", remedy)] if system.platform == "linux" else []
