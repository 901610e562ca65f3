"""The public verbs: the one address where settings, files, lake, models and answers are wired together.

Each is loaded when first asked for, so that a cell pays for scoring and not for training.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scorer.verbs.answering import answer_list
    from scorer.verbs.asking import scenarios, target, what_if
    from scorer.verbs.calendars import calendar
    from scorer.verbs.checking import check_list
    from scorer.verbs.committing import commit, decide, plan_history, plans, post_event, track
    from scorer.verbs.demonstrating import demo
    from scorer.verbs.elsewhere import score_elsewhere
    from scorer.verbs.examining import health
    from scorer.verbs.filling import fill
    from scorer.verbs.learning import train
    from scorer.verbs.optimising import optimise, write_rules
    from scorer.verbs.preparing import check, init, refresh
    from scorer.verbs.printing import pdf
    from scorer.verbs.restoring import restore
    from scorer.verbs.running import recipe, run
    from scorer.verbs.scoring import score
    from scorer.verbs.serving import keygen, load, promote, rollback, sign, store_of
    from scorer.verbs.verifying import verify
    from scorer.verbs.workbooks import workbook

__all__ = [
    "answer_list",
    "calendar",
    "check",
    "check_list",
    "commit",
    "decide",
    "demo",
    "fill",
    "health",
    "init",
    "keygen",
    "load",
    "optimise",
    "pdf",
    "plan_history",
    "plans",
    "post_event",
    "promote",
    "recipe",
    "refresh",
    "restore",
    "rollback",
    "run",
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
    "workbook",
    "write_rules",
]

_HOMES = {
    "answer_list": "answering",
    "calendar": "calendars",
    "check": "preparing",
    "check_list": "checking",
    "commit": "committing",
    "decide": "committing",
    "demo": "demonstrating",
    "fill": "filling",
    "health": "examining",
    "init": "preparing",
    "keygen": "serving",
    "load": "serving",
    "optimise": "optimising",
    "pdf": "printing",
    "plan_history": "committing",
    "plans": "committing",
    "post_event": "committing",
    "promote": "serving",
    "recipe": "running",
    "refresh": "preparing",
    "restore": "restoring",
    "rollback": "serving",
    "run": "running",
    "scenarios": "asking",
    "score": "scoring",
    "score_elsewhere": "elsewhere",
    "sign": "serving",
    "store_of": "serving",
    "target": "asking",
    "track": "committing",
    "train": "learning",
    "verify": "verifying",
    "what_if": "asking",
    "workbook": "workbooks",
    "write_rules": "optimising",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'scorer.verbs' has no attribute '{name}'")
    return getattr(import_module(f"scorer.verbs.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
