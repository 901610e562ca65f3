"""Trained worlds, built once for the whole run however many workers ask; nothing in them is changed by a test."""

from __future__ import annotations

import json
import pickle
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

from scorer import demo, verbs
from scorer.artifacts.store import Store
from scorer.lake.refresh import Refreshed
from scorer.model import BUNDLE_TASK, PromotionModel
from scorer.plan import Plan, read_plan
from scorer.results import Trained
from scorer.settings import Client
from scorer.workspace import Workspace
from tests.promo_command import promo

PATIENCE = 300

# speed is measured by the benchmarks; a busy machine must not fail a property
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


class Home(NamedTuple):
    """A client with a lake and a serving model, and everything known about it."""

    workspace: Workspace
    made: Any  # scorer.demo.Demo or scorer.demo.Plain
    refreshed: Refreshed
    trained: Trained
    upcoming: Path
    model: PromotionModel
    client: Client

    @property
    def lake(self) -> Path:
        return self.workspace.lake(self.client.client)

    @property
    def bundle(self) -> Path:
        return self.workspace.models(self.client.client) / BUNDLE_TASK / self.trained.version

    @property
    def parts(self) -> Any:
        return Store(self.workspace.models(self.client.client)).open(BUNDLE_TASK)

    def plan(self) -> Plan:
        return read_plan(self.upcoming, self.client)


@pytest.fixture(scope="session")
def demo_home(shared: Callable[..., Path]) -> Home:
    """The whole example: two years, about 1,900 promotions, with dirt."""
    return _home(shared("demo", lambda root: _trained(root, demo.make(Workspace(root)))))


@pytest.fixture(scope="session")
def original_home(shared: Callable[..., Path]) -> Home:
    """Transactions that know a region and an amount only; promotions move them."""
    return _home(shared("original", lambda root: _trained(root, demo.original(Workspace(root)))))


@pytest.fixture(scope="session")
def noise_home(shared: Callable[..., Path]) -> Home:
    """The same tables, in which promotions do nothing."""
    return _home(shared("noise", lambda root: _trained(root, demo.pure_noise(Workspace(root)))))


@pytest.fixture(scope="session")
def demo_run(shared: Callable[..., Path]) -> Path:
    """A workspace in which ``promo demo`` has run, as a process of its own; ``demo.ended`` keeps what it said."""
    return shared("demo-run", _run_demo)


@pytest.fixture
def demo_workspace(demo_run: Path, tmp_path: Path) -> Path:
    """A copy of that workspace, to be changed at will."""
    return Path(shutil.copytree(demo_run, tmp_path / "demo"))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[str, Callable[[Path], None]], Path]:
    """A folder by name, filled by the first worker that asks for it."""
    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent

    def folder(name: str, fill: Callable[[Path], None]) -> Path:
        root, done = base / f"shared-{name}", base / f"shared-{name}.done"
        try:
            root.mkdir()
        except FileExistsError:
            _wait_for(done)
            return root
        fill(root)
        done.touch()
        return root

    return folder


def _wait_for(done: Path) -> None:
    given_up = time.monotonic() + PATIENCE
    while not done.exists():
        assert time.monotonic() < given_up, f"another worker did not finish {done.stem}"
        time.sleep(0.2)


def _run_demo(root: Path) -> None:
    ended = promo(root, "demo")
    (root / "demo.ended").write_text(json.dumps(ended._asdict()), encoding="utf-8")


def _trained(root: Path, made: Any) -> None:
    workspace = Workspace(root)
    refreshed = verbs.refresh(workspace, made.client)
    trained = verbs.train(workspace, made.client)
    (root / "home.pickle").write_bytes(pickle.dumps((made, refreshed, trained)))


def _home(root: Path) -> Home:
    made, refreshed, trained = pickle.loads((root / "home.pickle").read_bytes())
    upcoming = made.files.upcoming if isinstance(made, demo.Plain) else made.upcoming.path
    model, client = verbs.load(Workspace(root), made.client)
    return Home(Workspace(root), made, refreshed, trained, upcoming, model, client)
