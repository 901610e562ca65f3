"""The smallest client, and what each verb gives when nobody disturbs it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.tiny import tiny_workspace
from tests.kill.undisturbed import Undisturbed, undisturbed


@pytest.fixture(scope="session")
def tiny_home(shared: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The workspace of the smallest client; nothing is written there."""
    return shared("tiny", tiny_workspace)


@pytest.fixture(scope="session")
def reference(tiny_home: Path, shared: Callable[[str, Callable[[Path], None]], Path]) -> Undisturbed:
    """How long each verb takes and what it leaves, measured once."""

    def measure(root: Path) -> None:
        (root / "undisturbed.pickle").write_bytes(pickle.dumps(undisturbed(tiny_home, root)))

    found: Undisturbed = pickle.loads((shared("undisturbed", measure) / "undisturbed.pickle").read_bytes())
    return found
