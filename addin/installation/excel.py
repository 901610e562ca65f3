"""Installing into Excel, and taking it out again: the add-in file, its settings, its configuration, its Python."""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path

from addin.configuration import Configuration
from addin.installation import own_python, vba_settings
from addin.installation.configuring import configure
from addin.installation.installed import Installed
from addin.installation.ledger import Ledger, Undone
from addin.installation.places import environment_folder, excel_places, python_of, record_file
from addin.installation.system import System
from addin.installation.undoing import undo
from scorer.errors import ExtraMissing, HostMissing
from scorer.saying import Say, quiet

_NEXT = "Start Excel anew: the tab Promo Planner is in the ribbon. 'promo addin doctor' says whether anything is in the way."


def install(configured: Configuration, system: System, environment: Path | None = None, say: Say = quiet) -> Installed:
    """Install the add-in for this user, or bring what is installed up to date.

    Everything is recorded as it is written: what was begun can always be uninstalled. An environment that is named and
    already holds this version is used as it is. Raises HostMissing, OutputRefused, FileUnreadable.
    """
    places = excel_places(system)
    if places is None:
        raise HostMissing("There is no Excel for this system. Install into LibreOffice: promo addin install --host libreoffice")
    ledger = Ledger(record_file(system))
    folder = environment_folder(system) if environment is None else environment.absolute()
    python = python_of(folder, system)
    # first what may be refused, then what takes its time, last what Excel sees
    said = vba_settings.settings(str(python), system, configured.language)
    settings = vba_settings.as_bytes(said, places.settings, system)
    own_python.provide(folder, "excel", ledger, system, say)
    say(f"Building {places.addin.name}")
    changed = {
        places.addin: ledger.write(places.addin, built(), "excel"),
        places.settings: ledger.write(places.settings, settings, "excel"),
    }
    if places.scripts is not None:
        script = starting_script()
        place = places.scripts / script.name
        changed[place] = ledger.write(place, script.read_bytes(), "excel")
    file, is_new = configure(configured, "excel", ledger, system)
    changed[file] = is_new
    written = tuple(path for path, is_changed in changed.items() if is_changed)
    return Installed(written, tuple(path for path in changed if path not in written), python, _NEXT)


def uninstall(system: System) -> Undone:
    """Remove what ``install`` wrote and nothing else. Raises OutputRefused, FileUnreadable."""
    return undo("excel", "Excel", system)


def built() -> bytes:
    """Return promo.xlam as this version builds it. Raises ExtraMissing, OutputRefused."""
    from addin.build.package import build

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "promo.xlam"
        build(out)
        return out.read_bytes()


def starting_script() -> Path:
    """Return the script through which Excel on macOS starts Python; it comes with xlwings. Raises ExtraMissing."""
    # found without loading xlwings
    spec = find_spec("xlwings")
    homes = [] if spec is None else list(spec.submodule_search_locations or ())
    found = next((script for home in homes for script in Path(home).glob("xlwings-*.applescript")), None)
    if found is None:
        raise ExtraMissing.named("addin", "Starting Python from Excel")
    return found
