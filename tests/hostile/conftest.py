"""A trained client of the smallest kind; every test works on a copy in which files are links."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scorer.workspace import Workspace
from tests.hostile.tiny import linked, tiny_workspace
from tests.workbook.workbook_office import Office, office_or_skip


@pytest.fixture(scope="session")
def tiny_home(shared: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The workspace of the smallest client; nothing is written there."""
    return shared("tiny", tiny_workspace)


@pytest.fixture
def tiny(tiny_home: Path, tmp_path: Path) -> Workspace:
    """A workspace of one test's own."""
    return Workspace(linked(tiny_home, tmp_path / "workspace"))


@pytest.fixture(autouse=True)
def deadline() -> Iterator[None]:
    """End a test that hangs: nothing here takes two minutes."""
    if hasattr(signal, "SIGALRM"):
        signal.alarm(120)
        yield
        signal.alarm(0)
    else:
        yield


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A real spreadsheet program."""
    return office_or_skip(tmp_path_factory.mktemp("office"))
