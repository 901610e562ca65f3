"""Whether everything is there that the add-in needs, each point with what to do. Nothing is changed."""

from __future__ import annotations

from addin.installation.checks.excel import addin_file, on_macos, on_windows
from addin.installation.checks.finding import Finding, State
from addin.installation.checks.interpreter import interpreter, xlwings_fits
from addin.installation.checks.libreoffice import libreoffice
from addin.installation.checks.models import configuration_and_model
from addin.installation.places import excel_places
from addin.installation.system import System, ThisSystem

__all__ = ["Finding", "State", "examine", "not_looked_at", "worst"]


def examine(system: System | None = None) -> list[Finding]:
    """Look at everything that exists on this kind of system, in the order in which it is needed."""
    system = system or ThisSystem()
    found: list[Finding] = []
    places = excel_places(system)
    if places is not None:
        python, look = interpreter(places, system)
        file = addin_file(places)
        found += [*python, *file.findings]
        if look is not None and places.addin.is_file():
            found.append(xlwings_fits(file.xlwings, look))
        found += on_windows(places, system) if system.platform == "windows" else on_macos(places, system)
    return [*found, *configuration_and_model(system.environment), *libreoffice(system)]


def not_looked_at(system: System | None = None) -> str | None:
    """Return in words what this kind of system gives no way to look at."""
    system = system or ThisSystem()
    return {
        "windows": None,
        "macos": "Worksheet functions were not looked at: Excel on macOS has the buttons only.",
        "linux": "Excel was not looked at: there is none on this system.",
    }[system.platform]


def worst(findings: list[Finding]) -> State:
    """Return the gravest state.

    >>> worst([Finding("Model", "ok", "there"), Finding("Evidence", "warning", "none")])
    'warning'
    """
    states: tuple[State, ...] = ("trouble", "warning", "ok")
    return next((state for state in states if any(one.state == state for one in findings)), "ok")
