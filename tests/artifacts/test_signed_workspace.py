"""Signed models from the outside: the verbs, the command line and the add-in ask for the same signature."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from addin.configuration import Configuration
from addin.session import Session
from scorer import verbs
from scorer.errors import BundleRefused, KeyUnusable
from scorer.workspace import Workspace
from tests.promo_command import promo


@pytest.fixture
def workspace(original_home: Any, tmp_path: Path) -> Workspace:
    for part in ("clients", "models", "lake"):
        shutil.copytree(original_home.workspace.root / part, tmp_path / part)
    return Workspace(tmp_path)


def _ask_for(workspace: Workspace, key_file: str) -> None:
    with workspace.client_file("original").open("a", encoding="utf-8") as file:
        file.write(f'\n[trust]\nkey_file = "{key_file}"\n')


def test_the_key_of_the_client_file_is_asked_for_by_verbs_commands_and_add_in(original_home: Any, workspace: Workspace) -> None:
    ended = promo(workspace.root, "models", "keygen", "--out", "keys/k")
    assert ended.code == 0, ended.err
    _ask_for(workspace, "keys/k")
    for load in (lambda: verbs.load(workspace), lambda: Session(Configuration(workspace=workspace.root)).serve("original")):
        with pytest.raises(BundleRefused, match="not signed, and k asks"):
            load()
    assert promo(workspace.root, "score", str(original_home.upcoming)).code == 4
    ended = promo(workspace.root, "models", "sign", original_home.trained.version)
    assert ended.code == 0, ended.err
    assert verbs.load(workspace)[0].version == original_home.trained.version
    assert Session(Configuration(workspace=workspace.root)).serve("original").model.version == original_home.trained.version


def test_the_environment_goes_before_the_client_file(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever can write to the drive could take the key out of the client file."""
    verbs.keygen(tmp_path / "mine")
    monkeypatch.setenv("PROMO_MODEL_KEY_FILE", str(tmp_path / "mine"))
    with pytest.raises(BundleRefused, match="not signed"):
        verbs.load(workspace)
    monkeypatch.setenv("PROMO_MODEL_KEY_FILE", str(tmp_path / "gone"))
    with pytest.raises(KeyUnusable, match="gone"):
        verbs.load(workspace)


def test_who_trains_with_a_key_that_signs_signs(workspace: Workspace, tmp_path: Path) -> None:
    verbs.keygen(tmp_path / "k", "ed25519")
    _ask_for(workspace, "k")
    trained = verbs.train(workspace, promote=True)
    assert trained.promoted and verbs.load(workspace)[0].version == trained.version


def test_who_trains_with_the_half_that_checks_keeps_the_model_for_who_signs(workspace: Workspace, tmp_path: Path) -> None:
    verbs.keygen(tmp_path / "k", "ed25519")
    _ask_for(workspace, "k.pub")
    trained = verbs.train(workspace, promote=True)
    assert not trained.promoted and f"promo models sign {trained.version}" in trained.contest.words
    verbs.sign(workspace, trained.version, key=tmp_path / "k")
    assert verbs.promote(workspace, trained.version, "signed").version == trained.version
