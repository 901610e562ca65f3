"""The add-in, built once for the run."""

from __future__ import annotations

import pytest

from addin.build import Built, build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("addin") / "promo.xlam")
