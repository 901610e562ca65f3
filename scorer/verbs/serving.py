"""Which model serves, and which ones are believed: list, load, promote, roll back, sign."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np

from scorer.artifacts.signing import Trust, doubt_about, new_key, read_keys, write_key
from scorer.artifacts.store import Decision, Store
from scorer.columns import Columns, length
from scorer.errors import KeyUnusable
from scorer.lock import client_lock
from scorer.model import BUNDLE_TASK, PromotionModel, open_model
from scorer.results import KeyMade, Signed
from scorer.settings import Client
from scorer.verbs.signature import who
from scorer.workspace import Workspace

KEY_FILE = "PROMO_MODEL_KEY_FILE"
"""The environment variable that names the key file of this machine: never the key itself."""


def store_of(workspace: Workspace, client: str | None = None) -> Store:
    """Return the models of a client, which must be signed where a key is configured. Raises KeyUnusable."""
    return models_of(workspace, workspace.choose(client))


def models_of(workspace: Workspace, chosen: Client) -> Store:
    """Return the models of a client whose settings are at hand already. Raises KeyUnusable."""
    return Store(workspace.models(chosen.client), trust=trust_of(workspace, chosen))


def trust_of(workspace: Workspace, client: Client) -> Trust | None:
    """Return the keys that models of a client must be signed with, or None where none are configured.

    What the environment says goes before the client file: that one lies beside the models, and whoever could exchange them
    could edit it too. Raises KeyUnusable when the key file is not there or holds no key: then nothing is trusted.
    """
    named = os.environ.get(KEY_FILE) or client.trust.key_file
    if not named:
        return None
    path = Path(named) if os.environ.get(KEY_FILE) else workspace.root / named
    return Trust(path, read_keys(path))


def load(
    workspace: Workspace, client: str | None = None, version: str | None = None, threads: int | None = None
) -> tuple[PromotionModel, Client]:
    """Load the serving model of a client, or a named version, with the client's settings.

    threads: how many the model answers on; left out: as many as it was trained on. The model's ``doubts`` say when others can
    read the key that models are signed with. Raises ModelNotFound, BundleRefused, and KeyUnusable where models have to be
    signed and the key is not there.
    """
    from scorer.golden import replay

    chosen = workspace.choose(client)
    models = models_of(workspace, chosen)
    parts = models.open(BUNDLE_TASK, version)
    model = open_model(parts, threads or chosen.training.threads)
    replay(parts, model)
    doubt = doubt_about(models.trust.file) if models.trust else None
    return model._replace(doubts=(doubt,) if doubt else ()), chosen


def by_model(table: Columns, version: str) -> Columns:
    """Return a table that says in every row which model made it: a file that is passed on must say where it comes from.

    >>> by_model({"lift": np.array([0.1])}, "v")["model_version"].tolist()
    ['v']
    """
    return {**table, "model_version": np.full(length(table), version, dtype=object)}


def promote(workspace: Workspace, version: str, why: str, client: str | None = None, task: str = BUNDLE_TASK) -> Decision:
    """Put a model in use. Raises ModelNotFound, BundleRefused, RunLocked."""
    return _decided(workspace, client, lambda store: store.promote(task, version, why, who()))


def rollback(workspace: Workspace, why: str, client: str | None = None, task: str = BUNDLE_TASK) -> Decision:
    """Go back to the model that was in use before. Raises ModelNotFound when there is none, BundleRefused, RunLocked."""
    return _decided(workspace, client, lambda store: store.rollback(task, why, who()))


def sign(
    workspace: Workspace, version: str | None = None, client: str | None = None, key: Path | None = None, task: str = BUNDLE_TASK
) -> Signed:
    """Sign a model, the one in use unless another is named, with the first key of a file that can sign.

    key: left out, the configured key file. Raises KeyUnusable, ModelNotFound, BundleRefused, RunLocked, ExtraMissing.
    """
    chosen = workspace.choose(client)
    trust = Trust(key, read_keys(key)) if key else trust_of(workspace, chosen)
    if trust is None or trust.signer is None:
        raise KeyUnusable.none_to_sign_with() if trust is None else KeyUnusable.cannot_sign(trust.keys[0].name)
    signer, store = trust.signer, Store(workspace.models(chosen.client))
    with client_lock(workspace.lock(chosen.client), chosen.client):
        signed = store.open(task, version).version
        file = store.sign(task, signed, signer)
    return Signed(signed, signer.name, file, doubt_about(trust.file))


def keygen(file: Path, kind: Literal["hmac-sha256", "ed25519"] = "hmac-sha256") -> KeyMade:
    """Make a key and write it where nobody else can read it. Raises OutputRefused where a file is there already, ExtraMissing."""
    key = new_key(kind)
    return KeyMade(key.name, file, write_key(file, key))


def _decided(workspace: Workspace, client: str | None, decide: Callable[[Store], Decision]) -> Decision:
    store = store_of(workspace, client)
    with client_lock(workspace.lock(store.client), store.client):
        return decide(store)
