"""The command line, ``promo``: each verb reads its options, calls one public verb, and prints what came of it."""

from __future__ import annotations

from scorer.cli.endings import main

__all__ = ["main"]
