"""What somebody should look at after a run: a level, what it is about, and a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from scorer import atomic

Level = Literal["note", "warning", "alarm"]


class Alert(NamedTuple):
    """One finding. An alarm is worse than a warning: figures are missing, or may be wrong."""

    level: Level
    about: str
    sentence: str


def alarms(found: Iterable[Alert]) -> list[Alert]:
    """Return what is worse than a warning.

    >>> [alert.about for alert in alarms([Alert("warning", "sales", "…"), Alert("alarm", "model", "…")])]
    ['model']
    """
    return [alert for alert in found if alert.level == "alarm"]


def write(path: Path, client: str, run: str, found: Iterable[Alert]) -> None:
    """Leave what is worse than a warning where a monitor looks for it; a file that says the same already is left alone."""
    told = [alert._asdict() for alert in alarms(found)]
    if path.exists() and _told(path) == told:
        return
    atomic.write_text(path, json.dumps({"client": client, "run": run, "alerts": told}, indent=1) + "\n")


def _told(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8")).get("alerts")
    except (OSError, ValueError, AttributeError):
        return None
