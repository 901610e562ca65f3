"""What runs, lists and settings are known by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from hashlib import file_digest, sha256
from pathlib import Path

from scorer.running.places import Places
from scorer.settings import Client

_RUN = re.compile(r"(\d{8})-(\d{3,6})")
# What decides how a lake and a model come out; the other sections concern answers only.
_LEARNING = {"exports", "sales", "matching", "calendar", "baseline", "training", "money", "verdict"}
# What no answer hangs on.
_BESIDE = {"log", "health", "trust", "refresh"}
# What decides when a run works, not what it gives.
_ABOUT_RUNS = {"train", "train_every_days", "train_on_new_share", "keep_days", "keep_runs", "keep_lists"}


def is_run(name: str) -> bool:
    """Say whether a name is that of a run: its day, and which of that day's it was.

    >>> is_run("20261126-001"), is_run("demo")
    (True, False)
    """
    return _RUN.fullmatch(name) is not None


def order(run: str) -> tuple[str, int]:
    """Return what runs are sorted by.

    >>> sorted(["20261126-1000", "20261126-999"], key=order)
    ['20261126-999', '20261126-1000']
    """
    day, number = run.split("-")
    return day, int(number)


def next_run(places: Places, day: date) -> str:
    """Return the name of a new run of a day; no name is ever used twice."""
    folders = (places.journals, places.outputs, places.inbox / "done", places.inbox / "failed")
    return run_after((path.name.removesuffix(".json") for folder in folders for path in _inside(folder)), day)


def run_after(known: Iterable[str], day: date) -> str:
    """Return the name that follows those of a day.

    >>> run_after(["20261126-001", "20261126-007", "20261125-009", "demo"], date(2026, 11, 26))
    '20261126-008'
    """
    of_day = [order(name)[1] for name in known if is_run(name) and name.startswith(f"{day:%Y%m%d}-")]
    return f"{day:%Y%m%d}-{max(of_day, default=0) + 1:03d}"


def idle_run(day: date) -> str:
    """Return what the log calls a run that had nothing to do: such runs leave nothing that would need a name of its own.

    >>> idle_run(date(2026, 11, 26))
    '20261126-000'
    """
    return f"{day:%Y%m%d}-000"


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def settings_hash(client: Client, product: str) -> str:
    """Return what tells apart settings, and versions of the product, that could give other answers."""
    told = client.model_copy(update={"run": client.run.model_copy(update=_usual_times(client))}).model_dump_json(exclude=_BESIDE)
    return sha256(f"{product}\n{told}".encode()).hexdigest()


def learning_hash(client: Client, product: str) -> str:
    """Return what tells apart settings, and versions of the product, that could give another lake or model."""
    return sha256(f"{product}\n{client.model_dump_json(include=_LEARNING)}".encode()).hexdigest()


def _usual_times(client: Client) -> dict[str, object]:
    fields = type(client.run).model_fields
    return {name: fields[name].default for name in _ABOUT_RUNS}


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []
