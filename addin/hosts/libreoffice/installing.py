"""LibreOffice as a host of the add-in: what is put into the profile of its user, and taken out again."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from addin.build.vba_ribbon import callback
from addin.catalog import groups
from addin.configuration import Configuration, configuration_file, write_configuration
from addin.hosts.libreoffice import profile
from addin.hosts.libreoffice.basic import BRIDGE, BUTTONS, MODULES, modules
from addin.hosts.libreoffice.office import Office
from addin.words import button_words, group_words, tab_label
from scorer.errors import OutputRefused
from scorer.settings import Language

PROFILE = "PROMO_OFFICE_PROFILE"
STOP: Mapping[Language, str] = {"en": "Stop", "de": "Anhalten", "fr": "Arrêter"}
_LOCK = ".lock"


class Installed(NamedTuple):
    """What was put where: the profile of LibreOffice, its modules, and the file of settings."""

    profile: Path
    modules: tuple[str, ...]
    settings: Path


def install(configured: Configuration, folder: Path | None = None, python: Path | None = None) -> Installed:
    """Put functions, menu and toolbar into LibreOffice for this user; what was there of ours is replaced.

    LibreOffice must be closed. It is started without a window for a moment, so that everything is written by itself.
    Raises HostMissing without LibreOffice, OutputRefused while it is open or when it listens for somebody else already.
    """
    with _opened(folder) as (place, office):
        known = profile.listens_on(office)
        pipe = configured.pipe or f"promo{secrets.token_hex(16)}"
        if known and known != profile.connection(pipe) and not known.startswith("pipe,name=promo"):
            raise OutputRefused.because(
                f"The profile {place}",
                f"this LibreOffice already waits for another program ({known})",
                "Take that out of its expert configuration (ooSetupConnectionURL), or use another profile.",
            )
        settings = configuration_file()
        configured = configured.model_copy(update={"pipe": pipe, "workspace": configured.workspace.absolute()})
        write_configuration(settings, configured)
        profile.listen_on(office, pipe)
        profile.put_modules(office, modules(python or Path(sys.executable), serving(pipe, settings)))
        profile.put_menu(office, tab_label(configured.language or "en"), _menu(configured.language or "en"))
    return Installed(place, MODULES, settings)


def uninstall(folder: Path | None = None) -> Installed:
    """Take everything of ours out of LibreOffice again. Raises as install does."""
    with _opened(folder) as (place, office):
        profile.take_modules(office, MODULES)
        profile.take_menu(office)
        known = profile.listens_on(office)
        if known and known.startswith("pipe,name=promo"):
            profile.listen_on(office, None)
    return Installed(place, MODULES, configuration_file())


def serving(pipe: str, settings: Path) -> Sequence[str]:
    """Return the arguments that start the process which answers an office.

    The folder the office was started in is kept off Python's path: a file there must not take the place of a module.
    """
    return ("-P", "-m", "addin.hosts.libreoffice", "--pipe", pipe, "--settings", str(settings.absolute()))


def profile_folder(environment: Mapping[str, str] | None = None, home: Path | None = None) -> Path:
    """Return where LibreOffice keeps the profile of this user; ``PROMO_OFFICE_PROFILE`` names another."""
    environment = os.environ if environment is None else environment
    named = environment.get(PROFILE)
    if named:
        return Path(named)
    home = home or Path.home()
    if sys.platform == "win32":
        return Path(environment.get("APPDATA", home / "AppData" / "Roaming")) / "LibreOffice" / "4"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "LibreOffice" / "4"
    return Path(environment.get("XDG_CONFIG_HOME", home / ".config")) / "libreoffice" / "4"


def closed_profile(folder: Path | None = None) -> Path:
    """Return the folder of a profile, this user's if none is named. Raises OutputRefused while LibreOffice is open in it."""
    place = folder or profile_folder()
    lock = next((lock for lock in (place / _LOCK, place / "user" / _LOCK) if lock.exists()), None)
    if lock is not None:
        raise OutputRefused.because(f"The profile {place}", "LibreOffice is open", f"Close it; if it is not open, remove {lock}.")
    return place


def _menu(language: Language) -> list[tuple[str, list[profile.Entry]]]:
    found = [
        (
            group_words(group, language),
            [profile.Entry(button_words(one, language).label, profile.macro(BUTTONS, callback(one.name))) for one in every],
        )
        for group, every in groups().items()
    ]
    found[-1][1].append(profile.Entry(STOP[language], profile.macro(BRIDGE, "PromoStop")))
    return found


@contextmanager
def _opened(folder: Path | None) -> Iterator[tuple[Path, Office]]:
    """Start the office of a profile without a window, and end it when the block ends: it then writes the profile."""
    place = closed_profile(folder)
    with Office.start(place) as office:
        yield place, office
