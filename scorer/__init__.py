"""Promo Planner: learn from past promotions, score planned ones, fill the planning workbook.

The verbs, loaded when first asked for. ``scorer.demo`` and ``scorer.workbook`` are packages; the verbs of those
names are ``scorer.verbs.demo`` and ``scorer.verbs.workbook``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scorer.errors import PromoError
    from scorer.verbs import (
        answer_list,
        check,
        check_list,
        commit,
        decide,
        fill,
        health,
        init,
        keygen,
        load,
        plan_history,
        plans,
        post_event,
        promote,
        refresh,
        restore,
        rollback,
        scenarios,
        score,
        score_elsewhere,
        sign,
        store_of,
        target,
        track,
        train,
        verify,
        what_if,
    )
    from scorer.workspace import Workspace

__all__ = [
    "PromoError",
    "Workspace",
    "__version__",
    "answer_list",
    "check",
    "check_list",
    "commit",
    "decide",
    "fill",
    "health",
    "init",
    "keygen",
    "load",
    "plan_history",
    "plans",
    "post_event",
    "promote",
    "refresh",
    "restore",
    "rollback",
    "scenarios",
    "score",
    "score_elsewhere",
    "sign",
    "store_of",
    "target",
    "track",
    "train",
    "verify",
    "what_if",
]
__version__ = "0.3.0"

_HOMES = {"PromoError": "scorer.errors", "Workspace": "scorer.workspace"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'scorer' has no attribute '{name}'")
    return getattr(import_module(_HOMES.get(name, "scorer.verbs")), name)


def __dir__() -> list[str]:
    return __all__
