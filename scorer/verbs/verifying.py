"""Does an engine give the answers this product was tested with? Asked on the user's own cluster or account."""

from __future__ import annotations

import os

from scorer.errors import BadSettings
from scorer.saying import Say, quiet
from scorer.settings import Engine, EngineName
from scorer.verification.steps import Verified
from scorer.workspace import Workspace

_BEFORE_SECRETS = set(";@?")  # what follows these signs in an address is a user, a token or another secret


def verify(
    workspace: Workspace,
    engine: EngineName | None = None,
    master: str | None = None,
    client: str | None = None,
    say: Say = quiet,
) -> Verified:
    """Send a thousand stored rows to an engine, run every step of silver and gold there, and compare with the stored answers.

    Nothing of a client is sent; what is made there is removed again. client: whose settings say where the engine is; left
    out, only what is asked and the environment do. Raises ExtraMissing and EngineUnusable when there is no such engine; when
    it answers otherwise, what is given back says so.
    """
    from scorer.lake.engines.opening import opened, where
    from scorer.verification.steps import verify as compared
    from scorer.verification.stored import read_answers, read_inputs

    settings = engine_of(Engine() if client is None else workspace.choose(client).engine, engine, master)
    say(f"Opening {settings.name}")
    with opened(settings, os.environ) as there:
        return compared(there, where(settings), read_inputs(), read_answers(), say)


def engine_of(settings: Engine, name: EngineName | None, master: str | None) -> Engine:
    """Return settings of an engine with what was asked for in place of what they say.

    Raises BadSettings for an address with a secret in it, and does not repeat it.
    """
    from scorer.settings import parse_settings

    asked = {key: value for key, value in (("name", name), ("master", master)) if value is not None}
    found = parse_settings(Engine, {**settings.model_dump(), **asked}, "the request")
    if found.master is not None and _BEFORE_SECRETS & set(found.master):
        raise BadSettings.secret("engine.master", "Put the whole address into the environment as SPARK_REMOTE instead.")
    return found
