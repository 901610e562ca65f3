"""A spreadsheet program that does not calculate or redraw while a button writes, and is as it was afterwards, come what may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_QUIET = {"calculation": "manual", "screen_updating": False, "enable_events": False}
_KEPT = (*_QUIET, "status_bar")


@contextmanager
def undisturbed(app: Any) -> Iterator[None]:
    """Keep calculation, screen, events and status bar as they are; calculate and redraw nothing until the end."""
    before = {name: value for name in _KEPT if (value := _told(app, name)) is not None}
    try:
        for name, value in _QUIET.items():
            if name in before:
                setattr(app, name, value)
        yield
    finally:
        _restore(app, list(before.items()))


def _told(app: Any, name: str) -> Any:
    """Return a setting; None where this host does not know it."""
    try:
        return getattr(app, name)
    except (AttributeError, NotImplementedError):
        return None


def _restore(app: Any, settings: list[tuple[str, Any]]) -> None:
    """Set every setting, also after one of them could not be set."""
    if not settings:
        return
    (name, value), *others = settings
    try:
        setattr(app, name, value)
    finally:
        _restore(app, others)
