"""The command line with the add-in: the verbs of ``promo``, and ``promo addin`` beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scorer.benchmarks import Part


def main() -> None:
    """Run ``promo`` and leave the process with the exit code of what happened."""
    from addin.cli.app import addin_app
    from scorer.cli import endings

    endings.main(_benchmarks, addin=addin_app)


def _benchmarks() -> Mapping[str, Part]:
    from addin.benchmarks import PARTS

    return PARTS
