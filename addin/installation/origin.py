"""Where this copy of Promo Planner came from, so that a second environment gets the same one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distributions
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from scorer.errors import FileUnreadable

PACKAGE = "promo-planner"
_WANTED = f"{PACKAGE}[addin]"


class Origin(NamedTuple):
    """What an installer is to be given, the same in words, and whether it is the same whenever it is asked for."""

    requirement: str
    words: str
    is_fixed: bool = False


def origin() -> Origin:
    """Return where the running copy came from. Raises FileUnreadable where that is gone, or was never installed."""
    try:
        found = Distribution.from_name(PACKAGE)
    except PackageNotFoundError as why:
        raise FileUnreadable.because(PACKAGE, "it is not installed as a package", f"Run: pip install '{_WANTED}'") from why
    return origin_of(found.version, found.read_text("direct_url.json"))


def origin_of(version: str, recorded: str | None) -> Origin:
    """Return the origin of a version, from what its installer recorded about it (direct_url.json), if anything.

    A folder of source code is copied into the environment, also where it is installed here as editable: the add-in of
    an office does not change while somebody edits a file.

    >>> origin_of("1.2.0", None).requirement
    'promo-planner[addin]==1.2.0'
    >>> origin_of("1.2.0", '{"url": "https://git.example/promo.git", "vcs_info": {"vcs": "git", "commit_id": "ab12"}}').words
    'revision ab12 of https://git.example/promo.git'
    """
    if not recorded:
        return Origin(f"{_WANTED}=={version}", f"version {version} from the package index", is_fixed=True)
    said = json.loads(recorded)
    url = said["url"]
    if (of := said.get("vcs_info")) is not None:
        return Origin(f"{_WANTED} @ {of['vcs']}+{url}@{of['commit_id']}", f"revision {of['commit_id']} of {url}", is_fixed=True)
    parts = urlsplit(url)
    if parts.scheme != "file":
        return Origin(f"{_WANTED} @ {url}", url)
    path = Path(url2pathname(parts.path))
    if not path.exists():
        remedy = "Put it back, or install Promo Planner again from where it is now."
        raise FileUnreadable.because(path, "Promo Planner was installed from there, and it is gone", remedy)
    return Origin(f"{_WANTED} @ {url}", f"a copy of the folder {path}" if path.is_dir() else f"the file {path}")


def pins(installed: Iterable[Distribution] | None = None) -> list[str]:
    """Return the versions of every package here, as constraints: what was tested together stays together."""
    every = distributions() if installed is None else installed
    found = {one.name: one.version for one in every if one.name and one.name.lower() != PACKAGE}
    return [f"{name}=={version}" for name, version in sorted(found.items()) if "+" not in version]
