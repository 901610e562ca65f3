"""Lets the tests of this folder import what stands beside them, and runs a PostgreSQL server for those that ask."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from postgres_server import Server, server_or_skip


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server of its own for the tests of one worker."""
    with server_or_skip() as server:
        yield server
