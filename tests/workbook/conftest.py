"""Lets the tests of this folder import the helpers beside them, and shares one LibreOffice among them."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from workbook_gallery import Gallery
from workbook_office import Office, office_or_skip


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return office_or_skip(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="session")
def gallery(demo_home, shared) -> Gallery:
    return Gallery(demo_home, shared)
