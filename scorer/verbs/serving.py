"""Which model serves: list, load, promote, roll back."""

from __future__ import annotations

from collections.abc import Callable

from scorer.artifacts.store import Decision, Store
from scorer.lock import client_lock
from scorer.model import BUNDLE_TASK, PromotionModel, open_model
from scorer.settings import Client
from scorer.verbs.signature import who
from scorer.workspace import Workspace


def store_of(workspace: Workspace, client: str | None = None) -> Store:
    """Return the models of a client."""
    return Store(workspace.models(workspace.choose(client).client))


def load(
    workspace: Workspace, client: str | None = None, version: str | None = None, threads: int | None = None
) -> tuple[PromotionModel, Client]:
    """Load the serving model of a client, or a named version, with the client's settings.

    threads: how many the model answers on; left out: as many as it was trained on. Raises ModelNotFound, BundleRefused.
    """
    from scorer.golden import replay

    chosen = workspace.choose(client)
    parts = Store(workspace.models(chosen.client)).open(BUNDLE_TASK, version)
    model = open_model(parts, threads or chosen.training.threads)
    replay(parts, model)
    return model, chosen


def promote(workspace: Workspace, version: str, why: str, client: str | None = None, task: str = BUNDLE_TASK) -> Decision:
    """Put a model in use. Raises ModelNotFound, BundleRefused, RunLocked."""
    return _decided(workspace, client, lambda store: store.promote(task, version, why, who()))


def rollback(workspace: Workspace, why: str, client: str | None = None, task: str = BUNDLE_TASK) -> Decision:
    """Go back to the model that was in use before. Raises ModelNotFound when there is none, BundleRefused, RunLocked."""
    return _decided(workspace, client, lambda store: store.rollback(task, why, who()))


def _decided(workspace: Workspace, client: str | None, decide: Callable[[Store], Decision]) -> Decision:
    store = store_of(workspace, client)
    with client_lock(workspace.lock(store.client), store.client):
        return decide(store)
