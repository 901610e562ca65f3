"""What a check found."""

from __future__ import annotations

from typing import Literal, NamedTuple

State = Literal["ok", "warning", "trouble"]
INSTALL = "Run: promo addin install"


class Finding(NamedTuple):
    """One thing that was looked at: its state, what was seen, and what to do where something is not right."""

    name: str
    state: State
    words: str
    remedy: str = ""


def ok(name: str, words: str) -> Finding:
    return Finding(name, "ok", words)


def warning(name: str, words: str, remedy: str) -> Finding:
    return Finding(name, "warning", words, remedy)


def trouble(name: str, words: str, remedy: str) -> Finding:
    return Finding(name, "trouble", words, remedy)


def unseen(name: str, why: object, remedy: str) -> Finding:
    """Say that something could not be looked at: that it is in order is not known."""
    return Finding(name, "warning", f"not looked at: {why}", remedy)
