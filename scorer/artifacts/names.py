"""What may name a client, a task, a version or a part: nothing that leads out of a folder, on any system."""

from __future__ import annotations

import re

from scorer.artifacts.limits import Flaw
from scorer.artifacts.protocol import BOOSTER, CARD, DOCUMENT, MANIFEST, PICTURE, TABLE

_CLIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TASK = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_KINDS = "|".join(re.escape(kind) for kind in (BOOSTER, DOCUMENT, TABLE, CARD, PICTURE))
_PART = re.compile(rf"([a-z0-9][a-z0-9_-]{{0,63}})({_KINDS})")
_VERSION = re.compile(r"(\d{8}T\d{6}Z)-([0-9a-f]{8})", re.ASCII)
# names that Windows keeps for devices, with any ending
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")


def is_version(text: str) -> bool:
    """Say whether a text looks like a version, for example '20261121T101500Z-0a1b2c3d'."""
    return _VERSION.fullmatch(text) is not None


def is_client(text: str) -> bool:
    """Say whether a text can name a client."""
    return _CLIENT.fullmatch(text) is not None


def is_task(text: str) -> bool:
    """Say whether a text can name a task."""
    return _TASK.fullmatch(text) is not None


def check_part_name(name: str) -> None:
    """Refuse a file name that is not plain on every system. Raises Flaw."""
    found = _PART.fullmatch(name)
    if found is None or name == MANIFEST or _DEVICES.fullmatch(found[1]):
        form = f"small letters, digits, - and _, then {BOOSTER}, {DOCUMENT}, {TABLE}, {CARD} or {PICTURE}"
        raise Flaw(f"{name[:80]!a} cannot name a part: {form}")
