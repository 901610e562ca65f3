"""The example's list as cells, its scored answers, and a session that serves them."""

from __future__ import annotations

import pytest

from addin.session import Session
from scorer import verbs
from scorer.results import AnsweredList
from tests.addin.functions.asking import Rows, listed, serving_of
from tests.conftest import Home


@pytest.fixture(scope="session")
def serving(demo_home: Home) -> Session:
    """A session on the example's workspace; no test changes that."""
    return serving_of(demo_home.workspace.root)


@pytest.fixture(scope="session")
def rows(demo_home: Home) -> Rows:
    """The whole list of the example, its header first: cells as they stand in the file, four rows of them bad."""
    return listed(demo_home.upcoming)


@pytest.fixture(scope="session")
def scored(demo_home: Home) -> AnsweredList:
    """The same list as the scorer's verb answers it."""
    return verbs.answer_list(demo_home.workspace, demo_home.upcoming)
