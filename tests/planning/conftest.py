"""Lets the tests of this folder import what stands beside them, and runs a PostgreSQL server for those that ask."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from postgres_server import Server, server_or_skip


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server_or_skip(tmp_path_factory) as server:
        yield server
