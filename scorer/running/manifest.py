"""The manifest of a run: what went in, what came out, by which model and versions, and that it ties."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from scorer import atomic
from scorer.running.identity import is_run
from scorer.running.journal import Journal, Listed
from scorer.running.memory import Refreshment
from scorer.running.places import MANIFEST, Places
from scorer.running.scored_list import Key
from scorer.running.totals import added

# the libraries that decide what the figures are
_LIBRARIES = ("duckdb", "numpy", "xgboost-cpu", "xgboost", "pydantic", "python-calamine", "XlsxWriter")


def as_data(journal: Journal, exports: Refreshment | None, product: str, at: str) -> dict[str, Any]:
    """Return the manifest of a run as plain data."""
    lists = [{**listed._asdict(), "notes": list(listed.notes)} for listed in journal.lists]
    scored = [listed for listed in journal.lists if listed.state == "scored"]
    return {
        "run": journal.run,
        "client": journal.client,
        "date": journal.date,
        "began": journal.began,
        "written": at,
        "resumed": journal.resumed,
        "models": sorted({listed.model for listed in scored}),
        "settings": journal.settings,
        "versions": {"promo-planner": product, "python": platform.python_version(), **_libraries()},
        "inputs": {
            "exports": [file._asdict() for file in exports.files] if exports else [],
            "lists": [{"name": one.name, "sha256": one.sha256, "bytes": one.bytes, "rows": one.rows_in} for one in journal.lists],
        },
        "stages": [stage._asdict() for stage in journal.stages],
        "lists": lists,
        "control_totals": control_totals(scored),
        "alerts": [alert._asdict() for alert in journal.alerts],
    }


def control_totals(scored: list[Listed]) -> dict[str, Any]:
    """Return the totals over all scored lists; each list was compared with its files before it was kept.

    >>> one = Listed("a.csv", "", 0, "a", rows_in=3, scored=2, rejected=1, sums={"units": 5.0})
    >>> control_totals([one])
    {'rows_in': 3, 'scored': 2, 'rejected': 1, 'blank': 0, 'sums': {'units': 5.0}, 'ties': True}
    """
    counts = {name: sum(getattr(one, name) for one in scored) for name in ("rows_in", "scored", "rejected", "blank")}
    ties = counts["rows_in"] == counts["scored"] + counts["rejected"] + counts["blank"]
    return {**counts, "sums": added(one.sums for one in scored), "ties": ties}


def write(places: Places, told: dict[str, Any]) -> Path:
    """Put a manifest on disk. Raises OutputRefused."""
    path = places.manifest(told["run"])
    atomic.write_text(path, json.dumps(told, indent=1) + "\n")
    return path


def scored_before(places: Places) -> dict[Key, str]:
    """Return where in the outputs each list lies that was scored and is still there."""
    return {key: where for key, where in _known(places) if (places.outputs / where).is_dir()}


def _known(places: Places) -> Iterator[tuple[Key, str]]:
    for path in sorted(places.outputs.glob(f"*/{MANIFEST}")):
        if not is_run(path.parent.name):
            continue
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            for one in told["lists"]:
                if one["state"] == "scored":
                    yield Key(one["sha256"], one["model"], one["settings"]), f"{path.parent.name}/{one['folder']}"
        except (OSError, ValueError, TypeError, KeyError):
            continue  # a damaged manifest vouches for nothing: its lists would be scored again


def _libraries() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue  # one of the two kinds of xgboost is not there
    return found
