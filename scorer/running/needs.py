"""What there is to do: are the exports others than those the lake was made from, and is it time to train?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from scorer.artifacts.store import Store
from scorer.model import BUNDLE_TASK
from scorer.running import exports
from scorer.running.course import Setting
from scorer.running.due import Due, Learnt, training_due
from scorer.running.identity import learning_hash
from scorer.running.memory import ExportFile, Training, recall


class Refreshing(NamedTuple):
    """Whether the lake has to be made again, from which files, and why."""

    needed: bool
    why: str
    files: tuple[ExportFile, ...]
    made_from: str


def refreshing(setting: Setting) -> Refreshing:
    """Look at the exports. Raises FileUnreadable."""
    client, workspace = setting.client, setting.places.workspace
    files = exports.survey(client, workspace.exports(client.client))
    made = exports.made_from(files, learning_hash(client, setting.work.product))
    before = recall(setting.places).refreshed
    if not files:
        return Refreshing(False, "there are no exports", files, made)
    if exports.material(workspace.lake(client.client), made) is None:
        return Refreshing(True, "there is no lake", files, made)
    if before is None:
        return Refreshing(True, "no run looked at the exports before", files, made)
    if before.made_from != made:
        return Refreshing(True, _changes(files, before.files), files, made)
    return Refreshing(False, "the exports are as they were", files, made)


def training(setting: Setting) -> Due:
    """Say whether it is time to train on the lake as it is."""
    client, places = setting.client, setting.places
    if client.run.train == "never":
        return Due(False, "run.train is 'never'")
    memory = recall(places)
    made = memory.refreshed.made_from if memory.refreshed else ""
    there_is = exports.material(places.workspace.lake(client.client), made)
    if there_is is None:
        return Due(False, "there is no lake")
    return training_due(_last_training(setting, memory.trained), there_is, setting.day, client.run)


def _last_training(setting: Setting, by_run: Training | None) -> Learnt | None:
    """Return the latest training: a run's own, or one that somebody did by hand after it."""
    store = Store(setting.places.workspace.models(setting.client.client))
    every = {one.version: one for one in store.versions(BUNDLE_TASK)}
    serving = every.get(store.current(BUNDLE_TASK) or "")
    remembered = every.get(by_run.version) if by_run else None
    if by_run and remembered and remembered.data_cut and (serving is None or serving.version <= by_run.version):
        day = date.fromisoformat(by_run.on)
        return Learnt(day, by_run.promotions, remembered.data_cut, by_run.sales, by_run.made_from)
    if serving is None or serving.created is None or serving.data_cut is None:
        return None
    return Learnt(serving.created.date(), int(serving.metrics.get("rows", 0)), serving.data_cut)


def _changes(now: tuple[ExportFile, ...], before: tuple[ExportFile, ...]) -> str:
    """Say which files changed.

    >>> old = (ExportFile("sales", "a.csv", "1", 1), ExportFile("sales", "b.csv", "1", 1))
    >>> _changes((ExportFile("sales", "a.csv", "2", 1), ExportFile("sales", "c.csv", "1", 1)), old)
    'changed: a.csv; new: c.csv; gone: b.csv'
    """
    held, found = ({file.name: file.sha256 for file in files} for files in (before, now))
    parts = {
        "changed": [name for name in found if name in held and found[name] != held[name]],
        "new": [name for name in found if name not in held],
        "gone": [name for name in held if name not in found],
    }
    told = [f"{what}: {', '.join(sorted(names))}" for what, names in parts.items() if names]
    return "; ".join(told) or "the settings or the product changed"
