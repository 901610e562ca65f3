"""The add-in as a profile of LibreOffice keeps it, read from its files: LibreOffice need not run, nor our process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname
from xml.etree import ElementTree as ET

from addin.hosts.libreoffice.basic import BRIDGE, LIBRARY, MODULES, modules
from addin.hosts.libreoffice.installing import serving
from scorer.errors import FileUnreadable

_NAME = "{http://openoffice.org/2000/library}name"
_OOR_NAME, _OOR_PATH = "{http://openoffice.org/2001/registry}name", "{http://openoffice.org/2001/registry}path"
_START, _LISTENS = "/org.openoffice.Setup/Office", "ooSetupConnectionURL"
_STARTING = re.compile(r'^ *Shell "(file:[^"]+)"', re.MULTILINE)
_REMEDY = "Close LibreOffice and run: promo addin install --host libreoffice"


class Kept(NamedTuple):
    """Our macros by module, the Python they start, and what LibreOffice waits for connections on."""

    macros: Mapping[str, str]
    python: Path | None
    listens: str | None

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in MODULES if name not in self.macros)

    def is_of_this_version(self, pipe: str, settings: Path) -> bool:
        """Say whether the macros are the ones that this version writes for the Python they start."""
        return self.python is not None and self.macros == modules(self.python, serving(pipe, settings))


def kept(profile: Path) -> Kept:
    """Read what a profile holds of ours; one that is not there holds nothing. Raises FileUnreadable."""
    library = profile / "user" / "basic" / LIBRARY
    listed = {one.get(_NAME) for one in _elements(library / "script.xlb")}
    macros = {name: _text(library / f"{name}.xba") for name in MODULES if name in listed}
    started = _STARTING.search(macros.get(BRIDGE, ""))
    python = Path(url2pathname(urlsplit(started[1]).path)) if started else None
    return Kept(macros, python, _listens(profile / "user" / "registrymodifications.xcu"))


def _text(module: Path) -> str:
    return next((one.text or "" for one in _elements(module)), "")


def _listens(registry: Path) -> str | None:
    for item in _elements(registry):
        if item.tag == "item" and item.get(_OOR_PATH) == _START:
            for one in item.iter("prop"):
                if one.get(_OOR_NAME) == _LISTENS:
                    return one.findtext("value") or None
    return None


def _elements(file: Path) -> list[ET.Element]:
    """Return every element of a file, its root first; none where it is not there."""
    try:
        return list(ET.parse(file).getroot().iter())  # noqa: S314 - the user's own profile; LibreOffice reads it the same
    except FileNotFoundError:
        return []
    except (OSError, ET.ParseError) as why:
        raise FileUnreadable.because(file, why, _REMEDY) from why
